"""The configuration that the merge base has: a change is judged by no less than that.

Which commit that is, the change must not say either: a base that it names itself counts only where the commit that it
does not choose names it too. A clone in which nobody else names one proves nothing.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import msgspec

from quality_gate.config import FILE, Config, parse
from quality_gate.errors import Missing, UsageErrors
from quality_gate.evidence.git.bases import NothingToCompare, Start, start_at
from quality_gate.evidence.git.command import Git, GitError
from quality_gate.evidence.git.revisions import NotReadable, Revision
from quality_gate.evidence.sources import folder_prefix
from quality_gate_checkers.settings import MAXIMUM_BYTES

_REMEDY = "mend it there, or have the change approved: --approved-by"
_NAME_IT = "type git remote set-head origin BRANCH before the gate, with the branch that changes are for"
"""In the CI file: `base` in the table would be the change's own word."""


class BasePolicy(msgspec.Struct, frozen=True):
    """What the merge base says.

    Args:
        start: the merge base. revision: its files.
        config: as found there, its root in today's work tree; None where it has no table of ours.
        place: of the file that holds it, from git's top folder; of today's where there is none.
        folder: of the project in that commit, from git's top folder; empty or with a slash at the end.
    """

    start: Start
    revision: Revision
    config: Config | None
    place: str
    folder: str

    @property
    def name(self) -> str:
        """For people."""
        return f"{self.start.name} ({self.start.commit[:8]})"


def policy_at_base(
    git: Git, own: Config, looked_from: Path, *, explicit: bool, target: str | None = None
) -> BasePolicy:
    """Read the policy of the merge base.

    Args:
        own: the configuration in the work tree.
        looked_from: the folder from which it was looked for. explicit: it was named instead, with `--config`.
        target: the branch or commit that the change is for, where the platform says so.

    Raises:
        Missing: nobody can say what the policy was.
        UsageError: a configured base does not exist.
    """
    reader = _Reader(git, own, Path(os.path.realpath(looked_from)), explicit=explicit)
    try:
        return reader.read(target)
    except NothingToCompare as error:
        what, _, remedy = str(error).partition("; ")
        raise Missing("the policy of the merge base", remedy or "fetch the history of both", what) from error
    except NotReadable as error:
        raise Missing(
            "the policy of the merge base", error.remedy or _REMEDY, f"the policy of the merge base: {error}"
        ) from error
    except GitError as error:
        raise Missing("the policy of the merge base", "mend the clone", " ".join(str(error).split())) from error


class _Reader:
    def __init__(self, git: Git, own: Config, looked_from: Path, *, explicit: bool) -> None:
        self._git = git
        self._own = own
        self._root = Path(own.root)
        self._prefix = folder_prefix(git, Path(os.path.realpath(own.root)))
        self._looked_from = looked_from
        self._explicit = explicit

    def read(self, target: str | None) -> BasePolicy:
        found = self._at(self._first(target))
        if found.config is None:
            return self._by_its_own_word(found, trusted=target is not None)
        named = found.config.base
        if target is not None or named is None or self._is_gone(named):
            return found
        return self._at(start_at(self._git, self._root, named))

    def _first(self, target: str | None) -> Start:
        """The merge base with a branch that the change does not choose."""
        if target is not None and self._git.commit(target) is None:
            raise NothingToCompare(f"this clone does not hold {target}; check out with `fetch-depth: 0`")
        try:
            return start_at(self._git, self._root, target)
        except NothingToCompare as error:
            if self._git.is_shallow():
                raise
            raise NothingToCompare(f"{str(error).partition('; ')[0]}; {_NAME_IT}") from error

    def _by_its_own_word(self, found: BasePolicy, *, trusted: bool) -> BasePolicy:
        """What the change's own `base` leads to, where the branch that it does not choose has no table of ours.

        Args:
            trusted: the platform names that branch: then this is the first table, and another base can only add to it.
        """
        named = self._own.base
        if named is None:
            return found
        other = self._at(start_at(self._git, self._root, named))
        if trusted or other.config is None:
            return other
        if other.config.base == named and other.start.commit != self._git.commit("HEAD"):
            return other
        why = f"{found.start.name} has no table of ours, and the change's own `base` does not count"
        raise NothingToCompare(f"{why}; {_NAME_IT}")

    def _is_gone(self, base: str) -> bool:
        """Whether a branch was renamed or deleted; a shallow clone cannot tell."""
        return self._git.commit(base) is None and not self._git.is_shallow()

    def _at(self, start: Start) -> BasePolicy:
        revision = Revision(self._git, start.commit)
        for place, file in self._places():
            config = self._parsed(revision, place, file)
            if config is not None:
                return BasePolicy(start, revision, config, place, _folder(place))
        own = self._prefix + (Path(self._own.file).name if self._own.file else FILE)
        before = revision.renamed.get(own) if self._own.file else None
        if before is None:
            return BasePolicy(start, revision, None, own, self._prefix)
        config = self._parsed(revision, before, Path(str(self._own.file)))
        return BasePolicy(start, revision, config, before, _folder(before))

    def _places(self) -> Iterator[tuple[str, Path]]:
        """Where the table is looked for, as `load` does: from git's top folder, and where it would lie today."""
        if self._explicit and self._own.file is not None:
            yield self._prefix + Path(self._own.file).name, Path(self._own.file)
            return
        folder = self._looked_from
        while folder.is_relative_to(self._git.top):
            yield folder_prefix(self._git, folder) + FILE, folder / FILE
            folder = folder.parent

    def _parsed(self, revision: Revision, place: str, file: Path) -> Config | None:
        try:
            content = revision.read(place, MAXIMUM_BYTES)
        except NotReadable as error:
            raise NotReadable(f"{place}: {error}", error.remedy) from error
        if content is None:
            return None
        try:
            return parse(content, place, file)
        except UsageErrors as errors:
            first = errors.errors[0]
            raise NotReadable(f"{first.where}: {first.problem}") from errors


def _folder(place: str) -> str:
    head, slash, _ = place.rpartition("/")
    return head + slash
