"""What the body of a handler, or of a `finally`, does as far as evidence can show it."""

from __future__ import annotations

import ast

from quality_gate.failure_paths import UNKNOWN, Handler
from quality_gate_checkers.model import Module
from quality_gate_checkers.reading.handlers import CLEANUP, called_name, caught_types, is_broad, is_nothing
from quality_gate_checkers.reading.logs import log_level
from quality_gate_checkers.reading.walks import walk_now

_CANCELLED = frozenset(
    {
        "asyncio.CancelledError", "asyncio.exceptions.CancelledError", "builtins.CancelledError",
        "concurrent.futures.CancelledError", "trio.Cancelled", "celery.exceptions.SoftTimeLimitExceeded",
        "billiard.exceptions.SoftTimeLimitExceeded", "billiard.SoftTimeLimitExceeded",
        "rq.timeouts.JobTimeoutException",
    }
)  # fmt: skip
"""Exceptions by which somebody from outside ends what is under way."""


MOST_TYPES = 24
"""So many types of a handler stand with each of its paths; each type has a path of its own besides."""


def is_cancellation(name: str) -> bool:
    """Whether an exception says that the work was called off."""
    return name in _CANCELLED


def handler_of(module: Module, node: ast.ExceptHandler) -> Handler:
    """An `except` as evidence sees it."""
    types = caught_types(module, node.type)
    return Handler(
        module.location(node).line,
        tuple(name or UNKNOWN for name in types[:MOST_TYPES]),
        broad=is_broad(types) or node.type is None,
        log_only=all(_only_says(module, one) for one in node.body),
        raises_again=_raises_again(module, node),
    )


def _only_says(module: Module, node: ast.stmt) -> bool:
    """It logs, or does nothing at all."""
    if isinstance(node, ast.Pass | ast.Continue):
        return True
    if isinstance(node, ast.Return):
        return is_nothing(node.value)
    if not isinstance(node, ast.Expr):
        return False
    value = node.value.value if isinstance(node.value, ast.Await) else node.value
    return isinstance(value, ast.Constant) or (isinstance(value, ast.Call) and _is_log(module, value))


def _is_log(module: Module, call: ast.Call) -> bool:
    return log_level(module, call) is not None or module.names.resolve(call.func) in (
        "builtins.print",
        "traceback.print_exc",
        "warnings.warn",
    )


def _raises_again(module: Module, node: ast.ExceptHandler) -> bool:
    last = node.body[-1]
    if not (isinstance(last, ast.Raise) and is_same_again(last, node)):
        return False
    return all(_shows_nothing(module, one, node) for one in node.body[:-1])


def _shows_nothing(module: Module, node: ast.stmt, handler: ast.ExceptHandler) -> bool:
    """Whether the caller sees the same exception with and without a statement: it logs, lets go of something, or
    writes something down on the exception."""
    if isinstance(node, ast.Return | ast.Continue):
        return False
    if isinstance(node, ast.If):
        return all(_shows_nothing(module, one, handler) for one in [*node.body, *node.orelse])
    return _only_says(module, node) or _lets_go(node) or _marks(node, handler)


def _marks(node: ast.stmt, handler: ast.ExceptHandler) -> bool:
    """`error.request = request`, `error.add_note(...)`."""
    if isinstance(node, ast.Assign):
        return all(_is_of(target, handler) for target in node.targets)
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and _is_of(node.value.func, handler)


def _is_of(node: ast.expr, handler: ast.ExceptHandler) -> bool:
    """An attribute of the exception that a handler took."""
    while isinstance(node, ast.Attribute):
        node = node.value
        if isinstance(node, ast.Name):
            return node.id == handler.name
    return False


def is_same_again(node: ast.Raise, handler: ast.ExceptHandler) -> bool:
    """Whether a `raise` in a handler raises just what was caught."""
    if node.exc is None:
        return True
    return isinstance(node.exc, ast.Name) and node.exc.id == handler.name and node.cause is None


def _lets_go(node: ast.stmt) -> bool:
    value = node.value if isinstance(node, ast.Expr) else None
    value = value.value if isinstance(value, ast.Await) else value
    return isinstance(value, ast.Call) and called_name(value) in CLEANUP


def lets_pass(node: ast.ExceptHandler) -> bool:
    """Whether a handler re-raises what it caught, on some way at least."""
    return any(isinstance(one, ast.Raise) and is_same_again(one, node) for one in walk_now(node.body))


def has_effect(module: Module, body: list[ast.stmt]) -> ast.stmt | None:
    """The first statement of a `finally` by which something outside changes; None where it only logs or binds."""
    for statement in body:
        if isinstance(statement, ast.Assert) or (isinstance(statement, ast.Assign) and _binds_names(statement)):
            continue
        for node in walk_now([statement]):
            if isinstance(node, ast.Call) and not _is_log(module, node) and not _within_log(module, node, statement):
                return statement
            if isinstance(node, ast.Attribute | ast.Subscript) and isinstance(node.ctx, ast.Store | ast.Del):
                return statement
    return None


def _binds_names(node: ast.Assign) -> bool:
    return all(isinstance(target, ast.Name) for target in node.targets)


def _within_log(module: Module, call: ast.Call, statement: ast.stmt) -> bool:
    for above in module.ancestors(call):
        if above is statement:
            return False
        if isinstance(above, ast.Call) and _is_log(module, above):
            return True
    return False
