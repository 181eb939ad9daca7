"""Changes to a project's own files: what each would become, as a diff for people, and written on yes.

Nothing is ever printed from a parsed document: what is there keeps every byte, and ours is appended.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from pathlib import Path

import msgspec

from quality_gate.errors import UsageError
from quality_gate_checkers.settings import MAXIMUM_BYTES, printable

_MOST_SHOWN = 200
"""Lines of one file's diff; a baseline may have thousands."""


class FileChange(msgspec.Struct, frozen=True):
    """What one file would become.

    Args:
        path: absolute.
        before: its text, line ends as they are; None where there is no file.
        after: its text afterwards.
    """

    path: Path
    before: str | None
    after: str


def render_diff(changes: Sequence[FileChange], root: Path) -> str:
    """The changes as a unified diff for people: control characters escaped, long lines cut, CRs left out.

    Args:
        root: what paths are shown relative to.
    """
    import difflib

    lines: list[str] = []
    for change in changes:
        name = Path(os.path.relpath(change.path, root)).as_posix()
        before = "/dev/null" if change.before is None else name
        told = list(
            difflib.unified_diff(lines_of(change.before or ""), lines_of(change.after), before, name, lineterm="")
        )
        more = len(told) - _MOST_SHOWN
        lines += told if more <= 0 else [*told[:_MOST_SHOWN], f"... and {more:,} lines more of {name}"]
    return "".join(f"{printable(line.expandtabs(), 200)}\n" for line in lines)


def write(changes: Sequence[FileChange]) -> None:
    """Write each file aside and rename it into place; folders are made where there are none.

    Raises:
        UsageError: a file is not as the proposal saw it any more, is a symbolic link, or cannot be written.
    """
    for change in changes:
        if text_of(change.path) != change.before:
            problem = "has changed since the proposal was made"
            raise UsageError(str(change.path), problem, "type quality-gate init again")
    for change in changes:
        try:
            change.path.parent.mkdir(parents=True, exist_ok=True)
            _replace(change)
        except OSError as error:
            problem = error.strerror or type(error).__name__
            raise UsageError(str(change.path), problem, "make the folder writable and type it again") from error


def _replace(change: FileChange) -> None:
    aside = change.path.with_name(f".{change.path.name}.{os.getpid()}.new")
    try:
        with aside.open("xb") as file:  # x: never through a link that lies in wait
            file.write(change.after.encode())
        if change.before is not None:
            aside.chmod(stat.S_IMODE(change.path.stat().st_mode))
        aside.replace(change.path)
    except FileExistsError:
        raise  # what lies there is not ours to remove
    except OSError:
        aside.unlink(missing_ok=True)
        raise


def text_of(file: Path) -> str | None:
    """A file's text, line ends as they are, or None where there is none.

    Raises:
        UsageError: it is not a plain file, too large, unreadable, or not UTF-8.
    """
    try:
        if not stat.S_ISREG(file.lstat().st_mode):
            problem = "is a symbolic link or no plain file; it is neither read nor replaced"
            raise UsageError(str(file), problem, "put a plain file there, or write the lines by hand")
        with file.open("rb") as stream:
            content = stream.read(MAXIMUM_BYTES + 1)
        if len(content) > MAXIMUM_BYTES:
            raise UsageError(str(file), f"larger than {MAXIMUM_BYTES // 1024} KiB", "write the lines by hand")
        return content.decode("utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        problem = error.strerror or type(error).__name__
        raise UsageError(str(file), problem, "make the file readable") from error
    except UnicodeDecodeError as error:
        raise UsageError(str(file), "is not UTF-8", "save the file as UTF-8") from error


def text_or_empty(file: Path) -> str:
    """A file's text, or nothing where there is none that `text_of` would give."""
    try:
        return text_of(file) or ""
    except UsageError:
        return ""


def lines_of(text: str) -> list[str]:
    """Without line ends. `str.splitlines` would also split at form feeds and at U+2028."""
    lines = text.replace("\r\n", "\n").split("\n")
    return lines[:-1] if lines[-1] == "" else lines


def appended(text: str, lines: Sequence[str]) -> str:
    """A text with lines at its end, which end as its first one does."""
    newline = _newline(text)
    gap = newline if text and not text.endswith("\n") else ""
    return text + gap + "".join(line + newline for line in lines)


def _newline(text: str) -> str:
    """The line end in use, judged by the first."""
    end = text.find("\n")
    return "\r\n" if end > 0 and text[end - 1] == "\r" else "\n"
