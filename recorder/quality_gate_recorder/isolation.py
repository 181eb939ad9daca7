"""What tests touch of the world around them: other hosts, processes, time, the environment, the project's modules.

By audit events of the interpreter, which come before anything is done and whatever library asks for it; what is mocked
or patched away makes none. Nothing of it is undone or forbidden here.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable
from inspect import unwrap
from types import FrameType, FunctionType
from typing import NamedTuple, TypeGuard

from quality_gate_recorder.addresses import Addresses
from quality_gate_recorder.evidence_file import NO_TEST
from quality_gate_recorder.failure_tables import Phase
from quality_gate_recorder.flights import older_thread, other_threads
from quality_gate_recorder.isolation_tables import KINDS, Kind, Touch, Touches
from quality_gate_recorder.module_state import ModuleState
from quality_gate_recorder.territory import Territory

SHORTEST = 0.05
"""Seconds; who sleeps for less yields to another thread."""

_MOST = 100
"""Touches of one phase of a test that are noted."""

_DEEPEST = 500
"""Frames that are looked through for code of the project."""

_REALLY = 0.9
"""Of what a sleep was asked for: where less has passed when the phase is over, nobody waited for it."""

_OWN_VARIABLES = ("PYTEST_", "QUALITY_GATE_", "COVERAGE_", "COV_CORE_")
"""Beginnings of variables that the test runner, coverage and we set."""

_DIRECTORY = "the working directory"

_STARTERS = frozenset({"subprocess", "os", "multiprocessing.popen_fork", "multiprocessing.context"})
_PROBES = frozenset({"platform", "uuid", "ctypes.util", "sysconfig", "_osx_support", "_aix_support", "locale"})
"""Modules of the standard library that start a program to learn something of the machine, and remember the answer."""

_listening: list[Isolation] = []
"""Who is told of audit events."""

_hooks: list[object] = []
"""What the interpreter calls; that cannot be taken back."""


class _Where(NamedTuple):
    path: str
    line: int
    test_path: str
    test_line: int


_UNKNOWN = _Where("", 0, "", 0)


class _Sleep(NamedTuple):
    begun: float
    seconds: float
    what: str
    where: _Where


def _nothing(frame: FrameType) -> None:
    """Nobody wants to know."""


class Isolation:
    """Records what tests touch.

    Args:
        territory: whose code is whose.
    """

    def __init__(self, territory: Territory) -> None:
        self.found = Touches()
        self._territory = territory
        self._clock = time.perf_counter  # kept here, as libraries that freeze time replace it in modules
        self._test: tuple[str, Phase] = (NO_TEST, "none")
        self.is_within_test = False
        """Whether what happens now belongs to a test."""
        self._function: Callable[..., object] | None = None
        self._addresses = Addresses()
        self._modules = ModuleState(territory)
        self._thread = 0
        self._threads_before: frozenset[int] = frozenset()
        self._count = 0
        self._sleeps: list[_Sleep] = []
        self._variables: dict[object, tuple[object, Phase, _Where]] = {}
        self._directory: tuple[str, Phase, _Where] | None = None
        self.traces: Callable[[FrameType], None] = _nothing
        """Is told of who is going to set a trace function."""

    def start(self) -> None:
        """Begin."""
        if sys.version_info < (3, 13):
            what = "sleeps" if sys.version_info < (3, 12) else "time.sleep()"
            self.found.not_all("sleep", f"Python 3.{sys.version_info[1]} does not tell of {what}, 3.13 does")
        if not _hooks:
            _hooks.append(_told)
            sys.addaudithook(_told)
        _listening[:] = [self]

    def stop(self) -> None:
        """End it."""
        if self in _listening:
            _listening.clear()

    def forget(self) -> None:
        """Go on in a forked process, which tells only of itself."""
        self.found.found.clear()
        self._sleeps.clear()
        self._variables.clear()
        self._directory = None
        self._modules.forget()

    def switch(self, nodeid: str, phase: Phase, function: Callable[..., object] | None = None) -> None:
        """What happens from now on belongs to a test.

        Args:
            function: the test's own, where it is known.
        """
        try:
            self._switch(nodeid, phase, function)
        except Exception as fault:  # noqa: BLE001 - what tests ran is known all the same
            self.fault(fault)

    def fault(self, error: Exception) -> None:
        """Something of ours has failed: it is the last that is watched, and the tests go on."""
        self.stop()
        self._test, self.is_within_test = (NO_TEST, "none"), False
        for kind in KINDS:
            self.found.not_all(kind, f"watching the tests failed: {type(error).__name__}: {error}")

    def _switch(self, nodeid: str, phase: Phase, function: Callable[..., object] | None) -> None:
        before = self._test
        self._end_phase()
        if before[1] == "call":
            self._modules.end_call()
        if nodeid != before[0]:
            self._end_test(before[0])
            self._threads_before = other_threads()
            self._thread = threading.get_ident()
        self._test, self.is_within_test = (nodeid, phase), nodeid != NO_TEST
        self._count = 0
        if phase == "call":
            self._function = function
            self._modules.begin_call()

    def _end_phase(self) -> None:
        now = self._clock()
        slept: dict[tuple[str, _Where], float] = {}
        for sleep in self._sleeps:
            if now - sleep.begun >= sleep.seconds * _REALLY:
                key = sleep.what, sleep.where
                slept[key] = slept.get(key, 0.0) + sleep.seconds
        for (what, where), seconds in slept.items():
            self._note("sleep", what, where, seconds=seconds)
        self._sleeps.clear()
        self._addresses.forget_lookups()

    def _end_test(self, nodeid: str) -> None:
        if nodeid != NO_TEST:
            self._tell_what_is_left(nodeid)
        self._variables.clear()
        self._directory = None
        self._function = None

    def _tell_what_is_left(self, nodeid: str) -> None:
        values = _values()
        for key, (value, phase, where) in self._variables.items():
            if values.get(key) != value:
                name = os.fsdecode(key) if isinstance(key, bytes) else str(key)
                if not name.startswith(_OWN_VARIABLES):
                    self._add(nodeid, phase, "environment", name, where)
        if self._directory is not None and _directory() != self._directory[0]:
            self._add(nodeid, self._directory[1], "environment", _DIRECTORY, self._directory[2])
        for path, name in self._modules.left_changed():
            self._add(nodeid, "call", "module", name, _Where(path, 0, "", 0))
        if self._modules.too_many:
            self.found.not_all("module", self._modules.too_many)

    # -- audit events

    def told(self, handler: _Handler, arguments: tuple[object, ...], frame: FrameType) -> None:
        """An audit event has come, in the thread that it comes from.

        Args:
            handler: of its kind. frame: whose it is.
        """
        is_of_test = threading.get_ident() == self._thread or not older_thread(self._threads_before)
        if is_of_test or handler is Isolation._bound:
            handler(self, frame, arguments)

    def waits(self, frame: FrameType, seconds: object) -> None:
        """A coroutine of the test's has called `asyncio.sleep`.

        Args:
            frame: of that.
        """
        if self.is_within_test and threading.get_ident() == self._thread:
            self._sleep(frame, seconds, "asyncio.sleep")

    def _bound(self, frame: FrameType, arguments: tuple[object, ...]) -> None:
        self._addresses.bound(arguments[0], arguments[1])

    def _connected(self, frame: FrameType, arguments: tuple[object, ...]) -> None:
        found = self._addresses.connected(arguments[0], arguments[1])
        if found is not None:
            self._note(found[0], found[1], self._where(frame))

    def _looked_up(self, frame: FrameType, arguments: tuple[object, ...]) -> None:
        port = arguments[1] if len(arguments) > 1 else None
        found = self._addresses.looked_up(arguments[0], port)
        if found is not None:
            self._note("network", found, self._where(frame))

    def _started(self, frame: FrameType, arguments: tuple[object, ...]) -> None:
        given = arguments[1] if arguments else ""
        if frame.f_globals.get("__name__") == "subprocess" and not isinstance(given, (list, tuple, str, bytes)):
            given = arguments[0]
        if frame.f_code.co_name != "_posix_spawn":  # of a Popen that has been told already
            self._start(frame, given)

    def _started_in_mode(self, frame: FrameType, arguments: tuple[object, ...]) -> None:
        self._start(frame, arguments[1])

    def _started_by_shell(self, frame: FrameType, arguments: tuple[object, ...]) -> None:
        self._start(frame, ["sh", "-c", arguments[0]])

    def _forked(self, frame: FrameType, arguments: tuple[object, ...]) -> None:
        self._start(frame, "fork")

    def _start(self, frame: FrameType, given: object) -> None:
        if not _is_probe(frame):
            self._note("process", _program(given), self._where(frame))

    def _slept(self, frame: FrameType, arguments: tuple[object, ...]) -> None:
        if threading.get_ident() == self._thread:  # others may sleep as long as they like
            self._sleep(frame, arguments[0], "time.sleep")

    def _sleep(self, frame: FrameType, seconds: object, what: str) -> None:
        if isinstance(seconds, (int, float)) and seconds >= SHORTEST and len(self._sleeps) < _MOST:
            self._sleeps.append(_Sleep(self._clock(), float(seconds), what, self._where(frame)))

    def _put(self, frame: FrameType, arguments: tuple[object, ...]) -> None:
        given = arguments[0]
        if not isinstance(given, (str, bytes)):
            return
        # Fixtures that clear the whole environment do so hundreds of times a test: nothing here is dear, and where it
        # is done is asked of the test's own code only.
        key = given if isinstance(given, bytes) and os.name != "nt" else _key(os.fsdecode(given))
        before = self._variables.get(key)
        value = _values().get(key) if before is None else before[0]
        phase = self._test[1]
        self._variables[key] = (value, phase, self._where(frame) if phase == "call" else _UNKNOWN)

    def _moved(self, frame: FrameType, arguments: tuple[object, ...]) -> None:
        was = _directory() if self._directory is None else self._directory[0]
        self._directory = (was, self._test[1], self._where(frame))

    # -- notes

    def _note(self, kind: Kind, what: str, where: _Where, *, seconds: float = 0.0) -> None:
        self._count += 1
        if self._count <= _MOST:
            self._add(*self._test, kind, what, where, seconds=seconds)

    def _add(self, nodeid: str, phase: Phase, kind: Kind, what: str, where: _Where, *, seconds: float = 0.0) -> None:
        if not where.test_path:
            where = _Where(where.path, where.line, *self._beginning())
        self.found.found.add(Touch(nodeid, phase, kind, what[:300], round(seconds, 3), *where))

    def _where(self, frame: FrameType | None) -> _Where:
        """The innermost places in code of the project or its tests, and of its tests."""
        path, line = "", 0
        number_of = self._territory.number
        for _ in range(_DEEPEST):
            if frame is None:
                break
            number = number_of(frame.f_code.co_filename)
            if number and not path:
                path, line = self._territory.path(number), frame.f_lineno or 0
            if number > 0:
                return _Where(path, line, self._territory.path(number), frame.f_lineno or 0)
            frame = frame.f_back
        return _Where(path, line, "", 0)

    def _traced(self, frame: FrameType, arguments: tuple[object, ...]) -> None:
        self.traces(frame)

    def _beginning(self) -> tuple[str, int]:
        """Where the test begins; nowhere where that is not known."""
        function = unwrap(self._function) if self._function is not None else None
        function = getattr(function, "__func__", function)
        if not isinstance(function, FunctionType):
            return "", 0
        number = self._territory.number(function.__code__.co_filename)
        return (self._territory.path(number), function.__code__.co_firstlineno) if number else ("", 0)


_Handler = Callable[[Isolation, FrameType, tuple[object, ...]], None]

_BIND = "socket.bind"
"""Of interest between tests too: a server is started once."""

_HANDLERS: dict[str, _Handler] = {
    _BIND: Isolation._bound,
    "socket.connect": Isolation._connected,
    "socket.sendto": Isolation._connected,
    "socket.sendmsg": Isolation._connected,
    "socket.getaddrinfo": Isolation._looked_up,
    "socket.gethostbyname": Isolation._looked_up,
    "subprocess.Popen": Isolation._started,
    "os.posix_spawn": Isolation._started,
    "os.spawn": Isolation._started_in_mode,
    "os.system": Isolation._started_by_shell,
    "os.fork": Isolation._forked,
    "os.forkpty": Isolation._forked,
    "time.sleep": Isolation._slept,
    "os.putenv": Isolation._put,
    "os.unsetenv": Isolation._put,
    "os.chdir": Isolation._moved,
    "sys.settrace": Isolation._traced,
}


def _told(
    event: str,
    arguments: tuple[object, ...],
    handlers: dict[str, _Handler] = _HANDLERS,
    listening: list[Isolation] = _listening,
) -> None:
    """Called by the interpreter, within other people's code, thousands of times: most events are of no interest.

    Args:
        handlers, listening: never given; globals are gone while the interpreter ends, and it still calls.
    """
    if event not in handlers or not listening:
        return
    listener = listening[0]
    try:
        if listener.is_within_test or event == _BIND:
            listener.told(handlers[event], arguments, sys._getframe(1))
    except RecursionError:  # what is watched has come to the end of the stack, and will hear of it
        return
    except Exception as fault:  # noqa: BLE001 - it would be the tests'
        listener.fault(fault)


def _program(given: object) -> str:
    """What a process runs, without its folder: `git`, of a shell's command its first word."""
    words = [given] if isinstance(given, (str, bytes, os.PathLike)) else list(given) if _is_list(given) else []
    texts = [os.fsdecode(word) for word in words if isinstance(word, (str, bytes, os.PathLike))]
    if len(texts) > 2 and texts[1] == "-c" and texts[0].endswith("sh"):
        texts = texts[2].split() or texts
    return os.path.basename(texts[0]) if texts else "a process"


def _is_list(given: object) -> TypeGuard[list[object] | tuple[object, ...]]:
    return isinstance(given, (list, tuple))


def _is_probe(frame: FrameType | None) -> bool:
    """Whether the standard library itself wants to know something of the machine."""
    while frame is not None:
        name = frame.f_globals.get("__name__")
        if name not in _STARTERS:
            return name in _PROBES
        frame = frame.f_back
    return False


def _values() -> dict[object, object]:
    """The environment as it lies in memory, encoded; what is there changes after the event that tells of it."""
    return getattr(os.environ, "_data", {})


def _key(name: str) -> object:
    encode = getattr(os.environ, "encodekey", os.fsencode)
    return encode(name)


def _directory() -> str:
    try:
        return os.getcwd()
    except OSError:
        return ""
