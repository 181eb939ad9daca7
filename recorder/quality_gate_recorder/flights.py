"""Exceptions on their way up through code of the project and of its tests."""

from __future__ import annotations

import dis
import os
import sys
import threading
from collections.abc import Iterator
from itertools import islice
from types import CodeType, FrameType
from typing import NamedTuple

from quality_gate_recorder.failure_tables import Failure, Place, Source
from quality_gate_recorder.handlers import Handlers
from quality_gate_recorder.packing import LINE_BITS
from quality_gate_recorder.territory import Territory

LINES = (1 << LINE_BITS) - 1

_DEEPEST = 500
"""Frames that are looked through for test code."""

_MOST_CALLERS = 8

RAISE = frozenset({dis.opmap["RAISE_VARARGS"]})


class Step:
    """An exception in one function of the project, or of its tests.

    Args:
        code, offset: the instruction that it came out of. source: where it came from.
    """

    __slots__ = ("code", "handled", "offset", "ran", "source", "taker")

    def __init__(self, code: CodeType, offset: int, source: Source) -> None:
        self.code = code
        self.offset = offset
        self.source = source
        self.handled = False
        self.taker = 0
        """Offset of the instruction at which it began to be handled."""
        self.ran: list[int] = []
        """Lines that ran while it was being handled."""


class Flight:
    """An exception, without a reference to it, which would keep alive what it refers to.

    Args:
        kind: its type. clock: how many lines of test code had run before it.
    """

    __slots__ = (
        "before",
        "called_from",
        "clock",
        "frame",
        "in_test",
        "kind",
        "last",
        "older_thread",
        "reached",
        "steps",
    )

    def __init__(self, kind: type[BaseException], clock: int) -> None:
        self.kind = kind
        self.clock = clock
        self.called_from: list[int] = []
        self.older_thread = False
        self.steps: list[Step] = []
        """Those in the project."""
        self.last: Step | None = None
        self.in_test: Step | None = None
        self.reached = 0
        self.frame = 0
        """Identity of the frame that it came to last, which lives as long as the exception does."""
        self.before: Flight | None = None
        """The same exception's, which goes on if what it has been handed to (a context manager) lets it pass."""


def called_from(frame: FrameType | None, territory: Territory) -> list[int]:
    """Lines of test code that are running, as numbers of places, the innermost first."""
    found: list[int] = []
    numbers = territory.numbers
    for _ in range(_DEEPEST):
        if frame is None or len(found) == _MOST_CALLERS:
            break
        name = frame.f_code.co_filename
        number = numbers.get(name)
        if number is None:
            number = territory.number(name)
        if number > 0 and frame.f_lineno is not None:
            found.append(number << LINE_BITS | frame.f_lineno)
        frame = frame.f_back
    return found


_WAITING = {
    "result": os.path.join("concurrent", "futures", "_base.py"),
    "call": os.path.join("anyio", "from_thread.py"),
}
"""Functions that wait for what another thread does and give its outcome, with the ends of their files."""


def waited_from(territory: Territory) -> list[int]:
    """The same of the main thread, where it waits for the outcome of a future: what fails in another thread then, e.g.
    in the loop that a test client runs, comes up there."""
    frame = sys._current_frames().get(threading.main_thread().ident or 0)
    for _ in range(_DEEPEST):
        if frame is None or territory.number(frame.f_code.co_filename) > 0:
            break
        ending = _WAITING.get(frame.f_code.co_name)
        if ending is not None and frame.f_code.co_filename.endswith(ending):
            return called_from(frame, territory)
        frame = frame.f_back
    return []


class Landing:
    """Makes facts of flights.

    Args:
        territory: whose code is whose. handlers: tells what took an exception.
    """

    def __init__(self, territory: Territory, handlers: Handlers) -> None:
        self._territory = territory
        self._handlers = handlers
        self._spots: dict[tuple[int, int], _Spot] = {}
        self._places: dict[int, Place] = {}
        self.exceptions: dict[str, tuple[str, ...]] = {}
        self._names: dict[type[BaseException], str] = {}

    def place(self, number: int) -> Place:
        """A line of test code by its number."""
        found = self._places.get(number)
        if found is None:
            found = self._places[number] = Place(self._territory.path(number >> LINE_BITS), number & LINES)
        return found

    def name(self, kind: type[BaseException]) -> str:
        """A type's qualified name, by which its bases are known from now on."""
        found = self._names.get(kind)
        if found is None:
            found = self._names[kind] = _qualified(kind)
            # Types that functions make anew have one name; what any of them is one of, they may be.
            bases = (_qualified(base) for base in kind.__mro__[1:] if issubclass(base, BaseException))
            self.exceptions[found] = tuple(dict.fromkeys((*self.exceptions.get(found, ()), *bases)))
        return found

    def failures(self, flight: Flight, moment: int) -> Iterator[Failure]:
        """What a flight did in each function of the project.

        Args:
            moment: see `Failure`.
        """
        reached = self.place(flight.reached) if flight.reached else None
        callers = tuple(map(self.place, flight.called_from))
        taken = flight.in_test is not None and flight.in_test.handled
        for step in flight.steps:
            path = self._territory.path(self._territory.number(step.code.co_filename))
            spot = self._spot(step.code, step.offset)
            handled = self._handled(path, spot.position[0], step)
            source = "here" if spot.is_raise else step.source
            yield Failure(
                path,
                *spot.position,
                self.name(flight.kind),
                source,
                handled,
                callers,
                reached,
                taken,
                moment,
                flight.older_thread,
            )

    def _handled(self, path: str, line: int, step: Step) -> int:
        if not step.handled:
            return 0
        return self._handlers.line(path, line, (*step.ran, self._spot(step.code, step.taker).position[0]))

    def _spot(self, code: CodeType, offset: int) -> _Spot:
        key = (id(code), offset)  # to hash code is to look at all of its instructions
        found = self._spots.get(key)
        if found is None:
            found = self._spots[key] = _Spot(code, _position(code, offset), code.co_code[offset] in RAISE)
        return found


class _Spot(NamedTuple):
    """An instruction; its code is kept, so that no other comes to have the same identity."""

    code: CodeType
    position: tuple[int, int, int, int]
    is_raise: bool


def _position(code: CodeType, offset: int) -> tuple[int, int, int, int]:
    """(line, column, end line, end column), 0 for what is not known."""
    line, end_line, column, end_column = next(islice(code.co_positions(), offset // 2, None), (None,) * 4)
    if column is None or end_column is None:
        return line or code.co_firstlineno, 0, 0, 0
    return line or code.co_firstlineno, column, end_line or 0, end_column


def other_threads() -> frozenset[int]:
    """Identities of all threads but the main one."""
    if threading.active_count() == 1:
        return frozenset()
    main = threading.main_thread()
    return frozenset(one.ident for one in threading.enumerate() if one.ident is not None and one is not main)


def older_thread(before: frozenset[int]) -> bool:
    """Whether this thread was there before the test.

    Args:
        before: identities of the threads that were, without the main one.
    """
    return bool(before) and threading.get_ident() in before


def _qualified(kind: type) -> str:
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
