"""Code that runs only where the project itself is being worked on."""

from __future__ import annotations

import ast

from quality_gate_checkers.model import Module


def is_for_development(module: Module, node: ast.AST) -> bool:
    """Whether a node stands under `if settings.DEBUG:`, at whatever depth: nobody's order is lost there."""
    child = node
    for above in module.ancestors(node):
        if isinstance(above, ast.If) and child in above.body and _asks_for_debug(above.test):
            return True
        child = above
    return False


def _asks_for_debug(test: ast.expr) -> bool:
    return (isinstance(test, ast.Attribute) and test.attr == "DEBUG") or (
        isinstance(test, ast.Name) and test.id == "DEBUG"
    )
