"""QG302 shared-state-leak."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import msgspec

from quality_gate_checkers.model import Hit, Module, Role, rule
from quality_gate_checkers.model.module import dotted_name
from quality_gate_checkers.model.scopes import FUNCTIONS
from quality_gate_checkers.reading.arguments import is_none
from quality_gate_checkers.reading.handlers import called_name, written
from quality_gate_checkers.reading.tests_in import (
    PLAIN_FIXTURES,
    WrittenTest,
    fixture_name,
    functions_of,
    is_autouse,
    is_fixture,
    is_patch,
    last_name,
    parameters_of,
    tests_of,
)
from quality_gate_checkers.reading.walks import walk_now
from quality_gate_checkers.regexes import regex

_OF_A_CONTEXT = frozenset(
    {"request", "g", "session", "current_app", "current_user", "ctx", "thread_local", "local", "_thread_locals"}
)
"""Proxies that mean something else in every request or thread."""

_RESET = frozenset({"django.core.mail.outbox"})
"""What the test runner itself makes anew before each test."""

_ENVIRON = "os.environ"
_SETS = regex(r"^[ \t]+([A-Za-z_]\w*)(?:\.\w+)+ *[-+|*/]?=(?!=)", re.MULTILINE)
_WORD = regex(r"\w+")
_IMPORT = regex(r"^[ \t]*(?:from|import)\b(?:[^\n(]*\([^)]*\)|[^\n]*)", re.MULTILINE)
_CHANGES = frozenset({"update", "setdefault", "pop", "clear", "popitem"})
_LETS_GO = frozenset(
    {"tearDown", "tearDownClass", "teardown_method", "teardown", "teardown_class", "asyncTearDown", "tearDownModule",
     "teardown_module", "teardown_function", "doCleanups"}
)  # fmt: skip
_BEFORE = frozenset({"setUp", "asyncSetUp", "setup_method", "setup"})
_UNDOES = frozenset(
    {"addCleanup", "addfinalizer", "callback", "object", "patch", "dict", "setattr", "delattr", "setenv", "delenv",
     "setitem", "delitem", *_CHANGES}
)  # fmt: skip
"""Calls that put back what was there: at once, at the end, or when their `with` ends."""


class _Change(msgspec.Struct, frozen=True):
    """A change of something that outlives its test.

    Args:
        node: the statement or call that changes it.
        target: what is changed, as written and without subscripts: `limits.limiter.enabled`.
        shown: the same for people: `os.environ['REGION']`.
    """

    node: ast.AST
    target: str
    shown: str

    @property
    def parts(self) -> re.Pattern[str]:
        """The names on the way from the imported one to what is changed."""
        return re.compile(rf"\b({'|'.join(map(re.escape, self.target.split('.')[1:]))})\b")


@rule(
    "QG302",
    "shared-state-leak",
    severity="warning",
    triggers=(b"test",),
    roles=frozenset({Role.TESTS}),
)
def shared_state_leak(module: Module) -> Iterator[Hit]:
    """A test changes something that all tests share, and nothing puts it back.

    Looked at are attributes of what the module imports (a module, a class, an object that the application makes once),
    `os.environ`, and FastAPI's `dependency_overrides`. Put back is what is set again or deleted in the test, in a
    tear-down or after a fixture's `yield`, what a cleanup or a patch names, and what `monkeypatch` sets.

    ## In production
    The suite is green in one order and red in another, and the fault that it hides behind a leftover ships.

    ## Bad
    ```python
    from shop.limits import limiter

    def test_orders_are_not_limited(client):
        limiter.enabled = False
        assert client.post("/orders").status_code == 201
    ```
    ```python
    import os

    from shop.rates import region

    def test_region():
        os.environ["REGION"] = "eu"
        assert region() == "eu"
    ```

    ## Good
    ```python
    from shop.limits import limiter

    def test_orders_are_not_limited(client, monkeypatch):
        monkeypatch.setattr(limiter, "enabled", False)
        assert client.post("/orders").status_code == 201
    ```

    ## When not to use it
    Where a fixture that every test has restores everything without naming it. Say so:
    `# quality-gate: allow[shared-state-leak] reason="conftest restores settings after each test"`. One of a
    `conftest.py` that names what it puts back is seen where files are linked: at push, in CI and in `report`; at
    commit, in flake8 and in pylint the file is all that is known.
    Silent by design here: objects that the test makes, proxies of a request or a thread (`flask.g`), fixtures (such as
    `settings` of pytest-django), `None` set to a private attribute, which empties a cache.

    ## What other linters see
    Sonar S8997 (beta) sees some assignments to modules; ruff#12850 asks for it; the others see nothing.

    ## Known missed alarms
    What helpers, `setUp` and fixtures change; session fixtures that a test mutates; a value that is set twice and not
    put back; what the set-up of the test's class sets anew, and other files see; lists and dictionaries of a module
    that are filled; tests that ask for a fixture of another file, which may put back what they change.

    ## Measured
    147 hits in 4.8 million lines of 35 public backend projects, 47 read, 41 true; most of the others are put back by a
    `conftest.py`. In 1.1 million lines of eight others that the rule had not seen, 44 hits, 41 read: 9 true, 8 false
    (Django's outbox, silent since), 24 doubtful, 22 of them one switch in two files, which is told once a file since.
    A fixture of a `conftest.py` that copies, clears and restores `os.environ` made one more false: tests that ask for
    a fixture of another file are left alone since.
    """
    if not _may_change_something(module):
        return
    tests = {test.node: test for test in tests_of(module)}
    told: set[tuple[str, str]] = set()
    undoing: str | None = None
    for change in _changes(module):
        function = module.enclosing_function(change.node)
        test = tests.get(function) if function is not None else None
        if test is None or (change.target, change.shown) in told or _is_put_back_by_itself(test, change):
            continue
        if _is_set_before_each(test, change):
            continue
        if _asks_for_unseen(module, test):
            continue
        undoing = _undoing(module) if undoing is None else undoing
        if change.parts.search(undoing) or _is_put_back_nearby(module, change):
            continue
        told.add((change.target, change.shown))
        yield Hit(
            change.node,
            f"{test.node.name}() changes {change.shown} for every test that runs after it",
            "set it with monkeypatch, mock.patch or override_settings: they put back what was there",
        )


def _may_change_something(module: Module) -> bool:
    """A look at the plain text: most test modules set nothing that they import, and need no index."""
    if "environ" in module.text or "dependency_overrides" in module.text:
        return True
    imported = set(_WORD.findall(" ".join(_IMPORT.findall(module.text))))
    return not imported.isdisjoint(_SETS.findall(module.text))


def _changes(module: Module) -> Iterator[_Change]:
    """What the module's functions set that may outlive them; from the index, since most tests set nothing."""
    nodes: list[ast.Assign | ast.AugAssign | ast.AnnAssign] = [
        *module.nodes(ast.Assign),
        *module.nodes(ast.AugAssign),
        *module.nodes(ast.AnnAssign),
    ]
    for node in nodes:
        if isinstance(node, ast.AnnAssign) and node.value is None:
            continue
        for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
            yield from _assigned(module, node, target)
    if "environ" in module.text:
        for call in module.mentioning(ast.Call, _CHANGES):
            if _changes_environ(module, call):
                yield _Change(call, _ENVIRON, _ENVIRON)


def _changes_environ(module: Module, call: ast.Call) -> bool:
    changed = call.func.value if isinstance(call.func, ast.Attribute) and call.func.attr in _CHANGES else None
    return changed is not None and module.names.resolve(changed) == _ENVIRON


def _assigned(module: Module, node: ast.Assign | ast.AugAssign | ast.AnnAssign, target: ast.expr) -> Iterator[_Change]:
    if isinstance(target, ast.Subscript):
        name = module.names.resolve(target.value) or ""
        if name == _ENVIRON:
            key = f"[{target.slice.value!r}]" if isinstance(target.slice, ast.Constant) else ""
            yield _Change(node, _ENVIRON, f"{_ENVIRON}{key}")
        elif name.endswith(".dependency_overrides") and _is_imported(module, target.value):
            yield _Change(node, written(target.value), written(target.value))
    elif isinstance(target, ast.Attribute) and _is_imported(module, target.value):
        name = module.names.resolve(target) or ""
        empties = target.attr.startswith("_") and is_none(node.value)
        if not empties and name not in _RESET and not _OF_A_CONTEXT.intersection(name.split(".")):
            yield _Change(node, written(target), written(target))


def _is_imported(module: Module, expression: ast.expr) -> bool:
    """Whether an expression starts from a name that is imported, and from nothing else."""
    while isinstance(expression, ast.Attribute):
        expression = expression.value
    if not isinstance(expression, ast.Name):
        return False
    found = module.names.bindings(expression)
    return bool(found) and all(binding.kind == "import" for binding in found)


# -- who puts it back


def _is_put_back_by_itself(test: WrittenTest, change: _Change) -> bool:
    marks = [*test.node.decorator_list, *(test.owner.decorator_list if test.owner is not None else ())]
    if any(change.parts.search(ast.unparse(mark)) for mark in marks):
        return True
    return any(_touches_again(node, change) for node in walk_now(test.node.body) if node is not change.node)


def _is_set_before_each(test: WrittenTest, change: _Change) -> bool:
    """Whether the set-up of a test's class sets the same anew: the next test of the class does not see the change."""
    before = (part for part in getattr(test.owner, "body", ()) if isinstance(part, FUNCTIONS) and part.name in _BEFORE)
    return any(_touches_again(node, change) for method in before for node in walk_now(method.body))


def _asks_for_unseen(module: Module, test: WrittenTest) -> bool:
    """Whether a fixture that this module does not show stands around a test: it may put everything back."""
    shown = {fixture_name(function): function for function in functions_of(module) if is_fixture(function)}
    marks = [*test.node.decorator_list, *(test.owner.decorator_list if test.owner is not None else ())]
    patched = sum(is_patch(mark) for mark in test.node.decorator_list)
    given = {name.strip() for mark in marks if last_name(mark) == "parametrize" for name in _texts(mark, ",")}
    waiting = [name for name in test.parameters[patched:] if name not in given]
    waiting += [name for mark in marks if last_name(mark) == "usefixtures" for name in _texts(mark, None)]
    asked: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name not in asked and name in shown:
            waiting += [parameter.arg for parameter in parameters_of(shown[name])]
        asked.add(name)
    return bool(asked - shown.keys() - PLAIN_FIXTURES)


def _texts(mark: ast.expr, between: str | None) -> Iterator[str]:
    """Names that the texts of a marker's arguments hold."""
    for argument in mark.args if isinstance(mark, ast.Call) else ():
        for node in argument.elts if isinstance(argument, ast.Tuple | ast.List) else [argument]:
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield from node.value.split(between)


def _undoing(module: Module) -> str:
    """The text of all functions of a module that put things back after tests."""
    return "\n".join(_text(module, function) for function in functions_of(module) if _lets_go(module, function))


def _is_put_back_nearby(module: Module, change: _Change) -> bool:
    """Whether a fixture that every test has, of a `conftest.py` of the folder or above it, puts a change back."""
    return any(
        is_autouse(function) and is_fixture(function) and change.parts.search(text) and _restores(text)
        for home in _conftests(module)
        for function in functions_of(home)
        for text in [_text(home, function)]
    )


def _conftests(module: Module) -> Iterator[Module]:
    folders = module.path.split("/")[:-1]
    for length in range(len(folders), -1, -1):
        path = "/".join([*folders[:length], "conftest.py"])
        home = module.outside.module_of(dotted_name(path))
        if home is not None and home.path == path:
            yield home


def _restores(text: str) -> bool:
    return "yield" in text or "patch" in text or "finalizer" in text


def _touches_again(node: ast.AST, change: _Change) -> bool:
    if isinstance(node, ast.Assign | ast.Delete | ast.AugAssign):
        targets = [node.target] if isinstance(node, ast.AugAssign) else node.targets
        return any(_bare(target) == change.target for target in targets)
    if isinstance(node, ast.Call) and called_name(node) in _UNDOES:
        return change.parts.search(ast.unparse(node)) is not None
    return False


def _bare(target: ast.expr) -> str:
    return written(target.value if isinstance(target, ast.Subscript) else target)


def _lets_go(module: Module, function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return function.name in _LETS_GO or (is_fixture(function) and "yield" in _text(module, function))


def _text(module: Module, function: ast.AST) -> str:
    return "\n".join(module.lines[getattr(function, "lineno", 1) - 1 : getattr(function, "end_lineno", None) or 0])
