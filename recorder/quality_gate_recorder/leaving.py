"""Whether a function fails without its raise as it did with it: then nobody can notice that the raise is not there."""

from __future__ import annotations

import sys
from collections.abc import Collection
from types import CodeType

_FREE_IDS = (3, 4)
_NAME = "quality-gate"


class Leaving:
    """Watches how the calls end that came to a change. Tells nothing before Python 3.12.

    Args:
        types: last names of the exceptions that the change took away; without any nothing is watched.
    """

    def __init__(self, types: Collection[str]) -> None:
        self._types = frozenset(types)
        self._tool: int | None = None
        self._codes: dict[int, CodeType] = {}
        """By identity: to compare code is to look at all of its instructions."""
        self._under_way: set[int] = set()
        self._ended_otherwise = False
        self._ended_alike = False

    @property
    def is_alike(self) -> bool:
        """Whether all of them ended with such an exception."""
        return self._ended_alike and not self._ended_otherwise and not self._under_way

    def watch(self, code: CodeType) -> None:
        """A function that has the change."""
        monitoring = getattr(sys, "monitoring", None)
        if monitoring is None or not self._types:
            return
        if self._tool is None:
            self._tool = next((tool for tool in _FREE_IDS if monitoring.get_tool(tool) is None), None)
            if self._tool is None:
                return
            monitoring.use_tool_id(self._tool, _NAME)
            monitoring.register_callback(self._tool, monitoring.events.PY_UNWIND, self._unwound)
            monitoring.register_callback(self._tool, monitoring.events.PY_RETURN, self._returned)
            monitoring.set_events(self._tool, monitoring.events.PY_UNWIND)
        monitoring.set_local_events(self._tool, code, monitoring.events.PY_RETURN)
        self._codes[id(code)] = code

    def came(self) -> None:
        """Called by what the changed function calls, as soon as it comes to the change."""
        if self._tool is None:
            return
        frame = sys._getframe(2)
        self._under_way.add(id(frame))
        self._ended_otherwise = self._ended_otherwise or id(frame.f_code) not in self._codes

    def _unwound(self, code: CodeType, offset: int, error: BaseException) -> None:
        if id(code) in self._codes and self._is_over(id(sys._getframe(1))):
            is_alike = any(one.__name__ in self._types for one in type(error).__mro__)
            self._ended_alike = self._ended_alike or is_alike
            self._ended_otherwise = self._ended_otherwise or not is_alike

    def _returned(self, code: CodeType, offset: int, value: object) -> None:
        self._ended_otherwise = self._is_over(id(sys._getframe(1))) or self._ended_otherwise

    def _is_over(self, frame: int) -> bool:
        was_under_way = frame in self._under_way
        self._under_way.discard(frame)
        return was_under_way
