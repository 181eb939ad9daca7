"""Assertions that cannot fail: what they ask is settled before the code under test has run."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Callable
from itertools import combinations
from typing import NamedTuple

_PURE = frozenset({"len", "isinstance", "issubclass", "callable", "bool", "int", "float", "repr", "abs", "str"})
_FAILURES = frozenset(name for name in dir(builtins) if name.endswith(("Error", "Exception")))
_SETTLED_NAMES = _PURE | _FAILURES
"""Builtins that give the same for the same, and whose names nobody gives to anything else."""

_MOST_PARTS = 20
"""Of an `or` that are held against each other."""

_HOLDS_OF_ITSELF = (ast.Eq, ast.Is, ast.LtE, ast.GtE)
_OPPOSITES = {ast.Eq: ast.NotEq, ast.Is: ast.IsNot, ast.In: ast.NotIn, ast.Lt: ast.GtE, ast.Gt: ast.LtE}
_ALWAYS_OF_LEN = {(ast.GtE, 0), (ast.Gt, -1), (ast.NotEq, -1)}
_PARTS = (ast.BoolOp, ast.BinOp, ast.UnaryOp, ast.Compare, ast.IfExp, ast.Tuple, ast.List, ast.Set, ast.Dict,
          ast.JoinedStr, ast.FormattedValue, ast.Starred, ast.Slice, ast.Await)  # fmt: skip


class Known(NamedTuple):
    """What more than an assertion itself is known.

    Args:
        is_settled: whether an expression has its value before the code under test runs and keeps it.
        is_bound_once: whether a name always means the same object: an import, a function, a class.
    """

    is_settled: Callable[[ast.expr], bool]
    is_bound_once: Callable[[ast.Name], bool]


def _no(_: ast.expr) -> bool:
    return False


_NOTHING_MORE = Known(_no, _no)


def is_vacuous(test: ast.expr, known: Known = _NOTHING_MORE) -> bool:
    """Whether an assertion asks nothing: `assert True`, `assert paid or True`, `assert len([1]) == 1`, `assert x == x`.

    Args:
        known: of what stands around it.
    """
    if isinstance(test, ast.Constant):  # `assert False` says that nobody comes here
        return bool(test.value)
    try:
        return truth(test) is True or is_settled(test, known)
    except RecursionError:  # thousands of operators in one expression: nobody knows
        return False


def truth(test: ast.expr) -> bool | None:
    """What an expression is as a condition whatever its names stand for; None where that depends on them."""
    if isinstance(test, ast.Constant):
        return bool(test.value)
    if isinstance(test, ast.Tuple | ast.List | ast.Set):
        return None if any(isinstance(one, ast.Starred) for one in test.elts) else bool(test.elts)
    if isinstance(test, ast.Lambda | ast.GeneratorExp):
        return True
    if isinstance(test, ast.JoinedStr):
        return True if any(isinstance(one, ast.Constant) and one.value for one in test.values) else None
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        inner = truth(test.operand)
        return None if inner is None else not inner
    if isinstance(test, ast.BoolOp):
        return _of_several(test)
    if isinstance(test, ast.IfExp):
        body = truth(test.body)
        return body if body is truth(test.orelse) else None
    return True if _holds_by_itself(test) else None


def _of_several(test: ast.BoolOp) -> bool | None:
    parts = [truth(one) for one in test.values]
    decides = isinstance(test.op, ast.Or)
    if decides in parts:
        return decides
    if all(part is (not decides) for part in parts):
        return not decides
    if len(test.values) > _MOST_PARTS:
        return None
    return decides if any(_are_opposite(*pair) for pair in combinations(test.values, 2)) else None


def _are_opposite(one: ast.expr, other: ast.expr) -> bool:
    """`paid` and `not paid`, `x is None` and `x is not None`."""
    for first, second in ((one, other), (other, one)):
        if isinstance(second, ast.UnaryOp) and isinstance(second.op, ast.Not) and _same(first, second.operand):
            return True
        left, right = _pair(first), _pair(second)
        if left is None or right is None:
            continue
        if _OPPOSITES.get(left[1]) is right[1] and _same(left[0], right[0]) and _same(left[2], right[2]):
            return True
    return False


def _pair(test: ast.expr) -> tuple[ast.expr, type[ast.cmpop], ast.expr] | None:
    if isinstance(test, ast.Compare) and len(test.ops) == 1:
        return test.left, type(test.ops[0]), test.comparators[0]
    return None


def _holds_by_itself(test: ast.expr) -> bool:
    """`x == x`, `len(x) >= 0`, `isinstance(x, object)`."""
    if isinstance(test, ast.Call):
        return _is_named(test.func, "isinstance") and len(test.args) == 2 and _is_named(test.args[1], "object")
    compared = _pair(test)
    if compared is None:
        return False
    left, operator, right = compared
    if operator in _HOLDS_OF_ITSELF and _same(left, right):
        return not any(isinstance(one, ast.Call | ast.Await | ast.Yield | ast.NamedExpr) for one in ast.walk(left))
    return isinstance(left, ast.Call) and _is_named(left.func, "len") and (operator, _number(right)) in _ALWAYS_OF_LEN


def is_settled(node: ast.AST, known: Known = _NOTHING_MORE) -> bool:
    """Whether an expression has its value before the code under test runs, and keeps it."""
    if isinstance(node, ast.expr) and known.is_settled(node):
        return True
    if isinstance(node, ast.Constant):
        return True
    if isinstance(node, ast.Name):
        return node.id in _SETTLED_NAMES
    if isinstance(node, ast.Attribute):  # `"paid".upper`
        return isinstance(node.value, ast.Constant)
    if isinstance(node, ast.Subscript):
        return is_settled(node.value) and is_settled(node.slice, known)
    if isinstance(node, ast.Call):
        given = [*node.args, *(word.value for word in node.keywords)]
        if _is_named(node.func, "callable") and all(_is_bound_once(one, known) for one in given):
            return True
        return is_settled(node.func) and all(is_settled(one, known) for one in given)
    compared = _pair(node) if isinstance(node, ast.expr) else None
    if compared is not None and compared[1] in (ast.Is, ast.IsNot):
        return all(is_settled(one, known) or _is_bound_once(one, known) for one in (compared[0], compared[2]))
    if isinstance(node, _PARTS):
        return all(is_settled(one, known) for one in ast.iter_child_nodes(node) if isinstance(one, ast.expr))
    return False


def _is_bound_once(node: ast.expr, known: Known) -> bool:
    return isinstance(node, ast.Name) and known.is_bound_once(node)


def _same(one: ast.expr, other: ast.expr) -> bool:
    return type(one) is type(other) and ast.dump(one) == ast.dump(other)


def _is_named(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _number(node: ast.expr) -> object:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) and isinstance(node.operand, ast.Constant):
        return -1 if node.operand.value == 1 else None
    return node.value if isinstance(node, ast.Constant) else None
