"""The policy that counts in CI: what the merge base asks of the project, what the change asks less, who approves."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path

import msgspec

from quality_gate.baseline import ratcheted
from quality_gate.baseline_file import LARGEST, NAME, Baseline, Entry
from quality_gate.baseline_file import parse as parse_baseline
from quality_gate.bench import Bench
from quality_gate.cli._policy_around import around_relaxed
from quality_gate.cli._policy_moves import is_named_anew
from quality_gate.cli._policy_paths import code_relaxed, follows_code, still_declared, with_moved
from quality_gate.codebase.graph import Codebase
from quality_gate.config import FILE, TABLE, Config, CriticalPath
from quality_gate.errors import Missing, UsageError, UsageErrors
from quality_gate.evidence.git.bases import NothingToCompare, start_at
from quality_gate.evidence.git.command import Git, GitError, find_top
from quality_gate.evidence.git.revisions import NotReadable
from quality_gate.evidence.policy.policy_around import Around
from quality_gate.evidence.policy.policy_at_base import BasePolicy, policy_at_base
from quality_gate.evidence.sources import discover, folder_prefix, read_regular
from quality_gate.model import Mode
from quality_gate.policy.compare import Relaxed, compared
from quality_gate.policy.places import line_of
from quality_gate.policy.relaxations import PolicyChange, Relaxation, noun_of
from quality_gate_checkers.settings import MAXIMUM_BYTES, Dependency, Roles, Settings

_MOST_OWNERS = 3
_BASE = (*TABLE, "base")


class Policy:
    """The policy that counts, where the merge base has none to say anything about: the change's own.

    Args:
        own: the configuration in the work tree.
        missing: why nobody can say what the merge base has; None where there is nothing to say.
        approved_by: who lets the change's own policy count; empty where nobody does.
    """

    def __init__(self, own: Config, missing: Missing | None = None, approved_by: str = "") -> None:
        self.config = own
        self._own = own
        self._missing = missing
        self._approved_by = approved_by

    def declared(self, codebase: Codebase) -> Mapping[str, CriticalPath]:
        """The critical paths that count."""
        return self.config.critical_paths

    def own_dependencies(self) -> Mapping[str, Dependency]:
        """The change's own tables of dependencies, whose names must name something."""
        return self._own.settings.dependencies

    def ratcheted(self, held: Baseline | None) -> Baseline | None:
        """What of the baseline counts."""
        return held

    def change(self, bench: Bench) -> PolicyChange:
        """What the change does to its policy."""
        return self._changed("", ())

    def _changed(self, against: str, relaxed: Sequence[Relaxation]) -> PolicyChange:
        clause, remedy = (self._missing.clause, self._missing.remedy) if self._missing else ("", "")
        return PolicyChange(
            against=against,
            relaxations=tuple(relaxed),
            unproven=clause,
            remedy=remedy,
            approved_by=self._approved_by,
        )


