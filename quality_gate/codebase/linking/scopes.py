"""Which bindings of a name a place in the code can see: the code around it, branches and loops decide."""

from __future__ import annotations

from typing import NamedTuple

from quality_gate.codebase import tree
from quality_gate.codebase.linking.units import Binding, Unit

_MANY = 60
"""A name that is bound more often than this is not followed."""


class Scope(NamedTuple):
    """Where a name gets its value that a piece of code reads.

    Args:
        unit: the code that binds it, the reader itself, one around it or the module; None where none of them does.
        given: whether it is a parameter and nothing else.
        local: whether code other than the module's, or the reader itself, binds it in another way.
    """

    unit: Unit | None
    given: bool
    local: bool


def scope_of(unit: Unit, name: str) -> Scope:
    """Where a name gets its value that a piece of code reads."""
    found = unit.scopes.get(name)
    if found is None:
        found = unit.scopes[name] = _scope_of(unit.ready(), name)
    return found


def _scope_of(unit: Unit, name: str) -> Scope:
    current: Unit | None = unit
    elsewhere = False
    while current is not None:
        if name in current.elsewhere and current.parent is not None:
            elsewhere = True
            current = (current.module.units[0] if current.elsewhere[name] else current.parent).ready()
            continue
        found = current.bindings.get(name)
        if found is not None and (current is unit or current.code.kind != "class"):
            given = len(found) == 1 and found[0].way == "parameter" and name not in current.elements
            return Scope(current, given, elsewhere or not (given or (current.parent is None and current is not unit)))
        current = current.parent.ready() if current.parent is not None else None
    return Scope(None, False, elsewhere)


def reaching(unit: Unit, name: str, at: int) -> list[Binding]:
    """The bindings of a name that a place in its own code can see: later ones hide earlier ones on the same way.

    Args:
        at: place of the statement that reads it, `LAST` for the end.
    """
    found = unit.bindings.get(name, [])
    if len(found) < 2:
        return found
    known = unit.reached.get((name, at))
    if known is None:
        known = unit.reached[name, at] = [] if len(found) > _MANY else _reaching(unit, found, at)
    return known


def _reaching(unit: Unit, found: list[Binding], at: int) -> list[Binding]:
    statements, blocks = unit.body.statements, unit.body.blocks
    around = _around(blocks, statements[at].block if at < len(statements) else 0)
    seen: list[Binding] = []
    hidden_from = 0
    for binding in reversed(found):
        if binding.order >= at:
            continue
        if binding.block in around:
            seen.append(binding)
            hidden_from = binding.block
            break
        if not _apart(blocks, binding.block, around):
            seen.append(binding)
    else:
        hidden_from = -1
    loops = [block for block in around if blocks[block].loops]
    for binding in found:
        if binding.order >= at and loops:
            inner = _around(blocks, binding.block)
            shared = [block for block in loops if block in inner]
            if shared and not any(hidden_from >= 0 and block in _around(blocks, hidden_from) for block in shared):
                seen.append(binding)
    return seen


def _around(blocks: tuple[tree.Block, ...], block: int) -> dict[int, int]:
    """A block and those around it, each with the choice that it is a branch of."""
    found: dict[int, int] = {}
    while block >= 0:
        found[block] = blocks[block].choice
        block = blocks[block].parent
    return found


def _apart(blocks: tuple[tree.Block, ...], block: int, around: dict[int, int]) -> bool:
    """Whether a block is another branch than the one that the reader stands in, or is never left downwards."""
    choices = set(around.values()) - {0}
    while block >= 0 and block not in around:
        if blocks[block].ends or (blocks[block].choice and blocks[block].choice in choices):
            return True
        block = blocks[block].parent
    return False
