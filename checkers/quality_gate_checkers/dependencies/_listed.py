"""Libraries that are known and not loaded: what tells whether somebody asks for one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from quality_gate_checkers.dependencies import Library


class ListedLibrary(msgspec.Struct, frozen=True, array_like=True):
    """A library that is not loaded.

    Args:
        module: the one that holds it. name: as of `Library`.
        words: with which the names begin that it says something of.
        attributes: as of `Library`; they stand in names of any beginning.
    """

    module: str
    name: str
    words: frozenset[str]
    attributes: dict[str, str]


def listed(module: str, library: Library) -> ListedLibrary:
    """What is to be kept of a library that is loaded."""
    calls = (name for call in library.calls for name in call.names)
    names = (*library.aliases, *library.factories, *library.exceptions, *calls)
    words = frozenset(name.partition(".")[0] for name in names)
    return ListedLibrary(module, library.name, words, library.attributes)
