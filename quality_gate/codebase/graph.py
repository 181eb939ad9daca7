"""The linked codebase as its users see it: definitions, calls between them, and what could not be told."""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping
from typing import Literal, Protocol

import msgspec


class Confidence(enum.StrEnum):
    """How sure a call is; critical paths follow the first two, possible ones are shown apart."""

    CERTAIN = "certain"
    DISPATCH = "dispatch"
    """An override in a subclass may be meant."""
    POSSIBLE = "possible"
    """A name fits, and nothing else is known."""


class Definition(msgspec.Struct, frozen=True, array_like=True):
    """A module, class, function or lambda of the project.

    Args:
        name: dotted from the source root, as callgraph.md says: `pkg.mod.Class.method`, `pkg.mod.f.inner`; module code
            is the module itself, lambdas are `scope.<lambdaN>` in source order.
        path: the file, relative to the project's root.
        first, last: lines, 1-based, both included; `first` is the first decorator's.
        line: where `def` or `class` stands; 1 for a module.
        critical: names of critical paths that a comment on the definition makes it an entry of.
        is_stub: whether it does nothing but raise NotImplementedError, or nothing at all.
    """

    name: str
    kind: Literal["module", "class", "function", "lambda"]
    path: str
    first: int
    last: int
    line: int
    is_async: bool = False
    decorators: tuple[str, ...] = ()
    """Dotted names of its decorators as far as they resolve, in source order."""
    critical: tuple[str, ...] = ()
    is_stub: bool = False


class Edge(msgspec.Struct, frozen=True, array_like=True):
    """A call of one function of the project by another.

    Args:
        caller, callee: names of definitions.
        line, column: of the call in the caller's file, 1-based.
        rung: what made it known, e.g. `import`, `self`, `annotation`, `property`, `override`, `django-signal`.
    """

    caller: str
    callee: str
    line: int
    column: int
    confidence: Confidence
    rung: str


class ExternalCall(msgspec.Struct, frozen=True, array_like=True):
    """A call that leaves the project: `requests.Session.post`, `time.sleep`.

    Args:
        name: dotted, as the dependency catalogue spells it.
        awaited: whether an `await` stands before it.
    """

    caller: str
    name: str
    line: int
    column: int
    awaited: bool = False


class UnresolvedCall(msgspec.Struct, frozen=True, array_like=True):
    """A call whose target nothing tells: an honest "I don't know".

    Args:
        text: what is called, as written, cut at 80 characters: `self._plugins[name].run`.
        reason: why, as a clause: `nothing tells the class of self._plugins[name]`.
    """

    caller: str
    text: str
    line: int
    column: int
    reason: str


class EntryPoint(msgspec.Struct, frozen=True, array_like=True):
    """A function that a framework calls.

    Args:
        name: of the definition.
        framework: `flask`, `fastapi`, `django`, `celery`, `rq`, `click` ...
        what: as a person knows it: `POST /orders`, `task shop.settle`, `signal post_save of Order`, `command pay`.
    """

    name: str
    framework: str
    what: str


class Mark(msgspec.Struct, frozen=True, array_like=True):
    """What one module tells of some lines of a function: they hold a transaction, are retried, run somewhere else.

    Args:
        kind: which reader of `quality_gate/codebase/marks/` made it.
        function: the function's name; from `marks_of` without the module's (`Plan.archive`, empty for module code),
            from a codebase whole (`shop.plan.Plan.archive`).
        first, last: lines, 1-based, both included.
        column: where it begins on its first line, 1-based.
        detail: as its author wrote it, for messages: `transaction.atomic()`.
        names: what the kind's own page says.
    """

    kind: str
    function: str
    first: int
    last: int
    column: int
    detail: str = ""
    names: tuple[str, ...] = ()


class Codebase(Protocol):
    """The whole project, linked without importing it."""

    @property
    def definitions(self) -> Mapping[str, Definition]:
        """Every definition by its name."""

    @property
    def modules(self) -> Mapping[str, str]:
        """The file of every module by its dotted name; of two that have one name the first."""

    @property
    def entry_points(self) -> tuple[EntryPoint, ...]:
        """What frameworks call."""

    def calls_from(self, name: str) -> tuple[Edge, ...]:
        """Calls that a definition makes, in source order."""

    def calls_to(self, name: str) -> tuple[Edge, ...]:
        """Calls that reach a definition."""

    def external_calls(self, name: str) -> tuple[ExternalCall, ...]:
        """Calls of a definition that leave the project, in source order."""

    def unresolved_calls(self, name: str) -> tuple[UnresolvedCall, ...]:
        """Calls of a definition whose target nothing tells."""

    def definitions_in(self, path: str) -> tuple[Definition, ...]:
        """What a file defines, in source order; the module first."""

    def imported_in(self, path: str) -> frozenset[str]:
        """What a file imports, anywhere in it: `pkg.mod`, and `pkg.mod.name` for `from pkg.mod import name`."""

    def overrides(self, name: str) -> tuple[str, ...]:
        """Methods of subclasses in the project that override a method."""

    def marks(self, kind: str) -> Mapping[str, tuple[Mark, ...]]:
        """Marks of one kind by the name of their function, in source order."""


def definition_at(codebase: Codebase, path: str, line: int) -> Definition | None:
    """The innermost function, lambda or class (else the module) that a line belongs to."""
    around = [found for found in codebase.definitions_in(path) if found.first <= line <= found.last]
    return min(around, key=lambda found: found.last - found.first, default=None)


def functions_in(codebase: Codebase, path: str) -> Iterator[Definition]:
    """The functions of a file, in source order."""
    return (found for found in codebase.definitions_in(path) if found.kind == "function")
