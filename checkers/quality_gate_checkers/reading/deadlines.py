"""Who gives up waiting, where the call itself does not: a timeout around it, or around its function."""

from __future__ import annotations

import ast

from quality_gate_checkers.model import Module
from quality_gate_checkers.model.scopes import FUNCTIONS, FunctionNode
from quality_gate_checkers.reading.arguments import is_none
from quality_gate_checkers.reading.handlers import called_name, written

_WAITERS = frozenset({"asyncio.wait_for", "asyncio.tasks.wait_for", "async_timeout.timeout"})
_LIMITING = ("timeout", "time_limit", "deadline", "fail_after", "fail_at", "move_on_after", "move_on_at", "timelimit")
"""What a context manager or a decorator that ends its body in time is called, whoever wrote it."""


def limited_from_outside(module: Module, node: ast.AST) -> bool:
    """Whether something around a node ends it in time: `asyncio.timeout`, `wait_for`, a time limit of the task."""
    for above in module.ancestors(node):
        if isinstance(above, ast.With | ast.AsyncWith):
            if any(_is_named_limit(item.context_expr) for item in above.items):
                return True
        elif isinstance(above, ast.Call):
            if module.names.callee(above) in _WAITERS and _has_limit(above):
                return True
        elif isinstance(above, FUNCTIONS):
            return any(_limits(found) for found in above.decorator_list) or _awaited_in_time(module, above)
    return False


def _is_named_limit(expression: ast.expr) -> bool:
    call = expression if isinstance(expression, ast.Call) else None
    name = written(call.func if call else expression).lower()
    return any(part in name for part in _LIMITING) and not (call is not None and call.args and is_none(call.args[0]))


def _limits(decorator: ast.expr) -> bool:
    """Whether a decorator ends its function in time: `@timeout(5)`, `@app.task(time_limit=60)`."""
    keywords = [keyword for keyword in decorator.keywords if keyword.arg] if isinstance(decorator, ast.Call) else []
    return _is_named_limit(decorator) or any(
        part in str(keyword.arg) and not is_none(keyword.value) for keyword in keywords for part in _LIMITING
    )


def _has_limit(call: ast.Call) -> bool:
    given = [*call.args[1:2], *(keyword.value for keyword in call.keywords if keyword.arg == "timeout")]
    return bool(given) and not is_none(given[0])


def _awaited_in_time(module: Module, function: FunctionNode) -> bool:
    """Whether this module waits for a coroutine function through `wait_for` only as long as it says."""
    if not isinstance(function, ast.AsyncFunctionDef) or "wait_for" not in module.text:
        return False
    name = module.names.qualified_name(function)
    return any(
        module.names.callee(call.args[0]) == name
        for call in module.mentioning(ast.Call, ("wait_for",))
        if called_name(call) == "wait_for" and call.args and isinstance(call.args[0], ast.Call) and _has_limit(call)
    )
