"""What models of frameworks may ask of the linker: see `quality_gate.codebase.frameworks`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from quality_gate.codebase import tree
from quality_gate.codebase.graph import Definition
from quality_gate.codebase.linking.classes import class_of, method, outside_bases
from quality_gate.codebase.linking.scopes import reaching
from quality_gate.codebase.linking.things import (
    ClassObject,
    Collection,
    External,
    Function,
    Instance,
    Literal,
    Made,
    ModuleObject,
    Opaque,
    Partial,
    Thing,
)
from quality_gate.codebase.linking.units import LAST, Module, Unit

if TYPE_CHECKING:
    from quality_gate.codebase.linking.linker import Linker

_HOPS = 24
"""Re-exports in a row that are followed."""


class LinkedSite:
    """A `frameworks.Site`.

    Args:
        unit: the piece of code that the place belongs to.
        level: steps between pieces of code that an answer may take.
    """

    __slots__ = ("_level", "_linker", "_unit")

    def __init__(self, linker: Linker, unit: Unit, level: int) -> None:
        self._linker = linker
        self._unit = unit
        self._level = level

    @property
    def module(self) -> str:
        """Dotted name of the module."""
        return self._unit.module.name

    @property
    def scope(self) -> str:
        """Name of the definition that the place belongs to."""
        return self._unit.name

    def names(self, node: tree.Expr) -> tuple[str, ...]:
        """See `frameworks.Site.names`."""
        value = self._linker.full(self._unit, node, self._level)
        found = sorted({name for thing in value if (name := name_of(thing))})
        return tuple(found or _places(self._linker, self._unit, node, self._level))

    def types(self, node: tree.Expr) -> tuple[str, ...]:
        """See `frameworks.Site.types`."""
        value = self._linker.full(self._unit, node, self._level)
        return tuple(sorted({name for thing in value if (name := _type_of(thing))}))

    def ancestors(self, name: str) -> tuple[str, ...]:
        """See `frameworks.Site.ancestors`."""
        info = class_of(self._linker, name)
        return (*info.lineage, *outside_bases(self._linker, name)) if info is not None else ()

    def member(self, name: str, attribute: str) -> str | None:
        """See `frameworks.Site.member`."""
        found = method(self._linker, name, attribute)
        return found.name if found is not None else None

    def members(self, name: str) -> tuple[str, ...]:
        """See `frameworks.Site.members`."""
        info = class_of(self._linker, name)
        found: dict[str, str] = {}
        for one in info.lineage if info is not None else ():
            held = class_of(self._linker, one)
            for unit in self._linker.ready(one).children() if held is not None else ():
                if unit.code.kind == "function":
                    found.setdefault(unit.code.name, unit.name)
        return tuple(found.values())

    def definition(self, name: str) -> Definition | None:
        """See `frameworks.Site.definition`."""
        unit = self._linker.unit(name)
        return definition_of(self._linker, unit, self._level) if unit is not None else None

    def assigned(self, node: tree.Expr) -> tuple[LinkedSite, tree.Expr] | None:
        """See `frameworks.Site.assigned`."""
        read = list(_places(self._linker, self._unit, node, self._level))
        place, _, variable = read[0].rpartition(".") if len(read) == 1 else ("", "", "")
        module = self._linker.module(place, variable)
        if module is None or not module.units:
            return None
        found = reaching(module.units[0].ready(), variable, LAST)
        if len(found) != 1 or found[0].way != "=" or found[0].value is None or found[0].path:
            return None
        return LinkedSite(self._linker, module.units[0], self._level), found[0].value


def definition_of(linker: Linker, unit: Unit, level: int) -> Definition:
    """A piece of code as the codebase's users see it."""
    code = unit.code
    outer = LinkedSite(linker, unit.parent, level) if unit.parent is not None else None
    named = (_first(outer.names(_maker(made))) for made in code.decorators) if outer is not None else ()
    return Definition(
        unit.name,
        code.kind,
        unit.module.path,
        code.first,
        code.last,
        code.line,
        code.is_async,
        tuple(name for name in named if name),
        code.critical,
        code.is_stub,
    )


def _maker(decorator: tree.Expr) -> tree.Expr:
    """What is called to make a decorator, or the decorator itself."""
    return decorator.func if type(decorator) is tree.Call else decorator


def _first(names: tuple[str, ...]) -> str:
    return names[0] if names else ""


def name_of(thing: Thing) -> str:
    """What a thing is called: of a wrapper, what it wraps."""
    if type(thing) is Function:
        return name_of(thing.wraps) if thing.wraps is not None else thing.name
    if type(thing) is Partial:
        return name_of(thing.function)
    return thing.name if (type(thing) is ClassObject or type(thing) is ModuleObject or type(thing) is External) else ""


def _type_of(thing: Thing) -> str:
    if type(thing) is Instance or type(thing) is Made:
        return thing.cls
    if type(thing) is Opaque:
        return thing.of
    return f"builtins.{thing.kind}" if (type(thing) is Collection or type(thing) is Literal) else ""


def _places(linker: Linker, unit: Unit, node: tree.Expr, level: int) -> Iterator[str]:
    """The variables that an expression reads, named where they are assigned."""
    if type(node) is tree.Name:
        found = _variable(linker, unit, node.id)
        if found:
            yield found
    elif type(node) is tree.Attribute:
        for thing in sorted(linker.full(unit, node.value, level), key=repr):
            if type(thing) is ModuleObject and (module := linker.module(thing.name, node.attr)) is not None:
                yield _in_module(linker, module, node.attr)
            elif type(thing) is ClassObject or type(thing) is Instance or type(thing) is Function:
                yield f"{thing.cls if type(thing) is Instance else thing.name}.{node.attr}"


def _variable(linker: Linker, unit: Unit, name: str) -> str:
    current: Unit | None = unit
    while current is not None:
        current.ready()
        if name in current.bindings and name not in current.elsewhere:
            break
        current = current.parent
    if current is None or current.parent is None:
        return _in_module(linker, unit.module, name)
    bound = [found.module for found in reaching(current, name, LAST) if found.module is not None]
    if bound:
        name = bound[-1].attribute
        return _in_module(linker, linker.module(unit.module.absolute(bound[-1]), name), name)
    return f"{current.name}.{name}"


def _in_module(linker: Linker, module: Module | None, name: str) -> str:
    """A module's variable, named by the module that assigns it."""
    for _ in range(_HOPS):
        if module is not None:  # a file that does not parse has no variables
            linker.look("stars", module.name)
        if module is None or not module.units:
            return ""
        imports = [found.module for found in reaching(module.units[0].ready(), name, LAST) if found.module is not None]
        if not imports or not imports[-1].attribute:
            break
        other = linker.module(module.absolute(imports[-1]), imports[-1].attribute)
        if other is None:
            break
        module, name = other, imports[-1].attribute
    return f"{module.name}.{name}" if module is not None else ""
