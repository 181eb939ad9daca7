"""What is new: the lines that a change adds or touches, as product.md, "New code", defines them.

Git says which paths differ and prints hunks without context and without regard to white space; the rest is
done here. An added file is read from the work tree, for that is what is analysed. A moved line is not new, nor is one
of a statement that was only formatted anew.
Whatever git cannot say makes everything new, never nothing (hostile-inputs.md, D7 and rows 28, 34, 35, 45).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Sequence
from functools import partial
from pathlib import Path

import msgspec

from quality_gate.errors import UsageError
from quality_gate.evidence.git._blobs import both_sides
from quality_gate.evidence.git._moved_lines import new_lines
from quality_gate.evidence.git._patch import Hunk, read_patch
from quality_gate.evidence.git._reformatted import without_layout
from quality_gate.evidence.git.bases import Bases, NothingToCompare
from quality_gate.evidence.git.command import DIFF, NAMES, Git, GitError
from quality_gate.evidence.git.not_tracked import NOTHING_KNOWN, Untracked, batches, not_tracked
from quality_gate.evidence.sources import folder_prefix, read_regular
from quality_gate.model import Change, LineRange, Stage
from quality_gate_checkers.model.text import MAXIMUM_BYTES

ALL_LINES = LineRange(1, 2**31 - 1)
"""Stands for a file whose lines git and Python count differently, or that is too large to be compared."""

_PATCH = (
    *DIFF,
    "--no-renames",
    "--text",
    "--unified=0",
    "--inter-hunk-context=0",
    "--ignore-all-space",
    "--diff-algorithm=histogram",
    "--indent-heuristic",
    "--submodule=short",
    "--dst-prefix=b/",
)
_STATUS = ("status", "--porcelain=v1", "-z", "--no-renames", "--ignore-submodules=dirty")


def change_at(
    git: Git | None,
    root: Path,
    stage: Stage,
    base: str | None,
    all_files: bool,
    pushed: tuple[str, str] | None,
    also: Collection[str] = (),
    untracked: Untracked = NOTHING_KNOWN,
) -> Change:
    """The change that is judged.

    Args:
        git: as `find_top` gives it.
        root: the project's root, absolute, in git's work tree.
        stage: commit: the index against HEAD, or with nothing staged the work tree against the merge base
            with `base`; push: the pushed range; ci: HEAD, as the work tree holds it, against the merge base.
            Untracked files are part of the change at the commit stage only, and only with nothing staged.
        base: the configured base; None: the remote's default branch, else main, else master.
        all_files: at the commit stage: as if nothing were staged.
        pushed: from and to of a push: PRE_COMMIT_FROM_REF and PRE_COMMIT_TO_REF, at the ci stage what the platform
            says; None or empty where nobody does.
        also: judged paths that are Python without being called so (a script with a shebang).
        untracked: what the caller knows of untracked files, or does not want to know.

    Raises:
        UsageError: the configured base does not exist.
    """
    if git is None:
        return _all_new("there is no git repository here, or no git")
    try:
        comparison = _Comparison(git, Path(os.path.realpath(root)), also, untracked)
        return comparison.at(stage, base, all_files, pushed)
    except NothingToCompare as error:
        return _all_new(str(error))
    except GitError as error:
        return _all_new(" ".join(str(error).split()))


def _all_new(why: str) -> Change:
    return Change(description=f"everything is new: {why}", everything=True)


class _Comparison:
    """One question to git, and the way from its answer to a `Change`."""

    def __init__(self, git: Git, root: Path, also: Collection[str] = (), untracked: Untracked = NOTHING_KNOWN) -> None:
        self._git = git
        self._bases = Bases(git, root)
        self._prefix = folder_prefix(git, root)
        self._also = {self._prefix + path for path in also}
        self._untracked = untracked

    def at(self, stage: Stage, base: str | None, all_files: bool, pushed: tuple[str, str] | None) -> Change:
        if stage is Stage.COMMIT and not all_files:
            staged = self._names("--cached")
            if staged:
                return self._without_merged(self._staged(staged), self._staged_against)
        head = self._bases.head()
        if stage is Stage.PUSH and pushed is not None and all(map(_is_named, pushed)):
            return self._pushed_beside(self._pushed(head, *pushed), head, pushed[1], base)
        start = self._bases.start(head, base)
        if stage is Stage.CI and pushed is not None and start.commit == head:
            return self._pushed_to(start.name, head, pushed[0])
        untracked = stage is Stage.COMMIT
        change = self._since(start.commit, head, f"the merge base with {start.name}", untracked=untracked)
        if stage is not Stage.COMMIT:
            return change
        return self._without_merged(change, lambda other: self._since(other, head, "", untracked=untracked))

    # --- what is compared with what ---

    def _staged(self, staged: dict[str, str]) -> Change:
        whole = {path for path, letter in staged.items() if letter in "AU"}
        # HEAD against the work tree, for its lines are analysed; with no commit yet all files are added.
        hunks = self._patch(("HEAD",), [path for path in staged if path not in whole])
        return self._change("the index against HEAD", staged, hunks, whole)

    def _staged_against(self, other: str) -> Change:
        names = self._names("--cached", other)
        whole = {path for path, letter in names.items() if letter in "AU"}
        return self._change("", names, self._patch((other,), [path for path in names if path not in whole]), whole)

    def _without_merged(self, change: Change, against: Callable[[str], Change]) -> Change:
        """What is new to every side of a merge that is being made: what another side brings is not new.

        Args:
            against: the change as seen from another side.
        """
        sides = self._bases.merging()
        for other in sides:
            change = _in_both(change, against(other))
        return _described(change, f"{change.description} and what is merged into it") if sides else change

    def _pushed_beside(self, change: Change, head: str, to_ref: str, base: str | None) -> Change:
        """What is pushed and does not come from the base, merged in or rebased on: the remote has it already."""
        last = self._git.commit(to_ref)
        try:
            start = self._bases.start(head, base).commit
        except (NothingToCompare, UsageError):
            return change
        # A base that holds all that is pushed, as a local main does of itself, tells nothing of what is new.
        if last != head or start == head:
            return change
        return _in_both(change, self._since(start, head, "", untracked=False))

    def _since(self, start: str, head: str, name: str, *, untracked: bool) -> Change:
        committed = {} if start == head else self._names(start, head)
        if untracked and self._is_beside(committed):
            return Change(description=f"the work tree against {name} ({start[:8]})")
        dirty = self._dirty()
        if untracked:
            dirty |= dict.fromkeys(not_tracked(self._git, self._prefix, self._untracked), "?")
        paths = committed.keys() | dirty.keys()
        # An untracked file is not in git's patch, and of an unmerged one there is no one version to compare.
        whole = {path for path, letter in dirty.items() if letter in "?U"}
        hunks = self._patch((start,), sorted(committed.keys() | (dirty.keys() - whole)))
        side = "the work tree" if dirty else "HEAD"
        change = self._change(f"{side} against {name} ({start[:8]})", paths, hunks, whole)
        return msgspec.structs.replace(change, since=(start,)) if change.files else change

    def _pushed(self, head: str, from_ref: str, to_ref: str) -> Change:
        first, last = self._git.commit(from_ref), self._git.commit(to_ref)
        if first is None or last is None:
            pushed = f"{from_ref[:40]}..{to_ref[:40]}"
            raise NothingToCompare(f"the pushed range {pushed} is not in this clone{self._bases.fetch_more()}")
        start = self._bases.merge_base(last, first, from_ref[:40])
        if last == head:
            return self._since(start, head, "what was pushed before", untracked=False)
        changed = self._names(start, last)
        hunks = self._patch((start, last), list(changed))
        return self._change(f"the pushed commit {last[:8]} against {start[:8]}", changed, hunks, ())

    def _pushed_to(self, name: str, head: str, before: str) -> Change:
        """What a push brought to the base itself, which compared with itself would hold nothing new.

        Args:
            name: the base's. before: where it stood; zeros where it was not there, so that HEAD's first parent is all
                there is.
        """
        if not _is_named(before):
            before, told = "HEAD^1", "HEAD's first parent"
        else:
            told = f"what {name} held before the push"
        first = self._git.commit(before)
        if first is None:
            raise NothingToCompare(f"{told} ({before[:8]}) is not in this clone{self._bases.fetch_more()}")
        return self._since(self._bases.merge_base(head, first, told), head, told, untracked=False)

    # --- what git is asked ---

    def _names(self, *which: str) -> dict[str, str]:
        """Letter (A, D, M, T, U) by path, from git's top folder."""
        fields = os.fsdecode(self._git.run(*NAMES, *which, "--", index=True)).split("\0")
        return dict(zip(fields[1::2], fields[0::2], strict=False))

    def _dirty(self) -> dict[str, str]:
        """Letter (U for unmerged, else M) by path, where HEAD, index and work tree differ."""
        answer = self._git.run(*_STATUS, "--untracked-files=no", index=True)
        return {record[3:]: _letter(record[:2]) for record in os.fsdecode(answer).split("\0") if record}

    def _is_beside(self, committed: Collection[str]) -> bool:
        """Whether none of the files that matter differs: git then looks at these files and at no other."""
        if self._untracked.matter is None:
            return False
        asked = [self._prefix + path for path in self._untracked.matter]
        if any(path in committed for path in asked):
            return False
        question = (*_STATUS, "--untracked-files=all", "--")
        return not any(self._git.run(*question, *some, index=True) for some in batches(asked))

    def _patch(self, against: Sequence[str], paths: Iterable[str]) -> list[Hunk]:
        wanted = [path for path in paths if self._is_python(path)]
        hunks: list[Hunk] = []
        for some in batches(wanted):
            hunks.extend(read_patch(self._git.run(*_PATCH, *against, "--", *some, index=True)))
        return without_layout(hunks, partial(both_sides, self._git, against, self._content))

    def _is_python(self, path: str) -> bool:
        return path.startswith(self._prefix) and (path.endswith((".py", ".pyi")) or path in self._also)

    # --- from its answer to a change ---

    def _change(self, description: str, paths: Collection[str], hunks: list[Hunk], whole: Collection[str]) -> Change:
        contents: dict[str, list[bytes]] = {}
        beyond: set[str] = set()
        for path in sorted(paths):
            content = self._content(path) if self._is_python(path) else None
            if content is None:
                continue
            if _has_lone_carriage_return(content) or len(content) > MAXIMUM_BYTES:
                beyond.add(path)
                continue
            contents[path] = content.split(b"\n")
            if path in whole and content:
                hunks.append(Hunk(path, 1, [], content.removesuffix(b"\n").split(b"\n"), whole=True))
        lines = {self._inner(path): spans for path, spans in new_lines(hunks, contents).items()}
        lines |= {self._inner(path): (ALL_LINES,) for path in beyond}
        files = frozenset(self._inner(path) for path in paths if path.startswith(self._prefix))
        return Change(description=description, lines=lines, files=files)

    def _content(self, path: str) -> bytes | None:
        return read_regular(f"{self._git.top}/{path}", MAXIMUM_BYTES)

    def _inner(self, path: str) -> str:
        return path[len(self._prefix) :]


