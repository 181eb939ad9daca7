"""Which file of the project a path of elsewhere means: containers, tox, src layouts, Windows. Never a guess.

A path means a file when it ends with the file's path from the project's root, or with its path from where it is
imported, and no other file fits as well.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import PurePosixPath

import msgspec

_INSTALLED = ("site-packages", "dist-packages")
"""What follows is a path from where it is imported."""

_SOURCE_FOLDERS = ("src", "lib", "python")
"""Folders that hold packages and are none."""

_DRIVE = re.compile(r"[A-Za-z]:[\\/]")

_Parts = tuple[str, ...]


class PathMap(msgspec.Struct, frozen=True):
    """Which names of a coverage file mean which files.

    Args:
        names: the name for a file. ambiguous: names that could mean a file, by file. outside: names that mean none.
    """

    names: Mapping[str, str]
    ambiguous: Mapping[str, tuple[str, ...]]
    outside: tuple[str, ...]


def map_paths(names: Mapping[str, Sequence[str]], root: str, files: Collection[str]) -> PathMap:
    """Find the files that names mean.

    Args:
        names: for each name of a coverage file the paths that it may stand for, as that file spells them.
        root: the project's, absolute.
        files: the judged ones, relative to it.
    """
    finder = _Finder(root, files)
    exact: dict[str, list[str]] = {}
    likely: dict[str, list[str]] = {}
    unsure: dict[str, list[str]] = {}
    outside: list[str] = []
    folders = finder.folders(names)
    for name, places in names.items():
        found = {match for place in places for match in finder.find(place)}
        found = found or set(finder.find(name)) or set(finder.find_lone(name, folders))
        paths = {path for path, _ in found}
        if not paths:
            outside.append(name)
        elif len(paths) > 1:
            for path in paths:
                unsure.setdefault(path, []).append(name)
        else:
            (exact if any(is_exact for _, is_exact in found) else likely).setdefault(paths.pop(), []).append(name)
    return _decided(exact, likely, unsure, outside)


def _decided(
    exact: Mapping[str, list[str]], likely: Mapping[str, list[str]], unsure: Mapping[str, list[str]], outside: list[str]
) -> PathMap:
    """One name for a file is the right one if it alone is exact, or it alone could be meant at all."""
    names: dict[str, str] = {}
    ambiguous: dict[str, tuple[str, ...]] = {}
    for path in sorted({*exact, *likely, *unsure}):
        candidates = exact.get(path) or [*likely.get(path, ()), *unsure.get(path, ())]
        if len(candidates) == 1 and (path in exact or path in likely):
            names[path] = candidates[0]
        else:
            ambiguous[path] = tuple(sorted(candidates))
    return PathMap(names, ambiguous, tuple(sorted(outside)))


class _Finder:
    """Looks for files by the ends of paths.

    Args:
        root: the project's, absolute. files: relative to it.
    """

    def __init__(self, root: str, files: Collection[str]) -> None:
        self._root = _parts(root)
        self._files = frozenset(files)
        self._ends: dict[str, list[tuple[str, _Parts]]] = {}
        self._whole: dict[str, list[tuple[str, _Parts]]] = {}
        for path in self._files:
            whole = tuple(path.split("/"))
            self._whole.setdefault(whole[-1], []).append((path, whole))
            for end in _ends(path, self._files):
                self._ends.setdefault(end[-1], []).append((path, end))

    def find(self, place: str) -> list[tuple[str, bool]]:
        """The files that a path may mean, each with whether it is the very path; several: nobody knows which."""
        if not place.isprintable():
            return []
        parts = _parts(place)
        if not parts or ".." in parts:
            return []
        for spelled in (place, "/".join(_below(parts, self._root) or ())):
            if spelled in self._files:
                return [(spelled, True)]
        is_ours = _below(parts, self._root) is not None
        imported = _imported(parts)
        if is_ours and imported is None:
            return []  # of the project, and not judged
        fitting = [(len(end), path) for path, end in self._ends.get(parts[-1], ()) if _fits(parts, end, imported)]
        if not _is_absolute(place):
            whole = self._whole.get(parts[-1], ())
            fitting += [(len(parts), path) for path, end in whole if _ends_with(end, parts)]
        longest = max(fitting, default=(0, ""))[0]
        return [(path, False) for path in sorted({path for length, path in fitting if length == longest})]

    def folders(self, names: Iterable[str]) -> set[_Parts]:
        """Folders elsewhere that the project's root was: what stands before whole paths of its files.

        Where no file in a folder says it, the one folder of all files that could lie in the root.
        """
        deep: set[_Parts] = set()
        flat: set[_Parts] = set()
        for parts in map(_parts, names):
            for _, whole in self._whole.get(parts[-1] if parts else "", ()):
                if _ends_with(parts, whole) and not _imported(parts):
                    (deep if len(whole) > 1 else flat).add(parts[: -len(whole)])
        return deep or (flat if len(flat) == 1 else set())

    def find_lone(self, place: str, folders: Collection[_Parts]) -> list[tuple[str, bool]]:
        """A file in the project's root, by a path in a folder that the root was."""
        parts = _parts(place)
        is_one = place.isprintable() and parts and parts[-1] in self._files and parts[:-1] in folders
        return [(parts[-1], False)] if is_one else []


def _ends(path: str, files: Collection[str]) -> set[_Parts]:
    """The path from the root, and those from where the file may be imported."""
    parts = tuple(path.split("/"))
    found = {parts}
    if parts[0] in _SOURCE_FOLDERS and len(parts) > 1:
        found.add(parts[1:])
    top = len(parts) - 1
    while top > 0 and "/".join((*parts[:top], "__init__.py")) in files:
        top -= 1
    if top < len(parts) - 1:
        found.add(parts[top:])
    return found


def _fits(parts: _Parts, end: _Parts, imported: _Parts | None) -> bool:
    if imported is not None:
        return imported == end
    # A lone name (`utils.py`) fits any folder, so there has to be a folder that fits too.
    return len(end) > 1 and _ends_with(parts, end)


def _imported(parts: _Parts) -> _Parts | None:
    """What follows the last folder of installed packages."""
    for position in range(len(parts) - 2, -1, -1):
        if parts[position] in _INSTALLED:
            return parts[position + 1 :]
    return None


def _ends_with(parts: _Parts, end: _Parts) -> bool:
    return parts[-len(end) :] == end


def _below(parts: _Parts, root: _Parts) -> _Parts | None:
    return parts[len(root) :] if parts[: len(root)] == root else None


def _is_absolute(place: str) -> bool:
    return place.startswith(("/", "\\")) or bool(_DRIVE.match(place))


def _parts(place: str) -> _Parts:
    """A path's parts; of an absolute one the first is the root or the drive."""
    if _DRIVE.match(place) or ("\\" in place and "/" not in place):
        place = place.replace("\\", "/")
    return tuple(part for part in PurePosixPath(place).parts if part != ".")


def named(names: Iterable[str], most: int = 3) -> str:
    """The first few of some names, and how many more there are."""
    known = list(names)
    more = len(known) - most
    return ", ".join(known[:most]) + (f" and {more} more" if more > 0 else "")
