"""What a framework calls once per request or message, as far as one module tells: routes, views, tasks."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import msgspec

from quality_gate_checkers.model import Module
from quality_gate_checkers.model.scopes import FunctionNode
from quality_gate_checkers.reading.handlers import called_name, written
from quality_gate_checkers.reading.remembering import of_module

_VERBS = frozenset(
    {"get", "post", "put", "patch", "delete", "head", "options", "route", "api_route", "websocket", "websocket_route"}
)
_ALONE = frozenset(
    {"api_view", "action", "task", "shared_task", "actor", "require_POST", "require_GET", "require_http_methods",
     "require_safe", "csrf_exempt", "login_required", "view_config", "db_task", "job", "before_request"}
)  # fmt: skip
"""Decorators whose function is called for each request or each message."""

_VIEWS = ("View", "ViewSet", "APIView", "Viewset", "Endpoint", "HTTPEndpoint", "RequestHandler", "Resource")
_VIEW_METHODS = frozenset(
    {"get", "post", "put", "patch", "delete", "head", "dispatch", "form_valid", "list", "create", "retrieve", "update",
     "destroy", "partial_update", "perform_create", "perform_update", "perform_destroy", "get_queryset",
     "get_context_data", "dispatch_request", "prepare"}
)  # fmt: skip


def serves(module: Module, function: FunctionNode) -> str | None:
    """What calls a function once per request or message, as a reader says it; None where nothing here tells.

    Args:
        function: a function or method of the module.
    """
    for decorator in function.decorator_list:
        name = _decorates(decorator)
        if name is not None:
            return "message" if name in ("task", "shared_task", "actor", "db_task", "job") else "request"
    owner = module.parent(function)
    if isinstance(owner, ast.ClassDef):
        is_view = any(base.rpartition(".")[2].endswith(_VIEWS) for base in module.names.bases(owner))
        return "request" if is_view and function.name in _VIEW_METHODS else None
    first = next(iter([*function.args.posonlyargs, *function.args.args]), None)
    return "request" if first is not None and _is_request(module, first) else None


MANY = 200
"""Things of one kind that are looked at in one place: more is no code that people write, and would take for ever."""


def calls_of(module: Module, function: FunctionNode) -> Iterator[ast.Call]:
    """The calls of a function in its own module, the first `MANY` that look like one."""
    name = module.names.qualified_name(function)
    for use in of_module(module, _calls_by_name).get(function.name, [])[:MANY]:
        if module.names.callee(use) == name:
            yield use


def _calls_by_name(module: Module) -> dict[str, list[ast.Call]]:
    """Calls of what is called as a function of the module, by the last part of what they call."""
    functions: list[FunctionNode] = [*module.nodes(ast.FunctionDef), *module.nodes(ast.AsyncFunctionDef)]
    found: dict[str, list[ast.Call]] = {function.name: [] for function in functions}
    for call in module.mentioning(ast.Call, found):
        if called_name(call) in found:
            found[called_name(call)].append(call)
    return found


class Serving(msgspec.Struct, frozen=True):
    """A function that is called once per request or message.

    Args:
        function: its name.
        what: what it serves.
        call: where it calls the function that was asked about; None where it is that function.
    """

    function: str
    what: str
    call: ast.Call | None


def served_by(module: Module, function: FunctionNode) -> Serving | None:
    """The function that serves and is, or directly calls, a function of this module."""
    what = serves(module, function)
    if what is not None:
        return Serving(function.name, what, None)
    for use in calls_of(module, function):
        caller = module.enclosing_function(use)
        what = serves(module, caller) if caller is not None else None
        if caller is not None and what is not None:
            return Serving(caller.name, what, use)
    return None


def _decorates(decorator: ast.expr) -> str | None:
    """The name of a decorator that makes a function serve: `@router.post("/orders")`, `@shared_task`."""
    called = decorator.func if isinstance(decorator, ast.Call) else decorator
    name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
    if name in _ALONE:
        return str(name)
    if not isinstance(called, ast.Attribute) or name not in _VERBS or not isinstance(decorator, ast.Call):
        return None
    path = decorator.args[0] if decorator.args else None
    path = next((keyword.value for keyword in decorator.keywords if keyword.arg in ("path", "rule")), path)
    is_path = isinstance(path, ast.Constant) and isinstance(path.value, str) and path.value[:1] in ("/", "")
    return str(name) if is_path else None


def _is_request(module: Module, parameter: ast.arg) -> bool:
    """A Django view's first parameter: called `request`, in a module of views."""
    if parameter.arg != "request":
        return False
    annotated = written(parameter.annotation) if parameter.annotation is not None else ""
    return annotated.endswith("Request") or "views" in module.path.rpartition("/")[2] or "/views/" in module.path
