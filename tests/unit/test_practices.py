"""static-analysis in its three modes, over old and new, suppressed, expired and not analysed; and its fingerprints."""

from __future__ import annotations

import datetime

import pytest

from graphs import SmallCodebase
from quality_gate.bench import Bench
from quality_gate.bench_linked import Linked
from quality_gate.model import Change, LineRange, Mode, Outcome, Stage
from quality_gate.practices.static_analysis import static_analysis
from quality_gate_checkers.inspection import inspect
from quality_gate_checkers.model.inspection import Fault, Inspection, Suppression
from quality_gate_checkers.model.violation import Location, Violation
from quality_gate_checkers.settings import Settings

TODAY = datetime.date(2026, 11, 22)
OLD, NEW = 5, 25
"""Lines: the change below holds 20 to 30."""

CHANGE = Change(description="the index against HEAD", lines={"a.py": (LineRange(20, 30),)}, files=frozenset({"a.py"}))


def violation(line: int, severity="error", *, diff_only=False, touching=None) -> Violation:
    return Violation(
        "QG101",
        "silent-failure",
        severity,
        diff_only,
        Location(line, 4, line, 9),
        "it fails",
        "mend it",
        "f",
        touching or (line, line),
    )


def held(*violations: Violation, allow: dict[int, Suppression] | None = None) -> Inspection:
    return Inspection(
        40, violations, tuple(f"text {found.location.line}" for found in violations), tuple((allow or {}).values())
    )


def allow(
    line: int, reason: str | None = "telemetry", until: str | None = None, problem: str | None = None
) -> Suppression:
    return Suppression("allow", ("silent-failure",), line, line, line, reason, until, None, problem)


FAULT = Inspection(1, fault=Fault(2, "it does not parse", "mend the syntax"))


def judge(inspections: dict[str, Inspection], mode: Mode, change: Change = CHANGE, *, whole: bool = False):
    bench = Bench(
        stage=Stage.COMMIT,
        whole=whole,
        today=TODAY,
        critical_paths=(),
        change=lambda: change,
        inspections=lambda: inspections,
        linked=Linked(codebase=lambda: SmallCodebase({})),
    )
    (found,) = static_analysis.judge(bench, mode)
    return found


K, B, W, U = Outcome.KEPT, Outcome.BROKEN, Outcome.WAIVED, Outcome.UNPROVEN
SITUATIONS = {
    # what stands in the file that the change touches: outcome in observe, new-code, enforce
    "nothing": (held(), (K, K, K)),
    "old": (held(violation(OLD)), (B, K, B)),
    "new": (held(violation(NEW)), (B, B, B)),
    "old and new": (held(violation(OLD), violation(NEW)), (B, B, B)),
    "old warning": (held(violation(OLD, "warning")), (K, K, K)),
    "new warning": (held(violation(NEW, "warning")), (K, K, K)),
    "old, but what makes it a breach is new": (held(violation(OLD, touching=(OLD, NEW))), (B, B, B)),
    "new, suppressed": (held(violation(NEW), allow={1: allow(NEW)}), (W, W, W)),
    "old, suppressed": (held(violation(OLD), allow={1: allow(OLD)}), (W, K, W)),
    "new, suppressed elsewhere": (held(violation(NEW), allow={1: allow(OLD)}), (B, B, B)),
    "new, suppressed until today": (held(violation(NEW), allow={1: allow(NEW, until="2026-11-22")}), (W, W, W)),
    "new, suppressed until yesterday": (held(violation(NEW), allow={1: allow(NEW, until="2026-11-21")}), (B, B, B)),
    "new, suppressed without a reason": (
        held(violation(NEW), allow={1: allow(NEW, None, None, "it gives no reason")}),
        (B, B, B),
    ),
    "one of two new suppressed": (held(violation(NEW), violation(NEW + 1), allow={1: allow(NEW)}), (B, B, B)),
    "old, of new lines only": (held(violation(OLD, diff_only=True)), (K, K, K)),
    "new, of new lines only": (held(violation(NEW, diff_only=True)), (B, B, B)),
    "not analysed": (FAULT, (U, U, U)),
}


@pytest.mark.parametrize(("inspection", "wanted"), SITUATIONS.values(), ids=SITUATIONS.keys())
def test_outcomes_by_mode(inspection, wanted):
    assert tuple(judge({"a.py": inspection}, mode).outcome for mode in Mode) == wanted


@pytest.mark.parametrize("situation", SITUATIONS)
@pytest.mark.parametrize("mode", Mode)
def test_a_report_judges_all_the_code_whatever_the_mode(situation, mode):
    inspection, wanted = SITUATIONS[situation]
    assert judge({"a.py": inspection}, mode, whole=True).outcome is wanted[2], "as in enforce"


