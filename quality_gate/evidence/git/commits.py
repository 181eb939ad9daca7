"""The history as git has it: who mended what and when, and which modes the practices had.

Two questions to git instead of one, so that a message cannot pass for a list of files: the first answers with fields
that no message can hold the end of, the second without any message. Commits are never asked for by date: git stops
looking at the first that is too old, and one of 1970 would hide all before it (hostile-inputs.md, row 49).
"""

from __future__ import annotations

import datetime
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import msgspec

from quality_gate.config import modes_of
from quality_gate.evidence.git.command import Git, GitError
from quality_gate.evidence.sources import folder_prefix
from quality_gate.model import PRACTICES, Mode, PracticeName
from quality_gate.store import Store, digest
from quality_gate_checkers.settings import UnreadableSettings, our_table, parse_toml

_FIELDS = ("%H", "%ct", "%an", "%ae", "%s", "%b")
_LONGEST = 2000
"""Characters of a subject or body that are looked at."""

_PYTHON = (".py", ".pyi")
_RENAMES = "-l400"
"""In a commit that moves more files than this, those that were changed too are taken for new."""

_HIDDEN = -1
"""Instead of a number of lines: `--text` does not make git count what an attribute calls binary."""

_EARLIEST = datetime.date(1990, 1, 1)
"""Before it nothing was kept in a history that git has now."""

_MODES = "quality-gate|observe|new-code|enforce"
"""What stands in every line of a configuration that changes a mode."""


class Commit(msgspec.Struct, frozen=True, array_like=True):
    """One commit that is no merge.

    Args:
        day: of its committing, in UTC.
        author: name and address.
        files: Python files below the project's root, by today's paths, each with the lines added and removed.
    """

    hash: str
    day: datetime.date
    author: str
    subject: str
    body: str
    files: dict[str, int] = {}


class History(msgspec.Struct, frozen=True, array_like=True):
    """The commits of a stretch of time.

    Args:
        commits: the latest first.
        older: Python files below the project's root that were there before, by today's paths.
        impossible: how many commits have a date that cannot be.
        hidden: how many changes of Python files git shows no lines of, since they look binary or attributes say so.
        shallow: the clone's history is cut off.
    """

    commits: tuple[Commit, ...]
    older: tuple[str, ...] = ()
    impossible: int = 0
    hidden: int = 0
    shallow: bool = False


class Modes(NamedTuple):
    """The modes of all practices as a commit left them; None where it left no `[tool.quality-gate]`."""

    commit: str
    day: datetime.date
    modes: Mapping[str, Mode] | None


def history_of(git: Git, root: Path, since: datetime.date, today: datetime.date, store: Store) -> History:
    """The commits from a day on, read once for each HEAD.

    Args:
        root: the project's root.
        today: commits of a later day have a clock that is wrong; one day is let pass for time zones.
        store: the cache.

    Raises:
        GitError: git cannot tell: no commit yet, or objects that a partial clone does not have.
    """
    prefix = folder_prefix(git, root)
    shallow = git.is_shallow()
    # Another day makes another set of impossible commits only where a clock was wrong; the week keeps the cache useful.
    head = git.run("rev-parse", "--verify", "HEAD").decode("ascii").strip()
    state = f"{head} {shallow} {today.isocalendar()[:2]}"
    key = digest(f"history {prefix} {since}".encode("utf-8", "surrogateescape"))
    held = _decoded(store.results([key]).get(key), state)
    if held is None:
        held = _read(git, prefix, since, today, shallow)
        with suppress(UnicodeEncodeError):  # a name that is not UTF-8: the history is read every time
            store.remember_result(key, msgspec.msgpack.encode((state, held)))
    return held


def _decoded(value: bytes | None, state: str) -> History | None:
    """One row serves every HEAD in turn: a history is large, and only the latest is asked for."""
    try:
        kept = None if value is None else msgspec.msgpack.decode(value, type=tuple[str, History])
    except (msgspec.DecodeError, ValueError):
        return None
    return kept[1] if kept is not None and kept[0] == state else None


def _read(git: Git, prefix: str, since: datetime.date, today: datetime.date, shallow: bool) -> History:
    named = list(_messages(git))
    latest = today + datetime.timedelta(days=1)
    plausible = {one.hash for one in named if _EARLIEST <= one.day <= latest}
    wanted = [one for one in named if one.hash in plausible and one.day >= since]
    files, hidden, moved = dict[str, dict[str, int]](), 0, dict[str, str]()
    for name, changed in _files(git, prefix, [one.hash for one in wanted], moved):
        hidden += sum(lines == _HIDDEN for lines in changed.values())
        files[name] = {path: max(lines, 0) for path, lines in changed.items()}
    chosen = (msgspec.structs.replace(one, files=files.get(one.hash, {})) for one in wanted)
    return History(
        commits=tuple(one for one in chosen if one.files),
        older=_left(git, prefix, [one for one in named if one.hash in plausible and one.day < since], moved),
        impossible=len(named) - len(plausible),
        hidden=hidden,
        shallow=shallow,
    )


