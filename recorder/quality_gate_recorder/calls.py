"""Which function of the project called which, as the tests saw it: what a static call graph may not know.

Python 3.12 and later only, by `sys.monitoring` with a tool id of its own: beside debuggers, profilers and coverage.
"""

from __future__ import annotations

import inspect
import os
import sys
from collections.abc import Iterable
from types import CodeType, FrameType

from quality_gate_recorder.evidence_file import Call

_NAME = "quality-gate"
_FREE_IDS = (3, 4)
"""Of the six ids these two have no customary owner."""

_ENOUGH = 20
"""Starts of a function that tell nothing new, after which it is not looked at any more."""

_DEEPEST = 200
"""Frames that are looked through for a caller of the project."""

_OPTIMIZED = inspect.CO_OPTIMIZED
"""Set for functions, lambdas and comprehensions; not for modules and class bodies."""


class Calls:
    """Records calls between functions of the project.

    Args:
        root: the project's folder, a real path. paths: its source files, relative to it.
    """

    def __init__(self, root: str, paths: Iterable[str]) -> None:
        self._places = {os.path.join(root, path.replace("/", os.sep)): path for path in paths}
        self._paths: dict[str, str | None] = {}
        self._seen: set[tuple[CodeType, int, CodeType]] = set()
        self._left: dict[CodeType, int] = {}
        self._tool: int | None = None
        self._monitoring = getattr(sys, "monitoring", None)
        self._leave_alone = getattr(self._monitoring, "DISABLE", None)

    def start(self) -> bool:
        """Begin to record; False where this Python cannot, or no tool id is free."""
        monitoring = self._monitoring
        if monitoring is None:
            return False
        for tool in _FREE_IDS:
            if monitoring.get_tool(tool) is None:
                monitoring.use_tool_id(tool, _NAME)
                monitoring.register_callback(tool, monitoring.events.PY_START, self._started)
                monitoring.set_events(tool, monitoring.events.PY_START)
                self._tool = tool
                return True
        return False

    def stop(self) -> None:
        """End recording."""
        monitoring = self._monitoring
        if monitoring is None or self._tool is None:
            return
        if monitoring.get_tool(self._tool) == _NAME:
            monitoring.set_events(self._tool, 0)
            monitoring.register_callback(self._tool, monitoring.events.PY_START, None)
            monitoring.free_tool_id(self._tool)
        self._tool = None

    def found(self) -> set[Call]:
        """What was seen."""
        calls = set()
        for caller, line, callee in list(self._seen):
            caller_path, path = self._path(caller), self._path(callee)
            names = _qualified(caller), _qualified(callee)
            if caller_path is not None and path is not None and (caller_path, names[0]) != (path, names[1]):
                calls.add(Call(caller_path, names[0], line, path, names[1]))
        return calls

    def _path(self, code: CodeType) -> str | None:
        """The path of the project's file that some code is from, or None."""
        name = code.co_filename
        try:
            return self._paths[name]
        except KeyError:
            path = self._places.get(name) or self._places.get(os.path.realpath(name))
            self._paths[name] = path
            return path

    def _started(self, code: CodeType, offset: int) -> object:
        """Called by the interpreter at the start of every function that it was not told to leave alone."""
        if not code.co_flags & _OPTIMIZED or self._path(code) is None:
            return self._leave_alone
        left = self._left.get(code, _ENOUGH)
        caller = self._caller(sys._getframe(1).f_back)
        edge = None if caller is None else (caller.f_code, caller.f_lineno, code)
        if edge is not None and edge not in self._seen:
            self._seen.add(edge)
            left = _ENOUGH
        self._left[code] = left - 1
        return None if left > 1 else self._leave_alone

    def _caller(self, frame: FrameType | None) -> FrameType | None:
        """The nearest frame of the project's."""
        for _ in range(_DEEPEST):
            if frame is None or self._path(frame.f_code) is not None:
                return frame
            frame = frame.f_back
        return None


def _qualified(code: CodeType) -> str:
    """A function's name within its module, `Class.method`, `outer.inner`; "" for module code.

    What has no name (lambdas, comprehensions) belongs to the function around it, class bodies to the module's code or
    to the function around them.
    """
    parts = code.co_qualname.split(".")
    named: list[str] = []
    for part in parts:
        if part == "<locals>":
            continue
        if part.startswith("<"):
            break
        named.append(part)
    if not code.co_flags & _OPTIMIZED:
        named = parts[: len(parts) - parts[::-1].index("<locals>") - 1] if "<locals>" in parts else []
        named = [part for part in named if not part.startswith("<")]
    return ".".join(named)
