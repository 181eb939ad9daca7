"""A line on stderr while the work is long; nothing when nobody looks."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import TextIO

_PATIENCE = 0.5
"""Seconds before anything is shown."""

_EVERY = 0.1
"""Seconds between two paintings."""


def progress_on(
    stream: TextIO, environment: Mapping[str, str], *, quiet: bool, doing: str = "reading", things: str = "files"
) -> Callable[[int, int], None]:
    """A function that takes (done, all) and keeps a person informed.

    Args:
        stream: where to paint; only a terminal is painted on.
        environment: `CI` and `TERM=dumb` keep it silent.
        doing, things: `reading 3 of 40 files`.
    """
    if quiet or not stream.isatty() or environment.get("CI") or environment.get("TERM") == "dumb":
        return _nothing
    return _Painter(stream, doing, things)


def _nothing(done: int, all_of_them: int) -> None:
    """Nobody looks."""


class _Painter:
    def __init__(self, stream: TextIO, doing: str, things: str) -> None:
        self._stream = stream
        self._doing = doing
        self._things = things
        self._started = time.monotonic()
        self._painted = self._started + _PATIENCE - _EVERY

    def __call__(self, done: int, all_of_them: int) -> None:
        now = time.monotonic()
        if done == all_of_them and self._painted >= self._started + _PATIENCE:
            self._stream.write("\r\x1b[K")
            self._stream.flush()
        elif now - self._painted >= _EVERY:
            self._painted = now
            filled = 24 * done // all_of_them
            bar = f"{'━' * filled}{'╌' * (24 - filled)}"
            self._stream.write(f"\r{self._doing} {bar} {done:,} of {all_of_them:,} {self._things}\x1b[K")
            self._stream.flush()
