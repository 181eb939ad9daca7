"""Whether the trace function that tells what runs is there as long as tests run: anybody may set another one."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable
from types import FrameType

import coverage

_COVERAGE = os.path.join(os.path.dirname(coverage.__file__), "")
"""Measurements begin and end, each with a trace function of its own."""


class Holding:
    """Looks after the trace function of the main thread.

    Args:
        taken: is called when it has been found to be another one, or none.
    """

    def __init__(self, taken: Callable[[], None]) -> None:
        self._taken = taken
        self._ours: object = None

    def note(self) -> None:
        """What is set now is ours, or there is none of ours any more."""
        if _is_main():
            self._ours = sys.gettrace()

    def look(self, frame: FrameType | None = None) -> None:
        """See that it is there.

        Args:
            frame: whose it is who is going to set another one, None for nobody.
        """
        if self._ours is None or not _is_main():
            return
        if frame is not None and (frame.f_code.co_filename == __file__ or _is_coverages(frame)):
            return
        if sys.gettrace() is not self._ours:
            self._taken()

    def give_back(self) -> None:
        """Set it again where there is none; a debugger's is left alone."""
        if self._ours is not None and _is_main() and sys.gettrace() is None:
            sys.settrace(self._ours)  # type: ignore[arg-type]  # it is what was set


def _is_main() -> bool:
    return threading.current_thread() is threading.main_thread()


def _is_coverages(frame: FrameType) -> bool:
    return frame.f_code.co_filename.startswith(_COVERAGE)
