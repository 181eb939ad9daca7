"""A link from beginning to end, all of it or what changed: the shape of the project, other names, calls."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property, partial
from typing import TypeVar

import msgspec

from quality_gate.codebase.facts import Facts
from quality_gate.codebase.frameworks import Fact
from quality_gate.codebase.graph import Mark
from quality_gate.codebase.linking.aliases import Alias, aliases_of_module
from quality_gate.codebase.linking.classes import infos_of_module
from quality_gate.codebase.linking.digests import number_of
from quality_gate.codebase.linking.keeping import Answered, Lost, Standing, kept
from quality_gate.codebase.linking.linker import Linker
from quality_gate.codebase.linking.module_links import ModuleLinks, link_module
from quality_gate.codebase.linking.outside import Library
from quality_gate.codebase.linking.phases import Phase
from quality_gate.codebase.linking.pieces import alike, differing
from quality_gate.codebase.linking.project import KINDS, Contribution, Index, Project, contribution, index_of
from quality_gate.codebase.linking.record import Changed, Memory, Record
from quality_gate.codebase.linking.shape import EMPTY_SHAPE, ClassInfo, Shape
from quality_gate.codebase.linking.units import Module

PHASES = ("shape", "aliases", "links")
_RECORD = b"record of the last link"
_INDEX = b"index of the last link"
_ENCODE = msgspec.msgpack.Encoder().encode
_RECORDS = msgspec.msgpack.Decoder(Record)
_INDEXES = msgspec.msgpack.Decoder(Index)
_LINKS = msgspec.msgpack.Decoder(ModuleLinks)


_Made = TypeVar("_Made")


class Files:
    """The files of a project as linking takes them.

    Args:
        names: the module's dotted name by path, paths ascending.
        keys: identity of each file's content.
        facts: reads the facts of a file.
        marks: reads the marks of all files, by path.
        older: reads facts by the identity of a content, None where they are gone.
    """

    def __init__(
        self,
        names: Mapping[str, str],
        keys: Mapping[str, bytes],
        facts: Callable[[str], Facts],
        marks: Callable[[], Mapping[str, tuple[Mark, ...]]],
        older: Callable[[bytes], Facts | None],
    ) -> None:
        self.names = dict(names)
        self.paths = tuple(names)
        self.keys = [keys[path] for path in names]
        self.facts = facts
        self.older = older
        self._marks = marks

    def marks(self) -> Iterator[tuple[str, tuple[Mark, ...]]]:
        """Every module's name with its marks."""
        found = self._marks()
        return ((name, found[path]) for path, name in self.names.items() if path in found)


