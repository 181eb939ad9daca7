"""Rung `attribute`: what code of other modules sets a module's names to: `pay.gateway = FakeGateway`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quality_gate.codebase.linking import names, stored
from quality_gate.codebase.linking.things import (
    EMPTY,
    ClassObject,
    External,
    Function,
    Instance,
    ModuleObject,
    Value,
    loosened,
    union,
)

if TYPE_CHECKING:
    from quality_gate.codebase.linking.linker import Linker

_MANY = 40
"""Pieces of code that may set such a name of a module; of one that more do nothing is told."""


def into(linker: Linker, module: str, name: str, level: int) -> Value:
    """What a name of a module may be after other modules have set it."""
    return loosened(_asked(linker, "injected", name, f"{module}:{name}", level))


def _asked(linker: Linker, kind: str, name: str, about: str, level: int) -> Value:
    """The answers of all that may set a name."""
    if not 0 < linker.known("injectors", name) <= _MANY:
        return EMPTY
    return union([linker.ask(kind, unit.place, about, level) for unit in linker.indexed("injectors", name)])


def injected(linker: Linker, place: str, about: str, level: int) -> Value:
    """What one piece of code sets a name of a module to; only what is the project's own is of interest."""
    module, name = about.split(":")
    unit = linker.unit_at(place).ready()
    found = [
        stored.assigned(linker, unit, bind, level)
        for base, bind in unit.sets.get(name, ())
        if ModuleObject(module) in linker.value(unit, base, level)
    ]
    kinds = (Function, ClassObject, Instance)
    return frozenset(thing for thing in union(found) if type(thing) in kinds)


def standing_in(linker: Linker, outside: str, level: int) -> Value:
    """Objects of classes of the project that are put in the place of a class from outside, as annotations name it."""
    return _asked(linker, "stands_in", outside.rpartition(".")[2], outside, level)


def stands_in(linker: Linker, place: str, outside: str, level: int) -> Value:
    """Objects of classes that one piece of code sets names of modules to which else are a class from outside."""
    name = outside.rpartition(".")[2]
    unit = linker.unit_at(place).ready()
    found = [
        stored.assigned(linker, unit, bind, level)
        for base, bind in unit.sets.get(name, ())
        for thing in linker.value(unit, base, level)
        if type(thing) is ModuleObject and External(outside) in names.member_of_module(linker, thing.name, name, level)
    ]
    return frozenset(Instance(thing.name, loose=True) for thing in union(found) if type(thing) is ClassObject)
