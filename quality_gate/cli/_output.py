"""Where text leaves: standard output, or a file that is written aside and renamed."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from quality_gate.cli._options import format_of
from quality_gate.errors import UsageError
from quality_gate.model import Format, Look, Report

_STANDARD = Path("-")

Pair = tuple[Format, Path]
"""A format and where it is written; `-` is standard output."""


def paired(formats: Sequence[str], outputs: Sequence[Path]) -> list[Pair]:
    """Formats with their files, in their order; one alone goes to standard output, and text is the one alone.

    Raises:
        UsageError: there is no such format, a file too many or too few, or two of one name.
    """
    names = list(formats) or ["text"]
    places = list(outputs) or [_STANDARD]
    if len(names) != len(places):
        problem = f"{len(names)} formats and {len(outputs)} files"
        raise UsageError("--format and -o", problem, "write -o FILE behind each --format; one may be -o -")
    for number, place in enumerate(places):
        if place in places[:number]:
            raise UsageError(f"-o {place}", "two formats would be written there", "name a file for each")
    return [(format_of(name), place) for name, place in zip(names, places, strict=True)]


def emit_all(pairs: Sequence[Pair], report: Report, look: Look) -> None:
    """Write a report in several formats; none is written before all are made, and standard output is the last.

    Raises:
        UsageError: a file cannot be written.
    """
    texts = [(place, format_.render(report, look)) for format_, place in pairs]
    for place, text in sorted(texts, key=lambda pair: pair[0] == _STANDARD):
        emit(text, place)


def emit(text: str, output: Path | None) -> None:
    """Print a text or write it to a file.

    Args:
        text: with its last newline.
        output: None or `-` for standard output.

    Raises:
        UsageError: the file cannot be written.
    """
    if output is None or output == _STANDARD:
        _print(text)
        return
    try:
        write_aside(output, text)
    except OSError as error:
        raise UsageError(
            f"-o {output}", f"cannot be written: {error.strerror}", "name a file in a folder that is there"
        ) from error


def _print(text: str) -> None:
    sys.stdout.buffer.write(text.encode("utf-8", "backslashreplace"))
    sys.stdout.flush()


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
