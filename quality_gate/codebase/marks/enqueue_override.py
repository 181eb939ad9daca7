"""Task classes of the project's that wait for the commit by themselves."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from quality_gate.codebase.marks import Marked, marks
from quality_gate_checkers.model import Module

_METHODS = frozenset({"delay", "apply_async", "send_task", "enqueue", "send", "send_with_options"})


@marks("enqueue-override", triggers=("on_commit",))
def enqueue_override(module: Module) -> Iterator[Marked]:
    """A method `delay`, `apply_async`, `enqueue` ... of a class whose body speaks of `on_commit`."""
    for found in module.nodes(ast.ClassDef):
        for method in found.body:
            if isinstance(method, ast.FunctionDef) and method.name in _METHODS and _waits(method):
                yield Marked(method, method.name, function=method)


def _waits(method: ast.FunctionDef) -> bool:
    return any(getattr(node, "attr", getattr(node, "id", "")) == "on_commit" for node in ast.walk(method))
