"""What a view answers: which status a returned response has, and whether its payload tells of an error."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from quality_gate_checkers.model import Module
from quality_gate_checkers.model.scopes import FunctionNode
from quality_gate_checkers.reading.arguments import argument, options_of
from quality_gate_checkers.reading.handlers import called_name
from quality_gate_checkers.reading.walks import walk_now
from quality_gate_checkers.regexes import regex

_STATUS_AT: dict[str, tuple[str, int | None]] = {
    "django.http.JsonResponse": ("status", None),
    "django.http.response.JsonResponse": ("status", None),
    "rest_framework.response.Response": ("status", 1),
    "fastapi.responses.JSONResponse": ("status_code", 1),
    "fastapi.responses.ORJSONResponse": ("status_code", 1),
    "starlette.responses.JSONResponse": ("status_code", 1),
    "flask.jsonify": ("", None),
    "flask.json.jsonify": ("", None),
    "quart.jsonify": ("", None),
}
"""Makers of responses, and where their status is given; the status of Flask's stands beside them in the `return`."""
_ROUTERS = frozenset(
    {"flask.Flask", "flask.Blueprint", "quart.Quart", "quart.Blueprint", "fastapi.FastAPI", "fastapi.APIRouter"}
)
_FRAMEWORKS = frozenset({"flask", "quart", "fastapi"})
_VERBS = frozenset({"route", "get", "post", "put", "patch", "delete"})
_CLASSES = frozenset(
    {"flask.views.MethodView", "flask_restful.Resource", "flask_restx.Resource", "flask_classful.FlaskView"}
)

_ERROR_KEYS = frozenset(
    {"error", "errors", "err", "errormessage", "errormsg", "exception", "traceback", "stacktrace", "errordetail"}
)
_SUCCESS_KEYS = frozenset({"success", "ok", "succeeded", "issuccess", "successful"})
_STATE_KEYS = frozenset({"status", "result", "state", "type", "outcome"})
_MESSAGE_KEYS = frozenset({"message", "msg", "detail", "details", "reason", "info", "description"})
_FAILED = regex(r"^(?:error|err|fail|failed|failure|exception|ko|nok)$", re.IGNORECASE)


def payload_of_success(module: Module, returned: ast.expr, function: FunctionNode) -> ast.expr | None:
    """The payload of a returned response that nobody gave a status, so that it is 200; None for any other.

    Args:
        returned: what stands after `return`.
        function: the view.
    """
    if isinstance(returned, ast.Dict):
        return returned if _is_view(module, function) and not _sets_status(function) else None
    name = module.names.callee(returned) if isinstance(returned, ast.Call) else None
    if not isinstance(returned, ast.Call) or name not in _STATUS_AT:
        return None
    keyword, position = _STATUS_AT[name]
    if not keyword:
        return returned if _is_view(module, function) else None
    options = options_of(module, returned)
    given = argument(returned, options, keyword, position)
    return None if options.open or given is not None else returned


def _is_view(module: Module, function: FunctionNode) -> bool:
    """Whether Flask, Quart or FastAPI makes a response of what a function returns."""
    if any(_routes(module, decorator) for decorator in function.decorator_list):
        return True
    owner = module.parent(function)
    return isinstance(owner, ast.ClassDef) and not _CLASSES.isdisjoint(module.names.bases(owner))


def _routes(module: Module, decorator: ast.expr) -> bool:
    if not (isinstance(decorator, ast.Call) and isinstance(decorator.func, ast.Attribute)):
        return False
    if decorator.func.attr not in _VERBS or any(word.arg == "status_code" for word in decorator.keywords):
        return False
    router = module.names.type_of(decorator.func.value)
    return router in _ROUTERS if router is not None else _imports_framework(module)


def _imports_framework(module: Module) -> bool:
    tops = {(node.module or "").partition(".")[0] for node in module.nodes(ast.ImportFrom) if not node.level}
    tops |= {alias.name.partition(".")[0] for node in module.nodes(ast.Import) for alias in node.names}
    return not tops.isdisjoint(_FRAMEWORKS)


def _sets_status(function: FunctionNode) -> bool:
    """`response.status_code = 502`, somewhere in a view of FastAPI."""
    return any(
        isinstance(node, ast.Attribute) and node.attr == "status_code" and isinstance(node.ctx, ast.Store)
        for node in walk_now(function.body)
    )


# -- what is answered


def error_in(payload: ast.expr, exception: str | None) -> str | None:
    """What in a payload tells of an error, as written; None where nothing does.

    Args:
        payload: a dict, or the call that makes a response of it.
        exception: the name that the handler gave to what it caught.
    """
    for key, value in _entries(payload):
        plain = key.lower().replace("_", "").replace("-", "")
        if (
            (plain in _ERROR_KEYS and not _is_empty(value))
            or (plain in _SUCCESS_KEYS and isinstance(value, ast.Constant) and value.value in (False, 0))
            or (plain in _STATE_KEYS and isinstance(value, ast.Constant) and _FAILED.match(str(value.value)))
            or (plain in _MESSAGE_KEYS and exception is not None and _holds(value, exception))
        ):
            return key
    return None


def _entries(payload: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    if isinstance(payload, ast.Dict):
        for key, value in zip(payload.keys, payload.values, strict=True):
            if isinstance(key, ast.Constant) and isinstance(key.value, str):
                yield key.value, value
    elif isinstance(payload, ast.Call):
        if called_name(payload) in ("jsonify", "dict"):
            yield from ((word.arg, word.value) for word in payload.keywords if word.arg)
        inner = [*payload.args[:1], *(word.value for word in payload.keywords if word.arg in ("data", "content"))]
        for part in inner:
            if isinstance(part, ast.Dict) or (isinstance(part, ast.Call) and called_name(part) == "dict"):
                yield from _entries(part)


def _is_empty(value: ast.expr) -> bool:
    if isinstance(value, ast.Constant):
        return not value.value
    return isinstance(value, ast.List | ast.Tuple | ast.Dict) and not (
        value.keys if isinstance(value, ast.Dict) else value.elts
    )


def _holds(value: ast.expr, name: str) -> bool:
    return any(isinstance(node, ast.Name) and node.id == name for node in ast.walk(value))
