"""What to type next, where several commands say the same."""

from __future__ import annotations

import msgspec

from quality_gate.baseline_file import PRUNE
from quality_gate.model import Outcome, Report

TEST = "quality-gate test"

POLICY_RULE = "policy-relaxed"
"""What it speaks of is no Python file, which is what there is to explain of a place."""


def awaits_a_test_run(report: Report) -> bool:
    """Whether a verdict is unproven for want of evidence that a test run would bring."""
    return any(verdict.outcome is Outcome.UNPROVEN and TEST in verdict.reason for verdict in report.verdicts)


def with_next(report: Report) -> Report:
    """A gate's report, with what to type next."""
    return msgspec.structs.replace(report, next=(_next(report),))


def _next(report: Report) -> str:
    if any(verdict.decides and PRUNE in verdict.reason for verdict in report.verdicts):
        return PRUNE
    blocking = [
        finding
        for verdict in report.verdicts
        if verdict.decides
        for finding in verdict.findings
        if finding.is_open and finding.severity == "error" and not finding.tool  # of those `explain` has no page
    ]
    if report.outcome in (Outcome.BROKEN, Outcome.UNPROVEN) and blocking:
        from quality_gate.cli._pages import explaining

        first = next((finding for finding in blocking if finding.new), blocking[0])
        return f"quality-gate explain {first.name}" if first.name == POLICY_RULE else explaining(first)
    return TEST if awaits_a_test_run(report) else "quality-gate report"
