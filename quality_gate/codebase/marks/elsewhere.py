"""Calls that are given work for another time or another thread."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from quality_gate.codebase.marks import Marked, marks
from quality_gate_checkers.model import Module
from quality_gate_checkers.reading.handlers import called_name

_LATER = frozenset({"on_commit", "run_on_commit", "add_done_callback", "call_soon", "call_later", "call_at", "defer"})
_IN_A_THREAD = frozenset(
    {
        "to_thread",
        "run_in_executor",
        "run_sync",
        "run_in_threadpool",
        "sync_to_async",
        "database_sync_to_async",
        "submit",
        "Thread",
        "Timer",
        "Process",
        "call_soon_threadsafe",
        "run_blocking",
        "add_task",
        "asyncify",
    }
)
_TAKING = _LATER | _IN_A_THREAD


@marks("elsewhere", triggers=tuple(f"{name}(" for name in sorted(_TAKING)))
def elsewhere(module: Module) -> Iterator[Marked]:
    """The whole call of what takes a function and runs it later or in a thread: `on_commit(...)`, `to_thread(...)`.

    What stands between its brackets does not run where it stands; `names` hold `result` where what it returns is
    called at once, as in `sync_to_async(f)(x)`. Names alone decide: taking too many calls for such ones costs a missed
    alarm, never a false one.
    """
    for call in module.mentioning(ast.Call, _TAKING):
        name = called_name(call)
        if name in _TAKING:
            above = module.parent(call)
            if isinstance(above, ast.Call) and above.func is call:
                yield Marked(above, name, ("result",))
            else:
                yield Marked(call, name)
