"""Where test code expects exceptions: `pytest.raises` and its kin in all their forms, `except`, `suppress`."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator

from quality_gate.codebase.failures.texts import head
from quality_gate.codebase.levels.checks import Span, Taking
from quality_gate.failure_paths import UNKNOWN
from quality_gate_checkers.model import Module
from quality_gate_checkers.model.scopes import FunctionNode
from quality_gate_checkers.reading.handlers import caught_types
from quality_gate_checkers.reading.tests_in import last_name

_EXPECTING = re.compile(r"^(assert_?|expect_?)?_?raises(_?(regexp?|message|exc|with_msg|group))?$", re.IGNORECASE)
_GROUPS = frozenset({"RaisesGroup"})
_ANY_GROUP = ("builtins.ExceptionGroup", "builtins.BaseExceptionGroup")

_BEFORE_FUNCTION = {"message": 2, "regex": 2, "regexp": 2}
"""How many arguments come before the function, where a text does."""

_MOST_VALUES = 300
"""Values of a parameter that are looked at."""


def is_expecting(call: ast.Call) -> bool:
    """Whether a call says that an exception is expected: `pytest.raises(...)`, `self.assertRaisesRegex(...)`."""
    name = last_name(call)
    return _EXPECTING.match(name) is not None or name in _GROUPS


def takings_in(module: Module) -> Iterator[Taking]:
    """Every place of a module where an exception is expected and taken."""
    entered: set[ast.AST] = set()
    blocks: list[ast.With | ast.AsyncWith] = [*module.nodes(ast.With), *module.nodes(ast.AsyncWith)]
    for node in blocks:
        calls = [call for item in node.items for call in _managers(module, item.context_expr)]
        entered.update(calls)
        expecting = [call for call in calls if is_expecting(call)]
        if expecting:
            types = tuple(dict.fromkeys(name for call in expecting for name in _types(module, call)))
            yield Taking("block", Span(*head(node)), _span(node), types)
        suppressed = [call for call in calls if module.names.resolve(call.func) == "contextlib.suppress"]
        if suppressed:
            named = (name or UNKNOWN for call in suppressed for one in call.args for name in caught_types(module, one))
            yield Taking("except", Span(*head(node)), _span(node), tuple(named))
    for call in module.nodes(ast.Call):
        if call not in entered and is_expecting(call) and _is_given_function(call):
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


def _managers(module: Module, expression: ast.expr) -> list[ast.Call]:
    """The calls that a context manager may be: itself, what a name was set to, or the values of a parameter."""
    if isinstance(expression, ast.Call):
        return [expression]
    if isinstance(expression, ast.IfExp):
        return [*_managers(module, expression.body), *_managers(module, expression.orelse)]
    if not isinstance(expression, ast.Name):
        return []
    bound = [one.value for one in module.names.bindings(expression) if one.value is not None]
    found = [call for value in bound if not isinstance(value, ast.Name) for call in _managers(module, value)]
    return found or [value for value in _values(module, expression) if isinstance(value, ast.Call)]


def _types(module: Module, call: ast.Call) -> Iterator[str]:
    """Dotted names of the exceptions that a call expects."""
    given = [*call.args[:1], *(word.value for word in call.keywords if word.arg in ("expected_exception", "exc_type"))]
    if last_name(call) in _GROUPS:
        yield from _ANY_GROUP
        given = []
    elif not given:
        yield UNKNOWN
    for expression in given:
        yield from _named(module, expression)


def _named(module: Module, expression: ast.expr) -> Iterator[str]:
    if isinstance(expression, ast.Name):
        values = _values(module, expression)
        for value in values:
            yield from (name or UNKNOWN for name in caught_types(module, value))
        if values:
            return
    if isinstance(expression, ast.List):
        expression = ast.Tuple(expression.elts, ast.Load())
    yield from (name or UNKNOWN for name in caught_types(module, expression))


# -- parameters


def _values(module: Module, name: ast.Name) -> list[ast.expr]:
    """What `parametrize` hands to a parameter of the function around."""
    function = module.enclosing_function(name)
    if function is None:
        return []
    owner = module.names.enclosing_class(function)
    marks = [*function.decorator_list, *(owner.decorator_list if owner is not None else ())]
    found = [value for mark in marks for value in _handed(mark, name.id)]
    return (found or list(_looped(function, name)))[:_MOST_VALUES]


def _handed(mark: ast.expr, name: str) -> Iterator[ast.expr]:
    if not (isinstance(mark, ast.Call) and last_name(mark) == "parametrize" and len(mark.args) > 1):
        return
    names = _parameters(mark.args[0])
    rows = mark.args[1]
    if name not in names or not isinstance(rows, ast.List | ast.Tuple | ast.Set):
        return
    for row in rows.elts:
        values = row.args if isinstance(row, ast.Call) and last_name(row) == "param" else [row]
        if len(names) > 1 and len(values) == 1 and isinstance(values[0], ast.Tuple | ast.List):
            values = values[0].elts
        if len(values) == len(names):
            yield values[names.index(name)]


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
