"""Which class the things have that are written out: numbers, texts, lists, comparisons."""

from __future__ import annotations

import ast

_CLASSES: dict[type[ast.AST], str] = {
    ast.Dict: "builtins.dict",
    ast.DictComp: "builtins.dict",
    ast.List: "builtins.list",
    ast.ListComp: "builtins.list",
    ast.Set: "builtins.set",
    ast.SetComp: "builtins.set",
    ast.Tuple: "builtins.tuple",
    ast.JoinedStr: "builtins.str",
    ast.GeneratorExp: "builtins.generator",
    ast.Compare: "builtins.bool",
}


def class_of_literal(expression: ast.expr) -> str | None:
    """Dotted name of the class of a literal; None for None, and for what is no literal."""
    if isinstance(expression, ast.Constant):
        return None if expression.value is None else f"builtins.{type(expression.value).__name__}"
    return _CLASSES.get(type(expression))


def is_none(node: ast.expr | None) -> bool:
    """Whether there is no expression, or the literal None."""
    return node is None or (isinstance(node, ast.Constant) and node.value is None)
