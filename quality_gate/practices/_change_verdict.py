"""The verdict on the lines that a change adds or touches."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from quality_gate.bench import Bench
from quality_gate.codebase.patch_coverage import DEMAND, FEW, PatchCoverage
from quality_gate.codebase.path_coverage import Count
from quality_gate.model import Finding, Mode, Outcome, Verdict
from quality_gate.practices._path_verdict import NAME
from quality_gate.practices._verdicts import counted, decides, observed, outcome_of
from quality_gate.project_rules.coverage import changed_critical_line_unrun, changed_lines_unrun

_RULES = frozenset({changed_critical_line_unrun.NAME, changed_lines_unrun.NAME})


def change_verdict(bench: Bench, mode: Mode, findings: Sequence[Finding]) -> Iterator[Verdict]:
    """The verdict on a change; none in a report where there is no change, or where everything would be one."""
    patch = bench.patch
    if bench.whole and (bench.change.everything or not patch.most):
        return
    own = [finding for finding in findings if finding.name in _RULES]
    unproven = _why_unproven(patch)
    count, demanded, unit = _judged(patch)
    outcome = outcome_of(own, unproven)
    if outcome is Outcome.KEPT and not count.of:
        outcome = Outcome.EMPTY
    yield Verdict(
        practice=NAME,
        subject=None,
        mode=mode,
        outcome=outcome,
        measured=count.measured,
        demanded=demanded,
        of=count.of,
        unit=unit,
        reason=_reason(bench, mode, patch, outcome, unproven),
        findings=tuple(own),
        not_looked_at=(f"changed lines: {unproven}",) if unproven else (),
        decides=decides(outcome, bench.stage),
    )


def _judged(patch: PatchCoverage) -> tuple[Count, int, str]:
    if len(patch.lines) < FEW:
        return patch.critical_count, patch.critical_count.of, "changed critical lines"
    return patch.all_count, patch.all_count.demanded(DEMAND), "changed lines"


def _why_unproven(patch: PatchCoverage) -> str:
    if patch.problems:
        return f"{counted(patch.problems)}; {patch.remedy}"
    if not patch.unproven:
        return ""
    first, more = patch.unproven[0], len(patch.unproven) - 1
    others = f", and {more} more {'function' if more == 1 else 'functions'}" if more else ""
    return f"{first.function}: {first.reason}{others}; {patch.remedy}"


def _reason(bench: Bench, mode: Mode, patch: PatchCoverage, outcome: Outcome, unproven: str) -> str:
    if outcome is Outcome.UNPROVEN:
        return unproven
    if outcome is Outcome.EMPTY:
        if not patch.lines:
            return "nothing to measure: the change holds no line that can be run"
        return f"nothing to measure: fewer than {FEW} changed lines, none on a critical path"
    said = f"new code: {bench.change.description}"
    return observed(said, mode)
