"""Which calls of a function can fail, and how: by the catalogue, by the configuration, and by what escapes from the
project's own functions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from quality_gate.codebase.failures.lineage import Lineage, ReadFile
from quality_gate.codebase.failures.sites import CallSite, FunctionSites
from quality_gate.codebase.graph import Codebase, Confidence, Definition
from quality_gate.failure_paths import Failure
from quality_gate_checkers.dependencies import Fallible, lookup
from quality_gate_checkers.model import Role, role_of
from quality_gate_checkers.settings import Settings

EXPIRING = {
    "asyncio.wait_for": "builtins.TimeoutError",
    "asyncio.tasks.wait_for": "builtins.TimeoutError",
}
"""Calls of Python's own that give up after a while."""

ELSEWHERE = frozenset({"handed-over", "celery-task", "rq-enqueue", "rq-job", "fastapi-background"})
"""Rungs of calls that are made at another time or in another process: what fails there does not fail here."""


class Reached(NamedTuple):
    """What a call leads to.

    Args:
        known: as a dependency, where it is one.
        callees: functions of the project that run here, in which it may end.
        expires: what it raises when its time is over, where waiting is all that it is there for.
    """

    site: CallSite
    known: Fallible | None
    callees: tuple[str, ...]
    expires: str | None = None

    @property
    def own(self) -> frozenset[Failure]:
        """How the call itself can fail, whatever escapes from the project's functions."""
        found = {Failure(self.expires)} if self.expires else set()
        if self.known is not None:
            found |= {Failure(one, self.known.dependency, "rejects") for one in self.known.rejects}
            found |= {Failure(one, self.known.dependency, "unavailable") for one in self.known.unavailable}
        return frozenset(found)

    @property
    def has_deadline(self) -> bool:
        """Whether somebody gave the call a deadline; that of a library is part of what *unavailable* means."""
        if self.expires is not None:
            return True
        if self.known is None:
            return False
        if "@" in self.site.limits and self.known.remote:
            return True
        limit = self.known.deadline
        if limit is None:
            return False
        by_place = limit.position is not None and self.site.arguments > limit.position
        return limit.keyword in self.site.limits or by_place


class Functions:
    """The sites of functions by their names in the codebase, each with what its calls lead to.

    Args:
        codebase: whose functions and calls. read: what each file tells. settings: the project's.
    """

    def __init__(self, codebase: Codebase, read: ReadFile, settings: Settings, lineage: Lineage) -> None:
        self._codebase = codebase
        self._read = read
        self._settings = settings
        self._lineage = lineage
        self._by_file: dict[str, dict[str, list[FunctionSites]]] = {}
        self._reached: dict[str, tuple[tuple[FunctionSites, tuple[Reached, ...]], ...]] = {}
        self._known: dict[str, Fallible | None] = {}

    def of(self, name: str) -> tuple[tuple[FunctionSites, tuple[Reached, ...]], ...]:
        """The functions of a name (a property and its setter are two), each with its calls."""
        found = self._reached.get(name)
        if found is None:
            sites = self._sites(name)
            if sites:
                joined = _Joined(self._codebase, name)
                found = tuple((one, tuple(self._reach(one, joined))) for one in sites)
            else:
                found = ()
            self._reached[name] = found
        return found

    def _sites(self, name: str) -> list[FunctionSites]:
        definition = self._definition(name)
        if definition is None:
            return []
        by_name = self._by_file.get(definition.path)
        if by_name is None:
            by_name = self._by_file[definition.path] = self._named(definition.path)
        return by_name.get(definition.name, [])

    def _named(self, path: str) -> dict[str, list[FunctionSites]]:
        module = self._codebase.definitions_in(path)[0].name
        found: dict[str, list[FunctionSites]] = {}
        for one in self._read(path).functions:
            found.setdefault(f"{module}.{one.name}", []).append(one)
        return found

    def _definition(self, name: str) -> Definition | None:
        return self._codebase.definitions.get(name)

    def _reach(self, function: FunctionSites, joined: _Joined) -> Iterator[Reached]:
        at = _by_place(function.calls)
        for site in function.calls:
            namesakes = at[site.line, site.column]
            callees = tuple(
                dict.fromkeys(callee for callee in joined.callees(site, namesakes) if self._fails_here(callee, site))
            )
            names = [*joined.external(site, namesakes), *callees, *([site.name] if site.name else [])]
            known = next((one for name in names if (one := self._lookup(name)) is not None), None)
            expires = next((EXPIRING[name] for name in names if name in EXPIRING), None)
            if known is not None or callees or expires:
                yield Reached(site, known, callees, expires)

    def _fails_here(self, callee: str, site: CallSite) -> bool:
        """A coroutine fails where it is waited for; doubles of tests are no part of what runs."""
        definition = self._definition(callee)
        if definition is None or role_of(definition.path, self._settings) is Role.TESTS:
            return False
        return site.awaited or not definition.is_async

    def _lookup(self, name: str) -> Fallible | None:
        if name not in self._known:
            own = self._lineage.own_name(name)
            found = lookup(name, self._settings) or lookup(own, self._settings)
            self._known[name] = None if found is not None and self._only_makes(own, found) else found
        return self._known[name]

    def _only_makes(self, name: str, found: Fallible) -> bool:
        """Whether a call only makes an object of a class of the project that its table takes in by a `*`: an exception,
        an order, the gateway itself. Nothing is asked of the dependency then."""
        table = self._settings.dependencies.get(found.dependency)
        definition = self._definition(name.removesuffix(".__init__"))
        if table is None or definition is None or definition.kind != "class":
            return False
        return not {pattern.replace(":", ".") for pattern in table.calls} & {definition.name, name}

    def is_declared(self, reached: Reached, caller: str) -> bool:
        """Whether a call is one of a dependency that the project declares, made by what is no part of it.

        Args:
            caller: the function that calls, as the codebase names it.
        """
        known = reached.known
        if known is None or known.dependency not in self._settings.dependencies:
            return False
        parts = caller.split(".")
        around = (self._lookup(".".join(parts[:length])) for length in range(len(parts), 1, -1))
        return not any(one is not None and one.dependency == known.dependency for one in around)


