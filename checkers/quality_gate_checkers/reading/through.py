"""What comes out of functions of the project: failures of the remote calls that they make, as handlers meet them."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeAlias

import msgspec

from quality_gate_checkers.dependencies import Fallible
from quality_gate_checkers.model import Module
from quality_gate_checkers.model.index import children
from quality_gate_checkers.model.scopes import FUNCTIONS, FunctionNode
from quality_gate_checkers.reading.answers import is_answer, is_asking
from quality_gate_checkers.reading.decided import not_run
from quality_gate_checkers.reading.handlers import (
    BROAD,
    FailingCall,
    answers_for,
    called_name,
    caught_types,
    fallible,
    lets_go,
    suppressed_types,
)
from quality_gate_checkers.reading.logs import log_level
from quality_gate_checkers.reading.remembering import remembered
from quality_gate_checkers.reading.walks import DEFERRED, keeps_all, plain_calls, walk_now
from quality_gate_checkers.regexes import regex

_DEPTH = 3
"""Functions between a handler and the remote call; further away nobody can say what the handler means."""
_MOST = 60
"""Functions that are looked into for one call."""
_Place: TypeAlias = tuple[Module, FunctionNode]
"""A function and the module that holds it."""

_AGAIN = "raise"
"""In the place of an exception's name: the one that was caught, raised again."""
_SILENTLY = regex(r"silen|quiet|ignore_err|suppress|raise_")
"""In the name of an argument: the call is told what to do about its failures."""

_REPORTS = regex(
    r"report|notif|alert|capture_(?:exception|message)|record_(?:exception|failure|error)|^incr?$|^increment"
)
"""In the name of a call that tells somebody, or counts."""


class LetOut(msgspec.Struct, frozen=True):
    """A remote call whose failure leaves the function that makes it.

    Args:
        known: what is called.
        raised: the exception of the project that its failure is turned into, None where it comes out as it is.
    """

    known: Fallible
    raised: str | None


def failing_below(module: Module, body: list[ast.stmt], types: list[str | None]) -> Iterator[FailingCall]:
    """Calls of a block into functions of the project out of which comes a failure that is caught, known by the remote
    call that fails.

    A function whose module nobody shows, or around which a decorator of the project stands, is counted as not resolved.
    """
    for call in plain_calls(body):
        if any(_SILENTLY.search(word.arg or "") for word in call.keywords):
            continue
        for home, function in _entered(module, call):
            for place, let_out in _let_out_by(home, function, not_run(call, home, function)):
                if _is_caught(place, let_out, types):
                    yield FailingCall(call, let_out.known)


def _let_out_by(home: Module, function: FunctionNode, dead: frozenset[ast.AST]) -> Sequence[tuple[Module, LetOut]]:
    """What leaves a function and those that it calls, each with the module that tells of it.

    Args:
        dead: what of it does not run this time.
    """
    ways = remembered(home, _ways, function)
    if dead not in ways:
        ways[dead] = tuple(_found_below(home, function, dead))
    return ways[dead]


def _ways(_: Module, __: FunctionNode) -> dict[frozenset[ast.AST], Sequence[tuple[Module, LetOut]]]:
    """For what is found of a function, by what of it does not run."""
    return {}


def _found_below(home: Module, function: FunctionNode, dead: frozenset[ast.AST]) -> Iterator[tuple[Module, LetOut]]:
    if dead:
        yield from ((home, let_out) for let_out in _coming_out(home, function.body, dead))
        places = _within(_called_in(home, function, dead), _DEPTH - 1)
    else:
        places = remembered(home, _reached, function)
    for place, reached in places:
        yield from ((place, let_out) for let_out in remembered(place, _let_out, reached))


def _reached(module: Module, function: FunctionNode) -> tuple[_Place, ...]:
    """A function and those of the project that it calls, as far as one looks; many handlers stand around few."""
    return _within([(module, function)], _DEPTH)


def _within(level: Iterable[_Place], depth: int) -> tuple[_Place, ...]:
    places: dict[ast.AST, _Place] = {}
    for _ in range(depth):
        fresh = []
        for place in level:
            if len(places) >= _MOST:
                return tuple(places.values())
            if place[1] not in places:
                places[place[1]] = place
                fresh.append(place)
        level = (found for home, entered in fresh for found in remembered(home, _called, entered))
    return tuple(places.values())


def _called(module: Module, function: FunctionNode) -> tuple[_Place, ...]:
    """The functions of the project that a function runs itself, each once."""
    return _called_in(module, function, frozenset())


def _called_in(module: Module, function: FunctionNode, dead: frozenset[ast.AST]) -> tuple[_Place, ...]:
    calls = (call for call in plain_calls(function.body) if not _is_suppressed(module, call))
    live = (call for call in calls if not dead or dead.isdisjoint([call, *module.ancestors(call)]))
    return tuple(dict.fromkeys(place for call in live for place in _entered(module, call)))


def _is_suppressed(module: Module, call: ast.Call) -> bool:
    for above in module.ancestors(call):
        if isinstance(above, FUNCTIONS):
            return False
        if isinstance(above, ast.With | ast.AsyncWith) and any(
            suppressed_types(module, item) is not None for item in above.items
        ):
            return True
    return False


