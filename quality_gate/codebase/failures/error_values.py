"""Values that tell of a failure: error responses, error objects, and what stands for "nothing came of it"."""

from __future__ import annotations

import ast
import re
from typing import Literal

from quality_gate_checkers.model import Module
from quality_gate_checkers.reading.handlers import called_name
from quality_gate_checkers.reading.masking import empty

Strength = Literal["response", "error", "nothing", "empty"]
"""Of a returned value: a 4xx or 5xx answer; an object that says failure; None, False or -1; an empty container."""

_RESPONSES = re.compile(
    r"(?:Http)?Response(?:BadRequest|Forbidden|NotFound|NotAllowed|Gone|ServerError|Unauthorized|Unavailable)"
    r"|(?:bad_request|forbidden|not_found|unauthorized|server_error|unprocessable\w*|error_response|api_error|"
    r"(?:json|http|abort_with|respond_with)_error|HTTPBadRequest|HTTPForbidden|HTTPNotFound|HTTPUnauthorized)$",
)
_STATUS = re.compile(r"HTTP_[45]\d\d|^(?:BAD_REQUEST|UNAUTHORIZED|PAYMENT_REQUIRED|FORBIDDEN|NOT_FOUND|CONFLICT|GONE|"
    r"UNPROCESSABLE_ENTITY|TOO_MANY_REQUESTS|INTERNAL_SERVER_ERROR|BAD_GATEWAY|SERVICE_UNAVAILABLE|GATEWAY_TIMEOUT|"
    r"METHOD_NOT_ALLOWED|NOT_ACCEPTABLE|REQUEST_TIMEOUT)$")  # fmt: skip
_ERRORS = re.compile(r"(?:Error|Failure|Failed|Err|Declined|Rejected|Denied)$")
_ERROR_WORDS = re.compile(
    r"(?:^|_)(?:error|errors|err|fail|failed|failure|declined|denied|rejected|invalid|timeout|timed_out|unavailable)$",
    re.IGNORECASE,
)
_WRAPPERS = frozenset({"jsonify", "json_response", "dict"})
_KEYS = frozenset({"error", "errors", "error_message", "err"})


def strength(module: Module, value: ast.expr | None) -> Strength | None:
    """What a returned value tells, None where it tells of no failure.

    Args:
        value: None for a bare `return`.
    """
    if isinstance(value, ast.Await):
        value = value.value
    if is_nothing_like(value):
        return "nothing"
    if isinstance(value, ast.Tuple) and value.elts:
        return _of_tuple(module, value)
    if isinstance(value, ast.Call):
        return _of_call(module, value)
    if isinstance(value, ast.Dict):
        return "error" if _names_an_error(value) else "empty" if not value.keys else None
    if isinstance(value, ast.Attribute) and _ERROR_WORDS.search(value.attr):
        return "error"
    if isinstance(value, ast.Constant) and isinstance(value.value, str) and _ERROR_WORDS.search(value.value):
        return "error"
    return "empty" if value is not None and empty(module, value) else None


def is_nothing_like(value: ast.expr | None) -> bool:
    """`None`, `False`, `-1`, or no value."""
    if value is None:
        return True
    if isinstance(value, ast.UnaryOp) and isinstance(value.op, ast.USub):
        return isinstance(value.operand, ast.Constant)
    return isinstance(value, ast.Constant) and (value.value is None or value.value is False)


def _of_tuple(module: Module, value: ast.Tuple) -> Strength | None:
    """`None, "no such card"`, `{"message": ...}, 404`."""
    if any(is_failing_status(part) for part in value.elts[1:]):
        return "response"
    first, *rest = value.elts
    if is_nothing_like(first) and rest:
        return "nothing" if all(is_nothing_like(part) or empty(module, part) for part in rest) else "error"
    return _only_errors(strength(module, first)) or _only_errors(strength(module, value.elts[-1]))


def _only_errors(found: Strength | None) -> Strength | None:
    return found if found in ("response", "error") else None


def _of_call(module: Module, call: ast.Call) -> Strength | None:
    name = called_name(call)
    if _RESPONSES.search(name):
        return "response"
    named = [word.value for word in call.keywords if word.arg in ("status", "status_code", "code", "http_status")]
    if any(is_failing_status(one) for one in [*call.args[1:3], *named]):
        return "response"
    if name in _WRAPPERS or name.endswith(("Result", "Response", "Outcome")):
        first = call.args[0] if call.args else None
        said = any(word.arg in _KEYS and not is_nothing_like(word.value) for word in call.keywords)
        return "error" if said or (isinstance(first, ast.Dict) and _names_an_error(first)) else None
    return "error" if _ERRORS.search(name) and name[:1].isupper() else "empty" if empty(module, call) else None


def is_failing_status(value: ast.expr) -> bool:
    """A number from 400 to 599, or the name of one."""
    if isinstance(value, ast.Constant):
        return type(value.value) is int and 400 <= value.value <= 599
    return isinstance(value, ast.Attribute) and _STATUS.search(value.attr) is not None


def _names_an_error(value: ast.Dict) -> bool:
    for key, held in zip(value.keys, value.values, strict=True):
        word = key.value if isinstance(key, ast.Constant) else None
        if word in _KEYS and not is_nothing_like(held) and not (isinstance(held, ast.List | ast.Dict) and _bare(held)):
            return True
        if word in ("success", "ok") and isinstance(held, ast.Constant) and held.value is False:
            return True
    return False


def _bare(held: ast.List | ast.Dict) -> bool:
    return not (held.elts if isinstance(held, ast.List) else held.keys)
