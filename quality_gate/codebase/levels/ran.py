"""What the call phases of tests ran and what failed in them, looked up by place."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cached_property, lru_cache

from quality_gate.runs import Runs, SeenFailure, is_beside_another, may_have_failed

Position = tuple[int, int, int, int]
"""First line and column, last line and column after the end; 1-based."""

Jumps = Mapping[int, Sequence[int]]
"""Where lines led to."""


class FileFlights:
    """What failed in one file, in passing tests that count.

    Args:
        seen: all that is recorded of the file.
        counts: whether a test counts.
    """

    def __init__(self, seen: Iterable[SeenFailure], counts: Collection[str]) -> None:
        self._by_position: dict[Position, list[SeenFailure]] = {}
        self._by_line: dict[int, list[SeenFailure]] = {}
        self._by_end: dict[tuple[int, int], list[SeenFailure]] = {}
        self._by_taker: dict[int, list[SeenFailure]] = {}
        self.of_older_threads: dict[int, set[str]] = {}
        """Lines out of which something came in a thread that another test may have begun, with the tests meanwhile."""
        for one in seen:
            if one.phase != "call" or one.test not in counts:
                continue
            if one.older_thread:
                for line in (one.line, one.handled or one.line):
                    self.of_older_threads.setdefault(line, set()).add(one.test)
            else:
                self._note(one)

    def _note(self, one: SeenFailure) -> None:
        self._by_position.setdefault((one.line, one.column, one.end_line, one.end_column), []).append(one)
        self._by_line.setdefault(one.line, []).append(one)
        self._by_end.setdefault((one.end_line, one.end_column), []).append(one)
        if one.handled is not None:
            self._by_taker.setdefault(one.handled, []).append(one)

    def at(self, position: Position) -> Sequence[SeenFailure]:
        """What came out of exactly this expression."""
        return self._by_position.get(position, ())

    def on(self, line: int) -> Sequence[SeenFailure]:
        """What came out of something that begins on a line."""
        return self._by_line.get(line, ())

    def ending(self, line: int, column: int) -> Sequence[SeenFailure]:
        """What came out of something that ends there."""
        return self._by_end.get((line, column), ())

    def taken_at(self, line: int) -> Sequence[SeenFailure]:
        """What an `except`, a `with` or a `finally` took that stands there."""
        return self._by_taker.get(line, ())

    @cached_property
    def lines(self) -> tuple[int, ...]:
        """Lines out of which anything came, ascending."""
        return tuple(sorted(self._by_line))


class Ran:
    """Looks up what passing tests did.

    Args:
        runs: the evidence.
        not_counted: tests that the project's choice leaves out.
    """

    def __init__(self, runs: Runs, not_counted: Collection[str] = ()) -> None:
        self._runs = runs
        self._not_counted = frozenset(not_counted)
        self.knows_tests = bool(runs.tests)
        self.passed = frozenset(
            test for test, outcome in runs.tests.items() if outcome == "passed" and test not in self._not_counted
        )
        self._passing = lru_cache(maxsize=None)(self._that_passed)
        self.on = lru_cache(maxsize=None)(self._on)
        self.others_on = lru_cache(maxsize=None)(self._others_on)
        self.flights = lru_cache(maxsize=None)(self._flights)
        self.alike = lru_cache(maxsize=None)(self._alike)
        self.jumps = lru_cache(maxsize=None)(runs.arcs_of)
        self.unseen = lru_cache(maxsize=None)(runs.unseen)
        self._shared: dict[frozenset[str], frozenset[str]] = {}

    @cached_property
    def unknown(self) -> frozenset[str]:
        """Passing tests of which not everything that failed in them is known."""
        return frozenset(test for test in self.passed if may_have_failed(self.unseen(test)))

    @cached_property
    def beside(self) -> frozenset[str]:
        """Passing tests beside which a thread of another test's ran: lines alone do not say whose they were."""
        return frozenset(test for test in self.passed if is_beside_another(self.unseen(test)))

    def on_any(self, path: str, lines: Iterable[int]) -> frozenset[str]:
        """Passing tests that ran one of some lines."""
        found = {self.on(path, line) for line in lines}
        return next(iter(found)) if len(found) == 1 else self._once(frozenset().union(*found))

    def _on(self, path: str, line: int) -> frozenset[str]:
        """Passing tests that ran a line; of a source that knows no tests, all that it names."""
        return self._passing(self._runs.tests_of(path, line))

    def _that_passed(self, tests: tuple[str, ...]) -> frozenset[str]:
        return self._once(self.passed.intersection(tests) if self.knows_tests else frozenset(tests))

    def _others_on(self, path: str, line: int) -> frozenset[str]:
        """Tests that ran a line and did not pass."""
        found = frozenset(self._runs.tests_of(path, line)) - self._not_counted
        return self._once(found - self.passed if self.knows_tests else frozenset())

    def _once(self, found: frozenset[str]) -> frozenset[str]:
        """Equal sets are one: thousands of paths are run by the same tests."""
        return self._shared.setdefault(found, found)

    def _flights(self, path: str) -> FileFlights:
        return FileFlights(self._runs.failures_of(path), self.passed)

    def _alike(self, path: str) -> Sequence[tuple[frozenset[str], Jumps]]:
        """Tests that ran the same jumps of a file, with these by the line that they come from."""
        tests: dict[frozenset[tuple[int, int]], list[str]] = {}
        for test, arcs in self.jumps(path).items():
            if test in self.unknown:
                tests.setdefault(arcs, []).append(test)
        return [(frozenset(alike), by_start(arcs)) for arcs, alike in tests.items()]


def by_start(arcs: Iterable[tuple[int, int]]) -> Jumps:
    """Jumps by the line that they come from."""
    found: dict[int, list[int]] = {}
    for start, end in arcs:
        found.setdefault(start, []).append(end)
    return found
