"""What an evidence file holds of failures, checked value by value, in the lines of that time."""

from __future__ import annotations

import sqlite3
from collections.abc import Container, Mapping, Sequence
from typing import Annotated, TypeVar

import msgspec

from quality_gate.evidence._untrusted import Unreadable, is_plain, rows
from quality_gate.evidence.runs._recorded_run import RecordedTest
from quality_gate_recorder.failure_tables import PHASES, SOURCES, Failure, Place, Seen
from quality_gate_recorder.fingerprints import lines_from_bytes
from quality_gate_recorder.packing import LINE_BITS, name_from_blob, places_from_bytes

_Line = Annotated[int, msgspec.Meta(ge=1, lt=1 << LINE_BITS)]
_Number = Annotated[int, msgspec.Meta(ge=0, lt=1 << LINE_BITS)]
_Flag = Annotated[int, msgspec.Meta(ge=0, le=1)]
_Known = TypeVar("_Known")
_BASES = msgspec.json.Decoder(tuple[str, ...])


class RecordedFailures(msgspec.Struct, frozen=True):
    """All that is recorded of failures.

    Args:
        seen: what ran of test code and what failed, by phase of a test.
        bases: names of a type's bases by its own.
        lines: where the statements of files of test code began, by path.
        unseen: why not all that failed in a test is known, by node id; "" for all tests.
    """

    seen: tuple[Seen, ...]
    bases: Mapping[str, tuple[str, ...]]
    lines: Mapping[str, tuple[int, ...]]
    unseen: Mapping[str, tuple[str, ...]]

    def without(self, tests: Container[str]) -> RecordedFailures:
        """The same less what some tests did."""
        return RecordedFailures(
            tuple(one for one in self.seen if one.nodeid not in tests),
            self.bases,
            self.lines,
            {test: reasons for test, reasons in self.unseen.items() if test not in tests},
        )


class _TestCodeRow(msgspec.Struct, frozen=True, array_like=True):
    number: Annotated[int, msgspec.Meta(ge=1)]
    path: bytes
    lines: bytes


class _ExceptionRow(msgspec.Struct, frozen=True, array_like=True):
    number: int
    name: str
    bases: str


class _PlaceRow(msgspec.Struct, frozen=True, array_like=True):
    number: int
    path: bytes
    line: _Line
    column: _Number
    end_line: _Number
    end_column: _Number


class _SeenRow(msgspec.Struct, frozen=True, array_like=True):
    number: int
    test: Annotated[int, msgspec.Meta(ge=0)]
    phase: Annotated[int, msgspec.Meta(ge=0, lt=len(PHASES))]
    places: bytes


class _FailureRow(msgspec.Struct, frozen=True, array_like=True):
    seen_id: int
    place_id: int
    exception_id: int
    source: Annotated[int, msgspec.Meta(ge=0, lt=len(SOURCES))]
    handled: _Number
    called_from: bytes
    reached: Annotated[int, msgspec.Meta(ge=0)]
    taken: _Flag
    moment: Annotated[int, msgspec.Meta(ge=0)]
    older_thread: _Flag


class _UnseenRow(msgspec.Struct, frozen=True, array_like=True):
    test: Annotated[int, msgspec.Meta(ge=0)]
    reason: str


def read_recorded_failures(connection: sqlite3.Connection, tests: Mapping[int, RecordedTest]) -> RecordedFailures:
    """All that is recorded of failures.

    Args:
        connection: of an evidence file whose tables have been looked at.
        tests: by number.

    Raises:
        Unreadable: a value cannot be.
        sqlite3.Error: see `Database.opened`.
    """
    nodeids = {0: ""} | {number: test.nodeid for number, test in tests.items()}
    code = rows(connection, "SELECT id, path, lines FROM test_code", (), _TestCodeRow)
    exceptions = rows(connection, "SELECT id, name, bases FROM exception", (), _ExceptionRow)
    unseen: dict[str, tuple[str, ...]] = {}
    for row in rows(connection, "SELECT test_id, reason FROM unseen", (), _UnseenRow):
        nodeid = _of(nodeids, row.test)
        unseen[nodeid] = (*unseen.get(nodeid, ()), row.reason)
    files = {row.number: _path(row.path) for row in code}
    failures = _failures(connection, files, {row.number: row.name for row in exceptions})
    return RecordedFailures(
        seen=tuple(_seen(connection, nodeids, files, failures)),
        bases={row.name: _bases(row.bases) for row in exceptions},
        lines={files[row.number]: _lines(row.lines) for row in code},
        unseen=unseen,
    )


def _seen(
    connection: sqlite3.Connection,
    nodeids: Mapping[int, str],
    files: Mapping[int, str],
    failures: Mapping[int, Sequence[Failure]],
) -> list[Seen]:
    found = []
    for row in rows(connection, "SELECT id, test_id, phase, places FROM seen ORDER BY id", (), _SeenRow):
        places = _places(row.places, files)
        of_it = tuple(failures.get(row.number, ()))
        if any(failure.moment > len(places) for failure in of_it):
            raise Unreadable("something failed after more than the test ran")
        found.append(Seen(_of(nodeids, row.test), PHASES[row.phase], places, of_it))
    return found


def _failures(
    connection: sqlite3.Connection, files: Mapping[int, str], types: Mapping[int, str]
) -> dict[int, list[Failure]]:
    query = "SELECT id, path, line, column, end_line, end_column FROM failure_place"
    spots = {row.number: row for row in rows(connection, query, (), _PlaceRow)}
    query = f"SELECT {', '.join(_FailureRow.__struct_fields__)} FROM failure"
    found: dict[int, list[Failure]] = {}
    for row in rows(connection, query, (), _FailureRow):
        spot = _of(spots, row.place_id)
        failure = Failure(
            path=_path(spot.path),
            line=spot.line,
            column=spot.column,
            end_line=spot.end_line,
            end_column=spot.end_column,
            exception=_of(types, row.exception_id),
            source=SOURCES[row.source],
            handled=row.handled,
            called_from=_places(row.called_from, files),
            reached=_place(row.reached, files) if row.reached else None,
            taken=bool(row.taken),
            moment=row.moment,
            older_thread=bool(row.older_thread),
        )
        found.setdefault(row.seen_id, []).append(failure)
    return found


def _places(packed: bytes, files: Mapping[int, str]) -> tuple[Place, ...]:
    try:
        return tuple(_place(number, files) for number in places_from_bytes(packed))
    except ValueError as error:
        raise Unreadable(f"it holds places that cannot be: {error}") from error


def _place(number: int, files: Mapping[int, str]) -> Place:
    return Place(_of(files, number >> LINE_BITS), number & (1 << LINE_BITS) - 1)


def _of(known: Mapping[int, _Known], number: int) -> _Known:
    try:
        return known[number]
    except KeyError:
        raise Unreadable("it names what it does not hold") from None


def _path(blob: bytes) -> str:
    try:
        path = name_from_blob(blob)
    except UnicodeDecodeError as error:
        raise Unreadable("it holds a name that is no text") from error
    if not is_plain(path):
        raise Unreadable("something failed in a file outside the project")
    return path


def _bases(text: str) -> tuple[str, ...]:
    try:
        return _BASES.decode(text)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise Unreadable(f"it holds types that cannot be: {error}") from error


def _lines(packed: bytes) -> tuple[int, ...]:
    try:
        return lines_from_bytes(packed)
    except ValueError as error:
        raise Unreadable(f"it holds lines that cannot be: {error}") from error
