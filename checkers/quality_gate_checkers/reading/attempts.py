"""Retries written by hand: a loop around a `try` that makes the same remote call again when it fails."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from typing import TypeAlias

import msgspec

from quality_gate_checkers.dependencies import LOCAL, catalogue, lookup
from quality_gate_checkers.model import Module
from quality_gate_checkers.reading.handlers import answers_for, called_name, callee, caught_types
from quality_gate_checkers.reading.logs import log_level
from quality_gate_checkers.reading.pauses import FEW, number
from quality_gate_checkers.reading.walks import following, leaves, names_bound, walk_now

Loop: TypeAlias = ast.For | ast.While
TryBlock: TypeAlias = ast.Try | ast.TryStar
_COUNTING = frozenset({"range", "reversed"})
_TELLING = frozenset(
    {"print", "str", "repr", "format", "type", "len", "incr", "increment", "inc", "labels", "append", "getattr",
     "isinstance", "capture_exception", "capture_message", "format_exc", "info", "debug", "warning", "warn", "error",
     "exception", "log", "echo", "join", "max", "min"}
)  # fmt: skip
"""What a handler may call and still do nothing about the failure but tell of it."""


class Attempts(msgspec.Struct, frozen=True):
    """A loop that repeats a call.

    Args:
        loop: the loop.
        call: the remote call that is made again, or the first one where only the handler tells that one is.
        handler: the handler that leads back to the next attempt.
        types: what that handler catches.
    """

    loop: Loop
    call: ast.Call
    handler: ast.ExceptHandler
    types: list[str | None]


def attempts(module: Module) -> Iterator[Attempts]:
    """Every loop of a module that ends when its call succeeds and goes on at once when that fails."""
    loops: list[Loop] = [*module.nodes(ast.For), *module.nodes(ast.While)]
    for loop in loops:
        tries = [statement for statement in _directly(loop) if isinstance(statement, TryBlock)]
        if len(tries) == 1 and _counts(module, loop) and not is_another(loop, tries[0]):
            found = _of(module, loop, tries[0])
            if found is not None:
                yield found


def _directly(loop: Loop) -> list[ast.stmt]:
    """The statements of a loop's body, those of a `with` in it included."""
    found: list[ast.stmt] = []
    stack = list(loop.body)
    while stack:
        statement = stack.pop()
        found.append(statement)
        if isinstance(statement, ast.With | ast.AsyncWith):
            stack.extend(statement.body)
    return found


def _counts(module: Module, loop: Loop) -> bool:
    """`for _ in range(n)` of more than two, or a `while`: a loop over things makes another attempt with each."""
    if isinstance(loop, ast.While):
        return not _is_few(module, loop.test, _STAYS)
    if not isinstance(loop.iter, ast.Call) or called_name(loop.iter) not in _COUNTING:
        return False
    ends = [int(end) for given in loop.iter.args if (end := number(module, given)) is not None]
    if len(ends) != len(loop.iter.args):
        return True
    return len(range(*ends[:3])) > FEW if ends and (len(ends) < 3 or ends[2]) else False


_STAYS: dict[type[ast.cmpop], int] = {ast.Lt: 0, ast.LtE: 1, ast.NotEq: 0}
_LEAVES: dict[type[ast.cmpop], int] = {ast.GtE: 0, ast.Gt: 1, ast.Eq: 0}
"""How a counter is compared with the number of attempts -> how many more there are."""


def _is_few(module: Module, test: ast.expr, comparing: dict[type[ast.cmpop], int]) -> bool:
    """`attempts >= LIMIT`, where that number tells that there is one second attempt at most."""
    more = comparing.get(type(test.ops[0])) if isinstance(test, ast.Compare) and len(test.ops) == 1 else None
    limit = number(module, test.comparators[0]) if isinstance(test, ast.Compare) and more is not None else None
    return more is not None and limit is not None and limit + more <= FEW


def _gives_up_soon(module: Module, handler: ast.ExceptHandler) -> bool:
    """`if attempts >= 2: raise`."""
    choices = (node for node in walk_now(handler.body) if isinstance(node, ast.If))
    return any(leaves(choice.body) and _is_few(module, choice.test, _LEAVES) for choice in choices)


