"""What users paste: each step of action.yml, of the GitLab template and of docs/ci.md, in a scratch repository."""

from __future__ import annotations

import json
import os
import re
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from environments import PROJECT, QUALITY_GATE, SCRIPTS, environment, run
from junitparser import JUnitXml
from samples import BROKEN, CLEAN, NAME

from git_scratch import Scratch
from platform_steps import Action, load, script
from quality_gate import REPOSITORY, __version__

PAY = "def charge(amount):\n    if amount:\n        return amount\n    return None\n"
TESTS = {
    "tests/unit/test_pay.py": "from shop.pay import charge\n\n\ndef test_charge():\n    assert charge(1) == 1\n",
    "tests/integration/test_nothing.py": "from shop.pay import charge\n\n\ndef test_nothing():\n    assert charge(0) is None\n",
}
SETTINGS = (
    '[tool.quality-gate.practices]\ncritical-path-coverage = "enforce"\n'
    '[tool.quality-gate.critical-paths.pay]\nwhy = "Money."\nentry = ["shop.pay:charge"]\nline = 100\nbranch = 100\n'
)
WEB = {
    "pyproject.toml": f'{SETTINGS}[tool.quality-gate.critical-paths.web]\nwhy = "The till."\ninclude = ["web/**"]\nline = 60\n',
    "web/pay.js": "export function charge() {\n  return 1;\n}\n",
}
WEB_COVERAGE = "TN:\nSF:web/pay.js\nBRDA:1,0,0,1\nBRF:1\nDA:1,1\nDA:2,1\nDA:3,0\nend_of_record\n"
PROJECT_FILES = {"pyproject.toml": SETTINGS, "shop/__init__.py": "", "shop/pay.py": PAY, ".gitignore": "__pycache__\n"}
DOCS = (PROJECT / "docs" / "ci.md").read_text(encoding="utf-8")


def forge(folder, changed, *, target="main", inside="") -> Scratch:
    """A forge's repository with a pull request `branch` for `target`; what main has beside is broken already."""
    scratch = Scratch(folder)
    files = PROJECT_FILES | TESTS | {"shop/old.py": BROKEN}
    scratch.commit({f"{inside}{path}": text for path, text in files.items()})
    if target != "main":
        scratch.git("branch", target)
        scratch.commit({f"{inside}shop/later.py": CLEAN})
        scratch.git("switch", "--quiet", target)
        scratch.commit({f"{inside}shop/release.py": BROKEN})
    scratch.git("switch", "--quiet", "--create=branch", target)
    scratch.commit({f"{inside}{path}": text for path, text in changed.items()})
    return scratch


def checked_out(origin, folder) -> Path:
    """As actions/checkout with `fetch-depth: 0` leaves it: every branch, and no origin/HEAD."""
    clone = Scratch(folder)
    clone.git("remote", "add", "origin", origin.folder.as_uri())
    clone.git("fetch", "--quiet", "--no-tags", "origin", "+refs/heads/*:refs/remotes/origin/*")
    clone.git("checkout", "--quiet", "--detach", "refs/remotes/origin/branch")
    return folder


@pytest.fixture(scope="module")
def runner(home):
    """A runner's environment; the project's own Python is the one that runs these tests."""
    return environment(home, VIRTUAL_ENV=sys.prefix, GITHUB_BASE_REF="main")


def judged(runner, workspace, scratch, **inputs):
    """The action in a checkout, for pull request 7; gives the action and what its step said."""
    scratch.mkdir(exist_ok=True)
    known = {"steps.install.outputs.program": QUALITY_GATE, "github.event.pull_request.number": "7"}
    action = Action(PROJECT / "action.yml", known, **inputs)
    return action, action.run("Judge", workspace, scratch, runner)


