"""What a project rule has found, as a finding: new or old, suppressed or not, with an identity that survives."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from quality_gate.bench import Bench, ProjectRule
from quality_gate.fingerprints import essence, fingerprint
from quality_gate.model import Finding
from quality_gate.project_rules._comments import not_silenced_because
from quality_gate_checkers.model.violation import Location, Severity, Violation
from quality_gate_checkers.settings import printable

LONGEST = 600
"""Characters of a message and of a remedy."""


class Found(NamedTuple):
    """One breach of a project rule.

    Args:
        path, line, column: where a person would mend it, 1-based.
        message, remedy: one line each.
        function: name of the enclosing function, None for module code.
        text: what tells it from others of the rule in the same function; without line numbers.
        touching: the lines that make it a breach, each (path, line): it is new when the change touches one of them,
            and a suppression at one of them holds.
        also_new: further lines that make it new when the change touches them.
    """

    path: str
    line: int
    column: int
    message: str
    remedy: str
    function: str | None
    text: str
    touching: tuple[tuple[str, int], ...] = ()
    also_new: tuple[tuple[str, int], ...] = ()


def findings_of(bench: Bench, rule: ProjectRule, found: Iterable[Found]) -> Iterator[Finding]:
    """Breaches of a rule as findings, in order of file and line."""
    return findings(bench, rule.code, rule.name, rule.severity, found)


def findings(bench: Bench, code: str, name: str, severity: Severity, found: Iterable[Found]) -> Iterator[Finding]:
    """The same for a rule whose findings weigh differently."""
    counts: Counter[tuple[str, str | None, str]] = Counter()
    for one in sorted(set(found), key=lambda one: (one.path, one.line, one.column, one.text)):
        identity = one.path, one.function, one.text
        yield _finding(bench, code, name, severity, one, counts[identity])
        counts[identity] += 1


def _finding(bench: Bench, code: str, name: str, severity: Severity, found: Found, ordinal: int) -> Finding:
    places = tuple(dict.fromkeys(((found.path, found.line), *found.touching)))
    reason, failed = _suppression(bench, code, name, places)
    message = printable(found.message, LONGEST)
    return Finding(
        code=code,
        name=name,
        severity=severity,
        message=f"{message}; {failed}" if failed and reason is None else message,
        remedy=printable(found.remedy, LONGEST),
        path=found.path,
        line=found.line,
        column=found.column,
        end_line=found.line,
        end_column=found.column,
        function=found.function,
        fingerprint=fingerprint(code, found.path, found.function, found.text, ordinal),
        essence=essence(code, found.text, ordinal),
        new=any(bench.change.touches(path, line, line) for path, line in (*places, *found.also_new)),
        suppressed=reason,
    )


def _suppression(
    bench: Bench, code: str, name: str, places: tuple[tuple[str, int], ...]
) -> tuple[str | None, str | None]:
    """Why the finding does not count, or why a comment that speaks of it does not hold; both None where none does."""
    failed: str | None = None
    for path, line in places:
        inspection = bench.inspections.get(path)
        if inspection is None:
            continue
        asked = Violation(code, name, "warning", False, Location(line, 0, line, 0), "", "", None, (line, line))
        silencer = inspection.silenced_by(asked, bench.today)
        if silencer is not None:
            return silencer.reason or "without a reason", None
        failed = failed or not_silenced_because(inspection, asked, bench.today)
    return None, failed
