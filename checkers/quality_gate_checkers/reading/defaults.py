"""Values that stand in where a `try` comes to nothing, because they were set before it."""

from __future__ import annotations

import ast

from quality_gate_checkers.model import Module
from quality_gate_checkers.model.scopes import FunctionNode
from quality_gate_checkers.reading.remembering import remembered
from quality_gate_checkers.reading.walks import after_block, names_bound, names_read, walk_now


def is_stood_in_for(module: Module, block: ast.Try | ast.TryStar) -> bool:
    """Whether all that a `try` finds out for the code after it has been set before to something empty.

    A parameter counts as set: the caller has said what holds.
    """
    bound = names_bound(block.body)
    after = after_block(module, block) if bound else []
    found = bound & set().union(*(remembered(module, _reads, statement) for statement in after))
    return bool(found) and all(_is_set_before(module, block, name) for name in found)


def _reads(_: Module, statement: ast.stmt) -> set[str]:
    return names_read([statement])


def _is_set_before(module: Module, block: ast.stmt, name: str) -> bool:
    function = module.enclosing_function(block)
    return function is not None and remembered(module, _set_empty, function).get(name, block.lineno) < block.lineno


def _set_empty(_: Module, function: FunctionNode) -> dict[str, int]:
    """Names that a function sets to something empty, and the line of the first time; parameters before all."""
    given = function.args
    found = {place.arg: 0 for place in (*given.posonlyargs, *given.args, *given.kwonlyargs)}
    for node in walk_now(function.body):
        if isinstance(node, ast.Assign | ast.AnnAssign) and _is_empty(node.value):
            for name in names_bound([node]):
                found[name] = min(found.get(name, node.lineno), node.lineno)
    return found


def _is_empty(value: ast.expr | None) -> bool:
    if isinstance(value, ast.Constant):
        return not value.value
    if isinstance(value, ast.Dict):
        return not value.keys
    return isinstance(value, ast.List | ast.Tuple) and not value.elts
