"""Reads one file of test code: what it checks, which exceptions it expects, and which fixtures check at their end."""

from __future__ import annotations

import ast
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence

from quality_gate.codebase.failures.texts import head
from quality_gate.codebase.levels.checks import Around, FileChecks, NamedCheck, Shape, Span
from quality_gate.codebase.levels.expecting import entered_in, is_raises, takings_in
from quality_gate.codebase.levels.handing import enterings_in, expectations_in
from quality_gate.codebase.levels.settled import Settled
from quality_gate_checkers.dependencies import catalogue
from quality_gate_checkers.model import PRODUCTION, Module, decode, parse, role_of
from quality_gate_checkers.model.faults import UNREADABLE, fault_of
from quality_gate_checkers.model.scopes import FUNCTIONS, FunctionNode
from quality_gate_checkers.reading.oracles import OracleKind, echoes, is_asserting, is_own, oracle_at
from quality_gate_checkers.reading.tests_in import (
    fixture_name,
    functions_of,
    is_autouse,
    is_fixture,
    last_name,
    parameters_of,
)
from quality_gate_checkers.settings import Settings

_COUNTED: frozenset[OracleKind] = frozenset({"assert", "method", "raises", "status", "library", "own"})
"""Oracles that read something the code under test produced. That nothing was raised, that it did not take too long or
that a row is still there tells too little of a failure's outcome."""

_CALLED = frozenset({"assert_called", "assert_called_once", "assert_awaited", "assert_awaited_once"})
"""Of a mock that the test itself calls these tell nothing."""

_OF_MOCKS = re.compile(
    r"^assert_(not_)?(called|awaited)(_once)?(_with)?$|^assert_(any_(call|await)|has_(calls|awaits))$", re.ASCII
)
"""What a mock sees to by itself; all else that it is asked for by name is made up on the spot."""

_EVERYDAY = frozenset({"check", "compare", "should", "should_not", "has_calls", "until"})
"""Names that production code has for its own ends as often as a library has for checks."""

_AFTERWARDS = frozenset({"tearDown", "teardown_method", "asyncTearDown", "teardown"})


def checks_of(path: str, content: bytes, settings: Settings) -> FileChecks:
    """What one file checks; one that cannot be read has a fault instead.

    Args:
        path: relative to the project's root, with forward slashes.
        content: the file's bytes.
        settings: the project's, for its own oracles.
    """
    try:
        text = decode(content)
        return checks_in(Module(path, text, parse(text), settings, catalogue().made_by))
    except UNREADABLE as error:
        return FileChecks(fault=fault_of(error, "the reader of tests"))


def checks_in(module: Module) -> FileChecks:
    """The same of a module that is parsed already."""
    functions, entered = functions_of(module), entered_in(module)
    found = set(_checks(module, functions))
    checks = tuple(sorted(one for one in found if isinstance(one, Span)))
    named = tuple(sorted((one for one in found if isinstance(one, NamedCheck)), key=lambda one: (one.line, one.column)))
    begins = sorted([*(one.first for one in checks), *(one.span.first for one in named if not one.weak)])
    return FileChecks(
        is_production=role_of(module.path, module.settings) in PRODUCTION,
        checks=checks,
        named=named,
        takings=tuple(takings_in(module, entered)),
        expectations=tuple(expectations_in(module, functions)),
        enterings=tuple(enterings_in(module, entered)),
        functions=tuple(_functions(module, functions, begins)),
        shapes=tuple(_shape(module, one) for one in functions if one.name.startswith("test")),
    )


# -- what checks

_ASK_FOR_ALL = {"responses.RequestsMock": "assert_all_requests_are_fired", "respx.mock": "assert_all_called"}
"""Stand-ins for HTTP that see at their end that every prepared answer was asked for, unless a keyword says no."""


def _answers_are_asked_for(module: Module, expressions: Iterable[ast.expr]) -> bool:
    """Whether one of some context managers or decorators checks at its end which requests were made."""
    for expression in expressions:
        made = expression if isinstance(expression, ast.Call) else None
        keyword = _ASK_FOR_ALL.get(module.names.resolve(made.func if made is not None else expression) or "")
        words = {word.arg: word.value for word in made.keywords} if made is not None else {}
        given = words.get(keyword) if keyword is not None else None
        if keyword is not None and not (isinstance(given, ast.Constant) and not given.value):
            return True
    return False


def _checks(module: Module, functions: Iterable[FunctionNode]) -> Iterator[Span | NamedCheck]:
    text = module.text
    echoed = {one for function in functions for one in echoes(function)} if "return_value" in text else set()
    own_calls = _called_by_tests(functions) if any(name in text for name in _CALLED) else {}
    settled = Settled(module)
    blocks: list[ast.With | ast.AsyncWith] = [*module.nodes(ast.With), *module.nodes(ast.AsyncWith)]
    for block in blocks:
        if _answers_are_asked_for(module, [item.context_expr for item in block.items]):
            yield Span(*head(block))
    for node in module.nodes(ast.Assert):
        if node not in echoed and oracle_at(node) is not None and not settled.is_vacuous(node.test):
            yield Span(node.lineno, node.end_lineno or node.lineno)
    for raised in module.nodes(ast.Raise):
        if raised.exc is not None and last_name(raised.exc) == "AssertionError":
            yield from _question(module, raised)
    for call in module.nodes(ast.Call):
        found = oracle_at(call)
        if found is not None and found.kind == "raise":
            yield from _failing(module, call)
        elif is_raises(module, call) or _is_called_by_the_test(module, call, own_calls) or _makes_a_failure(call):
            continue
        elif _is_own(module, call):
            yield from _statement(module, call)
        elif found is not None and found.kind in _COUNTED and not settled.asks_nothing(call):
            yield from _by_name(module, call, settled)


