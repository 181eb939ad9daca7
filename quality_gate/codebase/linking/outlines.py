"""Expressions and statements as others see them: whatever the lines are, and comparable."""

from __future__ import annotations

from functools import cache
from typing import TypeAlias

import msgspec

Outline: TypeAlias = "tuple[str | int | bool | Outline | None, ...]"

_PLAIN = frozenset({str, int, bool})
_PLACES = frozenset({"at", "line", "column"})


def outlined(node: msgspec.Struct | None, names: list[str]) -> Outline:
    """An expression or a statement without its place; pieces of code by their names instead of their numbers.

    Args:
        names: of the file's pieces of code, by number.
    """
    if node is None:
        return ()
    kind = node.__class__
    found: list[str | int | bool | Outline | None] = [kind.__name__]
    for field in _fields(kind):
        value = getattr(node, field)
        if field == "index" and value.__class__ is int:
            value = names[value]
        found.append(_part(value, names))
    return tuple(found)


@cache
def _fields(kind: type[msgspec.Struct]) -> tuple[str, ...]:
    return tuple(field for field in kind.__struct_fields__ if field not in _PLACES)


def _part(value: object, names: list[str]) -> str | int | bool | Outline | None:
    kind = value.__class__
    if kind in _PLAIN:
        return value  # type: ignore[return-value]
    if kind is tuple:
        return tuple([_part(one, names) for one in value])  # type: ignore[attr-defined]
    return outlined(value, names) if isinstance(value, msgspec.Struct) else None
