"""Calls of the project's own dependencies that are no failure path: by a lambda, handed over for later, suppressed.

What fails there is not listed (decision 0012). Where a dependency is called on a critical path in this way alone,
nothing that counts speaks of it, and that is said instead of "nothing can fail".
"""

from __future__ import annotations

from collections.abc import Iterator

from quality_gate.bench import Bench
from quality_gate.codebase.failures.calls import ELSEWHERE
from quality_gate.codebase.graph import Confidence
from quality_gate.codebase.path_failures import PathFailures
from quality_gate.project_rules.failures._words import called
from quality_gate_checkers.dependencies import lookup

_WHY = "its call is handed over, or its failure suppressed"
_AT_ANOTHER_TIME = ELSEWHERE - {"handed-over"}


def unseen_calls(bench: Bench, failures: PathFailures) -> dict[str, str]:
    """The first place where each such dependency is called, as `shop/pay.py:7`, by how it is called for people."""
    named = {cell.dependency for cell in failures.cells} | {name for one in failures.never for name, _ in one.families}
    tables = bench.settings.dependencies.items()
    declared = {name for name, one in tables if name not in named and (one.rejects or one.unavailable)}
    found: dict[str, str] = {}
    if declared:
        for name, place in _calls(bench, failures):
            known = lookup(name, bench.settings)
            if known is not None and known.dependency in declared and not _makes(bench, name):
                found.setdefault(called(known.dependency), place)
    return found


def _calls(bench: Bench, failures: PathFailures) -> Iterator[tuple[str, str]]:
    """What the members of a critical path call, with the place; parts of a dependency that call each other ask nothing
    of it."""
    for member in failures.path.members:
        own = _dependency(bench, member.name)
        for edge in bench.codebase.calls_from(member.name):
            is_here = edge.confidence is not Confidence.POSSIBLE and edge.rung not in _AT_ANOTHER_TIME
            if is_here and _dependency(bench, edge.callee) != own:
                yield edge.callee, f"{member.path}:{edge.line}"
        for call in bench.codebase.external_calls(member.name):
            yield call.name, f"{member.path}:{call.line}"


def _dependency(bench: Bench, name: str) -> str:
    known = lookup(name, bench.settings)
    return known.dependency if known is not None else ""


def _makes(bench: Bench, name: str) -> bool:
    definition = bench.codebase.definitions.get(name.removesuffix(".__init__"))
    return definition is not None and definition.kind == "class"


def as_sentences(path: str, found: dict[str, str]) -> tuple[str, ...]:
    """What is not looked at."""
    return tuple(f"critical path {path}: how {name} fails at {place}: {_WHY}" for name, place in found.items())


def as_reason(found: dict[str, str]) -> str:
    """Why a path on which nothing else can fail cannot be judged, with what to do; empty where nothing is unseen."""
    if not found:
        return ""
    name, place = next(iter(found.items()))
    return f"how {name} fails at {place} is not looked at: {_WHY}; call it in a `try` of a function of its own"
