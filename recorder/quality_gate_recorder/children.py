"""Processes that run some tests and are thrown away: how they tell what happened, and how they end."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Protocol

_MOST_TOLD = 1 << 20
"""Bytes that are read of one process; a test may write to whatever it finds open."""

_LOOK = 0.02
"""Seconds between two looks at whether a process has ended without a word."""

_leave = os._exit


@dataclass(slots=True)
class Told:
    """What a process told.

    Args:
        at: place of the last test that began, among those that it was given; -1 for none.
        ended: whether it came to its end. failed: whether the last test failed.
        placed, reached: see `swapping.Swap`. alike: see `leaving.Leaving`. error: why it could not begin.
        timeout: whether it was killed for taking too long. status: how it ended, negative: the signal.
        seconds: how long it took.
    """

    at: int = -1
    ended: bool = False
    failed: bool = False
    placed: bool = False
    reached: bool = False
    alike: bool = False
    error: str = ""
    timeout: bool = False
    status: int = 0
    seconds: float = 0.0


Tell = Callable[[dict[str, object]], None]
Work = Callable[[Tell], None]


class Children(Protocol):
    """How processes are made."""

    def run(self, number: int, tests: list[int], limit: float, work: Work) -> Told:
        """Run tests in a process.

        Args:
            number: of the change that is to be put in place, -1 for none. tests: as in the job.
            limit: seconds. work: what a forked process does.
        """

    def kill(self) -> None:
        """End the process that is running, with all that it has started."""


class Forked:
    """Forks: what has been imported and collected need not be again."""

    def __init__(self) -> None:
        self._running = 0

    def run(self, number: int, tests: list[int], limit: float, work: Work) -> Told:
        """See `Children`."""
        mark = os.urandom(12).hex()
        reading, writing = os.pipe()
        sys.stdout.flush()
        sys.stderr.flush()
        started = time.monotonic()
        with warnings.catch_warnings():  # of threads that the project has started
            warnings.simplefilter("ignore")
            process = os.fork()
        if process == 0:
            os.close(reading)
            _be_child(writing, mark, limit, work)
        with suppress(OSError):  # the child does the same; whoever is first
            os.setpgid(process, process)
        self._running = process
        os.close(writing)
        try:
            return self._wait(process, reading, mark, started, limit)
        finally:
            self._running = 0
            os.close(reading)

    def _wait(self, process: int, reading: int, mark: str, started: float, limit: float) -> Told:
        os.set_blocking(reading, False)
        said = b""
        is_open = True
        ended = timeout = False
        status = 0
        while not ended:
            left = started + limit - time.monotonic()
            if left <= 0:
                timeout = True
                _kill_group(process)
            if is_open:
                select.select([reading], [], [], max(0.0, min(left, _LOOK)))
                heard = _read(reading)
                is_open = heard != b""
                said = (said + (heard or b""))[:_MOST_TOLD]
            elif not timeout:
                time.sleep(_LOOK / 4)
            gone, status = os.waitpid(process, 0 if timeout else os.WNOHANG)
            ended = gone != 0
        said = (said + (_read(reading) or b""))[:_MOST_TOLD]
        _kill_group(process)  # what it has started may still be there
        told = _told(said, mark)
        told.timeout = timeout
        told.status = os.waitstatus_to_exitcode(status)
        told.seconds = time.monotonic() - started
        return told

    def kill(self) -> None:
        """See `Children`."""
        if self._running:
            _kill_group(self._running)


def _be_child(writing: int, mark: str, limit: float, work: Work) -> None:
    """What a forked process does, to its end."""
    status = 1
    try:
        with suppress(OSError):
            os.setpgid(0, 0)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        _limit_cpu(limit)
        channel = _out_of_the_way(writing)

        def tell(what: dict[str, object]) -> None:
            os.write(channel, f"\n{mark} {json.dumps(what)}\n".encode())

        work(tell)
        status = 0
    finally:
        _leave(status)


def _out_of_the_way(descriptor: int) -> int:
    """Where tests that count their open files do not come by."""
    import fcntl

    try:
        found = fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, 200)
    except (OSError, ValueError):
        return descriptor
    os.close(descriptor)
    return found


def _limit_cpu(limit: float) -> None:
    """If nobody is left to kill it, a process that runs in circles ends by itself."""
    import resource

    seconds = int(limit) * 2 + 10
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    if hard == resource.RLIM_INFINITY or hard > seconds:
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_CPU, (seconds, hard))


def _kill_group(process: int) -> None:
    with suppress(OSError):
        os.killpg(process, signal.SIGKILL)


def _read(descriptor: int) -> bytes | None:
    """What there is to read; empty at the end, None for nothing yet."""
    try:
        return os.read(descriptor, 1 << 16)
    except BlockingIOError:
        return None
    except OSError:
        return b""


def _told(said: bytes, mark: str) -> Told:
    """What a process told; what tests may have written between is passed over."""
    told = Told()
    for line in said.decode("utf-8", "replace").split("\n"):
        if line.startswith(f"{mark} "):
            with suppress(ValueError, TypeError, AttributeError):
                for name, value in json.loads(line[len(mark) :]).items():
                    setattr(told, name, value)
    return told


class Spawned:
    """New processes, where there is no fork: each imports and collects anew.

    Args:
        scratch: a folder of its own. variable: the environment variable that names the job.
    """

    def __init__(self, scratch: str, variable: str, job: str, arguments: list[str]) -> None:
        self._place = os.path.join(scratch, "told")
        self._variable = variable
        self._job = job
        self._command = [sys.executable, "-m", "pytest", *arguments]
        self._running: subprocess.Popen[bytes] | None = None

    def run(self, number: int, tests: list[int], limit: float, work: Work) -> Told:
        """See `Children`."""
        mark = os.urandom(12).hex()
        with suppress(FileNotFoundError):
            os.unlink(self._place)
        order = {"job": self._job, "number": number, "tests": tests, "mark": mark, "place": self._place}
        with open(f"{self._place}.order", "w", encoding="ascii") as file:
            json.dump(order, file)
        environment = os.environ | {self._variable: f"one:{self._place}.order"}
        started = time.monotonic()
        timeout = False
        self._running = subprocess.Popen(
            self._command, env=environment, stdin=subprocess.DEVNULL, start_new_session=os.name != "nt"
        )
        try:
            self._running.wait(limit)
        except subprocess.TimeoutExpired:
            timeout = True
        self.kill()
        status = self._running.wait()
        told = _told(_whole(self._place), mark)
        told.timeout, told.status, told.seconds = timeout, status, time.monotonic() - started
        return told

    def kill(self) -> None:
        """See `Children`."""
        if self._running is not None:
            if os.name != "nt":
                _kill_group(self._running.pid)
            with suppress(OSError):
                self._running.kill()


@dataclass(slots=True)
class Order:
    """What a spawned process is to do; see `Spawned.run`."""

    job: str
    number: int
    tests: list[int]
    mark: str
    place: str

    @contextmanager
    def telling(self) -> Iterator[Tell]:
        """How it tells."""
        with open(self.place, "a", encoding="ascii") as file:

            def tell(what: dict[str, object]) -> None:
                file.write(f"\n{self.mark} {json.dumps(what)}\n")
                file.flush()

            yield tell


def order_in(place: str) -> Order:
    """The order that `Spawned.run` has written."""
    with open(place, encoding="ascii") as file:
        return Order(**json.load(file))


def _whole(place: str) -> bytes:
    try:
        with open(place, "rb") as file:
            return file.read(_MOST_TOLD)
    except OSError:
        return b""
