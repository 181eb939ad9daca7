"""Rungs `local` and `import`: what a name stands for, through scopes, imports, re-exports and star imports."""

from __future__ import annotations

import builtins
from typing import TYPE_CHECKING

from quality_gate.codebase import tree
from quality_gate.codebase.linking import annotated, containers, decorators, injected, results
from quality_gate.codebase.linking.digests import in_order
from quality_gate.codebase.linking.scopes import Scope, reaching, scope_of
from quality_gate.codebase.linking.things import (
    EMPTY,
    Collection,
    External,
    ModuleObject,
    Parameter,
    Value,
    one,
    union,
)
from quality_gate.codebase.linking.units import LAST, Binding, Element, Module, Unit

if TYPE_CHECKING:
    from quality_gate.codebase.linking.linker import Linker
    from quality_gate.codebase.linking.project import Project

_BUILTINS = frozenset(dir(builtins))
_HOPS = 24
"""Re-exports in a row that are followed."""


def value_of_name(linker: Linker, unit: Unit, node: tree.Name, level: int) -> Value:
    """What a name may stand for where it is read; only what code around it binds can be part of a circle."""
    scope = scope_of(unit, node.id)
    if scope.unit is not None and scope.given:
        return one(Parameter(scope.unit.name, node.id))
    if not scope.local:
        return _looked_up(linker, unit, scope, node, level)
    circles = linker.circles
    found = circles.solved((node, level), lambda: _looked_up(linker, unit, scope, node, level))
    if circles.settled:
        circles.hand_over(linker.need)
    return found


def _looked_up(linker: Linker, unit: Unit, scope: Scope, node: tree.Name, level: int) -> Value:
    """What a name may stand for at a statement of a piece of code: its own, those around it, the module's, Python's."""
    binder, name = scope.unit, node.id
    if binder is unit:
        return _bound(linker, unit, name, node.at, level)
    if binder is None:
        return linker.once((unit.module, name), level, _not_bound)
    if binder.parent is None:
        return linker.once((unit.module, name), level, module_name)
    return _bound(linker, binder, name, LAST, level)


def _not_bound(linker: Linker, module: Module, name: str, level: int) -> Value:
    return _from_stars(linker, module, name, level, 0) or _builtin(name) or _from_outside(linker, module, name)


def _builtin(name: str) -> Value:
    if name == "__class__":
        return EMPTY
    return one(External(f"builtins.{name}")) if name in _BUILTINS else EMPTY


def _from_outside(linker: Linker, module: Module, name: str) -> Value:
    """A name that only a star import from outside, or from a file that could not be read, can have brought."""
    sources = list(dict.fromkeys(module.absolute(star) for star in module.units[0].ready().stars))
    outside = _unread(linker, sources) or [source for source in sources if linker.project.module(source) is None]
    return one(External(f"{outside[0]}.{name}")) if len(outside) == 1 else EMPTY


def _unread(linker: Linker, sources: list[str]) -> list[str]:
    """The first of some modules whose file could not be read: it may hold any name that nothing else binds."""
    held = ((source, linker.project.module(source)) for source in sources)
    return [source for source, module in held if module is not None and not module.units][:1]


def _bound(linker: Linker, unit: Unit, name: str, at: int, level: int) -> Value:
    found = union([value_of_binding(linker, unit, name, one_, level) for one_ in reaching(unit, name, at)])
    changed = unit.elements.get(name)
    if unit.parent is None and at == LAST:
        found = union([found, _lent(linker, unit, name, level)])
    if changed:
        found = with_elements(linker, unit, found, changed, at, level)
    return found


def module_name(linker: Linker, module: Module, name: str, level: int) -> Value:
    """What a name of a module stands for when the module has run: a question of its own."""
    unit = module.units[0].ready()
    found = reaching(unit, name, LAST)
    if len(found) == 1 and name not in unit.elements and not linker.known("changers", name):
        way = found[0].way
        if way == "import" or (way == "define" and not module.units[found[0].defines].code.decorators):
            return value_of_binding(linker, unit, name, found[0], level)
    return linker.ask("name", module.name, name, level)


def value_of_module_name(linker: Linker, module: str, name: str, level: int) -> Value:
    """What a name of a module stands for when the module has run."""
    found = linker.project.module(module)
    if found is None or not found.units:  # it was there when this was asked, and is gone or does not parse now
        return EMPTY
    own = _bound(linker, found.units[0].ready(), name, LAST, level)
    if linker.finds_shape or not linker.known("changers", name):  # bases are named before anybody sets anything
        return own
    return union([own, injected.into(linker, module, name, level)])


def _lent(linker: Linker, unit: Unit, name: str, level: int) -> Value:
    """What functions of the module bind through `global`, and put into the module's containers."""
    parts: list[Value] = []
    for other in linker.indexed("changers", name):
        if other.module is not unit.module or other is unit:
            continue
        other.ready()
        if other.elsewhere.get(name):
            parts += [value_of_binding(linker, other, name, binding, level) for binding in other.bindings.get(name, ())]
        if name in other.elements and (name not in other.bindings or name in other.elsewhere):
            base = one(Collection("list"))
            parts.append(with_elements(linker, other, base, other.elements[name], LAST, level))
    return union(parts)


