"""Which tests made a failure path happen, and as what: exceptions where they were recorded, else lines and jumps."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, TypeAlias

from quality_gate.codebase.levels.arcs import Arcs, Told
from quality_gate.codebase.levels.exhausting import Exhausting
from quality_gate.codebase.levels.ran import FileFlights, Jumps, Ran, by_start
from quality_gate.codebase.levels.types import Types
from quality_gate.failure_paths import FailureKind, FailurePath, FallibleCall, Handler
from quality_gate.runs import SeenFailure

_KEYWORDS = (len("await "), len("yield from "))
"""What stands before a call of which another expression waits for the outcome."""
_ATTRIBUTE = re.compile(r"\.(\w+)\s*\(")
_JUDGES = re.compile(r"(_or_404|is_valid|raise_for_status)\s*\(")
"""Calls that raise only when what they look at is wrong."""
_MOST_LINES = 10_000
_SOFT_LIMIT = "SoftTimeLimitExceeded"

_BY_TAIL = "whether its last call failed cannot be told by lines"
_SHARED = "it stands on one line with what decides on it, and lines do not tell whether it happened"
_WAITS = re.compile(r"\b(yield|await)\b")
"""Where a function can be ended from outside without an exception that anybody records."""
_BESIDE = "it failed in a thread that was there before the test, which may belong to another one"
_BY_LINE = "several calls stand on its line, and lines do not tell which one failed"
_BY_WITH = "one `with` enters what several calls give, and before Python 3.13 nothing tells which one failed"

Crowd: TypeAlias = int | tuple[int, int, int, int]
"""A line, or the place of a `with` as `FallibleCall.entered` has it."""


class Sighted(NamedTuple):
    """How a path was seen.

    Args:
        seen: exceptions by the test that made them happen.
        by_line: tests of which lines alone tell that they made it happen.
        unsure: why other tests may have made it happen too, a clause; empty where none did.
        perhaps: these others.
    """

    seen: Mapping[str, Sequence[SeenFailure]] = {}
    by_line: frozenset[str] = frozenset()
    unsure: str = ""
    perhaps: frozenset[str] = frozenset()

    @property
    def tests(self) -> frozenset[str]:
        """All that made it happen."""
        return self.by_line.union(self.seen) if self.seen else self.by_line


class Sightings:
    """Looks paths up.

    Args:
        ran: what passing tests did. arcs: their jumps. types: compares exceptions.
        crowded: lines of a file on which several fallible calls stand, and `with` statements that enter several.
    """

    def __init__(self, ran: Ran, arcs: Arcs, types: Types, crowded: Mapping[str, frozenset[Crowd]]) -> None:
        self._ran = ran
        self._arcs = arcs
        self._types = types
        self._crowded = crowded
        self._exhausting = Exhausting(ran, arcs)
        self._readers: dict[FailureKind, Callable[[FailurePath], Sighted]] = {
            "raise": self._raised,
            "re-raise": self._raised,
            "validation": self._raised,
            "error return": self._returned,
            "handler": self._handled,
            "cancellation": self._handled,
            "handler call": self._caught,
            "unwind": self._unwound,
            "deadline": self._expired,
            "cleanup": self._cleaned,
            "retry exhaustion": self._exhausted,
            "partial failure": self._partly,
        }

    def of(self, path: FailurePath) -> Sighted:
        """Who made a path happen."""
        found = self._readers[path.kind](path)
        older = self._ran.flights(path.path).of_older_threads
        tests = {test for line in older.keys() & _lines_of(path) for test in older[line]} if older else set()
        beside = found.by_line.intersection(self._ran.beside | tests)
        if beside:
            own = found.by_line - beside
            found = Sighted(found.seen, own, found.unsure or _BESIDE, found.perhaps | beside)
        if tests and not found.tests and not found.unsure:
            return Sighted(unsure=_BESIDE, perhaps=self.on_lines(path))
        return found

    # -- told by lines

    def on_lines(self, path: FailurePath) -> frozenset[str]:
        """Passing tests that ran the lines which show a path."""
        return self._ran.on_any(path.path, range(path.shared_from or path.line, path.last + 1))

    def _returned(self, path: FailurePath) -> Sighted:
        ran = self.on_lines(path)
        if not path.shared_from:
            return Sighted(by_line=ran)
        left, perhaps = self._by_jumps(path, ran)
        failed = {one.test for line in _between_lines(path) for one in self._ran.flights(path.path).on(line)}
        sure = frozenset() if _WAITS.search(path.text) else left.difference(self._ran.unknown, failed)
        return self._shared(sure, {}, (left | perhaps) - sure)

    def _by_jumps(self, path: FailurePath, ran: frozenset[str]) -> tuple[frozenset[str], frozenset[str]]:
        """Of tests that ran the line which a path shares with something else, those that it was left in, and those of
        which nothing tells."""
        if not ran:
            return ran, ran
        jumps = self._ran.jumps(path.path)
        told: dict[Told, set[str]] = defaultdict(set)
        for test in ran:
            told[self._arcs.happened(path, by_start(jumps[test])) if test in jumps else "perhaps"].add(test)
        return frozenset(told["yes"]), frozenset(told["perhaps"])

    def _shared(
        self, sure: frozenset[str], found: Mapping[str, Sequence[SeenFailure]], perhaps: frozenset[str]
    ) -> Sighted:
        why = ": ".join(filter(None, (_SHARED, self._first_unseen(perhaps)))) if perhaps else ""
        return Sighted(found, sure, why, perhaps)

    def _raised(self, path: FailurePath) -> Sighted:
        if path.leaves_by == "return":
            return self._returned(path)
        flights = self._ran.flights(path.path)
        found = _by_test(self._of_raise(path, flights))
        ran = self.on_lines(path)
        guessed = (ran & self._ran.unknown).difference(found) if self._ran.knows_tests else ran
        if path.shared_from:
            left, perhaps = self._by_jumps(path, guessed)
            return self._shared(frozenset(), found, left | perhaps)
        if path.leaves_by == "call" and guessed and _JUDGES.search(path.text):
            return self._or_perhaps(found, guessed)
        return Sighted(found, guessed)

    def _of_raise(self, path: FailurePath, flights: FileFlights) -> Iterator[SeenFailure]:
        for line in _between(flights, path.line, path.last):
            for one in flights.on(line):
                is_here = one.source == "here" or path.leaves_by == "call"
                if is_here and (not one.end_line or (one.line, one.column) == (path.line, path.column)):
                    yield one

    # -- handlers

    def _handled(self, path: FailurePath) -> Sighted:
        handler = path.handler
        if handler is None:
            return Sighted()
        flights = self._ran.flights(path.path)
        taken = [one for line in {handler.line, *range(path.line, path.last + 1)} for one in flights.taken_at(line)]
        found = _by_test(one for one in taken if self._is_of(one, path, handler))
        ran = self.on_lines(path)
        if handler.line >= path.line:  # the body stands on the line of the `except`, which runs for other types too
            return self._or_perhaps(found, ran)
        known = {one.test for one in taken}
        guessed = ran.difference(known)
        if len(handler.caught) < 2:
            return Sighted(found, guessed)
        unnamed = frozenset(one.test for one in taken if not self._types.is_among(one, handler.caught))
        perhaps = (guessed | unnamed).difference(found)
        if guessed:
            why = f"lines do not tell which of its types entered{self._because(guessed)}"
            return Sighted(found, unsure=why, perhaps=perhaps)
        return Sighted(
            found, unsure="the type that entered is known by another name" if perhaps else "", perhaps=perhaps
        )

    def _is_of(self, failure: SeenFailure, path: FailurePath, handler: Handler) -> bool:
        return len(handler.caught) < 2 or self._types.is_among(failure, path.types)

    def _because(self, tests: Iterable[str]) -> str:
        reason = self._first_unseen(tests)
        return f": {reason}" if reason else ""

    # -- calls

    def _caught(self, path: FailurePath) -> Sighted:
        call, handler = path.call, path.handler
        if call is None or handler is None:
            return Sighted()
        found = _by_test(one for one in self._of_call(path, call) if one.handled in (handler.line, path.line))
        return self._with_jumps(path, call, found, self._arcs.entered)

    def _unwound(self, path: FailurePath) -> Sighted:
        call = path.call
        if call is None:
            return Sighted()
        found = _by_test(one for one in self._of_call(path, call) if one.handled is None)
        return self._with_jumps(path, call, found, self._arcs.left)

    def _with_jumps(
        self,
        path: FailurePath,
        call: FallibleCall,
        found: Mapping[str, Sequence[SeenFailure]],
        ask: Callable[[FailurePath, FallibleCall, Jumps], Told],
    ) -> Sighted:
        """What was recorded, and for tests of which not all is known what their jumps tell."""
        ran = self._ran.on_any(path.path, range(call.line, call.end_line + 1))
        left = (ran & self._ran.unknown).difference(found)
        guessed: frozenset[str] = frozenset()
        doubtful: frozenset[str] = frozenset()
        crowded = call.line in self._crowded.get(path.path, ())
        for tests, jumps in self._ran.alike(path.path) if left else ():
            together = tests & left
            told = ask(path, call, jumps) if together else "no"
            if told == "yes" and not crowded:
                guessed |= together
            elif told != "no":
                doubtful |= together
            left -= together
        doubtful |= left  # no jumps of theirs are known
        entering = {one.test for one in self._on_entering(path, call, alone=False)}.difference(found, guessed)
        doubtful |= entering
        if not doubtful:
            return Sighted(found, guessed)
        why = _BY_WITH if entering else _BY_LINE if crowded else _BY_TAIL if call.tail else ""
        reason = self._first_unseen(doubtful)
        return Sighted(found, guessed, ": ".join(filter(None, (why, reason))), doubtful)

    def _of_call(self, path: FailurePath, call: FallibleCall) -> Iterator[SeenFailure]:
        """What came out of a call. The interpreter has its own idea of where a call begins: with the `await` before
        it, and at the attribute where it goes over several lines."""
        flights = self._ran.flights(path.path)
        yield from flights.at((call.line, call.column, call.end_line, call.end_column))
        for one in flights.ending(call.end_line, call.end_column):
            if one.line == call.line and call.column - one.column in _KEYWORDS:
                yield one
        yield from self._on_entering(path, call, alone=True)
        if call.end_line > call.line:
            lengths = {len(call.name.rpartition(".")[2]), *map(len, _ATTRIBUTE.findall(call.text))}
            for line in _between(flights, call.line, call.end_line):
                for one in flights.on(line):
                    if one.end_line == one.line and one.end_column - one.column in lengths:
                        yield one
        if call.line not in self._crowded.get(path.path, ()):
            yield from (one for one in flights.on(call.line) if not one.end_line)

    def _on_entering(self, path: FailurePath, call: FallibleCall, *, alone: bool) -> Iterable[SeenFailure]:
        """What came out of the whole `with` that enters what a call gives, this one alone or others too."""
        if call.entered is None or alone is (call.entered in self._crowded.get(path.path, ())):
            return ()
        return self._ran.flights(path.path).at(call.entered)

    def _expired(self, path: FailurePath) -> Sighted:
        call = path.call
        if call is not None:
            expired = (one for one in self._of_call(path, call) if self._types.is_among(one, path.types))
            return self._or_unsure(path, _by_test(expired), range(call.line, call.end_line + 1))
        flights = self._ran.flights(path.path)
        if path.types:
            on = (one for line in _between(flights, path.line, path.last) for one in flights.on(line))
            found = _by_test(one for one in on if self._types.is_among(one, path.types))
            return self._or_unsure(path, found, range(path.line, path.last + 1))
        within = (one for line in flights.lines if line > path.line for one in flights.on(line))
        return Sighted(_by_test(one for one in within if one.exception.endswith(_SOFT_LIMIT)))

    def _or_unsure(
        self, path: FailurePath, found: Mapping[str, Sequence[SeenFailure]], lines: Iterable[int]
    ) -> Sighted:
        return self._or_perhaps(found, self._ran.on_any(path.path, lines))

    def _or_perhaps(self, found: Mapping[str, Sequence[SeenFailure]], ran: frozenset[str]) -> Sighted:
        """What was recorded, and the tests of which not all is known that may have done it too."""
        perhaps = (ran & self._ran.unknown).difference(found)
        return Sighted(found, unsure=self._first_unseen(perhaps), perhaps=perhaps)

    # -- what nothing but an exception on its way tells

    def _cleaned(self, path: FailurePath) -> Sighted:
        first, last = path.body or (path.line, path.line)
        flights = self._ran.flights(path.path)
        passing = (
            one
            for line in _between(flights, first, last)
            for one in flights.on(line)
            if one.handled is None or not first <= one.handled <= last
        )
        return self._or_unsure(path, _by_test(passing), range(path.line, path.last + 1))

    def _exhausted(self, path: FailurePath) -> Sighted:
        first, last = path.body or (path.line, path.line)
        ran = self._ran.on_any(path.path, range(first, last + 1))
        found = _by_test(self._exhausting.found(path))
        told = self._exhausting.by_jumps(path, ran) if path.loop is not None else {"perhaps": ran & self._ran.unknown}
        ended = frozenset(told.get("yes", ())).difference(found)
        perhaps = self._exhausting.perhaps(path).union(told.get("perhaps", ())).difference(found, ended)
        why = f"whether it was the last attempt that failed is not recorded{self._because(perhaps)}" if perhaps else ""
        return Sighted(found, ended, why, perhaps)

    def _partly(self, path: FailurePath) -> Sighted:
        ran = self.on_lines(path)
        return Sighted(unsure="what the answer held is not recorded" if ran else "", perhaps=ran)

    def _first_unseen(self, tests: Iterable[str]) -> str:
        unknown = self._ran.unknown.intersection(tests)
        return self._ran.unseen(min(unknown)) or "" if unknown else ""


def _by_test(found: Iterable[SeenFailure]) -> Mapping[str, Sequence[SeenFailure]]:
    by_test: dict[str, list[SeenFailure]] = defaultdict(list)
    for one in found:
        by_test[one.test].append(one)
    return dict(by_test)


def _lines_of(path: FailurePath) -> set[int]:
    """Lines that a failure of a path comes out of, or is taken at."""
    places = [(path.line, path.last), *([(path.call.line, path.call.end_line)] if path.call is not None else [])]
    places += [path.body] if path.body is not None else []
    places += [(path.handler.line, path.handler.line)] if path.handler is not None else []
    return {line for first, last in places for line in range(first, min(last, first + _MOST_LINES) + 1)}


def _between_lines(path: FailurePath) -> range:
    return range(path.shared_from or path.line, min(path.last, path.line + _MOST_LINES) + 1)


def _between(flights: FileFlights, first: int, last: int) -> Sequence[int]:
    """Lines out of which something came, from one to another."""
    return flights.lines[bisect_left(flights.lines, first) : bisect_right(flights.lines, last)]


def places_of(paths: Iterable[FailurePath]) -> tuple[Mapping[str, set[int]], Mapping[str, frozenset[Crowd]]]:
    """Lines of handlers, and where several fallible calls stand together, by file."""
    handlers: dict[str, set[int]] = defaultdict(set)
    calls: dict[str, dict[Crowd, set[tuple[int, int]]]] = defaultdict(lambda: defaultdict(set))
    for path in paths:
        if path.handler is not None:
            handlers[path.path].add(path.handler.line)
        if path.call is not None:
            call = path.call
            for place in (call.line, call.entered):
                if place is not None:
                    calls[path.path][place].add((call.line, call.column))
    crowded = {
        file: frozenset(place for place, found in places.items() if len(found) > 1) for file, places in calls.items()
    }
    return handlers, crowded
