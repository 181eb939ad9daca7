"""What an evidence file holds of one file of the project, checked value by value, in the lines of that time."""

from __future__ import annotations

import sqlite3
from collections.abc import Container, Iterable, Mapping
from typing import Annotated

import msgspec

from quality_gate.evidence._untrusted import Unreadable, rows
from quality_gate_recorder.evidence_file import from_blob, numbers
from quality_gate_recorder.fingerprints import lines_from_bytes

_MOST_LINES = 2**24
"""A file of more lines is no source."""

_Line = Annotated[int, msgspec.Meta(ge=1, le=_MOST_LINES)]
_End = Annotated[int, msgspec.Meta(ge=-_MOST_LINES, le=_MOST_LINES)]
_BRANCHES = msgspec.json.Decoder(list[tuple[_Line, list[_End]]])
_ARCS = msgspec.json.Decoder(tuple[tuple[_End, _End], ...])

Arc = tuple[int, int]

PHASES: tuple[str, ...] = ("none", "setup", "call", "teardown")


class RecordedFunction(msgspec.Struct, frozen=True):
    """A function's fingerprint.

    Args:
        lines: where its statements began, ascending.
    """

    digest: bytes
    lines: tuple[int, ...]


class Execution(msgspec.Struct, frozen=True, array_like=True):
    """What one test ran in one phase.

    Args:
        test: its number; 0 is no test. phase: as `PHASES` names it. arcs: positions in the file's arcs, as bits.
    """

    test: int
    phase: str
    arcs: int


class RecordedFile(msgspec.Struct, frozen=True):
    """A file as it was measured; all lines are of that time.

    Args:
        digest: of its bytes. functions: by qualified name.
    """

    digest: bytes
    statements: frozenset[int]
    excluded: frozenset[int]
    branches: Mapping[int, frozenset[int]]
    arcs: tuple[Arc, ...]
    functions: Mapping[str, RecordedFunction]
    executions: tuple[Execution, ...]

    @property
    def last_line(self) -> int:
        """The greatest line that it speaks of."""
        ends = (abs(end) for arc in self.arcs for end in arc)
        return max((*self.statements, *self.excluded, *self.branches, *ends), default=0)

    def arcs_run(self, without: Container[int] = ()) -> frozenset[Arc]:
        """Arcs that were run by whatever test, and on import.

        Args:
            without: numbers of tests that do not count.
        """
        together = 0
        for execution in self.executions:
            if execution.test not in without:
                together |= execution.arcs
        return frozenset(self.arcs[position] for position in numbers(together))

    def parted(self, superseded: Container[int]) -> tuple[RecordedFile, RecordedFile]:
        """With what some tests did left out, and with nothing else.

        Args:
            superseded: their numbers.
        """
        older = tuple(one for one in self.executions if one.test in superseded)
        if not older:
            return self, msgspec.structs.replace(self, executions=())
        rest = tuple(one for one in self.executions if one.test not in superseded)
        return msgspec.structs.replace(self, executions=rest), msgspec.structs.replace(self, executions=older)

    def arcs_on(self, lines: Iterable[int]) -> int:
        """Positions, as bits, of the arcs that begin or end on lines."""
        wanted = frozenset(lines)
        found = 0
        for position, (start, end) in enumerate(self.arcs):
            if start in wanted or end in wanted:
                found |= 1 << position
        return found

    def tests_on(self, lines: Iterable[int], phases: Iterable[str] = PHASES) -> set[int]:
        """Numbers of the tests that ran one of the lines in one of the phases."""
        return self.tests_with(self.arcs_on(lines), phases)

    def arcs_by_line(self) -> dict[int, int]:
        """Positions, as bits, of the arcs that begin or end on each line."""
        found: dict[int, int] = {}
        for position, arc in enumerate(self.arcs):
            for line in set(arc):
                found[line] = found.get(line, 0) | 1 << position
        return found

    def tests_with(self, arcs: int, phases: Iterable[str] = PHASES) -> set[int]:
        """Numbers of the tests that ran one of some arcs in one of the phases.

        Args:
            arcs: their positions, as bits.
        """
        wanted = frozenset(phases)
        return {one.test for one in self.executions if one.test and one.phase in wanted and one.arcs & arcs}


