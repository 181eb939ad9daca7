"""What failed in which test: exceptions in the project's functions, what took them, and what the test ran after them.

Python 3.12 and later, by `sys.monitoring`. RAISE comes once for each frame on an exception's way. EXCEPTION_HANDLED
comes where a handler might take it, for every `with` and every `finally` too; taken it is when no RERAISE follows in
that frame. What a handler runs is told by LINE, which is asked for in code only that has handled an exception once.
"""

from __future__ import annotations

import ast
import inspect
import sys
from bisect import bisect_right
from collections.abc import Callable
from types import CodeType, FrameType, TracebackType

from quality_gate_recorder.evidence_file import NO_TEST
from quality_gate_recorder.failure_tables import Failure, Phase, Seen, SeenFailures, Source
from quality_gate_recorder.flights import (
    RAISE,
    Flight,
    Landing,
    Step,
    called_from,
    older_thread,
    other_threads,
    waited_from,
)
from quality_gate_recorder.handlers import Handlers
from quality_gate_recorder.monitoring import Monitor
from quality_gate_recorder.packing import LINE_BITS
from quality_gate_recorder.territory import Territory

EVERYWHERE = ("RAISE", "RERAISE", "EXCEPTION_HANDLED")
"""On Python 3.13 these cannot be asked for in single code objects."""

_MOST_ALIKE = 8
"""Exceptions of one type at one place, within one phase of one test, that are looked at."""

_MOST_FLIGHTS = 1000
"""Exceptions within one phase of one test that are looked at."""

_MOST_HANDED = 8
"""Context managers of the project, one within the other, that an exception is followed through."""

_MOST_RAN = 64
"""Lines of a handler that are noted."""

_MANY_LINES = 500
"""Lines of test code that have run in a test, after which one that runs again is left alone until something fails."""

_RESUMED = inspect.CO_GENERATOR | inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR
"""Frames that are resumed by anybody: who called them first says nothing."""

_ENDS_OF_ITERATION = (StopIteration, StopAsyncIteration)

_TOO_MANY = f"more than {_MOST_FLIGHTS:,} exceptions passed in one phase of it"


