"""From a piece of code to its calls: every call, property, operator, loop and `with` that runs code of the project."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from quality_gate.codebase import tree
from quality_gate.codebase.frameworks import Fact
from quality_gate.codebase.graph import Confidence
from quality_gate.codebase.linking import calls, implicit, properties
from quality_gate.codebase.linking.links import Gathering, Links
from quality_gate.codebase.linking.sites import LinkedSite
from quality_gate.codebase.linking.units import Unit

if TYPE_CHECKING:
    from quality_gate.codebase.linking.linker import Linker


class Emitter:
    """Walks one piece of code.

    Args:
        linker: answers what expressions stand for.
        unit: the piece of code.
        level: how far answers may reach.
    """

    __slots__ = ("into", "level", "linker", "site", "told", "unit")

    def __init__(self, linker: Linker, unit: Unit, level: int) -> None:
        self.linker = linker
        self.unit = unit
        self.level = level
        self.into = Gathering(unit.name)
        self.site = LinkedSite(linker, unit, level)
        self.told: list[Fact] = []

    def links(self) -> Links:
        """All its calls."""
        for statement in self.unit.body.statements:
            _STATEMENTS[statement.__class__](self, statement)
        return self.into.links()

    def visit(self, root: tree.Expr | None) -> None:
        """An expression and all below it."""
        for node in tree.inner(root) if root is not None else ():
            emit = _EXPRESSIONS.get(node.__class__)
            if emit is not None:
                emit(self, node)


def _evaluate(emitter: Emitter, statement: tree.Evaluate) -> None:
    emitter.visit(statement.value)
    if statement.truth:
        implicit.truth(emitter, statement.value, statement.line, statement.column)


def _bind(emitter: Emitter, statement: tree.Bind) -> None:
    if statement.way == "is":
        return
    if statement.way == "aug":
        implicit.augmented(emitter, statement)
    emitter.visit(statement.value)
    if statement.value is not None:
        implicit.taken(emitter, statement)
    if statement.target is not None:
        _target(emitter, statement.target, statement)


def _target(emitter: Emitter, target: tree.Expr, statement: tree.Bind) -> None:
    if type(target) is tree.Sequence:
        for item in target.elements:
            _target(emitter, item, statement)
    elif type(target) is tree.Starred:
        _target(emitter, target.value, statement)
    elif type(target) is tree.Attribute:
        emitter.visit(target.value)
        properties.attribute_set(emitter, target, "del" if statement.way == "del" else "set")
    elif type(target) is tree.Subscript:
        emitter.visit(target.value)
        emitter.visit(target.index)
        implicit.item_set(emitter, target, "__delitem__" if statement.way == "del" else "__setitem__")


def _return(emitter: Emitter, statement: tree.Return) -> None:
    emitter.visit(statement.value)


def _give(emitter: Emitter, statement: tree.Give) -> None:
    emitter.visit(statement.value)
    if statement.whole:
        implicit.looped(emitter, statement.value, statement.line, statement.column, "for")


def _raise(emitter: Emitter, statement: tree.Raise) -> None:
    emitter.visit(statement.value)
    emitter.visit(statement.cause)
    if statement.value is not None and type(statement.value) is not tree.Call:
        calls.raised(emitter, statement.value, statement.line)


def _define(emitter: Emitter, statement: tree.Define) -> None:
    unit = emitter.unit.module.units[statement.index]
    code = unit.code
    for decorator in code.decorators:
        emitter.visit(decorator)
        calls.decorated(emitter, decorator, code)
    for parameter in code.parameters:
        emitter.visit(parameter.default)
    for base in code.bases:
        emitter.visit(base)
    for _, value in code.keywords:
        emitter.visit(value)
    if code.kind == "class":
        calls.class_made(emitter, unit)


def _import(emitter: Emitter, statement: tree.Import) -> None:
    """`from m import x`: Python asks a module that is no package, and has a `__getattr__`, for its `__path__`."""
    if not statement.attribute:
        return
    unit, linker = emitter.unit, emitter.linker
    source = unit.module.absolute(statement)
    module = linker.module(source, "__getattr__")
    if module is None or module is unit.module or module.is_package or not module.units:
        return
    getter = module.named.get(f"{source}.__getattr__")
    if getter is not None and getter.code.kind == "function":
        emitter.into.edge(getter.name, statement.line, 1, Confidence.CERTAIN, "import")


def _nothing(emitter: Emitter, statement: tree.Statement) -> None:
    """`global` calls nothing."""


def _lambda(emitter: Emitter, node: tree.Lambda) -> None:
    for parameter in emitter.unit.module.units[node.index].code.parameters:
        emitter.visit(parameter.default)


_STATEMENTS: dict[type, Callable[..., None]] = {
    tree.Bind: _bind,
    tree.Evaluate: _evaluate,
    tree.Return: _return,
    tree.Give: _give,
    tree.Raise: _raise,
    tree.Define: _define,
    tree.Import: _import,
    tree.Elsewhere: _nothing,
}
_EXPRESSIONS: dict[type, Callable[..., None]] = {
    tree.Call: calls.call,
    tree.Attribute: properties.attribute_read,
    tree.Subscript: implicit.item_read,
    tree.Operation: implicit.operation,
    tree.Choice: implicit.choice,
    tree.Truth: implicit.negation,
    tree.Formatted: implicit.formatted,
    tree.Await: implicit.awaited,
    tree.Lambda: _lambda,
    tree.Comprehension: implicit.collected,
    tree.Mapping: implicit.keyed,
    tree.Sequence: implicit.gathered,
}