def _of(module: Module, loop: Loop, attempt: TryBlock) -> Attempts | None:
    if not _ends_with_success(module, loop, attempt):
        return None
    calls = [node for node in walk_now(attempt.body) if isinstance(node, ast.Call)]
    for handler in attempt.handlers:
        if not _leads_back(module, loop, attempt, handler) or not _only_tells(module, handler):
            continue
        types = caught_types(module, handler.type)
        for call in calls:
            name = callee(module, call)
            known = lookup(name, module.settings) if name else None
            if known is not None and known.remote and answers_for(types, known):
                return Attempts(loop, call, handler, types)
        if calls and any(name in _outages() for name in types):
            return Attempts(loop, calls[0], handler, types)
    return None


@cache
def _outages() -> frozenset[str]:
    """Exceptions of the catalogue's remote libraries that say that nobody answers, whatever call raises them."""
    return frozenset(
        known
        for library in catalogue().libraries
        if library.kind not in LOCAL
        for name in library.unavailable
        for known in (name, *(alias for alias, meant in library.aliases.items() if meant == name))
        if not known.startswith("builtins.")
    )


def _ends_with_success(module: Module, loop: Loop, attempt: TryBlock) -> bool:
    tail = [*attempt.body, *attempt.orelse]
    if any(isinstance(node, ast.Yield | ast.YieldFrom) for node in walk_now(tail)):
        return False
    if _goes(tail):
        return True
    after = following(attempt, module.parent(attempt))
    return _goes(after)


def _goes(block: list[ast.stmt]) -> bool:
    """Whether the end of a block leaves the loop, and is not the next round."""
    return bool(block) and leaves(block) and not isinstance(block[-1], ast.Continue | ast.Raise)


def _leads_back(module: Module, loop: Loop, attempt: TryBlock, handler: ast.ExceptHandler) -> bool:
    back = _way_back(handler.body)
    if back == "falls":
        return not leaves(following(attempt, module.parent(attempt)))
    return back == "continues"


def _way_back(body: list[ast.stmt]) -> str:
    last = body[-1]
    if isinstance(last, ast.Continue):
        return "continues"
    if isinstance(last, ast.Return | ast.Raise | ast.Break):
        return "leaves"
    if isinstance(last, ast.If) and last.orelse:
        ways = {_way_back(last.body), _way_back(last.orelse)}
        return next(way for way in ("falls", "continues", "leaves") if way in ways)
    return "falls"


def _only_tells(module: Module, handler: ast.ExceptHandler) -> bool:
    """Whether a handler does nothing that could make the next attempt a better one: no reconnecting, no other host."""
    if _gives_up_soon(module, handler) or any(map(_lets_go, walk_now(handler.body))):
        return False
    calls = [node for node in walk_now(handler.body) if isinstance(node, ast.Call)]
    return all(
        log_level(module, call) is not None
        or called_name(call) in _TELLING
        or any(isinstance(above, ast.Raise) for above in module.ancestors(call))
        for call in calls
    )


def _lets_go(node: ast.AST) -> bool:
    """`del self.connection`, `self.connection = None`: the next attempt makes itself a new one."""
    if isinstance(node, ast.Delete):
        return any(isinstance(target, ast.Attribute | ast.Subscript) for target in node.targets)
    return (
        isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Attribute)
        and isinstance(node.value, ast.Constant)
        and node.value.value is None
    )


def is_another(loop: Loop, attempt: TryBlock) -> bool:
    """Whether what is tried changes from one attempt to the next."""
    inside = names_bound(attempt.body)
    others: list[ast.AST] = [statement for statement in loop.body if statement is not attempt]
    others += [statement for handler in attempt.handlers for statement in handler.body]
    changed = names_bound(others) | (names_bound([loop.target]) if isinstance(loop, ast.For) else set())
    told = {id(node) for call in walk_now(attempt.body) if _is_telling(call) for node in ast.walk(call)}
    read = {
        node.id
        for node in walk_now(attempt.body)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and id(node) not in told
    }
    return bool(read & (changed - inside))


def _is_telling(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and called_name(node) in _TELLING
