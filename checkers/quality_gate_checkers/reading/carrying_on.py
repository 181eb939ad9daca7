"""Whether code goes on as if a failed call had worked: then `silent-failure` steps back."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator

import msgspec

from quality_gate_checkers.dependencies import lookup
from quality_gate_checkers.model import Module
from quality_gate_checkers.reading.answers import are_answers, is_answer, is_asking
from quality_gate_checkers.reading.declaring_done import declared_done, subject_of
from quality_gate_checkers.reading.handlers import (
    answers_for,
    called_name,
    callee,
    caught_types,
    fallible_calls,
    is_broad,
    is_cleanup,
    written,
)
from quality_gate_checkers.reading.logs import log_level
from quality_gate_checkers.reading.remembering import remembered
from quality_gate_checkers.reading.walks import after_block, following, leaves, walk_now
from quality_gate_checkers.regexes import regex

_REPORTING = frozenset(
    {
        "capture_exception",
        "capture_message",
        "print_exc",
        "print",
        "incr",
        "increment",
        "inc",
        "record_exception",
        "notice_error",
    }
)
_GUARDS = (ast.If, ast.While, ast.For, ast.AsyncFor, ast.Match, ast.Try, ast.TryStar)

FAILURE = regex(
    r"(?:Error|Exception|Fail\w*|Fault|Timeout|TimedOut|Declined|Denied|Refused|Reject\w*|Unavailable|Exceeded|Problem)$"
)
"""Last words of exceptions that tell of a failure; others may be a message to the caller (`Delegate`, `Retry`)."""
_ASKING = frozenset(
    {
        "get",
        "fetch",
        "find",
        "lookup",
        "load",
        "read",
        "list",
        "count",
        "search",
        "geocode",
        "resolve",
        "check",
        "validate",
        "is",
        "has",
        "filter",
        "select",
        "query",
        "exists",
        "parse",
        "render",
        "format",
        "build",
        "lock",
        "acquire",
        "cleanup",
        "clean",
        "delete",
        "remove",
        "close",
        "cancel",
        "invalidate",
    }
)
_TELLING = regex(
    r"notif|mail|sms|webhook|track|metric|audit|log|event|signal|broadcast|emit|alert|slack|telemetr|index|cache|message|receipt|analytic|publish|report|hook|push|announce|invalidate|warm|thumbnail|preview"
)
_TOLD = regex(r"sent|notif|mail|deliver|publish|index|push|report|announce|sms|track")


def does_something(function: str) -> bool:
    """Whether a function's name says that it is there to do something: neither to ask, to tidy up nor to tell."""
    words = function.lower().lstrip("_")
    return words.split("_")[0] not in _ASKING and not _TELLING.search(words) and not is_asking(words)


class CarriedOn(msgspec.Struct, frozen=True):
    """Code that only makes sense when a call has worked, after a handler that lets its failure pass.

    Args:
        call: what fails.
        step: what goes on regardless.
        told: the step as a clause: `order.mark_paid() runs`.
        unbound: the name that only the `try` binds, None where a state is changed.
        given_up: whether it is the last of several attempts that fails.
    """

    call: ast.Call
    step: ast.AST
    told: str
    unbound: str | None
    given_up: bool = False


def carried_on(module: Module, handler: ast.ExceptHandler) -> CarriedOn | None:
    """What goes on after a handler as if nothing had happened, or None where nothing does."""
    return remembered(module, _carried_on, handler)


def _carried_on(module: Module, handler: ast.ExceptHandler) -> CarriedOn | None:
    block = module.parent(handler)
    if not isinstance(block, ast.Try | ast.TryStar) or leaves(block.finalbody):
        return None
    loop = _loop_of_attempts(module, handler, block)
    if loop is None and (leaves(block.orelse or block.body) or leaves(handler.body)):
        return None
    after = list(_unguarded(module, after_block(module, block if loop is None else loop)))
    if not after:
        return None
    types = caught_types(module, handler.type)
    if are_answers(module, types) or is_cleanup(module, block):
        return None
    passing = _goes_on if loop is not None else _lets_pass
    found = None
    if all(passing(module, statement) for statement in handler.body):
        found = _state_changed(module, block, types, after)
    if found is None and _falls_through(module, handler):
        found = _unbound_read(module, block, types, after)
    return found if found is None or loop is None else msgspec.structs.replace(found, given_up=True)


