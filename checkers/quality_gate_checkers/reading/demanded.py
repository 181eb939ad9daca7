"""Calls that a test demands to raise: another test that ends in one shows that this time it does not."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from quality_gate_checkers.model import Module
from quality_gate_checkers.model.scopes import FUNCTIONS, FunctionNode
from quality_gate_checkers.reading.handlers import called_name
from quality_gate_checkers.reading.remembering import of_module

_DEMANDS = frozenset(
    {"raises", "assertRaises", "assertRaisesRegex", "assertRaisesMessage", "assert_raises", "expect_raises"}
)
_REQUESTS = frozenset({"get", "post", "put", "patch", "delete", "head", "options", "request"})
"""Methods that answer rather than raise: a client that is once refused tells nothing of the next answer."""

_HELPERS = 3
"""A test, and helpers of its module that end in the call on its behalf."""

_COMPOUND = (ast.With, ast.AsyncWith, ast.For, ast.AsyncFor, ast.While, ast.Try)


def ends_in_a_demanded_call(module: Module, test: FunctionNode) -> bool:
    """Whether the last thing that a test does is a call that the module elsewhere demands to raise."""
    demanded = of_module(module, _demanded)
    body = test.body
    for _ in range(_HELPERS if demanded else 0):
        called = _last_called(body)
        name = _name(module, called) if called is not None else None
        if name is None or name in demanded:
            return name is not None
        helper = module.names.definition(name)
        if not isinstance(helper, FUNCTIONS):
            return False
        body = helper.body
    return False


def _demanded(module: Module) -> frozenset[str]:
    return frozenset(name for called in _called_to_raise(module) if (name := _name(module, called)) is not None)


def _called_to_raise(module: Module) -> Iterator[ast.expr]:
    """`f` of `with raises(X): f()` and of `assertRaises(X, f)`."""
    for call in module.mentioning(ast.Call, _DEMANDS):
        if called_name(call) not in _DEMANDS:
            continue
        item = module.parent(call)
        block = module.parent(item) if isinstance(item, ast.withitem) else None
        if isinstance(block, ast.With | ast.AsyncWith):
            called = _last_called(block.body)
            if called is not None:
                yield called
        elif len(call.args) > 1:
            yield call.args[1]


def _last_called(body: list[ast.stmt]) -> ast.expr | None:
    """What the last statement of a body calls, from the outside in, functions of Python itself left aside."""
    last = body[-1]
    if isinstance(last, _COMPOUND):
        return _last_called(last.body)
    value = getattr(last, "value", None)
    while isinstance(value, ast.Await | ast.Call):
        if isinstance(value, ast.Await):
            value = value.value
        elif called_name(value) in ("list", "dict", "tuple", "next", "str") and value.args:
            value = value.args[0]
        else:
            return value.func
    return None


def _name(module: Module, called: ast.expr) -> str | None:
    """What is called, by its dotted name; a method of something that nothing tells by its own."""
    known = module.names.callee(ast.Call(func=called, args=[], keywords=[]))
    if known is not None:
        return known
    own = called.attr if isinstance(called, ast.Attribute) else ""
    return f".{own}" if own and own not in _REQUESTS else None
