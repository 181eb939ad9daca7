"""The nouns of foreign coverage: what a file that somebody else's tool wrote tells of one source."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

import msgspec

from quality_gate.evidence._untrusted import Unreadable

Arc = tuple[int, int]

SOME_EXIT = 0
"""The end of a branch that leaves the function, where the file does not say in numbers which one."""

MOST_LINES = 2**24
"""A source of more lines is none."""


class ToldBranch(msgspec.Struct, frozen=True):
    """What a file tells of one line that branches.

    Args:
        total: how many ways lead on. taken: how many of them were taken.
        ends_taken, ends_missing: where they lead to, as far as that is told; `SOME_EXIT` may stand there.
    """

    total: int
    taken: int
    ends_taken: frozenset[int] = frozenset()
    ends_missing: frozenset[int] = frozenset()


class Told(msgspec.Struct, frozen=True):
    """What a file tells of one source.

    Args:
        run: lines that were run. missing: lines that were not, as far as they are told.
        excluded: lines that are told to be excluded.
        are_raw: whether lines and arcs are as they were traced, with all lines of a long statement.
        names_all: whether every line that the tool knows and does not exclude is in `run` or `missing`.
        arcs: jumps from line to line that were made; None where the kind of file does not hold them.
        branches: by line; for kinds that hold no arcs.
        has_branches: whether branches were recorded.
        numbered: branches by line that are only numbered, as tools of other languages tell them; None where the file
            has none such.
        contexts: names of contexts by line, where the file holds them by line.
    """

    run: frozenset[int]
    missing: frozenset[int] = frozenset()
    excluded: frozenset[int] = frozenset()
    are_raw: bool = False
    names_all: bool = True
    arcs: frozenset[Arc] | None = None
    branches: Mapping[int, ToldBranch] = {}
    has_branches: bool = False
    numbered: Mapping[int, ToldBranch] | None = None
    contexts: Mapping[int, tuple[str, ...]] = {}

    @property
    def last_line(self) -> int:
        """The greatest line that it speaks of."""
        ends = (abs(end) for arc in self.arcs or () for end in arc)
        return max((*self.run, *self.missing, *self.excluded, *self.branches, *(self.numbered or ()), *ends), default=0)


class ForeignFile(Protocol):
    """A coverage file of whatever kind."""

    @property
    def kind(self) -> str:
        """What it is, for people: `coverage JSON`."""

    @property
    def names(self) -> Sequence[str]:
        """Names of the sources that it tells of, as it spells them."""

    def places(self, name: str) -> Sequence[str]:
        """Paths that a name may stand for; just the name where nothing else is known."""

    def told(self, name: str) -> Told:
        """What it tells of a source.

        Raises:
            Unreadable: that cannot be believed.
        """

    def contexts(self, name: str, lines: range) -> Iterable[str]:
        """Names of the contexts in which one of some lines in a row was run; none where the file has no contexts.

        Raises:
            Unreadable: see above.
        """


class ReadFile:
    """A coverage file that was read at one go; implements `ForeignFile`.

    Args:
        kind: for people. sources: by name. folders: that names may be relative to.
    """

    def __init__(self, kind: str, sources: Mapping[str, Told | Unreadable], folders: Sequence[str] = ()) -> None:
        if not sources:
            raise Unreadable("it names no source file")
        self._kind = kind
        self._sources = sources
        self._folders = folders

    @property
    def kind(self) -> str:
        """See `ForeignFile`."""
        return self._kind

    @property
    def names(self) -> Sequence[str]:
        """See `ForeignFile`."""
        return tuple(self._sources)

    def places(self, name: str) -> Sequence[str]:
        """See `ForeignFile`."""
        return [f"{folder.rstrip('/')}/{name}" for folder in self._folders] or [name]

    def told(self, name: str) -> Told:
        """See `ForeignFile`."""
        told = self._sources[name]
        if isinstance(told, Unreadable):
            raise told
        return told

    def contexts(self, name: str, lines: range) -> Iterable[str]:
        """See `ForeignFile`."""
        contexts = self.told(name).contexts
        return {context for line in lines for context in contexts.get(line, ())}


def line_number(text: str) -> int:
    """A line as text has it.

    Raises:
        Unreadable: no line has such a number.
    """
    if not (text.isascii() and text.isdecimal() and len(text) < 9 and 1 <= int(text) <= MOST_LINES):
        raise Unreadable(f"it tells of a line {text[:20]!r}")
    return int(text)


def count(text: str) -> int:
    """How often something happened; what is below nought happened not at all.

    Raises:
        Unreadable: that is no number.
    """
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdecimal() and len(digits) < 20):
        raise Unreadable(f"it counts {text[:20]!r}")
    return max(0, int(text))
