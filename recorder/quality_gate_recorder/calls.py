"""Which function of the project called which, as the tests saw it: what a static call graph may not know.

Python 3.12 and later only, by `sys.monitoring`.
"""

from __future__ import annotations

import inspect
from types import CodeType, FrameType

from quality_gate_recorder.evidence_file import Call
from quality_gate_recorder.territory import FOREIGN, Territory

_ENOUGH = 20
"""Starts of a function that tell nothing new, after which it is not looked at any more."""

_DEEPEST = 200
"""Frames that are looked through for a caller of the project."""

OPTIMIZED = inspect.CO_OPTIMIZED
"""Set for functions, lambdas and comprehensions; not for modules and class bodies."""


class Calls:
    """Records calls between functions of the project.

    Args:
        territory: whose code is whose. leave_alone: what a callback answers that does not want to be called again.
    """

    def __init__(self, territory: Territory, leave_alone: object) -> None:
        self._territory = territory
        self._seen: set[tuple[CodeType, int, CodeType]] = set()
        self._left: dict[CodeType, int] = {}
        self._leave_alone = leave_alone

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
        number = self._territory.number(code.co_filename)
        return self._territory.path(number) if number < FOREIGN else None

    def started(self, code: CodeType, frame: FrameType) -> object:
        """A function has been called that we have not asked to leave alone.

        Args:
            frame: its own.
        """
        if self._path(code) is None:
            return self._leave_alone
        left = self._left.get(code, _ENOUGH)
        caller = self._caller(frame.f_back)
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
    if not code.co_flags & OPTIMIZED:
        named = parts[: len(parts) - parts[::-1].index("<locals>") - 1] if "<locals>" in parts else []
        named = [part for part in named if not part.startswith("<")]
    return ".".join(named)
