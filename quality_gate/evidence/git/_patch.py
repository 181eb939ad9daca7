"""What `git diff --unified=0` prints, read into hunks."""

from __future__ import annotations

import os

import msgspec

from quality_gate.evidence.git.command import GitError


class Hunk(msgspec.Struct):
    """One place where lines were replaced, added or deleted.

    Args:
        path: the file as it is now, from git's top folder; empty where the file is gone.
        start: the number of the first added line; of the line before, where nothing is added.
        whole: the file is wholly new, or wholly gone.
        was: the number that the first removed line had; of the line before, where nothing is removed.
    """

    path: str
    start: int
    removed: list[bytes]
    added: list[bytes]
    whole: bool = False
    was: int = 0


def read_patch(patch: bytes) -> list[Hunk]:
    """The hunks of `git diff --unified=0`.

    Lines are counted by the hunks' headers: a removed `-- a/x` is printed as `--- a/x`.

    Args:
        patch: what git printed, with `core.quotePath=false`.

    Raises:
        GitError: it ends within a hunk, or a header cannot be read.
    """
    lines = patch.split(b"\n")
    hunks: list[Hunk] = []
    path, at, is_new = "", 0, False
    try:
        while at < len(lines):
            line = lines[at]
            at += 1
            if line.startswith(b"--- "):
                is_new = line == b"--- /dev/null"
            elif line.startswith(b"+++ "):
                path = _path_of_label(line[4:])
            elif line.startswith(b"@@ "):
                hunk, at = _read_hunk(path, lines, at)
                hunk.whole = is_new or not path
                hunks.append(hunk)
    except (ValueError, IndexError) as error:
        raise GitError("diff", 0, "its patch cannot be read") from error
    return hunks


def _read_hunk(path: str, lines: list[bytes], at: int) -> tuple[Hunk, int]:
    """One hunk, and the number of the line after it.

    Args:
        at: the line after the header `@@ -a,b +c,d @@`.
    """
    _, old, new, _ = lines[at - 1].split(b" ", 3)
    was, missing_removed = _start_and_count(old)
    start, missing_added = _start_and_count(new)
    hunk = Hunk(path, start, [], [], was=was)
    while len(hunk.removed) < missing_removed or len(hunk.added) < missing_added:
        line = lines[at]
        at += 1
        if line.startswith(b"-"):
            hunk.removed.append(line[1:])
        elif line.startswith(b"+"):
            hunk.added.append(line[1:])
        elif not line.startswith(b"\\"):  # `\ No newline at end of file`
            raise ValueError(line)
    return hunk, at


def _start_and_count(side: bytes) -> tuple[int, int]:
    """`-12,3` or `+12`, which is short for `+12,1`."""
    start, comma, count = side[1:].partition(b",")
    return int(start), int(count) if comma else 1


def _path_of_label(label: bytes) -> str:
    """The path in `b/path`, quoted as in C where it holds a control character, a quote or a backslash."""
    if label == b"/dev/null":
        return ""
    if label.startswith(b'"'):
        return os.fsdecode(_unquoted(label[1 : label.rindex(b'"', 1)])[2:])
    return os.fsdecode(label[2:].removesuffix(b"\t"))  # git puts it after a name with a space


_ESCAPES = {b"a": 7, b"b": 8, b"t": 9, b"n": 10, b"v": 11, b"f": 12, b"r": 13, b'"': 34, b"\\": 92}


def _unquoted(text: bytes) -> bytes:
    result = bytearray()
    at = 0
    while at < len(text):
        letter = text[at + 1 : at + 2]
        if text[at : at + 1] != b"\\":
            result.append(text[at])
            at += 1
        elif letter in _ESCAPES:
            result.append(_ESCAPES[letter])
            at += 2
        else:
            result.append(int(text[at + 1 : at + 4], 8))
            at += 4
    return bytes(result)
