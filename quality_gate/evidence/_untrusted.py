"""Files from anybody: how they are opened, and how far they are believed.

A database with a forged journal beside it makes sqlite delete whatever file the journal names (hostile-inputs.md,
D2), one with views can compute for ever, and one whose pages point in circles has more rows than bytes. So a database
is opened as one that nobody changes, has plain tables or is refused, and may cost work in proportion to its size.
"""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TypeVar

import msgspec

_HEADER = b"SQLite format 3\0"
_NEIGHBOURS = ("-journal", "-wal", "-shm")

_LARGEST_VALUE = 64 * 1024 * 1024
"""Bytes of one value of a database."""

_STEPS = 100_000
"""Of sqlite's machine between two looks at how far it has come."""

_LEAST_STEPS = 10
_STEPS_PER_BYTE = 1
"""A row takes about eight, and has two dozen bytes with its place in an index."""

_Row = TypeVar("_Row")


class Unreadable(Exception):
    """A file cannot be believed; the message is the reason, as a clause that begins with `it`."""


def status_of(file: Path) -> os.stat_result:
    """What is there, when it is a regular file that holds something.

    Raises:
        Unreadable: it is not.
    """
    try:
        found = os.lstat(file)
    except (OSError, ValueError) as error:
        raise Unreadable(f"it cannot be opened: {getattr(error, 'strerror', None) or error}") from error
    if stat.S_ISLNK(found.st_mode):
        raise Unreadable("it is a symbolic link, and links are not followed")
    if not stat.S_ISREG(found.st_mode):
        raise Unreadable("it is no regular file")
    if not found.st_size:
        raise Unreadable("it is empty")
    return found


def beginning_of(file: Path, most: int) -> bytes:
    """The first bytes of a regular file.

    Raises:
        Unreadable: it is none, or cannot be read.
    """
    status_of(file)
    try:
        with open(file, "rb", opener=_without_following) as stream:
            return stream.read(most)
    except OSError as error:
        raise Unreadable(f"it cannot be read: {error.strerror or error}") from error


def whole_of(file: Path, most: int, instead: str) -> bytes:
    """The bytes of a regular file.

    Args:
        most: bytes; a larger file is refused. instead: what to do then, as a clause.

    Raises:
        Unreadable: see above.
    """
    size = status_of(file).st_size
    if size > most:
        raise Unreadable(f"it has {size >> 20} MiB, and no more than {most >> 20} MiB are read: {instead}")
    return beginning_of(file, size)


def is_plain(path: str) -> bool:
    """Whether a path can only lie below the folder that it is relative to."""
    if not path or "\0" in path or path.startswith("/") or (os.name == "nt" and (":" in path or "\\" in path)):
        return False
    return not any(part in ("", ".", "..") for part in path.split("/"))


def looks_like_database(beginning: bytes) -> bool:
    """Whether sqlite could have written a file that begins so."""
    return beginning.startswith(_HEADER)


class Database:
    """A sqlite file that is only ever read, opened anew for each question so that nothing stays open.

    Args:
        file: an absolute path.

    Raises:
        Unreadable: it is no such file, or one that a run is writing to or has not finished.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._found = status_of(file)
        for ending in _NEIGHBOURS:
            if os.path.lexists(f"{file}{ending}"):
                raise Unreadable(f"it is not finished: {file.name}{ending} lies beside it")
        if not looks_like_database(beginning_of(file, len(_HEADER))):
            raise Unreadable("it is no sqlite database")

    @property
    def name(self) -> str:
        """The file's own."""
        return self._file.name

    @property
    def bytes(self) -> int:
        """Its size."""
        return self._found.st_size

    @property
    def is_anothers(self) -> bool:
        """Whether the file belongs to another user."""
        return hasattr(os, "getuid") and self._found.st_uid != os.getuid()

    @contextmanager
    def opened(self) -> Iterator[sqlite3.Connection]:
        """A connection for as long as the block lasts.

        Raises:
            Unreadable: the file has been replaced since, or the block met something that sqlite cannot read.
        """
        try:
            with closing(sqlite3.connect(f"{self._file.as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
                _restrict(connection, self.bytes)
                yield connection
                self._refuse_another()
        except (sqlite3.Error, sqlite3.Warning, ValueError, OverflowError, MemoryError) as error:
            raise Unreadable(f"it cannot be read: {error or type(error).__name__}") from error

    def _refuse_another(self) -> None:
        now = status_of(self._file)
        if _identity(now) != _identity(self._found):
            raise Unreadable("it was changed while it was read")


def expect_tables(connection: sqlite3.Connection, tables: Mapping[str, tuple[str, ...]]) -> None:
    """See that tables are there with the columns that they should have, and that they are tables and nothing else.

    Raises:
        Unreadable: they are not.
    """
    for name, columns in tables.items():
        definitions = connection.execute("SELECT type, sql FROM sqlite_master WHERE name = ?", (name,)).fetchall()
        if not definitions:
            raise Unreadable(f"it has no table {name}")
        if [kind for kind, _ in definitions] != ["table"] or not _is_plain_table(definitions[0][1]):
            raise Unreadable(f"its {name} is no plain table")
        found = connection.execute("SELECT name, hidden FROM pragma_table_xinfo(?)", (name,)).fetchall()
        if any(hidden for _, hidden in found):
            raise Unreadable(f"its {name} is no plain table")
        missing = [column for column in columns if column not in {column for column, _ in found}]
        if missing:
            raise Unreadable(f"its table {name} has no column {missing[0]}")


def rows(connection: sqlite3.Connection, query: str, values: tuple[object, ...], kind: type[_Row]) -> list[_Row]:
    """The answer to a question, each row as it should be.

    Args:
        kind: of a row; a frozen Struct that is like an array, or a tuple's type.

    Raises:
        Unreadable: a value is of another type or out of its range.
        sqlite3.Error: see `Database.opened`.
    """
    try:
        # Without the types named, text would pass for bytes, as base64.
        return [msgspec.convert(row, kind, builtin_types=(bytes,)) for row in connection.execute(query, values)]
    except msgspec.ValidationError as error:
        raise Unreadable(f"it holds what cannot be: {error}") from error


def _restrict(connection: sqlite3.Connection, size: int) -> None:
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LARGEST_VALUE)
    connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
    for pragma in ("trusted_schema = OFF", "cell_size_check = ON", "query_only = ON", "temp_store = MEMORY"):
        connection.execute(f"PRAGMA {pragma}")
    left = [_LEAST_STEPS + size * _STEPS_PER_BYTE // _STEPS]

    def spent() -> bool:
        left[0] -= 1
        return left[0] < 0

    connection.set_progress_handler(spent, _STEPS)


def _is_plain_table(sql: object) -> bool:
    return isinstance(sql, str) and sql.lstrip().upper().startswith("CREATE TABLE")


def _identity(found: os.stat_result) -> tuple[int, ...]:
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


def _without_following(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
