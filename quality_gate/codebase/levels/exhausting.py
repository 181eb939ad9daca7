"""Whether a test made the last of several attempts fail: not one that was never followed by another."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping

from quality_gate.codebase.levels.arcs import Arcs, Told
from quality_gate.codebase.levels.ran import FileFlights, Ran, by_start
from quality_gate.failure_paths import FailurePath
from quality_gate.runs import SeenFailure

_FOR_GOOD = re.compile(r"(RetryError|MaxRetries\w*|RetriesExceeded\w*)$")


class Exhausting:
    """Looks at what is tried again.

    Args:
        ran: what passing tests did. arcs: what their jumps tell.
    """

    def __init__(self, ran: Ran, arcs: Arcs) -> None:
        self._ran = ran
        self._arcs = arcs

    def found(self, path: FailurePath) -> Iterator[SeenFailure]:
        """What was left for good after another attempt had failed, or says itself that there were enough."""
        left = tuple(self._left(path))
        again = self._again(path, left)
        for one in left:
            if _FOR_GOOD.search(one.exception) or (one.reached is not None and again(one)):
                yield one

    def perhaps(self, path: FailurePath) -> frozenset[str]:
        """Tests that were left by an exception which may have been the last attempt's, or the first one's."""
        return frozenset(one.test for one in self._left(path))

    def by_jumps(self, path: FailurePath, ran: Iterable[str]) -> Mapping[Told, set[str]]:
        """Tests by what their jumps tell of a loop."""
        jumps = self._ran.jumps(path.path)
        told: dict[Told, set[str]] = defaultdict(set)
        for test in ran:
            told[self._arcs.ended(path, by_start(jumps[test])) if test in jumps else "perhaps"].add(test)
        return told

    def _left(self, path: FailurePath) -> Iterator[SeenFailure]:
        """What left the attempts: of a loop only what its handlers raise, for the others go round."""
        first, last = path.body or (path.line, path.line)
        flights = self._ran.flights(path.path)
        lines = (first, last) if path.loop is None else (last + 1, path.loop[1])
        return (one for one in _between(flights, *lines) if one.handled is None)

    def _again(self, path: FailurePath, left: Iterable[SeenFailure]) -> Callable[[SeenFailure], bool]:
        """Tells whether a failure came after another attempt, made from the same line of the test."""
        if path.loop is None:
            before = {(one.test, one.called_from, one.exception) for one in left if one.reached is None}
            return lambda one: (one.test, one.called_from, one.exception) in before
        head, last = path.loop
        jumps = self._ran.jumps(path.path)
        return lambda one: _goes_round(jumps.get(one.test, frozenset()), head, last)


def _goes_round(arcs: Iterable[tuple[int, int]], head: int, last: int) -> bool:
    return any(end == head and head < start <= last for start, end in arcs)


def _between(flights: FileFlights, first: int, last: int) -> Iterator[SeenFailure]:
    return (one for line in flights.lines if first <= line <= last for one in flights.on(line))
