"""When a run links: never at the commit stage, else when somebody asks; and what it then knows."""

from __future__ import annotations

import json

import pytest

from git_scratch import Scratch
from graphs import SmallCodebase
from quality_gate.cli import run
from quality_gate.cli._assemble import Run
from quality_gate.cli._options import Options
from quality_gate.model import Stage

PATHS = """\
[tool.quality-gate.practices]
static-analysis = "observe"
critical-path-coverage = "enforce"

[tool.quality-gate.critical-paths.payments]
entry = ["shop.pay:pay"]
"""
PAY = "def pay(order):\n    take(order)\n\n\ndef take(order):\n    return order\n"
MARKED = PAY.replace("def take(order):", "def take(order):  # quality-gate: critical[takings]")


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A committed project; every link is counted."""
    scratch = Scratch(tmp_path)
    scratch.commit({"shop/__init__.py": "", "shop/pay.py": PAY, "pyproject.toml": PATHS})
    monkeypatch.chdir(tmp_path)
    scratch.links = []

    def link(one: Run, files) -> SmallCodebase:
        scratch.links.append(sorted(files))
        sources = {path: (tmp_path / path).read_text() for path in files}
        return SmallCodebase(sources, [("shop.pay.pay", "shop.pay.take")])

    monkeypatch.setattr(Run, "_link", link)
    return scratch


def verdicts(capfd, *arguments):
    code = run([*arguments, "--format=json"])
    document = json.loads(capfd.readouterr().out)
    return {one["subject"]: one for one in document["verdicts"] if one["practice"] == "critical-path-coverage"}, code


@pytest.mark.parametrize("arguments", [[], ["shop/pay.py"], ["--all-files"], ["--stage", "commit"]], ids=" ".join)
@pytest.mark.parametrize("linked_before", [False, True])
def test_the_commit_stage_never_links(project, capfd, arguments, linked_before):
    if linked_before:
        assert run(["report"]) == 0
    project.links.clear()
    project.stage("shop/pay.py", PAY.replace("return order", "return 1"))
    assert run(["check", *arguments]) == 0
    assert project.links == []


@pytest.mark.parametrize("arguments", [["report"], ["paths"], ["check", "--stage", "push"], ["check", "--stage=ci"]])
def test_the_others_link_once_and_all_files(project, arguments):
    run(arguments)
    assert project.links == [["shop/__init__.py", "shop/pay.py"]]


def test_named_files_are_judged_and_all_files_are_linked(project, capfd):
    project.stage("shop/other.py", "x = 1\n")
    run(["check", "--stage", "push", "shop/other.py"])
    assert project.links == [["shop/__init__.py", "shop/other.py", "shop/pay.py"]]


def test_a_comment_alone_is_known_without_linking(project, capfd):
    project.write("pyproject.toml", PATHS.partition("[tool.quality-gate.critical")[0])
    assert list(verdicts(capfd, "report")[0]) == [None]
    project.write("shop/pay.py", MARKED)
    found, _ = verdicts(capfd, "report")
    assert "takings" in found


def test_a_comment_in_a_file_that_is_not_named_is_remembered(project, capfd):
    project.write("pyproject.toml", PATHS.partition("[tool.quality-gate.critical")[0])
    project.commit({"shop/pay.py": MARKED, "shop/more.py": ""})
    found, _ = verdicts(capfd, "check", "shop/more.py")
    assert found[None]["reason"] == "nothing to measure: no critical path declared"
    assert run(["report"]) == 0
    capfd.readouterr()
    found, _ = verdicts(capfd, "check", "shop/more.py")
    assert found[None]["reason"] != "nothing to measure: no critical path declared"


def test_what_was_linked_before_the_declaration_changed_is_not_remembered(project, capfd):
    assert run(["report"]) == 0
    capfd.readouterr()
    project.stage("shop/pay.py", PAY.replace("return order", "return 1"))
    assert "payments" in verdicts(capfd, "check")[0]
    project.stage("pyproject.toml", PATHS.replace("shop.pay:pay", "shop.pay:take"))
    found, code = verdicts(capfd, "check")
    assert (code, found[None]["outcome"]) == (0, "UNPROVEN")
    assert "link them once: type quality-gate report" in found[None]["reason"]


def test_a_new_function_of_a_member_is_known_at_the_commit_stage_by_its_line_numbers_of_now(project, capfd):
    assert run(["report"]) == 0
    capfd.readouterr()
    project.stage("shop/pay.py", "import os\nimport re\n\n" + PAY.replace("return order", "return 1"))
    found, _ = verdicts(capfd, "check")
    payments = found["payments"]
    assert (payments["of"], payments["unit"]) == (1, "touched functions")
    assert payments["reason"].startswith("no tests recorded yet")


def test_what_is_told_of_a_link_stands_in_the_report(project, capfd, monkeypatch):
    def told(one: Run, files):
        one.notes.append("shop/a.py and shop/b.py are both the module shop")
        return SmallCodebase({"shop/pay.py": PAY})

    monkeypatch.setattr(Run, "_link", told)
    assert run(["report"]) == 0
    assert "note: shop/a.py and shop/b.py are both the module shop" in capfd.readouterr().out


@pytest.mark.parametrize(("count", "notes"), [(3, 3), (4, 4), (200, 4)])
def test_many_notes_about_a_link_are_counted_and_shown_with_v(project, monkeypatch, count, notes):
    options = Options(config=None, format="text", color="auto", quiet=True, verbose=False)
    told = Run(options, Stage.PUSH, whole=True)
    told._tell([f"note {number}" for number in range(count)])
    assert len(told.notes) == notes
    assert told.notes[:3] == ["note 0", "note 1", "note 2"]
    assert len(told.details) == count - 3


def test_failure_paths_come_with_their_levels(project):
    project.commit(
        {"shop/pay.py": "def pay(order):\n    if order.late:\n        raise TimeoutError\n    return order\n"}
    )
    options = Options(config=None, format="text", color="never", quiet=True, verbose=False)
    one = Run(options, Stage.CI, whole=False)
    (found,) = one.bench.failures.values()
    (shown,) = found.shown
    assert (shown.path.function, shown.path.kind, shown.level, shown.stale) == ("pay", "validation", "unknown", True)
    assert shown.why == "there is no evidence of a test run"
