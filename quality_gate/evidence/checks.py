"""What each file of test code checks: from the cache where its content is known, else by one parse."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from quality_gate.codebase.levels.checks import FileChecks, decode, encode
from quality_gate.evidence._cached_reading import CachedReading, Reader
from quality_gate.store import Store
from quality_gate_checkers.settings import Settings


class Checks(CachedReading[FileChecks]):
    """Reads files; one that cannot be read has a fault instead.

    Args:
        root: the project's root.
        settings: the project's.
        store, always_read, now_ns: as of `CachedReading`.
    """

    def __init__(
        self, root: Path, settings: Settings, store: Callable[[], Store], *, always_read: bool, now_ns: int
    ) -> None:
        def read(path: str, content: bytes) -> FileChecks:
            from quality_gate.codebase.levels.reading import checks_of

            return checks_of(path, content, settings)

        reader = Reader(b"checks", read, lambda fault: FileChecks(fault=fault), encode, decode)
        super().__init__(root, reader, store, always_read=always_read, now_ns=now_ns)
