"""What failed in which test, as it stands in an evidence file; `evidence_file` tells of the tables."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from quality_gate_recorder.packing import (
    LINE_BITS,
    name_from_blob,
    name_to_blob,
    places_from_bytes,
    places_to_bytes,
)

Phase = Literal["setup", "call", "teardown", "none"]
PHASES: tuple[Phase, ...] = ("none", "setup", "call", "teardown")
"""As they are numbered in the tables."""

Source = Literal["here", "project", "outside", "test"]
SOURCES: tuple[Source, ...] = ("here", "project", "outside", "test")
"""Where an exception came from; as they are numbered in the tables."""

TABLES = """
CREATE TABLE test_code (id INTEGER PRIMARY KEY, path BLOB NOT NULL UNIQUE, lines BLOB NOT NULL);
CREATE TABLE exception (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, bases TEXT NOT NULL);
CREATE TABLE failure_place (id INTEGER PRIMARY KEY, path BLOB NOT NULL, line INTEGER NOT NULL,
    column INTEGER NOT NULL, end_line INTEGER NOT NULL, end_column INTEGER NOT NULL);
CREATE TABLE seen (id INTEGER PRIMARY KEY, test_id INTEGER NOT NULL, phase INTEGER NOT NULL, places BLOB NOT NULL);
CREATE TABLE failure (seen_id INTEGER NOT NULL, place_id INTEGER NOT NULL, exception_id INTEGER NOT NULL,
    source INTEGER NOT NULL, handled INTEGER NOT NULL, called_from BLOB NOT NULL, reached INTEGER NOT NULL,
    taken INTEGER NOT NULL, moment INTEGER NOT NULL, older_thread INTEGER NOT NULL);
