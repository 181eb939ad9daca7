"""Work that is begun before it is asked for."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from quality_gate.engine import Timed

_Made = TypeVar("_Made")


class Ahead(Generic[_Made]):
    """Work that is begun before it is asked for: git answers while files are looked up, which halves the hook's wait.

    Args:
        work: what to do; its error is raised where the result is asked for.
        timed: is told how long that waits. waiting: what for.
    """

    def __init__(self, work: Callable[[], _Made], timed: Timed, waiting: str) -> None:
        self._work = work
        self._timed = timed
        self._waiting = waiting
        self._error: Exception | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            self._found = self._work()
        except Exception as error:  # noqa: BLE001 - raised again by result(), whoever asks
            self._error = error

    def result(self) -> _Made:
        """Wait for the result."""
        with self._timed(self._waiting):
            self._thread.join()
        if self._error is not None:
            raise self._error
        return self._found