class Failures:
    """Records what failed.

    Args:
        root: the project's folder, a real path.
        territory: whose code is whose. monitor: what calls us.
    """

    def __init__(self, root: str, territory: Territory, monitor: Monitor) -> None:
        self.found = SeenFailures()
        self._territory = territory
        self._numbers = territory.numbers
        self._monitor = monitor
        self._leave_alone = monitor.leave_alone
        self._handlers = Handlers(root)
        self._landing = Landing(territory, self._handlers)
        self._test: tuple[str, Phase] = (NO_TEST, "none")
        self._armed: dict[int, CodeType] = {}
        self._flights: dict[int, Flight] = {}
        self._all: list[Flight] = []
        self._counts: dict[tuple[int, int, type[BaseException]], int] = {}
        self._handled_last: Flight | None = None
        self._clock = 0
        self._many = _MANY_LINES
        self._last_run: dict[int, int] = {}
        self._left_alone: dict[int, CodeType] = {}
        self._pending: list[tuple[str, Phase, list[tuple[Flight, int]], list[int]]] = []
        self._threads_before: frozenset[int] = frozenset()

    @property
    def callbacks(self) -> dict[str, Callable[..., object]]:
        """By the event's name."""
        return {
            "RAISE": self._raised,
            "RERAISE": self._raised_again,
            "EXCEPTION_HANDLED": self._handled,
            "LINE": self._line,
        }

    def started(self, code: CodeType) -> bool:
        """A function has been called that is not known yet; False where it is none of the tests'."""
        number = self._territory.number(code.co_filename)
        if number > 0:
            self._monitor.watch(code)
        return number > 0

    def switch(self, nodeid: str, phase: Phase) -> None:
        """What happens from now on belongs to a test."""
        self._end_phase()
        if nodeid != self._test[0]:
            self._threads_before = other_threads()
        self._test = (nodeid, phase)

    def forget(self) -> None:
        """Go on in a forked process, which tells only of itself."""
        self.found = SeenFailures()
        self._pending.clear()
        self._clear()

    def wants(self) -> set[str]:
        """Paths of the sources that `seen` is going to look into."""
        self._end_phase()
        steps = (step for _, _, flights, _ in self._pending for flight, _ in flights for step in flight.steps)
        numbers = {self._territory.number(step.code.co_filename) for step in steps if step.handled}
        return {self._territory.path(number) for number in numbers}

    def know(self, path: str, tree: ast.Module) -> None:
        """A source that somebody has parsed already."""
        self._handlers.know(path, tree)

    def seen(self) -> SeenFailures:
        """All that has been seen; to be asked for when the tests are over, for it reads the project's files."""
        self._end_phase()
        for nodeid, phase, flights, places in self._pending:
            failures: dict[Failure, None] = {}
            for flight, moment in flights:
                failures.update(dict.fromkeys(self._landing.failures(flight, moment)))
            known = tuple(map(self._landing.place, places))
            self.found.seen.append(Seen(nodeid, phase, known, tuple(failures)))
        self._pending.clear()
        self.found.exceptions = self._landing.exceptions
        return self.found

    def _end_phase(self) -> None:
        ran = sorted(self._last_run, key=self._last_run.__getitem__)
        if ran or self._all:
            clocks = [self._last_run[place] for place in ran]
            flights = [(flight, bisect_right(clocks, flight.clock)) for flight in self._all]
            self._pending.append((*self._test, flights, ran))
        self._clear()

    def _clear(self) -> None:
        self._flights.clear()
        self._all = []
        self._counts.clear()
        self._handled_last = None
        self._clock = 0
        self._last_run = {}
        self._watch_again()

    def _watch_again(self) -> None:
        """Have the lines told again that ran so often that they were left alone."""
        self._many = self._clock + _MANY_LINES
        if self._left_alone:
            codes, self._left_alone = list(self._left_alone.values()), {}
            for code in codes:
                self._monitor.watch(code)

    def _raised(self, code: CodeType, offset: int, error: BaseException) -> None:
        """Called by the interpreter for each frame that an exception comes to."""
        try:
            number = self._numbers.get(code.co_filename)
            if number is None:
                number = self._territory.number(code.co_filename)
            if number:
                self._came(number, code, error)
        except Exception as fault:  # noqa: BLE001 - it would be the tests'
            self._monitor.fault(fault)

    def _came(self, number: int, code: CodeType, error: BaseException) -> None:
        kind, trace = type(error), error.__traceback__
        if trace is None or kind is GeneratorExit:
            return
        frame = trace.tb_frame
        if kind in _ENDS_OF_ITERATION and frame is not sys._getframe(2):
            return  # a loop has come to its end, which is told only where there is a trace function as well
        below = self._below(trace)
        flight = self._flights.get(id(error))
        if flight is not None and not (
            below is not None
            and flight.kind is kind
            and flight.frame == id(below.tb_frame)
            and (below.tb_frame is frame or self._goes_on(flight, below.tb_frame, frame))
        ):
            flight = None
        # The event's own offset is that of an argument where Python 3.13 has called a Python function.
        step = Step(code, trace.tb_lasti, self._source(trace, below))
        if number < 0:
            self._came_to_project(flight, step, error, id(frame))
        elif flight is not None:
            flight.reached = number << LINE_BITS | trace.tb_lineno
            flight.last = flight.in_test = step
            flight.frame = id(frame)

    def _below(self, trace: TracebackType) -> TracebackType | None:
        """Where an exception was last in code of the project or its tests, before it came to a frame."""
        below = trace.tb_next
        while below is not None and not self._territory.number(below.tb_frame.f_code.co_filename):
            below = below.tb_next
        return below

    def _goes_on(self, flight: Flight, below: FrameType, frame: FrameType) -> bool:
        """Whether a frame hears of an exception from the one that it was in last, and not from one of another call:
        mocks raise the same exception again and again, which then has the frames of all its ways."""
        if flight.last is not None and flight.last.handled:
            return False
        if below.f_code.co_flags & _RESUMED:
            return True
        caller = below.f_back
        while caller is not None and not self._territory.number(caller.f_code.co_filename):
            caller = caller.f_back
        return caller is frame

    def _source(self, trace: TracebackType, below: TracebackType | None) -> Source:
        if trace.tb_next is None:
            return "here"
        if below is None:
            return "outside"
        if below.tb_frame is trace.tb_frame:  # the same exception again
            return "here" if below is trace.tb_next else "outside"
        return "test" if self._territory.number(below.tb_frame.f_code.co_filename) > 0 else "project"

    def _came_to_project(self, flight: Flight | None, step: Step, error: BaseException, frame: int) -> None:
        if self._is_old(step, type(error)):
            if flight is not None:
                flight.last, flight.frame = None, frame
            return
        if flight is None:
            if len(self._all) >= _MOST_FLIGHTS:
                self.found.not_all(self._test[0], _TOO_MANY)
                return
            flight = Flight(type(error), self._clock)
            flight.called_from = called_from(sys._getframe(3).f_back, self._territory)
            flight.older_thread = older_thread(self._threads_before)
            if not flight.called_from and not flight.older_thread:
                flight.called_from = waited_from(self._territory)
            flight.before = self._flights.get(id(error))
            self._flights[id(error)] = flight
            self._all.append(flight)
            self._watch_again()
        flight.steps.append(step)
        flight.last, flight.frame = step, frame

    def _is_old(self, step: Step, kind: type[BaseException]) -> bool:
        """Whether exceptions of a type have come out of an instruction often enough."""
        key = (id(step.code), step.offset, kind)
        count = self._counts.get(key, 0)
        self._counts[key] = count + 1
        return count >= _MOST_ALIKE

    def _handled(self, code: CodeType, offset: int, error: BaseException) -> None:
        """Called by the interpreter where a handler might take an exception."""
        try:
            if not self._numbers.get(code.co_filename):
                return
            flight = self._flights.get(id(error))
            step = None if flight is None else flight.last
            if step is None or step.code is not code:
                return
            step.handled, step.taker = True, offset
            self._handled_last = flight
            if id(code) not in self._armed:
                self._armed[id(code)] = code
                if self._numbers[code.co_filename] < 0:
                    self._monitor.watch(code)
        except Exception as fault:  # noqa: BLE001 - it would be the tests'
            self._monitor.fault(fault)

    def _raised_again(self, code: CodeType, offset: int, error: BaseException) -> None:
        """Called by the interpreter where nothing has taken an exception, and where a handler says `raise`."""
        try:
            if not self._numbers.get(code.co_filename):
                return
            flight = self._back_in(code, id(sys._getframe(1)), id(error))
            step = None if flight is None else flight.last
            if flight is None or step is None:
                return
            if code.co_code[offset] not in RAISE:
                step.handled, step.ran = False, []
            elif step is not flight.in_test:
                again = Step(code, offset, "here")
                flight.last = None if self._is_old(again, type(error)) else again
                flight.steps += [again] if flight.last is again else []
            else:
                step.handled = False
        except Exception as fault:  # noqa: BLE001 - it would be the tests'
            self._monitor.fault(fault)

    def _back_in(self, code: CodeType, frame: int, error: int) -> Flight | None:
        """The flight that came to a frame last, which goes on there; what it was handed to has had one of its own."""
        flight = self._flights.get(error)
        if flight is not None and flight.last is not None and flight.last.code is code:
            return flight
        for _ in range(_MOST_HANDED):
            flight = flight.before if flight is not None else None
            if flight is not None and flight.frame == frame and flight.last is not None and flight.last.code is code:
                self._flights[error] = flight
                return flight
        return None

    def _line(self, code: CodeType, line: int) -> object:
        """Called by the interpreter for lines of tests, and of project code that has handled an exception."""
        number = self._numbers.get(code.co_filename, 0)
        if number <= 0:
            return self._line_of_handler(code, line)
        place = number << LINE_BITS | line
        ran, clock = self._last_run, self._clock
        if clock > self._many and place in ran:
            self._left_alone[id(code)] = code
            return self._leave_alone
        self._clock = ran[place] = clock + 1
        return None

    def _line_of_handler(self, code: CodeType, line: int) -> object:
        error = sys.exception()
        if error is None:
            return self._leave_alone
        flight = self._flights.get(id(error))
        if flight is None and isinstance(error, BaseExceptionGroup):  # `except*` makes groups of its own
            flight = self._handled_last
        step = None if flight is None else flight.last
        if step is not None and step.code is code and step.handled and len(step.ran) < _MOST_RAN:
            step.ran.append(line)
        return None