class Link:
    """One link.

    Args:
        files: of the project.
        library: what is known of code from outside.
        memory: of the last link; None to begin anew and remember nothing.
    """

    def __init__(self, files: Files, library: Library, memory: Memory | None) -> None:
        self._files = files
        self._library = library
        self._memory = memory
        self._made: dict[int, ModuleLinks] = {}
        self._packed: dict[bytes, bytes] = {}
        last = self._last()
        self._contents = self._changed_contents(last) if last is not None else None
        fresh = last is None or self._contents is None
        self._moved = self._only_moved()
        self._record = last if last is not None and not fresh else _nothing(files)
        self.red: int = 0
        if fresh:
            self._contents = {}
            self._run(whole=True)
        elif self._contents:
            try:
                self._run(whole=False)
            except Lost:
                self._record, self._contents, self._moved = _nothing(files), {}, set()
                self._run(whole=True)
        if memory is not None:  # it is closed when somebody asks for the first call
            self._packed = memory.load_all(
                place for number, place in enumerate(self._record.links) if number not in self._made
            )

    # -- what comes out of it

    @property
    def told(self) -> Iterator[Fact]:
        """What frameworks are told in all files."""
        return (fact for told in self._record.told for fact in told)

    @cached_property
    def shape(self) -> Shape:
        """The classes of the project."""
        return Shape(info for infos in self._record.infos for info in infos)

    def links(self, path: str) -> ModuleLinks:
        """The calls of a file."""
        number = self._numbers[path]
        found = self._made.get(number)
        if found is None:
            found = self._made[number] = self._unpacked(self._record.links[number]) or self._lost.made(path)
        return found

    def _unpacked(self, place: bytes) -> ModuleLinks | None:
        """Calls of a file as the cache has them."""
        content = self._packed.get(place)
        try:
            return _LINKS.decode(content) if content is not None else None
        except (msgspec.DecodeError, ValueError):
            return None

    @cached_property
    def _lost(self) -> Phase[ModuleLinks]:
        """Links the files whose calls the cache has lost."""
        aliases = _by_function(self._record.aliases)
        return Phase(partial(Linker, self._project, self._library, self.shape, aliases), link_module, self._files.paths)

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {path: number for number, path in enumerate(self._files.paths)}

    # -- what changed

    def _last(self) -> Record | None:
        content = self._memory.load(_RECORD) if self._memory is not None else None
        if content is None:
            return None
        try:
            found = _RECORDS.decode(content)
        except (msgspec.DecodeError, ValueError):
            return None
        same = found.paths == self._files.paths and found.names == tuple(self._files.names.values())
        return found if same else None

    def _changed_contents(self, last: Record) -> dict[int, tuple[Facts, Facts]] | None:
        """Old and new facts of files that changed; None where the old ones are gone."""
        found: dict[int, tuple[Facts, Facts]] = {}
        for number, (before, now) in enumerate(zip(last.keys, self._files.keys, strict=True)):
            if before != now:
                older = self._files.older(before)
                if older is None:
                    return None
                found[number] = (older, self._files.facts(self._files.paths[number]))
        return found

    def _only_moved(self) -> set[int]:
        """Files of which nothing changed but the lines: they answer as they did, and their calls stand elsewhere."""
        modules = ((number, self._both(number)) for number in self._contents or ())
        return {number for number, (before, now) in modules if alike(before, now)}

    @property
    def _edited(self) -> set[int]:
        """The other files that changed."""
        return set(self._contents or ()) - self._moved

    def _both(self, number: int) -> tuple[Module, Module]:
        """A changed file as it was, and as it is."""
        path = self._files.paths[number]
        name = self._files.names[path]
        before, now = (self._contents or {})[number]
        return Module(name, path, before), Module(name, path, now)

    @cached_property
    def _project(self) -> Project:
        return Project(self._files.names, self._files.facts, self._index)

    @cached_property
    def _index(self) -> Index:
        content = self._memory.load(_INDEX) if self._memory is not None and self._contents is not None else None
        if content is not None and self._contents:
            try:
                return _replaced(_INDEXES.decode(content), self._contents)
            except (msgspec.DecodeError, ValueError):
                pass
        facts = self._files.facts
        return index_of((number, contribution(facts(path))) for number, path in enumerate(self._files.paths))

    # -- the phases

    def _run(self, *, whole: bool) -> None:
        record = self._record
        changed = Changed(looked=_looked_differently(self._both(number) for number in self._edited))
        before = self.shape if not whole else EMPTY_SHAPE
        paths = self._files.paths
        make = partial(Linker, self._project, self._library)
        found_infos = self._do(Phase(make, infos_of_module, paths), "shape", changed, whole=whole)
        if whole or any(record.infos[number] != infos for number, infos in found_infos.items()):
            for number, infos in found_infos.items():
                record.infos[number] = infos
            self.__dict__.pop("shape", None)
            changed.looked |= _classes_differently(before, self.shape) if not whole else set()
        make = partial(Linker, self._project, self._library, self.shape)
        known = _by_function(record.aliases)
        for number, found in self._do(Phase(make, aliases_of_module, paths), "aliases", changed, whole=whole).items():
            record.aliases[number] = found
        aliases = _by_function(record.aliases)
        changed.looked |= {
            number_of("aliases", name) for name in known.keys() | aliases.keys() if known.get(name) != aliases.get(name)
        }
        make = partial(Linker, self._project, self._library, self.shape, aliases)
        made = self._do(Phase(make, link_module, paths), "links", changed, whole=whole)
        self.red = len(made)
        self._keep(made)

    def _do(self, phase: Phase[_Made], name: str, changed: Changed, *, whole: bool) -> dict[int, _Made]:
        """One phase: over every file, or over those that are red."""
        paths = self._files.paths
        standing = Standing(self._memory, name, self._record.stood[name], len(paths))
        held = Answered(self._memory, self._record.answers[name])
        quiet = not (whole or self._edited or changed.looked)
        stood = standing.nothing() if whole or quiet else standing.all()
        if whole:
            phase.red = set(range(len(paths)))
        else:
            phase.redden(stood, changed, self._edited, held.of)
        again = phase.red | self._moved if name == "links" else phase.red
        made = {number: phase.made(paths[number]) for number in sorted(again)}
        if self._memory is not None and not quiet:
            for number, given in phase.record(stood, held.of).items():
                held.keep(number, given)
            standing.keep(stood)
        return made

    def _keep(self, made: Mapping[int, ModuleLinks]) -> None:
        record = self._record
        for number, links in made.items():
            self._made[number] = links
            record.told[number] = links.told
            if self._memory is not None:
                record.links[number] = kept(self._memory, b"links", _ENCODE(links))
        record.keys = list(self._files.keys)
        if self._memory is not None:
            self._memory.save(_RECORD, _ENCODE(record))
            self._memory.save(_INDEX, _ENCODE(self._index))


