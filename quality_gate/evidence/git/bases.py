"""With which commit a change is compared: its merge base with a base, and what to say where there is none."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path

import msgspec

from quality_gate.errors import UsageError
from quality_gate.evidence.git.command import Git, GitError

_DEFAULT_BASES = (
    "refs/remotes/origin/HEAD",
    "refs/remotes/origin/main",
    "refs/remotes/origin/master",
    "refs/heads/main",
    "refs/heads/master",
)

_HEAD, _MERGED = "HEAD", "MERGE_HEAD"

_FETCH_DEPTH = (
    "; check out with `fetch-depth: 0`, or type git fetch --unshallow origin '+refs/heads/*:refs/remotes/origin/*'"
)
"""A shallow clone has the history of one branch only, and forgets the others: both have to be asked for."""


class NothingToCompare(Exception):
    """There is nothing to compare with; the message is the reason, as a clause."""


class Start(msgspec.Struct, frozen=True):
    """Where a change begins.

    Args:
        name: the base's. commit: the hash of the merge base.
    """

    name: str
    commit: str


def start_at(git: Git, root: Path, base: str | None) -> Start:
    """The merge base of HEAD with a base, as the ci stage has it.

    Args:
        git: as `find_top` gives it.
        root: the project's root, absolute, in git's work tree.
        base: the configured base; None: the remote's default branch, else main, else master.

    Raises:
        NothingToCompare: there is none, or this clone does not hold it.
        UsageError: the configured base does not exist.
        GitError: git cannot say.
    """
    bases = Bases(git, Path(os.path.realpath(root)))
    return bases.start(bases.head(), base)


class Bases:
    """The commits of a repository that a change can be compared with.

    Args:
        git: as `find_top` gives it.
        root: the project's root, resolved.

    Raises:
        NothingToCompare: the project lies outside the repository; of methods: there is no such commit in this clone.
    """

    def __init__(self, git: Git, root: Path) -> None:
        if not root.is_relative_to(git.top):
            raise NothingToCompare(f"the project lies outside the repository {git.top}")
        self._git = git

    def head(self) -> str:
        """The hash of HEAD."""
        head = self._commits[_HEAD]
        if head is None:
            raise NothingToCompare("there is no commit yet")
        return head

    def start(self, head: str, base: str | None) -> Start:
        """The merge base of HEAD with a base; without one with the default branch."""
        name, tip = self._base(base)
        return Start(name, self.merge_base(head, tip, name))

    def _base(self, base: str | None) -> tuple[str, str]:
        """The base's name and hash."""
        if base is not None:
            tip = self._git.commit(base)
            if tip is not None:
                return base, tip
            if self._git.is_shallow():
                raise NothingToCompare(f"this shallow clone does not hold {base}{_FETCH_DEPTH}")
            raise self._unknown(base)
        # Not through `commits`: a branch whose commit is lost must not be passed over for the next one.
        answer = self._git.run("for-each-ref", "--format=%(refname) %(objectname)", *_DEFAULT_BASES)
        words = os.fsdecode(answer).split()
        known = dict(zip(words[0::2], words[1::2], strict=True))
        for reference in _DEFAULT_BASES:
            if reference in known:
                return reference.removeprefix("refs/remotes/").removeprefix("refs/heads/"), known[reference]
        remedy = self.fetch_more(otherwise="; set `base`")
        raise NothingToCompare(f"there is no base: neither origin/HEAD nor a branch main or master{remedy}")

    def _unknown(self, base: str) -> UsageError:
        import difflib  # 5 ms, and only on the way to an error

        answer = self._git.run("for-each-ref", "--format=%(refname:short)", "refs/heads", "refs/remotes")
        near = difflib.get_close_matches(base[:200], os.fsdecode(answer).split(), n=1, cutoff=0.0)
        nearest = f"; the nearest branch here is {near[0]!r}" if near else ""
        return UsageError(
            "pyproject.toml: tool.quality-gate.base",
            f"{base!r} is no branch, tag or commit of this repository",
            f"fetch it, or name one that is here{nearest}",
        )

    def merging(self) -> Sequence[str]:
        """The other sides of a merge that is being made."""
        return self._git.merging() if self._commits[_MERGED] else ()

    @cached_property
    def _commits(self) -> Mapping[str, str | None]:
        """The commits that most comparisons ask for."""
        return self._git.commits((_HEAD, _MERGED))

    def merge_base(self, one: str, other: str, name: str) -> str:
        """The merge base of two commits, of which the other is called so."""
        if one == other:
            return one
        try:
            return self._git.run("merge-base", one, other).decode("ascii").strip()
        except GitError as error:
            if error.code != 1:
                raise
            raise NothingToCompare(f"HEAD and {name} have no common history{self.fetch_more()}") from error

    def fetch_more(self, otherwise: str = "") -> str:
        """What to do where this clone is shallow, as a clause; else what is given."""
        return _FETCH_DEPTH if self._git.is_shallow() else otherwise