def _left(git: Git, prefix: str, older: Sequence[Commit], moved: Mapping[str, str]) -> tuple[str, ...]:
    """The files of the latest of some commits: one question instead of one about every commit there is."""
    if not older:
        return ()
    latest = max(older, key=lambda one: one.day).hash
    answer = git.run("ls-tree", "-r", "-z", "--name-only", "--full-tree", latest)
    paths = (moved.get(path, path) for path in os.fsdecode(answer).split("\0"))
    return tuple(sorted(path[len(prefix) :] for path in paths if path.startswith(prefix) and path.endswith(_PYTHON)))


def _messages(git: Git) -> Iterator[Commit]:
    answer = git.run("log", "-z", "--no-merges", "--no-color", f"--format={'%x00'.join(_FIELDS)}", "HEAD", "--")
    fields = answer.decode("utf-8", "replace").split("\0")
    for start in range(0, len(fields) - len(_FIELDS) + 1, len(_FIELDS)):
        name, seconds, author, address, subject, body = fields[start : start + len(_FIELDS)]
        yield Commit(name, _day(seconds), f"{author} <{address}>", subject[:_LONGEST], body[:_LONGEST])


def _day(seconds: str) -> datetime.date:
    """A day in UTC; what cannot be one is taken for the first of 1970, which is left out and counted."""
    epoch = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
    try:
        return (epoch + datetime.timedelta(seconds=int(seconds))).date()
    except (ValueError, OverflowError):
        return epoch.date()


def _files(
    git: Git, prefix: str, commits: Sequence[str], moved: dict[str, str]
) -> Iterator[tuple[str, dict[str, int]]]:
    """Changed lines of Python files by commit; files have the names that they have today.

    A file that is only moved has no changed line, and what was done to it before counts for it.

    Args:
        commits: the latest first.
        moved: gets today's name of each file that had another one.
    """
    if not commits:
        return
    answer = git.run(
        "diff-tree", "--stdin", "-r", "--root", "-z", "--numstat", "--text", "-M", _RENAMES, "--no-ext-diff",
        "--no-textconv", "--no-color", "--", *(f"*{ending}" for ending in _PYTHON),
        told="".join(f"{one}\n" for one in commits).encode("ascii"), patterns=True,
    )  # fmt: skip
    tokens = iter(os.fsdecode(answer).split("\0"))
    commit, files = "", dict[str, int]()
    for token in tokens:
        added, is_file, rest = token.partition("\t")
        if not is_file:
            yield commit, files
            commit, files = added, {}
            continue
        removed, _, path = rest.partition("\t")
        if not path:  # a rename: the old and the new name follow
            old, path = next(tokens, ""), next(tokens, "")
            moved.setdefault(old, moved.get(path, path))
        path = moved.get(path, path)
        if path.startswith(prefix) and path.endswith(_PYTHON):
            files[path[len(prefix) :]] = int(added) + int(removed) if added.isdigit() else _HIDDEN


def modes_in_history(git: Git, file: Path) -> list[Modes]:
    """The modes after every commit of the main line that may have changed one, the oldest first.

    A configuration that no version of quality-gate could read changed nothing.

    Args:
        file: the configuration's, absolute; where it lies today.

    Raises:
        GitError: see `history_of`.
    """
    path = Path(os.path.realpath(file.parent), file.name).relative_to(git.top).as_posix()
    answer = git.run(
        "log", "-z", "--first-parent", "-m", "--no-color", "--no-ext-diff", "--no-textconv", "--no-renames", "--text",
        f"-G{_MODES}", "--no-patch", "--format=%H %ct", "HEAD", "--", path,
    )  # fmt: skip
    found = []
    for line in reversed(answer.decode("ascii", "replace").split("\0")):
        name, _, seconds = line.strip().partition(" ")
        if name:
            found += _modes_at(git, name, _day(seconds), path)
    return found


def _modes_at(git: Git, commit: str, day: datetime.date, path: str) -> list[Modes]:
    try:
        content = git.run("cat-file", "blob", f"{commit}:{path}")
    except GitError as error:
        if error.code == 128:  # the commit took the file away
            return [Modes(commit, day, None)]
        raise
    try:
        table = our_table(parse_toml(Path(path), content))
    except UnreadableSettings:
        return []
    return [Modes(commit, day, None if table is None else modes_of(dict(_chosen(table.get("practices")))))]


def _chosen(practices: object) -> Iterator[tuple[PracticeName, Mode]]:
    """What can be understood of a table of another time."""
    held = practices if isinstance(practices, dict) else {}
    for practice in PRACTICES:
        mode = held.get(practice)
        if isinstance(mode, str) and mode in frozenset(Mode):
            yield practice, Mode(mode)
