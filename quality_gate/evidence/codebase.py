"""The linked codebase of a project: facts of each file, from the cache where its content is known, linked on demand."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import cache, partial
from pathlib import Path

import msgspec

from quality_gate.codebase import tree
from quality_gate.codebase.facts import Facts, Head, decode, decode_head, encode
from quality_gate.codebase.graph import Mark
from quality_gate.codebase.linked import LinkedCodebase
from quality_gate.codebase.linking.outside import Library
from quality_gate.codebase.linking.record import Memory
from quality_gate.codebase.linking.relinking import Files
from quality_gate.codebase.modules import DEAD, module_names
from quality_gate.evidence._late_marks import KIND, facts_key, marks_of_files
from quality_gate.evidence.inspections import Alarm, Also, Progress, alarmed, content_keys, in_time, read_limited
from quality_gate.store import Store, digest
from quality_gate_checkers.dependencies import catalogue
from quality_gate_checkers.model.inspection import Fault
from quality_gate_checkers.settings import Settings


def linked(
    root: Path,
    paths: Iterable[str],
    settings: Settings,
    store: Store,
    *,
    always_read: bool,
    now_ns: int,
    progress: Progress,
    again: Callable[[], Store] | None = None,
) -> LinkedCodebase:
    """The codebase of a project, tests included.

    Args:
        root: the project's root.
        paths: all files that belong to it, relative to the root.
        settings: the project's.
        store: the cache, keyed by build and settings, open while facts are read.
        always_read: trust no size and time (the ci stage): every file is read and hashed.
        now_ns: nanoseconds since the epoch.
        progress: told after every file that had to be parsed.
        again: opens the cache when something is linked, so that the next link has to do only what changed.
    """
    wanted = list(paths)
    named = [path for path in wanted if _is_text(path)]
    held = _Reading(root, settings, store).all(named, always_read=always_read, now_ns=now_ns, progress=progress)
    unnamed = [path for path in wanted if not _is_text(path)]
    return _codebase(held, settings, again, partial(marks_of_files, root, settings, held, again, progress), unnamed)


def _is_text(path: str) -> bool:
    """Whether the bytes of a path are UTF-8."""
    return path.isascii() or not any("\udc80" <= character <= "\udcff" for character in path)


def taking_facts(settings: Settings, store: Store) -> Also:
    """Takes facts of files that others parse, and keeps them in the cache.

    Args:
        store: as of `linked`, open as long as files are handed over.
    """

    def take(path: str, content: bytes, text: str, tree: ast.Module) -> None:
        from quality_gate.codebase.facts_of import facts_and_marks

        store.remember_result(facts_key(path, content), encode(facts_and_marks(path, text, tree, settings)))

    return take


def codebase_of(
    facts: Mapping[str, Facts], settings: Settings, marks: Callable[[], Mapping[str, tuple[Mark, ...]]] = dict
) -> LinkedCodebase:
    """The codebase that facts by path make.

    Args:
        settings: the project's.
        marks: reads the marks by path.
    """
    held = {path: Held(digest(path.encode("utf-8", "surrogateescape")), facts=found) for path, found in facts.items()}
    return _codebase(held, settings, None, marks)


class Held:
    """The facts of one file, decoded when they are asked for.

    Args:
        key: identity of the content.
        content: as the cache has them.
        facts: where they have just been made.
        read: makes them, where the cache turns out to be broken.
    """

    __slots__ = ("_content", "_facts", "_read", "head", "key")

    def __init__(
        self,
        key: bytes,
        content: bytes = b"",
        facts: Facts | None = None,
        read: Callable[[], Facts] = Facts,
    ) -> None:
        self.key = key
        self._content = content
        self._facts = facts
        self._read = read
        self.head: Head = facts if facts is not None else decode_head(content) or self.facts()

    def facts(self) -> Facts:
        """All of them."""
        if self._facts is None:
            self._facts = self._decoded()
        return self._facts

    def with_marks(self, marks: tuple[Mark, ...]) -> bytes:
        """They and the file's marks as the cache has them."""
        return encode(msgspec.structs.replace(self._facts or self._decoded(), marks=marks))

    def _decoded(self) -> Facts:
        return decode(self._content) or self._read()


def _codebase(
    held: Mapping[str, Held],
    settings: Settings,
    again: Callable[[], Store] | None,
    marks: Callable[[], Mapping[str, tuple[Mark, ...]]],
    unnamed: Iterable[str] = (),
) -> LinkedCodebase:
    names = module_names(held, settings.source, {path: one.head.imports for path, one in held.items()})
    known = catalogue()
    older: dict[bytes, Facts | None] = {}
    files = Files(
        names,
        {path: one.key for path, one in held.items()},
        lambda path: held[path].facts(),
        marks,
        lambda key: older.get(key),
    )
    library = Library(_made_by, known.canonical, lambda name: known.fallible(name) is not None)
    memory = nullcontext if again is None else _memory(again, files)
    odd = (f"{path} is not in the call graph: its name is not UTF-8" for path in unnamed)
    return LinkedCodebase(files, library, memory, (*_unread(held), *odd, *_doubles(names)))


