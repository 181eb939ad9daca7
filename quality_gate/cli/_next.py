"""What to type next, where several commands say the same."""

from __future__ import annotations

from quality_gate.model import Outcome, Report

TEST = "quality-gate test"


def awaits_a_test_run(report: Report) -> bool:
    """Whether a verdict is unproven for want of evidence that a test run would bring."""
    return any(verdict.outcome is Outcome.UNPROVEN and TEST in verdict.reason for verdict in report.verdicts)
