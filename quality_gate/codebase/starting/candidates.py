"""Functions that the business may depend on: every function of production code, with what speaks for it."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property

import msgspec

from quality_gate.codebase.graph import Confidence, Definition, EntryPoint
from quality_gate.codebase.linked import LinkedCodebase
from quality_gate.codebase.linking.units import Unit
from quality_gate.codebase.starting.themes import ACTS, SHOWS, THEMES, Theme, words_of

MOST_REACHED = 400
"""Functions behind an entry that are counted; more of them is a whole application."""

_STARTS = re.compile(r"(?:[A-Z]+ )?/|(?:task|job) ")
"""Entry points of the business: requests and jobs. What renders, administers or starts the application is none."""

_READS = re.compile(r"(?:GET|HEAD|OPTIONS) /")

_NOT_BUSINESS = frozenset(
    {
        "admin", "test", "testing", "testapp", "testproject", "testsite", "migration", "setting", "config", "conf",
        "example", "demo", "sample", "sandbox", "tutorial", "fixture",
    }
)  # fmt: skip
"""Parts of module names whose functions no customer waits for."""


class History(msgspec.Struct, frozen=True):
    """How often files were changed lately.

    Args:
        commits: how many were looked at.
        changes: in how many of them each file was changed, by path.
    """

    commits: int = 0
    changes: Mapping[str, int] = {}


class Candidate:
    """A function, and what speaks for it.

    Args:
        unit: its code. definition: the same as others see it.
        codebase: linked.
        starts: how it is reached from outside (`POST /orders`, `task settle`), the first of several.
        changes: as of `History`, of its file.
    """

    def __init__(
        self, unit: Unit, definition: Definition, codebase: LinkedCodebase, starts: tuple[str, ...], changes: int
    ) -> None:
        self._unit = unit
        self._codebase = codebase
        self.definition = definition
        self.starts = starts
        self.changes = changes

    @property
    def name(self) -> str:
        """As a configuration names it: `shop.pay:Till.charge`."""
        module = self._unit.module.name
        return f"{module}:{self.definition.name.removeprefix(f'{module}.')}"

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The words of its own name."""
        return words_of(self._unit.code.name)

    @cached_property
    def around(self) -> tuple[str, ...]:
        """The words of its class, of its module and the package around that, and of the path that it answers."""
        whole = self.definition.name.split(".")[:-1]
        return words_of(" ".join((*whole[-3:], *self.starts)).replace(".", " "))

    @cached_property
    def themes(self) -> tuple[Theme, ...]:
        """What it may be about."""
        return tuple(theme for theme in THEMES if theme.speaks_of(self.words, self.around))

    @property
    def acts(self) -> int:
        """1 for a function that does something, -1 for one that looks, tells or prepares, as its name says."""
        if any(_READS.match(one) for one in self.starts[:1]):
            return -1
        first = self.words[0] if self.words else ""
        return (first in ACTS) - (first in SHOWS)

    @cached_property
    def branches(self) -> int:
        """Blocks of it that may or may not run."""
        return max(0, len(self._unit.body.blocks) - 1)

    @property
    def share(self) -> float:
        """Of the lines of its file, how many are its own."""
        code, whole = self._unit.code, self._unit.module.facts.codes[0]
        return (code.last - code.first + 1) / max(1, whole.last)

    @cached_property
    def callers(self) -> int:
        """Functions of the project that call it."""
        return len(
            {edge.caller for edge in self._codebase.calls_to(self.definition.name) if _is_followed(edge.confidence)}
        )

    @cached_property
    def reached(self) -> frozenset[str]:
        """Functions behind it, itself left out; no more than `MOST_REACHED`."""
        first = self.definition.name
        found, waiting = {first}, deque([first])
        while waiting and len(found) <= MOST_REACHED:
            for edge in self._codebase.calls_from(waiting.popleft()):
                if _is_followed(edge.confidence) and edge.callee not in found:
                    found.add(edge.callee)
                    waiting.append(edge.callee)
        return frozenset(found - {first})

    def asks(self, dependency: Callable[[str], str | None]) -> tuple[str, ...]:
        """What outside the project it, or what stands behind it, asks over a network.

        Args:
            dependency: a call's dotted name -> what is asked; None where nobody is.
        """
        calls = (call for name in (self.definition.name, *self.reached) for call in self._codebase.external_calls(name))
        return tuple(sorted({found for call in calls if (found := dependency(call.name)) is not None}))


def _is_followed(confidence: Confidence) -> bool:
    return confidence is not Confidence.POSSIBLE


def candidates(codebase: LinkedCodebase, is_production: Callable[[str], bool], history: History) -> Iterator[Candidate]:
    """Every function of production code that a team may know by its name.

    Args:
        is_production: whether a path is neither a test nor a migration nor somebody else's code.
    """
    starts = _starts(codebase.entry_points)
    for module in codebase.all_modules():
        if not is_production(module.path) or not _NOT_BUSINESS.isdisjoint(words_of(module.name.replace(".", " "))):
            continue
        changes = history.changes.get(module.path, 0)
        for unit in module.units:
            definition = codebase.definitions.get(unit.name) if _is_known_by_name(unit) else None
            if definition is not None and definition.path == module.path:
                yield Candidate(unit, definition, codebase, starts.get(unit.name, ()), changes)


def _is_known_by_name(unit: Unit) -> bool:
    """A public function of a module or class that does something; none inside another function."""
    code, parent = unit.code, unit.parent
    if code.kind != "function" or code.is_stub or code.name.startswith("_"):
        return False
    return parent is not None and parent.code.kind in ("module", "class") and not parent.code.name.startswith("_")


def _starts(entry_points: tuple[EntryPoint, ...]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for entry in entry_points:
        if _STARTS.match(entry.what):
            found[entry.name] = (*found.get(entry.name, ()), entry.what)
    return found
