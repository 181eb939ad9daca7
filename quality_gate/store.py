"""The cache: what was found in a content under some settings by this build. Losing it costs time, never truth.

Every fault of the database (corrupt, read-only, locked, full, of another version) turns the cache off for the run and
leaves a sentence; no fault of it is an error.
"""

from __future__ import annotations

import os
import sqlite3
from _blake2 import blake2b  # hashlib, which hands it on, loads OpenSSL first: 4 ms of every commit
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from types import TracebackType

import msgspec

from quality_gate_recorder.folder import FOLDER, own_folder

_SCHEMA = 1
_PATIENCE = 2.0
"""Seconds to wait for another run that is writing."""

_SEAL = 8
"""Bytes before each result."""

_RACY_NS = 2_000_000_000
"""A file touched within this many nanoseconds of its recording is always read again, as git's index does."""


class Seen(msgspec.Struct, frozen=True, array_like=True):
    """A file's identity on disk, which may spare reading it.

    Args:
        size: bytes. mtime_ns, ctime_ns: nanoseconds. inode: as the file system has it.
        digest: of the content when it was last read.
    """

    size: int
    mtime_ns: int
    ctime_ns: int
    inode: int
    digest: bytes

    def is_settled(self, now_ns: int) -> bool:
        """Whether the file was touched long enough ago to trust its identity.

        Args:
            now_ns: the time, nanoseconds since the epoch.
        """
        return max(self.mtime_ns, self.ctime_ns) < now_ns - _RACY_NS

    def matches(self, found: os.stat_result) -> bool:
        """Whether the file is the one that was read."""
        return (self.size, self.mtime_ns, self.ctime_ns, self.inode) == (
            found.st_size,
            found.st_mtime_ns,
            found.st_ctime_ns,
            found.st_ino,
        )


class Store:
    """The cache of one project; use as a context manager.

    Args:
        root: the project's root; the cache is `.quality-gate/cache.db` below it.
        key: names the build and the settings: entries of another key are not seen.
        tracked: whether git tracks anything in the folder; then it is not ours and is refused.
    """

    def __init__(self, root: Path, key: str, *, tracked: bool = False) -> None:
        self.problem: str | None = None
        self._key = key
        self._connection: sqlite3.Connection | None = None
        self._new_results: dict[bytes, bytes] = {}
        self._new_files: dict[str, bytes] = {}
        self._parts: tuple[Path, ...] = ()
        if tracked:
            self.problem = (
                f"{FOLDER}/ is tracked by git and therefore not used as a cache: type `git rm -r --cached {FOLDER}`"
            )
            return
        try:
            self._parts = _parts(own_folder(root))
            self._connection = _open(self._parts)
        except (OSError, sqlite3.Error) as error:
            self._give_up(error)

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._write()
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _give_up(self, error: Exception) -> None:
        self.problem = f"running without a cache: {error}"
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()
        if type(error) is sqlite3.DatabaseError or "no such" in str(error):  # corrupt: the next run makes another
            with suppress(OSError):
                _start_anew(self._parts)

    def _rows(self, query: str, values: tuple[object, ...]) -> list[tuple[bytes, bytes]]:
        if self._connection is None:
            return []
        try:
            # A database that somebody else has filled may hold any type in any column.
            rows = self._connection.execute(query, values)
            return [row for row in rows if type(row[0]) is bytes and type(row[1]) is bytes]
        except (sqlite3.Error, ValueError, OverflowError) as error:
            self._give_up(error)
            return []

    def files(self, paths: Iterable[str]) -> dict[str, Seen]:
        """What is remembered of files, by path; unknown ones are absent."""
        wanted = {os.fsencode(path): path for path in paths}
        found: dict[str, Seen] = {}
        for chunk in _chunks(list(wanted)):
            marks = ",".join("?" * len(chunk))
            for name, value in self._rows(f"SELECT path, seen FROM files WHERE path IN ({marks})", tuple(chunk)):
                seen = _decoded_seen(value)
                if seen is not None:
                    found[wanted[name]] = seen
        return found

    def results(self, keys: Iterable[bytes]) -> dict[bytes, bytes]:
        """Recorded results by content key."""
        found: dict[bytes, bytes] = {}
        build = self._key.encode()
        for chunk in _chunks(list(keys)):
            marks = ",".join("?" * len(chunk))
            rows = self._rows(f"SELECT key, value FROM results WHERE build = ? AND key IN ({marks})", (build, *chunk))
            found.update((key, value[_SEAL:]) for key, value in rows if value[:_SEAL] == _seal(key, value[_SEAL:]))
        return found

    def remember_file(self, path: str, seen: Seen, now_ns: int) -> None:
        """Note a file's identity, unless it was touched too short a time ago to trust it.

        Args:
            now_ns: the time, nanoseconds since the epoch.
        """
        if seen.is_settled(now_ns):
            self._new_files[path] = msgspec.msgpack.encode(seen)

    def remember_result(self, key: bytes, value: bytes) -> None:
        """Note a result under a content key."""
        self._new_results[key] = _seal(key, value) + value

    def _write(self) -> None:
        connection = self._connection
        if connection is None or not (self._new_files or self._new_results):
            return
        build = self._key.encode()
        try:
            with connection:
                connection.execute("BEGIN IMMEDIATE")
                connection.executemany(
                    "INSERT OR REPLACE INTO files VALUES (?, ?)",
                    [(os.fsencode(path), seen) for path, seen in self._new_files.items()],
                )
                connection.executemany(
                    "INSERT OR REPLACE INTO results VALUES (?, ?, ?)",
                    [(build, key, value) for key, value in self._new_results.items()],
                )
                connection.execute(
                    "DELETE FROM results WHERE build NOT IN "
                    "(SELECT build FROM results GROUP BY build ORDER BY MAX(rowid) DESC LIMIT 6)"
                )
        except sqlite3.Error as error:
            self._give_up(error)