@pytest.mark.parametrize(("mode", "wanted"), [(Mode.OBSERVE, B), (Mode.NEW_CODE, Outcome.EMPTY), (Mode.ENFORCE, B)])
def test_a_file_that_the_change_does_not_touch(mode, wanted):
    verdict = judge({"b.py": held(violation(OLD))}, mode)
    assert verdict.outcome is wanted
    assert verdict.of == (0 if wanted is Outcome.EMPTY else 1)


@pytest.mark.parametrize(("mode", "wanted"), [(Mode.OBSERVE, U), (Mode.NEW_CODE, Outcome.EMPTY), (Mode.ENFORCE, U)])
def test_an_old_file_that_was_not_analysed(mode, wanted):
    assert judge({"b.py": FAULT}, mode).outcome is wanted


def test_broken_is_worse_than_not_analysed():
    verdict = judge({"a.py": held(violation(NEW)), "c.py": FAULT}, Mode.ENFORCE)
    assert verdict.outcome is B
    assert [finding.name for finding in verdict.findings] == ["silent-failure", "not-analysed"]
    assert (verdict.measured, verdict.of, verdict.unit) == (0, 2, "files")


def test_no_python_file_is_empty():
    verdict = judge({}, Mode.ENFORCE)
    assert verdict.outcome is Outcome.EMPTY
    assert verdict.reason == "nothing to measure: no Python file"


def test_a_change_without_a_python_line_is_empty():
    verdict = judge({"b.py": held()}, Mode.NEW_CODE, Change(description="x"))
    assert verdict.outcome is Outcome.EMPTY
    assert verdict.reason == "nothing to measure: the change holds no Python line"


def test_without_a_base_everything_is_new():
    verdict = judge({"b.py": held(violation(OLD))}, Mode.NEW_CODE, Change(description="no git", everything=True))
    assert verdict.outcome is B
    assert verdict.findings[0].new


def test_files_are_counted_and_older_findings_mentioned():
    inspections = {
        "a.py": held(violation(OLD), violation(OLD + 1), violation(NEW, "warning")),
        "b.py": held(violation(OLD)),
    }
    verdict = judge(inspections, Mode.NEW_CODE)
    assert (verdict.measured, verdict.demanded, verdict.of) == (1, 1, 1)
    assert verdict.reason == "new code: the index against HEAD; 2 older findings do not block"
    assert [finding.new for finding in verdict.findings] == [False, False, True]
    one = judge({"a.py": held(violation(OLD))}, Mode.NEW_CODE)
    assert one.reason.endswith("; 1 older finding does not block")
    assert judge(inspections, Mode.ENFORCE).measured == 0


def test_a_suppressed_finding_is_shown_with_its_reason_and_its_file_counts_as_good():
    verdict = judge({"a.py": held(violation(NEW), allow={1: allow(NEW)})}, Mode.ENFORCE)
    assert [finding.suppressed for finding in verdict.findings] == ["telemetry"]
    assert verdict.measured == 1


def test_a_suppression_that_does_not_hold_is_said_so():
    verdict = judge({"a.py": held(violation(NEW), allow={1: allow(NEW, until="2026-11-21")})}, Mode.ENFORCE)
    (finding,) = verdict.findings
    assert finding.suppressed is None
    assert (
        finding.message == f"it fails; the comment on line {NEW} does not silence this: its date 2026-11-21 has passed"
    )


@pytest.mark.parametrize(
    ("named", "hint"),
    [
        ("silent-failur", "did you mean silent-failure?"),
        ("Silent-Failure", "did you mean silent-failure?"),
        ("call-without-deadline, silent-failur", "did you mean silent-failure?"),
        ("remote-call-in-transacton", "did you mean remote-call-in-transaction?"),
        ("vendor-exception-leek", "did you mean vendor-exception-leak?"),
        ("qg101", "did you mean QG101?"),
        ("QG10", "all rules: docs/rules.md"),
        ("zzzz", "all rules: docs/rules.md"),
    ],
)
def test_a_comment_that_names_no_rule_is_said_so_with_the_nearest_name(named, hint):
    names = tuple(named.split(", "))
    comment = Suppression("allow", names, NEW, NEW, NEW, "telemetry")
    (finding,) = judge({"a.py": held(violation(NEW), allow={1: comment})}, Mode.ENFORCE).findings
    assert finding.suppressed is None
    assert finding.message == f'it fails; "{names[-1]}" in the comment on line {NEW} names no rule of ours: {hint}'


@pytest.mark.parametrize(
    "named",
    [
        pytest.param("call-without-deadline", id="of one module"),
        pytest.param("QG201", id="its code"),
        pytest.param("W9201", id="its id in pylint"),
        pytest.param("remote-call-in-transaction", id="of the project"),
        pytest.param("QG901", id="of the configuration"),
        pytest.param("vendor-exception-leak", id="of pylint alone"),
    ],
)
def test_a_comment_that_names_another_rule_of_ours_is_not_talked_about(named):
    comment = Suppression("allow", (named,), NEW, NEW, NEW, "telemetry")
    (finding,) = judge({"a.py": held(violation(NEW), allow={1: comment})}, Mode.ENFORCE).findings
    assert finding.message == "it fails"


