"""Where test code expects exceptions: `pytest.raises` and its kin in all their forms, `except`, `suppress`."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from quality_gate.codebase.failures.texts import head
from quality_gate.codebase.levels.checks import Span, Taking
from quality_gate.failure_paths import UNKNOWN
from quality_gate_checkers.model import Module
from quality_gate_checkers.model.scopes import FUNCTIONS, FunctionNode
from quality_gate_checkers.reading.handlers import caught_types
from quality_gate_checkers.reading.tests_in import last_name

_EXPECTING = re.compile(r"^(assert_?|expect_?)?_?raises(_?(regexp?|message|exc|with_msg|group))?$", re.IGNORECASE)
_GROUPS = frozenset({"RaisesGroup"})
_ON_STACK = frozenset({"enter_context", "enter_async_context"})
_ANY_GROUP = ("builtins.ExceptionGroup", "builtins.BaseExceptionGroup")

_BEFORE_FUNCTION = {"message": 2, "regex": 2, "regexp": 2}
"""How many arguments come before the function, where a text does."""

_MOST_VALUES = 300
"""Values of a parameter that are looked at."""


class Entered(NamedTuple):
    """Something that is entered, by a `with` or on an exit stack.

    Args:
        head: the lines that say so. body: the lines out of which it sees exceptions.
    """

    expression: ast.expr
    head: Span
    body: Span


def is_expecting(call: ast.Call) -> bool:
    """Whether a call says that an exception is expected: `pytest.raises(...)`, `self.assertRaisesRegex(...)`."""
    name = last_name(call)
    return _EXPECTING.match(name) is not None or name in _GROUPS


def is_raises(module: Module, call: ast.Call) -> bool:
    """The same under whatever name it was imported."""
    if is_expecting(call):
        return True
    return _is_renamed(module.text) and module.names.resolve(call.func) == "pytest.raises"


@lru_cache(maxsize=4)
def _is_renamed(text: str) -> bool:
    """Whether a module imports it under another name; asked once for all calls of a module."""
    return "raises as " in text


def entered_in(module: Module) -> list[Entered]:
    """Everything that a module enters anywhere."""
    found: list[Entered] = []
    blocks: list[ast.With | ast.AsyncWith] = [*module.nodes(ast.With), *module.nodes(ast.AsyncWith)]
    for node in blocks:
        found += (Entered(item.context_expr, Span(*head(node)), _span(node)) for item in node.items)
    if "enter_" in module.text:
        calls = (call for call in module.nodes(ast.Call) if last_name(call) in _ON_STACK and call.args)
        found += (one for call in calls if (one := _on_stack(module, call)) is not None)
    return found


def _on_stack(module: Module, call: ast.Call) -> Entered | None:
    """`stack.enter_context(pytest.raises(T))`: to the end of the block that has the stack."""
    around = [one for one in module.ancestors(call) if isinstance(one, ast.stmt)]
    if not around:
        return None
    stack = call.func.value if isinstance(call.func, ast.Attribute) else None
    bound = module.names.bindings(stack) if isinstance(stack, ast.Name) else []
    blocks = [module.parent(one.node) for one in bound if one.kind == "entered"]
    within = [one for one in around[1:] if one in blocks or isinstance(one, FUNCTIONS)]
    last = within[0].end_lineno if within else None
    begins = around[0].end_lineno or around[0].lineno
    if last is None or last <= begins:
        return None
    return Entered(call.args[0], Span(*head(around[0])), Span(begins + 1, last))


def takings_in(module: Module, entered: Iterable[Entered]) -> Iterator[Taking]:
    """Every place of a module where an exception is expected and taken.

    Args:
        entered: what it enters.
    """
    seen: set[ast.AST] = set()
    blocks: dict[tuple[Span, Span], list[ast.Call]] = {}
    for one in entered:
        blocks.setdefault((one.head, one.body), []).extend(managers_of(module, one.expression))
    for (said, body), calls in blocks.items():
        seen.update(calls)
        expecting = [call for call in calls if is_raises(module, call)]
        if expecting:
            types = tuple(dict.fromkeys(name for call in expecting for name in _types(module, call)))
            yield Taking("block", said, body, types)
        suppressed = [call for call in calls if module.names.resolve(call.func) == "contextlib.suppress"]
        if suppressed:
            named = (name or UNKNOWN for call in suppressed for one in call.args for name in caught_types(module, one))
            yield Taking("except", said, body, tuple(named))
    for call in module.nodes(ast.Call):
        if call not in seen and is_expecting(call) and _is_given_function(call):
            here = _span(call)
            yield Taking("call", here, here, tuple(_types(module, call)))
    yield from _handled(module)


def _handled(module: Module) -> Iterator[Taking]:
    tries: list[ast.Try | ast.TryStar] = [*module.nodes(ast.Try), *module.nodes(ast.TryStar)]
    for node in tries:
        body = Span(node.body[0].lineno, node.body[-1].end_lineno or node.body[-1].lineno)
        for handler in node.handlers:
            types = tuple(name or UNKNOWN for name in caught_types(module, handler.type))
            yield Taking("except", Span(*head(handler)), body, types)


def _span(node: ast.stmt | ast.expr) -> Span:
    return Span(node.lineno, node.end_lineno or node.lineno)


def _is_given_function(call: ast.Call) -> bool:
    """`pytest.raises(T, function)`; what is entered in another way is not followed."""
    tail = _EXPECTING.match(last_name(call))
    before = _BEFORE_FUNCTION.get((tail.group(3) or "").lower(), 1) if tail is not None else 1
    return len(call.args) > before


# -- what is entered


def managers_of(module: Module, expression: ast.expr) -> list[ast.Call]:
    """The calls that a context manager may be: itself, what a name was set to, or the values of a parameter."""
    if isinstance(expression, ast.Call):
        return [expression]
    if isinstance(expression, ast.IfExp):
        return [*managers_of(module, expression.body), *managers_of(module, expression.orelse)]
    if not isinstance(expression, ast.Name):
        return []
    bound = [one.value for one in module.names.bindings(expression) if one.value is not None]
    found = [call for value in bound if not isinstance(value, ast.Name) for call in managers_of(module, value)]
    return found or [value for value in values_of(module, expression) if isinstance(value, ast.Call)]


def said_types(module: Module, call: ast.Call) -> list[ast.expr | str] | None:
    """What a call says of the exceptions that it expects, as written or by name; None where it expects none."""
    if not is_raises(module, call):
        return None
    if last_name(call) in _GROUPS:
        return [*_ANY_GROUP]
    given = [*call.args[:1], *(word.value for word in call.keywords if word.arg in ("expected_exception", "exc_type"))]
    return [*given] or [UNKNOWN]


def _types(module: Module, call: ast.Call) -> Iterator[str]:
    """Dotted names of the exceptions that a call expects."""
    for said in said_types(module, call) or ():
        yield from (said,) if isinstance(said, str) else named_types(module, said)


def named_types(module: Module, expression: ast.expr) -> Iterator[str]:
    """Dotted names of exceptions that an expression names, `UNKNOWN` for those that nothing tells."""
    if isinstance(expression, ast.Name):
        values = values_of(module, expression)
        for value in values:
            yield from (name or UNKNOWN for name in caught_types(module, value))
        if values:
            return
    if isinstance(expression, ast.List):
        expression = ast.Tuple(expression.elts, ast.Load())
    yield from (name or UNKNOWN for name in caught_types(module, expression))


# -- parameters


def values_of(module: Module, name: ast.Name) -> list[ast.expr]:
    """What `parametrize` hands to a parameter of the function around."""
    function = module.enclosing_function(name)
    if function is None:
        return []
    owner = module.names.enclosing_class(function)
    marks = [*function.decorator_list, *(owner.decorator_list if owner is not None else ())]
    found = [value for mark in marks for value in _handed(module, mark, name.id)]
    return (found or list(_looped(function, name)))[:_MOST_VALUES]


def _handed(module: Module, mark: ast.expr, name: str) -> Iterator[ast.expr]:
    if not (isinstance(mark, ast.Call) and last_name(mark) == "parametrize" and len(mark.args) > 1):
        return
    names = _parameters(mark.args[0])
    if name not in names or any(word.arg == "indirect" for word in mark.keywords):
        return
    for row in _rows(module, mark.args[1]):
        values = row.args if isinstance(row, ast.Call) and last_name(row) == "param" else [row]
        if len(names) > 1 and len(values) == 1 and isinstance(values[0], ast.Tuple | ast.List):
            values = values[0].elts
        if len(values) == len(names):
            yield values[names.index(name)]


def _rows(module: Module, given: ast.expr) -> list[ast.expr]:
    """What is written out, or what the one name of it holds: `CASES`."""
    if isinstance(given, ast.Name):
        bound = module.names.bindings(given)
        only = bound[0].value if len(bound) == 1 and bound[0].kind == "value" else None
        given = only if only is not None else given
    return given.elts if isinstance(given, ast.List | ast.Tuple | ast.Set) else []


def _parameters(named: ast.expr) -> list[str]:
    texts: Iterable[ast.expr] = named.elts if isinstance(named, ast.Tuple | ast.List) else [named]
    return [
        part.strip()
        for text in texts
        if isinstance(text, ast.Constant)
        for part in str(text.value).split(",")
        if part.strip()
    ]


def _looped(function: FunctionNode, name: ast.Name) -> Iterator[ast.expr]:
    """`for error in (A, B): with pytest.raises(error)`, with `subTest` or without."""
    for node in ast.walk(function):
        if isinstance(node, ast.For) and isinstance(node.target, ast.Name) and node.target.id == name.id:
            yield from getattr(node.iter, "elts", ())
