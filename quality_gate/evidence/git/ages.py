"""Since when lines stand in their files, as `git blame` tells; asked for the few files that the ledger is about."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import msgspec

from quality_gate.evidence.git.command import Git, GitError
from quality_gate.evidence.inspections import content_keys
from quality_gate.store import Store, digest

_NOT_COMMITTED = "0" * 40
_MOST_LINES = 500
"""Lines of one file that are asked for; the worst ones come first."""

Age = datetime.date | None
"""The day of a line's commit; None for a line that is not committed."""


def ages_of(
    git: Git,
    root: Path,
    wanted: Mapping[str, Sequence[int]],
    store: Store,
    now_ns: int,
    goes_on: Callable[[], bool],
) -> dict[tuple[str, int], Age]:
    """The days of lines, by file and line; those of which git knows nothing are absent.

    A file whose content was asked for before is not asked for again. Where the history is cut off, git gives all older
    lines to the oldest commit that it has: they count as unknown, and are asked for again.

    Args:
        root: the project's root.
        wanted: lines by path, the files that matter most first.
        store: the cache.
        now_ns: nanoseconds since the epoch.
        goes_on: whether there is time for another file; the next run tells what is left.
    """
    keys = content_keys(root, list(wanted), store, always_read=True, now_ns=now_ns)
    own = {path: digest(b"age" + key) for path, key in keys.items()}
    known = store.results(own.values())
    found: dict[tuple[str, int], Age] = {}
    for path, lines in wanted.items():
        if path not in own:
            continue
        held = _decoded(known.get(own[path]))
        if held is None or not held.keys() >= set(lines[:_MOST_LINES]):
            if not goes_on():
                continue
            held = _asked(git, root, path, lines[:_MOST_LINES])
            if None not in held.values():
                store.remember_result(own[path], msgspec.msgpack.encode(held))
        found.update({(path, line): held[line] for line in lines if line in held})
    return found


def _decoded(value: bytes | None) -> dict[int, Age] | None:
    try:
        return None if value is None else msgspec.msgpack.decode(value, type=dict[int, Age])
    except (msgspec.DecodeError, ValueError):
        return None


def _asked(git: Git, root: Path, path: str, lines: Sequence[int]) -> dict[int, Age]:
    inner = (root / path).relative_to(git.top).as_posix()
    ranges = [part for line in sorted(set(lines)) for part in ("-L", f"{line},{line}")]
    try:
        cut_off = git.is_shallow()
        answer = git.run("blame", "--porcelain", "-w", "--ignore-revs-file=", *ranges, "--", inner)
    except GitError:  # not tracked, no commit yet, shorter than git sees it, or too slow
        return {}
    return _read(answer.decode("utf-8", "replace").split("\n"), cut_off)


def _read(answer: list[str], cut_off: bool) -> dict[int, Age]:
    """Lines of the source begin with a tab there, so that no source can pass for anything else.

    A commit without a parent is a `boundary`, the very first one of a whole history too.
    """
    found: dict[int, Age] = {}
    days: dict[str, datetime.date] = {}
    commit, line = "", 0
    for row in answer:
        word, _, rest = row.partition(" ")
        if len(word) == 40 and rest[:1].isdigit():
            commit, line = word, int(rest.split(" ")[1])
        elif word == "committer-time" and rest.isdigit():
            days[commit] = datetime.datetime.fromtimestamp(min(int(rest), 2**33), tz=datetime.UTC).date()
        elif row == "boundary" and cut_off:
            days.pop(commit, None)
        elif row.startswith("\t") and line:
            if commit == _NOT_COMMITTED:
                found[line] = None
            elif commit in days:
                found[line] = days[commit]
            line = 0
    return found
