"""What one file alone tells: from the cache where its content is known, else by one parse, when it is asked."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Generic, NamedTuple, TypeVar

from quality_gate.evidence.inspections import content_keys, read_limited, within_time
from quality_gate.store import Store, digest, keyed
from quality_gate_checkers.model.inspection import Fault

_Told = TypeVar("_Told")


class Reader(NamedTuple, Generic[_Told]):
    """How one kind of reading is done.

    Args:
        kind: told apart from whatever else is cached of the same file.
        read: path and content -> what the file tells.
        faulty: what one that cannot be read tells.
        encode, decode: as the cache keeps it; None for what is not.
    """

    kind: bytes
    read: Callable[[str, bytes], _Told]
    faulty: Callable[[Fault], _Told]
    encode: Callable[[_Told], bytes]
    decode: Callable[[bytes], _Told | None]


class CachedReading(Generic[_Told]):
    """Reads files; each is read, or taken from the cache, when somebody first asks for it.

    Args:
        root: the project's root.
        reader: how.
        store: opens the cache, keyed by build and settings.
        always_read: trust no size and time (the ci stage): every file is read and hashed.
        now_ns: nanoseconds since the epoch.
    """

    def __init__(
        self, root: Path, reader: Reader[_Told], store: Callable[[], Store], *, always_read: bool, now_ns: int
    ) -> None:
        self._root = root
        self._reader = reader
        self._store = store
        self._always_read = always_read
        self._now_ns = now_ns
        self._found: dict[str, _Told] = {}

    def __call__(self, path: str) -> _Told:
        """What a file tells; one that cannot be read has a fault instead."""
        if path not in self._found:
            self.read([path])
        return self._found[path]

    def read(self, paths: Iterable[str]) -> None:
        """Read files together, so that the cache is opened once."""
        wanted = [path for path in dict.fromkeys(paths) if path not in self._found]
        if not wanted:
            return
        with self._store() as store:
            contents = content_keys(self._root, wanted, store, always_read=self._always_read, now_ns=self._now_ns)
            keys = {path: digest(key + self._reader.kind) for path, key in contents.items()}
            known = store.results(keys.values())
            for path in wanted:
                held = known.get(keys[path]) if path in keys else None
                found = self._reader.decode(held) if held is not None else None
                self._found[path] = found if found is not None else self._fresh(path, store)

    def _fresh(self, path: str, store: Store) -> _Told:
        try:
            content = read_limited(self._root, path)
        except OSError as error:
            fault = Fault(1, f"it cannot be read: {error.strerror}", "make the file readable")
            return self._reader.faulty(fault)
        found = within_time(lambda: self._reader.read(path, content))
        if found is None:
            return self._reader.faulty(Fault(1, "it takes too long to read", "split it, or list it as vendored"))
        # A path that is not UTF-8 shows in the names of its functions: such a file is read every time.
        with suppress(UnicodeEncodeError):
            store.remember_result(digest(keyed(path, digest(content)) + self._reader.kind), self._reader.encode(found))
        return found
