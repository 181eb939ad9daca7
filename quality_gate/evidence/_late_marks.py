"""Marks of files whose facts were read without them: only project rules ask, and most commands run none."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import nullcontext
from pathlib import Path
from typing import Protocol

from quality_gate.codebase.facts import Head
from quality_gate.codebase.graph import Mark
from quality_gate.evidence.inspections import Alarm, Progress, alarmed, in_time, read_limited
from quality_gate.store import Store, digest, keyed
from quality_gate_checkers.settings import Settings

KIND = b"facts"
"""Told apart from what rules found in the same file."""


class HeldFacts(Protocol):
    """The facts of one file.

    Args:
        key: as of `facts_key`.
        head: what is known at once.
    """

    key: bytes
    head: Head

    def with_marks(self, marks: tuple[Mark, ...]) -> bytes:
        """They and the file's marks as the cache has them."""
        ...


def facts_key(path: str, content: bytes) -> bytes:
    """Under which the cache has the facts of a file."""
    return digest(keyed(path, digest(content)) + KIND)


def marks_of_files(
    root: Path,
    settings: Settings,
    held: Mapping[str, HeldFacts],
    again: Callable[[], Store] | None,
    progress: Progress,
) -> dict[str, tuple[Mark, ...]]:
    """Marks by path: as the cache has them, else from a parse; then the cache has them too.

    Args:
        root, settings: the project's.
        held: the facts of each file.
        again: opens the cache.
        progress: told after every file that had to be parsed.
    """
    found = {path: one.head.marks for path, one in held.items() if one.head.marks is not None}
    missing = [path for path, one in held.items() if path not in found and one.head.fault is None]
    if not missing:
        return found
    with again() if again is not None else nullcontext() as store, alarmed() as alarm:
        for done, path in enumerate(missing, start=1):
            found[path], key = _read(root, path, settings, alarm)
            if store is not None and key == held[path].key:
                store.remember_result(key, held[path].with_marks(found[path]))
            progress(done, len(missing))
    return found


def _read(root: Path, path: str, settings: Settings, alarm: Alarm | None) -> tuple[tuple[Mark, ...], bytes]:
    """Marks of a file, and the key of the content that has them."""
    from quality_gate.codebase.facts_of import marks_of_file

    try:
        content = read_limited(root, path)
    except OSError:
        return (), b""
    return in_time(lambda: marks_of_file(path, content, settings), alarm) or (), facts_key(path, content)
