"""A formatter goes over a project: nothing is new, and what is changed beside it is found."""

from __future__ import annotations

import json
import shutil

import pytest
from environments import PROJECT, QUALITY_GATE, SCRIPTS, made_once, run

from git_scratch import Scratch

STYLES = {
    "narrow": ("--line-length=72",),
    "wide and single": ("--line-length=140", "--config=format.quote-style='single'"),
}

EXTRA = """
import requests


def tell(
    order,
):
    answer = requests.post("https://events.example/orders", json={"number": order.number, "amount": order.amount})  # noqa
    try: answer.raise_for_status(); order.is_told = True
    except requests.RequestException: pass
    return {'number': order.number, 'told': order.is_told,}
"""


@pytest.fixture(scope="module")
def shop(shared):
    """The example with every practice in new-code and some old sins more, committed on main."""
    return made_once(shared / "formatted", lay)


def lay(folder):
    shutil.copytree(
        PROJECT / "examples" / "payments",
        folder,
        ignore=shutil.ignore_patterns(".*", "__pycache__"),
        dirs_exist_ok=True,
    )
    scratch = Scratch(folder)
    text = (folder / "pyproject.toml").read_text().replace('"enforce"', '"new-code"').replace('"observe"', '"new-code"')
    scratch.write("pyproject.toml", text.replace("[tool.quality-gate]\n", '[tool.quality-gate]\nbase = "main"\n'))
    scratch.write("shop/extra.py", EXTRA)
    scratch.git("add", "--all")
    scratch.commit()
    scratch.git("checkout", "--quiet", "-b", "topic")


@pytest.fixture
def topic(shop, tmp_path):
    shutil.copytree(shop, tmp_path / "shop", symlinks=True)
    return Scratch(tmp_path / "shop", init=False)


def formatted(topic, shell, *style):
    done = run([str(SCRIPTS / "ruff"), "format", "--isolated", *style, "shop", "tests"], topic.folder, shell)
    assert "reformatted" in done.out
    topic.git("add", "--all")


def new_in(topic, shell, stage="ci"):
    done = run([QUALITY_GATE, "check", "--stage", stage, "--format", "json"], topic.folder, shell)
    report = json.loads(done.out)
    findings = [one for verdict in report["verdicts"] for one in verdict["findings"]]
    touched = [verdict["measured"] for verdict in report["verdicts"] if verdict["practice"] == "failure-scenarios"]
    return [(one["path"], one["code"]) for one in findings if one["new"]], touched


@pytest.mark.parametrize("style", STYLES)
def test_a_formatter_makes_nothing_new(topic, shell, style):
    formatted(topic, shell, *STYLES[style])
    assert new_in(topic, shell, "commit") == ([], [0])
    topic.commit()
    assert new_in(topic, shell) == ([], [0])


def test_what_is_changed_beside_it_is_new_and_stays_so_in_a_merge(topic, shell):
    topic.write("shop/extra.py", EXTRA.replace('"https://events.example/orders"', '"https://events.example/all"'))
    topic.git("add", "--all")
    topic.commit()
    formatted(topic, shell, *STYLES["narrow"])
    topic.commit()
    found, _ = new_in(topic, shell)
    assert ("shop/extra.py", "QG201") in found
    assert {path for path, _ in found} == {"shop/extra.py"}
    topic.git("checkout", "--quiet", "main")
    topic.write("README.md", "Another one.\n")
    topic.git("commit", "--quiet", "--all", "--message=other")
    topic.git("checkout", "--quiet", "topic")
    topic.git("merge", "--quiet", "--no-edit", "main")
    assert new_in(topic, shell)[0] == found
