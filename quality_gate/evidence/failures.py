"""What each file tells of failures: from the cache where its content is known, else by one parse, when it is asked."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

from quality_gate.codebase.failures.sites import FileFailures, decode, encode
from quality_gate.evidence.inspections import content_keys, read_limited, within_time
from quality_gate.store import Store, digest, keyed
from quality_gate_checkers.model.inspection import Fault
from quality_gate_checkers.settings import Settings

_KIND = b"failures"
"""Told apart from what rules found in the same file, and from its facts."""


class Failures:
    """Reads files; each is read, or taken from the cache, when somebody first asks for it.

    Args:
        root: the project's root.
        settings: the project's.
        store: opens the cache, keyed by build and settings.
        always_read: trust no size and time (the ci stage): every file is read and hashed.
        now_ns: nanoseconds since the epoch.
    """

    def __init__(
        self, root: Path, settings: Settings, store: Callable[[], Store], *, always_read: bool, now_ns: int
    ) -> None:
        self._root = root
        self._settings = settings
        self._store = store
        self._always_read = always_read
        self._now_ns = now_ns
        self._found: dict[str, FileFailures] = {}

    def __call__(self, path: str) -> FileFailures:
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
            keys = {path: digest(key + _KIND) for path, key in contents.items()}
            known = store.results(keys.values())
            for path in wanted:
                held = known.get(keys[path]) if path in keys else None
                found = decode(held) if held is not None else None
                self._found[path] = found if found is not None else self._fresh(path, store)

    def _fresh(self, path: str, store: Store) -> FileFailures:
        from quality_gate.codebase.failures.reading import failures_of

        try:
            content = read_limited(self._root, path)
        except OSError as error:
            return FileFailures(fault=Fault(1, f"it cannot be read: {error.strerror}", "make the file readable"))
        found = within_time(lambda: failures_of(path, content, self._settings))
        if found is None:
            return FileFailures(fault=Fault(1, "it takes too long to read", "split it, or list it as vendored"))
        # A path that is not UTF-8 shows in the names of its functions: such a file is read every time.
        with suppress(UnicodeEncodeError):
            store.remember_result(digest(keyed(path, digest(content)) + _KIND), encode(found))
        return found
