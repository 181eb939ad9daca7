"""Sleeps that are too short to hold anybody up."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from quality_gate.codebase.marks import Marked, marks
from quality_gate_checkers.model import Module
from quality_gate_checkers.reading.handlers import called_name

_SECONDS = 0.02


@marks("brief", triggers=("sleep(",))
def brief(module: Module) -> Iterator[Marked]:
    """A `sleep` of at most 20 milliseconds, written as a number."""
    for call in module.mentioning(ast.Call, ("sleep",)):
        given = call.args[0] if called_name(call) == "sleep" and call.args else None
        if isinstance(given, ast.Constant) and isinstance(given.value, int | float) and given.value <= _SECONDS:
            yield Marked(call)
