"""What frameworks call, and the calls that arrive through them.

ONE FILE = ONE FRAMEWORK: a `Framework` whose readers are asked about the calls, decorators, classes and module-level
assignments of one module whose names they announce. A reader yields facts and nothing else; facts are kept with their
module, and `joined` makes entry points and edges of the facts of all modules. No reader looks into another module but
through its `Site`, so that the linker knows what a module's facts stand on.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import NamedTuple, Protocol, TypeAlias, TypeVar

from quality_gate.codebase.frameworks._facts import Calls, Entry, Fact, Listens, Mount, Route, Sends, Shared
from quality_gate.codebase.frameworks._joining import joined
from quality_gate.codebase.graph import Definition
from quality_gate.codebase.tree import Attribute, Call, Expr, Name, Operation, Parameter, Sequence
from quality_gate_checkers.plug import Page, collect, page

__all__ = [
    "Assigned",
    "Called",
    "Calls",
    "ClassDefined",
    "Decorated",
    "Entry",
    "Fact",
    "Framework",
    "FunctionDefined",
    "Listens",
    "Mount",
    "Route",
    "Sends",
    "Shared",
    "Site",
    "assigned",
    "called",
    "class_defined",
    "decorated",
    "frameworks",
    "function_defined",
    "joined",
]


class Site(Protocol):
    """A place in the project's code, and what the linker knows there."""

    @property
    def module(self) -> str:
        """Dotted name of the module."""

    @property
    def scope(self) -> str:
        """Name of the definition that the place belongs to: the caller of what is called there."""

    def names(self, node: Expr) -> tuple[str, ...]:
        """What an expression may stand for, dotted: a definition of the project by its name wherever it was imported
        from, a variable of a project's module as `module.variable` of the module that assigns it (a class's as
        `module.Class.variable`), anything outside the project as it is imported. Empty where nothing tells.
        """

    def types(self, node: Expr) -> tuple[str, ...]:
        """Classes, dotted, that the value of an expression may be an instance of: of the project, or outside it as
        the factory is spelled (`flask.Flask`). Empty where nothing tells.
        """

    def ancestors(self, name: str) -> tuple[str, ...]:
        """A project's class and its base classes in the order of the MRO, those outside the project too."""

    def member(self, name: str, attribute: str) -> str | None:
        """The definition that an attribute of a project's class is found at through its MRO, None outside it."""

    def members(self, name: str) -> tuple[str, ...]:
        """Methods of a project's class as seen from outside: its own, and those that it inherits within the project."""

    def definition(self, name: str) -> Definition | None:
        """A definition of the project by its name."""

    def assigned(self, node: Expr) -> tuple[Site, Expr] | None:
        """What the module's variable that an expression reads was assigned, and where; None where it reads none, or one
        that is assigned more than once.
        """


class Called(NamedTuple):
    """A call.

    Args:
        name: what is called by its last part: `delay` in `tasks.settle.delay(order)`.
    """

    site: Site
    call: Call
    name: str


class Decorated(NamedTuple):
    """A function or class under a decorator.

    Args:
        decorator: the expression behind the `@`: a name, an attribute, or a call of one.
        name: its last part: `route` in `@shop.route("/orders")`.
        definition: what is decorated.
    """

    site: Site
    decorator: Expr
    name: str
    definition: Definition


class ClassDefined(NamedTuple):
    """A class.

    Args:
        ancestors: as `Site.ancestors`.
        base: the ancestor that the framework announced; empty where it announced the class's own name.
    """

    site: Site
    definition: Definition
    ancestors: tuple[str, ...]
    base: str


class Assigned(NamedTuple):
    """A module-level assignment, `+=` too.

    Args:
        name: of the variable, without the module.
    """

    site: Site
    name: str
    value: Expr


class FunctionDefined(NamedTuple):
    """A function with parameters."""

    site: Site
    definition: Definition
    parameters: tuple[Parameter, ...]


ReadCall: TypeAlias = Callable[[Called], Iterator[Fact]]
ReadDecorator: TypeAlias = Callable[[Decorated], Iterator[Fact]]
ReadClass: TypeAlias = Callable[[ClassDefined], Iterator[Fact]]
ReadAssigned: TypeAlias = Callable[[Assigned], Iterator[Fact]]
ReadFunction: TypeAlias = Callable[[FunctionDefined], Iterator[Fact]]

_Read = TypeVar("_Read")


