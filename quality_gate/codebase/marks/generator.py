"""Functions whose call runs nothing of their body."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from quality_gate.codebase.marks import Marked, marks
from quality_gate_checkers.model import Module
from quality_gate_checkers.reading.handlers import written

_ENTERED = ("contextmanager", "asynccontextmanager", "fixture")


@marks("generator", triggers=("yield",))
def generator(module: Module) -> Iterator[Marked]:
    """A function with a `yield` of its own, without those that a `with` enters."""
    yields: list[ast.Yield | ast.YieldFrom] = [
        *module.mentioning(ast.Yield, ("yield",)),
        *module.mentioning(ast.YieldFrom, ("yield",)),
    ]
    around = (module.enclosing_function(node) for node in yields)
    for function in dict.fromkeys(found for found in around if found is not None):
        if not any(_enters(decorator) for decorator in function.decorator_list):
            yield Marked(function)


def _enters(decorator: ast.expr) -> bool:
    return written(decorator).rpartition(".")[2].rstrip("()") in _ENTERED
