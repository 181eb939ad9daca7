"""Rungs `self`, `property` and `super`: attributes of classes and their objects, through the whole line."""

from __future__ import annotations

import builtins
from typing import TYPE_CHECKING

import msgspec

from quality_gate.codebase import tree
from quality_gate.codebase.linking import annotated, decorators, names, results
from quality_gate.codebase.linking.classes import class_of, defining, has, outside_bases, subclasses
from quality_gate.codebase.linking.given import Given
from quality_gate.codebase.linking.scopes import reaching
from quality_gate.codebase.linking.things import (
    EMPTY,
    ClassObject,
    Collection,
    External,
    Function,
    Instance,
    Literal,
    Made,
    ModuleObject,
    Opaque,
    Super,
    Thing,
    Value,
    class_name,
    loosened,
    one,
    union,
)
from quality_gate.codebase.linking.units import LAST, Binding, Unit

if TYPE_CHECKING:
    from quality_gate.codebase.linking.linker import Linker

_SUBCLASSES = 40
"""A class with more subclasses is not searched for what only they have."""

_ENUMS = frozenset({"enum.Enum", "enum.IntEnum", "enum.StrEnum", "enum.Flag", "enum.IntFlag"})
_CHOICES = frozenset({"django.db.models.TextChoices", "django.db.models.IntegerChoices", "django.db.models.Choices"})


_PROPERTIES = frozenset({"builtins.property", "functools.cached_property"})
_WRAPPED = {"fget": 0, "func": 0, "fset": 1, "fdel": 2}
"""Attributes of Python's own properties, by the argument that they are made of."""


def plain_function(name: str) -> Function:
    """A function as it stands."""
    return Function(name)


def value_of_attribute(linker: Linker, unit: Unit, node: tree.Attribute, level: int) -> Value:
    """What an attribute of whatever its holder may be may stand for."""
    holders = linker.full(unit, node.value, level)
    if len(holders) == 1:
        return attribute(linker, next(iter(holders)), node.attr, level)
    return union([attribute(linker, holder, node.attr, level) for holder in holders])


def attribute(linker: Linker, holder: Thing, name: str, level: int) -> Value:
    """What an attribute of a thing may stand for."""
    if type(holder) is Instance or type(holder) is ClassObject:
        return linker.once((holder, name), level, _of_own)
    if type(holder) is ModuleObject:
        return linker.once((holder, name), level, _of_module)
    if type(holder) is External:
        return one(External(f"{holder.name}.{name}"))
    if type(holder) is Made:
        return one(External(f"{holder.cls}.{name}"))
    if type(holder) is Literal:
        return one(External(f"builtins.{holder.kind}.{name}"))
    if type(holder) is Collection:
        return one(External(f"builtins.{holder.kind}.{name}"))
    if type(holder) is Super:
        return _of_super(linker, holder, name, level)
    if type(holder) is Opaque:
        return one(Opaque(holder.of))
    if type(holder) is Function:
        return _of_function(linker, holder, name, level)
    return EMPTY


def _of_module(linker: Linker, holder: ModuleObject, name: str, level: int) -> Value:
    return names.member_of_module(linker, holder.name, name, level)


def _of_own(linker: Linker, holder: Thing, name: str, level: int) -> Value:
    if type(holder) is Instance:
        found = of_instance(linker, holder, name, level)
    else:
        assert type(holder) is ClassObject
        found = of_class(linker, holder, name, level)
    return loosened(found) if holder.loose else found


def _of_function(linker: Linker, holder: Function, name: str, level: int) -> Value:
    if name == "__call__":
        return one(holder)
    if name == "__wrapped__":
        return one(holder.wraps) if holder.wraps is not None else EMPTY
    if name in ("__func__", "__self__"):
        return one(Function(holder.name)) if name == "__func__" else EMPTY
    return linker.ask("function", holder.name, name, level)


# -- objects


def of_instance(linker: Linker, holder: Instance, name: str, level: int) -> Value:
    """An attribute of an object of the project's."""
    cls = holder.cls
    owner = defining(linker, cls, name)
    parts: list[Value] = []
    if owner is not None:
        bindings = reaching(owner, name, LAST)
        last = bindings[-1] if bindings else None
        if last is not None and last.way == "define":
            return _method_of(linker, holder, owner, name, level)
        found = linker.ask("class", owner.name, name, level)
        parts.append(bound(linker, found, holder, level))
        if not holder.exact:
            parts.append(_in_subclasses(linker, cls, name, level))
        if last is not None and last.annotation is not None and annotated.informative(parts[0]):
            if annotated.of_interface(last.annotation):
                parts.append(annotated.objects(linker.ask("stored", cls, name, level)))
            return union(parts)
    parts.append(linker.ask("stored", cls, name, level))
    whole = union(parts)
    return whole or _not_own(linker, holder, name, level)


