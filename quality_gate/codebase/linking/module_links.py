"""One module linked: the calls of each of its pieces of code, and what frameworks are told in it."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from quality_gate.codebase import frameworks, tree
from quality_gate.codebase.frameworks import Fact
from quality_gate.codebase.graph import UnresolvedCall
from quality_gate.codebase.linking.emitting import Emitter
from quality_gate.codebase.linking.levels import LEVELS
from quality_gate.codebase.linking.linker import Linker
from quality_gate.codebase.linking.links import Links
from quality_gate.codebase.linking.sites import LinkedSite, definition_of
from quality_gate.codebase.linking.units import Module, Unit


class ModuleLinks(msgspec.Struct, frozen=True, array_like=True):
    """What linking found in one file.

    Args:
        links: of its pieces of code, in the order of its facts.
        told: what frameworks are told in it.
    """

    links: tuple[Links, ...] = ()
    told: tuple[Fact, ...] = ()


def link_module(linker: Linker, module: Module) -> ModuleLinks:
    """Link all pieces of code of a file."""
    links: list[Links] = []
    told: list[Fact] = []
    for unit in module.units:
        try:
            emitter = Emitter(linker, unit, LEVELS)
            links.append(emitter.links())
            told += [*emitter.told, *_defined(linker, unit)]
        except RecursionError:
            linker.recover(module)
            links[unit.index :] = [_too_deep(unit)]
    return ModuleLinks(tuple(links), tuple(told))


def _too_deep(unit: Unit) -> Links:
    """A piece of code whose calls cannot be followed is told, never left out."""
    call = UnresolvedCall(unit.name, "...", unit.code.line, 1, "its calls lead deeper than can be followed")
    return Links(unresolved=(call,))


def _defined(linker: Linker, unit: Unit) -> Iterator[Fact]:
    """What frameworks learn of a definition, and of a module's assignments."""
    code = unit.code
    if unit.parent is None:
        yield from _assigned(linker, unit)
        return
    if code.kind == "lambda":
        return
    around = LinkedSite(linker, unit.parent, LEVELS)
    if code.kind == "class" and code.bases:
        yield from frameworks.class_defined(around, definition_of(linker, unit, LEVELS))
    for decorator in code.decorators:
        made = decorator.func if type(decorator) is tree.Call else decorator
        yield from frameworks.decorated(around, definition_of(linker, unit, LEVELS), decorator, around.names(made))
    if code.kind == "function" and code.parameters:
        yield from frameworks.function_defined(around, definition_of(linker, unit, LEVELS), code.parameters)


def _assigned(linker: Linker, unit: Unit) -> Iterator[Fact]:
    site = LinkedSite(linker, unit, LEVELS)
    for statement in unit.body.statements:
        if type(statement) is tree.Bind and type(statement.target) is tree.Name and statement.value is not None:
            value = statement.value
            if statement.way == "aug" and type(value) is tree.Operation and value.right is not None:
                value = value.right
            yield from frameworks.assigned(site, statement.target.id, value)