@pytest.fixture(scope="module")
def wheel(runner, hook_repository, tmp_path_factory):
    """This version as an index has it, and variables with which it installs without the minute for its dependencies."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", f"--wheel-dir={folder}"]
    done = run([*command, str(hook_repository)], folder, runner)
    assert done.code == 0, done.said
    (file,) = folder.glob("*.whl")
    constraint = folder / "constraint.txt"
    constraint.write_text(f"quality-gate @ {file.as_uri()}\n")
    return file, {"PIP_NO_DEPS": "1", "PIP_CONSTRAINT": str(constraint), "TMPDIR": str(folder)}


@pytest.fixture(scope="module")
def broken(runner, tmp_path_factory):
    """A pull request that breaks the gate, after the action; other tests have measured its JavaScript."""
    folder = tmp_path_factory.mktemp("broken")
    workspace = checked_out(forge(folder / "origin", {"shop/events.py": BROKEN, **WEB}), folder / "work")
    (workspace / "lcov.info").write_text(WEB_COVERAGE)
    return workspace, *judged(runner, workspace, folder / "temp", arguments="--coverage\nlcov.info\n--\n-q\n")


class TestAction:
    def test_it_installs_what_lies_beside_it_and_runs_nothing_of_the_checkout(self, runner, wheel, tmp_path):
        file, variables = wheel
        (tmp_path / "pip.py").write_text("raise SystemExit('a module of the checkout was run')\n")
        action = Action(PROJECT / "action.yml", {"steps.python.outputs.python-path": sys.executable}, beside=file)
        said = action.run("Install quality-gate", tmp_path, tmp_path, runner | variables)
        assert said.code == 0, said.out + said.err
        program = Path(said.outputs["program"])
        assert os.access(program, os.X_OK)
        assert list(program.parent.parent.glob(f"lib/*/site-packages/quality_gate-{__version__}.dist-info"))

    def test_one_pull_request_in_four_languages(self, broken):
        workspace, action, said = broken
        assert said.code == 1, said.out + said.err
        outputs = action.outputs()
        assert outputs["exit-code"] == "1"

        place = "shop/events.py", 5, 5, "QG201"
        terminal = re.search(r"^(shop/\S+):(\d+):(\d+)  (QG\d+)", said.out, re.MULTILINE)
        assert (terminal[1], int(terminal[2]), int(terminal[3]), terminal[4]) == place
        annotation = re.search(r"^::error file=(.+?),line=(\d+),col=(\d+),.*?title=(QG\d+)", said.out, re.MULTILINE)
        assert (annotation[1], int(annotation[2]), int(annotation[3]), annotation[4]) == place
        results = json.loads((workspace / outputs["sarif"]).read_text())["runs"][0]["results"]
        (result,) = [result for result in results if result["ruleId"] == "QG201"]
        physical = result["locations"][0]["physicalLocation"]
        region = physical["region"]
        sarif = physical["artifactLocation"]["uri"], region["startLine"], region["startColumn"], result["ruleId"]
        assert sarif == place
        comment = Path(outputs["comment"]).read_text()
        assert f"`shop/events.py:5` **QG201 {NAME}**" in comment
        assert f"`shop/events.py:5` **QG201 {NAME}**" in said.summary
        assert json.loads(Path(outputs["report"]).read_text())["outcome"] == "BROKEN"
        for text in (said.out, comment, said.summary):
            assert "shop/old.py" not in text, "it is not of this pull request"

    def test_what_was_recorded_and_what_was_named_are_judged_together(self, broken):
        _, _, said = broken
        assert re.search(r"^critical-path-coverage +KEPT +3 of 3 lines, 2 of 2 branches +pay: ", said.out, re.MULTILINE)
        assert re.search(
            r"^critical-path-coverage +KEPT +2 lines of 2 demanded, 1 of 1 branches +web: ", said.out, re.MULTILINE
        ), said.out

    def test_a_changed_line_of_another_language_that_no_test_runs_is_a_finding(self, broken):
        assert re.search(r"^web/pay\.js:3:1  QG\d+ changed-critical-line-unrun", broken[2].out, re.MULTILINE)

    def test_failures_of_another_language_are_not_said_to_be_none(self, broken):
        said = broken[2].out
        assert "web: nothing to measure: nothing in its Python can fail" in said
        assert "not looked at: critical path web: the failure paths of 1 file of other languages" in said

    def test_what_is_left_behind_is_what_the_comment_action_posts(self, broken):
        _, action, said = broken
        folder = Path(action.outputs()["comment"]).parent
        assert Path(said.outputs["number"]) == folder / "pull-request"
        assert (folder / "pull-request").read_text() == "7\n"
        assert re.fullmatch("[A-Za-z0-9-]+", said.outputs["name"])
        sys.path.insert(0, str(PROJECT / "comment"))
        try:
            import post
        finally:
            sys.path.pop(0)
        assert [number for number, _ in post.left_behind(folder)] == [7]

    def test_the_branch_that_the_pull_request_is_for_is_the_base(self, runner, tmp_path):
        origin = forge(tmp_path / "origin", {"shop/events.py": CLEAN}, target="release", inside="back end/")
        workspace = checked_out(origin, tmp_path / "work")
        action, said = judged(
            runner | {"GITHUB_BASE_REF": "release"},
            workspace,
            tmp_path / "temp",
            working_directory="back end",
            arguments="--no-tests",
        )
        assert said.code == 3, said.out + said.err
        assert "merge base with origin/HEAD" in said.out
        assert "shop/release.py" not in said.out
        assert not re.search("^tests ", said.out, re.MULTILINE), "none were run"
        assert (workspace / action.outputs()["sarif"]).is_file()
        assert said.outputs["name"] == "quality-gate-comment-back-end"

    def test_a_mistake_in_the_configuration_leaves_no_comment_behind(self, runner, tmp_path):
        files = {"pyproject.toml": "[tool.quality-gate]\nsorce = 1\n", "quality-gate.sarif": "forged"}
        origin = forge(tmp_path / "origin", files)
        action, said = judged(runner, checked_out(origin, tmp_path / "work"), tmp_path / "temp")
        assert said.code == 2
        assert "did you mean `source`" in said.err
        assert action.outputs() == {"exit-code": "2", "sarif": "", "report": "", "comment": ""}

    @pytest.mark.parametrize("file", ["action.yml", "comment/action.yml"])
    def test_no_input_is_written_into_a_script_and_every_action_is_pinned(self, file):
        action = load(PROJECT / file)
        for step in action["runs"]["steps"]:
            assert "${{" not in step.get("run", "")
            assert re.fullmatch(r"[\w/.-]+@[0-9a-f]{40}", step.get("uses", f"x@{40 * '0'}"))
        for held in action.get("outputs", {}).values():
            assert held["value"].startswith("${{ steps.")


class TestGitLab:
    @pytest.fixture
    def job(self):
        return load(PROJECT / "templates" / "quality-gate.gitlab-ci.yml")[".quality-gate"]

    @pytest.fixture
    def workspace(self, tmp_path):
        """As GitLab's runner leaves it: the commit of the merge request, and no other branch."""
        origin = forge(tmp_path / "origin", {"shop/events.py": BROKEN}, target="release")
        clone = Scratch(tmp_path / "work")
        clone.git("remote", "add", "origin", origin.folder.as_uri())
        clone.git("fetch", "--quiet", "--no-tags", "origin", "+refs/heads/branch:refs/pipelines/1")
        clone.git("checkout", "--quiet", "--detach", "refs/pipelines/1")
        return clone.folder

    @pytest.fixture
    def installed(self, tmp_path):
        """A `python3` that writes down what is asked of it and makes an environment with our gate: a real one takes long."""
        asked = tmp_path / "asked"
        python = tmp_path / "bin" / "python3"
        python.parent.mkdir()
        python.write_text(
            f'#!/bin/sh\necho "$@" >> "{asked}"\nif [ "$3" = venv ]; then mkdir "$4/bin"; cp "$0" "$4/bin/python"\n'
            f'ln -s "{QUALITY_GATE}" "$4/bin/quality-gate"; fi\n'
        )
        python.chmod(0o755)
        return python.parent, asked

    def test_a_merge_request(self, job, workspace, runner, installed):
        folder, asked = installed
        variables = {
            "CI": "true",
            "GITLAB_CI": "true",
            "CI_DEFAULT_BRANCH": "main",
            "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "release",
            "PATH": f"{folder}:{runner['PATH']}",
        }
        said = script("\n".join(job["script"]), workspace, runner | job["variables"] | variables)
        assert said.code == 1, said.out + said.err
        made, installed = asked.read_text().splitlines()
        assert made.startswith("-I -m venv /")
        assert installed.startswith("-I -m pip install ")
        assert installed.endswith(f" quality-gate=={__version__}")
        assert "merge base with origin/HEAD" in said.out
        assert "shop/release.py" not in said.out, "it is the target's"
        reports = job["artifacts"]["reports"]
        entries = json.loads((workspace / reports["codequality"]).read_text())
        (major,) = [entry for entry in entries if entry["severity"] == "major"]
        assert major["location"] == {"path": "shop/events.py", "lines": {"begin": 5}}
        suites = JUnitXml.fromfile(str(workspace / reports["junit"]))
        assert (suites.failures, suites.errors) == (1, 0)

    def test_its_version_is_this_one(self, job):
        assert job["variables"]["QUALITY_GATE_VERSION"] == __version__


