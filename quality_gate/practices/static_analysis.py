"""static-analysis: our own rules over every judged file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from quality_gate import project_rules
from quality_gate.bench import Bench, ProjectRule, practice
from quality_gate.model import Finding, Mode, Outcome, Stage, Verdict, fingerprint
from quality_gate_checkers.model.inspection import Inspection
from quality_gate_checkers.model.violation import Violation
from quality_gate_checkers.plug import collect


@practice("static-analysis")
def static_analysis(bench: Bench, mode: Mode) -> Iterator[Verdict]:
    """Is there a mistake that we know how to see?

    Every rule of the gate is run over every judged file: failure handling, resilience, suppressions. A finding of
    severity `error` breaks the practice, one of severity `warning` is shown.

    ## Modes
    `observe` reports. `new-code`, the default, blocks what the change adds or touches; older findings are shown and do
    not block. `enforce` blocks all of it.

    ## What it cannot see
    Files that do not parse are named as not analysed and are never counted as kept. Calls whose target nothing in the
    module tells are counted as not resolved.

    ## Configuration
    ```toml
    [tool.quality-gate.practices]
    static-analysis = "new-code"
    ```
    """
    judged = _judged_paths(bench, mode)
    findings = [finding for path in judged for finding in _findings(bench, path)]
    findings += _project_findings(bench, set(judged))
    blocking = [finding for finding in findings if _blocks(finding, bench, mode)]
    guilty = {finding.path for finding in blocking if finding.suppressed is None}.intersection(judged)
    yield Verdict(
        practice="static-analysis",
        subject=None,
        mode=mode,
        outcome=_outcome(blocking, judged),
        measured=len(judged) - len(guilty),
        demanded=len(judged),
        of=len(judged),
        unit="files",
        reason=_reason(bench, mode, findings, judged),
        findings=tuple(findings),
        not_looked_at=tuple(_not_looked_at(bench, judged)),
    )


def _judged_paths(bench: Bench, mode: Mode) -> list[str]:
    """In new-code mode the gate looks at the files of the change, a report at all of them."""
    paths = sorted(bench.inspections)
    if bench.whole or mode is not Mode.NEW_CODE:
        return paths
    return [path for path in paths if bench.change.holds(path)]


def _project_findings(bench: Bench, judged: set[str]) -> Iterator[Finding]:
    """A change can break a rule in a file that it does not touch: what it does is then new there, too."""
    for rule in _project_rules(bench):
        if rule.practice == "static-analysis":
            yield from (finding for finding in rule.check(bench) if finding.new or finding.path in judged)


def _project_rules(bench: Bench) -> list[ProjectRule]:
    """At the commit stage nothing is linked, and rules that need it, which lie in folders of their own, not loaded."""
    linked = bench.whole or bench.stage is not Stage.COMMIT
    return [rule for rule in collect(project_rules, ProjectRule, nested=linked) if linked or not rule.linked]


def _findings(bench: Bench, path: str) -> Iterator[Finding]:
    inspection = bench.inspections[path]
    counts: Counter[tuple[str, str | None, str]] = Counter()
    for violation, text in zip(inspection.violations, inspection.texts, strict=True):
        identity = (violation.code, violation.function, text)
        new = bench.change.touches(path, *violation.touching)
        if new or not violation.diff_only:
            yield _finding(bench, path, inspection, violation, text, counts[identity], new=new)
        counts[identity] += 1


def _finding(
    bench: Bench, path: str, inspection: Inspection, violation: Violation, text: str, ordinal: int, *, new: bool
) -> Finding:
    location = violation.location
    silencer = inspection.silenced_by(violation, bench.today)
    failed = inspection.not_silenced_because(violation, bench.today) if silencer is None else None
    return Finding(
        code=violation.code,
        name=violation.name,
        severity=violation.severity,
        message=f"{violation.message}; {failed}" if failed else violation.message,
        remedy=violation.remedy,
        path=path,
        line=location.line,
        column=location.column + 1,
        end_line=location.end_line,
        end_column=location.end_column + 1,
        function=violation.function,
        fingerprint=fingerprint(violation.code, path, violation.function, text, ordinal),
        new=new,
        suppressed=(silencer.reason or "without a reason") if silencer else None,
    )


def _blocks(finding: Finding, bench: Bench, mode: Mode) -> bool:
    return finding.severity == "error" and (finding.new or bench.whole or mode is not Mode.NEW_CODE)


def _outcome(blocking: list[Finding], judged: list[str]) -> Outcome:
    counted = [finding for finding in blocking if finding.suppressed is None]
    if any(finding.name != "not-analysed" for finding in counted):
        return Outcome.BROKEN
    if counted:
        return Outcome.UNPROVEN
    if blocking:
        return Outcome.WAIVED
    return Outcome.KEPT if judged else Outcome.EMPTY


def _reason(bench: Bench, mode: Mode, findings: list[Finding], judged: list[str]) -> str:
    if not bench.inspections:
        return "nothing to measure: no Python file"
    if not judged:
        return "nothing to measure: the change holds no Python line"
    if mode is Mode.OBSERVE:
        return "observed: nothing blocks yet"
    if mode is Mode.ENFORCE:
        return "all code blocks"
    if bench.whole:
        return "only new code blocks; nothing else does yet"
    older = sum(not finding.new and finding.suppressed is None for finding in findings)
    about_older = f"; {older} older {'finding does' if older == 1 else 'findings do'} not block" if older else ""
    return f"new code: {bench.change.description}{about_older}"


def _not_looked_at(bench: Bench, judged: list[str]) -> Iterator[str]:
    unresolved = sum(bench.inspections[path].not_resolved for path in judged)
    if unresolved:
        calls = "call" if unresolved == 1 else "calls"
        yield f"{unresolved} {calls} not resolved: nothing in the module tells what is called"
    faulty = sum(bench.inspections[path].fault is not None for path in judged)
    if faulty:
        yield f"{faulty} {'file' if faulty == 1 else 'files'} not analysed"
