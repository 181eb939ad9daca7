"""Whether a failure comes back to the test, as which exception: along the calls that lead from it to the failure."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from quality_gate.codebase.suggesting.acting import callers_of
from quality_gate.codebase.suggesting.nouns import Known, Model, Wanted
from quality_gate.codebase.suggesting.sources import Source
from quality_gate.failure_paths import UNKNOWN, FailurePath

_STEPS = 8


def leaves_as(wanted: Wanted, model: Model, known: Known) -> str:
    """The exception, dotted, that comes back to the test; empty where none does."""
    raised = _from_function(wanted, known)
    callers = callers_of(wanted.function, known.codebase)
    at = wanted.function
    reached = _called_by(model, known)
    for _ in range(_STEPS):
        if not raised or at in reached:
            return raised
        above = [edge for edge in known.codebase.calls_to(at) if _is_on_the_way(edge.caller, reached, callers, known)]
        if not above:
            return raised
        raised = _through(above[0].caller, at, above[0].line, raised, known)
        at = above[0].caller
    return raised


def _called_by(model: Model, known: Known) -> frozenset[str]:
    """Functions that the test calls by itself."""
    for one in known.codebase.definitions_in(model.source.path):
        if one.line == model.function.lineno and one.kind == "function":
            return frozenset(edge.callee for edge in known.codebase.calls_from(one.name))
    return frozenset()


def _is_on_the_way(name: str, reached: frozenset[str], callers: dict[str, int], known: Known) -> bool:
    if not reached or known.codebase.definitions[name].path in known.tests:
        return False
    return name in reached or bool(reached & set(callers_of(name, known.codebase)))


def _from_function(wanted: Wanted, known: Known) -> str:
    path = wanted.path
    if path.kind == "error return" or path.leaves_by == "return":
        return ""
    if path.kind in ("raise", "re-raise", "validation") or path.leaves_by == "raise":
        return path.types[0] if path.types else UNKNOWN
    if path.handler is not None:
        return _from_handler(path.handler.line, wanted.exception, known.paths(wanted.function), wanted.source)
    if path.kind == "deadline" and path.call is not None:
        return _at(path.call.line, wanted.exception, wanted.function, known)
    return wanted.exception


def _from_handler(line: int, caught: str, paths: Sequence[FailurePath], source: Source) -> str:
    """What a handler raises when it ends; empty where it goes on."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ExceptHandler) and node.lineno == line:
            last = node.body[-1]
            if not isinstance(last, ast.Raise):
                return ""
            if last.exc is None:
                return caught
            own = [one.types[0] for one in paths if one.line == last.lineno and one.types and _raises(one)]
            return own[0] if own else UNKNOWN
    return ""


def _raises(path: FailurePath) -> bool:
    return path.kind in ("raise", "re-raise", "validation")


def _through(caller: str, callee: str, line: int, raised: str, known: Known) -> str:
    """What leaves a caller of a function that an exception has left."""
    if callee not in known.codebase.definitions:
        return raised
    return _at(line, raised, caller, known)


def _at(line: int, raised: str, function: str, known: Known) -> str:
    """What leaves a function when a call on a line fails with an exception."""
    paths = known.paths(function)
    for path in paths:
        call = path.call
        if call is None or call.line != line or path.handler is None or path.kind != "handler call":
            continue
        source = known.source(path.path)
        if source is not None and raised in {one.type for one in path.failures}:
            return _from_handler(path.handler.line, raised, paths, source)
    return raised
