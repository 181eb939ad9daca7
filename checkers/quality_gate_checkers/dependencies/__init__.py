"""The catalogue of fallible calls: what can fail, raising what, with which deadline.

ONE FILE = ONE LIBRARY, data only; this module holds the shape, the loader and the look-up. Rules, failure paths and
impact all read the same entries.
"""

from __future__ import annotations

import ast
import builtins
import sys
from collections.abc import Iterable
from functools import cache
from typing import Literal

import msgspec

from quality_gate_checkers.patterns import name_matches
from quality_gate_checkers.plug import collect
from quality_gate_checkers.settings import Dependency, Settings

Kind = Literal["http", "database", "cache", "queue", "mail", "cloud", "socket", "process", "file", "own"]
Effect = Literal["read", "write", "depends"]
LOCAL: frozenset[Kind] = frozenset({"process", "file"})
"""Kinds whose calls do not leave the machine."""


class Deadline(msgspec.Struct, frozen=True, kw_only=True):
    """How a call is given up after a while.

    Args:
        keyword: the argument that carries it.
        position: its 0-based place among the positional arguments, None for keyword only.
        default: seconds that the library waits by itself; None waits for ever.
        on_client: argument of the client's constructor that sets it for all calls, None where there is none.
    """

    keyword: str = "timeout"
    position: int | None = None
    default: float | None = None
    on_client: str | None = None


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """Calls of one kind.

    Args:
        names: dotted names as a user's code resolves to them; `pkg.Class.*` is every method that `excluding` does not
            name.
        effect: whether something outside changes; `depends` where the arguments decide.
        deadline: None where the question does not arise.
    """

    names: tuple[str, ...]
    effect: Effect = "read"
    deadline: Deadline | None = None
    excluding: tuple[str, ...] = ()


