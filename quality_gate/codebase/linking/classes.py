"""Classes of the project: bases, the order in which attributes are looked up, subclasses."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from quality_gate.codebase.linking.pieces import member
from quality_gate.codebase.linking.shape import ClassInfo
from quality_gate.codebase.linking.things import ClassObject, External, Function, Value
from quality_gate.codebase.linking.units import Module, Unit

if TYPE_CHECKING:
    from quality_gate.codebase.linking.linker import Linker

_DEEPEST = 160
"""Classes above a class; a longer line is a loop or a joke."""


def infos_of_module(linker: Linker, module: Module) -> tuple[ClassInfo, ...]:
    """The classes of a file, before the shape of the project is known."""
    found: list[ClassInfo] = []
    for unit in module.units:
        if unit.code.kind == "class":
            try:
                found.append(read_class(linker, unit))
            except RecursionError:
                linker.recover(module)
                found.append(ClassInfo(unit.name, doubt=True, lineage=(unit.name,), names=tuple(unit.ready().bindings)))
    return tuple(found)


def read_class(linker: Linker, unit: Unit) -> ClassInfo:
    """What a class's own line says of it, and those above it."""
    bases: list[str] = []
    outside: list[str] = []
    doubt = False
    outer = unit.parent
    assert outer is not None
    for base in unit.code.bases:
        doubt = _add_base(unit.name, linker.apart(outer, base), bases, outside) or doubt
    metaclasses = [
        thing.name
        for keyword, value in unit.code.keywords
        if keyword == "metaclass"
        for thing in sorted(linker.apart(outer, value), key=repr)
        if type(thing) is ClassObject
    ]
    bindings = unit.ready().bindings
    methods = (name for name, found in bindings.items() if any(binding.way == "define" for binding in found))
    lines = [_lineage(linker, base) for base in bases]
    inherited = next((held for base in bases if (held := _metaclass(linker, base))), None)
    return ClassInfo(
        unit.name,
        tuple(bases),
        tuple(outside),
        metaclasses[-1] if metaclasses else inherited,
        doubt,
        _linear(unit.name, bases, lines),
        tuple(bindings),
        tuple(methods),
    )


def _lineage(linker: Linker, name: str) -> tuple[str, ...]:
    info = class_of(linker, name)
    return info.lineage if info is not None else (name,)


def _metaclass(linker: Linker, name: str) -> str | None:
    info = class_of(linker, name)
    return info.metaclass if info is not None else None


def _add_base(own: str, value: Value, bases: list[str], outside: list[str]) -> bool:
    """Take a base; tells whether nothing is known of it."""
    known = sorted(thing.name for thing in value if type(thing) is ClassObject)
    foreign = sorted(thing.name for thing in value if type(thing) is External)
    bases += [name for name in known if name != own and name not in bases]
    if not known:
        outside += [name for name in foreign if name not in outside]
    return not known and not foreign and not any(type(thing) is Function for thing in value)


def _linear(own: str, bases: list[str], lines: list[tuple[str, ...]]) -> tuple[str, ...]:
    """The order of Python's own look-up (C3); where the bases contradict each other, depth first."""
    merged = _merged([*(list(line) for line in lines), list(bases)])
    if merged is None:
        merged = list(dict.fromkeys(name for line in lines for name in line))
    return (own, *[name for name in merged if name != own][:_DEEPEST])


def _merged(lines: list[list[str]]) -> list[str] | None:
    found: list[str] = []
    lines = [line for line in lines if line]
    while lines:
        for line in lines:
            first = line[0]
            if not any(first in other[1:] for other in lines):
                break
        else:
            return None
        found.append(first)
        lines = [rest for line in lines if (rest := line[1:] if line[0] == first else line)]
    return found


def class_of(linker: Linker, name: str) -> ClassInfo | None:
    """A class of the project by its dotted name."""
    return linker.info(name)


