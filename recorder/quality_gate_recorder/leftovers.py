"""Threads that outlive the test that began them: what they run then is no later test's, though it runs beside it."""

from __future__ import annotations

import threading

from quality_gate_recorder.evidence_file import NO_TEST
from quality_gate_recorder.failure_tables import Phase
from quality_gate_recorder.territory import Territory

STILL_RAN = "a thread that another test began was still there, and may have run it"
"""Why lines tell less of a test; `quality_gate.runs` knows it by its beginning."""


class Leftovers:
    """Looks for threads that the call of a test began and left behind, to run code of the project or of its tests.

    Threads of set-ups (servers, clients) work for the test that runs; workers of pools wait.

    Args:
        territory: tells whose code they run.
    """

    def __init__(self, territory: Territory) -> None:
        self._territory = territory
        self._nodeid = NO_TEST
        self._phase: Phase = "none"
        self._there: frozenset[threading.Thread] = frozenset()
        self._left: frozenset[threading.Thread] = frozenset()

    def switch(self, nodeid: str, phase: Phase) -> bool:
        """What happens from now on belongs to a test; whether it begins beside such a thread."""
        there = frozenset(threading.enumerate()) if threading.active_count() > 1 else frozenset()
        left = self._left & there
        if self._phase == "call":
            left |= {one for one in there - self._there if self._runs_ours(one)}
        begins = nodeid not in (self._nodeid, NO_TEST)
        self._nodeid, self._phase, self._there, self._left = nodeid, phase, there, left
        return begins and bool(left)

    def _runs_ours(self, thread: threading.Thread) -> bool:
        target = getattr(thread, "_target", None) or getattr(thread, "function", None) or type(thread).run
        target = getattr(target, "func", target)
        code = getattr(getattr(target, "__func__", target), "__code__", None)
        return code is not None and self._territory.number(code.co_filename) != 0
