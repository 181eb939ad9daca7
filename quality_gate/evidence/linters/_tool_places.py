"""From what a tool says to results in the project: whose places are believed, and what their lines hold.

A place is a regular file of the project that is judged, reached through no link, and a line that it has. What lies
elsewhere is counted; a line beyond the end of a file shows that another state of the code was looked at.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from pathlib import Path

import msgspec

from quality_gate.evidence._untrusted import is_plain
from quality_gate.evidence.linters._tool_words import Columns, Raw
from quality_gate.evidence.sources import read_regular
from quality_gate.linting import ToolResult
from quality_gate_checkers.model.text import split_lines
from quality_gate_checkers.model.violation import Severity

_MOST_BYTES = 4 * 1024 * 1024
"""Of a file that a result is in; of a larger one no line is read."""

_MOST_IN_LINE = 1000
"""Characters of a line that are kept: enough to tell it again."""

OUTSIDE = "outside the project"
_NOT_THERE = "in files that are not there"
"""Why a result is left out."""

_PYTHON = (".py", ".pyi")
_MOST_NAME = 120
"""Characters of a rule's code and name."""


class Placed(msgspec.Struct, frozen=True):
    """What of a tool's results lies in the project.

    Args:
        results: those that do.
        outside: how many lie elsewhere, by why.
        stale: places that are not in the files as they are now.
        missing: the first place, as the tool writes it, where there is nothing at all; empty for none.
    """

    results: tuple[ToolResult, ...]
    outside: Mapping[str, int]
    stale: tuple[str, ...]
    missing: str = ""

    @property
    def about(self) -> str:
        """What was left out, as the end of a sentence; empty for nothing."""
        return "".join(f"; {count:,} left out: {why}" for why, count in self.outside.items())


class Places:
    """Looks places up, each file once.

    Args:
        root: the project's folder, a real path.
        folder: where it lies in its repository, as Report.folder: tools write paths from either.
        judged: the Python files that are judged, relative to the root.
        only: whether no other files count, as where FILES are named.
    """

    def __init__(self, root: Path, folder: str, judged: Collection[str], *, only: bool) -> None:
        self._root = str(root)
        self._prefix = f"{folder}/" if folder else ""
        self._judged = frozenset(judged)
        self._only = only
        self._lines: dict[str, list[str] | None] = {}
        self._paths: dict[str, tuple[str, str]] = {}

    def placed(self, tool: str, raws: Collection[Raw], severity: Callable[[Raw], Severity]) -> Placed:
        """Results of a tool, as far as they lie in the project.

        Args:
            tool: as the configuration calls it. severity: how much a result weighs.
        """
        results: list[ToolResult] = []
        outside: Counter[str] = Counter()
        stale: list[str] = []
        missing = ""
        for raw in raws:
            path, why = self._path(raw.place)
            if why:
                outside[why] += 1
                if why == _NOT_THERE and not missing and not self._is_anything(raw.place):
                    missing = raw.place
                continue
            lines = self._lines_of(path)
            if lines is not None and raw.line > len(lines) + 1:
                stale.append(f"line {raw.line} of {path}, which has {len(lines)}")
                continue
            results.append(_result(tool, raw, path, lines or [], severity(raw)))
        return Placed(tuple(results), dict(outside), tuple(stale), missing)

    def _path(self, place: str) -> tuple[str, str]:
        """A path from the root, or why there is none."""
        if place not in self._paths:
            self._paths[place] = self._looked_up(place)
        return self._paths[place]

    def _looked_up(self, place: str) -> tuple[str, str]:
        path = self._relative(place)
        if path is None:
            return "", OUTSIDE
        found = next((one for one in self._spelled(path) if self._is_file(one)), None)
        if found is None:
            return "", _NOT_THERE
        if found in self._judged or not (self._only or found.endswith(_PYTHON)):
            return found, ""
        return "", "in files that are not judged"

    def _relative(self, place: str) -> str | None:
        if os.sep != "/":
            place = place.replace(os.sep, "/")
        place = os.path.normpath(place).replace(os.sep, "/") if place and "\0" not in place else ""
        root = self._root.replace(os.sep, "/")
        if os.path.isabs(place):
            for inside in (place, os.path.realpath(os.path.dirname(place)) + "/" + os.path.basename(place)):
                if inside.startswith(f"{root}/"):
                    return inside[len(root) + 1 :]
            return None
        return place if is_plain(place) and place != "." else None

    def _spelled(self, path: str) -> list[str]:
        """As it stands, and as it would be called from the project's root if it were from the repository's top."""
        return [path, path[len(self._prefix) :]] if self._prefix and path.startswith(self._prefix) else [path]

    def _is_file(self, path: str) -> bool:
        if path in self._judged:
            return True
        place = f"{self._root}/{path}"
        return os.path.isfile(place) and os.path.realpath(place) == place

    def _is_anything(self, place: str) -> bool:
        """Whether a folder or a link is there, if no file of the project."""
        return any(os.path.lexists(f"{self._root}/{one}") for one in self._spelled(self._relative(place) or ""))

    def _lines_of(self, path: str) -> list[str] | None:
        if path not in self._lines:
            content = read_regular(f"{self._root}/{path}", _MOST_BYTES)
            known = content is not None and len(content) <= _MOST_BYTES
            text = content.decode("utf-8", "replace").removeprefix("\ufeff") if content is not None and known else ""
            self._lines[path] = split_lines(text) if known else None
        return self._lines[path]


def _result(tool: str, raw: Raw, path: str, lines: list[str], severity: Severity) -> ToolResult:
    line = max(1, raw.line)
    text = _line(lines, line)
    column = _column(text, raw.column, raw.columns)
    last = max(line, min(raw.end_line, len(lines)))
    end = _column(_line(lines, last), raw.end_column, raw.columns) if raw.end_line >= line and raw.end_column else 0
    ends_after = (last, end) > (line, column) and end > 0
    return ToolResult(
        tool=tool,
        code=raw.code[:_MOST_NAME],
        name=raw.name[:_MOST_NAME],
        severity=severity,
        message=raw.message,
        remedy=raw.remedy.rstrip("."),
        path=path,
        line=line,
        column=column,
        end_line=last if ends_after else line,
        end_column=end if ends_after else column,
        text=text[:_MOST_IN_LINE],
    )


def _line(lines: list[str], number: int) -> str:
    return lines[number - 1] if number <= len(lines) else ""


def _column(line: str, column: int, kind: Columns) -> int:
    """A column in code points, within its line or one behind it."""
    if column > 1 and kind != "characters" and not line.isascii():
        width = 1 if kind == "bytes" else 2
        coded = line.encode("utf-8" if kind == "bytes" else "utf-16-le", "surrogatepass")
        kept = coded[: (column - 1) * width]
        column = len(kept.decode("utf-8" if kind == "bytes" else "utf-16-le", "ignore")) + 1
    return max(1, min(column, len(line) + 1))
