"""What has to be replaced so that a call fails: the name by which the function reaches it, or an object of the test."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator
from dataclasses import dataclass

from quality_gate.codebase.graph import Confidence
from quality_gate.codebase.suggesting.acting import Act, shown_name
from quality_gate.codebase.suggesting.nouns import Known, Model, Wanted
from quality_gate.codebase.suggesting.proxies import is_proxy
from quality_gate.codebase.suggesting.sources import FUNCTIONS, Function, Source, chain_of, imported_by, last_name
from quality_gate.codebase.suggesting.standins import StandIns, makes_mock

_IN_C = frozenset({"sqlite3", "psycopg2", "_io", "io", "datetime", "decimal", "re", "json", "builtins"})
"""Modules whose classes take no other attributes."""
_PLACES = {
    "django.db.models.Manager": "django.db.models.query.QuerySet",
    "django.db.models.QuerySet": "django.db.models.query.QuerySet",
    "django.db.models.Model": "django.db.models.base.Model",
}
"""Where a class of the catalogue really is, or where its methods end up."""
_MAKING = (".__init__", ".__post_init__", ".__new__")
"""What is called when an object is made; its class stays, because others ask what is one."""
_ON_MOCKS = frozenset({"return_value", "side_effect", "called", "call_args", "call_count", "call_args_list"})


@dataclass(frozen=True)
class Target:
    """What is replaced.

    Args:
        holder: an expression of the test, or empty where `name` is dotted from a module.
        name: of the attribute. is_mock: it is a mock already, so that a `side_effect` does it.
        wraps: it cannot be replaced itself: all of its holder is, by something that fails in its place. The holder
            then is `(owner, attribute)` as `owner.attribute`.
    """

    holder: str
    name: str
    is_mock: bool = False
    wraps: bool = False


def targets_of(wanted: Wanted, model: Model, act: Act, known: Known) -> Iterator[Target]:
    """Ways to the call, the surest first."""
    call = wanted.call
    function = wanted.source.function(wanted.path.function)
    if call is None or function is None or held_already(wanted, model, known):
        return
    method = last_name(call.func)
    chain = chain_of(call.func)
    yield from _mocked(method, chain, model)
    replaced = StandIns(model, _module_of(wanted, known))
    yield from _standing_in(method, chain, replaced, act)
    yield from _faked(method, model, known)
    holder = replaced.receiver(call, wanted, function)
    if holder is not None:
        if holder:
            yield Target(holder, method, is_mock=replaced.is_mock(holder))
        return
    callee = _callee(wanted, model, known)
    if callee is not None and callee.endswith(_MAKING):
        yield Target("", callee)
    if chain is not None:
        yield from _by_name(chain, wanted, function, callee, known)
    yield from _by_class(wanted, method, callee)
    if chain is not None:
        yield from _on_object(chain, wanted, function, model, act)


def held_already(wanted: Wanted, model: Model, known: Known) -> str:
    """The function that a decorator's wrapper calls by the argument of the decorator: who replaces its name replaces
    the wrapper along with it. Empty where it is something else that is called."""
    call = wanted.call
    outer = wanted.source.function(wanted.path.function.rpartition(".")[0])
    function = wanted.source.function(wanted.path.function)
    if call is None or outer is None or function is None or not isinstance(call.func, ast.Name):
        return ""
    handed = {one.arg for one in (*outer.args.posonlyargs, *outer.args.args)}
    if call.func.id not in handed or call.func.id in _bound_in(function):
        return ""
    return shown_name(_callee(wanted, model, known) or call.func.id)


def is_called_before(wanted: Wanted, model: Model, known: Known) -> bool:
    """Whether the model makes the same call elsewhere, where what replaces it may fail first: on an earlier line of the
    function, or in another one of the project."""
    call = wanted.call
    function = wanted.source.function(wanted.path.function)
    if call is None or function is None:
        return False
    called = ast.unparse(call.func)
    return _is_called_by_others(wanted, model, known) or any(
        isinstance(node, ast.Call)
        and node.lineno < call.lineno
        and ast.unparse(node.func) == called
        and model.test in known.runs.tests_of(wanted.path.path, node.lineno)
        for node in ast.walk(function)
    )


def _is_called_by_others(wanted: Wanted, model: Model, known: Known) -> bool:
    callee = _callee(wanted, model, known)
    for edge in known.codebase.calls_to(callee) if callee is not None else ():
        path = known.codebase.definitions[edge.caller].path
        if edge.caller == wanted.function or path in known.tests or edge.confidence is Confidence.POSSIBLE:
            continue
        if model.test in known.runs.tests_of(path, edge.line):
            return True
    return False


def _module_of(wanted: Wanted, known: Known) -> str:
    return next((name for name, path in known.codebase.modules.items() if path == wanted.path.path), "")


# -- mocks and fakes of the tests


def _visible(model: Model) -> frozenset[str]:
    bound = {node.id for node in ast.walk(model.function) if isinstance(node, ast.Name) and _is_stored(node)}
    return frozenset(bound | set(model.arguments))


def _is_stored(node: ast.Name) -> bool:
    return isinstance(node.ctx, ast.Store)


def _mocked(method: str, chain: list[str] | None, model: Model) -> Iterator[Target]:
    """A mock in the test that has the method, as other lines of its file show."""
    visible = _visible(model)
    for node in ast.walk(model.source.tree):
        if isinstance(node, ast.Attribute) and (node.attr in _ON_MOCKS or node.attr.startswith("assert_")):
            parts = chain_of(node)
            if parts is not None and len(parts) > 2 and parts[-2] == method and parts[0] in visible:
                yield Target(".".join(parts[:-2]), method, is_mock=True)
                return
    for name in sorted(visible):
        if chain is not None and len(chain) > 1 and _same(name, chain[-2]) and _makes_mock(name, model):
            yield Target(name, method, is_mock=True)
            return


def _standing_in(method: str, chain: list[str] | None, replaced: StandIns, act: Act) -> Iterator[Target]:
    """An object that the test sets as the attribute that is asked, before it calls the function."""
    found = replaced.given(chain)
    before = "\n".join(act.before)
    if found is not None and f"{found[0]} = " in before:
        yield Target(found[0], method, is_mock=makes_mock(found[1]))


def _same(name: str, other: str) -> bool:
    return name.strip("_") == other.strip("_")


def _makes_mock(name: str, model: Model) -> bool:
    fixture = model.source.function(name)
    within = [fixture, model.function] if fixture is not None else [model.function]
    for function in within:
        for node in ast.walk(function):
            held = node.value if isinstance(node, ast.Return | ast.Yield | ast.Assign) else None
            if makes_mock(held):
                targets = node.targets if isinstance(node, ast.Assign) else []
                if function is fixture or any(isinstance(one, ast.Name) and one.id == name for one in targets):
                    return True
    return False


def _faked(method: str, model: Model, known: Known) -> Iterator[Target]:
    """A class of test code whose method the test ran in place of the real one."""
    ran = {(one.path, one.line) for one in known.runs.ran_in(model.test)}
    for path in dict.fromkeys((model.source.path, *_fixture_files(model, known))):
        source = known.source(path)
        inner = model.function.body if path == model.source.path else []
        for held in [*inner, *source.tree.body] if source is not None else ():
            if source is None or not isinstance(held, ast.ClassDef) or held is model.holder:
                continue
            lines = _lines_of(method, held)
            if lines is None or (ran and not any((path, line) in ran for line in lines)):
                continue
            if path == model.source.path:
                yield Target(held.name, method)
            fixture = next((one for one in model.arguments if _returns(one, held.name, source)), None)
            if fixture is not None:
                yield Target(fixture, method)


def _lines_of(method: str, held: ast.ClassDef) -> range | None:
    for node in held.body:
        if isinstance(node, FUNCTIONS) and node.name == method:
            return range(node.body[0].lineno, (node.end_lineno or node.lineno) + 1)
        if isinstance(node, ast.Assign) and any(isinstance(one, ast.Name) and one.id == method for one in node.targets):
            meant = node.value.id if isinstance(node.value, ast.Name) else ""
            return _lines_of(meant, held) if meant and meant != method else None
    return None


def _fixture_files(model: Model, known: Known) -> list[str]:
    parts = model.source.path.split("/")[:-1]
    near = ["/".join([*parts[:length], "conftest.py"]) for length in range(len(parts), -1, -1)]
    return [path for path in near if path in known.tests]


def _returns(fixture: str, name: str, source: Source) -> bool:
    function = source.function(fixture)
    return function is not None and any(
        isinstance(node, ast.Return | ast.Yield)
        and isinstance(node.value, ast.Call)
        and last_name(node.value.func) == name
        for node in ast.walk(function)
    )


# -- by the name that the function looks up


def _callee(wanted: Wanted, model: Model, known: Known) -> str | None:
    """The function of the project that is called: of several the one that the model ran."""
    found = [one for one in wanted.callees if one in known.codebase.definitions and "<" not in one]
    for name in found if len(found) > 1 else ():
        held = known.codebase.definitions[name]
        if any(model.test in known.runs.tests_of(held.path, line) for line in range(held.line + 1, held.last + 1)):
            return name
    return found[0] if found else None


def _by_name(
    chain: list[str], wanted: Wanted, function: Function, callee: str | None, known: Known
) -> Iterator[Target]:
    module = _module_of(wanted, known)
    root = chain[0]
    if not module:
        return
    if root in ("self", "cls") and len(chain) == 2:
        owner = wanted.path.function.rpartition(".")[0]
        if callee is not None and shown_name(callee) == chain[1]:
            yield Target("", callee)
        elif not _is_of_each_object(chain[1], wanted.source.within(owner)):
            yield Target("", f"{module}.{owner}.{chain[1]}")
        return
    inside = _imported_inside(function)
    if root in inside:
        yield Target("", ".".join([inside[root], *chain[1:]]))
    elif (
        root not in _bound_in(function)
        and not is_proxy(root, wanted.source, known)
        and (root in wanted.source.names or (chain[1:] == [] and hasattr(builtins, root)))
    ):
        yield Target("", ".".join([module, *chain]))


def _is_of_each_object(name: str, held: ast.AST | None) -> bool:
    """Whether an attribute is not the class's but given to its objects: `self.send = send`."""
    return held is not None and any(
        isinstance(node, ast.Attribute)
        and isinstance(node.ctx, ast.Store)
        and node.attr == name
        and isinstance(node.value, ast.Name)
        for node in ast.walk(held)
    )