def _seal(key: bytes, value: bytes) -> bytes:
    """What is lost in a file that sqlite still reads, as after a crash of the machine, shows here."""
    return digest(key + value)[:_SEAL]


def _decoded_seen(value: bytes) -> Seen | None:
    try:
        return msgspec.msgpack.decode(value, type=Seen)
    except (msgspec.DecodeError, ValueError):
        return None


def _chunks(items: list[bytes]) -> Iterable[list[bytes]]:
    """SQLite takes so many values in one statement."""
    return (items[start : start + 900] for start in range(0, len(items), 900))


def _parts(folder: Path) -> tuple[Path, ...]:
    return tuple(folder / f"cache.db{ending}" for ending in ("", "-journal", "-wal", "-shm"))


def _open(parts: tuple[Path, ...]) -> sqlite3.Connection:
    file, journal, *_ = parts
    for part in parts:
        if part.is_symlink():
            raise PermissionError(f"{FOLDER}/{part.name} is a symlink")
    if journal.exists():
        # We never leave a rollback journal, and a forged one makes sqlite delete any file that it names (row D2).
        _start_anew(parts)
    try:
        return _connected(file)
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.OperationalError):
            raise
        _start_anew(parts)
        return _connected(file)


def _start_anew(parts: Iterable[Path]) -> None:
    for part in parts:
        part.unlink(missing_ok=True)


def _connected(file: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(file, timeout=_PATIENCE)
    try:
        if _version(connection) != _SCHEMA:
            _journal(connection, "MEMORY")
            with connection:
                connection.execute("BEGIN IMMEDIATE")
                if _version(connection) != _SCHEMA:  # another run may have been faster
                    _create_tables(connection)
        # Readers and a writer can go on at once. Where another run holds the file, the journal stays in memory.
        _ = _journal(connection, "WAL") or _journal(connection, "MEMORY")
        connection.execute("PRAGMA synchronous = OFF")
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _journal(connection: sqlite3.Connection, mode: str) -> bool:
    """Whether the journal could be kept in a mode: not while another run holds the file."""
    try:
        return bool(connection.execute(f"PRAGMA journal_mode = {mode}").fetchone() == (mode.lower(),))
    except sqlite3.OperationalError:
        return False


def _version(connection: sqlite3.Connection) -> object:
    return connection.execute("PRAGMA user_version").fetchone()[0]


def _create_tables(connection: sqlite3.Connection) -> None:
    for statement in (
        "DROP TABLE IF EXISTS files",
        "DROP TABLE IF EXISTS results",
        "CREATE TABLE files (path BLOB PRIMARY KEY, seen BLOB NOT NULL) WITHOUT ROWID",
        "CREATE TABLE results (build BLOB NOT NULL, key BLOB NOT NULL, value BLOB NOT NULL, PRIMARY KEY (build, key))",
        f"PRAGMA user_version = {_SCHEMA}",
    ):
        connection.execute(statement)


def digest(content: bytes) -> bytes:
    """Identity of a content."""
    return blake2b(content, digest_size=16).digest()


def keyed(path: str, identity: bytes) -> bytes:
    """Key of what was found in a file: the same content elsewhere has another role and other names."""
    return digest(os.fsencode(path) + b"\0" + identity)


__all__ = ["FOLDER", "Seen", "Store", "digest", "keyed"]
