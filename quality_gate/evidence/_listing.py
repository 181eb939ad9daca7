"""What a search for the files of a project has brought, and what a listed path is on disk."""

from __future__ import annotations

import os
import stat
from pathlib import Path


class Found:
    """What a search has brought so far."""

    def __init__(self) -> None:
        self.python: set[str] = set()
        self.on_disk: dict[str, os.stat_result] = {}
        self.links: set[str] = set()
        self.special: set[str] = set()
        self.repositories: set[str] = set()
        self.folders: set[str] = set()
        self.unreadable: set[str] = set()
        self.not_python: set[str] = set()
        self.notes: list[str] = []
        self.untracked: frozenset[str] | None = None

    def take_below(self, prefix: str, other: Found) -> None:
        """Add what another search has found below a folder; an empty prefix takes all of it."""
        for mine, theirs in (
            (self.python, other.python),
            (self.links, other.links),
            (self.special, other.special),
            (self.repositories, other.repositories),
        ):
            mine.update(path for path in theirs if path.startswith(prefix))


class Disk:
    """Asks what a listed path is on disk now.

    Args:
        root: what the paths are relative to.
    """

    def __init__(self, root: Path) -> None:
        self._root = str(root)
        self._real: dict[str, bool] = {"": True}

    def sort_in(self, path: str, found: Found) -> None:
        """Put a Python file's path where it belongs; what is not there (deleted, sparse) belongs nowhere."""
        folder = path.rpartition("/")[0]
        if not (self._real.get(folder) or self._is_real_folder(folder)):
            return
        try:
            status = os.lstat(f"{self._root}/{path}")
        except OSError:
            return
        if stat.S_ISREG(status.st_mode):
            found.python.add(path)
            found.on_disk[path] = status
        elif stat.S_ISLNK(status.st_mode):
            found.links.add(path)
        elif not stat.S_ISDIR(status.st_mode):
            found.special.add(path)

    def _is_real_folder(self, folder: str) -> bool:
        """Whether neither a folder nor one above it is a link: files elsewhere would be read through it."""
        known = self._real.get(folder)
        if known is None:
            known = self._is_real_folder(folder.rpartition("/")[0]) and stat.S_ISDIR(self._mode(folder))
            self._real[folder] = known
        return known

    def _mode(self, path: str) -> int:
        try:
            return os.lstat(f"{self._root}/{path}").st_mode
        except OSError:
            return 0