class StricterPolicy(Policy):
    """The stricter of two policies: the change's own and the merge base's.

    Args:
        own: the configuration in the work tree.
        base: what the merge base says. before: its configuration.
        git: of the work tree.
        approved_by: who lets the change's own policy count; empty where nobody does.
    """

    def __init__(self, own: Config, base: BasePolicy, before: Config, git: Git, approved_by: str) -> None:
        super().__init__(own)
        self._base = base
        self._before = before
        self._git = git
        self._around = Around(git, base.revision)
        self._compared: tuple[Relaxed, ...] = ()
        self._known = self._known_before()
        self._relaxed: list[Relaxation] = []
        stricter = self._stricter()
        self._edited = self._around.edited_approvals() if approved_by else []
        self._approved_by = "" if self._edited else approved_by
        self.config = own if self._approved_by else stricter

    # --- the configuration

    def _stricter(self) -> Config:
        if not self._is_where_it_was():
            self._relaxed.append(self._gone())
            return self._before if os.path.isdir(self._before.root) else self._own
        found = compared(self._before, self._own, self._named_before)
        self._compared, config = found.relaxed, found.config
        if any(one.keys == _BASE for one in found.relaxed) and self._is_same_base():
            self._compared = tuple(one for one in found.relaxed if one.keys != _BASE)
            config = msgspec.structs.replace(config, base=self._own.base)
        moved, config = with_moved(self._base, config, self._prefix)
        self._relaxed += moved
        return config

    def _is_same_base(self) -> bool:
        """Whether another name of the base leads to the same commit: then the change is the same."""
        start = self._start(self._own.base)
        return start is not None and start in (self._base.start.commit, self._start(self._before.base))

    def _start(self, base: str | None) -> str | None:
        try:
            return start_at(self._git, Path(self._own.root), base).commit
        except (NothingToCompare, UsageError):
            return None

    def _is_where_it_was(self) -> bool:
        own, old = self._own.file, self._before.file
        return own is not None and old is not None and os.path.realpath(own) == os.path.realpath(old)

    def _gone(self) -> Relaxation:
        owners = dict.fromkeys(path.owner for path in self._before.critical_paths.values() if path.owner)
        return Relaxation(
            file=self._file,
            what=f"[{'.'.join(TABLE)}]",
            before=f"read from {self._base.place}",
            after="gone" if self._own.file is None else f"read from {self._prefix}{self._file}",
            owner=", ".join(list(owners)[:_MOST_OWNERS]),
        )

    def _told(self, relaxed: Relaxed, bench: Bench) -> Relaxation:
        follows = follows_code(relaxed, self._own, self._files, bench)
        return Relaxation(
            file=self._file,
            line=line_of(self._text, relaxed.keys),
            what=noun_of(relaxed.keys[len(TABLE) :], relaxed.less.what),
            before=relaxed.less.before,
            after="gone from the code" if follows else relaxed.less.after,
            critical_path=relaxed.critical_path,
            owner=relaxed.owner,
            severity="warning" if follows or relaxed.less.warns else "error",
        )

    @property
    def _file(self) -> str:
        return Path(self._own.file).name if self._own.file else FILE

    @cached_property
    def _text(self) -> str:
        content = read_regular(str(self._own.file), MAXIMUM_BYTES)
        return (content or b"").decode("utf-8", "replace")

    @cached_property
    def _files(self) -> Sequence[str]:
        root = Path(self._own.root)
        return discover(self._git, root, Settings(roles=Roles(vendored=())), None, root).files

    def _named_before(self) -> Mapping[str, str]:
        """What each of the files was called at the merge base; "" for one that it has not."""
        base, prefix = self._base, self._prefix
        was = {file: base.revision.renamed.get(prefix + file, base.folder + file) for file in self._files}
        there = base.revision.paths_below(base.folder)
        return {file: old.removeprefix(base.folder) if old in there else "" for file, old in was.items()}

    @property
    def _prefix(self) -> str:
        return folder_prefix(self._git, Path(os.path.realpath(self._own.root)))

    # --- what is asked while the change is judged

    def declared(self, codebase: Codebase) -> Mapping[str, CriticalPath]:
        """The critical paths that count, less what the change has taken out of the code together with its name."""
        return still_declared(self.config.critical_paths, self._own.critical_paths, codebase, self.config.settings)

    def ratcheted(self, held: Baseline | None) -> Baseline | None:
        """What of the baseline counts: it only ever shrinks."""
        if held is None or self._known is None or self._approved_by:
            return held
        modes = self._before.practices
        enforced = [name for name, mode in modes.items() if mode is Mode.ENFORCE]
        counting, added = ratcheted(self._known, held, enforced)
        self._relaxed += (_added(entry, held) for entry in added)
        return counting

    def _known_before(self) -> Baseline | None:
        """The baseline of the merge base, read before any test of the change runs; None where nobody can."""
        try:
            content = self._base.revision.read(self._base.folder + NAME, LARGEST)
            return parse_baseline(content) if content is not None else Baseline()
        except NotReadable as error:
            what, remedy = str(error), error.remedy
        except UsageErrors as errors:
            what, remedy = errors.errors[0].problem, ""
        clause = f"{NAME} of the merge base cannot be used: {what}"
        self._missing = Missing(NAME, remedy or "have the change approved: --approved-by", clause)
        return None

    def change(self, bench: Bench) -> PolicyChange:
        """What the change does to its policy."""
        compared_ = [
            self._told(one, bench)
            for one in self._compared
            if not is_named_anew(one, self._own, self._base, bench.codebase, self._prefix)
        ]
        relaxed = [
            *compared_,
            *self._relaxed,
            *around_relaxed(self._around, bench, self._before, self._prefix, self._file),
        ]
        relaxed += code_relaxed(self._base, self._before, bench, Path(self.config.root), self._prefix)
        if self._missing is not None or any(one.severity == "error" for one in relaxed):
            relaxed += (_edited(path, self._file) for path in self._edited)
        return self._changed(self._base.name, relaxed)


