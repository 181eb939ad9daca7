"""What the rules of failure-scenarios share: which failure paths are told together, how findings speak of tests."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache, cached_property

import msgspec

from quality_gate.bench import Bench
from quality_gate.codebase.path_failures import Cell, PathFailures
from quality_gate.failure_levels import NearTest, ShownPath
from quality_gate.failure_paths import FailureKind, FailurePath
from quality_gate.model import Finding
from quality_gate.project_rules._findings import Found
from quality_gate.project_rules.coverage._critical import told
from quality_gate.project_rules.failures._words import function_of, happening, line_of, test_name, typed
from quality_gate_checkers.model.violation import Severity

_HANDLERS = frozenset({"handler", "handler call", "re-raise"})
_FIRST: dict[FailureKind, int] = {"handler call": 0, "handler": 1}
"""Whoever makes the call fail comes to all the others."""

_MOST_LINES = 200
"""Of one statement or call."""


class Telling:
    """Speaks of the failure paths of one critical path.

    Args:
        failures: what tests show of them.
    """

    def __init__(self, bench: Bench, failures: PathFailures) -> None:
        self._bench = bench
        self._failures = failures

    @cached_property
    def _functions(self) -> dict[tuple[str, str], list[ShownPath]]:
        found: dict[tuple[str, str], list[ShownPath]] = {}
        for one in (*self._failures.shown, *self._failures.waived):
            found.setdefault((one.path.path, one.path.function), []).append(one)
        return found

    @cached_property
    def _names(self) -> dict[tuple[str, str], str]:
        return {(member.path, member.qualified): member.name for member in self._failures.path.members}

    def nearest(self, shown: ShownPath) -> NearTest | None:
        """The test after which `explain --suggest` writes the beginning of one; None where no test runs the
        function."""
        return self._bench.nearest_test(shown.path)

    def how_many(self, shown: ShownPath) -> str:
        """How many of the tests that run the function make it fail: none; and which other failure is tested."""
        function, running = function_of(shown.path), len(shown.running)
        if not running:
            return f"no test runs {function}"
        tests = "the 1 test that runs" if running == 1 else f"the {running} tests that run"
        other = self._tested(shown.path.path, shown.path.function)
        beside = f" ({test_name(other.tests[0])} {happening(other)})" if other is not None else ""
        return f"0 of {tests} {function} make that happen{beside}"

    @cache  # noqa: B019 - as above
    def _tested(self, path: str, function: str) -> ShownPath | None:
        """The first failure of a function that a test makes happen."""
        return next((one for one in self._functions[path, function] if one.tests and one.level != "not run"), None)

    def finding(
        self,
        rule: tuple[str, str],
        group: Sequence[ShownPath],
        message: str,
        remedy: str,
        *,
        cell: Cell | None = None,
        known_by: ShownPath | None = None,
        tests: Sequence[str] = (),
        severity: Severity | None = None,
    ) -> Finding:
        """A finding about failure paths that one test would mend, the first of them its place.

        Args:
            rule: code and name. cell: of which cell it tells, if of one. tests: that it names.
            known_by: which of them it is remembered by, where another one is told first.
            severity: where it does not depend on whether the demand is met.
        """
        place, name = group[0], self._failures.path.name
        lead = (known_by or place).path
        together = group if cell is None else [place, known_by or place]
        breach = Found(
            path=lead.path,
            line=line_of(lead),
            column=_column_of(lead),
            message=message,
            remedy=remedy,
            function=self._names.get((lead.path, lead.function)),
            text=f"{name} {lead.id if cell is None else f'{cell.dependency} {cell.name}'}",
            touching=tuple(place for one in together for place in _places(one.path)),
            also_new=tuple(place for one in group for place in _places(one.path)),
        )
        (found,) = told(self._bench, *rule, "error", name, [breach])
        waived = cell.waived if cell is not None else self._waived(group[0])
        return msgspec.structs.replace(
            self._at(found, place.path),
            severity=severity or self._severity(cell, new=found.new, waived=waived is not None),
            tests=tuple(tests),
            suppressed=waived or found.suppressed,
        )

    def _at(self, found: Finding, place: FailurePath) -> Finding:
        """The same finding at another of its places: it keeps what it is known by."""
        line, column = line_of(place), _column_of(place)
        return msgspec.structs.replace(
            found,
            path=place.path,
            line=line,
            column=column,
            end_line=line,
            end_column=column,
            function=self._names.get((place.path, place.function)),
        )

    @cached_property
    def _spared(self) -> frozenset[int]:
        return frozenset(id(one) for one in self._failures.waived)

    def _waived(self, one: ShownPath) -> str | None:
        waiver = one.path.waiver
        return waiver.reason if waiver is not None and id(one) in self._spared else None

    def _severity(self, cell: Cell | None, *, new: bool, waived: bool) -> Severity:
        """What is new must be tested; of what is old as much as the critical path demands."""
        if new and not self._bench.change.everything:
            return "error"
        lacking = self._failures.lacks_paths(waived=waived)
        if cell is not None and cell.is_demanded:
            lacking = lacking or self._failures.lacks_cells(waived=waived)
        return "error" if lacking else "warning"


def tellings(bench: Bench) -> Iterator[tuple[PathFailures, Telling]]:
    """Every critical path whose evidence can be trusted."""
    for failures in bench.path_failures:
        if not failures.problems:
            yield failures, Telling(bench, failures)


def groups(shown: Sequence[ShownPath], failures: PathFailures) -> Iterator[list[ShownPath]]:
    """Failure paths that one test would mend: those of one handler together, the call that fails first."""
    waived = {id(one) for one in failures.waived}
    found: dict[tuple[object, ...], list[ShownPath]] = {}
    for number, one in enumerate(shown):
        path = one.path
        handled = path.kind in _HANDLERS and path.handler is not None
        key = (path.path, path.function, path.handler.line if handled and path.handler else -number, id(one) in waived)
        found.setdefault(key, []).append(one)
    for held in found.values():
        yield sorted(held, key=lambda one: _FIRST.get(one.path.kind, len(_FIRST)))


def _column_of(path: FailurePath) -> int:
    return path.call.column if path.call is not None else path.column


def _places(path: FailurePath) -> tuple[tuple[str, int], ...]:
    lines = {line for first, last in path.spans for line in range(first, min(last, first + _MOST_LINES) + 1)}
    return tuple((path.path, line) for line in sorted(lines))


def is_touched(bench: Bench, path: FailurePath) -> bool:
    """Whether the change adds or touches a failure path."""
    return any(bench.change.touches(path.path, first, last) for first, last in path.spans)


def nearest_clause(found: NearTest | None) -> str:
    """The nearest test as a sentence; empty for none."""
    if found is None:
        return ""
    return f" Nearest {'happy test' if found.is_happy else 'test'}: {test_name(found.test)}."


def beginning(path: FailurePath) -> str:
    """The command that writes the beginning of a test."""
    return f"`quality-gate explain {typed(path)} --suggest` writes its beginning"
