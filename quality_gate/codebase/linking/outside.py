"""What the linker must know of code from outside the project."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import TypeAlias

from quality_gate.codebase import tree

Factories: TypeAlias = Callable[[str, tree.Call | None], str | None]
"""What a library function returns: its dotted name and the call -> the class's dotted name."""

Aliases: TypeAlias = Mapping[str, tuple[tuple[str, str], ...]]
"""By a function's name: the pieces of code that call it under another name, as `path|key`, each with that name."""


class Library:
    """What the linker must know of code from outside.

    Args:
        factories: the dependency catalogue's table.
        canonical: the dependency catalogue's spelling of a dotted name.
        noted: whether the catalogue knows a builtin: `builtins.open` can fail.
    """

    def __init__(self, factories: Factories, canonical: Callable[[str], str], noted: Callable[[str], bool]) -> None:
        self.factories = factories
        self.canonical = cache(canonical)
        self.noted = noted