def _nothing(files: Files) -> Record:
    count = len(files.paths)
    return Record(
        files.paths,
        tuple(files.names.values()),
        list(files.keys),
        {phase: [] for phase in PHASES},
        {phase: [b""] * count for phase in PHASES},
        [()] * count,
        [()] * count,
        [()] * count,
        [b""] * count,
    )


def _by_function(found: list[tuple[Alias, ...]]) -> dict[str, tuple[tuple[str, str], ...]]:
    made: dict[str, list[tuple[str, str]]] = {}
    for aliases in found:
        for function, place, name in aliases:
            made.setdefault(function, []).append((place, name))
    return {function: tuple(places) for function, places in made.items()}


def _replaced(index: Index, contents: Mapping[int, tuple[Facts, Facts]]) -> Index:
    """The index of the last link with what changed files add now."""
    for number, (before, now) in contents.items():
        older, newer = contribution(before), contribution(now)
        for kind in KINDS:
            table = index.tables[kind]
            for name in older[kind].keys() | newer[kind].keys():
                held = table.get(name, [])
                pairs = [pair for pair in zip(held[::2], held[1::2], strict=True) if pair[0] != number]
                pairs += [(number, place) for place in newer[kind].get(name, ())]
                table[name] = [one for pair in sorted(pairs) for one in pair]
                if not pairs:
                    del table[name]
    return index


def _looked_differently(edited: Iterable[tuple[Module, Module]]) -> set[int]:
    """What is looked up among all files, or looked at in one, and found differently."""
    found: set[int] = set()
    for before, now in edited:
        found.update(number_of(kind, name) for kind, name in differing(before, now))
        older, newer = _keyed(before), _keyed(now)
        for kind in KINDS:
            for name in older[kind].keys() | newer[kind].keys():
                if older[kind].get(name) != newer[kind].get(name):
                    found.add(number_of(kind, name))
    return found


def _keyed(module: Module) -> dict[str, dict[str, list[str]]]:
    """What a file adds to the index, by the keys of its pieces of code instead of their numbers."""
    units = module.units
    added: Contribution = contribution(module.facts)
    return {
        kind: {word: [units[place].key for place in places] for word, places in table.items()}
        for kind, table in added.items()
    }


_NO_CLASS = ClassInfo("")


def _without_names(info: ClassInfo) -> ClassInfo:
    return msgspec.structs.replace(info, names=(), methods=())


def _classes_differently(before: Shape, now: Shape) -> set[int]:
    """Classes of which something else is known now, that bind other names, or below which others stand."""
    found: set[int] = set()
    for name in before.infos.keys() | now.infos.keys():
        older, newer = before.infos.get(name, _NO_CLASS), now.infos.get(name, _NO_CLASS)
        if older != newer:
            bound = set(older.names) ^ set(newer.names)
            found.update(number_of("has", f"{name}.{attribute}") for attribute in bound)
            if _without_names(older) != _without_names(newer):
                found.add(number_of("class", name))
        if before.subclasses(name) != now.subclasses(name) or before.around(name) != now.around(name):
            found.add(number_of("below", name))
    return found