def _loop_of_attempts(
    module: Module, handler: ast.ExceptHandler, block: ast.Try | ast.TryStar
) -> ast.For | ast.AsyncFor | ast.While | None:
    """The loop that ends as soon as a call has worked, and all the same when no attempt has."""
    loop = module.parent(block)
    if not isinstance(loop, ast.For | ast.AsyncFor | ast.While) or loop.orelse or block not in loop.body:
        return None
    if isinstance(loop, ast.While) and not _counts(loop):
        return None
    rest = following(block, loop)
    if not rest:
        worked = (block.orelse or block.body)[-1]
        is_left = not leaves(handler.body) or isinstance(handler.body[-1], ast.Continue)
    else:
        worked, is_left = rest[-1], len(rest) == 1 and isinstance(handler.body[-1], ast.Continue)
    return loop if isinstance(worked, ast.Break) and is_left else None


def _counts(loop: ast.While) -> bool:
    """Whether a `while` asks for a number that its body changes: others end by what the attempts have brought about."""
    changed = {
        node.target.id
        for node in walk_now(loop.body)
        if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name)
    }
    return isinstance(loop.test, ast.Compare) and any(
        isinstance(node, ast.Name) and node.id in changed for node in walk_now([loop.test])
    )


def _goes_on(module: Module, statement: ast.stmt) -> bool:
    """What leads to the next attempt and no further: a wait, a count, `continue`."""
    if isinstance(statement, ast.Continue | ast.AugAssign):
        return True
    waiting = statement.value if isinstance(statement, ast.Expr) else None
    waiting = waiting.value if isinstance(waiting, ast.Await) else waiting
    return (isinstance(waiting, ast.Call) and called_name(waiting) == "sleep") or _lets_pass(module, statement)


def _falls_through(module: Module, handler: ast.ExceptHandler) -> bool:
    """Whether the end of a handler is reached; a last call that is no log may be one that never returns."""
    last = handler.body[-1]
    return not isinstance(last, ast.Expr) or _lets_pass(module, last)


def _lets_pass(module: Module, statement: ast.stmt) -> bool:
    """`pass`, a log or a count: nothing that the code after the `try` could look at."""
    if isinstance(statement, ast.Pass):
        return True
    if not isinstance(statement, ast.Expr):
        return False
    value = statement.value.value if isinstance(statement.value, ast.Await) else statement.value
    if isinstance(value, ast.Call):
        return log_level(module, value) is not None or called_name(value) in _REPORTING
    return isinstance(value, ast.Constant)


