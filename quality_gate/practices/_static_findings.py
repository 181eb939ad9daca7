"""What the rules say of files: findings for the practice that a rule belongs to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeAlias

import msgspec

from quality_gate import project_rules
from quality_gate.bench import Bench, Judging, ProjectRule
from quality_gate.fingerprints import essence, fingerprint
from quality_gate.model import Finding, Mode, Outcome, Stage
from quality_gate.project_rules._comments import not_silenced_because
from quality_gate_checkers.model.inspection import Inspection
from quality_gate_checkers.model.violation import Violation
from quality_gate_checkers.plug import collect

ISOLATION = frozenset({"shared-state-leak", "real-sleep-in-test", "quarantine-without-reason"})
"""Rules of one module that belong to isolated-tests (decision 0013); all others belong to static-analysis."""


_EXCUSED = "silent-failure"
"""The rule of one module that only warns where a comment in the code says why."""


_Identity: TypeAlias = tuple[str, int]
"""What tells a violation from others of its rule in a function: a text, and a number among equal ones."""


def findings_in(bench: Bench, path: str) -> Iterator[Finding]:
    """What the rules of one module say of a file."""
    inspection = bench.inspections[path]
    if not inspection.violations:
        return
    counts: Counter[tuple[str, str | None, str, bool]] = Counter()
    whole = inspection.statements or inspection.texts
    for violation, text, statement in zip(inspection.violations, inspection.texts, whole, strict=True):
        line = text, counts[violation.code, violation.function, text, True]
        parsed = statement, counts[violation.code, violation.function, statement, False]
        new = bench.change.touches(path, *violation.touching)
        if new or not violation.diff_only:
            found = _finding(bench, path, inspection, violation, (line, parsed), new=new)
            yield _without_excuse(bench, found) if found.severity == "warning" and found.name == _EXCUSED else found
        counts[violation.code, violation.function, text, True] += 1
        counts[violation.code, violation.function, statement, False] += 1


def broken_in(bench: Bench, paths: Iterable[str], *, isolation: bool) -> Iterator[Finding]:
    """What the rules of one module say of many files.

    Args:
        isolation: of rules that belong to isolated-tests, or of the others.
    """
    inspections = bench.inspections
    for path in paths:
        if any((violation.name in ISOLATION) is isolation for violation in inspections[path].violations):
            yield from (found for found in findings_in(bench, path) if (found.name in ISOLATION) is isolation)


def project_findings(bench: Bench, practice: Judging) -> Iterator[Finding]:
    """What the project rules of a practice say."""
    for rule in _project_rules(bench):
        if rule.practice == practice:
            yield from rule.check(bench)


def blocks(finding: Finding, bench: Bench, mode: Mode) -> bool:
    """Whether a finding that no suppression holds breaks its practice."""
    return (
        finding.severity == "error" and not finding.known and (finding.new or bench.whole or mode is not Mode.NEW_CODE)
    )


def outcome_of(blocking: Sequence[Finding], unproven: str) -> Outcome:
    """BROKEN where a finding counts, else UNPROVEN where something is, else WAIVED where findings are suppressed."""
    if any(finding.suppressed is None for finding in blocking):
        return Outcome.BROKEN
    if unproven:
        return Outcome.UNPROVEN
    return Outcome.WAIVED if blocking else Outcome.KEPT


def _project_rules(bench: Bench) -> list[ProjectRule]:
    """At the commit stage nothing is linked, and rules that need it, which lie in folders of their own, not loaded."""
    linked = bench.whole or bench.stage is not Stage.COMMIT
    return [rule for rule in collect(project_rules, ProjectRule, nested=linked) if linked or not rule.linked]


def _without_excuse(bench: Bench, finding: Finding) -> Finding:
    """On a critical path any comment does not do: somebody answers for it there, until a day."""
    critical = bench.critical_path_at(finding.path, finding.line)
    if critical is None:
        return finding
    allow = f'quality-gate: allow[{finding.name}] reason="..." owner=@team until=YYYY-MM-DD'
    return msgspec.structs.replace(
        finding,
        severity="error",
        message=f"{finding.message}; a comment alone does not excuse that on the critical path {critical}",
        remedy=f"{finding.remedy}; or write: # {allow}",
        critical_path=critical,
    )


def _finding(
    bench: Bench,
    path: str,
    inspection: Inspection,
    violation: Violation,
    identities: tuple[_Identity, _Identity],
    *,
    new: bool,
) -> Finding:
    """A violation as a finding.

    Args:
        identities: by its line, and by its statement as it is parsed.
    """
    line, parsed = identities
    location = violation.location
    silencer = inspection.silenced_by(violation, bench.today)
    failed = not_silenced_because(inspection, violation, bench.today) if silencer is None else None
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
        fingerprint=fingerprint(violation.code, path, violation.function, *line),
        essence=essence(violation.code, *parsed),
        line_essence=essence(violation.code, *line),
        new=new,
        suppressed=(silencer.reason or "without a reason") if silencer else None,
    )
