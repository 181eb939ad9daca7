"""What makes a guard true: what a call in it has to return, what an argument has to be."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from quality_gate.codebase.suggesting.sources import Function, last_name


@dataclass(frozen=True)
class Needed:
    """What has to be, for a guard to be true.

    Args:
        subject: what is asked: a call, or the name of an argument. value: what it has to be, as Python.
    """

    subject: ast.Call | str
    value: str


_NUMBERS: Mapping[tuple[type[ast.cmpop], bool], int] = {
    (ast.Lt, True): -1,
    (ast.LtE, True): 0,
    (ast.Gt, True): 1,
    (ast.GtE, True): 0,
    (ast.Eq, True): 0,
    (ast.NotEq, True): 1,
    (ast.Lt, False): 0,
    (ast.LtE, False): 1,
    (ast.Gt, False): 0,
    (ast.GtE, False): -1,
    (ast.Eq, False): 1,
    (ast.NotEq, False): 0,
}
"""How far from the number that it is compared with a value has to be, by comparison and what it has to give."""
_EQUAL: Mapping[type[ast.cmpop], Callable[[bool], bool]] = {
    ast.Eq: bool,
    ast.Is: bool,
    ast.NotEq: operator.not_,
    ast.IsNot: operator.not_,
}


def needed(guard: str, function: Function) -> Needed | None:
    """What makes a guard true; None where it is not simple.

    Args:
        guard: a condition in the function.
    """
    try:
        test = ast.parse(guard, mode="eval").body
    except SyntaxError:
        return None
    return _needed(test, True, function)


def _needed(test: ast.expr, truth: bool, function: Function) -> Needed | None:
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return _needed(test.operand, not truth, function)
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.Or) is truth:
        return next((found for one in test.values if (found := _needed(one, truth, function)) is not None), None)
    if isinstance(test, ast.Compare) and len(test.ops) == 1:
        value = _value(test.ops[0], test.comparators[0], truth)
        return _of(test.left, value, function) if value else None
    if isinstance(test, ast.Call) and last_name(test.func) == "isinstance":
        return _of(test.args[0], "object()", function) if not truth and test.args else None
    plain = "True" if truth else ("False" if isinstance(test, ast.Call) else "None")
    return _of(test, plain, function)


def _value(operation: ast.cmpop, other: ast.expr, truth: bool) -> str:
    """What compares so with a literal; empty where it is none."""
    if isinstance(operation, ast.In) and truth and isinstance(other, ast.Tuple | ast.List | ast.Set) and other.elts:
        return ast.unparse(other.elts[0]) if isinstance(other.elts[0], ast.Constant) else ""
    try:
        literal: object = ast.literal_eval(other)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return ""
    if isinstance(literal, int | float) and not isinstance(literal, bool):
        step = _NUMBERS.get((type(operation), truth))
        return repr(literal + step) if step is not None else ""
    equal = _EQUAL.get(type(operation))
    if equal is None:
        return ""
    if equal(truth):
        return repr(literal)
    return repr(f"not {literal}") if isinstance(literal, str) else ""


def _of(subject: ast.expr, value: str, function: Function) -> Needed | None:
    if isinstance(subject, ast.Await):
        subject = subject.value
    if isinstance(subject, ast.Call):
        own = [node for node in ast.walk(function) if isinstance(node, ast.Call)]
        same = next((node for node in own if ast.dump(node) == ast.dump(subject)), None)
        return Needed(same, value) if same is not None and last_name(same.func) not in _PURE else None
    if not isinstance(subject, ast.Name):
        return None
    stored = [node for node in ast.walk(function) if isinstance(node, ast.Name) and node.id == subject.id]
    if any(isinstance(node.ctx, ast.Store) for node in stored):
        return _assigned(subject.id, value, function)
    held = function.args
    names = {one.arg for one in (*held.posonlyargs, *held.args, *held.kwonlyargs)}
    return Needed(subject.id, value) if subject.id in names - {"self", "cls"} else None


_PURE = frozenset(
    {"len", "int", "str", "float", "isinstance", "getattr", "hasattr", "any", "all", "sum", "type", "set"}
)


def _assigned(name: str, value: str, function: Function) -> Needed | None:
    """What a name is given once, by a call."""
    given = [
        node
        for node in ast.walk(function)
        if isinstance(node, ast.Assign) and any(isinstance(one, ast.Name) and one.id == name for one in node.targets)
    ]
    held = given[0].value if len(given) == 1 else None
    return _of(held, value, function) if isinstance(held, ast.Call | ast.Await) else None


def with_argument(text: str, called: str, place: int, name: str, value: str) -> str | None:
    """A statement in which a call is given another argument.

    Args:
        text: the statement. called: the name that the call shows.
        place: of the argument among those without a name, -1 for none. name: of the argument.
    """
    calls = [
        node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call) and last_name(node.func) == called
    ]
    if not calls or any(isinstance(one, ast.Starred) for one in calls[0].args):
        return None
    call = calls[0]
    given = next((one.value for one in call.keywords if one.arg == name), None)
    if given is None and 0 <= place < len(call.args):
        given = call.args[place]
    old = ast.get_source_segment(text, call)
    if old is None or any(one.arg is None for one in call.keywords):
        return None
    if given is None:
        comma = ", " if call.args or call.keywords else ""
        return text.replace(old, f"{old[:-1].rstrip().rstrip(',')}{comma}{name}={value})", 1)
    lines = text.split("\n")
    if given.lineno != given.end_lineno:
        return None
    row = lines[given.lineno - 1].encode()
    lines[given.lineno - 1] = (row[: given.col_offset] + value.encode() + row[given.end_col_offset :]).decode()
    return "\n".join(lines)
