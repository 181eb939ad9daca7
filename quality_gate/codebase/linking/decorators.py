"""Rung `decorator`: what stands under a name after its decorators; a wrapper is called instead of what it wraps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import msgspec

from quality_gate.codebase import tree
from quality_gate.codebase.linking import results
from quality_gate.codebase.linking.given import Given
from quality_gate.codebase.linking.things import (
    EMPTY,
    ClassObject,
    External,
    Function,
    Instance,
    Made,
    Opaque,
    Thing,
    Value,
    one,
    union,
)
from quality_gate.codebase.linking.units import Unit, last_name

if TYPE_CHECKING:
    from quality_gate.codebase.linking.linker import Linker

Flavour = Literal["plain", "property", "class", "static"]
_PROPERTIES = frozenset(
    {
        "property", "cached_property", "abstractproperty", "hybrid_property", "lazy_property", "lazyproperty", "reify",
        "classproperty", "locked_cached_property", "memoized_property", "cachedproperty", "setter", "getter", "deleter",
        "lazy", "alias_property", "dynamic_class_attribute", "DynamicClassAttribute",
    }
)  # fmt: skip
_CLASS_METHODS = frozenset({"__init_subclass__", "__class_getitem__"})


def flavour(linker: Linker, unit: Unit) -> Flavour:
    """How an attribute that is this function behaves: called on reading, bound to the class, to nothing, or plainly."""
    code = unit.code
    if code.name in _CLASS_METHODS:
        return "class"
    if code.name == "__new__":
        return "static"
    for place, decorator in enumerate(code.decorators):
        found = _flavour_of(linker, unit, place, decorator)
        if found != "plain":
            return found
    return "plain"


def _flavour_of(linker: Linker, unit: Unit, place: int, decorator: tree.Expr) -> Flavour:
    node = decorator.func if type(decorator) is tree.Call else decorator
    name = last_name(node)
    if name in ("staticmethod", "abstractstaticmethod"):
        return "static"
    if name in ("classmethod", "abstractclassmethod"):
        return "class"
    if name not in _PROPERTIES or unit.parent is None:
        return "plain"
    return "plain" if type(node) is tree.Name and _is_own(linker, unit, place, name) else "property"


def _is_own(linker: Linker, unit: Unit, place: int, name: str) -> bool:
    """Whether a decorator that is called like a property is something of the project's."""
    top = unit.module.units[0].ready()
    if name == "property" and name not in top.bindings and not top.stars:
        return False
    found = linker.decorator(unit, place)
    return any(type(thing) is Function or type(thing) is ClassObject for thing in found)


def decorator_value(linker: Linker, place: str, number: str, level: int) -> Value:
    """What the decorator of a definition, or what is called to make it, stands for."""
    unit = linker.unit_at(place)
    if unit.parent is None or int(number) >= len(unit.code.decorators):
        return EMPTY
    made = unit.code.decorators[int(number)]
    return linker.value(unit.parent, made.func if type(made) is tree.Call else made, level)


def defined(linker: Linker, unit: Unit, level: int) -> Value:
    """What the name of a definition stands for."""
    thing: Thing = ClassObject(unit.name) if unit.code.kind == "class" else Function(unit.name)
    if not unit.code.decorators or unit.parent is None:
        return one(thing)
    return linker.ask("decorated", unit.place, "", level)


def decorated(linker: Linker, place: str, nothing: str, level: int) -> Value:
    """What a definition is after its decorators."""
    unit = linker.unit_at(place)
    code = unit.code
    value = one(ClassObject(unit.name) if code.kind == "class" else Function(unit.name))
    if code.kind == "function" and flavour(linker, unit) != "plain":
        return value
    return _through(linker, unit, value, code.decorators, level)


def _through(linker: Linker, unit: Unit, value: Value, applied: tuple[tree.Expr, ...], level: int) -> Value:
    assert unit.parent is not None
    for decorator in reversed(applied):
        value = _applied(linker, unit.parent, decorator, value, level) or value
    return value


def before(linker: Linker, unit: Unit, decorator: tree.Expr, level: int) -> Value:
    """What a decorator is given: the definition under the decorators below it."""
    value = one(ClassObject(unit.name) if unit.code.kind == "class" else Function(unit.name))
    place = next((at for at, held in enumerate(unit.code.decorators) if held is decorator), 0)
    if unit.code.kind == "function" and flavour(linker, unit) != "plain":
        return value
    return _through(linker, unit, value, unit.code.decorators[place + 1 :], level)


def _applied(linker: Linker, outer: Unit, decorator: tree.Expr, value: Value, level: int) -> Value:
    parts: list[Value] = []
    for thing in linker.full(outer, decorator, level):
        if type(thing) is External or type(thing) is Opaque or type(thing) is Made:
            continue
        if type(thing) is Function or type(thing) is ClassObject or type(thing) is Instance:
            made = results.called(linker, thing, Given(linker, values=(value,)), level)
            parts.append(_around(made, value))
    return union(parts)


def _around(made: Value, value: Value) -> Value:
    """Wrappers remember what they were made around."""
    held = (thing for thing in value if type(thing) is Function or type(thing) is ClassObject)
    inner = min(held, key=lambda thing: thing.name, default=None)
    return frozenset(_made_around(thing, inner) for thing in made)


def _made_around(thing: Thing, inner: Function | ClassObject | None) -> Thing:
    if type(thing) is Function and thing.wraps is None and thing != inner:
        return msgspec.structs.replace(thing, wraps=inner)
    if type(thing) is Instance and type(inner) is Function:
        return msgspec.structs.replace(thing, around=inner.name)
    return thing
