"""Rung `property`: what runs when an attribute is read or set: properties, descriptors, `__getattr__`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quality_gate.codebase import tree
from quality_gate.codebase.linking import decorators, targets
from quality_gate.codebase.linking.classes import class_of, defining, has, method, overriding, subclasses
from quality_gate.codebase.linking.scopes import reaching
from quality_gate.codebase.linking.targets import Place
from quality_gate.codebase.linking.things import ClassObject, Function, Instance, Literal, ModuleObject, Super, Value
from quality_gate.codebase.linking.units import LAST, Unit

if TYPE_CHECKING:
    from quality_gate.codebase.linking.emitting import Emitter


def values(emitter: Emitter, node: tree.Expr) -> Value:
    if type(node) is tree.Constant:
        return frozenset()
    return emitter.linker.full(emitter.unit, node, emitter.level)


def attribute_read(emitter: Emitter, node: tree.Attribute) -> None:
    """A property, a descriptor, `__getattr__`."""
    holders = values(emitter, node.value)
    several = targets.of_several(holders)
    for holder in holders:
        if type(holder) is Instance:
            _read_from(emitter, holder, node, several)
        elif type(holder) is Super and type(holder.receiver) is Instance:
            owner = defining(emitter.linker, holder.receiver.cls, node.attr, after=holder.after)
            if owner is not None:
                _accessor(emitter, owner, node, False)
        elif type(holder) is ClassObject:
            _read_from_class(emitter, holder, node)
        elif type(holder) is ModuleObject:
            _read_from_module(emitter, holder, node)


def _read_from(emitter: Emitter, holder: Instance, node: tree.Attribute, several: bool = False) -> None:
    linker = emitter.linker
    owner = defining(linker, holder.cls, node.attr)
    if owner is not None:
        _accessor(emitter, owner, node, holder.loose or several)
    place = Place(emitter.into, node.line, node.column, "property")
    plain = owner is None and linker.ask("stored", holder.cls, node.attr, emitter.level)
    if not holder.exact and not plain:
        for override in overriding(linker, holder.cls, node.attr):
            unit = linker.unit(override)
            if unit is not None and decorators.flavour(linker, unit) == "property":
                place.edge(unit.name, True, "override")
    if owner is None and not plain and not _set_in_methods(emitter, holder, node.attr):
        _asked(emitter, holder, node)
    whole = method(linker, holder.cls, "__getattribute__")
    if whole is not None:
        place.edge(whole.name, holder.loose, "dunder")


def _set_in_methods(emitter: Emitter, holder: Instance, name: str) -> bool:
    info = class_of(emitter.linker, holder.cls)
    return info is not None and any(emitter.linker.setters_in(one, name) for one in info.lineage)


def _asked(emitter: Emitter, holder: Instance, node: tree.Attribute) -> None:
    """`__getattr__` is asked for what is not there."""
    if node.attr.startswith("__"):
        return
    getter = method(emitter.linker, holder.cls, "__getattr__")
    if getter is not None:
        place = Place(emitter.into, node.line, node.column, "dunder")
        place.edge(getter.name, holder.loose or _below_has(emitter, holder, node.attr))


def _below_has(emitter: Emitter, holder: Instance, name: str) -> bool:
    """Whether a subclass has an attribute, so that `__getattr__` is not asked for it there."""
    if holder.exact:
        return False
    infos = (class_of(emitter.linker, sub) for sub in subclasses(emitter.linker, holder.cls))
    return any(info is not None and has(emitter.linker, info, name) for info in infos)


def _accessor(emitter: Emitter, owner: Unit, node: tree.Attribute, loose: bool, way: str = "__get__") -> None:
    """What runs when an attribute that a class's body binds is read or set."""
    linker = emitter.linker
    place = Place(emitter.into, node.line, node.column, "property")
    for binding in reaching(owner, node.attr, LAST):
        if binding.way == "define":
            unit = owner.module.units[binding.defines]
            if unit.code.kind == "function" and decorators.flavour(linker, unit) == "property":
                place.edge(unit.name, loose)
            elif unit.code.kind == "function" and unit.code.decorators and way == "__get__":
                _descriptors(emitter, linker.ask("class", owner.name, node.attr, emitter.level), place, way)
        elif type(binding.value) is tree.Call:
            made = binding.value.func
            if type(made) is tree.Name and made.id == "property":
                _property_call(emitter, owner, node.attr, place, "fget" if way == "__get__" else "fset")
            else:
                _descriptors(emitter, linker.ask("class", owner.name, node.attr, emitter.level), place, way)