def _imported_inside(function: Function) -> dict[str, str]:
    found: dict[str, str] = {}
    for node in ast.walk(function):
        found.update((name, meant) for name, meant in imported_by(node) if not meant.startswith("."))
    return found


def _bound_in(function: Function) -> frozenset[str]:
    held = function.args
    arguments = [*held.posonlyargs, *held.args, *held.kwonlyargs, *filter(None, (held.vararg, held.kwarg))]
    stored = {node.id for node in ast.walk(function) if isinstance(node, ast.Name) and _is_stored(node)}
    inner = {node.name for node in ast.walk(function) if isinstance(node, (*FUNCTIONS, ast.ClassDef))} - {function.name}
    return frozenset({one.arg for one in arguments} | stored | inner)


# -- by the class of what is asked


def _by_class(wanted: Wanted, method: str, callee: str | None) -> Iterator[Target]:
    if callee is not None:
        holder, _, name = callee.rpartition(".")
        called = callee.endswith((*_MAKING, ".__call__"))
        inherited = name.startswith("__") and not called and not method.startswith("__")
        yield Target("", f"{holder}.{method}" if inherited else callee)
        return
    name = wanted.name
    if name.startswith("botocore.client."):
        yield Target("", "botocore.client.BaseClient._make_api_call")
        return
    holder, _, method = name.rpartition(".")
    known_outside = "." in holder and holder.rpartition(".")[2][:1].isupper() and holder.split(".")[0] not in _IN_C
    if known_outside and wanted.dependency:
        yield Target("", f"{_PLACES.get(holder, holder)}.{method}")


