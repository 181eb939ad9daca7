"""What each part of a run costs, for `-v`: time is read here and nowhere below."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager


class Watch:
    """Measures parts of a run by name. What a part asks another one for is the other's: all together took the sum.

    Args:
        clock: seconds, never backwards.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._took: dict[str, float] = {}
        self._running: list[str] = []
        self._since = 0.0

    @contextmanager
    def __call__(self, name: str) -> Iterator[None]:
        """Measure what is done inside; of the main thread only."""
        self._note()
        self._running.append(name)
        self._took.setdefault(name, 0.0)
        try:
            yield
        finally:
            self._note()
            self._running.pop()

    def _note(self) -> None:
        """What has gone by is the innermost part's."""
        now = self._clock()
        if self._running:
            self._took[self._running[-1]] += now - self._since
        self._since = now

    def told(self, total: float) -> Sequence[str]:
        """A line for each part, the dearest first, and what is left of the total."""
        parts = sorted(self._took.items(), key=lambda part: -part[1])
        rest = max(0.0, total - sum(self._took.values()))
        return [f"took {seconds:7.2f} s  {name}" for name, seconds in (*parts, ("everything else", rest))]
