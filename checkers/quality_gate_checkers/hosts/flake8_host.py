"""The rules as a flake8 plugin: installed is enough."""

from __future__ import annotations

import ast
import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import ClassVar

from flake8.exceptions import ExecutionError

from quality_gate_checkers.hosts.context import place, sentence, today
from quality_gate_checkers.inspection import reported
from quality_gate_checkers.model import NotAnalysable
from quality_gate_checkers.settings import UnreadableSettings


class Plugin:
    """One instance per file, as flake8 wants it.

    Args:
        tree: the module as flake8 parsed it.
        filename: as given on the command line; for an editor's buffer its display name, or `stdin`.
        lines: the file's or the buffer's lines with their ends, as flake8 has decoded them.
    """

    name: ClassVar[str] = "quality-gate"
    version: ClassVar[str] = "0.1.0"

    def __init__(self, tree: ast.Module, filename: str, lines: Sequence[str]) -> None:
        self._tree = tree
        self._filename = filename
        self._lines = lines

    def run(self) -> Iterator[tuple[int, int, str, type[Plugin]]]:
        """Yield (line, 0-based column, text, plugin) per violation that no comment of ours silences."""
        try:
            path, settings = place(self._filename)
        except UnreadableSettings as error:
            raise ExecutionError(str(error)) from error  # which flake8 prints as one line, without a traceback
        try:
            found = reported(path, self._content(), self._tree, settings, today())
        except NotAnalysable:
            return  # flake8 read it in another coding than UTF-8; the gate says so itself
        for violation in found:
            text = f"{violation.code} {violation.name}: {sentence(violation)}"
            yield violation.location.line, violation.location.column, text, type(self)

    def _content(self) -> bytes:
        """What flake8 has read, be it a file or an editor's buffer; a file that is not UTF-8 as it is on disk."""
        text = "".join(self._lines)
        return self._read_as_latin_1(text) or text.encode("utf-8", "surrogatepass")

    def _read_as_latin_1(self, text: str) -> bytes | None:
        """The file's bytes where flake8 has fallen back to Latin-1, in which any bytes can be read."""
        if text.isascii():
            return None
        try:
            on_disk = Path(self._filename).read_bytes()
            on_disk.decode("utf-8")
        except UnicodeDecodeError:
            return on_disk if "".join(io.TextIOWrapper(io.BytesIO(on_disk), "latin-1")) == text else None
        except (OSError, ValueError):
            pass
        return None
