"""What a call says to a log."""

from __future__ import annotations

import ast

from quality_gate_checkers.model import Module

_QUIET = frozenset({"debug", "info", "trace", "log_debug", "verbose"})
_LOUD = frozenset({"warning", "warn", "error", "exception", "critical", "fatal", "log"})
LOGGING = _QUIET | _LOUD
"""Names of the methods that log."""

_QUIET_LEVELS = frozenset({"DEBUG", "INFO", "NOTSET"})


def _is_logger(module: Module, receiver: ast.expr) -> bool:
    last = receiver.attr if isinstance(receiver, ast.Attribute) else getattr(receiver, "id", "")
    if "log" in last.lower():
        return True
    if isinstance(receiver, ast.Call):
        return _is_logger(module, receiver.func)
    return (module.names.resolve(receiver) or "").startswith(("logging.", "structlog.", "loguru."))


def log_level(module: Module, call: ast.Call) -> str | None:
    """`quiet` (below warning), `loud` (warning and above), or None for a call that logs nothing."""
    function = call.func
    if not isinstance(function, ast.Attribute) or function.attr not in LOGGING:
        return None
    if not _is_logger(module, function.value):
        return None
    if function.attr == "log":
        level = call.args[0] if call.args else None
        name = level.attr if isinstance(level, ast.Attribute) else getattr(level, "id", "")
        return (
            "quiet"
            if name in _QUIET_LEVELS or (isinstance(level, ast.Constant) and level.value in (0, 10, 20))
            else "loud"
        )
    return "quiet" if function.attr in _QUIET else "loud"
