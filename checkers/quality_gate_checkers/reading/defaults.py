"""Values that stand in where a `try` comes to nothing, because they were set before it."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from quality_gate_checkers.model import Module
from quality_gate_checkers.reading.walks import after_block, names_bound, names_read, walk_now


def is_stood_in_for(module: Module, block: ast.Try | ast.TryStar) -> bool:
    """Whether all that a `try` finds out for the code after it has been set before to something empty.

    A parameter counts as set: the caller has said what holds.
    """
    found = names_bound(block.body) & names_read(after_block(module, block))
    return bool(found) and found <= set(_set_before(module, block))


def _set_before(module: Module, block: ast.Try | ast.TryStar) -> Iterator[str]:
    function = module.enclosing_function(block)
    if function is None:
        return
    given = function.args
    yield from (place.arg for place in (*given.posonlyargs, *given.args, *given.kwonlyargs))
    for node in walk_now(function.body):
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.lineno < block.lineno and _is_empty(node.value):
            yield from names_bound([node])


def _is_empty(value: ast.expr | None) -> bool:
    if isinstance(value, ast.Constant):
        return not value.value
    if isinstance(value, ast.Dict):
        return not value.keys
    return isinstance(value, ast.List | ast.Tuple) and not value.elts
