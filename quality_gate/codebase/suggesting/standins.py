"""What a test has put in the place of something: `patch("requests.post")`, `store.conn = Fake()`. What the code gets
from it fails when that is told to, not when the real thing is."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from quality_gate.codebase.suggesting.nouns import Model, Wanted
from quality_gate.codebase.suggesting.sources import Function, Source, chain_of, imported_by, last_name

_STEPS = 8
_MOCKS = frozenset({"Mock", "MagicMock", "AsyncMock", "NonCallableMock", "create_autospec", "mock_open"})
_NEW = frozenset({"new", "new_callable"})


def makes_mock(value: ast.expr | None) -> bool:
    """Whether an expression makes a mock."""
    return isinstance(value, ast.Call) and last_name(value.func) in _MOCKS


class StandIns:
    """What a test has replaced.

    Args:
        model: the test. module: dotted name of the module that is tested.
    """

    def __init__(self, model: Model, module: str) -> None:
        self._model = model
        self._module = module
        self._replaced = dict(_replaced(model))

    def receiver(self, call: ast.Call, wanted: Wanted, function: Function) -> str | None:
        """What the test has for the object that a call asks: an expression of the test; empty where it comes from
        something replaced that the test has no name for, None where nothing on the way to it is replaced.

        Args:
            call: in the function that is tested.
        """
        if not isinstance(call.func, ast.Attribute):
            return None
        return self._meant(call.func.value, wanted.source, function, _STEPS)

    def given(self, chain: Sequence[str] | None) -> tuple[str, ast.expr] | None:
        """The object that the test has set as the attribute that a call asks: `store.conn` for `self.conn.get()`, with
        its value; the last one.

        Args:
            chain: parts of what is called.
        """
        found: tuple[str, ast.expr] | None = None
        if chain is None or len(chain) < 3:
            return None
        for node in ast.walk(self._model.function):
            if isinstance(node, ast.Assign) and len(node.targets) == 1:
                parts = chain_of(node.targets[0])
                if parts is not None and len(parts) > 1 and parts[-1] == chain[-2]:
                    found = ".".join(parts), node.value
        return found

    def is_mock(self, holder: str) -> bool:
        """Whether an expression that `receiver` has given is a mock: nothing else is set there by the test."""
        value: ast.expr | None = None
        for node in ast.walk(self._model.function):
            if isinstance(node, ast.Assign) and any(ast.unparse(one) == holder for one in node.targets):
                value = node.value
        if isinstance(value, ast.Name):
            return self.is_mock(value.id)
        return value is None or makes_mock(value)

    def _meant(self, node: ast.expr, source: Source, function: Function, steps: int) -> str | None:
        node = node.value if isinstance(node, ast.Await) else node
        if not steps:
            return None
        if isinstance(node, ast.Call):
            base = self._meant(node.func, source, function, steps - 1)
            return f"{base}.return_value" if base else base
        found = self._named(chain_of(node), source, function)
        if found is not None:
            return found
        if isinstance(node, ast.Attribute):
            base = self._meant(node.value, source, function, steps - 1)
            return f"{base}.{node.attr}" if base else base
        value = _given_once(node.id, function) if isinstance(node, ast.Name) else None
        return self._meant(value, source, function, steps - 1) if value is not None else None

    def _named(self, chain: list[str] | None, source: Source, function: Function) -> str | None:
        """What the test has for a dotted name of the code's module."""
        if chain is None:
            return None
        inside = dict(one for node in ast.walk(function) for one in imported_by(node))
        names = [".".join([self._module, *chain])]
        if (
            chain[0] in inside or len(chain) > 1
        ):  # `from requests import post` keeps its own, whatever replaces that one
            names.append(".".join([inside.get(chain[0]) or source.imports.get(chain[0], ""), *chain[1:]]))
        return next((self._replaced[name] for name in names if name in self._replaced), None)


def _given_once(name: str, function: Function) -> ast.expr | None:
    """What a name is given, where that is one thing."""
    given = [
        node.value
        for node in ast.walk(function)
        if isinstance(node, ast.Assign) and any(isinstance(one, ast.Name) and one.id == name for one in node.targets)
    ]
    return given[0] if len(given) == 1 else None


# -- patches


def _replaced(model: Model) -> Iterator[tuple[str, str]]:
    """Dotted names that a test replaces, each with the name of the mock; empty where it has none."""
    yield from _by_decorators(model)
    named: dict[ast.expr, str] = {}
    for node in ast.walk(model.function):
        if isinstance(node, ast.withitem):
            named[node.context_expr] = ast.unparse(node.optional_vars) if node.optional_vars is not None else ""
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            named[node.value] = node.targets[0].id
    for node in ast.walk(model.function):
        name = _patched(node, model.source) if isinstance(node, ast.Call) else None
        if name is not None and isinstance(node, ast.Call) and node not in model.function.decorator_list:
            yield name, named.get(node, "") if _makes_its_mock(node) else ""


def _by_decorators(model: Model) -> Iterator[tuple[str, str]]:
    """Those of decorators: the lowest one's mock is the first argument."""
    arguments = [name for name in model.arguments if name not in ("self", "cls")]
    for decorator in reversed(model.function.decorator_list):
        name = _patched(decorator, model.source) if isinstance(decorator, ast.Call) else None
        if name is not None and isinstance(decorator, ast.Call):
            hands = _makes_its_mock(decorator)
            yield name, arguments.pop(0) if hands and arguments else ""


def _patched(call: ast.Call, source: Source) -> str | None:
    """The dotted name that a `patch` or `setattr` replaces."""
    chain = chain_of(call.func) or []
    kind = chain[-1] if chain else ""
    first = call.args[0] if call.args else None
    if (kind == "patch" or (kind == "setattr" and len(chain) > 1)) and isinstance(first, ast.Constant):
        return str(first.value)
    is_object = chain[-2:] == ["patch", "object"] or kind == "setattr"
    if not is_object or first is None or len(call.args) < 2 or not isinstance(call.args[1], ast.Constant):
        return None
    parts = chain_of(first)
    if parts is None:
        return None
    return ".".join([source.imports.get(parts[0], parts[0]), *parts[1:], str(call.args[1].value)])


def _makes_its_mock(call: ast.Call) -> bool:
    """Whether a `patch` makes the mock itself and hands it over."""
    chain = chain_of(call.func) or []
    if chain[-1:] == ["setattr"]:
        return False
    most = 2 if chain[-1:] == ["object"] else 1
    return len(call.args) <= most and not any(one.arg in _NEW for one in call.keywords)
