"""Rung `argument`: what a parameter may be, by its annotation, its default and what the project's callers give."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from quality_gate.codebase import tree
from quality_gate.codebase.linking import annotated, decorators
from quality_gate.codebase.linking.classes import class_of, defining, subclasses
from quality_gate.codebase.linking.given import Given, argument_of
from quality_gate.codebase.linking.things import (
    EMPTY,
    ClassObject,
    External,
    Function,
    Instance,
    Literal,
    Made,
    Opaque,
    Thing,
    Value,
    collection,
    loosened,
    one,
    union,
)
from quality_gate.codebase.linking.units import Unit

if TYPE_CHECKING:
    from quality_gate.codebase.linking.linker import Linker

_CALLERS = 150
"""Places that may call a function; of one with more the callers are not asked."""

_WRAPPED = 30
"""Classes whose methods a decorator may wrap."""

_ALIKE = frozenset(
    f"__{name}__"
    for name in (
        "eq", "ne", "lt", "le", "gt", "ge", "add", "sub", "mul", "truediv", "floordiv", "mod", "and", "or", "xor",
        "radd", "rsub", "iadd", "isub", "ior", "iand",
    )
)  # fmt: skip


def given(linker: Linker, function: str, name: str, level: int) -> Value:
    """What a parameter may be."""
    unit = linker.unit(function)
    if unit is None:
        return EMPTY
    parameter = next((one_ for one_ in unit.code.parameters if one_.name == name), None)
    if parameter is None or unit.parent is None:
        return EMPTY
    own = _own(linker, unit, name)
    if own:
        return own
    said = EMPTY
    if parameter.annotation is not None:
        said = _annotated(linker, unit, parameter, level)
        if annotated.informative(said):
            if not annotated.of_interface(parameter.annotation):
                return said
            return union([said, annotated.objects(_from_callers(linker, unit, name, level))])
    parts = [said]
    if parameter.default is not None:
        parts.append(linker.full(unit.parent, parameter.default, level))
    if unit.parent.code.kind == "function" and unit.code.parameters[0].name == name:
        parts.append(_wrapped_self(linker, unit.parent))
    parts.append(_from_callers(linker, unit, name, level))
    found = union(parts)
    if not found and unit.code.name in _ALIKE and unit.parent.code.kind == "class":
        return one(Instance(unit.parent.name, loose=True))
    return found


def _wrapped_self(linker: Linker, decorator: Unit) -> Value:
    """The first argument of a wrapper around methods is their object."""
    found: dict[str, None] = {}
    linker.look("decorated", decorator.code.name)
    for caller in linker.indexed("callers", decorator.code.name):
        if caller.code.kind == "class" and decorator.code.name in caller.decorated:
            found[caller.name] = None
    return frozenset(Instance(name) for name in found) if len(found) <= _WRAPPED else EMPTY


def _annotated(linker: Linker, unit: Unit, parameter: tree.Parameter, level: int) -> Value:
    assert unit.parent is not None
    assert parameter.annotation is not None
    said = annotated.instances_of(linker, unit.parent, parameter.annotation, level)
    if parameter.kind == "*":
        return collection("tuple", element=said)
    return collection("dict", element=said) if parameter.kind == "**" else said


def _own(linker: Linker, unit: Unit, name: str) -> Value:
    """`self` and `cls`."""
    owner = unit.parent
    if owner is None or owner.code.kind != "class" or unit.code.parameters[0].name != name:
        return EMPTY
    if unit.code.parameters[0].kind not in ("positional", "both"):
        return EMPTY
    kind = decorators.flavour(linker, unit)
    if unit.code.name == "__new__" or kind == "class":
        return one(ClassObject(owner.name, False))
    return EMPTY if kind == "static" else one(Instance(owner.name))


def _from_callers(linker: Linker, unit: Unit, name: str, level: int) -> Value:
    about = f"{unit.name}:{name}"
    parts = [
        linker.ask("site", place, f"{called}:{about}", level)
        for called, place in _in_order(linker.settled("callers", unit.name, "", level))
    ]
    return union(parts)


@lru_cache(maxsize=1 << 14)
def _in_order(callers: Value) -> tuple[tuple[str, str], ...]:
    """The places of callers, each with the name that is called there: asked again for every parameter and level."""
    texts = (str(thing.value).partition(":") for thing in callers if type(thing) is Literal)
    return tuple(sorted((called, place) for called, _, place in texts))


def callers(linker: Linker, function: str, nothing: str, level: int) -> Value:
    """Pieces of code that call a function, as texts `called:path|key`, found once for all its parameters."""
    unit = linker.unit(function)
    candidates = _candidates(linker, unit) if unit is not None else []
    if unit is None or len(candidates) > _CALLERS:
        return EMPTY
    others = set(linker.aliases_of(function))
    found: list[Thing] = []
    for caller, called in candidates:
        if (caller, called) not in others:
            meant = linker.settled("callees", caller.place, called, level)
            if not meant or not any(_is_run(linker, thing, unit) for thing in meant):
                continue
        found.append(Literal("place", f"{called}:{caller.place}"))
    return frozenset(found)


def _is_run(linker: Linker, thing: Thing, unit: Unit) -> bool:
    if type(thing) is Function:
        return thing.name == unit.name or _stands_for(linker, thing.name, unit)
    return type(thing) is ClassObject and _makes(linker, thing.name, unit)


def _stands_for(linker: Linker, name: str, unit: Unit) -> bool:
    """Whether a method is there to be overridden, and another is what runs instead: what it is given, that one gets."""
    base, _, last = name.rpartition(".")
    owner = unit.parent
    if last != unit.code.name or owner is None or owner.code.kind != "class" or owner.name == base:
        return False
    info = class_of(linker, owner.name)
    if info is None or base not in info.lineage:
        return False
    stub = linker.unit(name)
    return stub is not None and stub.code.is_stub


def callees(linker: Linker, place: str, called: str, level: int) -> Value:
    """Functions and classes of the project that one piece of code may mean by a name that it calls.

    Asked once for all functions of that name: a project of 4,000 files has 80 methods `as_sql` with 100 callers.
    """
    caller = linker.unit_at(place)
    meant = [linker.full(caller, call.func, level) for call in caller.calls.get(called, ())]
    for _, decorator in caller.decorated.get(called, ()):
        meant.append(linker.full(caller, decorator, level))
        if type(decorator) is tree.Call:
            meant.append(linker.full(caller, decorator.func, level))
    return frozenset(plain for value in meant for thing in value for plain in _plain(thing))


def _plain(thing: Thing) -> Iterator[Thing]:
    """A function or class without what it is bound to, and what it wraps."""
    if type(thing) is Function:
        yield Function(thing.name)
        if thing.wraps is not None:
            yield from _plain(thing.wraps)
            yield Function(_name_of(thing.wraps))
    elif type(thing) is ClassObject:
        yield ClassObject(thing.name)


def _candidates(linker: Linker, unit: Unit) -> list[tuple[Unit, str]]:
    """Pieces of code that call something of the function's name, each with that name."""
    owner = unit.parent
    code = unit.code
    if code.kind == "lambda":
        return linker.aliases_of(unit.name)
    if code.name in ("__init__", "__new__", "__call__") and owner is not None and owner.code.kind == "class":
        found = _makers(linker, unit, owner)
        known = set(found)
        return found + [place for place in linker.aliases_of(unit.name) if place not in known]
    found = [(caller, code.name) for caller in linker.indexed("callers", code.name)]
    known = set(found)
    found += [place for place in linker.aliases_of(unit.name) if place not in known]
    if owner is not None and owner.code.kind == "function":  # `@retry(3)` gives to what `retry` returns
        found += [(caller, owner.code.name) for caller in linker.indexed("callers", owner.code.name)]
        for name in _decorated_names(linker, owner):
            found += [(caller, name) for caller in linker.indexed("callers", name)]
    return list(dict.fromkeys(found))