def has(linker: Linker, info: ClassInfo, name: str) -> bool:
    """Whether the body of a class binds a name."""
    linker.look("has", f"{info.name}.{name}")
    return name in info.names


def outside_bases(linker: Linker, name: str) -> tuple[str, ...]:
    """Dotted names of the classes from outside that a class stands on, nearest first."""
    if linker.finds_shape:
        return _outside(class_of(linker, name), lambda one: class_of(linker, one))
    linker.log.owners.add((name, ""))
    known = linker.outside.get(name)
    if known is None:
        infos = linker.shape.infos
        info = infos.get(name)
        line = info.lineage if info is not None else ()
        linker.owners[name, ""] = (None, tuple(("class", one) for one in {name: None, **dict.fromkeys(line)}))
        known = linker.outside[name] = _outside(info, infos.get)
    return known


def _outside(info: ClassInfo | None, find: Callable[[str], ClassInfo | None]) -> tuple[str, ...]:
    held = map(find, info.lineage if info is not None else ())
    return tuple(dict.fromkeys(base for one in held if one is not None for base in one.outside))


def in_doubt(linker: Linker, name: str) -> bool:
    """Whether a class has a base that nothing tells."""
    info = class_of(linker, name)
    return info is None or any((held := class_of(linker, one)) is None or held.doubt for one in info.lineage)


def subclasses(linker: Linker, name: str) -> tuple[str, ...]:
    """All classes of the project that stand on a class, sorted."""
    linker.look("below", name)
    return linker.shape.subclasses(name)


def defining(linker: Linker, name: str, attribute: str, *, after: str | None = None) -> Unit | None:
    """The class among a class's line that binds an attribute in its body.

    Args:
        after: look only behind this class, as `super()` does.
    """
    if after is None and not linker.finds_shape:
        return _owner_once(linker, name, attribute)
    info = class_of(linker, name)
    if info is None:
        return None
    line = info.lineage
    if after is not None:
        line = line[line.index(after) + 1 :] if after in line else ()
    for one in line:
        held = class_of(linker, one)
        if held is not None and has(linker, held, attribute):
            linker.log.members.add((one, attribute))
            unit = linker.project.unit(one)
            return unit.ready() if unit is not None else None
    return None


def _owner_once(linker: Linker, name: str, attribute: str) -> Unit | None:
    """The same where the shape is known: found once, and noted for every file that asks."""
    key = (name, attribute)
    linker.log.owners.add(key)
    known = linker.owners.get(key)
    if known is None:
        infos = linker.shape.infos
        info = infos.get(name)
        looked = [("class", name)]
        owner = None
        for one in info.lineage if info is not None else ():
            looked += (("class", one), ("has", f"{one}.{attribute}"))
            held = infos.get(one)
            if held is not None and attribute in held.names:
                owner = linker.project.unit(one)
                owner = owner.ready() if owner is not None else None
                looked.append(member(one, attribute))
                break
        known = linker.owners[key] = (owner, tuple(looked))
    return known[0]


def overriding(linker: Linker, name: str, attribute: str) -> tuple[str, ...]:
    """Methods that objects of a class's subclasses have instead of the class's own, from mixins too."""
    linker.look("below", name)
    around = linker.shape.around(name)
    if not around:
        return ()
    info = class_of(linker, name)
    above = info.lineage if info is not None else (name,)
    found = {
        unit.name: None
        for unit in linker.indexed("methods", attribute)
        if unit.parent is not None and unit.parent.name in around and unit.parent.name not in above
    }
    return tuple(found)


def method(linker: Linker, name: str, attribute: str) -> Unit | None:
    """The method that an attribute of a class's objects is, in its last definition; None where it is none."""
    owner = defining(linker, name, attribute)
    if owner is None:
        return None
    found = [binding for binding in owner.bindings[attribute] if binding.way == "define"]
    unit = owner.module.units[found[-1].defines] if found else None
    return unit if unit is not None and unit.code.kind == "function" else None