# -- on an object that the test can see


def _on_object(chain: list[str], wanted: Wanted, function: Function, model: Model, act: Act) -> Iterator[Target]:
    call = act.direct
    if call is None or len(chain) < 2:
        return
    visible = _visible(model) | model.source.names
    in_c = wanted.name.split(".")[0] in _IN_C
    if chain[0] == "self" and len(chain) > 2:
        parts = chain_of(call.func)
        receiver = ".".join(parts[:-1]) if parts is not None and len(parts) > 1 and parts[0] in visible else ""
        receiver = "self" + receiver[4:] if parts is not None and parts[0] == "self" and len(parts) > 2 else receiver
        if receiver:
            yield Target(".".join([receiver, *chain[1:-1]]), chain[-1], wraps=in_c)
        return
    given = _given(chain[0], function, call)
    parts = chain_of(given) if given is not None else None
    if parts is not None and parts[0] in visible:
        if not in_c:
            yield Target(".".join([*parts, *chain[1:-1]]), chain[-1])
        elif len(parts) > 1 or len(chain) > 2:
            yield Target(".".join([*parts, *chain[1:-1]]), chain[-1], wraps=True)


def _given(argument: str, function: Function, call: ast.Call) -> ast.expr | None:
    """What a call gives for an argument of the function."""
    for keyword in call.keywords:
        if keyword.arg == argument:
            return keyword.value
    names = [one.arg for one in (*function.args.posonlyargs, *function.args.args)]
    if names[:1] in (["self"], ["cls"]):
        names = names[1:]
    place = names.index(argument) if argument in names else len(call.args)
    return call.args[place] if place < len(call.args) else None
