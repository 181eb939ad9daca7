"""The linked codebase: definitions and marks from facts alone, calls as soon as somebody asks for one."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import cached_property

from quality_gate.codebase import frameworks
from quality_gate.codebase.graph import Definition, Edge, EntryPoint, ExternalCall, Mark, UnresolvedCall
from quality_gate.codebase.linking.links import Links, joined
from quality_gate.codebase.linking.outside import Library
from quality_gate.codebase.linking.record import Memory
from quality_gate.codebase.linking.relinking import Files, Link
from quality_gate.codebase.linking.units import Module
from quality_gate.codebase.modules import definition_of, marks_by_kind
from quality_gate.codebase.tree import Import

_NO_LINKS = Links()
_FRAMES = 10_000
"""Calls within calls that linking may take; none of them goes through C."""


@contextmanager
def _room() -> Iterator[None]:
    """Let questions lead to questions, and keep the garbage collector from looking for cycles that are not there."""
    limit, collecting = sys.getrecursionlimit(), gc.isenabled()
    sys.setrecursionlimit(max(limit, _FRAMES))
    gc.disable()
    try:
        yield
    finally:
        sys.setrecursionlimit(limit)
        if collecting:
            gc.enable()


class LinkedCodebase:
    """A project's files, linked on demand; implements `graph.Codebase`.

    Args:
        files: the project's.
        library: what is known of code from outside.
        memory: opens the memory of the last link, for as long as linking takes.
        problems: what could not be read or told, a sentence each.
    """

    def __init__(
        self,
        files: Files,
        library: Library,
        memory: Callable[[], AbstractContextManager[Memory | None]] = nullcontext,
        problems: tuple[str, ...] = (),
    ) -> None:
        self._files = files
        self._library = library
        self._memory = memory
        self.problems = problems
        self._modules: dict[str, Module] = {}
        self._definitions_of: dict[str, tuple[Definition, ...]] = {}
        self._path_of: dict[str, list[str]] = {}
        for path, name in files.names.items():
            self._path_of.setdefault(name, []).append(path)

    # -- from facts alone

    def _module(self, path: str) -> Module:
        module = self._modules.get(path)
        if module is None:
            module = self._modules[path] = Module(self._files.names[path], path, self._files.facts(path))
        return module

    @property
    def modules(self) -> Mapping[str, str]:
        """See `Codebase`."""
        return {name: min(paths) for name, paths in self._path_of.items()}

    @property
    def definitions(self) -> Mapping[str, Definition]:
        """Every definition by its name."""
        return self._definitions

    @cached_property
    def _definitions(self) -> Definitions:
        return Definitions(self)

    def definitions_in(self, path: str) -> tuple[Definition, ...]:
        """What a file defines, in source order; the module first."""
        if path not in self._files.names:
            return ()
        held = self._definitions_of.get(path)
        if held is None:  # asked for again for every function of the file
            held = self._definitions_of[path] = tuple(map(definition_of, self._module(path).units))
        return held

    def imported_in(self, path: str) -> frozenset[str]:
        """What the imports of a file name, anywhere in it."""
        module = self._module(path)
        found: set[str] = set()
        for unit in module.units:
            for statement in unit.body.statements:
                if type(statement) is Import:
                    source = module.absolute(statement)
                    found |= {source, f"{source}.{statement.attribute}"} if statement.attribute else {source}
        return frozenset(found)

    def definitions_named(self, name: str) -> tuple[Definition, ...]:
        """The definitions of a name: more than one where a file, or two files of one name, say it twice."""
        return tuple(definition_of(unit) for path in self._homes(name) for unit in self._module(path).all_named(name))

    def modules_named(self, name: str) -> tuple[Module, ...]:
        """The files of a module's dotted name, ready for questions: more than one where two source roots have it."""
        return tuple(map(self._module, self._path_of.get(name, ())))

    def all_modules(self) -> Iterator[Module]:
        """Every file, ready for questions."""
        return map(self._module, self._files.paths)

    def names(self) -> Iterator[str]:
        """The names of all definitions, file by file."""
        seen: set[str] = set()
        for path in self._files.paths:
            for unit in self._module(path).units:
                if unit.name not in seen:
                    seen.add(unit.name)
                    yield unit.name

    def _homes(self, name: str) -> list[str]:
        """Files that have, or would have, a definition: those with the longest fitting name first."""
        found: list[str] = []
        prefix = name
        while prefix:
            found += self._path_of.get(prefix, ())
            prefix = prefix.rpartition(".")[0]
        return found

    @cached_property
    def _marks(self) -> dict[str, dict[str, tuple[Mark, ...]]]:
        return marks_by_kind(self._files.marks())

    def marks(self, kind: str) -> Mapping[str, tuple[Mark, ...]]:
        """Marks of one kind by the name of their function, in source order."""
        return self._marks.get(kind, {})

    # -- linked

    @cached_property
    def link(self) -> Link:
        """The link itself."""
        with _room(), self._memory() as memory:
            return Link(self._files, self._library, memory)

    @cached_property
    def _from_frameworks(self) -> tuple[tuple[EntryPoint, ...], dict[str, list[Edge]]]:
        entries, edges = frameworks.joined(list(self.link.told))
        by_caller: dict[str, list[Edge]] = {}
        for edge in edges:
            by_caller.setdefault(edge.caller, []).append(edge)
        return tuple(entries), by_caller

    @property
    def entry_points(self) -> tuple[EntryPoint, ...]:
        """What frameworks call."""
        return self._from_frameworks[0]

    @cached_property
    def _links(self) -> dict[str, Links]:
        return {}

    def _links_of(self, name: str) -> Links:
        known = self._links.get(name)
        if known is None:
            known = self._links[name] = self._read_links(name)
        return known

    def _read_links(self, name: str) -> Links:
        link = self.link
        parts: list[Links] = []
        for path in self._homes(name):
            units = self._module(path).all_named(name)
            if units:
                with _room():
                    held = link.links(path).links
                parts += [held[unit.index] for unit in units]
        added = tuple(self._from_frameworks[1].get(name, ()))
        if not parts:
            return _NO_LINKS
        return joined([*parts, Links(added)]) if added else joined(parts)

    def calls_from(self, name: str) -> tuple[Edge, ...]:
        """Calls that a definition makes, in source order."""
        return self._links_of(name).edges

    @cached_property
    def _callers(self) -> dict[str, list[Edge]]:
        found: dict[str, list[Edge]] = {}
        for name in self.names():
            for edge in self._links_of(name).edges:
                found.setdefault(edge.callee, []).append(edge)
        return found

    def calls_to(self, name: str) -> tuple[Edge, ...]:
        """Calls that reach a definition."""
        return tuple(self._callers.get(name, ()))

    def external_calls(self, name: str) -> tuple[ExternalCall, ...]:
        """Calls of a definition that leave the project, in source order."""
        return self._links_of(name).external

    def unresolved_calls(self, name: str) -> tuple[UnresolvedCall, ...]:
        """Calls of a definition whose target nothing tells."""
        return self._links_of(name).unresolved

    def overrides(self, name: str) -> tuple[str, ...]:
        """Methods of subclasses in the project that override a method."""
        cls, _, attribute = name.rpartition(".")
        shape = self.link.shape
        below = (shape.infos[sub] for sub in shape.subclasses(cls) if sub in shape.infos)
        return tuple(f"{info.name}.{attribute}" for info in below if attribute in info.methods)


class Definitions(Mapping[str, Definition]):
    """Every definition by its name; a file is read when something of it is asked for."""

    def __init__(self, codebase: LinkedCodebase) -> None:
        self._codebase = codebase
        self._found: dict[str, Definition | None] = {}

    def __getitem__(self, name: str) -> Definition:
        if name not in self._found:
            held = self._codebase.definitions_named(name)
            self._found[name] = held[0] if held else None
        found = self._found[name]
        if found is None:
            raise KeyError(name)
        return found

    def __iter__(self) -> Iterator[str]:
        return self._codebase.names()

    def __len__(self) -> int:
        return sum(1 for _ in self._codebase.names())


__all__ = ["Definitions", "LinkedCodebase"]
