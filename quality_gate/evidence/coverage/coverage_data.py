"""coverage.py's own data file (`.coverage`), whatever its size: read in place, and of it only what is asked for.

Not through `coverage.CoverageData`: that opens the file as one that may change, which a forged journal abuses
(hostile-inputs.md, D2), and a private copy of 2 GB takes longer than all answers together. The schema has been number
7 since coverage 5; another number is refused.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated

import msgspec

from quality_gate.evidence._untrusted import Database, Unreadable, expect_tables, rows
from quality_gate.evidence.coverage._foreign import MOST_LINES, Arc, Told
from quality_gate_recorder.evidence_file import from_blob, numbers

_SCHEMA = 7

_TABLES = {
    "coverage_schema": ("version",),
    "meta": ("key", "value"),
    "file": ("id", "path"),
    "context": ("id", "context"),
    "line_bits": ("file_id", "context_id", "numbits"),
    "arc": ("file_id", "context_id", "fromno", "tono"),
}

_OURS = "executed"
"""A table that only evidence of our own recorder has."""

_End = Annotated[int, msgspec.Meta(ge=-MOST_LINES, le=MOST_LINES)]

_AT_ONCE = 400
"""Values in one statement."""


class CoverageData:
    """An open data file; implements `ForeignFile`.

    Args:
        file: an absolute path.

    Raises:
        Unreadable: it is none, or of another schema.
    """

    def __init__(self, file: Path) -> None:
        self._database = Database(file)
        with self._database.opened() as connection:
            _check_schema(connection)
            self._numbers = _numbers(connection)
            self._has_arcs = _has_arcs(connection)

    @property
    def kind(self) -> str:
        """See `ForeignFile`."""
        return "coverage.py's data"

    @property
    def names(self) -> Sequence[str]:
        """See `ForeignFile`."""
        return tuple(self._numbers)

    def places(self, name: str) -> Sequence[str]:
        """See `ForeignFile`."""
        return [name]

    def told(self, name: str) -> Told:
        """See `ForeignFile`."""
        number = self._numbers[name]
        with self._database.opened() as connection:
            if not self._has_arcs:
                return Told(run=_lines(connection, number), are_raw=True, names_all=False)
            arcs = _arcs(connection, number)
        run = frozenset(end for arc in arcs for end in arc if end > 0)
        return Told(run=run, are_raw=True, names_all=False, arcs=arcs, has_branches=True)

    def contexts(self, name: str, lines: range) -> Iterable[str]:
        """See `ForeignFile`."""
        with self._database.opened() as connection:
            find = _contexts_of_arcs if self._has_arcs else _contexts_of_lines
            return _context_names(connection, find(connection, self._numbers[name], lines))


def _check_schema(connection: sqlite3.Connection) -> None:
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if _OURS in tables:
        raise Unreadable("it is evidence of quality-gate test: join it with quality-gate merge")
    if "coverage_schema" not in tables:
        raise Unreadable("it is no data of coverage.py")
    expect_tables(connection, {"coverage_schema": _TABLES["coverage_schema"]})
    versions = rows(connection, "SELECT version FROM coverage_schema LIMIT 2", (), tuple[int])
    if versions != [(_SCHEMA,)]:
        found = versions[0][0] if versions else "no number"
        raise Unreadable(f"its schema is {found}, and schema {_SCHEMA} is read: update quality-gate or coverage")
    expect_tables(connection, _TABLES)


def _numbers(connection: sqlite3.Connection) -> dict[str, int]:
    found: dict[str, int] = {}
    for number, path in rows(connection, "SELECT id, path FROM file", (), tuple[int, str]):
        if path in found:
            raise Unreadable(f"it lists {path} twice")
        found[path] = number
    if not found:
        raise Unreadable("it holds no measured file")
    return found


def _has_arcs(connection: sqlite3.Connection) -> bool:
    found = rows(connection, "SELECT value FROM meta WHERE key = 'has_arcs'", (), tuple[str])
    return found == [("1",)]


def _arcs(connection: sqlite3.Connection, number: int) -> frozenset[Arc]:
    # A file that every one of 10,000 tests runs has a million rows and a few hundred different ones; sqlite sorts out
    # the doubles in a quarter of the time that Python takes.
    found = connection.execute("SELECT DISTINCT fromno, tono FROM arc WHERE file_id = ?", (number,)).fetchall()
    try:
        return msgspec.convert(found, frozenset[tuple[_End, _End]])
    except msgspec.ValidationError as error:
        raise Unreadable(f"it holds a jump that cannot be: {error}") from error


def _lines(connection: sqlite3.Connection, number: int) -> frozenset[int]:
    together = 0
    for (bits,) in connection.execute("SELECT DISTINCT numbits FROM line_bits WHERE file_id = ?", (number,)):
        together |= _bits(bits)
    return frozenset(numbers(together)) - {0}


def _contexts_of_arcs(connection: sqlite3.Connection, number: int, lines: range) -> set[int]:
    query = "SELECT DISTINCT context_id FROM arc WHERE file_id = ? AND (fromno BETWEEN ? AND ? OR tono BETWEEN ? AND ?)"
    values = (number, lines[0], lines[-1], lines[0], lines[-1])
    return {context for (context,) in rows(connection, query, values, tuple[int])}


def _contexts_of_lines(connection: sqlite3.Connection, number: int, lines: range) -> set[int]:
    wanted = sum(1 << line for line in lines)
    query = "SELECT context_id, numbits FROM line_bits WHERE file_id = ?"
    return {context for context, bits in connection.execute(query, (number,)) if _bits(bits) & wanted}


def _context_names(connection: sqlite3.Connection, contexts: Iterable[int]) -> set[str]:
    wanted = sorted(contexts)
    found: set[str] = set()
    for start in range(0, len(wanted), _AT_ONCE):
        some = wanted[start : start + _AT_ONCE]
        query = f"SELECT context FROM context WHERE id IN ({','.join('?' * len(some))})"
        found.update(name for (name,) in rows(connection, query, tuple(some), tuple[str]))
    return found


def _bits(value: object) -> int:
    if not isinstance(value, bytes) or len(value) > MOST_LINES // 8:
        raise Unreadable("it holds lines that cannot be")
    return from_blob(value)
