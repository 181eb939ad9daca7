"""Rung `dataclass`: what makes the fields of an object that are not given (`field(default_factory=lines)`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quality_gate.codebase import tree
from quality_gate.codebase.linking.things import ClassObject, Function, Value, union
from quality_gate.codebase.linking.units import last_name

if TYPE_CHECKING:
    from quality_gate.codebase.linking.linker import Linker

_FIELDS = frozenset({"field", "Field", "ib", "attrib", "Factory"})
_FACTORIES = frozenset({"default_factory", "factory"})


def field_factories(linker: Linker, cls: str, nothing: str, level: int) -> Value:
    """Functions and classes of the project that make the fields of a class."""
    unit = linker.ready(cls)
    given = [
        factory
        for bindings in unit.bindings.values()
        for binding in bindings
        if type(binding.value) is tree.Call and last_name(binding.value.func) in _FIELDS
        for name, factory in binding.value.keywords
        if name in _FACTORIES
    ]
    made = union([linker.full(unit, factory, level) for factory in given])
    return frozenset(thing for thing in made if type(thing) is Function or type(thing) is ClassObject)
