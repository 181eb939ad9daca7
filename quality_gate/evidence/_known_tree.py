"""What is known of all files of a project, in one piece: thousands of rows of the cache cost 0.1 s to look up."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from quality_gate.store import Seen, Store, digest
from quality_gate_checkers.model.inspection import Inspection

MANY = 100
"""Files from which on the one piece is worth its reading."""

_KEY = digest(b"tree")
"""No content's key: those are made of a path and an identity, with a zero byte between them."""


class _Known(msgspec.Struct, frozen=True, array_like=True):
    """A file that was not touched since it was inspected, as long as `seen` matches."""

    seen: Seen
    inspection: Inspection


class KnownTree:
    """Repeats what the rows of the cache say of files and of their contents, and knows nothing besides.

    Args:
        store: the cache, keyed by build and settings.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._held = _decoded(store.results([_KEY]).get(_KEY))

    def unchanged(
        self, root: Path, paths: Sequence[str], on_disk: Mapping[str, os.stat_result]
    ) -> dict[str, Inspection]:
        """Inspections of the files that are on disk as they were.

        Args:
            root: the project's. paths: relative to it. on_disk: what the system has just said of files.
        """
        found: dict[str, Inspection] = {}
        folder = f"{root}{os.sep}"
        for path in paths:
            known = self._held.get(path)
            if known is None:
                continue
            try:
                same = known.seen.matches(on_disk.get(path) or os.lstat(folder + path))
            except OSError:
                continue
            if same and len(known.inspection.texts) == len(known.inspection.violations):
                found[path] = known.inspection
        return found

    def remember(
        self, unchanged: Mapping[str, Inspection], more: Mapping[str, tuple[Seen, Inspection]], now_ns: int
    ) -> None:
        """Note files that the rows knew and this did not; what is neither is forgotten.

        Args:
            unchanged: as given out. more: identity and inspection of the others.
            now_ns: nanoseconds since the epoch.
        """
        added = {path: _Known(*one) for path, one in more.items() if one[0].is_settled(now_ns) and _is_utf8(path)}
        # A run over a part of the project must not make the others look up their rows again.
        if added and 2 * (len(unchanged) + len(added)) > len(self._held):
            kept = {path: self._held[path] for path in unchanged}
            self._store.remember_result(_KEY, msgspec.msgpack.encode(kept | added))


def _is_utf8(path: str) -> bool:
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return True


def _decoded(value: bytes | None) -> dict[str, _Known]:
    if value is None:
        return {}
    try:
        return msgspec.msgpack.decode(value, type=dict[str, _Known])
    except (msgspec.DecodeError, ValueError):
        return {}
