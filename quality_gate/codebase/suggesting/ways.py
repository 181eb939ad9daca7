"""What an exception becomes on its way out of one function: its handlers take it, or make another one of it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import NamedTuple

from quality_gate.codebase.failures.sites import NOWHERE, Guard, HandlerSite
from quality_gate.codebase.suggesting.nouns import Known
from quality_gate.codebase.suggesting.sources import FUNCTIONS
from quality_gate.failure_paths import UNKNOWN

_LOOPS = (ast.For, ast.AsyncFor, ast.While)
_ENDING = (ast.Return, ast.Raise, ast.Break, ast.Continue)


class Ways:
    """The ways out of a function.

    Args:
        function: its name in the codebase.
    """

    def __init__(self, function: str, known: Known) -> None:
        definition = known.codebase.definitions.get(function)
        source = known.source(definition.path) if definition is not None else None
        self._tree: ast.AST = source.tree if source is not None else ast.Module([], [])
        self._held = [sites for sites, _ in known.listing.functions.of(function)]
        self._paths = known.paths(function)
        self._lineage = known.listing.lineage

    def out_of_call(self, line: int, column: int, raised: str) -> str:
        """What leaves the function when a call fails with an exception; empty where nothing does."""
        for sites in self._held:
            for site in sites.calls:
                if (site.line, site.column) == (line, column):
                    return self._through(sites.guards, site.guard, raised)
        return raised

    def out_of_line(self, line: int, raised: str) -> str:
        """The same of an exception that is raised on a line."""
        inner = [node for node in self._tries() if node.body[0].lineno <= line <= (node.body[-1].end_lineno or 0)]
        lines = {one.lineno for one in inner[-1].handlers} if inner else set()
        for sites in self._held:
            for place, guard in enumerate(sites.guards):
                if lines and lines == {one.line for one in guard.handlers}:
                    return self._through(sites.guards, place, raised)
        return raised

    def out_of_handler(self, line: int, caught: str) -> str:
        """What leaves the function once a handler has taken an exception."""
        raised = self._after(line, caught)
        for sites in self._held if raised else ():
            for guard in sites.guards:
                if any(one.line == line for one in guard.handlers):
                    return self._through(sites.guards, guard.parent, raised)
        return raised

    def _tries(self) -> Iterator[ast.Try | ast.TryStar]:
        for node in ast.walk(self._tree):  # from the outside in
            if isinstance(node, ast.Try | ast.TryStar):
                yield node

    def _through(self, guards: tuple[Guard, ...], place: int, raised: str) -> str:
        while raised and place != NOWHERE:
            guard = guards[place]
            handler = next((one for one in guard.handlers if self._takes(one, raised)), None)
            if handler is not None:
                raised = self._after(handler.line, raised) if handler.paths else ""
            if guard.swallows:
                return ""
            place = guard.parent
        return raised

    def _takes(self, handler: HandlerSite, raised: str) -> bool:
        return any(self._lineage.catches(one, raised) == "all" for one in handler.caught)

    # -- a handler

    def _after(self, line: int, caught: str) -> str:
        """What a handler raises when it ends, or what comes after it; empty where the function goes on."""
        for tried in self._tries():
            for node in tried.handlers:
                if node.lineno == line:
                    return self._ended(node, tried, caught)
        return ""

    def _ended(self, node: ast.ExceptHandler, tried: ast.stmt, caught: str) -> str:
        last = node.body[-1]
        if isinstance(last, ast.Raise):
            again = last.exc is None or (isinstance(last.exc, ast.Name) and last.exc.id == node.name)
            return caught if again else self._raised_on(last) or UNKNOWN
        if isinstance(last, ast.Return):
            return ""
        raised = self._raised_on(last) if isinstance(last, ast.Expr) else ""
        if raised:
            return raised
        places = _places(self._tree)
        loop = _loop(tried, places)
        if loop is not None and any(isinstance(one, ast.Raise) and one.exc is None for one in ast.walk(node)):
            return caught  # the last attempt
        begin = loop if loop is not None and isinstance(last, ast.Continue | ast.Break) else tried
        is_over = isinstance(last, ast.Continue) and begin is loop
        after = _following(begin, places, is_over=is_over)
        return (self._raised_on(after) or UNKNOWN) if isinstance(after, ast.Raise) and after.exc is not None else ""

    def _raised_on(self, node: ast.stmt) -> str:
        kinds = ("raise", "re-raise", "validation")
        found = (one.types[0] for one in self._paths if one.line == node.lineno and one.types and one.kind in kinds)
        return next(found, "")


class _Place(NamedTuple):
    """Where a statement stands: what holds it, in which of its blocks, the block, and how many stand before it."""

    owner: ast.AST
    name: str
    block: list[ast.stmt]
    place: int


def _places(tree: ast.AST) -> dict[ast.AST, _Place]:
    found: dict[ast.AST, _Place] = {}
    for owner in ast.walk(tree):
        for name in ("body", "orelse", "finalbody"):
            block = getattr(owner, name, None)
            if isinstance(block, list):
                found.update((one, _Place(owner, name, block, place)) for place, one in enumerate(block))
    return found


def _loop(node: ast.AST, places: dict[ast.AST, _Place]) -> ast.For | ast.AsyncFor | ast.While | None:
    """The loop that a statement stands in."""
    while node in places:
        owner, name, *_ = places[node]
        if isinstance(owner, ast.For | ast.AsyncFor | ast.While) and name == "body":
            return owner
        if isinstance(owner, FUNCTIONS):
            return None
        node = owner
    return None


def _following(node: ast.AST, places: dict[ast.AST, _Place], *, is_over: bool) -> ast.stmt | None:
    """The first statement that leaves the function or may, of those that are run after another one; each attempt of a
    loop is taken to fail.

    Args:
        is_over: the statement is a loop that has come to its end.
    """
    if is_over and isinstance(node, _LOOPS) and node.orelse:
        return node.orelse[0]
    while node in places:
        owner, name, block, place = places[node]
        for one in block[place + 1 :]:
            if any(isinstance(inner, _ENDING) for inner in ast.walk(one)):
                return one
        if isinstance(owner, FUNCTIONS):
            return None
        if isinstance(owner, ast.While) and name == "body" and isinstance(owner.test, ast.Constant):
            return None
        if isinstance(owner, _LOOPS) and name == "body" and owner.orelse:
            return owner.orelse[0]
        node = owner
    return None
