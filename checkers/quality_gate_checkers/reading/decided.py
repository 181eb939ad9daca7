"""Branches of a function that a call decides by what it gives: `charge(order, dry_run=True)` charges nobody."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence

from quality_gate_checkers.model import Module
from quality_gate_checkers.model.scopes import FunctionNode
from quality_gate_checkers.reading.remembering import remembered
from quality_gate_checkers.reading.walks import leaves, names_bound, names_read, walk_now


def not_run(call: ast.Call, home: Module, function: FunctionNode) -> frozenset[ast.AST]:
    """The statements and expressions of a function that do not run when it is called like this.

    Args:
        home: the module that holds the function.
    """
    asked = remembered(home, _asked_for, function)
    known = _known(call, function, asked) if asked else {}
    if not known:
        return frozenset()
    said = tuple(sorted((name, f"{type(value).__name__} {value!r}") for name, value in known.items()))
    ways = remembered(home, _ways, function)
    if said not in ways:
        ways[said] = frozenset(_dead(function.body, known))
    return ways[said]


def _ways(_: Module, __: FunctionNode) -> dict[tuple[tuple[str, str], ...], frozenset[ast.AST]]:
    """For what is found of a function, by what calls give."""
    return {}


def _asked_for(_: Module, function: FunctionNode) -> frozenset[str]:
    """Names that conditions of a function read and that it never binds."""
    nodes = list(walk_now(function.body))
    tests = [node.test for node in nodes if isinstance(node, ast.If | ast.IfExp)]
    return frozenset(names_read(tests) - names_bound(function.body)) if tests else frozenset()


def _known(call: ast.Call, function: FunctionNode, asked: frozenset[str]) -> dict[str, object]:
    """Of the parameters that are asked for those whose value a call tells, written out or left at its default."""
    given = function.args
    if any(isinstance(value, ast.Starred) for value in call.args) or any(word.arg is None for word in call.keywords):
        return {}
    places = [*given.posonlyargs, *given.args]
    if places and places[0].arg in ("self", "cls"):
        del places[0]
    values: dict[str, ast.expr | None] = {}
    if given.defaults:
        values |= {
            place.arg: value for place, value in zip(places[-len(given.defaults) :], given.defaults, strict=False)
        }
    values |= {place.arg: value for place, value in zip(given.kwonlyargs, given.kw_defaults, strict=True)}
    values |= {place.arg: value for place, value in zip(places, call.args, strict=False)}
    values |= {word.arg: word.value for word in call.keywords if word.arg is not None}
    return {name: value.value for name, value in values.items() if name in asked and isinstance(value, ast.Constant)}


def _dead(block: Sequence[ast.stmt], known: Mapping[str, object]) -> Iterator[ast.AST]:
    """What does not run of a block."""
    for number, statement in enumerate(block):
        taken = _truth(statement.test, known) if isinstance(statement, ast.If) else None
        if isinstance(statement, ast.If) and taken is not None:
            live, dead = (statement.body, statement.orelse) if taken else (statement.orelse, statement.body)
            yield from dead
            yield from _dead(live, known)
            if leaves(live):
                yield from block[number + 1 :]
                return
            continue
        yield from _dead_expressions(statement, known)
        for inner in _blocks(statement):
            yield from _dead(inner, known)


def _dead_expressions(statement: ast.stmt, known: Mapping[str, object]) -> Iterator[ast.AST]:
    for node in walk_now(_expressions(statement)):
        if isinstance(node, ast.IfExp) and (taken := _truth(node.test, known)) is not None:
            yield node.orelse if taken else node.body


def _expressions(statement: ast.stmt) -> Iterable[ast.AST]:
    return (node for node in ast.iter_child_nodes(statement) if isinstance(node, ast.expr))


def _blocks(statement: ast.stmt) -> Iterator[list[ast.stmt]]:
    for field in ("body", "orelse", "finalbody"):
        yield getattr(statement, field, [])
    for handler in getattr(statement, "handlers", ()):
        yield handler.body


def _truth(test: ast.expr, known: Mapping[str, object]) -> bool | None:
    """Whether a condition holds; None where that is not told."""
    if isinstance(test, ast.Name) and test.id in known:
        return bool(known[test.id])
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        inner = _truth(test.operand, known)
        return None if inner is None else not inner
    if isinstance(test, ast.BoolOp):
        parts = [_truth(part, known) for part in test.values]
        decisive = isinstance(test.op, ast.Or)
        return decisive if decisive in parts else (None if None in parts else not decisive)
    return _compared(test, known) if isinstance(test, ast.Compare) else None


def _compared(test: ast.Compare, known: Mapping[str, object]) -> bool | None:
    other = test.comparators[0]
    if len(test.ops) != 1 or not isinstance(test.left, ast.Name) or test.left.id not in known:
        return None
    if not isinstance(other, ast.Constant):
        return None
    value = known[test.left.id]
    if isinstance(test.ops[0], ast.Is | ast.Eq):
        return value == other.value and type(value) is type(other.value)
    if isinstance(test.ops[0], ast.IsNot | ast.NotEq):
        return not (value == other.value and type(value) is type(other.value))
    return None
