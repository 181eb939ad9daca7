"""What a fixture gives: whether its module tells what that is, or only other fixtures do."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator

from quality_gate_checkers.model import Module
from quality_gate_checkers.model.scopes import Binding, FunctionNode
from quality_gate_checkers.reading.tests_in import PLAIN_FIXTURES
from quality_gate_checkers.reading.walks import walk_now

_STEPS = 40
"""How far a value is followed to where it came from."""

_UNTOLD = "request"
"""Of the well-known fixtures the one that may give anything: `request.param`, `request.config.robot()`."""


def origins_of(module: Module, fixture: FunctionNode) -> frozenset[str] | None:
    """The other fixtures on which what a fixture gives stands; None where nothing tells what it gives.

    What stems from an import, a class or a function of the module or something written out is told.
    """
    found: set[str] = set()
    for node in walk_now(fixture.body):
        if isinstance(node, ast.Return | ast.Yield) and node.value is not None:
            for origin in _origins(module, node.value, 0):
                if origin is None:
                    return None
                found.add(origin)
    return frozenset(found)


def _origins(module: Module, value: ast.expr, steps: int) -> Iterator[str | None]:
    root = root_of(value)[0]
    if not isinstance(root, ast.Name) or module.names.class_of_self(root) is not None:
        return
    bindings = module.names.bindings(root)
    if not bindings:
        yield from () if hasattr(builtins, root.id) else (None,)
    for binding in bindings if steps < _STEPS else ():
        yield from _bound(module, binding, steps + 1)


def _bound(module: Module, binding: Binding, steps: int) -> Iterator[str | None]:
    if binding.kind == "parameter":
        name = getattr(binding.node, "arg", "")
        if name not in PLAIN_FIXTURES:
            yield name
        elif name == _UNTOLD:
            yield None
    value = source_of(binding.node) if binding.kind == "opaque" else binding.value
    if value is not None and binding.kind != "parameter":
        yield from _origins(module, value, steps)


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
