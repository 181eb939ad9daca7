"""What the interpreter itself tells of a run: calls, and what failed. One place for monitoring serves both."""

from __future__ import annotations

import ast
import os
import sys
from collections.abc import Callable, Iterable
from types import CodeType, FrameType

from quality_gate_recorder.calls import OPTIMIZED, Calls
from quality_gate_recorder.evidence_file import NO_TEST, Call
from quality_gate_recorder.failure_tables import Phase, SeenFailures
from quality_gate_recorder.failures import EVERYWHERE, Failures
from quality_gate_recorder.isolation import Isolation
from quality_gate_recorder.isolation_tables import Touches
from quality_gate_recorder.leftovers import STILL_RAN, Leftovers
from quality_gate_recorder.monitoring import Monitor
from quality_gate_recorder.territory import Territory

_TASKS = (os.path.join("asyncio", "tasks.py"),)
"""Where `asyncio.sleep` stands; to import it here would cost projects that do not."""


class Watch:
    """Watches one process.

    Args:
        root: the project's folder, a real path. paths: its source files, relative to it.
        problem: is told what goes wrong, as a clause.
    """

    def __init__(self, root: str, paths: Iterable[str], problem: Callable[[str], None]) -> None:
        self.territory = Territory(root, paths)
        self._monitor = Monitor(problem)
        self._calls = Calls(self.territory, self._monitor.leave_alone)
        self._failures = Failures(root, self.territory, self._monitor)
        self._isolation = Isolation(self.territory)
        self._leftovers = Leftovers(self.territory)
        self._has_tests = False
        self.is_watching = False
        """Whether it has ever begun to."""

    def when_traced(self, tell: Callable[[FrameType], None]) -> None:
        """Have somebody told of who is going to set a trace function within a test."""
        self._isolation.traces = tell

    def start(self) -> bool:
        """Begin; False where this Python cannot, or other tools are in the way: then what failed is not known."""
        self._isolation.start()
        callbacks = {"PY_START": self._started, **self._failures.callbacks}
        self.is_watching = self._monitor.start(callbacks, ("PY_START",))
        if not self.is_watching:
            self._failures.found.not_all(NO_TEST, self._monitor.why_not)
        return self.is_watching

    def stop(self) -> None:
        """End it."""
        self._isolation.stop()
        self._monitor.stop()

    def switch(self, nodeid: str, phase: Phase, function: Callable[..., object] | None = None) -> None:
        """What happens from now on belongs to a test, whose function may be known."""
        self._isolation.switch(nodeid, phase, function)
        if self._leftovers.switch(nodeid, phase):
            self._failures.found.not_all(nodeid, STILL_RAN)
        if self.is_watching:
            if not self._has_tests:  # what fails on import and collection is no test's, and is half of all that fails
                self._has_tests = True
                self._monitor.ask(("PY_START", *EVERYWHERE))
            self._failures.switch(nodeid, phase)

    def forget(self) -> None:
        """Go on in a forked process, which tells only of itself."""
        self._failures.forget()
        self._isolation.forget()

    def calls(self) -> set[Call]:
        """The calls that were seen."""
        return self._calls.found()

    def wants(self) -> set[str]:
        """Paths of sources whose trees `failures` would read."""
        return self._failures.wants()

    def know(self, path: str, tree: ast.Module) -> None:
        """A source that has been parsed already."""
        self._failures.know(path, tree)

    def failures(self) -> SeenFailures:
        """What failed; to be asked for when the tests are over."""
        return self._failures.seen()

    def touches(self) -> Touches:
        """What tests touched of the world around them."""
        return self._isolation.found

    def _started(self, code: CodeType, offset: int) -> object:
        """Called by the interpreter at the start of every function that it was not told to leave alone."""
        try:
            if code.co_name == "sleep" and code.co_filename.endswith(_TASKS):
                frame = sys._getframe(1)
                self._isolation.waits(frame, frame.f_locals.get("delay"))
                return None
            if not code.co_flags & OPTIMIZED or self._failures.started(code):
                return self._monitor.leave_alone
            return self._calls.started(code, sys._getframe(1))
        except Exception as fault:  # noqa: BLE001 - it would be the tests'
            self._monitor.fault(fault)
            return None
