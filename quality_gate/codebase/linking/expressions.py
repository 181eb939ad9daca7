"""How each kind of expression is evaluated: the table, and the kinds that need no module of their own."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from quality_gate.codebase import tree
from quality_gate.codebase.linking import annotated, containers, members, names, results
from quality_gate.codebase.linking.things import EMPTY, External, Literal, Made, Value, one, union
from quality_gate.codebase.linking.units import Unit

if TYPE_CHECKING:
    from quality_gate.codebase.linking.linker import Linker

_KIND_VALUES: dict[str, Value] = {
    kind: one(Made(f"builtins.{kind}")) for kind in ("bool", "float", "complex", "bytes", "str", "int", "ellipsis")
}
_KIND_VALUES["None"] = EMPTY
_TEXT: Value = _KIND_VALUES["str"]


def constant(node: tree.Constant) -> Value:
    """A literal; None tells nothing of what a name is otherwise."""
    if node.value is not None:
        return one(Literal(node.kind, node.value))
    return _KIND_VALUES.get(node.kind, EMPTY)


def _several(linker: Linker, unit: Unit, node: tree.Several, level: int) -> Value:
    if node.kind == "bool":
        return _KIND_VALUES["bool"]
    if node.kind == "sent":
        return annotated.sent(linker, unit, level)
    return one(External("builtins.slice")) if node.kind == "slice" else EMPTY


def _formatted(linker: Linker, unit: Unit, node: tree.Formatted, level: int) -> Value:
    return _TEXT


def _truth(linker: Linker, unit: Unit, node: tree.Truth, level: int) -> Value:
    return _KIND_VALUES["bool"]


def _choice(linker: Linker, unit: Unit, node: tree.Choice, level: int) -> Value:
    return union([linker.value(unit, option, level) for option in node.options])


def _await(linker: Linker, unit: Unit, node: tree.Await, level: int) -> Value:
    return containers.awaited(linker, linker.value(unit, node.value, level), level)


def _starred(linker: Linker, unit: Unit, node: tree.Starred, level: int) -> Value:
    return linker.value(unit, node.value, level)


def _lambda(linker: Linker, unit: Unit, node: tree.Lambda, level: int) -> Value:
    return one(members.plain_function(unit.module.units[node.index].name))


EVALUATE: dict[type, Callable[..., Value]] = {
    tree.Name: names.value_of_name,
    tree.Attribute: members.value_of_attribute,
    tree.Call: results.value_of_call,
    tree.Sequence: containers.value_of_sequence,
    tree.Mapping: containers.value_of_mapping,
    tree.Comprehension: containers.value_of_comprehension,
    tree.Subscript: containers.value_of_subscript,
    tree.Operation: containers.value_of_operation,
    tree.Choice: _choice,
    tree.Formatted: _formatted,
    tree.Lambda: _lambda,
    tree.Starred: _starred,
    tree.Await: _await,
    tree.Truth: _truth,
    tree.Several: _several,
}