def _entered(module: Module, call: ast.Call) -> Iterator[_Place]:
    """The function of the project that a call runs there and then."""
    name = module.names.callee(call)
    if name is None:
        return
    home = module if module.names.definition(name) is not None else module.outside.module_of(name)
    function = home.names.definition(home.names.own(name)) if home is not None else None
    if home is None or not isinstance(function, FUNCTIONS):
        if function is None and name.startswith(f"{module.name.partition('.')[0]}."):
            module.not_resolved.add(call)
        return
    if _is_expected(function.name) or not _runs_now(module, call, home, function):
        return
    if all(_is_plain(home, decorator) for decorator in function.decorator_list):
        yield home, function
    else:
        module.not_resolved.add(call)


def _is_expected(function: str) -> bool:
    """Whether a function's name says that it may fail, or that nothing is left to break when it does."""
    return is_asking(function) or lets_go(function.strip("_"))


def _runs_now(module: Module, call: ast.Call, home: Module, function: FunctionNode) -> bool:
    if isinstance(function, ast.AsyncFunctionDef) and not isinstance(module.parent(call), ast.Await):
        return False
    return not remembered(home, _yields, function)


def _yields(_: Module, function: FunctionNode) -> bool:
    return any(isinstance(node, ast.Yield | ast.YieldFrom) for node in walk_now(function.body))


def _is_plain(module: Module, decorator: ast.expr) -> bool:
    """Whether a decorator is a library's: one of the project may keep failures to itself."""
    name = module.names.resolve(decorator.func if isinstance(decorator, ast.Call) else decorator)
    return name is not None and not name.startswith(f"{module.name.partition('.')[0]}.")


def _let_out(module: Module, function: FunctionNode) -> tuple[LetOut, ...]:
    return _coming_out(module, function.body)


def _coming_out(module: Module, body: Sequence[ast.AST], dead: frozenset[ast.AST] = frozenset()) -> tuple[LetOut, ...]:
    """What leaves a block, through every `try` and `suppress` that stands in it.

    Args:
        dead: what does not run.
    """
    found: list[LetOut] = []
    stack = [*reversed(body)]
    while stack:
        node = stack.pop()
        if isinstance(node, DEFERRED) or node in dead:
            continue
        if isinstance(node, ast.Call) and (known := fallible(module, node)) is not None and _counts(known):
            found.append(LetOut(known, None))
        if isinstance(node, ast.Try | ast.TryStar) and keeps_all(node):
            stack.extend(reversed(node.finalbody))
        elif isinstance(node, ast.Try | ast.TryStar) and node.handlers:
            found += _past_handlers(module, node, _coming_out(module, node.body, dead))
            stack.extend([*node.orelse, *node.finalbody][::-1])
        elif isinstance(node, ast.With | ast.AsyncWith):
            found += _past_contexts(module, node, _coming_out(module, node.body, dead))
            stack.extend(reversed(node.items))
        else:
            stack.extend(reversed(children(node)))
    return tuple(dict.fromkeys(found))


def _past_handlers(module: Module, block: ast.Try | ast.TryStar, inside: Iterable[LetOut]) -> Iterator[LetOut]:
    """What a `try` makes of what comes up in it: the exceptions of the handler that takes it.

    Of one that is told of loudly there nobody need be told again; what no handler is seen to take is not guessed at.
    """
    handlers = [(caught_types(module, handler.type), handler) for handler in block.handlers]
    for let_out in inside:
        taking = next((handler for types, handler in handlers if _is_caught(module, let_out, types)), None)
        for raised in remembered(module, _raised_in, taking) if taking is not None else ():
            yield LetOut(let_out.known, let_out.raised if raised == _AGAIN else raised)


def _past_contexts(module: Module, block: ast.With | ast.AsyncWith, inside: Iterable[LetOut]) -> Iterator[LetOut]:
    hidden = [types for item in block.items if (types := suppressed_types(module, item)) is not None]
    for let_out in inside:
        if not any(None in types or _is_caught(module, let_out, types) for types in hidden):
            yield let_out


def _counts(known: Fallible) -> bool:
    return known.remote and known.kind != "socket"


def _raised_in(module: Module, handler: ast.ExceptHandler) -> tuple[str, ...]:
    """The exceptions that a handler raises, `_AGAIN` for the one that it took."""
    inside = list(walk_now(handler.body))
    if any(isinstance(node, ast.Call) and _tells(module, node) for node in inside):
        return ()
    raised = (_exception_of(module, handler, node) for node in inside if isinstance(node, ast.Raise))
    return tuple(dict.fromkeys(name for name in raised if name is not None))


def _tells(module: Module, call: ast.Call) -> bool:
    """Whether somebody hears of a failure by a call in the handler: a loud log, a report, a count."""
    return log_level(module, call) == "loud" or _REPORTS.search(called_name(call)) is not None


def _exception_of(module: Module, handler: ast.ExceptHandler, node: ast.Raise) -> str | None:
    raised = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
    if raised is None or (isinstance(raised, ast.Name) and raised.id == handler.name):
        return _AGAIN
    return module.names.resolve(raised)


def _is_caught(home: Module, let_out: LetOut, types: list[str | None]) -> bool:
    if let_out.raised is None:
        return answers_for(types, let_out.known)
    if is_answer(let_out.raised):
        return False
    lineage = set(_lineage(home, let_out.raised))
    return any(name in BROAD or name in lineage for name in types)


def _lineage(module: Module, name: str) -> Iterator[str]:
    """An exception of the project and its bases, as far as they are shown."""
    for _ in range(_DEPTH):
        yield name
        home = module if module.names.definition(name) is not None else module.outside.module_of(name)
        owner = home.names.definition(home.names.own(name)) if home is not None else None
        bases = home.names.bases(owner) if home is not None and isinstance(owner, ast.ClassDef) else []
        if home is None or not bases:
            return
        module, name = home, bases[0]
