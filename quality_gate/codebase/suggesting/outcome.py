"""Whether a failure comes back to the test, as which exception: along the calls that lead from it to the failure."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import NamedTuple

from quality_gate.codebase.failures.calls import ELSEWHERE
from quality_gate.codebase.graph import Confidence, Edge
from quality_gate.codebase.suggesting.acting import callers_of, shown_name
from quality_gate.codebase.suggesting.nouns import Known, Model, Wanted
from quality_gate.codebase.suggesting.sources import last_name
from quality_gate.codebase.suggesting.waiting import apart_in
from quality_gate.codebase.suggesting.ways import Ways
from quality_gate.failure_paths import UNKNOWN

_STEPS = 8
_ANSWERING = frozenset(
    {"aiohttp", "bottle", "click", "connexion", "django", "falcon", "fastapi", "flask", "flask_restful",
     "flask_smorest", "graphql", "litestar", "marshmallow", "ninja", "pydantic", "pyramid", "quart", "rest_framework",
     "sanic", "starlette", "strawberry", "tornado", "typer", "webob", "werkzeug", "wtforms"}
)  # fmt: skip
"""Frameworks that take the exceptions which they bring for it, and answer."""


class Outcome(NamedTuple):
    """What a test hears of a failure.

    Args:
        raised: the exception, dotted, that comes back to it; empty where none does.
        apart: the call after which the code runs by itself, as written: nobody waits for it, so it may not even have
            failed yet when the test goes on.
    """

    raised: str = ""
    apart: str = ""


def outcome_of(wanted: Wanted, model: Model, known: Known) -> Outcome:
    """What the test hears of the failure."""
    raised = _from_function(wanted, known)
    callers = callers_of(wanted.function, known.codebase)
    at, reached = wanted.function, _called_by(model, known)
    for _ in range(_STEPS):
        if not raised or at in reached:
            return Outcome(raised)
        edge = next(_above(at, reached, callers, model, known), None)
        if edge is None:
            break
        if edge.rung in ELSEWHERE and edge.rung != "handed-over":
            return Outcome()
        held = known.source(known.codebase.definitions[edge.caller].path)
        apart = apart_in(held, edge.line, edge.column) if held is not None else ""
        if apart:
            return Outcome(apart=apart)
        raised = Ways(edge.caller, known).out_of_call(edge.line, edge.column, raised)
        at = edge.caller
    return Outcome("" if _is_answered(raised, at, wanted, model, known) else raised)


def _called_by(model: Model, known: Known) -> frozenset[str]:
    """Functions that the test calls by itself."""
    for one in known.codebase.definitions_in(model.source.path):
        if one.line == model.function.lineno and one.kind == "function":
            return frozenset(edge.callee for edge in known.codebase.calls_from(one.name))
    return frozenset()


def _above(at: str, reached: frozenset[str], callers: dict[str, int], model: Model, known: Known) -> Iterator[Edge]:
    """The calls of a function that lie on the way from the test, the likeliest first: calls that the test ran."""
    edges = [
        edge
        for edge in known.codebase.calls_to(at)
        if edge.caller in callers and known.codebase.definitions[edge.caller].path not in known.tests
    ]
    leading = [edge for edge in edges if _leads(edge.caller, reached, known)]
    ran = [edge for edge in leading or edges if _has_run(edge, model, known)]
    yield from ran
    yield from leading
    yield from (edge for edge in edges if not reached and edge.confidence is Confidence.CERTAIN and len(edges) == 1)


def _leads(caller: str, reached: frozenset[str], known: Known) -> bool:
    return caller in reached or bool(reached & set(callers_of(caller, known.codebase)))


def _has_run(edge: Edge, model: Model, known: Known) -> bool:
    return model.test in known.runs.tests_of(known.codebase.definitions[edge.caller].path, edge.line)


def _is_answered(raised: str, at: str, wanted: Wanted, model: Model, known: Known) -> bool:
    """Whether a framework takes it that calls a function, and that is what it is raised for."""
    injected = wanted.call is not None and not wanted.returns and raised == wanted.exception
    if not raised or injected or _names(model, shown_name(at)):
        return False
    lineage = known.listing.lineage
    meant = {one for name in lineage.meanings(raised) for one in lineage.lineage(name)} | {raised}
    return any(one.partition(".")[0] in _ANSWERING for one in meant)


def _names(model: Model, function: str) -> bool:
    return any(isinstance(node, ast.Call) and last_name(node.func) == function for node in ast.walk(model.function))


def _from_function(wanted: Wanted, known: Known) -> str:
    path = wanted.path
    if path.kind == "error return" or path.leaves_by == "return" or path.ends_at:
        return ""
    ways = Ways(wanted.function, known)
    if path.kind in ("raise", "re-raise", "validation") or path.leaves_by == "raise":
        return ways.out_of_line(path.line, path.types[0] if path.types else UNKNOWN)
    if path.handler is not None:
        return ways.out_of_handler(path.handler.line, wanted.exception)
    if path.call is not None:
        return ways.out_of_call(path.call.line, path.call.column, wanted.exception)
    if wanted.call is not None:
        return ways.out_of_call(wanted.call.lineno, wanted.call.col_offset + 1, wanted.exception)
    return wanted.exception