def _by_name(module: Module, call: ast.Call, settled: Settled) -> Iterator[Span | NamedCheck]:
    """A call whose name makes it a check, and whether more has to be known before it is one."""
    name = last_name(call)
    asked = call.func.value if isinstance(call.func, ast.Attribute) else None
    if _OF_MOCKS.match(name):
        yield from _statement(module, call)
    elif asked is not None and settled.is_of_a_mock(asked):
        return
    elif isinstance(asked, ast.Name) and asked.id in ("self", "cls") and is_asserting(name):
        yield from _statement(module, call)
    else:
        place = module.location(call)
        known = module.names.callee(call) is not None
        for span in _statement(module, call):
            yield NamedCheck(
                span, place.line, place.column + 1, name, is_asserting(name), name in _EVERYDAY, asked is None, known
            )


def _makes_a_failure(call: ast.Call) -> bool:
    """`raise AssertionError(...)`: who comes there has been asked before."""
    return last_name(call) == "AssertionError"


def _is_own(module: Module, call: ast.Call) -> bool:
    oracles = module.settings.oracles
    name = module.names.callee(call) if oracles else None
    return name is not None and is_own(name, oracles)


def _called_by_tests(functions: Iterable[FunctionNode]) -> dict[ast.AST, set[str]]:
    """What each function calls itself, written out."""
    return {
        function: {ast.dump(node.func) for node in ast.walk(function) if isinstance(node, ast.Call)}
        for function in functions
    }


def _is_called_by_the_test(module: Module, call: ast.Call, own_calls: dict[ast.AST, set[str]]) -> bool:
    """`pay = Mock()`, `pay()`, `pay.assert_called()`: the code under test is not asked."""
    if not (isinstance(call.func, ast.Attribute) and call.func.attr in _CALLED) or call.args or call.keywords:
        return False
    function = module.enclosing_function(call)
    return function is not None and ast.dump(call.func.value) in own_calls.get(function, ())


def _statement(module: Module, node: ast.AST) -> Iterator[Span]:
    """The statement that a node stands in; of a compound one the head. What decorates is run on import."""
    for above in module.ancestors(node):
        if isinstance(above, ast.stmt):
            if not isinstance(above, (*FUNCTIONS, ast.ClassDef)):
                yield Span(*head(above))
            return


def _failing(module: Module, call: ast.Call) -> Iterator[Span]:
    """`if state != "paid": pytest.fail()`: it is the question that checks."""
    if last_name(call) in ("fail", "failTest"):
        yield from _question(module, call)


def _question(module: Module, node: ast.AST) -> Iterator[Span]:
    for above in module.ancestors(node):
        if isinstance(above, ast.If):
            yield Span(*head(above))
            return
        if isinstance(above, (*FUNCTIONS, ast.ExceptHandler)):
            return


# -- fixtures


def _functions(module: Module, functions: Iterable[FunctionNode], checked: Sequence[int]) -> Iterator[Around]:
    """Fixtures, tear-downs that check, and tests that ask for fixtures.

    Args:
        checked: the lines on which checks begin, ascending.
    """
    for function in functions:
        fixture = fixture_name(function) if is_fixture(function) else ""
        asks = tuple(dict.fromkeys(_asked(module, function)))
        begins = _end_begins(function, is_fixture=bool(fixture))
        last = function.end_lineno or function.lineno
        at_end = begins is not None and bisect_right(checked, last) > bisect_right(checked, begins)
        at_end = at_end or _answers_are_asked_for(module, function.decorator_list)
        at_end = at_end or any(is_own(name, module.settings.oracles) for name in asks)
        if fixture or asks or at_end:
            name = _qualified(module, function)
            always = is_autouse(function) if fixture else function.name in _AFTERWARDS
            yield Around(name, Span(function.lineno, last), fixture, asks, always, at_end)


def _qualified(module: Module, function: FunctionNode) -> str:
    return module.names.qualified_name(function)[len(module.name) :].removeprefix(".")


def _asked(module: Module, function: FunctionNode) -> Iterator[str]:
    if not function.name.startswith("test") and not is_fixture(function):
        return
    yield from (parameter.arg for parameter in parameters_of(function) if parameter.arg != "self")
    owner = module.names.enclosing_class(function)
    for mark in [*function.decorator_list, *(owner.decorator_list if owner is not None else ())]:
        if isinstance(mark, ast.Call) and last_name(mark) == "usefixtures":
            yield from (str(given.value) for given in mark.args if isinstance(given, ast.Constant))


def _end_begins(function: FunctionNode, *, is_fixture: bool) -> int | None:
    """The line after which a function runs when its test is over: a fixture's `yield`, the head of a tear-down."""
    if is_fixture:
        yields = (node.lineno for node in ast.walk(function) if isinstance(node, ast.Yield))
        return min(yields, default=None)
    return function.lineno if function.name in _AFTERWARDS else None


# -- what a test looks like

_EXPECTING = frozenset({"raises", "assertRaises", "assertRaisesRegex"})


def _shape(module: Module, function: FunctionNode) -> Shape:
    branches, names = 0, set()
    for node in ast.walk(function):
        if isinstance(node, ast.Name):
            names.add(node.id)
        elif isinstance(node, ast.Attribute):
            names.add(node.attr)
        elif isinstance(node, ast.For | ast.While | ast.If | ast.Try):
            branches += 1
    lines = (function.end_lineno or function.lineno) - function.lineno + 1
    expects = not names.isdisjoint(_EXPECTING)
    return Shape(_qualified(module, function), lines, branches, expects, tuple(sorted(names)), function.lineno)
