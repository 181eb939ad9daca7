"""What the cache knows of rules and libraries, so that a run over one changed file loads those that it needs.

Loading all of them takes longer than to judge a file. What is kept is of this build of them, as the cache's key says.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import msgspec

from quality_gate.store import Store, digest
from quality_gate_checkers.dependencies import expect, library_modules, listed_libraries
from quality_gate_checkers.dependencies._listed import ListedLibrary
from quality_gate_checkers.listed import ListedRule, listed_rules, rule_modules

if TYPE_CHECKING:
    from quality_gate_checkers.catalog import Catalog

_KEY = digest(b"plugs")
"""No content's key: those are made of a path and an identity, with a zero byte between them."""


class _Plugs(msgspec.Struct, frozen=True, array_like=True):
    rules: tuple[ListedRule, ...]
    libraries: tuple[ListedLibrary, ...]


def known_rules(store: Store) -> Catalog:
    """All rules, each to be loaded when a file needs it, and likewise the libraries that they ask for.

    Args:
        store: the cache, keyed by the build of the rules.

    Raises:
        PlugError: a rule cannot be loaded; all of them are where the cache does not know them.
    """
    from quality_gate_checkers.catalog import Catalog, catalog

    held = _decoded(store.results([_KEY]).get(_KEY))
    if held is None or not _names_what_is_here(held):
        store.remember_result(_KEY, msgspec.msgpack.encode(_Plugs(listed_rules(catalog().rules), listed_libraries())))
        return catalog()
    expect(held.libraries)
    return Catalog(one.rule() for one in held.rules)


def _names_what_is_here(held: _Plugs) -> bool:
    """Whether it names our own modules and all of them: a cache decides neither what is imported nor what is not."""
    return _named(held.rules) == sorted(rule_modules()) and _named(held.libraries) == sorted(library_modules())


def _named(held: Iterable[ListedRule | ListedLibrary]) -> list[str]:
    return sorted(one.module for one in held)


def _decoded(value: bytes | None) -> _Plugs | None:
    if value is None:
        return None
    try:
        return msgspec.msgpack.decode(value, type=_Plugs)
    except (msgspec.DecodeError, ValueError):
        return None
