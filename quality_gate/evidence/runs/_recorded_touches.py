"""What an evidence file holds of what tests touched, checked value by value, in the lines of that time."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import Annotated

import msgspec

from quality_gate.evidence._untrusted import Unreadable, is_plain, rows
from quality_gate.evidence.runs._recorded_run import RecordedTest
from quality_gate.runs import TouchKind
from quality_gate_recorder.failure_tables import PHASES
from quality_gate_recorder.isolation_tables import KINDS, Touch
from quality_gate_recorder.packing import LINE_BITS, name_from_blob

_Line = Annotated[int, msgspec.Meta(ge=0, lt=1 << LINE_BITS)]
_Kind = Annotated[int, msgspec.Meta(ge=0, lt=len(KINDS))]
_Seconds = Annotated[float, msgspec.Meta(ge=0, le=1e9)]


class RecordedTouches(msgspec.Struct, frozen=True):
    """All that is recorded of touches.

    Args:
        not_watched: why not all of a kind were seen.
    """

    touches: tuple[Touch, ...]
    not_watched: Mapping[TouchKind, tuple[str, ...]]


class _TouchRow(msgspec.Struct, frozen=True, array_like=True):
    test_id: Annotated[int, msgspec.Meta(ge=1)]
    phase: Annotated[int, msgspec.Meta(ge=0, lt=len(PHASES))]
    kind: _Kind
    what: bytes
    seconds: _Seconds
    path: bytes
    line: _Line
    test_path: bytes
    test_line: _Line


class _NotWatchedRow(msgspec.Struct, frozen=True, array_like=True):
    kind: _Kind
    reason: str


def read_recorded_touches(connection: sqlite3.Connection, tests: Mapping[int, RecordedTest]) -> RecordedTouches:
    """All that is recorded of touches.

    Args:
        connection: of an evidence file whose tables have been looked at.
        tests: by number.

    Raises:
        Unreadable: a value cannot be.
        sqlite3.Error: see `Database.opened`.
    """
    query = f"SELECT {', '.join(_TouchRow.__struct_fields__)} FROM touch"
    touches = tuple(_touch(row, tests) for row in rows(connection, query, (), _TouchRow))
    reasons: dict[TouchKind, tuple[str, ...]] = {}
    for row in rows(connection, "SELECT kind, reason FROM not_watched", (), _NotWatchedRow):
        reasons[KINDS[row.kind]] = (*reasons.get(KINDS[row.kind], ()), row.reason)
    return RecordedTouches(touches, reasons)


def _touch(row: _TouchRow, tests: Mapping[int, RecordedTest]) -> Touch:
    if row.test_id not in tests:
        raise Unreadable("it names a test that it does not hold")
    return Touch(
        tests[row.test_id].nodeid,
        PHASES[row.phase],
        KINDS[row.kind],
        _text(row.what),
        row.seconds,
        _path(row.path),
        row.line,
        _path(row.test_path),
        row.test_line,
    )


def _path(blob: bytes) -> str:
    path = _text(blob)
    if path and not is_plain(path):
        raise Unreadable("a test touched something from a file outside the project")
    return path


def _text(blob: bytes) -> str:
    try:
        return name_from_blob(blob)
    except UnicodeDecodeError as error:
        raise Unreadable("it holds a name that is no text") from error
