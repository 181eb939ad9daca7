"""The other modules of a project, each read when somebody asks for it: the ladder goes on where an import leads."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping, Sequence

from quality_gate_checkers.model.module import Module
from quality_gate_checkers.model.names import Names
from quality_gate_checkers.model.outside import Outside

_DEPTH = 24
"""How many names may lead one to the other; more are a circle or not worth following."""

MOST_HELD = 200
"""Modules that stay read: their trees take memory, and files of one folder ask about the same ones."""

ReadModule = Callable[[str, Outside], Module | None]
"""The module in a file, which may ask others in turn; None where it cannot be read."""


class Neighbours:
    """All modules of a project.

    Args:
        paths: the file of each module by its dotted name; a module may have several.
        read: reads a module.
    """

    def __init__(self, paths: Mapping[str, str], read: ReadModule) -> None:
        self._paths = paths
        self._tops = frozenset(name.partition(".")[0] for name in paths)
        self._read = read
        self._modules: dict[str, Module | None] = {}
        self._views: dict[str, _View] = {}
        self._busy: set[tuple[str, str]] = set()

    def seen_from(self, path: str) -> Outside:
        """What the module in a file may ask."""
        return self._view(path)

    def asked_from(self, path: str) -> tuple[dict[str, str], set[str]]:
        """What the answers to a module stand on, those of others that were asked in turn included.

        Returns:
            The file that each dotted name led to, "" for none; and the first parts of names that are not the project's.
        """
        led: dict[str, str] = {}
        strangers: set[str] = set()
        stack, seen = [path], {path}
        while stack:
            view = self._view(stack.pop())
            led |= view.led
            strangers |= view.strangers
            more = {file for file in view.led.values() if file} - seen
            seen |= more
            stack.extend(more)
        return led, strangers

    def file_of(self, name: str) -> str:
        """The file of the module that a dotted name begins with, the longest there is; "" for none."""
        return self._split(name)[0]

    def is_stranger(self, first: str) -> bool:
        """Whether no module's name begins with a part."""
        return first not in self._tops

    def _view(self, path: str) -> _View:
        found = self._views.get(path)
        if found is None:
            found = self._views[path] = _View(self, path)
        return found

    def _split(self, name: str) -> tuple[str, list[str]]:
        parts = name.split(".")
        for length in range(len(parts), 0, -1):
            path = self._paths.get(".".join(parts[:length]))
            if path is not None:
                return path, parts[length:]
        return "", parts

    def found(self, name: str) -> tuple[Names, list[str]] | None:
        """The module that a dotted name begins with, and the rest of the name."""
        path, rest = self._split(name)
        module = self.module(path) if path else None
        return (module.names, rest) if module is not None else None

    def module(self, path: str) -> Module | None:
        """The module in a file; None where it cannot be read."""
        held = self._modules
        if path not in held:
            while len(held) >= MOST_HELD:
                del held[next(iter(held))]
            held[path] = None  # while it is being read
            held[path] = self._read(path, self._view(path))
        found = held[path] = held.pop(path)
        return found

    def once(self, question: str, name: str) -> Iterator[None]:
        """Goes round once, unless the question is being answered already: modules import each other in circles."""
        key = question, name
        if key in self._busy or len(self._busy) >= _DEPTH:
            return
        self._busy.add(key)
        try:
            yield
        finally:
            self._busy.discard(key)


class _View:
    """The project as one of its modules sees it; implements `Outside`.

    Args:
        all_: every module. path: the module's file, which does not ask itself.
    """

    def __init__(self, all_: Neighbours, path: str) -> None:
        self._all = all_
        self._path = path
        self.led: dict[str, str] = {}
        self.strangers: set[str] = set()

    def _found(self, name: str) -> tuple[Names, list[str]] | None:
        first = name.partition(".")[0]
        if self._all.is_stranger(first):
            self.strangers.add(first)
            return None
        self.led[name] = self._all.file_of(name)
        return self._all.found(name)

    def resolve(self, name: str) -> str:
        """See `Outside`."""
        for _ in self._all.once("resolve", name):
            found = self._found(name)
            if found is not None:
                return self._resolved(*found)
        return name

    def _resolved(self, names: Names, rest: Sequence[str]) -> str:
        if not rest:
            return names.module
        first, *more = rest
        own, leads_to = f"{names.module}.{first}", names.exported(first)
        if leads_to is not None and leads_to != own:
            return self.resolve(".".join([leads_to, *more]))
        definition = names.definition(own)
        if isinstance(definition, ast.ClassDef) and more:
            return ".".join([names.method(own, more[0]), *more[1:]])
        holder = names.exported_type(first) if definition is None and more else None
        return self.resolve(".".join([holder, *more])) if holder else ".".join([own, *more])

    def type_of(self, name: str) -> str | None:
        """See `Outside`."""
        for _ in self._all.once("type", name):
            found = self._found(name)
            if found is not None and found[1]:
                names, (first, *more) = found
                holder = names.exported_type(first)
                for attribute in more:
                    holder = self.attribute(holder, attribute) if holder else None
                return holder
        return None

    def returned(self, name: str) -> str | None:
        """See `Outside`."""
        found = self._found(name)
        return found[0].returned(_own(*found)) if found is not None else None

    def entered(self, name: str) -> str | None:
        """See `Outside`."""
        found = self._found(name)
        return found[0].entered(_own(*found)) if found is not None else None

    def attribute(self, holder: str, attribute: str) -> str | None:
        """See `Outside`."""
        for _ in self._all.once(f"attribute {attribute}", holder):
            found = self._found(holder)
            if found is not None:
                return found[0].attribute_type(_own(*found), attribute)
        return None

    def members(self, name: str) -> Sequence[str | None] | None:
        """See `Outside`."""
        for _ in self._all.once("members", name):
            found = self._found(name)
            if found is not None and len(found[1]) == 1:
                names, (first,) = found
                leads_to = names.exported(first)
                told = names.exported_members(first)
                return told if told is not None or leads_to is None else self.members(leads_to)
        return None

    def module_of(self, name: str) -> Module | None:
        """See `Outside`."""
        return self._all.module(self.led[name]) if self._found(name) is not None else None

    def behind(self) -> Iterator[Module]:
        """See `Outside`."""
        led, _ = self._all.asked_from(self._path)
        for path in sorted({file for file in led.values() if file} - {self._path}):
            module = self._all.module(path)
            if module is not None:
                yield module


def _own(names: Names, rest: Sequence[str]) -> str:
    """A name as the module itself has it: it may be known by several."""
    return ".".join([names.module, *rest])
