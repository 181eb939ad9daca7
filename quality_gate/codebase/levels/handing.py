"""What test code hands to a `with` that expects an exception then: functions, fixtures, variables, context managers."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from typing import TypeAlias

from quality_gate.codebase.levels.checks import Entering, Expectation
from quality_gate.codebase.levels.expecting import Entered, managers_of, named_types, said_types, values_of
from quality_gate.failure_paths import UNKNOWN
from quality_gate_checkers.model import Module
from quality_gate_checkers.model.scopes import FUNCTIONS, FunctionNode
from quality_gate_checkers.reading.handlers import caught_types
from quality_gate_checkers.reading.oracles import is_asserting
from quality_gate_checkers.reading.tests_in import fixture_name, is_fixture, last_name, parameters_of
from quality_gate_checkers.reading.walks import walk_now

_MANAGERS = frozenset({"contextmanager", "asynccontextmanager"})
_EXITS = frozenset({"__exit__", "__aexit__"})

Parameter: TypeAlias = tuple[str, int, tuple[str, ...]]
Callable: TypeAlias = FunctionNode | ast.Lambda


def expectations_in(module: Module, functions: Iterable[FunctionNode]) -> Iterator[Expectation]:
    """Everything of a module that expects an exception once it is entered.

    Args:
        functions: those of the module.
    """
    for function in functions:
        name = _qualified(module, function)
        fixture = fixture_name(function) if is_fixture(function) else ""
        if _MANAGERS.isdisjoint(map(last_name, function.decorator_list)):
            for value in [*_given(function), *_parameters_of(function)]:
                yield from _of_value(module, value, name, function, fixture)
        else:
            yield from _around_its_yield(module, function, name)
    for owner in module.nodes(ast.ClassDef):
        if any(isinstance(one, FUNCTIONS) and one.name in _EXITS and _looks_at_failures(one) for one in owner.body):
            yield Expectation(_qualified(module, owner), (UNKNOWN,))
    for statement in module.tree.body:
        if isinstance(statement, ast.Assign | ast.AnnAssign) and statement.value is not None:
            targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
            for target in (one for one in targets if isinstance(one, ast.Name)):
                yield from _of_value(module, statement.value, target.id, None, "")


def _qualified(module: Module, node: FunctionNode | ast.ClassDef) -> str:
    return module.names.qualified_name(node)[len(module.name) :].removeprefix(".")


def _looks_at_failures(exits: FunctionNode) -> bool:
    """Whether an `__exit__` asks what it is handed, and fails where that is wrong."""
    handed = {one.arg for one in parameters_of(exits)[1:3]}
    reads = any(isinstance(node, ast.Name) and node.id in handed for part in exits.body for node in ast.walk(part))
    return reads and _may_fail_the_test(exits)


def _may_fail_the_test(function: FunctionNode) -> bool:
    return any(
        isinstance(node, ast.Assert)
        or (isinstance(node, ast.Raise) and node.exc is not None and last_name(node.exc) == "AssertionError")
        or (isinstance(node, ast.Call) and (is_asserting(name := last_name(node)) or name in ("fail", "failTest")))
        for part in function.body
        for node in ast.walk(part)
    )


def _given(function: FunctionNode) -> Iterator[ast.expr]:
    for node in walk_now(function.body):
        if isinstance(node, ast.Return | ast.Yield) and node.value is not None:
            yield node.value


def _parameters_of(fixture: FunctionNode) -> Iterator[ast.expr]:
    """What `@pytest.fixture(params=[...])` makes of a fixture that gives `request.param`."""
    for mark in fixture.decorator_list if "request" in {one.arg for one in parameters_of(fixture)} else ():
        for word in mark.keywords if isinstance(mark, ast.Call) else ():
            for row in getattr(word.value, "elts", ()) if word.arg == "params" else ():
                yield from row.args if isinstance(row, ast.Call) and last_name(row) == "param" else [row]


def _of_value(
    module: Module, value: ast.expr, name: str, giver: FunctionNode | None, fixture: str
) -> Iterator[Expectation]:
    """What a value expects: a call that does, or a function that makes such.

    Args:
        giver: the function that returns it.
    """
    for call in managers_of(module, value):
        types = _said(module, call, giver)
        if types is not None:
            yield Expectation(name, *types, fixture)
        elif last_name(call) == "partial" and call.args and _is_raises(module, call.args[0]):
            given = [one for part in call.args[1:2] for one in named_types(module, part)]
            yield Expectation(name, tuple(given), () if given else _FIRST, fixture, hands_out=True)
    if _is_raises(module, value):
        yield Expectation(name, (), _FIRST, fixture, hands_out=True)
    made = _made(module, value)
    if isinstance(made, ast.Lambda):
        found = ((one, _said(module, one, made)) for one in managers_of(module, made.body))
        yield from (Expectation(name, *said, fixture, hands_out=True) for _, said in found if said is not None)
    elif made is not None and made is not giver:
        inner = _MANAGERS.isdisjoint(map(last_name, made.decorator_list))
        said = [_said(module, call, made) for one in _given(made) for call in managers_of(module, one)] if inner else []
        yield from (Expectation(name, *one, fixture, hands_out=True) for one in said if one is not None)
        if not inner:
            for one in _around_its_yield(module, made, name):
                yield Expectation(name, one.types, one.parameters, fixture, hands_out=True)


_FIRST: tuple[Parameter, ...] = (("expected_exception", 0, ()),)


def _is_raises(module: Module, value: ast.expr) -> bool:
    return isinstance(value, ast.Attribute | ast.Name) and module.names.resolve(value) == "pytest.raises"


def _made(module: Module, value: ast.expr) -> Callable | None:
    """The function that a value is, where it stands in another one or is written out."""
    if isinstance(value, ast.Lambda):
        return value
    found = module.names.bindings(value) if isinstance(value, ast.Name) else []
    node = found[0].node if len(found) == 1 and found[0].kind == "definition" else None
    return node if isinstance(node, FUNCTIONS) and module.enclosing_function(node) is not None else None


def _said(
    module: Module, call: ast.Call, giver: Callable | None
) -> tuple[tuple[str, ...], tuple[Parameter, ...]] | None:
    """The types that a call expects, and those that whoever calls its function names; None where it expects none."""
    given = said_types(module, call)
    if given is None:
        return None
    types: list[str] = []
    parameters: list[Parameter] = []
    for one in given:
        asked = _parameter(module, one, giver) if isinstance(one, ast.expr) else None
        if asked is not None:
            parameters.append(asked)
        else:
            types += named_types(module, one) if isinstance(one, ast.expr) else (one,)
    return tuple(dict.fromkeys(types)), tuple(parameters)


def _parameter(module: Module, expression: ast.expr, giver: Callable | None) -> Parameter | None:
    """The parameter of a function that a name means; `*errors` has a star before its name."""
    if giver is None or not isinstance(expression, ast.Name):
        return None
    arguments = giver.args
    placed = [*arguments.posonlyargs, *arguments.args]
    owned = isinstance(module.parent(giver), ast.ClassDef)
    if arguments.vararg is not None and arguments.vararg.arg == expression.id:
        return f"*{expression.id}", len(placed) - owned, ()
    names = [one.arg for one in placed]
    defaults = dict(zip(reversed(names), reversed(arguments.defaults), strict=False))
    defaults |= {
        one.arg: value
        for one, value in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
        if value is not None
    }
    if expression.id not in names and expression.id not in {one.arg for one in arguments.kwonlyargs}:
        return None
    default = tuple(named_types(module, defaults[expression.id])) if expression.id in defaults else ()
    return expression.id, names.index(expression.id) - owned if expression.id in names else -1, default


def _around_its_yield(module: Module, function: FunctionNode, name: str) -> Iterator[Expectation]:
    """A context manager that yields within `pytest.raises(...)`, or within a `try` and fails when nothing came."""
    for node in walk_now(function.body):
        if not isinstance(node, ast.Yield):
            continue
        for above in module.ancestors(node):
            if above is function:
                break
            if isinstance(above, ast.With | ast.AsyncWith):
                calls = [call for item in above.items for call in managers_of(module, item.context_expr)]
                said = (_said(module, call, function) for call in calls)
                yield from (Expectation(name, *one) for one in said if one is not None)
            if isinstance(above, ast.Try) and _may_fail_the_test(function):
                yield from _handled(module, function, above, name)


def _handled(module: Module, function: FunctionNode, node: ast.Try, name: str) -> Iterator[Expectation]:
    for handler in node.handlers:
        parameter = _parameter(module, handler.type, function) if handler.type is not None else None
        if parameter is not None:
            yield Expectation(name, (), (parameter,))
        else:
            yield Expectation(name, tuple(one or UNKNOWN for one in caught_types(module, handler.type)))


# -- where such is entered


def enterings_in(module: Module, entered: Iterable[Entered]) -> Iterator[Entering]:
    """Every `with` that enters something of which its own line does not tell what it expects.

    Args:
        entered: what is entered anywhere in the module.
    """
    for one in entered:
        for expression in _shown(module, one.expression):
            found = _entering(module, one, expression)
            if found is not None:
                yield found


def _shown(module: Module, expression: ast.expr) -> list[ast.expr]:
    """What is entered: itself, what a name was set to, what `parametrize` hands to a parameter."""
    if isinstance(expression, ast.IfExp):
        return [*_shown(module, expression.body), *_shown(module, expression.orelse)]
    if not isinstance(expression, ast.Name):
        return [expression]
    found = module.names.bindings(expression)
    if any(one.kind == "parameter" for one in found):
        return [one for one in values_of(module, expression) if isinstance(one, ast.Call)] or [expression]
    return [one.value for one in found if one.kind == "value" and one.value is not None] or [expression]


def _entering(module: Module, entered: Entered, expression: ast.expr) -> Entering | None:
    call = expression if isinstance(expression, ast.Call) else None
    if call is not None and (said_types(module, call) is not None or last_name(call) in _PLAIN):
        return None
    named = call.func if call is not None else expression
    fixture = ""
    if isinstance(named, ast.Name) and any(one.kind == "parameter" for one in module.names.bindings(named)):
        fixture = named.id
    dotted = (module.names.callee(call) if call is not None else module.names.resolve(named)) or ""
    if not dotted and isinstance(named, ast.Name) and module.names.bindings(named):
        dotted = f"{module.name}.{named.id}"
    own = dotted.startswith(f"{module.name}.")
    place = module.location(call) if call is not None else None
    return Entering(
        entered.head,
        entered.body,
        place.line if place is not None else 0,
        place.column + 1 if place is not None else 0,
        dotted[len(module.name) :] if own else dotted,
        fixture,
        tuple(_given_types(module, call)) if call is not None else (),
    )


_PLAIN = frozenset({"open", "patch", "suppress", "nullcontext", "does_not_raise", "subTest", "catch_warnings"})


def _given_types(module: Module, call: ast.Call) -> Iterator[tuple[str, tuple[str, ...]]]:
    for place, given in enumerate(call.args):
        yield str(place), tuple(named_types(module, given))
    yield from ((word.arg, tuple(named_types(module, word.value))) for word in call.keywords if word.arg is not None)
