"""Lines that may run inside a database transaction, as other modules decide."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from quality_gate.codebase.marks import Marked, marks
from quality_gate.codebase.marks.transaction import begins
from quality_gate_checkers.model import Module
from quality_gate_checkers.reading.handlers import called_name, written

_BEGINNING = frozenset({"begin", "begin_nested", "transaction", "atomic"})


@marks("begun", triggers=(".begin(", ".begin_nested(", ".transaction(", ".atomic("))
def begun(module: Module) -> Iterator[Marked]:
    """From a call that may begin a transaction to the end of its `with`, where this module does not tell whether it is
    one; `detail` is the call as written.
    """
    blocks: list[ast.With | ast.AsyncWith] = [*module.nodes(ast.With), *module.nodes(ast.AsyncWith)]
    for block in blocks:
        for item in block.items:
            call = item.context_expr
            if isinstance(call, ast.Call) and called_name(call) in _BEGINNING and not begins(module, call):
                yield Marked(call, written(call)[:80], until=block)
