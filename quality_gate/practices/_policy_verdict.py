"""The verdict on what a change does to its own policy. It is no practice: nobody can observe it away."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from quality_gate.bench import Bench
from quality_gate.model import Finding, Mode, Outcome, Verdict
from quality_gate.policy.relaxations import PolicyChange
from quality_gate.practices._static_findings import project_findings

NAME = "policy"


def policy_verdict(bench: Bench) -> Iterator[Verdict]:
    """One verdict; none where there was no policy to compare with."""
    change = bench.policy
    if not change.against and not change.unproven:
        return
    findings = tuple(project_findings(bench, "policy"))
    outcome = _outcome(change, findings)
    yield Verdict(
        practice=NAME,
        subject=None,
        mode=Mode.ENFORCE,
        outcome=outcome,
        measured=0,
        demanded=0,
        of=0,
        unit="",
        reason=_reason(change, findings, outcome),
        findings=findings,
        not_looked_at=(f"the policy of the merge base: {change.unproven}",) if change.unproven else (),
    )


def _outcome(change: PolicyChange, findings: Sequence[Finding]) -> Outcome:
    blocking = any(finding.severity == "error" for finding in findings)
    if change.approved_by:
        return Outcome.WAIVED if blocking or change.unproven else Outcome.KEPT
    if blocking:
        return Outcome.BROKEN
    return Outcome.UNPROVEN if change.unproven else Outcome.KEPT


def _reason(change: PolicyChange, findings: Sequence[Finding], outcome: Outcome) -> str:
    if outcome is Outcome.KEPT:
        if findings:
            return f"what it may ask less than {change.against} only warns: it is for who reviews"
        return f"it asks no less than {change.against}"
    if outcome is Outcome.UNPROVEN:
        return f"{change.unproven}; {change.remedy}"
    if outcome is Outcome.BROKEN:
        return f"it asks less than {change.against}, whose policy counts; whoever maintains it approves: --approved-by"
    what = change.unproven or f"it asks less than {change.against}: {_first(findings)}"
    return f"approved by {change.approved_by}: {what}"


def _first(findings: Sequence[Finding]) -> str:
    blocking = [finding for finding in findings if finding.severity == "error"]
    more = len(blocking) - 1
    return blocking[0].message + (f", and {more} more" if more else "")