class Library(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that the gate knows of one library.

    Args:
        name: as people say it.
        kind: what stands behind it.
        modules: top-level names that are imported from it.
        calls: what can fail.
        aliases: other dotted names of the same things -> the ones used here; prefixes count.
        factories: functions that make clients -> the client's class; `{0}` is the first argument, a literal string.
        exceptions: every exception -> its bases, built-in ones included.
        rejects: exceptions that say no. unavailable: exceptions that say nothing.
        rejects_on: last parts of the calls that alone raise `rejects`, and nothing else; empty where every call does.
        source: where this is documented.
    """

    name: str
    kind: Kind
    modules: tuple[str, ...]
    source: str
    calls: tuple[Call, ...] = ()
    aliases: dict[str, str] = {}
    factories: dict[str, str] = {}
    exceptions: dict[str, tuple[str, ...]] = {}
    rejects: tuple[str, ...] = ()
    unavailable: tuple[str, ...] = ()
    rejects_on: tuple[str, ...] = ()


class Fallible(msgspec.Struct, frozen=True, kw_only=True):
    """A call that the catalogue or the project's configuration knows.

    Args:
        name: dotted name as the catalogue has it.
        dependency: name of the library, or of the table in the configuration.
        raises: exceptions that tell of a failure of the dependency.
        rejects, unavailable: those of them that this very call raises.
    """

    name: str
    dependency: str
    kind: Kind
    effect: Effect
    raises: tuple[str, ...]
    deadline: Deadline | None
    rejects: tuple[str, ...] = ()
    unavailable: tuple[str, ...] = ()

    @property
    def remote(self) -> bool:
        """Whether the call leaves the machine."""
        return self.kind not in LOCAL


class Catalogue:
    """The libraries, made ready for looking up.

    Args:
        libraries: no two of them may know the same call.
    """

    def __init__(self, libraries: Iterable[Library]) -> None:
        self.libraries = tuple(libraries)
        self._aliases: dict[str, str] = {}
        self._exact: dict[str, tuple[Library, Call]] = {}
        self._methods: dict[str, tuple[Library, Call]] = {}
        self._factories: dict[str, str] = {}
        self._bases: dict[str, tuple[str, ...]] = {}
        for library in self.libraries:
            self._add(library)

    def _add(self, library: Library) -> None:
        self._aliases.update(library.aliases)
        self._factories.update(library.factories)
        self._bases.update(library.exceptions)
        for call in library.calls:
            for name in call.names:
                table, key = (self._methods, name.removesuffix(".*")) if name.endswith(".*") else (self._exact, name)
                if key in table:
                    raise ValueError(f"{library.name}: {name} is in the catalogue twice")
                table[key] = (library, call)

    def canonical(self, name: str) -> str:
        """The name that the catalogue uses for a thing: `requests.sessions.Session.get` -> `requests.Session.get`."""
        prefix, rest = name, ""
        while prefix:
            known = self._aliases.get(prefix)
            if known is not None:
                return known + rest
            prefix, dot, last = prefix.rpartition(".")
            rest = f"{dot}{last}{rest}"
        return name

    def fallible(self, name: str) -> Fallible | None:
        """What is known of a call by its dotted name."""
        known = self.canonical(name)
        found = self._exact.get(known)
        if found is None:
            holder, _, method = known.rpartition(".")
            found = self._methods.get(holder)
            if found is None or method in found[1].excluding or method.startswith("__"):
                return None
        library, call = found
        raises = (*library.rejects, *library.unavailable)
        asks = known.rpartition(".")[2] in library.rejects_on
        return Fallible(
            name=known,
            dependency=library.name,
            kind=library.kind,
            effect=call.effect,
            raises=raises,
            deadline=call.deadline,
            rejects=library.rejects if asks or not library.rejects_on else (),
            unavailable=() if asks else library.unavailable,
        )

    def made_by(self, name: str, call: ast.Call | None) -> str | None:
        """Class of what a factory returns; the ladder's factory table."""
        made = self._factories.get(self.canonical(name))
        if made is None or "{0}" not in made:
            return made
        named = [keyword.value for keyword in call.keywords if keyword.arg == "service_name"] if call else []
        first = next(iter([*call.args, *named]), None) if call else None
        return made.format(first.value) if isinstance(first, ast.Constant) and isinstance(first.value, str) else None

    def lineage(self, exception: str) -> frozenset[str]:
        """An exception and all its bases, by dotted name; for unknown ones only itself."""
        known = self.canonical(exception)
        bases = self._bases.get(known)
        if bases is None:
            return frozenset({known, *_builtin_bases(known)})
        return frozenset({known}).union(*(self.lineage(base) for base in bases))

    def catches(self, caught: str, raised: str) -> bool:
        """Whether `except caught` catches `raised`."""
        return self.canonical(caught) in self.lineage(raised)


def _builtin_bases(name: str) -> frozenset[str]:
    kind = getattr(builtins, name.removeprefix("builtins."), None) if name.startswith("builtins.") else None
    if not (isinstance(kind, type) and issubclass(kind, BaseException)):
        return frozenset()
    return frozenset(f"builtins.{base.__name__}" for base in kind.__mro__ if base is not object)


@cache
def catalogue() -> Catalogue:
    """The built-in catalogue, loaded once per process."""
    return Catalogue(collect(sys.modules[__name__], Library))


def lookup(name: str, settings: Settings) -> Fallible | None:
    """What is known of a call: the project's own dependencies first, then the catalogue.

    Args:
        name: dotted name as the ladder resolved it.
        settings: the project's.
    """
    for title, dependency in settings.dependencies.items():
        if any(name_matches(name, pattern) for pattern in dependency.calls):
            return _own(title, name, dependency)
    return catalogue().fallible(name)


def _own(title: str, name: str, dependency: Dependency) -> Fallible:
    rejects = tuple(exception.replace(":", ".") for exception in dependency.rejects)
    unavailable = tuple(exception.replace(":", ".") for exception in dependency.unavailable)
    return Fallible(
        name=name,
        dependency=title,
        kind="own",
        effect="depends",
        raises=(*rejects, *unavailable),
        deadline=None,
        rejects=rejects,
        unavailable=unavailable,
    )