def _in_both(one: Change, other: Change) -> Change:
    """What two changes to the same files agree on, described as the first is."""
    lines = {path: shared for path, spans in one.lines.items() if (shared := _shared(spans, other.lines.get(path, ())))}
    since = one.since + other.since
    return msgspec.structs.replace(one, lines=lines, files=one.files & other.files, since=since)


def _shared(some: Sequence[LineRange], others: Sequence[LineRange]) -> tuple[LineRange, ...]:
    """The lines of both; each ascends and has no overlap within itself."""
    found: list[LineRange] = []
    at = 0
    for span in some:
        while at < len(others) and others[at].last < span.first:
            at += 1
        for other in others[at:]:
            if other.first > span.last:
                break
            found.append(LineRange(max(span.first, other.first), min(span.last, other.last)))
    return tuple(found)


def _described(change: Change, description: str) -> Change:
    return msgspec.structs.replace(change, description=description)


def _is_named(reference: str) -> bool:
    """Whether pre-commit has named a commit; only zeros mean that there is none."""
    return bool(reference.strip("0"))


def _letter(status: str) -> str:
    """One letter for the two columns of `git status`: index and work tree."""
    return "U" if "U" in status or status in ("AA", "DD") else "M"


def _has_lone_carriage_return(content: bytes) -> bool:
    """Whether there is one that ends a line for Python and not for git."""
    return content.count(b"\r") != content.count(b"\r\n")
