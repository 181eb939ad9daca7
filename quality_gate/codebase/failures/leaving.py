"""Calls that leave their function whatever comes of them: `abort(404)`, `sys.exit(1)`, and those that raise of
themselves what the caller asked them to judge."""

from __future__ import annotations

import ast

from quality_gate_checkers.model import Module
from quality_gate_checkers.reading.handlers import called_name

_RAISING = {
    "flask.abort": "werkzeug.exceptions.HTTPException",
    "werkzeug.exceptions.abort": "werkzeug.exceptions.HTTPException",
    "quart.abort": "werkzeug.exceptions.HTTPException",
    "flask_restful.abort": "werkzeug.exceptions.HTTPException",
    "flask_smorest.abort": "werkzeug.exceptions.HTTPException",
    "sys.exit": "builtins.SystemExit",
    "builtins.exit": "builtins.SystemExit",
    "django.shortcuts.get_object_or_404": "django.http.Http404",
    "django.shortcuts.get_list_or_404": "django.http.Http404",
    "rest_framework.generics.get_object_or_404": "django.http.Http404",
}
_NAMES = frozenset(name.rpartition(".")[2] for name in _RAISING) | {"is_valid"}
_JUDGING = frozenset({"get_object_or_404", "get_list_or_404", "is_valid"})


def raised_by(module: Module, call: ast.Call) -> str | None:
    """Dotted name of the exception that a call is there to raise; None for every other call."""
    if called_name(call) not in _NAMES:
        return None
    if called_name(call) == "is_valid":
        asked = any(word.arg == "raise_exception" and _is_true(word.value) for word in call.keywords)
        return "rest_framework.exceptions.ValidationError" if asked else None
    raised = _RAISING.get(module.names.callee(call) or "")
    return None if raised == "builtins.SystemExit" and _ends_well(call) else raised


def judges(call: ast.Call) -> bool:
    """Whether the call goes on where all is well."""
    return called_name(call) in _JUDGING


def _is_true(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and value.value is True


def _ends_well(call: ast.Call) -> bool:
    """`sys.exit()`, `sys.exit(0)`, `sys.exit(main())`: nothing went wrong, or somebody else says so."""
    first = call.args[0] if call.args else None
    if first is None or not isinstance(first, ast.Constant | ast.JoinedStr | ast.BinOp):
        return True
    return isinstance(first, ast.Constant) and first.value in (0, None)
