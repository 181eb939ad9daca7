"""What other tools say, as static-analysis judges it: modes, old and new, known, and tools that were not heard."""

from __future__ import annotations

import datetime

import pytest

from graphs import SmallCodebase
from quality_gate.baseline import Surroundings, entry_of, found_of, standing, tool_of
from quality_gate.baseline_file import Baseline, parse, text_of
from quality_gate.bench import Bench
from quality_gate.bench_linked import Linked
from quality_gate.linting import Linted, ToolResult, Unheard
from quality_gate.model import Change, LineRange, Mode, Outcome, Stage
from quality_gate.practices.static_analysis import static_analysis
from quality_gate_checkers.model.inspection import Fault, Inspection

OLD, NEW = 5, 25
CHANGE = Change(description="the index against HEAD", lines={"a.py": (LineRange(20, 30),)}, files=frozenset({"a.py"}))
UNHEARD = Unheard(tool="mypy", what="mypy did not end within 600 s", remedy="raise `seconds`", said="checking a.py")


def result(line=NEW, *, path="a.py", severity="error", **more):
    values = {
        "tool": "ruff",
        "code": "F401",
        "name": "unused-import",
        "message": "m",
        "remedy": "r",
        "text": "import os",
    }
    return ToolResult(path=path, line=line, column=1, end_line=line, end_column=9, severity=severity, **values | more)


def judge(linted, mode=Mode.NEW_CODE, *, stage=Stage.CI, whole=False, change=CHANGE, inspections=None):
    held = {"a.py": Inspection(40), "b.py": Inspection(40)} if inspections is None else inspections
    bench = Bench(
        stage=stage,
        whole=whole,
        today=datetime.date(2026, 11, 22),
        critical_paths=(),
        change=lambda: change,
        inspections=lambda: held,
        linted=lambda: linted,
        linked=Linked(codebase=lambda: SmallCodebase({})),
    )
    (found,) = static_analysis.judge(bench, mode)
    return found


@pytest.mark.parametrize(
    ("found", "observe", "new_code", "enforce"),
    [
        (result(NEW), "BROKEN", "BROKEN", "BROKEN"),
        (result(OLD), "BROKEN", "KEPT", "BROKEN"),
        (result(NEW, path="b.py"), "BROKEN", "KEPT", "BROKEN"),
        (result(NEW, severity="warning"), "KEPT", "KEPT", "KEPT"),
        (result(NEW, name="not-analysed"), "BROKEN", "BROKEN", "BROKEN"),
    ],
)
def test_it_is_judged_as_our_own_are(found, observe, new_code, enforce):
    told = Linted(results=(found,), heard=("ruff",))
    assert [judge(told, mode).outcome for mode in Mode] == [observe, new_code, enforce]


def test_in_new_code_mode_files_of_the_change_are_told_and_in_a_report_all():
    told = Linted(results=(result(OLD), result(NEW, path="b.py")))
    assert [one.path for one in judge(told).findings] == ["a.py"]
    assert [one.path for one in judge(told, whole=True).findings] == ["a.py", "b.py"]


def test_a_file_that_is_not_python_has_a_change_of_its_own():
    elsewhere = Change(description="x", lines={"a.js": (LineRange(1, 9),)}, files=frozenset({"a.js"}))
    told = Linted(results=(result(3, path="a.js"), result(30, path="a.js")), elsewhere=elsewhere)
    verdict = judge(told)
    assert [(one.line, one.new) for one in verdict.findings] == [(3, True), (30, False)]
    assert (verdict.outcome, verdict.measured, verdict.of) == ("BROKEN", 1, 2)


def test_a_project_without_python_can_be_judged_by_others():
    everything = Change(description="x", everything=True)
    told = Linted(results=(result(3, path="a.js"),), elsewhere=everything)
    assert judge(told, change=everything, inspections={}).outcome is Outcome.BROKEN


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize(("stage", "decides"), [(Stage.COMMIT, False), (Stage.PUSH, False), (Stage.CI, True)])
def test_a_tool_that_was_not_heard_is_unproven_and_blocks_in_ci(mode, stage, decides):
    verdict = judge(Linted(unheard=(UNHEARD,)), mode, stage=stage)
    assert (verdict.outcome, verdict.decides) == (Outcome.UNPROVEN, decides)
    assert verdict.reason == "mypy did not end within 600 s; raise `seconds`"
    assert "it said: checking a.py" in verdict.not_looked_at[0]


def test_what_is_broken_stays_broken():
    verdict = judge(Linted(results=(result(),), unheard=(UNHEARD,)), stage=Stage.COMMIT)
    assert (verdict.outcome, verdict.decides) == (Outcome.BROKEN, True)
    assert "mypy" in verdict.not_looked_at[0]


def test_a_file_that_does_not_parse_decides_at_every_stage():
    fault = Inspection(1, fault=Fault(2, "it does not parse", "mend the syntax"))
    verdict = judge(Linted(unheard=(UNHEARD,)), stage=Stage.COMMIT, inspections={"a.py": fault})
    assert (verdict.outcome, verdict.decides) == (Outcome.UNPROVEN, True)


def test_what_waits_is_mentioned():
    verdict = judge(Linted(waiting=("not run: ruff",)))
    assert (verdict.outcome, verdict.not_looked_at) == (Outcome.KEPT, ("not run: ruff",))


def test_its_identity_survives_moved_lines_and_tells_tools_apart():
    def identities(*found):
        return [one.fingerprint for one in judge(Linted(results=found), whole=True).findings]

    (here,) = identities(result(NEW))
    assert identities(result(OLD)) == [here]
    assert identities(result(text="  import  os")) == [here]
    assert len({here, *identities(result(), result(), result(tool="flake8"), result(path="b.py"))}) == 4


# --- baseline

VERSIONS = Surroundings(lambda entry: False, dict)


def known(*found):
    findings = judge(Linted(results=found), Mode.ENFORCE, change=Change(description="none")).findings
    return tuple(entry_of("static-analysis", one, 1) for one in findings), findings


def test_a_baseline_knows_it_by_tool_and_code():
    entries, findings = known(result(tool="my:tool", name="Unused Import"), result(tool="ruff"))
    assert [(entry.code, entry.rule) for entry in entries] == [
        ("my tool:F401", "Unused-Import"),
        ("ruff:F401", "unused-import"),
    ]
    assert tool_of(entries[0].code) == "my tool"
    read = parse(text_of(Baseline(("static-analysis",), entries)).encode())
    assert found_of(read.entries, findings, VERSIONS).keys() == set(entries)


def test_it_is_gone_only_where_its_tool_was_heard():
    entries, _ = known(result())
    verdict = judge(Linted(heard=("ruff",)), Mode.ENFORCE)
    assert standing(entries, [verdict], VERSIONS, lambda entry: True).gone == entries
    assert standing(entries, [verdict], VERSIONS, lambda entry: False).unseen == entries
