"""Files of an older commit, read as blobs: nothing is checked out, converted, followed or fetched."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

from quality_gate.evidence.git.command import DIFF, Git, GitError
from quality_gate.evidence.sources import folder_prefix

_REGULAR = (b"100644", b"100755")

_RENAMES = ("--find-renames", "--no-rename-empty", "-l400", "--diff-filter=R", "--name-status", "-z")
"""Four hundred files are compared by content, as git once did; beyond that only those that are wholly the same."""


_HASH = re.compile(r"[0-9a-f]{40,64}")


def files_of(git: Git | None, commit: str, root: Path) -> frozenset[str]:
    """The project's files that a commit holds, relative to its root; none where git cannot say.

    Args:
        git: None where the project lies in no work tree. commit: its hash, from whoever says so.
    """
    if git is None or not _HASH.fullmatch(commit):
        return frozenset()
    prefix = folder_prefix(git, Path(os.path.realpath(root)))
    try:
        found = Revision(git, commit).paths_below(prefix)
    except NotReadable:
        return frozenset()
    return frozenset(path[len(prefix) :] for path in found)


class NotReadable(Exception):
    """A file is there and cannot be had; the message is the reason, as a clause.

    Args:
        remedy: what to type, where it is not a person who has to say something.
    """

    def __init__(self, why: str, remedy: str = "") -> None:
        super().__init__(why)
        self.remedy = remedy


class Revision:
    """The files of one commit; paths are from git's top folder.

    Args:
        git: in whose work tree. commit: its hash.
    """

    def __init__(self, git: Git, commit: str) -> None:
        self._git = git
        self.commit = commit
        self._renamed: Mapping[str, str] | None = None

    def read(self, path: str, most: int) -> bytes | None:
        """The content of a regular file; None where there is none.

        Args:
            most: bytes; a larger file is refused.

        Raises:
            NotReadable: it is no regular file, too large, or this clone does not hold it.
        """
        mode, name = self._entry(path)
        if not mode or mode == b"040000":
            return None
        if mode not in _REGULAR:
            raise NotReadable("it is a symbolic link or a submodule there, and these are not followed")
        try:
            if int(self._git.run("cat-file", "-s", name)) > most:
                raise NotReadable(f"it is larger than {most // 1024} KiB there")
            return self._git.run("cat-file", "blob", name)
        except (GitError, ValueError) as error:
            raise NotReadable("this clone does not hold its content", "clone it whole, without --filter") from error

    def _entry(self, path: str) -> tuple[bytes, str]:
        """Mode and hash; nothing of a path that is not there."""
        try:
            answer = self._git.run("ls-tree", "-z", self.commit, "--", path)
        except GitError as error:
            raise NotReadable(f"git cannot say: {' '.join(error.stderr_tail.split())}") from error
        mode, _, rest = answer.partition(b"\t")[0].partition(b" ")
        return mode, rest.partition(b" ")[2].decode("ascii")

    def paths_below(self, folder: str) -> frozenset[str]:
        """Paths of all files at any depth below a folder; empty stands for the top.

        Raises:
            NotReadable: git cannot say.
        """
        try:
            below = ("--", f"{folder.rstrip('/')}/") if folder else ()
            answer = self._git.run("ls-tree", "-r", "-z", "--name-only", self.commit, *below)
        except GitError as error:
            raise NotReadable(f"git cannot say: {' '.join(error.stderr_tail.split())}") from error
        return frozenset(os.fsdecode(name) for name in answer.split(b"\0") if name)

    def names_in(self, folder: str) -> list[str]:
        """Paths of what lies directly in a folder; none where there is no such folder.

        Raises:
            NotReadable: git cannot say.
        """
        try:
            below = ("--", f"{folder}/") if folder else ()
            answer = self._git.run("ls-tree", "-z", "--name-only", self.commit, *below)
        except GitError as error:
            raise NotReadable(f"git cannot say: {' '.join(error.stderr_tail.split())}") from error
        return [os.fsdecode(name) for name in answer.split(b"\0") if name]

    @property
    def renamed(self) -> Mapping[str, str]:
        """What each renamed file was called in this commit, by its name in the work tree.

        Raises:
            NotReadable: git cannot say.
        """
        if self._renamed is None:
            try:
                answer = self._git.run(*DIFF, *_RENAMES, self.commit, "--", index=True)
            except GitError as error:
                raise NotReadable(f"git cannot say: {' '.join(error.stderr_tail.split())}") from error
            fields = os.fsdecode(answer).split("\0")
            self._renamed = dict(zip(fields[2::3], fields[1::3], strict=False))
        return self._renamed