def _makers(linker: Linker, unit: Unit, owner: Unit) -> list[tuple[Unit, str]]:
    """Pieces of code that may make objects of a class or of those below it, or that call its `__init__` from below."""
    makers = [owner.name, *subclasses(linker, owner.name)]
    called = {name.rpartition(".")[2] for name in makers}
    found = [(caller, name) for name in sorted(called) for caller in linker.indexed("callers", name)]
    if unit.code.name != "__init__":
        return found
    held = map(linker.project.unit, makers)  # all that counts of them is looked up here
    methods = [method for maker in held if maker is not None for method in maker.children()]
    for name in ("__init__", "cls"):  # looked for in these classes: thousands of others call an `__init__`
        linker.look("callers", name)
        found += [(method, name) for method in methods if name in method.code.calls]
    return found


def _decorated_names(linker: Linker, decorator: Unit) -> list[str]:
    """Names of what a decorator decorates: calls of them are calls of its wrapper."""
    found: dict[str, None] = {}
    linker.look("decorated", decorator.code.name)
    for caller in linker.indexed("callers", decorator.code.name):
        found.update((child.code.name, None) for child, _ in caller.decorated.get(decorator.code.name, ()))
    return list(found)


def given_at(linker: Linker, place: str, wanted: str, level: int) -> Value:
    """What one piece of code gives for a parameter, wherever it calls the function."""
    called, function, name = wanted.split(":")
    caller = linker.unit_at(place)
    unit = linker.unit(function)
    if unit is None:
        return EMPTY
    parts: list[Value] = []
    handed = linker.is_alias(function, place, called)
    for call in caller.calls.get(called, ()):
        for thing in linker.full(caller, call.func, level):
            if not (type(thing) is External or type(thing) is Opaque or type(thing) is Made):
                parts += _given_by(linker, caller, call, thing, unit, name, level)
            elif handed:
                parts += _handed_over(linker, caller, call, unit, name, level)
    parts += _given_by_decorators(linker, caller, called, unit, name, level)
    return linker.expanded(union(parts), level)


