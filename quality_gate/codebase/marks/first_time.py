"""Lines that run the first time only, because what they make is kept."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from quality_gate.codebase.marks import Marked, marks
from quality_gate_checkers.model import Module
from quality_gate_checkers.model.scopes import FUNCTIONS
from quality_gate_checkers.reading.walks import following, leaves, walk_now

_KEPT = (ast.Name, ast.Attribute, ast.Subscript)
_ALSO_ASSIGN = (ast.AnnAssign, ast.NamedExpr)


@marks("first-time", triggers=("None", "if not "))
def first_time(module: Module) -> Iterator[Marked]:
    """`if self._client is None: self._client = connect()`, and what follows `if _client is not None: return _client`.

    Only what outlives the call counts: an attribute, an item, a name that is declared global.
    """
    kinds = _KEPT if "global " in module.text else _KEPT[1:]  # asked of every `if` of the project
    for test in module.nodes(ast.If):
        missing = _missing(test.test)
        if isinstance(missing, kinds) and _binds(test.body, missing) and _is_kept(module, missing):
            yield Marked(test.body[0], until=test.body[-1])
            continue
        present = _present(test.test)
        if isinstance(present, kinds) and leaves(test.body):
            after = following(test, module.parent(test))
            if after and _binds(after, present) and _is_kept(module, present):
                yield Marked(after[0], until=after[-1])


def _missing(test: ast.expr) -> ast.expr | None:
    """`x` of `x is None`, `not x`, and of an `or` or `and` that begins so."""
    if isinstance(test, ast.BoolOp):
        return _missing(test.values[0])
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return test.operand
    return _compared(test, ast.Is)


def _present(test: ast.expr) -> ast.expr | None:
    """`x` of `x is not None`, `x`, and of an `and` that begins so."""
    if isinstance(test, ast.BoolOp):
        return _present(test.values[0])
    if isinstance(test, _KEPT):
        return test
    return _compared(test, ast.IsNot)


def _compared(test: ast.expr, operator: type[ast.cmpop]) -> ast.expr | None:
    if isinstance(test, ast.Compare) and len(test.ops) == 1 and isinstance(test.ops[0], operator):
        right = test.comparators[0]
        return test.left if isinstance(right, ast.Constant) and right.value is None else None
    return None


def _is_kept(module: Module, held: ast.expr) -> bool:
    if isinstance(held, ast.Attribute | ast.Subscript):
        return True
    function = module.enclosing_function(held)
    return (
        isinstance(held, ast.Name)
        and isinstance(function, FUNCTIONS)
        and any(isinstance(node, ast.Global) and held.id in node.names for node in walk_now(function.body))
    )


def _binds(body: list[ast.stmt], held: ast.expr) -> bool:
    """Whether something that runs with a body assigns what is held; writing expressions out is dear, so it comes last.

    Only assignments whose target is of the same kind, and ends with the same name, are written out and compared.
    """
    kind, name = held.__class__, _last(held)
    targets = (target for target in _assigned(body) if target.__class__ is kind and _last(target) == name)
    wanted = None
    for target in targets:
        wanted = wanted or ast.unparse(held)
        if ast.unparse(target) == wanted:
            return True
    return False


def _assigned(body: list[ast.stmt]) -> Iterator[ast.expr]:
    for node in walk_now(body):
        if isinstance(node, ast.Assign):
            yield from node.targets
        elif isinstance(node, _ALSO_ASSIGN):
            yield node.target


def _last(node: ast.expr) -> str:
    return str(getattr(node, "attr", getattr(node, "id", "")))
