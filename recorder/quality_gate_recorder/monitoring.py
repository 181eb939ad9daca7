"""One of the ids of `sys.monitoring` (Python 3.12 and later), beside debuggers, profilers and coverage."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from types import CodeType

NAME = "quality-gate"

_FREE_IDS = (3, 4)
"""Of the six ids these two have no customary owner."""


class Monitor:
    """Has the interpreter call us.

    Callbacks run within other people's code, and fail it where they fail: `fault` is for what they catch.

    Args:
        problem: is told of a fault of ours, as a clause.
    """

    def __init__(self, problem: Callable[[str], None]) -> None:
        self._problem = problem
        self._tool: int | None = None
        self._events: tuple[int, ...] = ()
        self._monitoring = getattr(sys, "monitoring", None)
        self.leave_alone: object = getattr(self._monitoring, "DISABLE", None)

    @property
    def why_not(self) -> str:
        """Why nothing can be watched, a clause; "" while something is."""
        if self._tool is not None:
            return ""
        if self._monitoring is None:
            return f"Python {sys.version_info[0]}.{sys.version_info[1]} does not tell which exceptions pass, 3.12 does"
        return "other tools hold all of the interpreter's places for monitoring"

    def start(self, callbacks: Mapping[str, Callable[..., object]], everywhere: tuple[str, ...]) -> bool:
        """Begin; False where this Python cannot, or no id is free.

        Args:
            callbacks: by the event's name in `sys.monitoring.events`.
            everywhere: events that are of interest in all code from now on; others are asked for by `watch` and `ask`.
        """
        monitoring = self._monitoring
        if monitoring is None:
            return False
        for tool in _FREE_IDS:
            if monitoring.get_tool(tool) is None:
                monitoring.use_tool_id(tool, NAME)
                self._tool = tool
                self._events = tuple(getattr(monitoring.events, name) for name in callbacks)
                for event, callback in zip(self._events, callbacks.values(), strict=True):
                    monitoring.register_callback(tool, event, callback)
                self.ask(everywhere)
                return True
        return False

    def ask(self, everywhere: tuple[str, ...]) -> None:
        """Have some events told in all code, and no others.

        Args:
            everywhere: names of events.
        """
        if self._monitoring is not None and self._tool is not None:
            wanted = [getattr(self._monitoring.events, name) for name in everywhere]
            self._monitoring.set_events(self._tool, sum(wanted))

    def watch(self, code: CodeType) -> None:
        """Have the lines of some code told, those as well that had been left alone."""
        if self._monitoring is not None and self._tool is not None:
            self._monitoring.set_local_events(self._tool, code, 0)
            self._monitoring.set_local_events(self._tool, code, self._monitoring.events.LINE)

    def fault(self, error: Exception) -> None:
        """A callback has failed: the first fault ends it all, and the tests go on."""
        if isinstance(error, RecursionError):  # what is watched has come to the end of the stack, and will hear of it
            return
        self._problem(f"watching the tests failed: {type(error).__name__}: {error}")
        self.stop()

    def stop(self) -> None:
        """End it."""
        monitoring, tool, self._tool = self._monitoring, self._tool, None
        if monitoring is None or tool is None or monitoring.get_tool(tool) != NAME:
            return
        monitoring.set_events(tool, 0)
        for event in self._events:
            monitoring.register_callback(tool, event, None)
        monitoring.free_tool_id(tool)
