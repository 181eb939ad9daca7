"""Retries written by hand that never end: `while True:` around a `try` that repeats the same call whatever happens."""

from __future__ import annotations

import ast
from typing import NamedTuple

from quality_gate_checkers.dependencies import lookup
from quality_gate_checkers.model import Module
from quality_gate_checkers.reading.deadlines import limited_from_outside
from quality_gate_checkers.reading.handlers import called_name, caught_types, is_harmless
from quality_gate_checkers.reading.remembering import of_module
from quality_gate_checkers.reading.walks import names_bound, names_read, walk_now

_SLEEPS = frozenset({"time.sleep", "asyncio.sleep", "anyio.sleep", "trio.sleep", "gevent.sleep", "eventlet.sleep"})
_ASKS_AGAIN = frozenset(
    {"builtins.input", "builtins.next", "getpass.getpass", "click.prompt", "click.confirm", "typer.prompt",
     "random.choice", "random.randint", "uuid.uuid4", "secrets.token_hex", "secrets.token_urlsafe",
     "tempfile.mktemp", "builtins.int", "builtins.float"}
)  # fmt: skip
"""What makes the next attempt another one: a person, a generator, chance."""

_CONTENTION = (
    "conflict",
    "watch",
    "integrity",
    "concurren",
    "exist",
    "duplicate",
    "taken",
    "collision",
    "locked",
    "stale",
    "unique",
    "empty",
    "stop",
)
"""In an exception's name: losing a race is answered by trying again, and somebody has won each time."""

_WAITING = frozenset(
    {"wait", "await", "poll", "loop", "forever", "watch", "listen", "consume", "serve", "prompt", "ask"}
)
"""Words in a function's name: it promises to wait, or is meant not to end."""


class Endless(NamedTuple):
    """A loop that repeats a call for ever while it fails.

    Args:
        loop: the loop.
        call: the call that is made again.
        handler: the handler that leads back to it.
    """

    loop: ast.While
    call: ast.Call
    handler: ast.ExceptHandler


def endless_retries(module: Module) -> dict[ast.While, Endless]:
    """Every such loop of a module."""
    return of_module(module, _endless_retries)


def _endless_retries(module: Module) -> dict[ast.While, Endless]:
    loops = [loop for loop in module.nodes(ast.While) if isinstance(loop.test, ast.Constant) and loop.test.value]
    found = ((loop, _in_loop(module, loop)) for loop in loops)
    return {loop: endless for loop, endless in found if endless is not None}


def _in_loop(module: Module, loop: ast.While) -> Endless | None:
    attempts = [statement for statement in loop.body if isinstance(statement, ast.Try | ast.TryStar)]
    others = [statement for statement in loop.body if not isinstance(statement, ast.Try | ast.TryStar)]
    if len(attempts) != 1 or attempts[0].finalbody or not all(_is_plain(statement) for statement in others):
        return None
    attempt = attempts[0]
    call = _call_of_attempt(attempt)
    if call is None or module.enclosing_function(loop) is None:
        return None
    if _is_another_attempt(module, loop, attempt) or is_meant(module, loop):
        return None
    for handler in attempt.handlers:
        if _repeats(module, handler) and (_sleeps(module, [handler, *others]) or _is_remote(module, attempt)):
            return Endless(loop, call, handler)
    return None


def _is_plain(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr | ast.Assign | ast.AugAssign | ast.AnnAssign | ast.Pass)


def _call_of_attempt(attempt: ast.Try | ast.TryStar) -> ast.Call | None:
    """The call whose success ends the loop: `return call()`, or `call()` and then `break` or `return`."""
    body = [*attempt.body, *attempt.orelse]
    if any(
        isinstance(
            node, ast.Raise | ast.Yield | ast.YieldFrom | ast.If | ast.While | ast.For | ast.AsyncFor | ast.Continue
        )
        for node in walk_now(body)
    ):
        return None
    if (
        not body
        or not isinstance(body[-1], ast.Return | ast.Break)
        or any(isinstance(node, ast.Return | ast.Break) for node in walk_now(body[:-1]))
    ):
        return None
    return next((node for node in walk_now(attempt.body) if isinstance(node, ast.Call)), None)


def _is_another_attempt(module: Module, loop: ast.While, attempt: ast.Try | ast.TryStar) -> bool:
    """Whether what is tried changes from one attempt to the next."""
    inside = names_bound(attempt.body)
    outside = names_bound([statement for statement in loop.body if statement is not attempt])
    outside |= {name for handler in attempt.handlers for name in names_bound(handler.body)}
    if names_read(attempt.body) & (outside - inside):
        return True
    calls = [node for node in walk_now(loop.body) if isinstance(node, ast.Call)]
    return any(module.names.callee(call) in _ASKS_AGAIN for call in calls)


def is_meant(module: Module, node: ast.AST) -> bool:
    """Whether it is meant to go on: its function promises to wait or not to end, or is ended from outside."""
    """Whether the function promises to wait, or something around it ends it in time."""
    function = module.enclosing_function(node)
    words = set(function.name.lower().split("_")) if function else set()
    return bool(words & _WAITING) or limited_from_outside(module, node)


def _repeats(module: Module, handler: ast.ExceptHandler) -> bool:
    """Whether a handler always leads back to the next attempt of the same call."""
    nodes = list(walk_now(handler.body))
    if any(
        isinstance(
            node, ast.Raise | ast.Return | ast.Break | ast.If | ast.Try | ast.IfExp | ast.Yield | ast.Match | ast.Assert
        )
        for node in nodes
    ):
        return False
    calls = [node for node in nodes if isinstance(node, ast.Call)]
    if any(called_name(call) in ("exit", "_exit", "fail", "abort", "kill", "check") for call in calls):
        return False
    types = caught_types(module, handler.type)
    names = " ".join(ast.unparse(handler.type).lower().split()) if handler.type else ""
    return not is_harmless(types) and not any(word in names for word in _CONTENTION)


def _sleeps(module: Module, nodes: list[ast.AST]) -> bool:
    return any(isinstance(node, ast.Call) and module.names.callee(node) in _SLEEPS for node in walk_now(nodes))


def _is_remote(module: Module, attempt: ast.Try | ast.TryStar) -> bool:
    for node in walk_now(attempt.body):
        name = module.names.callee(node) if isinstance(node, ast.Call) else None
        known = lookup(name, module.settings) if name else None
        if known is not None and known.remote:
            return True
    return False