class TestDocumentation:
    def test_a_matrix_of_tests_is_joined(self, runner, tmp_path):
        (workflow,) = [
            yaml.load(fence, yaml.BaseLoader)
            for fence in re.findall(r"^```yaml\n(.*?)^```$", DOCS, re.DOTALL | re.MULTILINE)
            if "quality-gate merge" in fence
        ]
        work = checked_out(forge(tmp_path / "origin", {"shop/events.py": CLEAN}), tmp_path / "work")
        variables = runner | {"CI": "true", "PATH": f"{SCRIPTS}:{runner['PATH']}"}
        test, gate = workflow["jobs"]["test"], workflow["jobs"]["gate"]
        (upload,) = [one["with"] for one in test["steps"] if "upload-artifact" in one.get("uses", "")]
        (download,) = [one["with"] for one in gate["steps"] if "download-artifact" in one.get("uses", "")]
        assert upload["include-hidden-files"] == "true"
        (part_of_it,) = [one for one in test["steps"] if "quality-gate test" in one.get("run", "")]
        for part in test["strategy"]["matrix"]["tests"]:
            said = script(
                part_of_it["run"],
                work,
                variables | {"TESTS": part_of_it["env"]["TESTS"].replace("${{ matrix.tests }}", part)},
            )
            assert said.code == 0, said.out + said.err
            place = work / download["path"] / upload["name"].replace("${{ matrix.tests }}", part)
            place.mkdir(parents=True)
            os.rename(work / upload["path"], place / Path(upload["path"]).name)
        (merge,) = [one["run"] for one in gate["steps"] if "quality-gate merge" in one.get("run", "")]
        said = script(merge, work, variables)
        assert said.code == 0, said.out + said.err
        assert re.search(r"critical-path-coverage +KEPT +3 of 3 lines, 2 of 2 branches", said.out), said.out

    @pytest.mark.parametrize("file", ["action.yml", "comment/action.yml", *sorted(os.listdir(PROJECT / "templates"))])
    def test_version_and_repository_are_ours(self, file):
        place = PROJECT / file if "action" in file else PROJECT / "templates" / file
        text = place.read_text(encoding="utf-8")
        ours = REPOSITORY.removeprefix("https://github.com/")
        for action in re.findall(rf"(?:uses: |githubusercontent\.com/){ours}(\S*)", text):
            assert re.match(rf"(/comment)?[@/]v{re.escape(__version__)}(/|$)", action)
        assert not re.findall(r"uses: (?!actions/|github/codeql-action/)" + rf"(?!{ours}[@/])\S+", text)

    def test_what_users_take_is_in_the_sdist(self):
        kept = tomllib.loads((PROJECT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["sdist"]
        assert {"action.yml", "comment", "templates"} <= set(kept["include"])