def with_elements(linker: Linker, unit: Unit, value: Value, elements: list[Element], at: int, level: int) -> Value:
    """A container with what is put into it before a place."""
    seen = [element for element in elements if element.order < at or unit.body.blocks[element.block].loops]
    if not seen:
        return value
    held = in_order(value)
    if not held:
        return value
    rest = frozenset(thing for thing in value if type(thing) is not Collection)
    return union([rest, containers.put(linker, unit, held, seen, level)])


def value_of_binding(linker: Linker, unit: Unit, name: str, binding: Binding, level: int) -> Value:
    """What one way of binding a name makes of it."""
    way = binding.way
    if way == "define":
        return decorators.defined(linker, unit.module.units[binding.defines], level)
    if way == "import":
        assert binding.module is not None
        return imported(linker, unit.module, binding.module, level)
    if way == "parameter":
        return one(Parameter(unit.name, name))
    if binding.annotation is not None:
        said = annotated.instances_of(linker, unit, binding.annotation, level)
        if annotated.informative(said) or binding.value is None:
            return said
    if binding.value is None:
        return EMPTY
    return unpacked(linker, unit, binding, level)


def unpacked(linker: Linker, unit: Unit, binding: Binding, level: int) -> Value:
    """The part of an assigned, looped over, entered or caught value that a name gets."""
    assert binding.value is not None
    if binding.way == "is":
        return results.instances(linker, linker.value(unit, binding.value, level), inexact=True)
    found = linker.value(unit, binding.value, level)
    if binding.way in ("for", "async for"):
        found = containers.iterated(linker, linker.expanded(found, level), level)
    elif binding.way in ("with", "async with"):
        found = containers.entered(linker, linker.expanded(found, level), level)
    elif binding.way == "except":
        found = results.instances(linker, containers.flat(found), inexact=True)
    for place in binding.path:
        found = containers.at_place(linker, linker.expanded(found, level), place, level)
    return found


def imported(linker: Linker, module: Module, found: tree.Import, level: int, hops: int = 0) -> Value:
    """What an import binds."""
    source = module.absolute(found)
    if not found.attribute:
        return module_or_outside(linker, source)
    return member_of_module(linker, source, found.attribute, level, hops + 1)


def member_of_module(linker: Linker, source: str, name: str, level: int, hops: int = 0) -> Value:
    """What `from source import name` gives."""
    module = linker.module(source, name)
    if module is None or hops > _HOPS:
        return module_or_outside(linker, f"{source}.{name}") if hops <= _HOPS else EMPTY
    unit = module.units[0].ready() if module.units else None
    if unit is not None and name in unit.bindings:
        bindings = reaching(unit, name, LAST)
        if bindings and all(binding.way == "import" for binding in bindings):
            parts = [_through(linker, module, binding, level, hops) for binding in bindings]
            return union(parts)
        return module_name(linker, module, name, level)
    whole = f"{source}.{name}"
    if linker.project.has(whole):
        return one(ModuleObject(whole))
    linker.look("stars", source)
    if unit is None:  # a file that could not be read may hold anything: what it is called is known, and no more
        return one(External(whole))
    starred = _from_stars(linker, module, name, level, hops)
    if starred:
        return starred
    if unit.bindings.get("__getattr__"):
        return EMPTY
    sources = [module.absolute(star) for star in unit.stars]
    outside = _unread(linker, sources) or [named for named in sources if linker.project.module(named) is None]
    return one(External(f"{outside[0]}.{name}")) if outside and name not in _BUILTINS else EMPTY


def _through(linker: Linker, module: Module, binding: Binding, level: int, hops: int) -> Value:
    assert binding.module is not None
    if module.absolute(binding.module) == module.name and binding.module.attribute == binding.module.name:
        whole = f"{module.name}.{binding.module.attribute}"  # `from . import pay` in a package
        return one(ModuleObject(whole)) if linker.project.has(whole) else EMPTY
    return imported(linker, module, binding.module, level, hops)


def _from_stars(linker: Linker, module: Module, name: str, level: int, hops: int) -> Value:
    """A name that a star import brings; private names only where `__all__` says so, which is not asked."""
    if not module.units or not module.units[0].ready().stars or hops > _HOPS:
        return EMPTY
    source = linker.star_source(module, name)
    return member_of_module(linker, source, name, level, hops + 1) if source is not None else EMPTY


def find_star(project: Project, module: Module, name: str, seen: set[str]) -> str | None:
    """The module, behind star imports, that binds a name itself; the last import counts.

    Args:
        seen: files that were looked at; added to.
    """
    seen.add(module.path)
    for star in reversed(module.units[0].ready().stars if module.units else []):
        other = project.module(module.absolute(star))
        if other is None or other.path in seen:
            continue
        if not other.units:
            seen.add(other.path)
            continue
        if name in other.units[0].ready().bindings:
            seen.add(other.path)
            return other.name
        found = find_star(project, other, name, seen)
        if found is not None:
            return found
    return None


def module_or_outside(linker: Linker, name: str) -> Value:
    """A module of the project by its dotted name, a package without `__init__.py` too, or something from outside."""
    return one(ModuleObject(name) if linker.project.has(name) else External(name))
