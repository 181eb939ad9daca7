"""Which files to look into first where all of them would take too long."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from pathlib import Path, PurePosixPath

from quality_gate.codebase.starting.candidates import History
from quality_gate.codebase.starting.themes import THEMES, pattern, words_of
from quality_gate.evidence.sources import read_regular
from quality_gate_checkers.model.text import MAXIMUM_BYTES

_MOST_HITS = 20
"""Of one file: a list of thousands of routes is one file all the same."""


def most_promising(root: Path, paths: Sequence[str], history: History, most: int) -> list[str]:
    """All files where they are few, else those whose names, functions and history promise most.

    Args:
        root: the project's, absolute. paths: of production code, relative to it.
        most: bytes that the files may have together; the `__init__.py` around them come on top.
    """
    sizes = {path: _size(root, path) for path in paths}
    if sum(sizes.values()) <= most:
        return sorted(sizes)
    wanted = pattern()
    ranked = sorted(sizes, key=lambda path: (-_promise(root, path, wanted, history), path))
    chosen: list[str] = []
    for path in ranked:
        if sizes[path] <= most:
            most -= sizes[path]
            chosen.append(path)
    return sorted({*chosen, *(sizes.keys() & _packages(chosen))})


def _packages(paths: Iterable[str]) -> set[str]:
    """The `__init__.py` of every folder around files: without them nobody can tell what a module is called."""
    return {f"{folder}/__init__.py" for path in paths for folder in map(str, PurePosixPath(path).parents)}


def _size(root: Path, path: str) -> int:
    try:
        return os.lstat(root / path).st_size
    except OSError:
        return 0


def _promise(root: Path, path: str, wanted: re.Pattern[bytes], history: History) -> int:
    content = read_regular(f"{root}/{path}", MAXIMUM_BYTES)
    if content is None or len(content) > MAXIMUM_BYTES:
        return 0
    hits = min(len(wanted.findall(content)), _MOST_HITS)
    words = words_of(path.replace("/", " "))
    named = any(theme.speaks_of(words, ()) for theme in THEMES)
    return hits + 5 * named + 2 * history.changes.get(path, 0).bit_length()
