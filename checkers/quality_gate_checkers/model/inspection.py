"""What one file holds, as every host and the cache pass it on."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from functools import cached_property
from itertools import chain
from typing import Literal

import msgspec

from quality_gate_checkers.model.violation import Violation

Kind = Literal["allow", "noqa", "pylint"]


class Suppression(msgspec.Struct, frozen=True, array_like=True):
    """One comment that silences rules on some lines.

    Args:
        kind: how it is written.
        names: names and codes as written.
        line: where the comment stands.
        first, last: the lines it covers.
        reason: None where none is given (a `noqa` has none of ours).
        until: the last day on which it counts, ISO 8601; None for no end.
        problem: why it does not hold, where it is malformed.
    """

    kind: Kind
    names: tuple[str, ...]
    line: int
    first: int
    last: int
    reason: str | None = None
    until: str | None = None
    owner: str | None = None
    problem: str | None = None

    def fault(self, today: datetime.date) -> str | None:
        """Why it does not hold on a day, or None when it does. The day itself still counts."""
        if self.problem is not None:
            return self.problem
        if self.until is not None and datetime.date.fromisoformat(self.until) < today:
            return f"its date {self.until} has passed"
        return None

    def covers(self, line: int, code: str, name: str) -> bool:
        """Whether it speaks of a rule at a line."""
        return self.first <= line <= self.last and self.names_rule(code, name)

    def names_rule(self, code: str, name: str) -> bool:
        """Whether it names a rule; in a `noqa` the beginning of a code names all that begin so, as in flake8."""
        whole = (code, name, pylint_id(code))
        return any(said in whole or (self.kind == "noqa" and code.startswith(said)) for said in self.names)


def pylint_id(code: str) -> str:
    """A rule's id in pylint: always W, 91 for the first hundred, then the code's last two digits. Never written."""
    return f"W{90 + int(code[2])}{code[3:]}"


class Fault(msgspec.Struct, frozen=True, array_like=True):
    """Why a file could not be analysed; see `NotAnalysable`."""

    line: int
    reason: str
    remedy: str


NotedKind = Literal[
    "allow", "noqa", "ruff", "type", "checker", "pyright", "mypy", "pylint", "nosec", "nosonar", "nosemgrep", "cover",
    "branch", "skip", "xfail", "flaky",
]  # fmt: skip
"""What kind of request to look away: the directives' names for comments, the marker's for tests."""


class Noted(msgspec.Struct, frozen=True, array_like=True):
    """One request to look away, of whatever tool, as the ledger lists it.

    Args:
        line: where it stands. first, last: the lines that it is about, where it silences a rule of ours.
        text: what it asks for, as written.
        rules: names and codes of our own rules that it silences; empty where it silences other tools.
        reason, owner, until: as given; None where nothing is. `until` is a date of ISO 8601.
    """

    kind: NotedKind
    line: int
    first: int
    last: int
    text: str
    rules: tuple[str, ...] = ()
    reason: str | None = None
    owner: str | None = None
    until: str | None = None

    def is_expired(self, today: datetime.date) -> bool:
        """Whether its last day has passed."""
        return self.until is not None and datetime.date.fromisoformat(self.until) < today


_SHORT = 50
"""Lines; what covers more of them is looked at for every violation."""


class Inspection(msgspec.Struct, frozen=True, array_like=True, dict=True):
    """What one file holds, before suppressions are applied: cached by content.

    Args:
        lines: how many it has.
        violations: every breach, in source order.
        texts: source of the first line of each violation, for its fingerprint.
        statements: a digest of the smallest statement that holds each violation, without its layout.
        suppressions: comments that silence rules of ours.
        not_resolved: calls that a rule asked about and that no rung of the ladder holds.
        fault: why it could not be analysed, None when it was.
        critical: names of critical paths in comments `# quality-gate: critical[...]`.
        asked: first parts of the names of imported objects that the rules asked about, or would ask about were other
            modules there, without the standard library's; "" for the file's own package. Where one of them is the
            project's own, its modules may tell the rules more.
        noted: every request to look away, of whatever tool.
    """

    lines: int
    violations: tuple[Violation, ...] = ()
    texts: tuple[str, ...] = ()
    suppressions: tuple[Suppression, ...] = ()
    not_resolved: int = 0
    fault: Fault | None = None
    critical: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    noted: tuple[Noted, ...] = ()
    statements: tuple[str, ...] = ()

    def silenced_by(self, violation: Violation, today: datetime.date) -> Suppression | None:
        """The suppression that holds for a violation on a day, one with a reason before one without."""
        held = [found for found in self._speaking(violation) if found.fault(today) is None]
        return min(held, key=lambda found: found.reason is None, default=None)

    def not_silenced_because(self, violation: Violation, today: datetime.date) -> str | None:
        """Why a suppression that speaks of a violation does not hold, as a clause; None when there is none such."""
        for found in self._speaking(violation):
            fault = found.fault(today)
            if fault is not None:
                return f"the comment on line {found.line} does not silence this: {fault}"
        return None

    def other_names(self, violation: Violation) -> Iterator[tuple[int, str]]:
        """What comments of our own form that cover a violation and do not speak of it name, each with its line.

        One that names nothing is told with an empty name.
        """
        line, code, rule = violation.location.line, violation.code, violation.name
        for found in self._near(line):
            if found.kind == "allow" and found.first <= line <= found.last and not found.names_rule(code, rule):
                yield from ((found.line, name) for name in found.names or ("",))

    def _speaking(self, violation: Violation) -> Iterator[Suppression]:
        line, code, name = violation.location.line, violation.code, violation.name
        return (found for found in self._near(line) if found.covers(line, code, name))

    def _near(self, line: int) -> Iterator[Suppression]:
        """Suppressions that may cover a line."""
        short, long = self._suppressions_by_line
        return chain(short.get(line, ()), long)

    @cached_property
    def _suppressions_by_line(self) -> tuple[dict[int, list[Suppression]], list[Suppression]]:
        """Those that cover few lines by each of these lines, and the others; a file can hold thousands of both."""
        short: dict[int, list[Suppression]] = {}
        for found in self.suppressions:
            for line in range(found.first, found.last + 1 if found.last - found.first < _SHORT else found.first):
                short.setdefault(line, []).append(found)
        return short, [found for found in self.suppressions if found.last - found.first >= _SHORT]
