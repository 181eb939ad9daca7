"""Work that is handed to a thread, a pool or the event loop: what runs there, and whether it answers for itself."""

from __future__ import annotations

import ast

from quality_gate_checkers.model import Module
from quality_gate_checkers.model.scopes import FUNCTIONS, FunctionNode
from quality_gate_checkers.reading.handlers import CLEANUP, FailingCall, called_name, fallible_calls
from quality_gate_checkers.reading.logs import log_level
from quality_gate_checkers.reading.walks import walk_now

_TRANSPARENT = frozenset(
    {
        "builtins.staticmethod", "builtins.classmethod", "asgiref.sync.sync_to_async", "asgiref.sync.async_to_sync",
        "channels.db.database_sync_to_async", "typing.override", "typing_extensions.override", "typing.no_type_check",
        "tenacity.retry", "contextlib.asynccontextmanager",
    }
)  # fmt: skip
"""Decorators that let failures through; what another one does with them nothing here tells."""

_HARMLESS = CLEANUP | {
    "sleep",
    "wait",
    "wait_for",
    "set",
    "notify",
    "notify_all",
    "put_nowait",
    "clear",
    "print",
    "time",
    "monotonic",
    "aclose",
}
"""Calls that have nothing to fail, or whose failure has nothing left to break."""

_CATCHERS = ("suppress", "catch", "captur", "guard", "handle", "log_exc", "report", "shield")
"""In the names of context managers that take failures in."""

_PASSING_ON = frozenset({"partial", "create_task", "ensure_future", "shield", "wrap_future"})
"""Functions that are given the work and hand it on."""

_ENTERED = (ast.With, ast.AsyncWith, ast.While, ast.For, ast.AsyncFor, ast.If)
_TRIES = (ast.Try, ast.TryStar)
_WAITS = (ast.Await, ast.AsyncFor, ast.AsyncWith)
_DEPTH = 3
_MOST = 5
"""Calls of a function that are looked into; one that makes more of them is more than a frame around others."""


def work_of(expression: ast.expr | None) -> ast.expr | None:
    """The function behind a callable or a coroutine: `f` of `f`, `f(x)`, `partial(f, x)`, `lambda: f(x)`."""
    for _ in range(_DEPTH):
        if isinstance(expression, ast.Lambda):
            expression = expression.body
        elif isinstance(expression, ast.Await | ast.Starred):
            expression = expression.value
        elif isinstance(expression, ast.Call):
            if called_name(expression) not in _PASSING_ON or not expression.args:
                return expression.func
            expression = expression.args[0]
        else:
            return expression
    return None


def definition_of(module: Module, work: ast.expr | None) -> FunctionNode | None:
    """The function of this module that does the work."""
    name = module.names.resolve(work) if work is not None else None
    if name is None and isinstance(work, ast.Attribute):
        holder = module.names.type_of(work.value)
        name = module.names.method(holder, work.attr) if holder else None
    found = module.names.definition(name) if name else None
    return found if isinstance(found, FUNCTIONS) else None


def has_nothing_to_report(module: Module, work: ast.expr | None) -> bool:
    """Whether nobody misses a failure of some work: it cleans up, waits, or answers for itself."""
    name = work.attr if isinstance(work, ast.Attribute) else getattr(work, "id", "")
    if name.strip("_") in _HARMLESS or name.strip("_").split("_")[0] in CLEANUP:
        return True
    definition = definition_of(module, work)
    return definition is not None and answers_for_itself(module, definition)


def answers_for_itself(module: Module, function: FunctionNode, depth: int = 0) -> bool:
    """Whether a function handles its failures, has none, or wears a decorator that may.

    A `try` with handlers at the top of its body (within `with` and loops, too) is enough; what the handlers do is the
    business of other rules.
    """
    if any(not _lets_through(module, decorator) for decorator in function.decorator_list):
        return True
    if any(_is_guard(module, block) for block in _top_level(function.body)):
        return True
    if isinstance(function, ast.AsyncFunctionDef) and not any(
        isinstance(node, _WAITS) for node in walk_now(function.body)
    ):
        return True  # it only keeps books and starts other work
    calls = [node for node in walk_now(function.body) if isinstance(node, ast.Call) and log_level(module, node) is None]
    risky = [call for call in calls if called_name(call) not in _HARMLESS]
    if len(risky) > _MOST or depth >= _DEPTH:
        return not risky
    inner = [definition_of(module, call.func) for call in risky]
    return all(one is not None and one is not function and answers_for_itself(module, one, depth + 1) for one in inner)


def _lets_through(module: Module, decorator: ast.expr) -> bool:
    target = decorator.func if isinstance(decorator, ast.Call) else decorator
    return module.names.resolve(target) in _TRANSPARENT


def _top_level(body: list[ast.stmt]) -> list[ast.stmt]:
    found: list[ast.stmt] = []
    stack = list(body)
    while stack:
        statement = stack.pop()
        found.append(statement)
        if isinstance(statement, _ENTERED) or (isinstance(statement, _TRIES) and not statement.handlers):
            stack.extend(statement.body)
    return found


def _is_guard(module: Module, block: ast.stmt) -> bool:
    """A `try` with a handler that logs or does not raise again, `with suppress(...)`, or a catcher of the project's."""
    if isinstance(block, ast.With | ast.AsyncWith):
        names = " ".join(
            called_name(item.context_expr) for item in block.items if isinstance(item.context_expr, ast.Call)
        ).lower()
        return any(word in names for word in _CATCHERS)
    if not isinstance(block, ast.Try | ast.TryStar):
        return False
    return any(
        not _is_cancelled(handler) and (not isinstance(handler.body[-1], ast.Raise) or _logs(module, handler))
        for handler in block.handlers
    )


def _logs(module: Module, handler: ast.ExceptHandler) -> bool:
    return any(isinstance(node, ast.Call) and log_level(module, node) == "loud" for node in walk_now(handler.body))


def _is_cancelled(handler: ast.ExceptHandler) -> bool:
    type_ = handler.type
    return (type_.attr if isinstance(type_, ast.Attribute) else getattr(type_, "id", "")) in (
        "CancelledError",
        "KeyboardInterrupt",
    )


def failing_call(module: Module, function: FunctionNode, depth: int = 0) -> FailingCall | None:
    """A call to another service whose failure leaves a function, its callees in this module included.

    Plain sockets are left out: binding and accepting are a server's own business.
    """
    found = next(
        (call for call in fallible_calls(module, function.body) if call.known.remote and call.known.kind != "socket"),
        None,
    )
    if found is not None or depth >= _DEPTH:
        return found
    for call in walk_now(function.body):
        inner = definition_of(module, call.func) if isinstance(call, ast.Call) else None
        if (
            inner is None
            or inner is function
            or any(isinstance(above, ast.Try) and above.handlers for above in module.ancestors(call))
        ):
            continue
        found = failing_call(module, inner, depth + 1)
        if found is not None:
            return found
    return None
