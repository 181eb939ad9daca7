"""Rungs `return` and `local`: what a call gives back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from quality_gate.codebase import tree
from quality_gate.codebase.linking import annotated, containers, decorators, library, members
from quality_gate.codebase.linking.classes import class_of, defining, outside_bases, subclasses
from quality_gate.codebase.linking.given import Given, argument_of
from quality_gate.codebase.linking.things import (
    EMPTY,
    ClassObject,
    Collection,
    External,
    Function,
    Instance,
    Literal,
    Made,
    Opaque,
    Parameter,
    Partial,
    Super,
    Thing,
    Value,
    collection,
    loosened,
    one,
    open_ended,
    union,
)
from quality_gate.codebase.linking.units import Unit

if TYPE_CHECKING:
    from quality_gate.codebase.linking.linker import Linker

_OVERRIDES = 40


def value_of_call(linker: Linker, unit: Unit, node: tree.Call, level: int) -> Value:
    """What a call gives back."""
    function = node.func
    given = Given(linker, unit, node)
    if type(function) is tree.Name and function.id == "super":
        return _super(linker, unit, node, level)
    if type(function) is tree.Attribute:
        return _method_call(linker, unit, function, given, level)
    return union([called(linker, thing, given, level) for thing in linker.value(unit, function, level)])


def _method_call(linker: Linker, unit: Unit, function: tree.Attribute, given: Given, level: int) -> Value:
    parts: list[Value] = []
    for holder in linker.full(unit, function.value, level):
        if type(holder) is Instance and function.attr == "_replace":
            parts.append(one(holder))
        elif type(holder) is Collection:
            parts.append(containers.method_result(linker, holder, function.attr, given, level))
        else:
            parts += called_all(linker, members.attribute(linker, holder, function.attr, level), given, level)
    return union(parts)


def called(linker: Linker, thing: Thing, given: Given, level: int) -> Value:
    """What calling a thing gives back."""
    if type(thing) is Function:
        return _function_result(linker, thing, given, level)
    if type(thing) is ClassObject:
        return _made(linker, thing, given, level)
    if type(thing) is Instance:
        if level <= 0:
            linker.exhausted()
            return EMPTY
        callers = members.of_instance(linker, thing, "__call__", level)
        return union(called_all(linker, callers, given, level - 1))
    if type(thing) is Parameter:
        if not thing.made:
            return one(Parameter(thing.function, thing.name, True))
        if level <= 0:
            linker.exhausted()
            return EMPTY
        found = linker.expanded(one(thing), level)
        return union([called(linker, inner, given, level - 1) for inner in found if inner != thing])
    if type(thing) is External:
        return library.outcome(linker, thing.name, given, level)
    if type(thing) is Partial:
        return called(linker, thing.function, Given(linker, values=(EMPTY,) * thing.given), level)
    if type(thing) is Made:
        made = linker.factories(f"{thing.cls}.__call__", None)
        return one(Made(made)) if made else one(Opaque(thing.cls))
    if type(thing) is Opaque:
        first = given.positional(0, level) or EMPTY
        handed = frozenset(
            held for held in first if (type(held) is Function or type(held) is ClassObject or type(held) is Parameter)
        )
        return handed or one(thing)
    return EMPTY


def called_all(linker: Linker, things: Value, given: Given, level: int) -> list[Value]:
    """What calling each of several things gives back."""
    return [called(linker, thing, given, level) for thing in things]


def _made(linker: Linker, thing: ClassObject, given: Given, level: int) -> Value:
    owner = defining(linker, thing.name, "__new__")
    if owner is not None:
        result = _function_result(linker, Function(f"{owner.name}.__new__", thing), given, level)
        instances_ = frozenset(made for made in result if type(made) is Instance)
        if instances_ and not any(made.cls == thing.name for made in instances_):
            return instances_
    info = class_of(linker, thing.name)
    if info is not None and info.metaclass is None and "builtins.type" in outside_bases(linker, thing.name):
        return EMPTY
    return one(Instance(thing.name, thing.exact, thing.loose))


def outcomes(linker: Linker, value: Value, level: int) -> Value:
    """What calling any of several things gives back, whatever is given to them."""
    if level <= 0:
        linker.exhausted()
        return EMPTY
    given = Given(linker)
    return union([called(linker, thing, given, level - 1) for thing in value if type(thing) is not Parameter])


def instances(linker: Linker, value: Value, *, inexact: bool = False) -> Value:
    """Objects of classes: of those of a tuple too, as `isinstance` and `except` take them."""
    found: list[Thing] = []
    for thing in containers.flat(value):
        if type(thing) is ClassObject:
            found.append(Instance(thing.name, thing.exact and not inexact, thing.loose))
        elif type(thing) is External:
            found.append(Made(thing.name))
        elif type(thing) is Instance or type(thing) is Made:
            found.append(thing)
    return frozenset(found)


def _function_result(linker: Linker, thing: Function, given: Given, level: int) -> Value:
    unit = linker.unit(thing.name)
    if unit is None:
        return EMPTY
    found = linker.ask("returns", thing.name, "", level)
    if not found and type(thing.receiver) is Instance and not thing.receiver.exact:
        found = _of_overrides(linker, thing, unit, level)
    found = substituted(linker, found, unit, thing, given, level)
    return loosened(found) if thing.loose else found


def _of_overrides(linker: Linker, thing: Function, unit: Unit, level: int) -> Value:
    """A method that returns nothing itself is there to be overridden."""
    assert type(thing.receiver) is Instance
    below = subclasses(linker, thing.receiver.cls)
    if len(below) > _OVERRIDES:
        return EMPTY
    parts = [
        linker.ask("returns", f"{sub}.{unit.code.name}", "", level)
        for sub in below
        if linker.unit(f"{sub}.{unit.code.name}") is not None
    ]
    return loosened(union(parts))


def returned(linker: Linker, name: str, nothing: str, level: int) -> Value:
    """What a function returns: as annotated, else as its code shows; own parameters stand for themselves."""
    unit = linker.ready(name)
    code = unit.code
    if code.kind == "class":
        return EMPTY
    outer = unit.parent
    said = EMPTY
    if code.returns is not None and outer is not None:
        said = annotated.instances_of(linker, outer, code.returns, level)
        if _is_self(code.returns):
            made = code.name == "__new__" or decorators.flavour(linker, unit) == "class"
            said = one(Parameter(name, code.parameters[0].name, made)) if code.parameters else said
        if annotated.informative(said):
            return said
    if code.is_generator:
        given = [containers.given_back(linker, unit, give, level) for give in unit.gives]
        return union([said, collection("iterator", element=union(given))])
    return union([said, *(linker.value(unit, value, level) for value in unit.returns)])


def _is_self(node: tree.Expr) -> bool:
    return (type(node) is tree.Name and node.id == "Self") or (type(node) is tree.Attribute and node.attr == "Self")


def substituted(linker: Linker, value: Value, unit: Unit, thing: Function, given: Given, level: int) -> Value:
    """A returned value with the arguments of one call instead of the function's parameters."""
    if not open_ended(value):
        return value
    return union([_substituted(linker, part, unit, thing, given, level) for part in value])


