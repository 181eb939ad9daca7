"""The configuration that the merge base has: a change is judged by no less than that.

Which commit that is, the change must not say either: a base that it names itself counts only where the commit that it
does not choose names it too.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import msgspec

from quality_gate.config import FILE, Config, parse
from quality_gate.errors import Missing, UsageErrors
from quality_gate.evidence.changes import NothingToCompare, Start, start_at
from quality_gate.evidence.git import Git, GitError
from quality_gate.evidence.revisions import NotReadable, Revision
from quality_gate.evidence.sources import folder_prefix
from quality_gate_checkers.settings import MAXIMUM_BYTES

_REMEDY = "mend it there, or have the change approved: --approved-by"


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
        first = self._first(target)
        if first is None:
            return self._at(start_at(self._git, self._root, self._own.base))
        found = self._at(first)
        named = found.config.base if found.config is not None else self._own.base
        if target is not None and found.config is not None:
            return found
        return found if named is None else self._at(start_at(self._git, self._root, named))

    def _first(self, target: str | None) -> Start | None:
        """The merge base with a branch that the change does not choose; None where only it names one."""
        if target is not None and self._git.commit(target) is None:
            raise NothingToCompare(f"this clone does not hold {target}; check out with `fetch-depth: 0`")
        try:
            return start_at(self._git, self._root, target)
        except NothingToCompare:
            if self._own.base is None:
                raise
            return None

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
