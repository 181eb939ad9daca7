"""Lines that only run when the caller gives a parameter that may be left out."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from quality_gate.codebase.marks import Marked, marks
from quality_gate_checkers.model import Module
from quality_gate_checkers.model.scopes import FunctionNode
from quality_gate_checkers.reading.tests_in import functions_of
from quality_gate_checkers.reading.walks import leaves, walk_now

_BLOCKS = (ast.With, ast.AsyncWith, ast.For, ast.AsyncFor, ast.While, ast.Try, ast.TryStar)


@marks("if-given", triggers=("=None", "= None", "=False", "= False"))
def if_given(module: Module) -> Iterator[Marked]:
    """What stands under `if link:` where `link` is None or False unless it is given; `detail` is the parameter.

    So does what comes after `if link is None: return`. A parameter that the function sets itself is none of these.
    """
    for function in functions_of(module):
        left_out = _left_out(function)
        found = list(_below(function.body, left_out)) if left_out else []
        bound = _bound_in(function) if found else frozenset()
        yield from (marked for marked in found if marked.detail not in bound)


def _left_out(function: FunctionNode) -> dict[str, bool]:
    """Parameters that are None or False unless they are given, and whether it is None that they are."""
    arguments = function.args
    if not (arguments.defaults or arguments.kwonlyargs):
        return {}
    positional = [*arguments.posonlyargs, *arguments.args]
    pairs = [
        *zip(reversed(positional), reversed(arguments.defaults), strict=False),
        *zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True),
    ]
    constants = [(one.arg, default.value) for one, default in pairs if isinstance(default, ast.Constant)]
    return {name: value is None for name, value in constants if value is None or value is False}


def _bound_in(function: FunctionNode) -> frozenset[str]:
    """Names that a function sets itself."""
    names = (node for node in walk_now(function.body) if isinstance(node, ast.Name))
    return frozenset(name.id for name in names if not isinstance(name.ctx, ast.Load))


def _below(body: list[ast.stmt], names: Mapping[str, bool]) -> Iterator[Marked]:
    for place, statement in enumerate(body):
        if not isinstance(statement, ast.If):
            if isinstance(statement, _BLOCKS):
                for held in ("body", "orelse", "finalbody"):
                    yield from _below(getattr(statement, held, []), names)
            continue
        given = _asked_for(statement.test, names)
        missing = _asked_against(statement.test, names)
        if given is not None:
            yield Marked(statement.body[0], given, until=statement.body[-1])
        else:
            yield from _below(statement.body, names)
        if missing is not None and statement.orelse:
            yield Marked(statement.orelse[0], missing, until=statement.orelse[-1])
        else:
            yield from _below(statement.orelse, names)
        if missing is not None and leaves(statement.body) and body[place + 1 :]:
            yield Marked(body[place + 1], missing, until=body[-1])
            return


def _asked_for(test: ast.expr, names: Mapping[str, bool]) -> str | None:
    """The parameter that must be given for a condition to hold: of `link`, `link is not None`, `link and x`."""
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And):
        return next((found for value in test.values if (found := _asked_for(value, names)) is not None), None)
    return test.id if isinstance(test, ast.Name) and test.id in names else _compared(test, names, ast.IsNot)


def _asked_against(test: ast.expr, names: Mapping[str, bool]) -> str | None:
    """The parameter that must be left out for a condition to hold: of `not link`, `link is None`."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        operand = test.operand
        return operand.id if isinstance(operand, ast.Name) and operand.id in names else None
    return _compared(test, names, ast.Is)


def _compared(test: ast.expr, names: Mapping[str, bool], operator: type[ast.cmpop]) -> str | None:
    """The parameter that is compared with None, where it is None unless it is given."""
    if not (isinstance(test, ast.Compare) and len(test.ops) == 1 and isinstance(test.ops[0], operator)):
        return None
    left, right = test.left, test.comparators[0]
    is_none = isinstance(right, ast.Constant) and right.value is None
    return left.id if is_none and isinstance(left, ast.Name) and names.get(left.id) else None
