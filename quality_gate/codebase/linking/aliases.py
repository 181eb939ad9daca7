"""Where functions are called under other names: through parameters, variables, containers, and by what they are
handed to.

Found before all else, with a linker that knows of no other names yet: so that what is found depends on the facts alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from quality_gate.codebase import tree
from quality_gate.codebase.linking.levels import APART
from quality_gate.codebase.linking.things import ClassObject, External, Function, Made, Opaque, Partial, Thing
from quality_gate.codebase.linking.units import Binding, Module, Unit, last_name

if TYPE_CHECKING:
    from quality_gate.codebase.linking.linker import Linker

_MANY = 60
"""A place that may call more functions than this tells nothing of any of them."""


Alias: TypeAlias = tuple[str, str, str]
"""A function, the piece of code (`path|key`) that calls it under another name, and that name."""


def aliases_of_module(linker: Linker, module: Module) -> tuple[Alias, ...]:
    """Calls under other names in a file, sorted."""
    found: set[Alias] = set()
    for unit in module.units:
        for name, calls in unit.calls.items():
            for call in calls:
                try:
                    found.update((function, unit.place, name) for function in _called(linker, unit, call))
                except RecursionError:
                    linker.recover(module)
    return tuple(sorted(found))


def _called(linker: Linker, unit: Unit, call: tree.Call) -> list[str]:
    if _indirect(linker, unit, call.func):
        value = linker.full(unit, call.func, APART)
        return sorted({name for thing in value if (name := _function(thing))}) if len(value) <= _MANY else []
    handed = [argument for argument in given_to(call) if _may_be_function(linker, unit, argument)]
    if not handed:
        return []
    things = [thing for argument in handed for thing in linker.full(unit, argument, APART)]
    found = sorted({name for thing in things if (name := _function(thing))}) if len(things) <= _MANY else []
    if found and any(
        (type(thing) is External or type(thing) is Opaque or type(thing) is Made)
        for thing in linker.full(unit, call.func, APART)
    ):
        return found
    return []


def given_to(call: tree.Call) -> tuple[tree.Expr, ...]:
    """The arguments of a call that may be functions."""
    return (*call.args, *(value for _, value in call.keywords))


def _function(thing: Thing) -> str:
    if type(thing) is Partial:
        return _function(thing.function)
    if type(thing) is Function:
        return thing.name
    return f"{thing.name}.__init__" if type(thing) is ClassObject else ""


def _indirect(linker: Linker, unit: Unit, node: tree.Expr) -> bool:
    """Whether the name that is called is not the function's own."""
    if type(node) is tree.Name:
        ways = {binding.way for binding in _bindings(unit, node.id)}
        return bool(ways) and not ways <= {"define", "import"}
    if type(node) is tree.Attribute:
        return not linker.known("methods", node.attr) and linker.known("setters", node.attr) > 0
    return type(node) is tree.Subscript or type(node) is tree.Call


def _bindings(unit: Unit, name: str) -> list[Binding]:
    current: Unit | None = unit
    while current is not None:
        found = current.ready().bindings.get(name)
        if found and (current is unit or current.code.kind != "class"):
            return found
        current = current.parent
    return []


def _may_be_function(linker: Linker, unit: Unit, node: tree.Expr) -> bool:
    if type(node) is tree.Attribute:
        return linker.known("methods", node.attr) > 0
    if type(node) is not tree.Name:
        return False
    ways = {binding.way for binding in _bindings(unit, node.id)}
    if "parameter" in ways:
        return node.id not in unit.bindings
    return bool(ways & {"define", "import"}) and linker.known("functions", last_name(node)) > 0
