"""Retried lines, and whether what fails below them is tried again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple, Protocol

from quality_gate.bench import Bench
from quality_gate.codebase.graph import Codebase, Mark
from quality_gate.project_rules.linked._chains import Chain
from quality_gate_checkers.dependencies import catalogue
from quality_gate_checkers.model.roles import Role, role_of

ANY = frozenset({"builtins.Exception", "builtins.BaseException"})
UNKNOWN = "?"


class Retried(NamedTuple):
    """Lines of one function that are run again when they fail.

    Args:
        policy: as written, for messages: `@retry`.
        library: whose policy it is; `loop` for one written by hand.
        attempts: None where nothing tells.
        reraises: what failed comes out at last, and not an exception of the library's own.
        types: exceptions that are retried; `UNKNOWN` among them where nothing tells.
    """

    function: str
    path: str
    first: int
    last: int
    policy: str
    library: str
    attempts: int | None
    reraises: bool
    types: frozenset[str]


def retried(bench: Bench) -> Iterator[Retried]:
    """Every retried piece of production code."""
    codebase = bench.codebase
    for function, marks in codebase.marks("retried").items():
        definition = codebase.definitions.get(function)
        if definition is not None and role_of(definition.path, bench.settings) in (Role.SOURCE, Role.COMMAND_LINE):
            yield from (_read(function, definition.path, mark) for mark in marks)


def _read(function: str, path: str, mark: Mark) -> Retried:
    library, attempts, reraise, *types = mark.names
    number = int(attempts) if attempts else None
    return Retried(function, path, mark.first, mark.last, mark.detail, library, number, bool(reraise), frozenset(types))


def overlap(caught: Iterable[str], raised: Iterable[str]) -> bool:
    """Whether some exception is in both sets, bases and subclasses counted; what nothing tells is in none."""
    known = catalogue()
    return any(
        one in ANY or other in ANY or known.catches(one, other) or known.catches(other, one)
        for one in caught
        for other in raised
        if UNKNOWN not in (one, other)
    )


class Lines(Protocol):
    """Lines of one function."""

    @property
    def first(self) -> int:
        """The first of them."""

    @property
    def last(self) -> int:
        """The last of them."""


def kept_below(codebase: Codebase, region: Lines, chain: Chain, raised: Iterable[str]) -> bool:
    """Whether a handler between some lines and the end of the chain keeps such a failure to itself."""
    marks = codebase.marks("handled")
    failures = tuple(raised)
    for link in chain:
        for mark in marks.get(link.caller, ()):
            within = mark.first <= link.line <= mark.last
            if within and not (link is chain[0] and _around(mark, region)) and _keeps(mark, failures):
                return True
    return False


def _keeps(mark: Mark, failures: tuple[str, ...]) -> bool:
    """A handler whose exception does not resolve may keep anything."""
    return UNKNOWN in mark.names or overlap(mark.names, failures)


def _around(mark: Mark, region: Lines) -> bool:
    """Whether a handler stands around these lines, or is the one that is asked about."""
    return mark.first <= region.first and region.last <= mark.last
