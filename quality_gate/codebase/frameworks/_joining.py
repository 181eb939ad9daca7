"""From the facts of all modules to entry points and edges."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from quality_gate.codebase.frameworks._facts import Calls, Entry, Fact, Listens, Mount, Route, Sends, Shared
from quality_gate.codebase.graph import Confidence, Edge, EntryPoint

_ORDER = list(Confidence)
_MOST_PATHS = 8
"""Paths that one router is known by; a router that hangs in more places is rare and its routes are the same code."""

_DEEPEST = 40
"""Routers that hang on each other in a row."""


def joined(facts: Iterable[Fact]) -> tuple[tuple[EntryPoint, ...], tuple[Edge, ...]]:
    """Entry points and edges, each once and in order.

    Args:
        facts: of every module of the project.
    """
    found = list(facts)
    entries = {EntryPoint(fact.name, fact.framework, fact.what) for fact in found if isinstance(fact, Entry)}
    entries.update(_routed(found))
    edges = {fact.edge for fact in found if isinstance(fact, Calls)}
    edges.update(_surest(_sent(found)))
    edges.update(_shared(found))
    return (
        tuple(sorted(entries, key=lambda entry: (entry.name, entry.framework, entry.what))),
        tuple(sorted(edges, key=lambda edge: (edge.caller, edge.line, edge.column, edge.callee, edge.rung))),
    )


def _sent(facts: list[Fact]) -> Iterator[Edge]:
    listeners: dict[str, list[Listens]] = {}
    for fact in facts:
        if isinstance(fact, Listens):
            listeners.setdefault(fact.channel, []).append(fact)
    for fact in facts:
        if isinstance(fact, Sends):
            for listener in listeners.get(fact.channel, ()):
                heard = _heard(listener.sender, fact.sender)
                if heard is not None:
                    confidence = max(fact.confidence, listener.confidence, heard, key=_ORDER.index)
                    yield Edge(fact.caller, listener.name, fact.line, fact.column, confidence, fact.rung)


def _shared(facts: list[Fact]) -> Iterator[Edge]:
    """Calls for each route of what its router shares with others, and of what those share that it hangs on."""
    given: dict[str, list[Shared]] = {}
    for fact in facts:
        if isinstance(fact, Shared):
            given.setdefault(fact.router, []).append(fact)
    if not given:
        return
    above: dict[str, set[str]] = {}
    for fact in facts:
        if isinstance(fact, Mount) and fact.parent and not fact.apart:
            above.setdefault(fact.child, set()).add(fact.parent)
    for fact in facts:
        if isinstance(fact, Route) and fact.line:
            for router in _all_above(fact.router, above):
                for shared in given.get(router, ()):
                    yield Edge(fact.name, shared.name, fact.line, 1, Confidence.CERTAIN, shared.rung)


def _all_above(router: str, above: dict[str, set[str]]) -> set[str]:
    """A router and all that it hangs on."""
    found = {router}
    stack = [router]
    while stack:
        for parent in above.get(stack.pop(), set()) - found:
            found.add(parent)
            stack.append(parent)
    return found


def _heard(awaited: str, sender: str) -> Confidence | None:
    """How sure it is that who listens to one sender hears another; None where it does not."""
    if not awaited or awaited == sender:
        return Confidence.CERTAIN
    if not sender:
        return Confidence.POSSIBLE
    if ("/" in awaited) == ("/" in sender):
        return None
    labelled, dotted = (awaited, sender) if "/" in awaited else (sender, awaited)
    label, _, model = labelled.partition("/")
    *package, name = dotted.split(".")
    return Confidence.CERTAIN if name == model and label in package else None


def _surest(edges: Iterable[Edge]) -> Iterable[Edge]:
    """Of edges that differ in confidence alone, the surest."""
    found: dict[tuple[str, str, int, int, str], Edge] = {}
    for edge in edges:
        key = (edge.caller, edge.callee, edge.line, edge.column, edge.rung)
        known = found.get(key)
        if known is None or _ORDER.index(edge.confidence) < _ORDER.index(known.confidence):
            found[key] = edge
    return found.values()


def _routed(facts: list[Fact]) -> Iterator[EntryPoint]:
    routers = _Routers(fact for fact in facts if isinstance(fact, Mount))
    for fact in facts:
        if isinstance(fact, Route) and (not fact.loose or fact.router in routers.mounts):
            for path in routers.paths(fact.router):
                what = f"{fact.method} {_below(path, fact.path) or '/'}".strip()
                yield EntryPoint(fact.name, fact.framework, what)


class _Routers:
    """Where routers hang."""

    def __init__(self, mounts: Iterable[Mount]) -> None:
        self.mounts: dict[str, list[Mount]] = {}
        self._known: dict[str, tuple[str, ...]] = {}
        for mount in mounts:
            self.mounts.setdefault(mount.child, []).append(mount)

    def paths(self, router: str, depth: int = 0) -> tuple[str, ...]:
        """Where a router hangs, its own path included; one that hangs on itself, or very deep, hangs nowhere."""
        known = self._known.get(router)
        if known is not None or depth > _DEEPEST:
            return known or ("",)
        self._known[router] = ("",)
        mounts = self.mounts.get(router, [])
        own = next((mount.path for mount in mounts if not mount.parent), "")
        found: dict[str, None] = {}
        for mount in mounts:
            if mount.parent and mount.parent != router and len(found) < _MOST_PATHS:
                rest = "" if mount.instead else own
                above = self.paths(mount.parent, depth + 1)
                found.update(dict.fromkeys(_below(_below(path, mount.path), rest) for path in above))
        self._known[router] = tuple(found)[:_MOST_PATHS] or (own,)
        return self._known[router]


def _below(path: str, rest: str) -> str:
    """One path below another: a single slash between them, and one in front."""
    if not rest:
        return path
    return f"{path.rstrip('/')}/{rest.lstrip('/')}"