class _Joined:
    """What the call graph knows of the calls of a function, by place.

    Certain calls are followed and those that may end in an override: who calls a base class has to live with what its
    subclasses raise, as critical paths hold both for members. Where only a name fits nothing is followed: every
    `x.get()` would fail as every `get` of the project does.
    """

    def __init__(self, codebase: Codebase, name: str) -> None:
        self._edges: dict[tuple[int, int], list[str]] = {}
        self._external: dict[tuple[int, int], list[str]] = {}
        for edge in codebase.calls_from(name):
            if edge.confidence is not Confidence.POSSIBLE and edge.rung not in ELSEWHERE:
                callee = _function(codebase, edge.callee)
                self._edges.setdefault((edge.line, edge.column), []).append(callee)
        for call in codebase.external_calls(name):
            self._external.setdefault((call.line, call.column), []).append(call.name)

    def callees(self, site: CallSite, namesakes: list[CallSite]) -> list[str]:
        """Functions of the project that a call may end in."""
        return _meant(self._edges.get((site.line, site.column), []), site, namesakes)

    def external(self, site: CallSite, namesakes: list[CallSite]) -> list[str]:
        """What it calls outside the project."""
        return _meant(self._external.get((site.line, site.column), []), site, namesakes)


def _function(codebase: Codebase, callee: str) -> str:
    """Calling a class runs its constructor."""
    definition = codebase.definitions.get(callee)
    return f"{callee}.__init__" if definition is not None and definition.kind == "class" else callee


def _by_place(calls: Iterable[CallSite]) -> Mapping[tuple[int, int], list[CallSite]]:
    """All calls of a chain `a.b().c()` begin at one place."""
    found: dict[tuple[int, int], list[CallSite]] = {}
    for site in calls:
        found.setdefault((site.line, site.column), []).append(site)
    return found


def _meant(names: list[str], site: CallSite, namesakes: list[CallSite]) -> list[str]:
    """Of what is called at one place, that which a call of the chain is written to call."""
    if len(namesakes) == 1 or not names:
        return names
    fitting = [name for name in names if _fits(name, site.last)]
    others = {other.last for other in namesakes if other is not site}
    return fitting or [name for name in names if not any(_fits(name, other) for other in others)]


def _fits(name: str, last: str) -> bool:
    """Whether `last` is how somebody writes a call of this name: its own, or its class's where that is called."""
    holder, _, own = name.rpartition(".")
    return own == last or (own.startswith("__") and holder.rpartition(".")[2] == last)
