"""The catalogue of fallible calls: what can fail, raising what, with which deadline.

ONE FILE = ONE LIBRARY, data only; this module holds the shape, the loader and the look-up. Rules, failure paths and
impact all read the same entries.
"""

from __future__ import annotations

import ast
import builtins
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, Literal

import msgspec

from quality_gate_checkers.dependencies._listed import ListedLibrary, listed
from quality_gate_checkers.patterns import name_matches
from quality_gate_checkers.pins import Pin
from quality_gate_checkers.plug import collect, modules_of, plug_of
from quality_gate_checkers.settings import Dependency, Settings

Kind = Literal["http", "database", "cache", "queue", "mail", "cloud", "socket", "process", "file", "own"]
Effect = Literal["read", "write", "depends"]
LOCAL: frozenset[Kind] = frozenset({"process", "file"})
"""Kinds whose calls do not leave the machine."""


class Since(msgspec.Struct, frozen=True):
    """Since which version a library waits no longer than it does today.

    Args:
        package: the package whose version counts, as locks call it.
        version: the first one that waits as long as `Deadline.default` says; older ones wait for ever.
    """

    package: str
    version: str


class Deadline(msgspec.Struct, frozen=True, kw_only=True):
    """How a call is given up after a while.

    Args:
        keyword: the argument that carries it.
        position: its 0-based place among the positional arguments, None for keyword only.
        default: seconds that the library waits by itself; None waits for ever.
        on_client: argument of the client's constructor that sets it for all calls, None where there is none.
        since: what brought the default; None where it has been there in every version still in use.
    """

    keyword: str = "timeout"
    position: int | None = None
    default: float | None = None
    on_client: str | None = None
    since: Since | None = None

    def under(self, pins: Mapping[str, Pin]) -> Deadline:
        """The same as the project's own version has it: without the default where every version let in is too old.

        Args:
            pins: the project's. A package whose version is unknown has the default: nobody is blamed on a guess.
        """
        pin = pins.get(self.since.package) if self.since else None
        if self.since is None or pin is None or not pin.is_before(self.since.version):
            return self
        return msgspec.structs.replace(self, default=None)


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """Calls of one kind.

    Args:
        names: dotted names as a user's code resolves to them; `pkg.Class.*` is every method that `excluding` does not
            name.
        effect: whether something outside changes; `depends` where the arguments decide.
        deadline: None where the question does not arise.
        rejects, unavailable: where these calls fail in other ways than the rest of the library; None for the library's.
        source: where these calls are documented, where it is not where the library is.
    """

    names: tuple[str, ...]
    effect: Effect = "read"
    deadline: Deadline | None = None
    excluding: tuple[str, ...] = ()
    rejects: tuple[str, ...] | None = None
    unavailable: tuple[str, ...] | None = None
    source: str = ""