class _FileRow(msgspec.Struct, frozen=True, array_like=True):
    digest: bytes
    statements: bytes
    excluded: bytes
    branches: str
    arcs: str


class _FunctionRow(msgspec.Struct, frozen=True, array_like=True):
    name: str
    digest: bytes
    lines: bytes


class _ExecutionRow(msgspec.Struct, frozen=True, array_like=True):
    test: Annotated[int, msgspec.Meta(ge=0)]
    phase: Annotated[int, msgspec.Meta(ge=0, lt=len(PHASES))]
    arc_set: int


class _ArcSetRow(msgspec.Struct, frozen=True, array_like=True):
    number: int
    data: bytes


def read_recorded_file(connection: sqlite3.Connection, number: int) -> RecordedFile:
    """What is recorded of a file.

    Args:
        connection: of an evidence file whose tables have been looked at.
        number: the file's in there.

    Raises:
        Unreadable: a value cannot be.
        sqlite3.Error: see `Database.opened`.
    """
    files = rows(
        connection, "SELECT digest, statements, excluded, branches, arcs FROM file WHERE id = ?", (number,), _FileRow
    )
    if len(files) != 1:
        raise Unreadable("it lists a file and does not hold it")
    file = files[0]
    arcs = _arcs(file.arcs)
    statements = _lines(file.statements)
    return RecordedFile(
        digest=file.digest,
        statements=statements,
        excluded=_lines(file.excluded) & statements,
        branches=_branches(file.branches),
        arcs=arcs,
        functions=_functions(connection, number),
        executions=_executions(connection, number, len(arcs)),
    )


def _functions(connection: sqlite3.Connection, number: int) -> dict[str, RecordedFunction]:
    query = "SELECT name, digest, lines FROM function WHERE file_id = ?"
    return {
        row.name: RecordedFunction(row.digest, _ascending(row.lines))
        for row in rows(connection, query, (number,), _FunctionRow)
    }


def _executions(connection: sqlite3.Connection, number: int, arcs: int) -> tuple[Execution, ...]:
    used = "SELECT id, data FROM arc_set WHERE id IN (SELECT arc_set_id FROM executed WHERE file_id = ?)"
    sets = {row.number: from_blob(row.data) for row in rows(connection, used, (number,), _ArcSetRow)}
    if any(found >> arcs for found in sets.values()):
        raise Unreadable("a test ran what the file does not have")
    query = "SELECT test_id, phase, arc_set_id FROM executed WHERE file_id = ?"
    found = rows(connection, query, (number,), _ExecutionRow)
    if any(row.arc_set not in sets for row in found):
        raise Unreadable("it does not hold what a test ran")
    return tuple(Execution(row.test, PHASES[row.phase], sets[row.arc_set]) for row in found)


def _ascending(packed: bytes) -> tuple[int, ...]:
    try:
        return lines_from_bytes(packed)
    except ValueError as error:
        raise Unreadable(f"it holds lines that cannot be: {error}") from error


def _lines(blob: bytes) -> frozenset[int]:
    if len(blob) > _MOST_LINES // 8:
        raise Unreadable(f"it speaks of a file of more than {_MOST_LINES} lines")
    return frozenset(numbers(from_blob(blob))) - {0}


def _branches(text: str) -> dict[int, frozenset[int]]:
    try:
        found = _BRANCHES.decode(text)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise Unreadable(f"it holds branches that cannot be: {error}") from error
    return {line: frozenset(ends) for line, ends in found if len(set(ends)) > 1}


def _arcs(text: str) -> tuple[Arc, ...]:
    try:
        return _ARCS.decode(text)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise Unreadable(f"it holds jumps that cannot be: {error}") from error
