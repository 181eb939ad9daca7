"""The tests that a module holds, as pytest and unittest collect them."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

import msgspec

from quality_gate_checkers.model import Module
from quality_gate_checkers.model.scopes import FUNCTIONS, FunctionNode
from quality_gate_checkers.reading.remembering import of_module
from quality_gate_checkers.regexes import regex

_COLLECTED = regex(r"^(tests?_.*|.*_tests?|tests?)\.py$")
_SWITCHED_OFF = frozenset({"skip", "skipif", "skipIf", "skipUnless", "xfail", "expectedFailure"})

PLAIN_FIXTURES = frozenset(
    {
        "monkeypatch", "tmp_path", "tmpdir", "tmp_path_factory", "tmpdir_factory", "caplog", "capsys", "capfd",
        "capsysbinary", "request", "recwarn", "pytestconfig", "cache", "mocker", "class_mocker", "module_mocker",
        "session_mocker", "db", "transactional_db", "django_db_setup", "django_db_blocker", "settings", "rf", "client",
        "admin_client", "admin_user", "async_client", "async_rf", "mailoutbox", "live_server", "django_user_model",
        "event_loop", "requests_mock", "freezer", "faker", "celery_app", "celery_worker", "anyio_backend", "self",
        "unused_tcp_port", "respx", "doctest_namespace", "django_capture_on_commit_callbacks", "testdir", "pytester",
        "aiohttp_client", "aiohttp_server", "loop", "time_machine", "fs", "subtests", "worker_id",
    }
)  # fmt: skip
"""Fixtures of pytest and its well-known plugins that check nothing by themselves; a project may define its own."""

AROUND = frozenset(
    {"setUp", "tearDown", "setUpClass", "tearDownClass", "setUpTestData", "setup_method", "teardown_method", "setup",
     "teardown", "setup_class", "teardown_class", "asyncSetUp", "asyncTearDown", "runTest", "setup_test_data", "run",
     "__init__", "_pre_setup", "_post_teardown"}
)  # fmt: skip
"""Methods that run before and after every test of a class."""

_PLAIN_BASES = regex(
    r"^(builtins\.object|unittest\.(case\.)?\w*TestCase|django\.test\.\w+|django\.test\.testcases\.\w+|"
    r"rest_framework\.test\.\w+|asynctest\.TestCase|aiohttp\.test_utils\.\w+)$"
)


_PATCHES = frozenset({"patch", "object", "dict", "multiple"})


class WrittenTest(msgspec.Struct, frozen=True):
    """A test function.

    Args:
        node: the function.
        owner: the class that it is a method of.
    """

    node: FunctionNode
    owner: ast.ClassDef | None

    @property
    def parameters(self) -> list[str]:
        """What it asks of its fixtures, without `self`."""
        names = [parameter.arg for parameter in parameters_of(self.node)]
        static = "staticmethod" in map(last_name, self.node.decorator_list)
        return names[1:] if self.owner is not None and not static else names


def tests_of(module: Module) -> list[WrittenTest]:
    """The tests of a module, in source order; none in files that pytest and unittest do not collect."""
    if not _COLLECTED.match(module.path.rpartition("/")[2]):
        return []
    return list(_below(module.tree.body, None))


def _below(body: Iterable[ast.stmt], owner: ast.ClassDef | None) -> Iterator[WrittenTest]:
    for node in body:
        if isinstance(node, FUNCTIONS):
            if node.name.startswith("test") and not is_fixture(node) and not _is_property(node):
                yield WrittenTest(node, owner)
        elif isinstance(node, ast.ClassDef) and (node.name.startswith("Test") or node.bases):
            yield from _below(node.body, node)


def functions_of(module: Module) -> list[FunctionNode]:
    """Every function of a module, methods and nested ones included."""
    return [*module.nodes(ast.FunctionDef), *module.nodes(ast.AsyncFunctionDef)]


def is_fixture(function: ast.AST) -> bool:
    """Whether a function is a fixture of pytest."""
    return any(last_name(decorator) == "fixture" for decorator in getattr(function, "decorator_list", ()))


def fixture_name(function: FunctionNode) -> str:
    """The name that tests ask for a fixture by: its own, or the one that its decorator gives it."""
    for decorator in function.decorator_list:
        for word in decorator.keywords if isinstance(decorator, ast.Call) else ():
            if word.arg == "name" and isinstance(word.value, ast.Constant):
                return str(word.value.value)
    return function.name


def is_autouse(function: FunctionNode) -> bool:
    """Whether every test near a fixture has it, asked for or not."""
    return any(
        word.arg == "autouse" and isinstance(word.value, ast.Constant) and bool(word.value.value)
        for decorator in function.decorator_list
        if isinstance(decorator, ast.Call)
        for word in decorator.keywords
    )


def is_switched_off(module: Module, test: WrittenTest) -> bool:
    """Whether a mark on the test, its class or its module says that it does not run, or need not pass; or whether it
    is empty and stands in the place of a test that its class would inherit.
    """
    marks = [*test.node.decorator_list, *(test.owner.decorator_list if test.owner is not None else ())]
    if any(last_name(mark) in _SWITCHED_OFF for mark in marks):
        return True
    return of_module(module, _whole_module_is_switched_off) or _is_inherited_no_more(module, test)


def _is_inherited_no_more(module: Module, test: WrittenTest) -> bool:
    """`def test_request(self): pass` in a class whose base has that test."""
    if test.owner is None or not all(_is_nothing(statement) for statement in test.node.body):
        return False
    seen, waiting = {test.owner}, [test.owner]
    while waiting:
        known = (module.names.definition(name) for name in module.names.bases(waiting.pop()))
        bases = [base for base in known if isinstance(base, ast.ClassDef) and base not in seen]
        if any(isinstance(part, FUNCTIONS) and part.name == test.node.name for base in bases for part in base.body):
            return True
        seen.update(bases)
        waiting += bases
    return False


def _is_nothing(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Pass) or (
        isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    )


def _whole_module_is_switched_off(module: Module) -> bool:
    named = (
        node.value
        for node in module.tree.body
        if isinstance(node, ast.Assign) and any(getattr(target, "id", "") == "pytestmark" for target in node.targets)
    )
    return any(last_name(mark) in _SWITCHED_OFF for value in named for mark in getattr(value, "elts", [value]))


def parameters_of(function: FunctionNode) -> list[ast.arg]:
    """Every parameter that has a name of its own."""
    return [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]


def last_name(node: ast.AST) -> str:
    """The last part of a dotted expression or of what a call calls."""
    if isinstance(node, ast.Call):
        node = node.func
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def _is_property(function: FunctionNode) -> bool:
    return "property" in map(last_name, function.decorator_list)


def is_plain_base(name: str) -> bool:
    """Whether a class of a framework that tests derive from checks nothing by itself.

    Args:
        name: its dotted name.
    """
    return _PLAIN_BASES.match(name) is not None


def is_patch(decorator: ast.expr) -> bool:
    """Whether a decorator hands a mock to its function: `@patch("x")` without a replacement."""
    if not isinstance(decorator, ast.Call) or last_name(decorator) not in _PATCHES:
        return False
    if "patch" not in ast.dump(decorator.func) or last_name(decorator) in ("dict", "multiple"):
        return False
    given = len(decorator.args) + any(word.arg == "new" for word in decorator.keywords)
    return given < (3 if last_name(decorator) == "object" else 2)