@pytest.mark.parametrize(
    ("kind", "first", "last"),
    [("noqa", NEW, NEW), ("pylint", NEW, NEW), ("allow", OLD, OLD), ("allow", NEW + 1, NEW + 100)],
)
def test_names_for_other_tools_and_for_other_lines_are_not_talked_about(kind, first, last):
    comment = Suppression(kind, ("silent-failur",), first, first, last, "telemetry")
    (finding,) = judge({"a.py": held(violation(NEW), allow={1: comment})}, Mode.ENFORCE).findings
    assert finding.message == "it fails"


def test_a_comment_that_names_nothing_at_all_is_said_so():
    comment = Suppression("allow", (), NEW, NEW, NEW, "telemetry", problem="it names no rule")
    (finding,) = judge({"a.py": held(violation(NEW), allow={1: comment})}, Mode.ENFORCE).findings
    assert finding.message == f"it fails; the comment on line {NEW} does not silence this: it names no rule"


def test_a_misspelled_name_in_a_huge_comment_is_cut():
    comment = Suppression("allow", ("x" * 100_000,), NEW, NEW, NEW, "telemetry")
    (finding,) = judge({"a.py": held(violation(NEW), allow={1: comment})}, Mode.ENFORCE).findings
    assert len(finding.message) < 200


def test_places_are_counted_from_one():
    (finding,) = judge({"a.py": held(violation(NEW))}, Mode.ENFORCE).findings
    assert (finding.line, finding.column, finding.end_line, finding.end_column) == (NEW, 5, NEW, 10)


def test_what_was_not_looked_at_is_counted_over_judged_files():
    inspections = {"a.py": Inspection(1, not_resolved=1), "b.py": Inspection(1, not_resolved=5), "c.py": FAULT}
    (new,) = judge(inspections, Mode.NEW_CODE).not_looked_at
    assert new.startswith("1 call not resolved: ")
    calls, files = judge(inspections, Mode.ENFORCE).not_looked_at
    assert calls.startswith("6 calls not resolved: ")
    assert files == "1 file not analysed"


def test_the_finding_of_a_file_that_was_not_analysed():
    (finding,) = judge({"a.py": FAULT}, Mode.ENFORCE).findings
    assert (finding.code, finding.path, finding.line, finding.message) == (
        "QG901",
        "a.py",
        2,
        "not analysed: it does not parse",
    )
    assert finding.remedy == "mend the syntax"
    assert finding.new


# -- fingerprints

SOURCE = """\
import requests


def publish(event):
    try:
        requests.post("https://x.example", json=event, timeout=5)
    except requests.RequestException:
        pass
"""


def fingerprints(source: str, path: str = "shop/pay.py") -> list[str]:
    inspection = inspect(path, source.encode(), Settings())
    assert inspection.fault is None
    return [finding.fingerprint for finding in judge({path: inspection}, Mode.ENFORCE).findings]


def test_a_moved_finding_keeps_its_fingerprint():
    before = fingerprints(SOURCE)
    assert len(before) == 1
    assert fingerprints("# one\n# two\n" + SOURCE) == before
    assert fingerprints(SOURCE.replace("def publish", "def other():\n    return 1\n\n\ndef publish")) == before
    assert fingerprints(SOURCE.replace("\n", "\r\n")) == before


def test_a_re_indented_finding_keeps_its_fingerprint():
    deeper = SOURCE.replace("    try:", "    if event:\n        try:").replace(
        "        requests.post", "            requests.post"
    )
    deeper = deeper.replace("    except", "        except").replace("        pass", "            pass")
    assert fingerprints(deeper) == fingerprints(SOURCE)


def test_another_function_file_or_text_has_another():
    before = fingerprints(SOURCE)
    assert fingerprints(SOURCE.replace("publish", "announce")) != before
    assert fingerprints(SOURCE, "shop/events.py") != before
    assert fingerprints(SOURCE.replace("except requests.RequestException", "except Exception")) != before


def test_equal_findings_are_told_apart_and_the_first_stays():
    body = SOURCE[SOURCE.index("    try:") :]
    twice = fingerprints(SOURCE + body)
    assert len(set(twice)) == 2
    assert twice[0] == fingerprints(SOURCE)[0]


def test_one_line_full_of_findings_has_as_many_fingerprints():
    found = fingerprints("import requests\ndef f():\n    " + ";".join(["requests.get('x')"] * 300) + "\n")
    assert len(set(found)) == 300
