"""Calls that send a task off, by their names."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from quality_gate.codebase.marks import Marked, marks
from quality_gate_checkers.model import Module
from quality_gate_checkers.reading.handlers import called_name

_SENDING = ("delay", "apply_async", "send_task", "enqueue", "enqueue_call", "enqueue_in", "enqueue_at")


@marks("sent", triggers=tuple(f".{name}(" for name in _SENDING))
def sent(module: Module) -> Iterator[Marked]:
    """A call of `delay`, `apply_async`, `enqueue` ...; making a signature (`settle.s(order)`) sends nothing.

    Whether a task is what is sent, the linked codebase knows.
    """
    for call in module.mentioning(ast.Call, _SENDING):
        if isinstance(call.func, ast.Attribute) and called_name(call) in _SENDING:
            yield Marked(call, called_name(call))