def _in_subclasses(linker: Linker, cls: str, name: str, level: int) -> Value:
    """What the bodies of subclasses set an attribute to: `serializer_class = OrderSerializer`."""
    below = subclasses(linker, cls)
    if len(below) > _SUBCLASSES:
        return EMPTY
    parts: list[Value] = []
    for sub in below:
        info = class_of(linker, sub)
        if info is not None and has(linker, info, name):
            found = linker.ask("class", sub, name, level)
            parts.append(bound(linker, found, Instance(sub), level))
    return loosened(union(parts))


def _not_own(linker: Linker, holder: Instance, name: str, level: int) -> Value:
    """What classes from outside, or subclasses, have under a name that a class itself has not."""
    if name == "__class__":
        return one(ClassObject(holder.cls, holder.exact))
    outside = outside_bases(linker, holder.cls)
    parts: list[Value] = []
    if defining(linker, holder.cls, "__getattr__") is not None and not _builtin_has(outside, name):
        given = Given(linker, values=(one(Literal("str", name)),))
        for getter in linker.ask("class", _owner(linker, holder.cls), "__getattr__", level):
            parts += results.called_all(linker, bound(linker, one(getter), holder, level), given, level)
        return union(parts)
    if not holder.exact:
        below = subclasses(linker, holder.cls)
        if len(below) <= _SUBCLASSES:
            parts = [_in_subclass(linker, holder, sub, name, level) for sub in below]
    if name in _WRAPPED and _PROPERTIES.intersection(outside):
        return linker.ask("constructed", holder.cls, str(_WRAPPED[name]), level)
    found = loosened(union(parts))
    if found or not outside:
        return found
    return one(External(f"{outside[0]}.{name}"))


def _owner(linker: Linker, cls: str) -> str:
    owner = defining(linker, cls, "__getattr__")
    return owner.name if owner is not None else cls


def _builtin_has(outside: tuple[str, ...], name: str) -> bool:
    """Whether a base from Python itself has an attribute, so that `__getattr__` is not asked."""
    if name.startswith("__"):
        return True
    kinds = (getattr(builtins, base.removeprefix("builtins."), None) for base in outside)
    return any(isinstance(kind, type) and hasattr(kind, name) for kind in kinds)


def _in_subclass(linker: Linker, holder: Instance, sub: str, name: str, level: int) -> Value:
    owner = defining(linker, sub, name)
    found = linker.ask("class", owner.name, name, level) if owner is not None else EMPTY
    return bound(linker, found, Instance(sub), level) or linker.ask("stored", sub, name, level)


def _method_of(linker: Linker, holder: Instance, owner: Unit, name: str, level: int) -> Value:
    found = linker.ask("class", owner.name, name, level)
    return bound(linker, found, holder, level)


def bound(linker: Linker, value: Value, holder: Instance | ClassObject, level: int) -> Value:
    """What reading an attribute from a class makes of what the class holds."""
    if not value:
        return value
    return union([_bound_one(linker, thing, holder, level) for thing in value])


def _bound_one(linker: Linker, thing: Thing, holder: Instance | ClassObject, level: int) -> Value:
    if type(thing) is Function:
        return _bound_function(linker, thing, holder, level)
    if type(thing) is Instance and type(holder) is Instance:
        getter = defining(linker, thing.cls, "__get__")
        if getter is not None and thing.around:
            return results.called(linker, Function(thing.around, holder), Given(linker), level)
        if getter is not None:
            reader = attribute(linker, thing, "__get__", level)
            given = Given(linker, values=(one(holder), one(ClassObject(holder.cls, False))))
            return union([results.called(linker, read, given, level) for read in reader])
    return one(thing)


def _bound_function(linker: Linker, thing: Function, holder: Instance | ClassObject, level: int) -> Value:
    unit = linker.unit(thing.name)
    if unit is None or thing.receiver is not None:
        return one(thing)
    kind = decorators.flavour(linker, unit)
    receiver = msgspec.structs.replace(holder, loose=False) if holder.loose else holder
    if kind == "property":
        if type(holder) is ClassObject:
            return one(thing)
        return results.called(linker, Function(thing.name, receiver), Given(linker), level)
    if kind == "static":
        return one(thing)
    if kind == "class":
        cls = receiver if type(receiver) is ClassObject else ClassObject(receiver.cls, receiver.exact)
        return one(msgspec.structs.replace(thing, receiver=cls))
    return one(thing) if type(holder) is ClassObject else one(msgspec.structs.replace(thing, receiver=receiver))