def _descriptors(emitter: Emitter, value: Value, place: Place, way: str) -> None:
    for thing in value:
        if type(thing) is Instance:
            owner = defining(emitter.linker, thing.cls, way)
            if owner is not None:
                place.edge(f"{owner.name}.{way}", thing.loose, "descriptor")


def _property_call(emitter: Emitter, owner: Unit, name: str, place: Place, way: str) -> None:
    """`total = property(get_total, set_total)`."""
    found = emitter.linker.ask("accessor", owner.name, f"{name}:{way}", emitter.level)
    functions = frozenset(thing for thing in found if type(thing) is Function)
    targets.run(emitter.linker, functions, place, emitter.level)


def _read_from_class(emitter: Emitter, holder: ClassObject, node: tree.Attribute) -> None:
    linker = emitter.linker
    owner = defining(linker, holder.name, node.attr)
    if owner is not None:
        place = Place(emitter.into, node.line, node.column, "property")
        for binding in reaching(owner, node.attr, LAST):
            if binding.way == "=" and type(binding.value) is tree.Call:
                held = linker.ask("class", owner.name, node.attr, emitter.level)
                _descriptors(emitter, held, place, "__get__")
            elif binding.way == "define":
                unit = owner.module.units[binding.defines]
                names = [getattr(one, "id", getattr(one, "attr", "")) for one in unit.code.decorators]
                if "classproperty" in names or {"classmethod", "property"} <= set(names):
                    place.edge(unit.name, holder.loose)
        return
    info = class_of(linker, holder.name)
    if info is not None and info.metaclass is not None:
        _read_from(emitter, Instance(info.metaclass, True), node)


def _read_from_module(emitter: Emitter, holder: ModuleObject, node: tree.Attribute) -> None:
    module = emitter.linker.module(holder.name, node.attr)
    emitter.linker.look("stars", holder.name)
    if module is None or not module.units:
        return
    bindings = module.units[0].ready().bindings
    if node.attr in bindings or "__getattr__" not in bindings:
        return
    whole = f"{holder.name}.{node.attr}"
    getter = emitter.linker.unit(f"{holder.name}.__getattr__")
    if not emitter.linker.project.has(whole) and getter is not None:
        Place(emitter.into, node.line, node.column, "dunder").edge(getter.name, False)


def attribute_set(emitter: Emitter, node: tree.Attribute, way: str) -> None:
    """A property's setter, `__set__`, `__setattr__`."""
    linker = emitter.linker
    name = "__setattr__" if way == "set" else "__delattr__"
    for holder in values(emitter, node.value):
        if type(holder) is not Instance:
            continue
        owner = defining(linker, holder.cls, node.attr)
        if owner is not None:
            _accessor(emitter, owner, node, holder.loose, "__set__" if way == "set" else "__delete__")
        place = Place(emitter.into, node.line, node.column, "dunder")
        targets.special(linker, frozenset((holder,)), (name,), place, emitter.level)


def built_read(emitter: Emitter, node: tree.Call) -> None:
    """`getattr(x, "name")` reads a property too."""
    for name in values(emitter, node.args[1]) or _literal(node.args[1]):
        if type(name) is Literal and isinstance(name.value, str):
            attribute_read(emitter, tree.Attribute(node.args[0], name.value, node.line, node.column))


def _literal(node: tree.Expr) -> Value:
    if type(node) is tree.Constant and isinstance(node.value, str):
        return frozenset((Literal("str", node.value),))
    return frozenset()
