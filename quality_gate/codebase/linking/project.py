"""The files of a project as the linker asks for them: read when they are needed, found by name and by what they do."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Literal

import msgspec

from quality_gate.codebase.facts import Facts
from quality_gate.codebase.linking.units import Module, Unit

IndexKind = Literal["callers", "setters", "changers", "injectors", "methods", "functions"]
KINDS: tuple[IndexKind, ...] = ("callers", "setters", "changers", "injectors", "methods", "functions")
"""Code that calls something of a name, sets such an attribute, changes such an outer name, may set such a name of
another module, is such a method, such a function."""

Contribution = dict[IndexKind, dict[str, list[int]]]
"""Pieces of code of one file by kind and name."""


class Index(msgspec.Struct):
    """Pieces of code of all files by kind and name: pairs of (number of the file, number of the piece), flattened."""

    tables: dict[IndexKind, dict[str, list[int]]]


def contribution(facts: Facts) -> Contribution:
    """What one file adds to the index."""
    found: Contribution = {kind: {} for kind in KINDS}
    for number, code in enumerate(facts.codes):
        _add(found["callers"], code.calls, number)
        _add(found["setters"], code.stores, number)
        _add(found["changers"], code.changes, number)
        _add(found["injectors"], (name for name in code.changes if name in code.stores), number)
        if code.kind == "function":
            found["functions"].setdefault(code.name, []).append(number)
            if code.parent >= 0 and facts.codes[code.parent].kind == "class":
                found["methods"].setdefault(code.name, []).append(number)
    return found


def _add(table: dict[str, list[int]], names: Iterable[str], number: int) -> None:
    for name in names:
        table.setdefault(name, []).append(number)


def index_of(contributions: Iterable[tuple[int, Contribution]]) -> Index:
    """The index of all files.

    Args:
        contributions: number and contribution of each file, numbers ascending.
    """
    tables: dict[IndexKind, dict[str, list[int]]] = {kind: {} for kind in KINDS}
    for file, added in contributions:
        for kind, names in added.items():
            table = tables[kind]
            for name, numbers in names.items():
                held = table.setdefault(name, [])
                for number in numbers:
                    held += (file, number)
    return Index(tables)


class Project:
    """The files of a project.

    Args:
        names: the module's dotted name of each file by path, paths ascending; of two with one name the first counts
            for imports.
        facts: reads a file's facts.
        index: of all files.
    """

    def __init__(self, names: Mapping[str, str], facts: Callable[[str], Facts], index: Index) -> None:
        self.paths = tuple(names)
        self._names = names
        self._facts = facts
        self._index = index
        self._modules: dict[str, Module] = {}
        self._units: dict[str, Unit | None] = {}
        self._indexed: dict[tuple[IndexKind, str], tuple[Unit, ...]] = {}
        self._path_of: dict[str, str] = {}
        self._others: dict[str, list[str]] = {}
        self.packages: set[str] = set()
        for path, name in names.items():
            if self._path_of.setdefault(name, path) != path:
                self._others.setdefault(name, []).append(path)
            parts = name.split(".")
            self.packages.update(".".join(parts[:count]) for count in range(1, len(parts)))

    def at(self, path: str) -> Module:
        """The module in a file."""
        module = self._modules.get(path)
        if module is None:
            module = self._modules[path] = Module(self._names[path], path, self._facts(path))
        return module

    def has(self, name: str) -> bool:
        """Whether a dotted name is a module of the project, or a package without `__init__.py`."""
        return name in self._path_of or name in self.packages

    def module(self, name: str) -> Module | None:
        """A module by its dotted name."""
        path = self._path_of.get(name)
        return self.at(path) if path is not None else None

    def home(self, name: str) -> Module | None:
        """The module that has, or would have, a definition: the one with the longest fitting name."""
        prefix = name
        while prefix:
            path = self._path_of.get(prefix)
            if path is not None:
                return self.at(path)
            prefix = prefix.rpartition(".")[0]
        return None

    def home_path(self, name: str) -> str | None:
        """The file of `home`, which is not read."""
        prefix = name
        while prefix and prefix not in self._path_of:
            prefix = prefix.rpartition(".")[0]
        return self._path_of.get(prefix)

    def unit(self, name: str) -> Unit | None:
        """A definition by its dotted name."""
        if name not in self._units:
            self._units[name] = self._find(name)
        return self._units[name]

    def _find(self, name: str) -> Unit | None:
        prefix = name
        while prefix:
            path = self._path_of.get(prefix)
            if path is not None:
                for held in (path, *self._others.get(prefix, ())):
                    found = self.at(held).named.get(name)
                    if found is not None:
                        return found
            prefix = prefix.rpartition(".")[0]
        return None

    def indexed(self, kind: IndexKind, name: str) -> tuple[Unit, ...]:
        """Pieces of code by what they do with a name, in the order of the files."""
        key = (kind, name)
        found = self._indexed.get(key)
        if found is None:
            held = self._index.tables[kind].get(name, ())
            pairs = zip(held[::2], held[1::2], strict=True)
            found = tuple(self.at(self.paths[file]).units[number] for file, number in pairs)
            self._indexed[key] = found
        return found

    def known(self, kind: IndexKind, name: str) -> int:
        """How many pieces of code the index has under a name."""
        return len(self._index.tables[kind].get(name, ())) // 2
