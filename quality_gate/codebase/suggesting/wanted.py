"""What has to fail so that a failure path is entered."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from quality_gate.codebase.suggesting.acting import shown_name
from quality_gate.codebase.suggesting.candidates import shown, suspects
from quality_gate.codebase.suggesting.guards import needed
from quality_gate.codebase.suggesting.nouns import Known, Wanted
from quality_gate.codebase.suggesting.sources import FUNCTIONS, Source, chain_of, last_name
from quality_gate.failure_paths import UNKNOWN, Failure, FailurePath, FallibleCall, most_telling

_NOTHING = "what stands in its try"
_WAITING = "cancel what waits for it, in the middle"
_BROAD = frozenset({"builtins.Exception", "builtins.BaseException", UNKNOWN, ""})


def wanted_of(path: FailurePath, function: str, known: Known) -> Iterator[Wanted]:
    """What may make a failure path happen, one for each dependency and family.

    Args:
        function: name in the codebase of the function that it is in.
    """
    source = known.source(path.path)
    if source is None:
        return
    siblings = known.paths(function)
    if path.call is not None and path.kind != "partial failure":
        yield from _of_call(path, path.call, path.failures, function, source)
        return
    around = _around(path, source)
    if around is not None:
        yield from _within(path, around, function, source, known)
        return
    if path.kind == "retry exhaustion":
        for one in sorted(siblings, key=lambda one: one.kind != "handler call"):
            if one.call is not None and one.kind in ("handler call", "unwind") and _is_tried_in(path, one.call):
                yield from _of_call(path, one.call, one.failures, function, source)
                return
    yield _of_guard(path, function, source, known)


def _is_tried_in(path: FailurePath, call: FallibleCall) -> bool:
    return path.body is None or path.body[0] <= call.line <= path.body[1]


def _of_guard(path: FailurePath, function: str, source: Source, known: Known) -> Wanted:
    guard = _guard(path.line, source)
    plain = Wanted(path=path, function=function, source=source, exception=_first(path.types), guard=guard)
    within = source.function(path.function)
    found = needed(guard, within) if guard and within is not None and path.kind != "partial failure" else None
    if found is None:
        return plain
    if isinstance(found.subject, str):
        return replace(plain, argument=found.subject, returns=found.value)
    node = found.subject
    edges = known.codebase.calls_from(function)
    callees = tuple(dict.fromkeys(one.callee for one in edges if one.line == node.lineno and _calls(one.callee, node)))
    return replace(plain, call=node, name=ast.unparse(node.func), callees=callees, returns=found.value)


def _calls(callee: str, node: ast.Call) -> bool:
    return shown_name(callee) == last_name(node.func)


def _of_call(
    path: FailurePath, call: FallibleCall, failures: Sequence[Failure], function: str, source: Source
) -> Iterator[Wanted]:
    node = _asked(source.call_ending_at(call.line, call.column, call.end_line, call.end_column), call.callees)
    kinds = {(one.dependency, one.family) for one in failures}
    for dependency, family in sorted(kinds, key=lambda one: (not one[0], one)):
        types = [one.type for one in failures if (one.dependency, one.family) == (dependency, family)]
        yield Wanted(
            path=path,
            function=function,
            source=source,
            call=node,
            name=call.name,
            callees=call.callees,
            exception=_known(most_telling(types)),
            dependency=dependency,
            family=family,
            guard=_guard(call.line, source),
        )


def _asked(node: ast.Call | None, callees: Sequence[str]) -> ast.Call | None:
    """The call that fails: of `headers.get(name).split()` the first one, where what fails is how `headers` holds it."""
    special = bool(callees) and all(shown_name(one).startswith("__") and one.count("__") == 2 for one in callees)
    while node is not None and special and isinstance(node.func, ast.Attribute):
        inner = node.func.value
        if not isinstance(inner, ast.Call) or hasattr(dict, node.func.attr):
            break
        node = inner
    return node


def _known(name: str) -> str:
    return "builtins.RuntimeError" if name == UNKNOWN else name


def _first(types: Iterable[str]) -> str:
    return next(iter(types), UNKNOWN)


# -- what stands in a handler or in a `finally`


def _around(path: FailurePath, source: Source) -> tuple[ast.Try | ast.TryStar, ast.ExceptHandler | None] | None:
    """The `try` whose failure leads to a path, with its handler; None for what no failing call leads to."""
    found: tuple[ast.Try | ast.TryStar, ast.ExceptHandler | None] | None = None
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Try | ast.TryStar):
            for handler in node.handlers:
                first = path.handler.line if path.handler is not None else handler.lineno
                if first == handler.lineno and _holds([handler], path.line):
                    found = node, handler
            if path.kind == "cleanup" and _holds(node.finalbody, path.line):
                found = node, None
    return found


def _holds(body: Sequence[ast.AST], line: int) -> bool:
    """Whether a line stands in a body, and in no function of its own there."""
    return any(
        getattr(node, "lineno", line + 1) <= line <= (getattr(node, "end_lineno", None) or 0) for node in body
    ) and not any(
        isinstance(inner, FUNCTIONS) and inner.lineno <= line <= (inner.end_lineno or 0)
        for node in body
        for inner in ast.walk(node)
    )


def _within(
    path: FailurePath,
    around: tuple[ast.Try | ast.TryStar, ast.ExceptHandler | None],
    function: str,
    source: Source,
    known: Known,
) -> Iterator[Wanted]:
    tried, handler = around
    first, last = tried.body[0].lineno, tried.body[-1].end_lineno or tried.body[-1].lineno
    calls = [one for one in known.paths(function) if one.call is not None and first <= one.call.line <= last]
    caught = [one for one in calls if handler is not None and one.handler and one.handler.line == handler.lineno]
    chosen = caught or ([one for one in calls if one.kind == "unwind"] if handler is None else [])
    own = _own_type(path)
    chosen = sorted(chosen, key=lambda one: -_fitting(own, one.failures, known)[0])
    if chosen and chosen[0].call is not None:
        yield from _of_handler(path, chosen[0], chosen[0].call, function, source, known)
        return
    types = path.types if path.kind in ("handler", "cancellation") else ()
    written = _written(path, handler, source, known)
    declared = [one for one in (*types, *(path.handler.caught if path.handler else ()), *written) if one not in _BROAD]
    plain = Wanted(path=path, function=function, source=source, exception=_first([*declared, "builtins.RuntimeError"]))
    broad = handler is None or handler.type is None or (path.handler is not None and path.handler.broad)
    found = suspects(tried.body, next(iter(declared), ""), source)
    yield _suspected(plain, found, is_narrow=bool(declared) or not broad, is_told=bool(declared) or broad)


def _written(path: FailurePath, handler: ast.ExceptHandler | None, source: Source, known: Known) -> tuple[str, ...]:
    """Types of a handler that nothing tells, by the names that its file has for them: `Voucher.DoesNotExist`."""
    if handler is None or handler.type is None or path.handler is None or UNKNOWN not in path.handler.caught:
        return ()
    module = next((name for name, held in known.codebase.modules.items() if held == path.path), "")
    types = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    chains = [chain for one in types if (chain := chain_of(one)) is not None]
    if path.kind == "handler" and len(types) > 1:
        chains = [chain for chain in chains if path.text.endswith(".".join(chain))]
    ours = [chain for chain in chains if chain[0] in source.names and module]
    return tuple(".".join([module, *chain]) for chain in ours)


def _suspected(wanted: Wanted, found: Sequence[ast.expr], *, is_narrow: bool, is_told: bool) -> Wanted:
    """With the one call that may raise it. Where anything is caught each call will do; of several that may raise one
    thing nobody knows which does, and a call that has nothing to do with it would make a test that shows nothing.

    Args:
        is_told: the exception is one that is caught.
    """
    first = next(iter(found), None)
    if is_told and isinstance(first, ast.Call) and (len(found) == 1 or not is_narrow):
        return replace(wanted, call=first, name=ast.unparse(first.func))
    if wanted.exception.endswith(".CancelledError"):
        return replace(wanted, suspects=(_WAITING,))
    exception = wanted.exception if is_told else UNKNOWN
    return replace(wanted, exception=exception, suspects=tuple(map(shown, found)) or (_NOTHING,))


def _own_type(path: FailurePath) -> str:
    """The one type of a handler for several; empty where it says nothing of its own."""
    several = path.handler is not None and len(path.handler.caught) > 1
    own = path.types[0] if path.kind in ("handler", "cancellation") and several and path.types else ""
    return "" if own in _BROAD else own


def _fitting(own: str, failures: Sequence[Failure], known: Known) -> tuple[int, list[Failure]]:
    """Failures that a handler for one type takes, those first of which that is sure; with how well they fit."""
    for fit, verdict in ((2, "all"), (1, "some")):
        held = [one for one in failures if own and known.listing.lineage.catches(own, one.type) == verdict]
        if held:
            return fit, held
    return 0, []


def _of_handler(
    path: FailurePath, like: FailurePath, call: FallibleCall, function: str, source: Source, known: Known
) -> Iterator[Wanted]:
    own = _own_type(path)
    if not own:
        yield from _of_call(path, call, like.failures, function, source)
        return
    _, fitting = _fitting(own, like.failures, known)
    found = next(_of_call(path, call, fitting or like.failures, function, source), None)
    if found is not None:
        yield replace(found, exception=own) if fitting else replace(found, exception=own, dependency="", family="")


def _guard(line: int, source: Source) -> str:
    """The innermost condition that a line stands under, as written."""
    found = ""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.If) and node.lineno <= line <= (node.end_lineno or 0):
            if _holds(node.body, line):
                found = source.segment(node.test)
            elif _holds(node.orelse, line):
                found = f"not ({source.segment(node.test)})"
    return " ".join(found.split())
