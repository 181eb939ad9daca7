"""What a fixture gives: whether its module tells what that is, or only other fixtures do."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator

from quality_gate_checkers.model import Module
from quality_gate_checkers.model.scopes import FunctionNode
from quality_gate_checkers.reading.tests_in import PLAIN_FIXTURES
from quality_gate_checkers.reading.walks import walk_now

_UNTOLD = "request"
"""Of the well-known fixtures the one that may give anything: `request.param`, `request.config.robot()`."""


def origins_of(module: Module, fixture: FunctionNode) -> frozenset[str] | None:
    """The other fixtures on which what a fixture gives stands; None where nothing tells what it gives.

    What stems from an import, a class or a function of the module or something written out is told.
    """
    told: set[str] = set()
    seen: set[ast.AST] = set()
    for node in walk_now(fixture.body):
        if isinstance(node, ast.Return | ast.Yield) and node.value is not None:
            for origin in _origins(module, node.value, seen):
                if origin is None:
                    return None
                told.add(origin)
    return frozenset(told)


def _origins(module: Module, value: ast.expr, seen: set[ast.AST]) -> Iterator[str | None]:
    """Names of the fixtures behind a value, None for something that nothing tells.

    Args:
        seen: where names were bound that have been followed; each is followed once, however often it is bound anew.
    """
    waiting = [value]
    while waiting:
        root = root_of(waiting.pop())[0]
        if not isinstance(root, ast.Name) or module.names.class_of_self(root) is not None:
            continue
        bindings = module.names.bindings(root)
        if not bindings and not hasattr(builtins, root.id):
            yield None
        for binding in (found for found in bindings if found.node not in seen):
            seen.add(binding.node)
            if binding.kind == "parameter":
                yield from _of_parameter(getattr(binding.node, "arg", ""))
                continue
            behind = source_of(binding.node) if binding.kind == "opaque" else binding.value
            waiting += [behind] if behind is not None else []


def _of_parameter(name: str) -> tuple[str | None, ...]:
    if name in PLAIN_FIXTURES:
        return (None,) if name == _UNTOLD else ()
    return (name,)


def root_of(expression: ast.expr) -> tuple[ast.expr, list[str]]:
    """What an expression starts from, and the attributes on the way from there to the first call or subscript."""
    path: list[str] = []
    while True:
        if isinstance(expression, ast.Attribute):
            path.insert(0, expression.attr)
            expression = expression.value
        elif isinstance(expression, ast.Call):
            path = []
            expression = expression.func
        elif isinstance(expression, ast.Subscript | ast.Await | ast.NamedExpr | ast.Starred):
            path = []
            expression = expression.value
        elif isinstance(expression, ast.YieldFrom):
            expression = expression.value
        else:
            return expression, path


def source_of(node: ast.AST) -> ast.expr | None:
    """Where a loop or an unpacking takes its values from."""
    if isinstance(node, ast.For | ast.AsyncFor | ast.comprehension):
        return node.iter
    if isinstance(node, ast.Assign):
        return node.value
    return node.context_expr if isinstance(node, ast.withitem) else None