def _substituted(linker: Linker, part: Thing, unit: Unit, thing: Function, given: Given, level: int) -> Value:
    if type(part) is Parameter:
        return _argument(linker, part, unit, thing, given, level)
    if type(part) is Collection:
        if not open_ended(one(part)):
            return one(part)
        items = tuple((key, substituted(linker, value, unit, thing, given, level)) for key, value in part.items)
        key = substituted(linker, part.key, unit, thing, given, level)
        element = substituted(linker, part.element, unit, thing, given, level)
        return collection(part.kind, items, key, element)
    if type(part) is Function and type(part.receiver) is Parameter:
        receivers = _argument(linker, part.receiver, unit, thing, given, level)
        return frozenset(msgspec.structs.replace(part, receiver=receiver) for receiver in receivers)
    return one(part)


def _argument(linker: Linker, part: Parameter, unit: Unit, thing: Function, given: Given, level: int) -> Value:
    if part.function == unit.name:
        value = argument_of(linker, unit, part.name, thing.receiver, given, level)
        if value is None:
            parameter = next((one_ for one_ in unit.code.parameters if one_.name == part.name), None)
            if parameter is None or parameter.default is None or unit.parent is None:
                return one(part)
            value = linker.ask("default", unit.name, part.name, level)
        if not value:
            return one(part)
        return outcomes(linker, linker.expanded(value, level), level) if part.made else value
    if thing.wraps is not None and unit.name.startswith(f"{part.function}."):
        outer = linker.unit(part.function)
        if outer is not None and outer.code.parameters and outer.code.parameters[0].name == part.name:
            inner = _with_receiver(thing)
            return called(linker, inner, given, level) if part.made else one(thing.wraps)
    return one(part)


def _with_receiver(thing: Function) -> Thing:
    inner = thing.wraps
    assert inner is not None
    if type(inner) is Function and thing.receiver is not None and inner.receiver is None:
        return msgspec.structs.replace(inner, receiver=thing.receiver)
    return inner


def _super(linker: Linker, unit: Unit, node: tree.Call, level: int) -> Value:
    """`super()` in a method; `super(Class, self)` says the class itself."""
    current: Unit | None = unit
    method: Unit | None = None
    while current is not None and current.code.kind != "class":
        method = current
        current = current.parent
    after = current.name if current is not None else ""
    if node.args:
        named = [thing.name for thing in linker.value(unit, node.args[0], level) if type(thing) is ClassObject]
        after = named[0] if len(named) == 1 else after
    if method is None or not after or not method.code.parameters or current is None:
        return EMPTY
    first = Parameter(method.name, method.code.parameters[0].name)
    receivers = linker.expanded(one(first), level)
    return frozenset(
        Super(after, receiver)
        for receiver in receivers
        if (type(receiver) is Instance or type(receiver) is ClassObject)
    )


__all__ = ["Literal", "called", "instances", "outcomes", "returned", "value_of_call"]
