"""What a call is given, as far as its text tells."""

from __future__ import annotations

import ast
from math import inf

import msgspec

from quality_gate_checkers.model import Module


class Options(msgspec.Struct, frozen=True):
    """The keyword arguments of a call.

    Args:
        values: by keyword, those of a literal `**NAME` included.
        open: more may come through `*args` or a `**kwargs` that the module does not spell out.
    """

    values: dict[str, ast.expr]
    open: bool

    def given(self, *keywords: str) -> bool:
        """Whether any of these is given and is not a plain `None`."""
        return any(keyword in self.values and not is_none(self.values[keyword]) for keyword in keywords)


def is_none(node: ast.AST | None) -> bool:
    """A literal `None`."""
    return isinstance(node, ast.Constant) and node.value is None


def as_float(number: float) -> float:
    """A literal number; one of thousands of digits is as good as infinite (row 32)."""
    try:
        return float(number)
    except OverflowError:
        return inf


def origin(module: Module, expression: ast.expr) -> ast.expr:
    """What a name was bound to, where it is bound once; any other expression is its own origin."""
    if isinstance(expression, ast.Name):
        found = module.names.bindings(expression)
        if len(found) == 1 and found[0].kind == "value" and found[0].value is not None:
            return found[0].value
    return expression


def options_of(module: Module, call: ast.Call) -> Options:
    """The keyword arguments of a call, with `**POLICY` looked up where `POLICY` is a literal of this module."""
    values: dict[str, ast.expr] = {}
    is_open = any(isinstance(argument, ast.Starred) for argument in call.args)
    for keyword in call.keywords:
        if keyword.arg is not None:
            values[keyword.arg] = keyword.value
            continue
        unpacked = _literal(origin(module, keyword.value))
        is_open = is_open or unpacked is None
        values.update(unpacked or {})
    return Options(values, is_open)


def _literal(value: ast.expr) -> dict[str, ast.expr] | None:
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "dict" and not value.args:
        return (
            {keyword.arg: keyword.value for keyword in value.keywords if keyword.arg}
            if all(keyword.arg for keyword in value.keywords)
            else None
        )
    if not isinstance(value, ast.Dict):
        return None
    found = {}
    for key, held in zip(value.keys, value.values, strict=True):
        if not (isinstance(key, ast.Constant) and isinstance(key.value, str)):
            return None
        found[key.value] = held
    return found


def argument(call: ast.Call, options: Options, keyword: str, position: int | None = None) -> ast.expr | None:
    """An argument by its keyword or its place, None where it is not given."""
    if keyword in options.values:
        return options.values[keyword]
    if position is not None and len(call.args) > position and not options.open:
        return call.args[position]
    return None
