"""Where text leaves: standard output, or a file that is written aside and renamed."""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path

from quality_gate.errors import UsageError


def emit(text: str, output: Path | None) -> None:
    """Print a text or write it to a file.

    Args:
        text: with its last newline.
        output: None or `-` for standard output.

    Raises:
        UsageError: the file cannot be written.
    """
    if output is None or str(output) == "-":
        _print(text)
        return
    try:
        write_aside(output, text)
    except OSError as error:
        raise UsageError(
            f"-o {output}", f"cannot be written: {error.strerror}", "name a file in a folder that is there"
        ) from error


def _print(text: str) -> None:
    """A reader who has left does not change how the command ends: `check | head` of broken code still ends with 1."""
    try:
        sys.stdout.buffer.write(text.encode("utf-8", "backslashreplace"))
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def write_aside(file: Path, text: str) -> None:
    """Replace a file in one step; a symlink in its place is replaced, never followed (hostile-inputs.md, row 26)."""
    if Path(os.path.realpath(file.parent)).parts[1:2] in (("dev",), ("proc",)):
        raise OSError(
            errno.EINVAL, "no file is made there, use -o -"
        )  # replacing /dev/stdout would take it from everybody
    import tempfile

    descriptor, aside = tempfile.mkstemp(dir=file.parent or Path(), prefix=f".{file.name}.")
    try:
        with open(descriptor, "wb") as stream:
            stream.write(text.encode("utf-8", "backslashreplace"))
        os.chmod(aside, 0o644)
        os.replace(aside, file)
    except BaseException:
        os.unlink(aside)
        raise
