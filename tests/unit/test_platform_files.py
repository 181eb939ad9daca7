"""Actions, workflows and pipelines that users paste are what their platforms take, and open no door."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
ACTIONS = ["action.yml", "comment/action.yml"]
WORKFLOWS = ["templates/quality-gate.yml", "templates/quality-gate-comment.yml"]
DOCS = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")


def fences() -> list[str]:
    return re.findall(r"^```yaml\n(.*?)^```$", DOCS, re.DOTALL | re.MULTILINE)


def run(program, *arguments) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).with_name(program)), *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.fixture
def documented(tmp_path):
    """The whole workflow of docs/ci.md, in a file."""
    (workflow,) = [fence for fence in fences() if "jobs:" in fence]
    file = tmp_path / "workflow.yml"
    file.write_text(workflow)
    return file


@pytest.fixture(scope="module")
def schemas(tmp_path_factory):
    """The program that has them, in an environment of its own: it brings libraries that our tests must not have."""
    folder = tmp_path_factory.mktemp("schemas")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-compile", "--target", str(folder)]
    subprocess.run([*pip, "check-jsonschema>=0.33"], check=True, capture_output=True)
    return {**os.environ, "PYTHONPATH": str(folder)}


def test_their_schemas_take_them(documented, schemas):
    for schema, files in (
        ("github-actions", ACTIONS),
        ("github-workflows", [*WORKFLOWS, documented]),
        ("gitlab-ci", ["templates/quality-gate.gitlab-ci.yml"]),
    ):
        transform = ["--data-transform", "gitlab-ci"] if schema == "gitlab-ci" else []
        checking = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.{schema}", *transform]
        done = subprocess.run([*checking, *files], cwd=ROOT, env=schemas, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def test_zizmor_finds_nothing(documented):
    done = run(
        "zizmor", "--offline", "--no-progress", "--config=zizmor.yml", "--persona=pedantic", *ACTIONS, *WORKFLOWS
    )
    assert done.returncode == 0, done.stdout + done.stderr
    done = run("zizmor", "--offline", "--no-progress", "--config=zizmor.yml", documented)
    assert done.returncode == 0, done.stdout + done.stderr


def test_zizmor_can_find_something(tmp_path):
    action = (ROOT / "action.yml").read_text(encoding="utf-8")
    file = tmp_path / "action.yml"
    file.write_text(action.replace('<<< "$ARGUMENTS"', '<<< "${{ inputs.arguments }}"'))
    assert "template-injection" in run("zizmor", "--offline", "--no-progress", file).stdout


def test_what_the_action_takes_is_documented():
    text = (ROOT / "action.yml").read_text(encoding="utf-8")
    for kind in ("inputs", "outputs"):
        (block,) = re.findall(rf"^{kind}:\n((?:  .*\n)+)", text, re.MULTILINE)
        for name in re.findall(r"^  ([a-z-]+):", block, re.MULTILINE):
            assert f"`{name}`" in DOCS


class _Event(dict[str, object]):
    """What `github` is in an expression: whatever an event does not have is nothing."""

    def __getattr__(self, name: str) -> object:
        found = self.get(name, _Event())
        return _Event(found) if isinstance(found, dict) else found


LABELS = [{"name": "policy-approved"}]
"""Of the pull request; every later event has them too."""


@pytest.mark.parametrize(
    ("event", "approved"),
    [
        ({"action": "labeled", "label": {"name": "policy-approved"}}, True),
        ({"action": "labeled", "label": {"name": "bug"}}, False),
        ({"action": "synchronize"}, False),
        ({"action": "reopened"}, False),
        ({}, False),
    ],
)
def test_a_label_approves_the_commit_that_it_was_given_for_and_no_later_one(event, approved):
    workflow = yaml.load((ROOT / WORKFLOWS[0]).read_text(encoding="utf-8"), yaml.BaseLoader)
    assert set(workflow["on"]["pull_request"]["types"]) == {"opened", "reopened", "synchronize", "labeled"}
    arguments = workflow["jobs"]["quality-gate"]["steps"][-1]["with"]["arguments"]
    (expression,) = re.findall(r"^--approved-by=\$\{\{ (.*) \}\}$", arguments, re.MULTILINE)
    held = {"pull_request": {"labels": LABELS}, **event}
    said = eval(expression.replace("&&", "and").replace("||", "or"), {"github": _Event(event=held)})
    assert bool(said) == approved


def test_the_label_is_called_the_same_in_the_documentation():
    assert "`policy-approved`" in DOCS
    for text in (DOCS, (ROOT / WORKFLOWS[0]).read_text(encoding="utf-8")):
        assert "pull_request.labels" not in text, "the next push has them still"