class Library(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that the gate knows of one library.

    Args:
        name: as people say it.
        kind: what stands behind it.
        modules: top-level names that are imported from it.
        calls: what can fail.
        aliases: other dotted names of the same things -> the ones used here; prefixes count.
        attributes: attributes of classes that are one thing wherever they stand -> the class of that thing:
            `objects` in `shop.models.Order.objects`.
        factories: functions that make clients -> the client's class; `{0}` is the first argument, a literal text.
        exceptions: every exception -> its bases, built-in ones included.
        rejects: exceptions that say no. unavailable: exceptions that say nothing.
        idempotent: of the calls that write or may write, those that may be made twice, by method or by whole name: the
            second time changes nothing more, though it may answer that there is nothing left to do.
        source: where this is documented.
    """

    name: str
    kind: Kind
    modules: tuple[str, ...]
    source: str
    calls: tuple[Call, ...] = ()
    aliases: dict[str, str] = {}
    attributes: dict[str, str] = {}
    factories: dict[str, str] = {}
    exceptions: dict[str, tuple[str, ...]] = {}
    rejects: tuple[str, ...] = ()
    unavailable: tuple[str, ...] = ()
    idempotent: tuple[str, ...] = ()


def on_each(holders: tuple[str, ...], *methods: str) -> tuple[str, ...]:
    """Dotted names of methods that each of some classes or modules has."""
    return tuple(f"{holder}.{method}" for holder in holders for method in methods)


def with_async(methods: tuple[str, ...]) -> tuple[str, ...]:
    """Each method and its asynchronous twin, as Django calls it: `get`, `aget`."""
    return tuple(f"{asynchronous}{method}" for method in methods for asynchronous in ("", "a"))


class Fallible(msgspec.Struct, frozen=True, kw_only=True):
    """A call that the catalogue or the project's configuration knows.

    Args:
        name: dotted name as the catalogue has it.
        dependency: name of the library, or of the table in the configuration.
        rejects: exceptions that say no. unavailable: exceptions that say nothing.
        idempotent: whether it may be made twice; None where its arguments decide, or nobody has said.
        source: where it is documented, empty for the project's own.
    """

    name: str
    dependency: str
    kind: Kind
    effect: Effect
    rejects: tuple[str, ...]
    unavailable: tuple[str, ...]
    deadline: Deadline | None
    idempotent: bool | None = None
    source: str = ""

    @property
    def raises(self) -> tuple[str, ...]:
        """Exceptions that tell of a failure."""
        return (*self.rejects, *self.unavailable)

    @property
    def remote(self) -> bool:
        """Whether the call leaves the machine."""
        return self.kind not in LOCAL


class Catalogue:
    """The libraries, made ready for looking up.

    Args:
        libraries: no two of them may know the same call.
        listed: further ones, in the order of their modules, each to be loaded when it is asked for.
    """

    def __init__(self, libraries: Iterable[Library], listed: Sequence[ListedLibrary] = ()) -> None:
        self._libraries: dict[str, Library] = {}
        self._listed: dict[str, list[str]] = {}
        self._aliases: dict[str, str] = {}
        self._attributes: dict[str, str] = {}
        self._exact: dict[str, tuple[Library, Call]] = {}
        self._methods: dict[str, tuple[Library, Call]] = {}
        self._factories: dict[str, str] = {}
        self._bases: dict[str, tuple[str, ...]] = {}
        for library in libraries:
            self._add(library)
        self._modules = {one.name: one.module for one in listed}
        for one in listed:
            self._add_attributes(one.attributes)
            for word in one.words:
                self._listed.setdefault(word, []).append(one.module)

    @property
    def libraries(self) -> tuple[Library, ...]:
        """All of them."""
        self._load(self._modules.values())
        return tuple(self._loaded())

    def named(self, names: Collection[str]) -> tuple[Library, ...]:
        """Those of some names, and no other is loaded for it."""
        self._load(module for name, module in self._modules.items() if name in names)
        return tuple(library for library in self._loaded() if library.name in names)

    def _loaded(self) -> Iterator[Library]:
        return (self._libraries[module] for module in sorted(self._libraries))

    def _load(self, modules: Iterable[str]) -> None:
        """Interrupted, as rules are that take too long, it is done again."""
        for module in modules:
            if module not in self._libraries:
                library = plug_of(module, Library)
                for own, more in zip(self._tables, Catalogue([library])._tables, strict=True):
                    own.update(more)
                self._libraries[module] = library

    @property
    def _tables(self) -> tuple[dict[str, Any], ...]:
        return self._aliases, self._exact, self._methods, self._factories, self._bases

    def _add(self, library: Library) -> None:
        self._libraries[f"{len(self._libraries):04}"] = library
        self._aliases.update(library.aliases)
        self._add_attributes(library.attributes)
        self._factories.update(library.factories)
        self._bases.update(library.exceptions)
        for call in library.calls:
            for name in call.names:
                table, key = (self._methods, name.removesuffix(".*")) if name.endswith(".*") else (self._exact, name)
                if key in table:
                    raise ValueError(f"{library.name}: {name} is in the catalogue twice")
                table[key] = (library, call)

    def _add_attributes(self, attributes: Mapping[str, str]) -> None:
        self._attributes.update({f".{name}.": kind for name, kind in attributes.items()})

    def canonical(self, name: str) -> str:
        """The name that the catalogue uses for a thing: `requests.sessions.Session.get` -> `requests.Session.get`."""
        if not self._listed:
            return self._canonical(name)
        self._expect(name)
        found = self._canonical(name)
        self._expect(found)
        return found

    def _expect(self, name: str) -> None:
        word = name.partition(".")[0]
        if word in self._listed:
            self._load(self._listed[word])
            del self._listed[word]

    def _canonical(self, name: str) -> str:
        prefix, rest = name, ""
        while prefix:
            known = self._aliases.get(prefix)
            if known is not None:
                return known + rest
            prefix, dot, last = prefix.rpartition(".")
            rest = f"{dot}{last}{rest}"
        return self._of_attribute(name)

    def _of_attribute(self, name: str) -> str:
        for attribute, kind in self._attributes.items():
            holder, found, rest = name.rpartition(attribute)
            if found and holder.rpartition(".")[2][:1].isupper():
                return f"{kind}.{rest}"
        return name

    def fallible(self, name: str) -> Fallible | None:
        """What is known of a call by its dotted name; the deadline is the one of the newest version, see `lookup`."""
        known = self.canonical(name)
        found = self._exact.get(known)
        if found is None:
            holder, _, method = known.rpartition(".")
            found = self._methods.get(holder)
            if found is None or method in found[1].excluding or method.startswith("__"):
                return None
        library, call = found
        return Fallible(
            name=known,
            dependency=library.name,
            kind=library.kind,
            effect=call.effect,
            rejects=library.rejects if call.rejects is None else call.rejects,
            unavailable=library.unavailable if call.unavailable is None else call.unavailable,
            deadline=call.deadline,
            idempotent=_is_idempotent(library, call, known),
            source=call.source or library.source,
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


def _is_idempotent(library: Library, call: Call, name: str) -> bool | None:
    if call.effect == "read" or name in library.idempotent or name.rpartition(".")[2] in library.idempotent:
        return True
    return False if call.effect == "write" else None


def _builtin_bases(name: str) -> frozenset[str]:
    kind = getattr(builtins, name.removeprefix("builtins."), None) if name.startswith("builtins.") else None
    if not (isinstance(kind, type) and issubclass(kind, BaseException)):
        return frozenset()
    return frozenset(f"builtins.{base.__name__}" for base in kind.__mro__ if base is not object)


_expected: list[ListedLibrary] = []


def expect(libraries: Iterable[ListedLibrary]) -> None:
    """Let the built-in catalogue load each library when it is asked for, unless it has loaded them all.

    Args:
        libraries: as of this build.
    """
    _expected[:] = libraries


def listed_libraries() -> tuple[ListedLibrary, ...]:
    """What is to be kept of the built-in libraries, all of which are loaded for it."""
    return tuple(listed(module, plug_of(module, Library)) for module in library_modules())


def library_modules() -> Iterator[str]:
    """The modules that hold the built-in libraries, none of which is loaded for it."""
    return modules_of(sys.modules[__name__])


@cache
def catalogue() -> Catalogue:
    """The built-in catalogue, made once per process."""
    return Catalogue((), _expected) if _expected else Catalogue(collect(sys.modules[__name__], Library))


def lookup(name: str, settings: Settings) -> Fallible | None:
    """What is known of a call: the project's own dependencies first, then the catalogue.

    Args:
        name: dotted name as the ladder resolved it.
        settings: the project's; its pins decide which deadline a library has by itself.
    """
    for title, dependency in settings.dependencies.items():
        if any(name_matches(name, pattern) for pattern in dependency.calls):
            return _own(title, name, dependency)
    known = catalogue().fallible(name)
    if known is None or known.deadline is None or known.deadline.since is None:
        return known
    return msgspec.structs.replace(known, deadline=known.deadline.under(settings.pins))


def _own(title: str, name: str, dependency: Dependency) -> Fallible:
    said = any(name_matches(name, pattern) for pattern in dependency.idempotent)
    deadline = dependency.deadline
    return Fallible(
        name=name,
        dependency=title,
        kind="own",
        effect=dependency.effect,
        rejects=_dotted(dependency.rejects),
        unavailable=_dotted(dependency.unavailable),
        deadline=None if isinstance(deadline, msgspec.UnsetType) else Deadline(keyword=deadline),
        idempotent=True if said or dependency.effect == "read" else None,
    )


def _dotted(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name.replace(":", ".") for name in names)
