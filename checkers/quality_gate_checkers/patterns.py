"""Patterns for dotted names and for paths: `*` is one part (or within one), `**` any number of parts.

A matcher of our own because patterns come from the analysed project and must not be able to hang us: no regular
expression is made of them, and the time is bounded by pattern length times text length (hostile-inputs.md, row 37).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import TypeVar

_Part = TypeVar("_Part")


def _match(text: Sequence[_Part], pattern: Sequence[_Part], star: _Part, same: Callable[[_Part, _Part], bool]) -> bool:
    """Greedy matching with one point of return: the last star seen."""
    at, want, back, mark = 0, 0, -1, 0
    while at < len(text):
        if want < len(pattern) and pattern[want] == star:
            back, mark = want, at
            want += 1
        elif want < len(pattern) and same(text[at], pattern[want]):
            at += 1
            want += 1
        elif back >= 0:
            mark += 1
            at, want = mark, back + 1
        else:
            return False
    return all(part == star for part in pattern[want:])


def _same_character(character: str, wanted: str) -> bool:
    return wanted in (character, "?")


def _same_segment(segment: str, wanted: str) -> bool:
    return segment == wanted or ("*" in wanted and _match(segment, wanted, "*", _same_character))


@lru_cache(maxsize=4096)
def _parts(pattern: str, separator: str) -> tuple[str, ...]:
    return tuple(pattern.split(separator))


def name_matches(name: str, pattern: str) -> bool:
    """Whether a dotted name matches, e.g. `shop.bank.Gateway.charge` and `shop.bank.Gateway.*`.

    Args:
        name: a dotted name.
        pattern: dots, or the `pkg.module:Class.method` form; `*` is one part, `**` any number.
    """
    return _match(name.split("."), _parts(pattern.replace(":", "."), "."), "**", _same_segment)


def path_matches(path: str, pattern: str) -> bool:
    """Whether a path matches, or lies below a pattern that names a folder.

    Args:
        path: relative to the project's root, with forward slashes.
        pattern: from the project's root; `*` within a segment, `**` across segments; `shop` or `shop/` means all below.
    """
    wanted = _parts(pattern.strip("/").removeprefix("./"), "/")
    if wanted in ((".",), ("",)):
        return True
    segments = path.split("/")
    return _match(segments, wanted, "**", _same_segment) or _match(segments, (*wanted, "**"), "**", _same_segment)


class PathPatterns:
    """Many patterns asked about many paths: the common shapes are quick to look up, the rest goes the long way.

    Args:
        patterns: as `path_matches` takes them.
    """

    def __init__(self, patterns: Sequence[str]) -> None:
        self._anywhere: set[str] = set()
        self._ends: list[tuple[str, str]] = []
        self._below: tuple[str, ...] = ()
        self._others: list[str] = []
        self._folders: dict[str, bool] = {"": False}
        for pattern in patterns:
            name = _of_any_folder(pattern)
            folder = pattern.removesuffix("/**")
            if name is not None and "?" not in name and "*" not in name:
                self._anywhere.add(name)
            elif name is not None and "?" not in name and name.count("*") == 1:
                self._ends.append((name.partition("*")[0], name.partition("*")[2]))
            elif not {"*", "?"} & set(folder) and folder.strip("./") == folder:
                self._below += (f"{folder}/",)
            else:
                self._others.append(pattern)
        # What a name has to begin or end with so that one of `_ends` can fit.
        self._first = tuple({first for first, _ in self._ends if first})
        self._last = tuple({last for first, last in self._ends if not first})

    def match(self, path: str) -> bool:
        """Whether any of the patterns matches a path, relative to the project's root with forward slashes."""
        folder, _, name = path.rpartition("/")
        known = self._folders.get(folder)
        if known is None:  # the files of a folder share the answer
            known = self._folders[folder] = any(map(self._names, folder.split("/")))
        if known or name in self._anywhere:
            return True
        if (name.startswith(self._first) or name.endswith(self._last)) and self._names(name):
            return True
        if self._below and f"{path}/".startswith(self._below):
            return True
        return bool(self._others) and any(path_matches(path, pattern) for pattern in self._others)

    def _names(self, segment: str) -> bool:
        """Whether a part of a path is called as a pattern for any folder says."""
        if segment in self._anywhere:
            return True
        for first, last in self._ends:
            if segment.startswith(first) and segment.endswith(last) and len(segment) >= len(first) + len(last):
                return True
        return False


def _of_any_folder(pattern: str) -> str | None:
    """The name in `**/name` and `**/name/**`: a file of that name, or all below a folder of that name."""
    first, *rest = pattern.split("/")
    return rest[0] if first == "**" and rest and rest[1:] in ([], ["**"]) else None
