"""Rung `attribute`: what code of other modules sets a module's names to: `pay.gateway = FakeGateway`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quality_gate.codebase.linking import names, stored
from quality_gate.codebase.linking.things import (
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


def into(linker: Linker, module: str, name: str, level: int) -> Value:
    """What a name of a module may be after other modules have set it."""
    about = f"{module}:{name}"
    found = [linker.ask("injected", unit.place, about, level) for unit in linker.indexed("injectors", name)]
    return loosened(union(found))


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
    name = outside.rpartition(".")[2]
    if not linker.known("injectors", name):
        return frozenset()
    found = [linker.ask("stands_in", unit.place, outside, level) for unit in linker.indexed("injectors", name)]
    return union(found)


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