def _given_by(
    linker: Linker, caller: Unit, call: tree.Call, thing: Thing, unit: Unit, name: str, level: int
) -> list[Value]:
    arguments = Given(linker, caller, call)
    if type(thing) is Function and thing.wraps is not None and thing.name != unit.name:
        thing = thing.wraps if not thing.receiver else Function(_name_of(thing.wraps), thing.receiver)
    if type(thing) is Function and thing.name == unit.name:
        value = argument_of(linker, unit, name, thing.receiver, arguments, level)
        return [value] if value is not None else []
    if type(thing) is Function and _stands_for(linker, thing.name, unit):
        value = argument_of(linker, unit, name, thing.receiver, arguments, level)
        return [loosened(value)] if value is not None else []
    if type(thing) is ClassObject and _makes(linker, thing.name, unit):
        value = argument_of(linker, unit, name, Instance(thing.name), arguments, level)
        return [value] if value is not None else []
    return []


def _handed_over(linker: Linker, caller: Unit, call: tree.Call, unit: Unit, name: str, level: int) -> list[Value]:
    """`submit(f, x)` and `Thread(target=f, args=(x,))` give x to f."""
    found: list[Value] = []
    for place, argument in enumerate((*call.args, *(value for _, value in call.keywords))):
        if not (type(argument) is tree.Name or type(argument) is tree.Attribute):
            continue
        for thing in linker.full(caller, argument, level):
            if type(thing) is Function and thing.name == unit.name:
                rest = tree.Call(call.func, call.args[place + 1 :], call.keywords, call.line, call.column)
                packed = [value for word, value in call.keywords if word == "args"]
                if packed and type(packed[0]) is tree.Sequence:
                    rest = tree.Call(call.func, packed[0].elements, (), call.line, call.column)
                value = argument_of(linker, unit, name, thing.receiver, Given(linker, caller, rest), level)
                found += [value] if value is not None else []
    return found


