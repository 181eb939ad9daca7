"""Marks: what one module tells of some of its lines, for project rules to join with calls.

ONE FILE = ONE KIND: a decorated pure generator over the checkers' `Module`, asked only about modules whose text holds
one of its triggers. Marks are facts of their file: cached with it, and the same whatever the other files say. They
are read where the rules parse the file, or when a project rule asks for them.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Iterator, Set
from functools import cache
from operator import attrgetter
from typing import NamedTuple, TypeAlias

from quality_gate.codebase.graph import Mark
from quality_gate_checkers.catalog import Triggers, telling_word, words_in
from quality_gate_checkers.model import PRODUCTION, Module, Role
from quality_gate_checkers.plug import Page, collect, page


class Marked(NamedTuple):
    """What a reader yields; `marks_of` adds the kind, the function and the lines.

    Args:
        node: whose lines are marked.
        detail, names: as of `Mark`.
        function: the marked function's node, where it is not the one that `node` stands in.
        until: the node whose end is the mark's, where it is not `node`'s own.
    """

    node: ast.AST
    detail: str = ""
    names: tuple[str, ...] = ()
    function: ast.AST | None = None
    until: ast.AST | None = None


Read: TypeAlias = Callable[[Module], Iterator[Marked]]


class Reader:
    """One kind of mark.

    Args:
        kind: what the marks are called.
        triggers: strings one of which stands in every module that holds such a mark.
        roles: parts that a file must play to be asked.
        read: the pure function; its docstring says what the marks mean.
    """

    __slots__ = ("kind", "read", "roles", "triggers", "words")

    def __init__(self, kind: str, triggers: tuple[str, ...], roles: frozenset[Role], read: Read) -> None:
        self.kind = kind
        self.triggers = _needed(triggers)
        self.words = tuple(telling_word(trigger.lower().encode()) for trigger in self.triggers)
        self.roles = roles
        self.read = read

    def may_mark(self, text: str, met: Set[bytes]) -> bool:
        """Whether a trigger stands in a text.

        Args:
            met: the words of all readers that its own words hold, which is found out at once.
        """
        if met.isdisjoint(self.words):
            return False
        return any(trigger in text for trigger, word in zip(self.triggers, self.words, strict=True) if word in met)

    @property
    def page(self) -> Page:
        """What the kind means."""
        return page(self.read.__doc__)


def _needed(triggers: tuple[str, ...]) -> tuple[str, ...]:
    """Short ones first, which are found soonest, without those that hold another: every file is searched for them."""
    found: list[str] = []
    for trigger in sorted(triggers, key=len):
        if not any(shorter in trigger for shorter in found):
            found.append(trigger)
    return tuple(found)


def marks(kind: str, *, triggers: tuple[str, ...], roles: frozenset[Role] = PRODUCTION) -> Callable[[Read], Reader]:
    """Make a reader of a function. See `Reader` for the arguments."""

    def made(read: Read) -> Reader:
        return Reader(kind, triggers, roles, read)

    return made


@cache
def readers() -> tuple[Reader, ...]:
    """Every kind of this installation, loaded once per process."""
    return tuple(collect(sys.modules[__name__], Reader))


@cache
def _asked(role: Role) -> tuple[tuple[Reader, ...], Triggers]:
    """The readers of files of a role, and their words."""
    found = tuple(reader for reader in readers() if role in reader.roles)
    return found, Triggers(word for reader in found for word in reader.words)


def marks_of(module: Module) -> tuple[Mark, ...]:
    """Every mark of a module, in source order; the names of their functions lack the module's."""
    text = module.text
    asked, triggers = _asked(module.role)
    met = triggers.met(words_in(text) if module.words is None else module.words)
    reading = (reader for reader in asked if reader.may_mark(text, met))
    found = {_mark(module, reader.kind, marked) for reader in reading for marked in reader.read(module)}
    return tuple(sorted(found, key=_PLACE))


_PLACE = attrgetter("first", "column", "kind", "last", "detail", "function", "names")


def _mark(module: Module, kind: str, marked: Marked) -> Mark:
    start = module.location(marked.node)
    end = module.location(marked.until) if marked.until is not None else start
    name = module.names.qualified_name(marked.node if marked.function is None else marked.function)
    return Mark(
        kind,
        name.removeprefix(module.name).removeprefix("."),
        start.line,
        end.end_line,
        start.column + 1,
        marked.detail,
        marked.names,
    )