def class_level(linker: Linker, cls: str, name: str, level: int) -> Value:
    """What a class's body binds a name to, not yet bound to any object."""
    unit = linker.ready(cls)
    bindings = reaching(unit, name, LAST)
    made = [_class_binding(linker, unit, name, binding, level) for binding in bindings]
    found = union(made)
    elements = unit.elements.get(name)
    return names.with_elements(linker, unit, found, elements, LAST, level) if elements else found


def _class_binding(linker: Linker, unit: Unit, name: str, binding: Binding, level: int) -> Value:
    value = binding.value
    if type(value) is tree.Call and type(value.func) is tree.Name and value.func.id == "property":
        return _property_call(linker, unit, value, level)
    found = names.value_of_binding(linker, unit, name, binding, level)
    if binding.way == "=" and not name.startswith("_") and is_enum(linker, unit.name):
        return one(Instance(unit.name, True))
    return found


def accessor(linker: Linker, cls: str, about: str, level: int) -> Value:
    """The function that `total = property(get_total, set_total)` calls for reading or for setting."""
    name, way = about.split(":")
    unit = linker.ready(cls)
    found: list[Value] = []
    for binding in reaching(unit, name, LAST):
        if type(binding.value) is tree.Call:
            at = ("fget", "fset").index(way)
            words = [value for word, value in binding.value.keywords if word == way]
            chosen = binding.value.args[at] if len(binding.value.args) > at else next(iter(words), None)
            if chosen is not None:
                found.append(linker.full(unit, chosen, level))
    return union(found)


def _property_call(linker: Linker, unit: Unit, call: tree.Call, level: int) -> Value:
    """`total = property(get_total)`: what the getter returns."""
    getter = call.args[0] if call.args else next((value for word, value in call.keywords if word == "fget"), None)
    if getter is None:
        return EMPTY
    parts = [
        results.called(linker, msgspec.structs.replace(thing, receiver=Instance(unit.name)), Given(linker), level)
        for thing in linker.full(unit, getter, level)
        if type(thing) is Function
    ]
    return union(parts)


def is_enum(linker: Linker, cls: str) -> bool:
    """Whether a class is an enumeration."""
    return any(base in _ENUMS or base in _CHOICES for base in outside_bases(linker, cls))


# -- classes and super()


def of_class(linker: Linker, holder: ClassObject, name: str, level: int) -> Value:
    """An attribute of a class of the project's."""
    owner = defining(linker, holder.name, name)
    if owner is not None:
        found = linker.ask("class", owner.name, name, level)
        return bound(linker, found, holder, level)
    info = class_of(linker, holder.name)
    if info is not None and info.metaclass is not None and defining(linker, info.metaclass, name) is not None:
        return of_instance(linker, Instance(info.metaclass), name, level)
    if name == "__class__":
        return EMPTY
    found = linker.ask("stored", holder.name, name, level)
    if found:
        return found
    if not holder.exact:
        parts = [
            bound(linker, linker.ask("class", home.name, name, level), ClassObject(sub, False), level)
            for sub in subclasses(linker, holder.name)[:_SUBCLASSES]
            if (home := defining(linker, sub, name)) is not None
        ]
        if any(parts):
            return loosened(union(parts))
    outside = outside_bases(linker, holder.name)
    return one(External(f"{outside[0]}.{name}")) if outside else EMPTY


def _of_super(linker: Linker, holder: Super, name: str, level: int) -> Value:
    receiver = holder.receiver
    if not (type(receiver) is Instance or type(receiver) is ClassObject):
        return EMPTY
    cls = class_name(receiver)
    owner = defining(linker, cls, name, after=holder.after)
    if owner is not None:
        found = linker.ask("class", owner.name, name, level)
        return bound(linker, found, receiver, level)
    if type(receiver) is Instance:
        beyond = _behind_in_subclasses(linker, cls, holder.after, name, level)
        if beyond:
            return beyond
    outside = outside_bases(linker, holder.after)
    return one(External(f"{outside[0] if outside else 'builtins.object'}.{name}"))


def _behind_in_subclasses(linker: Linker, cls: str, after: str, name: str, level: int) -> Value:
    """What `super()` of a mixin finds depends on the class that mixes it in."""
    parts: list[Value] = []
    for sub in subclasses(linker, cls)[:_SUBCLASSES]:
        owner = defining(linker, sub, name, after=after)
        if owner is not None:
            found = linker.ask("class", owner.name, name, level)
            parts.append(loosened(bound(linker, found, Instance(sub), level)))
    return union(parts)
