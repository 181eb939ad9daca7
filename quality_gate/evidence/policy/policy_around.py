"""What stands around the configuration, now and at the merge base: hooks, CI steps, who approves, attributes."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path

from quality_gate.evidence.git.command import Git, GitError
from quality_gate.evidence.git.not_tracked import batches
from quality_gate.evidence.git.revisions import NotReadable, Revision
from quality_gate.evidence.sources import read_regular
from quality_gate.policy.around import (
    CI_FILES,
    CI_FOLDERS,
    CI_SUFFIXES,
    HOOKS,
    approves,
    forgiven,
    has_step,
    hiding_lines,
    hooks_in,
    lost_steps,
)

_MOST = 256 * 1024
"""Bytes of such a file."""

ATTRIBUTES = ".gitattributes"


def ci_texts(top: Path) -> dict[str, str]:
    """The files that tell CI systems what to do, by path, less those that are empty or cannot be read.

    Args:
        top: git's top folder; paths are from there. No link is followed.
    """
    found = (
        f"{folder}/{name}" for folder in CI_FOLDERS for name in _listed(top / folder) if name.endswith(CI_SUFFIXES)
    )
    return {path: text for path in (*found, *CI_FILES) if (text := _at(top, path))}


def _listed(folder: Path) -> list[str]:
    try:
        return [] if folder.is_symlink() else sorted(os.listdir(folder))
    except OSError:
        return []


def _at(top: Path, path: str) -> str:
    return _text(read_regular(f"{top}/{path}", _MOST))


def _text(content: bytes | None) -> str:
    """Lines that end as in the repository: a checkout may end them otherwise (`core.autocrlf`)."""
    return (content or b"").decode("utf-8", "replace").replace("\r\n", "\n")


class Around:
    """The files around a project's configuration; paths are from git's top folder.

    Args:
        git: in whose work tree. revision: the merge base.
    """

    def __init__(self, git: Git, revision: Revision) -> None:
        self._git = git
        self._revision = revision

    def lost_hooks(self) -> list[str]:
        """Ids of hooks of ours that are not installed any more."""
        return [one for one in hooks_in(self._before(HOOKS)) if one not in hooks_in(self._now(HOOKS))]

    def lost_steps(self) -> Sequence[str]:
        """CI files that asked the gate, where none does any more."""
        return lost_steps(self._ci_before, self._ci_now)

    def forgiven_steps(self) -> list[str]:
        """CI files that ask the gate, and in which more may fail than before."""
        steps = [path for path, text in self._ci_now.items() if has_step(text)]
        return [path for path in steps if forgiven(self._ci_now[path]) > forgiven(self._ci_before.get(path, ""))]

    def edited_approvals(self) -> list[str]:
        """CI files that say who approves, and that the change edits."""
        paths = sorted(self._ci_before.keys() | self._ci_now.keys())
        edited = [path for path in paths if self._ci_before.get(path) != self._ci_now.get(path)]
        return [path for path in edited if approves(self._ci_before.get(path, "") + "\n" + self._ci_now.get(path, ""))]

    def hiding(self, path: str) -> list[tuple[int, str]]:
        """Lines that came to a file of attributes and may hide files from diffs."""
        return list(hiding_lines(self._before(path), self._now(path)))

    def hidden(self, paths: Sequence[str]) -> list[str]:
        """Those of some files that diffs do not show."""
        try:
            return [path for some in batches(paths) for path in self._hidden(some)]
        except GitError:
            return list(paths)  # nobody can tell what is shown

    def _hidden(self, paths: Sequence[str]) -> Iterator[str]:
        answer = self._git.run("check-attr", "-z", "diff", "linguist-generated", "--", *paths)
        fields = os.fsdecode(answer).split("\0")
        said = zip(fields[0::3], fields[1::3], fields[2::3], strict=False)
        hiding = {("diff", "unset"), ("linguist-generated", "set"), ("linguist-generated", "true")}
        return iter(dict.fromkeys(path for path, name, value in said if (name, value) in hiding))

    @cached_property
    def _ci_before(self) -> Mapping[str, str]:
        found = [path for folder in CI_FOLDERS for path in self._names(folder) if path.endswith(CI_SUFFIXES)]
        return {path: text for path in (*CI_FILES, *found) if (text := self._before(path))}

    @cached_property
    def _ci_now(self) -> Mapping[str, str]:
        return ci_texts(self._git.top)

    def _names(self, folder: str) -> list[str]:
        try:
            return self._revision.names_in(folder)
        except NotReadable:
            return []

    def _before(self, path: str) -> str:
        try:
            return _text(self._revision.read(path, _MOST))
        except NotReadable:
            return ""

    def _now(self, path: str) -> str:
        return _at(self._git.top, path)