def _unguarded(module: Module, after: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Statements that run whatever happened, up to the first that may leave; none that stand under a question."""
    stack = list(after)[::-1]
    while stack:
        statement = stack.pop()
        if isinstance(statement, ast.With | ast.AsyncWith):
            stack.extend(statement.body[::-1])
            continue
        if isinstance(statement, ast.Try) and not _catches_all(module, statement):
            yield from _unguarded(module, statement.body)
        else:
            yield statement
        if remembered(module, _may_leave, statement):
            return


def _catches_all(module: Module, block: ast.Try) -> bool:
    """Whether a later `try` would also catch that a name is not bound."""
    return any(
        is_broad(types) or not {"builtins.NameError", "builtins.UnboundLocalError"}.isdisjoint(types)
        for types in (caught_types(module, handler.type) for handler in block.handlers)
    )


def _may_leave(module: Module, statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Raise | ast.Continue | ast.Break | ast.Return | ast.Assert):
        return True
    return isinstance(statement, _GUARDS) and any(
        isinstance(node, ast.Return | ast.Raise | ast.Continue | ast.Break) for node in walk_now([statement])
    )


# -- a state that tells of success


def _state_changed(
    module: Module, block: ast.Try | ast.TryStar, types: list[str | None], after: list[ast.stmt]
) -> CarriedOn | None:
    changes = [change for statement in after if (change := declared_done(statement)) is not None]
    if not changes:
        return None
    for call, given in _failing_with(module, block, types):
        for done in changes:
            if done.subject in given and not _is_aside(call, done.word):
                return CarriedOn(call, done.step, done.told, None)
    return None


def _failing_with(
    module: Module, block: ast.Try | ast.TryStar, types: list[str | None]
) -> Iterator[tuple[ast.Call, set[str]]]:
    """Calls in a `try` whose failure the handler catches, each with the things that it was about."""
    known = {found.node: found.known for found in fallible_calls(module, block.body)}
    typed = is_broad(types) or any(
        name is not None and not name.startswith("builtins.") and not is_answer(name) and FAILURE.search(name)
        for name in types
    )
    for call in _calls(block.body):
        if call in known:
            if known[call].remote and answers_for(types, known[call]):
                yield call, _given(module, call)
        elif typed and _is_collaborator(module, call):
            yield call, _given(module, call)


def _calls(body: list[ast.stmt]) -> Iterator[ast.Call]:
    tops = [statement for statement in body if not isinstance(statement, ast.Try | ast.TryStar)]
    return (node for node in walk_now(tops) if isinstance(node, ast.Call))


def _is_collaborator(module: Module, call: ast.Call) -> bool:
    """A method or function of the project, or of something that was handed in, that is there to do something."""
    if called_name(call).lower().lstrip("_").split("_")[0] in _ASKING or log_level(module, call) is not None:
        return False
    name = callee(module, call)
    if name is None:
        return isinstance(call.func, ast.Attribute) and subject_of(call.func.value) != ""
    top = name.partition(".")[0]
    return (
        top == module.name.partition(".")[0]
        and lookup(name, module.settings) is None
        and top not in sys.stdlib_module_names
    )


def _given(module: Module, call: ast.Call) -> set[str]:
    """What a call was handed, and what its result is written to."""
    arguments = [*call.args, *(keyword.value for keyword in call.keywords)]
    found = {
        subject_of(node)
        for argument in arguments
        for node in walk_now([argument])
        if isinstance(node, ast.Attribute | ast.Name)
    }
    found |= {subject_of(target.value) for target in _targets(module, call) if isinstance(target, ast.Attribute)}
    return found - {"", "self", "cls"}


def _targets(module: Module, call: ast.Call) -> list[ast.expr]:
    statement = next((above for above in module.ancestors(call) if isinstance(above, ast.stmt)), None)
    return statement.targets if isinstance(statement, ast.Assign) else []


def _is_aside(call: ast.Call, word: str) -> bool:
    """Telling somebody is best effort, unless what is set afterwards says that they were told."""
    return bool(_TELLING.search(written(call.func).lower())) and not _TOLD.search(word)


# -- a name that only the `try` binds


def _unbound_read(
    module: Module, block: ast.Try | ast.TryStar, types: list[str | None], after: list[ast.stmt]
) -> CarriedOn | None:
    bound = {
        found.id
        for found in walk_now([*block.body, *block.orelse])
        if isinstance(found, ast.Name) and isinstance(found.ctx, ast.Store)
    }
    for statement in after if bound else ():
        for name in _reads(statement):
            if name.id in bound and _only_bound_in(module, name, block):
                call = _failing_before(module, block, types, name.id)
                return None if call is None else CarriedOn(call, statement, f"`{name.id}` is used", name.id)
    return None


def _reads(statement: ast.stmt) -> Iterator[ast.Name]:
    """Names that a statement reads whatever happens: not what stands under a question or in a branch."""
    heads: list[ast.AST] = [statement]
    if isinstance(statement, ast.If | ast.While):
        heads = [statement.test]
    elif isinstance(statement, ast.For | ast.AsyncFor):
        heads = [statement.iter]
    elif isinstance(statement, ast.Match):
        heads = [statement.subject]
    elif isinstance(statement, ast.Try | ast.TryStar):
        heads = []
    nodes = list(walk_now(heads))
    if any(
        isinstance(node, ast.IfExp | ast.BoolOp) or (isinstance(node, ast.Name) and node.id == "locals")
        for node in nodes
    ):
        return iter(())
    return (node for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load))


def _only_bound_in(module: Module, name: ast.Name, block: ast.Try | ast.TryStar) -> bool:
    found = module.names.bindings(name)
    return bool(found) and all(_stands_in(module, binding.node, block) for binding in found)


def _stands_in(module: Module, node: ast.AST, block: ast.Try | ast.TryStar) -> bool:
    child = node
    for above in module.ancestors(node):
        if above is block:
            return child in block.body or child in block.orelse
        child = above
    return False


def _failing_before(
    module: Module, block: ast.Try | ast.TryStar, types: list[str | None], name: str
) -> ast.Call | None:
    """The catalogued call whose failure leaves a name unbound: one up to the statement that binds it."""
    for call in fallible_calls(module, block.body):
        if call.known.remote and answers_for(types, call.known):
            return call.node
    return None
