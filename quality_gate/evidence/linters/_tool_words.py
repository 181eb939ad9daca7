"""What a tool says before its places are believed: raw results, as its output holds them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

import msgspec

Columns = Literal["bytes", "characters", "utf-16"]
"""What a tool counts columns in: those that take them from Python's `ast` count bytes."""

Level = Literal["error", "warning"]


class Raw(msgspec.Struct, frozen=True, kw_only=True):
    """One result, as the tool has it.

    Args:
        place: a path as the tool writes it: absolute, or relative to the project's root.
        line: 1-based; below 1 where the tool knows none, and then of the file as a whole.
        column: 1-based; below 1 where the tool knows none. end_line, end_column: exclusive; below 1 for none.
    """

    code: str
    name: str
    level: Level
    message: str
    remedy: str
    place: str
    line: int
    column: int
    end_line: int = 0
    end_column: int = 0
    columns: Columns = "characters"


class Said(NamedTuple):
    """What one tool said in one run.

    Args:
        tool: its name.
        results: everything that it found.
        unseen: clauses about what it could not look at; then its word is not whole.
        title: its name and version, for people.
    """

    tool: str
    results: Sequence[Raw]
    unseen: Sequence[str] = ()
    title: str = ""


class Garbled(Exception):
    """A tool's output is not what it should be; the message is a clause that begins with `it`."""


MOST_RESULTS = 100_000
"""Of one tool: beyond this nobody can tell them from noise, and memory would be the tool's choice."""


def expect_few(count: int) -> None:
    """Refuse more results than anybody could act on.

    Raises:
        Garbled: there are.
    """
    if count > MOST_RESULTS:
        raise Garbled(f"it reports {count:,} results, and no more than {MOST_RESULTS:,} are read")
