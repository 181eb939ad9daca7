"""What linking finds of one piece of code: its calls within the project, out of it, and those that nothing tells."""

from __future__ import annotations

import msgspec

from quality_gate.codebase.graph import Confidence, Edge, ExternalCall, UnresolvedCall

_ORDER = list(Confidence)


class Links(msgspec.Struct, frozen=True, array_like=True):
    """The calls of one piece of code, in source order."""

    edges: tuple[Edge, ...] = ()
    external: tuple[ExternalCall, ...] = ()
    unresolved: tuple[UnresolvedCall, ...] = ()


_LAST = frozenset({"handed-over", "name", "override"})
"""Rungs that say less of a call than any other."""


def _sureness(confidence: Confidence, rung: str) -> tuple[int, bool, str]:
    """Order of reasons for one call, the surest first; it must not depend on which was found first."""
    return _ORDER.index(confidence), rung in _LAST, rung


class Gathering:
    """Collects the calls of one piece of code.

    Args:
        caller: its dotted name.
    """

    __slots__ = ("_edges", "_external", "_unresolved", "caller")

    def __init__(self, caller: str) -> None:
        self.caller = caller
        self._edges: dict[tuple[int, int, str], Edge] = {}
        self._external: dict[tuple[int, int, str], ExternalCall] = {}
        self._unresolved: dict[tuple[int, int, str], UnresolvedCall] = {}

    def edge(self, callee: str, line: int, column: int, confidence: Confidence, rung: str) -> None:
        """Note a call; of two reasons for one call the surer counts."""
        key = (line, column, callee)
        known = self._edges.get(key)
        if known is None or _sureness(confidence, rung) < _sureness(known.confidence, known.rung):
            self._edges[key] = Edge(self.caller, callee, line, column, confidence, rung)

    def external(self, name: str, line: int, column: int, awaited: bool) -> None:
        """Note a call that leaves the project."""
        self._external[line, column, name] = ExternalCall(self.caller, name, line, column, awaited)

    def unresolved(self, text: str, line: int, column: int, reason: str) -> None:
        """Note a call whose target nothing tells."""
        self._unresolved[line, column, text] = UnresolvedCall(self.caller, text[:80], line, column, reason)

    def links(self) -> Links:
        """What was collected."""
        return Links(
            tuple(edge for _, edge in sorted(self._edges.items())),
            tuple(call for _, call in sorted(self._external.items())),
            tuple(call for _, call in sorted(self._unresolved.items())),
        )


def _place_of(edge: Edge) -> tuple[int, int, str, str, str]:
    return edge.line, edge.column, edge.callee, edge.confidence.value, edge.rung


def joined(parts: list[Links]) -> Links:
    """Links of several definitions of one name; what a framework adds behind them is unresolved no more."""
    if len(parts) == 1:
        return parts[0]
    edges = sorted({edge for part in parts for edge in part.edges}, key=_place_of)
    external = sorted((call for part in parts for call in part.external), key=lambda call: (call.line, call.column))
    known = {(edge.line, edge.column) for part in parts[1:] for edge in part.edges}
    unknown = sorted((call for part in parts for call in part.unresolved), key=lambda call: (call.line, call.column))
    unresolved = (call for call in unknown if (call.line, call.column) not in known)
    return Links(tuple(edges), tuple(external), tuple(unresolved))