def _memory(again: Callable[[], Store], files: Files) -> Callable[[], AbstractContextManager[Memory | None]]:
    """The memory of the last link, in the cache."""

    @contextmanager
    def opened() -> Iterator[Memory]:
        with again() as store:
            fresh: dict[bytes, bytes] = {}

            def load_all(names: Iterable[bytes]) -> dict[bytes, bytes]:
                keys = {digest(name): name for name in names}
                found = store.results(key for key in keys if key not in fresh)
                found.update((key, fresh[key]) for key in keys if key in fresh)
                return {keys[key]: content for key, content in found.items()}

            def save(name: bytes, content: bytes) -> None:
                key = digest(name)
                fresh[key] = content
                store.remember_result(key, content)

            def older(key: bytes) -> Facts | None:
                content = store.results([key]).get(key)
                return decode(content) if content is not None else None

            files.older = older
            yield Memory(load_all, save)

    return opened


def _made_by(name: str, call: tree.Call | None) -> str | None:
    """The catalogue's factory table, which knows calls as the parser has them."""
    made, depends = _made_plainly(name)
    return catalogue().made_by(name, _as_parsed(call)) if depends and call is not None else made


@cache
def _made_plainly(name: str) -> tuple[str | None, bool]:
    """Class of what a factory returns whatever it is given, and whether that depends on what it is given."""
    made = catalogue().made_by(name, None)
    return made, made is None and catalogue().made_by(name, _ANY) is not None


_ANY = ast.Call(ast.Name("made"), [ast.Constant("anything")], [])


def _as_parsed(call: tree.Call) -> ast.Call:
    words = [ast.keyword(word, _constant(value)) for word, value in call.keywords if word]
    return ast.Call(ast.Name("made"), [_constant(argument) for argument in call.args], words)


def _constant(node: tree.Expr) -> ast.expr:
    return ast.Constant(node.value) if isinstance(node, tree.Constant) else ast.Name("unknown")


def _unread(held: Mapping[str, Held]) -> list[str]:
    faults = ((path, one.head.fault) for path, one in sorted(held.items()))
    return [f"{path}:{fault.line} is not in the call graph: {fault.reason}" for path, fault in faults if fault]


def _doubles(names: Mapping[str, str]) -> list[str]:
    first: dict[str, str] = {}
    found: list[str] = []
    for path, name in sorted(names.items()):
        if name.endswith(DEAD):
            package = f"{path.removesuffix('.py')}/__init__.py"
            found.append(f"{path} is dead: Python imports {package} as {name.removesuffix(DEAD)}")
        elif name in first:
            found.append(f"{first[name]} and {path} are both the module {name}: imports of it are taken as the first")
        else:
            first[name] = path
    return found


class _Reading:
    """Reads facts.

    Args:
        root, settings, store: as of `linked`.
    """

    def __init__(self, root: Path, settings: Settings, store: Store) -> None:
        self._root = root
        self._settings = settings
        self._store = store

    def all(self, paths: list[str], *, always_read: bool, now_ns: int, progress: Progress) -> dict[str, Held]:
        """Facts of files, reading only what changed."""
        read: dict[str, bytes] = {}
        contents = content_keys(self._root, paths, self._store, always_read=always_read, now_ns=now_ns, read=read)
        keys = {path: digest(key + KIND) for path, key in contents.items()}
        known = self._store.results(keys.values())
        found = {
            path: Held(keys[path], known[keys[path]], read=partial(self._again, path))
            for path in paths
            if path in keys and keys[path] in known
        }
        for path in found:
            read.pop(path, None)
        missing = [path for path in paths if path not in found]
        with alarmed() as alarm:
            for done, path in enumerate(missing, start=1):
                held = read.pop(path, None)
                facts = self._facts(path, alarm) if held is None else self._read(path, held, keys[path], alarm)
                found[path] = Held(keys.get(path, b""), facts=facts)
                progress(done, len(missing))
        return found

    def _again(self, path: str) -> Facts:
        """Facts of a file that the cache held in vain."""
        with alarmed() as alarm:
            return self._facts(path, alarm)

    def _facts(self, path: str, alarm: Alarm | None) -> Facts:
        try:
            content = read_limited(self._root, path)
        except OSError as error:
            return Facts(fault=Fault(1, f"it cannot be read: {error.strerror}", "make the file readable"))
        return self._read(path, content, facts_key(path, content), alarm)

    def _read(self, path: str, content: bytes, key: bytes, alarm: Alarm | None) -> Facts:
        from quality_gate.codebase.facts_of import facts_of

        facts = in_time(lambda: facts_of(path, content, self._settings), alarm)
        if facts is None:
            return Facts(fault=Fault(1, "it takes too long to read", "split it, or list it under `roles.vendored`"))
        self._store.remember_result(key, encode(facts))
        return facts
