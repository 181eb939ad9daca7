"""What to type next, where several commands say the same."""

from __future__ import annotations

import os

import msgspec

from quality_gate.baseline_file import PRUNE
from quality_gate.formats._findings import blocks
from quality_gate.model import Finding, Outcome, Report

TEST = "quality-gate test"

POLICY_RULE = "policy-relaxed"
"""What it speaks of is no Python file, which is what there is to explain of a place."""


def awaits_a_test_run(report: Report) -> bool:
    """Whether a verdict is unproven for want of evidence that a test run would bring."""
    return any(verdict.outcome is Outcome.UNPROVEN and TEST in verdict.reason for verdict in report.verdicts)


def with_next(report: Report) -> Report:
    """A gate's report, with what to type next: what is wrong in the code before what the baseline still holds of it."""
    prune = [PRUNE] if any(verdict.decides and PRUNE in verdict.reason for verdict in report.verdicts) else []
    first = _first(report, only_blocking=bool(prune))
    explain = [] if first is None else [_about(first)]
    otherwise = TEST if awaits_a_test_run(report) else "quality-gate report"
    return msgspec.structs.replace(report, next=(*explain, *prune) or (otherwise,))


def _first(report: Report, *, only_blocking: bool) -> Finding | None:
    """The finding to look at first, none of another tool's, of which `explain` has no page.

    Args:
        only_blocking: one that is a reason for the exit code; else any error of a verdict that decides.
    """
    errors = [
        (blocks(finding, verdict), finding.new, finding)
        for verdict in report.verdicts
        if verdict.decides
        for finding in verdict.findings
        if finding.is_open and finding.severity == "error" and not finding.tool
    ]
    if report.outcome not in (Outcome.BROKEN, Outcome.UNPROVEN) or not errors:
        return None
    in_the_way, _, first = max(errors, key=lambda one: one[:2])
    return first if in_the_way or not only_blocking else None


def _about(finding: Finding) -> str:
    return f"quality-gate explain {finding.name}" if finding.name == POLICY_RULE else explaining(finding)


def explaining(finding: Finding) -> str:
    """The command that explains a finding; its path is quoted: others chose it, and it is typed into a shell.

    Of a line of another language nothing but the rule can be explained.
    """
    import shlex

    suffix = os.path.splitext(finding.path)[1]
    if suffix not in ("", ".py", ".pyi") and _has_page(finding.name):
        return f"quality-gate explain {finding.name}"
    place = f"{finding.path}:{finding.line}"
    return f"quality-gate explain {shlex.quote(f'./{place}' if place.startswith('-') else place)}"


def _has_page(name: str) -> bool:
    from quality_gate.cli._pages import known_names  # loads every rule

    return name in known_names()