def _added(entry: Entry, held: Baseline) -> Relaxation:
    function = f" ({entry.function})" if entry.function else ""
    what = f"baseline: {entry.rule} in {entry.path}{function}"
    return Relaxation(file=NAME, line=held.line_of(entry), what=what, before="not known", after="known")


def _edited(path: str, file: str) -> Relaxation:
    after = "edited by this change, so that nobody has approved"
    return Relaxation(file=file, what=f"who approves, in {path}", before="as at the merge base", after=after)


def policy_of(
    own: Config, cwd: Path, environment: Mapping[str, str], *, named: Path | None, approved_by: str
) -> Policy:
    """The policy that a change is judged by in CI.

    Args:
        own: the configuration in the work tree.
        cwd: the folder from which it was looked for. named: the file that was named instead.
        environment: the caller's variables; the platform's say what the change is for.
        approved_by: who lets the change's own policy count; blank where nobody does.

    Raises:
        UsageError: a configured base does not exist.
    """
    git = find_top(Path(own.root), environment)
    if git is None:
        return Policy(own)
    approved_by = approved_by.strip()
    try:
        if git.commit("HEAD") is None:  # the first commit has nothing to be compared with
            return Policy(own)
        base = policy_at_base(git, own, cwd, explicit=named is not None, target=target_of(environment))
        if base.config is None:
            return Policy(own)
        own, before = _with_living_base(git, own, base.config, base.start.name)
        return StricterPolicy(own, base, before, git, approved_by)
    except Missing as missing:
        return Policy(own, missing, approved_by)
    except (GitError, NotReadable) as error:
        why = " ".join(str(error).split())
        return Policy(own, Missing("the policy of the merge base", "mend the clone", why), approved_by)


def _with_living_base(git: Git, own: Config, before: Config, found: str) -> tuple[Config, Config]:
    """A `base` of the merge base whose branch was renamed or deleted counts as the one that was found instead."""
    gone = before.base
    if gone is None or git.commit(gone) is not None:
        return own, before
    own = msgspec.structs.replace(own, base=found) if own.base == gone else own
    return own, msgspec.structs.replace(before, base=found)


def target_of(environment: Mapping[str, str]) -> str | None:
    """The branch or commit that a change is for, where the platform says so."""
    if environment.get("GITHUB_ACTIONS") == "true" and environment.get("GITHUB_BASE_REF"):
        return f"refs/remotes/origin/{environment['GITHUB_BASE_REF']}"
    if environment.get("GITLAB_CI") == "true":
        # Set where HEAD is the request merged with its target, which has moved on since the base of the diff.
        merged_with = environment.get("CI_MERGE_REQUEST_TARGET_BRANCH_SHA")
        return merged_with or environment.get("CI_MERGE_REQUEST_DIFF_BASE_SHA") or None
    return None