def _name_of(thing: Thing) -> str:
    return thing.name if (type(thing) is Function or type(thing) is ClassObject) else ""


def _makes(linker: Linker, cls: str, unit: Unit) -> bool:
    """Whether calling a class runs this method."""
    if unit.code.name not in ("__init__", "__new__") or class_of(linker, cls) is None:
        return False
    owner = defining(linker, cls, unit.code.name)
    return owner is not None and unit.parent is not None and owner.name == unit.parent.name


def _given_by_decorators(linker: Linker, caller: Unit, called: str, unit: Unit, name: str, level: int) -> list[Value]:
    """`@register` gives the decorated function."""
    found: list[Value] = []
    positional = [parameter.name for parameter in unit.code.parameters]
    for child, decorator in caller.decorated.get(called, ()):
        found += _given_by_decorator(linker, caller, child, decorator, unit, name, positional, level)
    return found


def _given_by_decorator(
    linker: Linker,
    caller: Unit,
    child: Unit,
    decorator: tree.Expr,
    unit: Unit,
    name: str,
    positional: list[str],
    level: int,
) -> list[Value]:
    found: list[Value] = []
    if type(decorator) is tree.Call:
        for one_ in linker.full(caller, decorator.func, level):
            found += _given_by(linker, caller, decorator, one_, unit, name, level)
    for one_ in linker.full(caller, decorator, level):
        receiver = one_.receiver is not None if type(one_) is Function else True
        matches = type(one_) is Function and one_.name == unit.name
        matches = matches or (type(one_) is ClassObject and _makes(linker, one_.name, unit))
        if matches and positional.index(name) == int(receiver):
            found.append(decorators.before(linker, child, decorator, level))
    return found


def constructed(linker: Linker, cls: str, number: str, level: int) -> Value:
    """What objects of a class from outside are made of: the functions under a property of the project's own kind."""
    called = cls.rpartition(".")[2]
    callers = linker.indexed("callers", called)
    if len(callers) > _CALLERS:
        return EMPTY
    about = f"{called}:{cls}:{number}"
    found: set[Thing] = set()  # no `union`: they are as many as the project has such properties
    for caller in callers:
        found |= linker.ask("made_at", caller.place, about, level)
    return loosened(frozenset(found)) if len(found) > 1 else frozenset(found)


def made_at(linker: Linker, place: str, about: str, level: int) -> Value:
    """What one piece of code makes objects of a class of, by calls and as decorators."""
    called, cls, number = about.split(":")
    caller = linker.unit_at(place)
    found = [
        Given(linker, caller, call).positional(int(number), level) or EMPTY
        for call in caller.calls.get(called, ())
        if _has_class(linker.full(caller, call.func, level), cls)
    ]
    found += [
        decorators.before(linker, child, decorator, level)
        for child, decorator in (caller.decorated.get(called, ()) if number == "0" else ())
        if _has_class(linker.full(caller, decorator, level), cls)
    ]
    return linker.expanded(EMPTY.union(*found), level)  # as many as the class body has


def _has_class(value: Value, cls: str) -> bool:
    return any(type(thing) is ClassObject and thing.name == cls for thing in value)


def default_of(linker: Linker, function: str, name: str, level: int) -> Value:
    """What a parameter is where a call leaves it out."""
    unit = linker.unit(function)
    if unit is None or unit.parent is None:
        return EMPTY
    found = [parameter.default for parameter in unit.code.parameters if parameter.name == name]
    return linker.value(unit.parent, found[0], level) if found and found[0] is not None else EMPTY
