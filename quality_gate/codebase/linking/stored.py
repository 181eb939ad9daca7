"""Rung `attribute`: what is assigned to attributes, or put into them, by methods and by others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quality_gate.codebase import tree
from quality_gate.codebase.linking import annotated, containers, names
from quality_gate.codebase.linking.classes import class_of
from quality_gate.codebase.linking.digests import in_order
from quality_gate.codebase.linking.things import (
    EMPTY,
    ClassObject,
    Collection,
    Function,
    Instance,
    Value,
    class_name,
    union,
)
from quality_gate.codebase.linking.units import Binding, Unit, path_of

if TYPE_CHECKING:
    from quality_gate.codebase.linking.linker import Linker


def set_on_function(linker: Linker, function: str, name: str, level: int) -> Value:
    """`charge.retries = 3`, set in the function's own module."""
    unit = linker.unit(function)
    if unit is None:
        return EMPTY
    parts: list[Value] = []
    for setter in linker.indexed("setters", name):
        if setter.module is unit.module and setter is not unit:
            for base, bind in setter.ready().sets.get(name, ()):
                held = linker.value(setter, base, level)
                if any(type(thing) is Function and thing.name == function for thing in held):
                    parts.append(assigned(linker, setter, bind, level))
    return union(parts)


def stored(linker: Linker, cls: str, name: str, level: int) -> Value:
    """What is assigned to an attribute of a class's objects, or put into it, by methods and others."""
    info = class_of(linker, cls)
    if info is None:
        return EMPTY
    setting = [one_ for one_ in info.lineage if linker.setters_in(one_, name)]
    said = union([linker.ask("said_in", one_, name, level) for one_ in setting])
    found = said
    if not annotated.informative(said):
        found = union([said, *[linker.ask("stored_in", one_, name, level) for one_ in setting]])
    others = _others(linker, cls, info.lineage, name)
    about = f"{cls}:{name}"
    if not said:
        setters = _having(linker, others, info.lineage, f"sets:{name}", level)
        found = union([found, *[linker.ask("set_by", place, about, level) for place in setters]])
    held = in_order(found)
    if not held:
        return found
    put = [linker.ask("put_in", one_, name, level) for one_ in setting]
    putting = _having(linker, others, info.lineage, f"puts:{name}", level)
    put += [linker.ask("put_by", place, about, level) for place in putting]
    rest = frozenset(thing for thing in found if type(thing) is not Collection)
    return union([rest, containers.added(held, union(put))])


def said_in(linker: Linker, cls: str, name: str, level: int) -> Value:
    """What the methods of one class say of an attribute: `self.total: Money = ...`."""
    found = [
        annotated.instances_of(linker, unit, bind.annotation, level)
        for unit in linker.setters_in(cls, name)
        for base, bind in unit.ready().sets.get(name, ())
        if bind.annotation is not None and is_own(unit, base)
    ]
    return union(found)


def stored_in(linker: Linker, cls: str, name: str, level: int) -> Value:
    """What the methods of one class assign to an attribute of their object."""
    found = [
        assigned(linker, unit, bind, level)
        for unit in linker.setters_in(cls, name)
        for base, bind in unit.ready().sets.get(name, ())
        if bind.way != "del" and is_own(unit, base)
    ]
    return union(found)


def put_in(linker: Linker, cls: str, name: str, level: int) -> Value:
    """What the methods of one class put into an attribute of their object."""
    found: list[Value] = []
    for unit in linker.setters_in(cls, name):
        elements = [element for base, element in unit.ready().puts.get(name, ()) if is_own(unit, base)]
        if elements:
            found.append(containers.put(linker, unit, [Collection("list")], elements, level))
    return union(found)


def is_own(unit: Unit, base: tree.Expr) -> bool:
    """Whether an expression is the object of the method that a piece of code is or stands in."""
    return type(base) is tree.Name and base.id == own_name(unit)


def assigned(linker: Linker, unit: Unit, bind: tree.Bind, level: int) -> Value:
    """What a statement assigns to an attribute."""
    if bind.value is None:
        return EMPTY
    way = "=" if bind.way == "aug" else bind.way
    return names.unpacked(linker, unit, Binding(0, 0, way, bind.value, path=path_of(bind)), level)


_SETTERS = 40
"""Functions that set an attribute of this name; where there are more, only those of the class's own module count."""


def _others(linker: Linker, cls: str, lineage: tuple[str, ...], name: str) -> list[str]:
    """Functions that may set an attribute of objects that are not their own, as `path|key`."""
    found = linker.indexed("setters", name)
    if len(found) > _SETTERS:
        homes = {home.path for one_ in lineage if (home := linker.project.home(one_)) is not None}
        found = tuple(unit for unit in found if unit.module.path in homes)
    own = f"{cls}."
    places = [unit.place for unit in found if not unit.name.startswith(own)]
    return places if len(places) <= _SETTERS else []


def _having(linker: Linker, places: list[str], lineage: tuple[str, ...], about: str, level: int) -> list[str]:
    """Those of some functions that do something with objects of a class."""
    line = frozenset(map(ClassObject, lineage))
    return [place for place in places if not line.isdisjoint(linker.ask("having", place, about, level))]


def having(linker: Linker, place: str, about: str, level: int) -> Value:
    """Classes of the objects whose attribute one function sets, or puts something into: asked once for all classes."""
    way, name = about.split(":")
    unit = linker.unit_at(place).ready()
    done = unit.sets.get(name, ()) if way == "sets" else unit.puts.get(name, ())
    held = [linker.full(unit, base, level) for base, _ in done if not is_own(unit, base)]
    classes = (thing for value in held for thing in value if type(thing) is Instance or type(thing) is ClassObject)
    return frozenset(ClassObject(class_name(thing)) for thing in classes)


def set_by(linker: Linker, place: str, about: str, level: int) -> Value:
    """`order.gateway = Gateway()`: what one function assigns to an attribute of objects of a class."""
    cls, name = about.split(":")
    unit = linker.unit_at(place).ready()
    found = [
        assigned(linker, unit, bind, level)
        for base, bind in unit.sets.get(name, ())
        if bind.way != "del" and _is_of(linker, unit, base, cls, level)
    ]
    return union(found)


def put_by(linker: Linker, place: str, about: str, level: int) -> Value:
    """`stack.filters.append(Strip())`: what one function puts into an attribute of objects of a class."""
    cls, name = about.split(":")
    unit = linker.unit_at(place).ready()
    elements = [element for base, element in unit.puts.get(name, ()) if _is_of(linker, unit, base, cls, level)]
    return containers.put(linker, unit, [Collection("list")], elements, level) if elements else EMPTY


def _is_of(linker: Linker, unit: Unit, base: tree.Expr, cls: str, level: int) -> bool:
    if is_own(unit, base):
        return False
    info = class_of(linker, cls)
    lineage = info.lineage if info is not None else (cls,)
    held = linker.full(unit, base, level)
    return any(
        (type(thing) is Instance or type(thing) is ClassObject) and class_name(thing) in lineage for thing in held
    )


def own_name(unit: Unit) -> str:
    """What a method, or a function within one, calls the method's object."""
    current: Unit | None = unit
    while current is not None and current.parent is not None:
        if current.parent.code.kind == "class":
            parameters = current.code.parameters
            return parameters[0].name if parameters else ""
        current = current.parent
    return ""
