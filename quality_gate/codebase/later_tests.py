"""Which functions tests may come to that were written or changed after the evidence was recorded.

What the evidence shows of a function stays shown; what it does not show such a test may. Where the calls of these
tests all resolve, only what they lead to is in doubt, else everything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property

import msgspec

from quality_gate.codebase.graph import Codebase

Since = Callable[[str, str], str]
"""A file and a qualified name within its module, "" for module code -> why tests that nobody has recorded may run more
of that function, as a clause; empty where none may."""

_MOST_NAMED = 2
_HARMLESS = ("builtins.", "pytest.", "unittest.")
"""Beginnings of names of what calls nothing of the project but what it is given by name."""


def nothing_since(path: str, function: str) -> str:
    """Where no test has changed."""
    return ""


class LaterTest(msgspec.Struct, frozen=True):
    """A file of test code that is new, or not what it was.

    Args:
        is_open: whether what it may run is more than its calls tell: fixtures are asked for, or nobody can read it.
    """

    path: str
    is_open: bool = False


class LaterTests:
    """Implements `Since`.

    Args:
        tests: the files. codebase: None where nothing is linked: then they may come to anything.
    """

    def __init__(self, tests: Sequence[LaterTest], codebase: Callable[[], Codebase] | None) -> None:
        self._tests = tests
        self._link = codebase

    def __call__(self, path: str, function: str) -> str:
        """See `Since`."""
        if not self._tests:
            return ""
        coming = [one.path for one in self._tests if self._may_reach(one, path, function)]
        more = len(coming) - _MOST_NAMED
        shown = ", ".join(coming[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
        return f"tests have changed since: {shown}" if coming else ""

    def _may_reach(self, test: LaterTest, path: str, function: str) -> bool:
        if self._link is None or test.is_open or not function:
            return True
        codebase = self._link()
        reached = self._reached[test.path]
        held = codebase.definitions_in(path)
        return reached is None or not held or f"{held[0].name}.{function}" in reached

    @cached_property
    def _reached(self) -> dict[str, frozenset[str] | None]:
        """Names of all that the calls of each file lead to; None where they may lead to anything."""
        assert self._link is not None  # asked for with one alone
        codebase = self._link()
        return {one.path: _reached(codebase, one.path) for one in self._tests if not one.is_open}


def _reached(codebase: Codebase, path: str) -> frozenset[str] | None:
    own = [one.name for one in codebase.definitions_in(path)]
    if not own or any(codebase.unresolved_calls(name) or _leads_out(codebase, name) for name in own):
        return None
    found = set(own)
    waiting = list(own)
    while waiting:
        for name in _next(codebase, waiting.pop()):
            if name not in found:
                found.add(name)
                waiting.append(name)
    return frozenset(found)


def _leads_out(codebase: Codebase, name: str) -> bool:
    return any(not one.name.startswith(_HARMLESS) for one in codebase.external_calls(name))


def _next(codebase: Codebase, name: str) -> Iterable[str]:
    """What is called there, what overrides it, and what stands in it, as that is mostly handed over."""
    for edge in codebase.calls_from(name):
        yield edge.callee
        yield from codebase.overrides(edge.callee)
        definition = codebase.definitions.get(edge.callee)
        if definition is not None and definition.kind != "module":
            within = f"{edge.callee}."
            yield from (one.name for one in codebase.definitions_in(definition.path) if one.name.startswith(within))
