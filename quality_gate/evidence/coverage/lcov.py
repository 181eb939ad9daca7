"""LCOV's text (`coverage lcov`): read line by line, every line one that the format knows.

A newline in a file's name makes records of its author's liking (hostile-inputs.md, row 23). So a name that comes twice
is believed neither time, and the caller refuses LCOV where the project has such names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from quality_gate.evidence._untrusted import Unreadable, status_of
from quality_gate.evidence.coverage._foreign import (
    SOME_EXIT,
    ForeignFile,
    ReadFile,
    Told,
    ToldBranch,
    count,
    line_number,
)

_MOST_BYTES = 1024 * 1024 * 1024
_MOST_IN_LINE = 64 * 1024

_PASSED_BY = frozenset(
    {"FN", "FNDA", "FNF", "FNH", "FNL", "FNA", "BRF", "BRH", "LF", "LH", "VER", "MCDC", "MCF", "MCH"}
)
"""Sums, and what is known by function."""

_JUMP = re.compile(r"jump to line ([0-9]{1,8})")
_EXIT = re.compile(r"(?:exit|return|leave|run|finish|complete|yield|end)\b")
_NUMBERED = re.compile(r"[0-9]+")
"""A branch without words: other languages, and coverage.py before 7.6.2, which put the line that the branch leads to
before it."""


def read_lcov(file: Path) -> ForeignFile:
    """What an LCOV file tells.

    Raises:
        Unreadable: it is none, or too large.
    """
    size = status_of(file).st_size
    if size > _MOST_BYTES:
        raise Unreadable(f"it has {size >> 20} MiB, and no more than {_MOST_BYTES >> 20} MiB are read")
    reader = _Reader()
    try:
        for number, line in enumerate(_lines(file), 1):
            try:
                reader.take(line)
            except Unreadable as error:
                raise Unreadable(f"{error} (its line {number})") from error
    except OSError as error:
        raise Unreadable(f"it cannot be read: {error.strerror or error}") from error
    return reader.found()


def _lines(file: Path) -> Iterator[str]:
    with file.open("rb") as stream:
        while line := stream.readline(_MOST_IN_LINE):
            if len(line) == _MOST_IN_LINE:
                raise Unreadable(f"it has a line of more than {_MOST_IN_LINE >> 10} KiB")
            yield line.decode("utf-8", "surrogateescape").rstrip("\r\n")


class _Record:
    """What is told of one source."""

    def __init__(self) -> None:
        self.run: set[int] = set()
        self.missing: set[int] = set()
        self.branches: dict[int, list[tuple[int | None, bool]]] = {}
        self.numbered: dict[int, list[bool]] = {}

    def told(self, has_branches: bool, are_numbered: bool) -> Told:
        return Told(
            run=frozenset(self.run),
            missing=frozenset(self.missing - self.run),
            branches={line: _branch(ways) for line, ways in self.branches.items()},
            has_branches=has_branches,
            numbered={line: ToldBranch(len(ways), sum(ways)) for line, ways in self.numbered.items()}
            if are_numbered
            else None,
        )


class _Reader:
    """Takes lines."""

    def __init__(self) -> None:
        self._records: dict[str, _Record] = {}
        self._doubles: set[str] = set()
        self._record: _Record | None = None

    def take(self, line: str) -> None:
        """Read a line.

        Raises:
            Unreadable: the format has none such, or not here.
        """
        if not line.strip() or line.startswith("#"):
            return
        if line == "end_of_record":
            if self._record is None:
                raise Unreadable("a record ends that has not begun")
            self._record = None
            return
        key, colon, value = line.partition(":")
        if not colon or (self._record is None) != (key in ("TN", "SF")):
            raise Unreadable("it has a line that is not LCOV, or not where it may stand")
        if key == "SF":
            self._begin(value)
        elif self._record is not None and key == "DA":
            _line(self._record, value)
        elif self._record is not None and key == "BRDA":
            _way(self._record, value)
        elif key != "TN" and key not in _PASSED_BY:
            raise Unreadable("it has a line that is not LCOV")

    def _begin(self, name: str) -> None:
        if not name.isprintable() and not any("\udc80" <= letter <= "\udcff" for letter in name):
            raise Unreadable("it names a file with control characters")
        if name in self._records:
            self._doubles.add(name)
        self._record = self._records[name] = _Record()

    def found(self) -> ForeignFile:
        """Everything that was read."""
        if self._record is not None:
            raise Unreadable("it ends within a record")
        old = any(record.numbered for name, record in self._records.items() if name.endswith(".py"))
        are_numbered = any(record.numbered for record in self._records.values())
        has_branches = not old and any(record.branches for record in self._records.values())
        told: dict[str, Told | Unreadable] = {
            name: record.told(has_branches, are_numbered)
            for name, record in self._records.items()
            if name not in self._doubles
        }
        twice = Unreadable("it has more than one record of the file, so one may be forged")
        kind = "LCOV of an old coverage.py, whose branches are not known" if old else "LCOV"
        return ReadFile(kind, told | dict.fromkeys(self._doubles, twice))


def _line(record: _Record, value: str) -> None:
    line, _, rest = value.partition(",")
    hits = rest.partition(",")[0]
    (record.run if count(hits) else record.missing).add(line_number(line))


def _way(record: _Record, value: str) -> None:
    """`line,block,branch,taken`; coverage.py writes in words where the branch leads to."""
    line, _, rest = value.partition(",")
    ahead, _, taken = rest.rpartition(",")
    jump = _JUMP.search(ahead)
    words = ahead.partition(",")[2]
    if _NUMBERED.fullmatch(words):
        record.numbered.setdefault(count(line), []).append(taken != "-" and count(taken) > 0)
        return
    end = line_number(jump.group(1)) if jump else SOME_EXIT if _EXIT.match(words) else None
    record.branches.setdefault(line_number(line), []).append((end, taken != "-" and count(taken) > 0))


def _branch(ways: list[tuple[int | None, bool]]) -> ToldBranch:
    return ToldBranch(
        total=len(ways),
        taken=sum(taken for _, taken in ways),
        ends_taken=frozenset(end for end, taken in ways if taken and end is not None),
        ends_missing=frozenset(end for end, taken in ways if not taken and end is not None),
    )
