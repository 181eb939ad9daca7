"""Whose code it is that runs: the project's, its tests', or other people's."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable

FOREIGN = 0


class Territory:
    """Tells whose a file is by the name that its code has been compiled under.

    Test code is what lies in the project's folder, is none of its source files and is not installed there: tests,
    conftest.py, helpers.

    Args:
        root: the project's folder, a real path. paths: its source files, relative to it.
    """

    def __init__(self, root: str, paths: Iterable[str]) -> None:
        self.numbers: dict[str, int] = {}
        """By name, as `number` has found it: 0 foreign, negative the project's, positive its tests'."""
        self._paths: dict[int, str] = {}
        self._known: dict[str, int] = {}
        self._beginning = root.rstrip(os.sep) + os.sep
        self._moved: list[str] = []
        self._installed = tuple(f"{os.path.realpath(place)}{os.sep}" for place in {sys.prefix, sys.base_prefix})
        self._ends: set[str] = set()
        self._names: set[str] = set()
        for count, path in enumerate(paths, 1):
            self._ends.add(_end(path))
            self._names.add(path.rpartition("/")[2])
            self._paths[-count] = path
            self._known[self._beginning + path.replace("/", os.sep)] = -count

    def number(self, name: str) -> int:
        """A file's number: 0 foreign, negative the project's, positive its tests'."""
        found = self.numbers.get(name)
        if found is None:
            found = self.numbers[name] = self._number(name)
        return found

    def is_moved(self, name: str, place: str) -> bool:
        """Whether test code has another name than the file that it stands in; from now on all such names are known.

        pytest keeps what it has compiled beside each file, name and all, and a folder that is moved takes it along.

        Args:
            name: under which it was compiled. place: the file.
        """
        inside = place[len(self._beginning) :] if place.startswith(self._beginning) else ""
        before = name.removesuffix(inside)
        if not inside or not before.endswith(os.sep) or before in (name, self._beginning, *self._moved):
            return False
        if os.path.realpath(name) == os.path.realpath(place):
            return False
        self._moved.append(before)
        for known in (self.numbers, self._known):
            for one in [one for one, number in known.items() if number == FOREIGN and one.startswith(before)]:
                del known[one]
        return True

    def may_be_projects(self, name: str) -> bool:
        """Whether a file's name ends like one of the project's: to ask `number` of all modules is dear, as it follows
        links."""
        if name.rpartition(os.sep)[2] not in self._names:
            return False
        end = _end(name.replace(os.sep, "/"))
        return end in self._ends or end.rpartition("/")[2] in self._ends

    def path(self, number: int) -> str:
        """The path of a file that is not foreign, relative to the project's folder."""
        return self._paths[number]

    def _number(self, name: str) -> int:
        if name.startswith("<"):
            return FOREIGN
        place = name if name in self._known else os.path.realpath(name)
        known = self._known.get(place)
        if known is None:
            known = self._known[place] = self._of_tests(place) or self._of_moved(name)
        return known

    def _of_moved(self, name: str) -> int:
        """Of a name from before the folder was moved. Sources are never taken for those that lie here now."""
        before = next((one for one in self._moved if name.startswith(one)), None)
        here = f"{self._beginning}{name[len(before) :]}" if before is not None else ""
        return max(self.number(here), FOREIGN) if here and os.path.isfile(here) else FOREIGN

    def _of_tests(self, place: str) -> int:
        if not place.startswith(self._beginning) or not place.endswith(".py"):
            return FOREIGN
        inside = place[len(self._beginning) :]
        if f"{os.sep}site-packages{os.sep}" in place or (
            place.startswith(self._installed) and not self._beginning.startswith(self._installed)
        ):
            return FOREIGN
        number = len(self._paths) + 1
        self._paths[number] = inside.replace(os.sep, "/")
        return number


def _end(path: str) -> str:
    """A file's name with that of its folder, where it lies in one."""
    return "/".join(path.split("/")[-2:])
