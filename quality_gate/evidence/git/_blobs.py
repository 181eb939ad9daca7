"""Files as commits have them, many at a time."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence

from quality_gate.evidence.git.command import Git, GitError
from quality_gate_checkers.model.text import MAXIMUM_BYTES

_AT_ONCE = 8 * 1024 * 1024
"""Bytes that one call reads, and one file more."""

_IN_ALL = 64 * 1024 * 1024
"""Bytes of one commit's files that are read: some two million lines."""


def blobs(git: Git, commit: str, paths: Sequence[str]) -> Iterator[tuple[str, bytes]]:
    """Contents by path, of those that are there and not larger than what is analysed.

    Args:
        commit: its hash, or HEAD. paths: from git's top folder.
    """
    asked = [path for path in paths if "\n" not in path]
    try:
        sizes = git.run("cat-file", "--batch-check", told=b"".join(_named(commit, path) for path in asked))
        found = [
            (path, name, int(size))
            for path, (name, kind, size) in zip(asked, map(_three, sizes.split(b"\n")), strict=False)
            if kind == b"blob" and int(size) <= MAXIMUM_BYTES
        ]
        yield from _read(git, found)
    except (GitError, ValueError):
        return  # they stay as git compares them


def _read(git: Git, found: Sequence[tuple[str, bytes, int]]) -> Iterator[tuple[str, bytes]]:
    at = total = 0
    while at < len(found) and total < _IN_ALL:
        begin, size = at, 0
        while at < len(found) and size < _AT_ONCE:
            size += found[at][2]
            at += 1
        total += size
        answer = git.run("cat-file", "--batch", told=b"".join(name + b"\n" for _, name, _ in found[begin:at]))
        place = 0
        for path, _, length in found[begin:at]:
            place = answer.index(b"\n", place) + 1
            yield path, answer[place : place + length]
            place += length + 1


def both_sides(
    git: Git, against: Sequence[str], now: Callable[[str], bytes | None], paths: Sequence[str]
) -> Iterator[tuple[str, bytes, bytes]]:
    """Each file as it was and as it is, as far as both can be had.

    Args:
        against: a commit and, where it is not compared with the work tree, another one.
        now: reads a file of the work tree.
    """
    if not paths:
        return
    later = dict(blobs(git, against[1], paths)) if len(against) > 1 else None
    for path, before in blobs(git, against[0], paths):
        after = now(path) if later is None else later.get(path)
        if after is not None and _is_counted_alike(before) and _is_counted_alike(after):
            yield path, before, after


def _is_counted_alike(content: bytes) -> bool:
    """Whether git and Python count the same lines."""
    return content.count(b"\r") == content.count(b"\r\n")


def _named(commit: str, path: str) -> bytes:
    return os.fsencode(f"{commit}:{path}\n")


def _three(line: bytes) -> tuple[bytes, bytes, bytes]:
    """Name, kind and size; nothing of what is not there."""
    name, _, rest = line.partition(b" ")
    kind, _, size = rest.partition(b" ")
    return (name, kind, size) if kind == b"blob" else (b"", b"", b"")
