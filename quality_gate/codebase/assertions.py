"""Assertions of tests, and which of them no run reached: a loop over nothing, a branch that is never taken."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import msgspec

from quality_gate.errors import Missing
from quality_gate.model import LineRange
from quality_gate.runs import Runs, TestOutcome
from quality_gate_checkers.model import Module
from quality_gate_checkers.reading.never_run import is_platform
from quality_gate_checkers.reading.oracles import is_asserting
from quality_gate_checkers.reading.tests_in import last_name, tests_of
from quality_gate_checkers.reading.vacuous import is_vacuous


class TestAssertions(msgspec.Struct, frozen=True, array_like=True):
    """The assertions of one test.

    Args:
        test: its qualified name within the module: `TestPay.test_ok`.
        line: of its `def`.
        assertions: the lines of each statement.
    """

    __test__ = False

    test: str
    line: int
    assertions: tuple[LineRange, ...]


class Unreached(msgspec.Struct, frozen=True):
    """A test that ran and passed, and those of its assertions that nothing reached.

    Args:
        ids: of its runs, sorted.
        assertions: those that no run reached; none for a test of which all were.
    """

    path: str
    held: TestAssertions
    ids: tuple[str, ...]
    assertions: tuple[LineRange, ...]


_ABOUT_TRUTH = frozenset({"assertTrue", "assertFalse", "assertIsNone", "assertIsNotNone"})

AssertionsIn = Callable[[str], Sequence[TestAssertions]]


def assertions_of(module: Module) -> Iterator[TestAssertions]:
    """The assertions of every test of a module that has some.

    Left out are those that are there in order not to be reached (`assert False`), those on other platforms, and those
    that hold whatever happens.
    """
    for test in tests_of(module):
        spans = tuple(sorted(_spans(module, test.node.body), key=lambda span: (span.first, span.last)))
        if spans:
            name = module.names.qualified_name(test.node)[len(module.name) :].removeprefix(".")
            yield TestAssertions(name, test.node.lineno, spans)


def _spans(module: Module, body: Sequence[ast.stmt]) -> Iterator[LineRange]:
    waiting: list[ast.AST] = [*body]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.ClassDef) or (isinstance(node, ast.If) and is_platform(module, node.test)):
            continue
        if isinstance(node, ast.stmt) and _is_assertion(node):
            yield LineRange(node.lineno, node.end_lineno or node.lineno)
        elif isinstance(node, (ast.stmt, ast.ExceptHandler, ast.match_case)):
            waiting += (child for child in ast.iter_child_nodes(node) if not isinstance(child, ast.expr))


def _is_assertion(node: ast.stmt) -> bool:
    if isinstance(node, ast.Assert):  # `assert False` says that nobody comes here
        return not isinstance(node.test, ast.Constant) and not is_vacuous(node.test)
    value = node.value if isinstance(node, ast.Expr) else None
    call = value.value if isinstance(value, ast.Await) else value
    if not isinstance(call, ast.Call):
        return False
    name = last_name(call)
    if name in _ABOUT_TRUTH:
        return not (call.args and isinstance(call.args[0], ast.Constant))
    return is_asserting(name) and "never" not in name


def unreached(runs: Runs | Missing, paths: Iterable[str], assertions_in: AssertionsIn) -> Iterator[Unreached]:
    """Every test that ran, passed each time, and whose lines the evidence knows.

    Args:
        paths: files of test code. assertions_in: what they hold.
    """
    if isinstance(runs, Missing) or runs.problems:
        return
    by_function = _by_function(runs.tests)
    for path in paths:
        if path not in by_function:
            continue
        try:
            lines = runs.test_lines(path)
        except Missing:  # whoever measures says so
            return
        for held in assertions_in(path) if lines else ():
            ids = by_function[path].get(held.test, ())
            if lines and ids and all(runs.tests[test] == "passed" for test in ids):
                yield Unreached(path, held, tuple(sorted(ids)), tuple(_missed(held, lines)))


def _missed(held: TestAssertions, lines: frozenset[int]) -> Iterator[LineRange]:
    for span in held.assertions:
        if lines.isdisjoint(range(span.first, span.last + 1)):
            yield span


def _by_function(tests: Mapping[str, TestOutcome]) -> Mapping[str, Mapping[str, Sequence[str]]]:
    """Ids of tests by file and qualified name; the runs of a parametrised test are one function's."""
    found: dict[str, dict[str, list[str]]] = {}
    for test in tests:
        path, _, rest = test.partition("::")
        name = rest.partition("[")[0].replace("::", ".")
        found.setdefault(path, {}).setdefault(name, []).append(test)
    return found


__all__ = ["AssertionsIn", "TestAssertions", "Unreached", "assertions_of", "unreached"]