CREATE TABLE unseen (test_id INTEGER NOT NULL, reason TEXT NOT NULL, PRIMARY KEY (test_id, reason)) WITHOUT ROWID;
"""


class Place(NamedTuple):
    """A line of test code."""

    path: str
    line: int


class Failure(NamedTuple):
    """An exception in one function of the project, on its way up.

    Args:
        path: of the project's file.
        line, column, end_line, end_column: the expression or statement that it came out of; columns are 0-based and
            count bytes of UTF-8, as in `ast`; all but `line` are 0 where they are not known.
        exception: name of its type, as in `Evidence.exceptions`.
        source: `here`: raised at this place, or by what is no Python code; `project`: by a function of the project
            that was called here; `outside`: by other people's code; `test`: by test code, e.g. a fake.
        handled: line of the `except` or `with` that took it, or the first line of such a `finally`; 0: it left the
            function.
        called_from: lines of test code that were running, the innermost first.
        reached: the last line of test code that it came up to, None where it came to none.
        taken: whether something in that function of test code took it.
        moment: how many of the places of its `Seen` had their last run before it was raised.
        older_thread: whether it was raised in a thread that was there before the test.
    """

    path: str
    line: int
    column: int
    end_line: int
    end_column: int
    exception: str
    source: Source
    handled: int
    called_from: tuple[Place, ...]
    reached: Place | None
    taken: bool
    moment: int
    older_thread: bool


class Seen(NamedTuple):
    """What one process saw of one phase of one test.

    Args:
        places: lines of functions of test code, in the order in which they were last run. Where `Meta.failures` is
            "0" the order says nothing.
    """

    nodeid: str
    phase: Phase
    places: tuple[Place, ...]
    failures: tuple[Failure, ...]


@dataclass(slots=True)
class SeenFailures:
    """All that was seen of failures.

    Args:
        seen: by process, test and phase; a test that was run again is there again.
        exceptions: qualified names of the bases of each type, the nearest first, by its own.
        unseen: why not all that failed in a test is known, by node id; "" for all tests.
        lines: where the statements of files of test code begin, packed by `lines_to_bytes`.
    """

    seen: list[Seen] = field(default_factory=list)
    exceptions: dict[str, tuple[str, ...]] = field(default_factory=dict)
    unseen: dict[str, set[str]] = field(default_factory=dict)
    lines: dict[str, bytes] = field(default_factory=dict)

    def add(self, other: SeenFailures) -> None:
        """Add what another process saw."""
        self.seen += other.seen
        self.exceptions |= other.exceptions
        self.lines = other.lines | self.lines
        for nodeid, reasons in other.unseen.items():
            self.unseen[nodeid] = self.unseen.get(nodeid, set()) | reasons

    def not_all(self, nodeid: str, reason: str) -> None:
        """Note why not all is known of a test, as a clause."""
        self.unseen.setdefault(nodeid, set()).add(reason)

    @property
    def paths(self) -> set[str]:
        """Files of test code that it speaks of."""
        found = {place.path for seen in self.seen for place in seen.places}
        for seen in self.seen:
            for failure in seen.failures:
                found.update(place.path for place in failure.called_from)
                found.update([failure.reached.path] if failure.reached else ())
        return found


def fill(connection: sqlite3.Connection, failures: SeenFailures, tests: Mapping[str, int]) -> None:
    """Write the tables.

    Args:
        tests: their numbers.
    """
    files = {path: number for number, path in enumerate(sorted(failures.paths), 1)}
    lines = failures.lines
    rows = [(number, name_to_blob(path), lines.get(path, b"")) for path, number in files.items()]
    connection.executemany("INSERT INTO test_code VALUES (?, ?, ?)", rows)
    types = {name: number for number, name in enumerate(sorted(failures.exceptions), 1)}
    connection.executemany(
        "INSERT INTO exception VALUES (?, ?, ?)",
        [(number, name, json.dumps(failures.exceptions[name])) for name, number in types.items()],
    )
    _fill_seen(connection, failures.seen, tests, files, types)
    reasons = [(tests[nodeid], text) for nodeid, texts in failures.unseen.items() for text in texts]
    connection.executemany("INSERT INTO unseen VALUES (?, ?)", sorted(reasons))


def _fill_seen(
    connection: sqlite3.Connection,
    seen: Sequence[Seen],
    tests: Mapping[str, int],
    files: Mapping[str, int],
    types: Mapping[str, int],
) -> None:
    def packed(places: Iterable[Place]) -> bytes:
        return places_to_bytes(files[path] << LINE_BITS | line for path, line in places)

    spots: dict[tuple[str, int, int, int, int], int] = {}
    rows = []
    for number, one in enumerate(seen, 1):
        connection.execute(
            "INSERT INTO seen VALUES (?, ?, ?, ?)",
            (number, tests[one.nodeid], PHASES.index(one.phase), packed(one.places)),
        )
        for failure in one.failures:
            spot = spots.setdefault(failure[:5], len(spots) + 1)
            reached = 0 if failure.reached is None else files[failure.reached.path] << LINE_BITS | failure.reached.line
            source = SOURCES.index(failure.source)
            called = packed(failure.called_from)
            rest = (source, failure.handled, called, reached, failure.taken, failure.moment, failure.older_thread)
            rows.append((number, spot, types[failure.exception], *rest))
    connection.executemany("INSERT INTO failure VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
    connection.executemany(
        "INSERT INTO failure_place VALUES (?, ?, ?, ?, ?, ?)",
        [(number, name_to_blob(path), *place) for (path, *place), number in spots.items()],
    )


def read_failures(connection: sqlite3.Connection, tests: Mapping[int, str]) -> SeenFailures:
    """The opposite of `fill`.

    Args:
        tests: node ids by number.
    """
    found = SeenFailures()
    files: dict[int, str] = {}
    for number, path, lines in connection.execute("SELECT * FROM test_code"):
        files[number] = name_from_blob(path)
        found.lines[files[number]] = lines
    types: dict[int, str] = {}
    for number, name, bases in connection.execute("SELECT * FROM exception"):
        types[number] = name
        found.exceptions[name] = tuple(json.loads(bases))
    for number, reason in connection.execute("SELECT * FROM unseen"):
        found.not_all(tests[number], reason)
    _read_seen(connection, found, tests, files, types)
    return found


def _read_seen(
    connection: sqlite3.Connection,
    found: SeenFailures,
    tests: Mapping[int, str],
    files: Mapping[int, str],
    types: Mapping[int, str],
) -> None:
    def place(number: int) -> Place:
        return Place(files[number >> LINE_BITS], number & (1 << LINE_BITS) - 1)

    spots: dict[int, tuple[str, int, int, int, int]] = {}
    for number, path, line, column, end_line, end_column in _all(connection, "failure_place"):
        spots[number] = (name_from_blob(path), line, column, end_line, end_column)
    failures: dict[int, list[Failure]] = {}
    for seen, spot, kind, source, handled, called, reached, taken, moment, older in _all(connection, "failure"):
        failures.setdefault(seen, []).append(
            Failure(
                *spots[spot],
                types[kind],
                SOURCES[source],
                handled,
                tuple(map(place, places_from_bytes(called))),
                place(reached) if reached else None,
                bool(taken),
                moment,
                bool(older),
            )
        )
    for number, test, phase, places in _all(connection, "seen"):
        lines = tuple(map(place, places_from_bytes(places)))
        found.seen.append(Seen(tests[test], PHASES[phase], lines, tuple(failures.get(number, ()))))


def _all(connection: sqlite3.Connection, table: str) -> sqlite3.Cursor:
    return connection.execute(f"SELECT * FROM {table} ORDER BY rowid")