class Framework:
    """What one framework calls.

    Args:
        name: as in `EntryPoint.framework`.
        doc: the module's docstring: its page.
        calls: readers by the last part of what is called.
        decorators: readers by the last part of a decorator.
        bases: readers by the dotted name of a base class outside the project.
        classes: readers by a class's own name, without the module.
        assignments: readers by the name of a module's variable.
        made: readers of module-level assignments by the last part of what is called to make the value, or the first
            element of a list.
        parameters: the reader of functions that have a parameter with a default or an annotation.
    """

    __slots__ = ("assignments", "bases", "calls", "classes", "decorators", "doc", "made", "name", "parameters")

    def __init__(
        self,
        name: str,
        doc: str | None,
        *,
        calls: Mapping[str, ReadCall] | None = None,
        decorators: Mapping[str, ReadDecorator] | None = None,
        bases: Mapping[str, ReadClass] | None = None,
        classes: Mapping[str, ReadClass] | None = None,
        assignments: Mapping[str, ReadAssigned] | None = None,
        made: Mapping[str, ReadAssigned] | None = None,
        parameters: ReadFunction | None = None,
    ) -> None:
        self.name = name
        self.doc = doc
        self.calls = calls or {}
        self.decorators = decorators or {}
        self.bases = bases or {}
        self.classes = classes or {}
        self.assignments = assignments or {}
        self.made = made or {}
        self.parameters = parameters

    @property
    def page(self) -> Page:
        """What the framework's model knows."""
        return page(self.doc)


class _Readers(NamedTuple):
    """The readers of every framework by the name that calls for them."""

    calls: dict[str, tuple[ReadCall, ...]]
    decorators: dict[str, tuple[ReadDecorator, ...]]
    bases: dict[str, tuple[ReadClass, ...]]
    classes: dict[str, tuple[ReadClass, ...]]
    assignments: dict[str, tuple[ReadAssigned, ...]]
    made: dict[str, tuple[ReadAssigned, ...]]
    parameters: tuple[ReadFunction, ...]


@cache
def frameworks() -> tuple[Framework, ...]:
    """Every framework of this installation, loaded once per process."""
    return tuple(collect(sys.modules[__name__], Framework))


@cache
def _readers() -> _Readers:
    every = frameworks()
    return _Readers(
        _by_name([framework.calls for framework in every]),
        _by_name([framework.decorators for framework in every]),
        _by_name([framework.bases for framework in every]),
        _by_name([framework.classes for framework in every]),
        _by_name([framework.assignments for framework in every]),
        _by_name([framework.made for framework in every]),
        tuple(framework.parameters for framework in every if framework.parameters is not None),
    )


def _by_name(tables: list[Mapping[str, _Read]]) -> dict[str, tuple[_Read, ...]]:
    found: dict[str, tuple[_Read, ...]] = {}
    for table in tables:
        for name, read in table.items():
            found[name] = (*found.get(name, ()), read)
    return found


def called(site: Site, call: Call, resolved: tuple[str, ...] = ()) -> Iterator[Fact]:
    """Facts of a call, decorators' calls apart.

    Args:
        resolved: what is called, as `Site.names` says: `from django.urls import path as route` is still `path`.
    """
    readers = _readers().calls
    for name in _last_parts(call.func, resolved):
        if name in readers:
            for read in readers[name]:
                yield from read(Called(site, call, name))


def decorated(site: Site, definition: Definition, decorator: Expr, resolved: tuple[str, ...] = ()) -> Iterator[Fact]:
    """Facts of one decorator of a function or class. See `called` for `resolved`: of the decorator, or of what is
    called to make it.
    """
    target = decorator.func if isinstance(decorator, Call) else decorator
    for name in _last_parts(target, resolved):
        for read in _readers().decorators.get(name, ()):
            yield from read(Decorated(site, decorator, name, definition))


def class_defined(site: Site, definition: Definition) -> Iterator[Fact]:
    """Facts of a class."""
    ancestors = site.ancestors(definition.name)
    for base in ancestors:
        for read in _readers().bases.get(base, ()):
            yield from read(ClassDefined(site, definition, ancestors, base))
    for read in _readers().classes.get(definition.name.rpartition(".")[2], ()):
        yield from read(ClassDefined(site, definition, ancestors, ""))


def function_defined(site: Site, definition: Definition, parameters: tuple[Parameter, ...]) -> Iterator[Fact]:
    """Facts of a function; site is the place around it, where defaults and annotations are evaluated."""
    if any(given.default is not None or given.annotation is not None for given in parameters):
        for read in _readers().parameters:
            yield from read(FunctionDefined(site, definition, parameters))


def assigned(site: Site, name: str, value: Expr) -> Iterator[Fact]:
    """Facts of a module-level assignment to a name."""
    readers = _readers()
    asked = dict.fromkeys((*readers.assignments.get(name, ()), *readers.made.get(_maker(value), ())))
    for read in asked:
        yield from read(Assigned(site, name, value))


def _maker(value: Expr) -> str:
    """The last part of what is called to make a value, or a list's first element."""
    waiting = [value]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Call):
            return _last_part(node.func)
        if isinstance(node, Sequence):
            waiting += node.elements[:1]
        elif isinstance(node, Operation):
            waiting += [part for part in (node.right, node.left) if part is not None]
    return ""


def _last_part(target: Expr) -> str:
    return target.attr if type(target) is Attribute else target.id if type(target) is Name else ""


def _last_parts(target: Expr, resolved: tuple[str, ...]) -> list[str]:
    """The names to look readers up by: as written first, then as resolved."""
    first = _last_part(target)
    if not resolved or (len(resolved) == 1 and resolved[0].rpartition(".")[2] == first):
        return [first] if first else []
    parts = (first, *(name.rpartition(".")[2] for name in resolved))
    return list(dict.fromkeys(part for part in parts if part))
