"""coverage.py's JSON report (`coverage json`), formats 2 and 3."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import msgspec

from quality_gate.evidence._untrusted import Unreadable, whole_of
from quality_gate.evidence.coverage._foreign import (
    MOST_LINES,
    Arc,
    ForeignFile,
    ReadFile,
    Told,
    ToldBranch,
    line_number,
)

_MOST_BYTES = 64 * 1024 * 1024
_FORMATS = (2, 3)

_MARK = re.compile(rb'("(?:[^"\\]|\\.)*+")(?:\s*+(:))?|[{}\[\]]', re.DOTALL)
"""A string, with the colon that makes it a key, or a bracket."""

_Line = Annotated[int, msgspec.Meta(ge=0, le=MOST_LINES)]
_End = Annotated[int, msgspec.Meta(ge=-MOST_LINES, le=MOST_LINES)]


class _Meta(msgspec.Struct, frozen=True):
    format: int = 1
    branch_coverage: bool = False


class _File(msgspec.Struct, frozen=True):
    executed_lines: frozenset[_Line]
    missing_lines: frozenset[_Line] = frozenset()
    excluded_lines: frozenset[_Line] = frozenset()
    executed_branches: frozenset[tuple[_Line, _End]] = frozenset()
    missing_branches: frozenset[tuple[_Line, _End]] = frozenset()
    contexts: Mapping[str, tuple[str, ...]] = {}


class _Report(msgspec.Struct, frozen=True):
    meta: _Meta
    files: Mapping[str, _File]


def read_coverage_json(file: Path) -> ForeignFile:
    """What a JSON report tells.

    Raises:
        Unreadable: it is none, of another format, too large, or has a key twice.
    """
    content = whole_of(file, _MOST_BYTES, "name the .coverage file itself, or write the report without contexts")
    try:
        _refuse_doubles(content)
        report = msgspec.json.decode(content, type=_Report)
    except (msgspec.MsgspecError, ValueError, RecursionError, MemoryError) as error:
        raise Unreadable(f"it is no report of coverage json: {error or type(error).__name__}") from error
    if report.meta.format not in _FORMATS:
        raise Unreadable(f"it is of format {report.meta.format}, and formats 2 and 3 are read: use coverage 7 or later")
    has_branches = report.meta.branch_coverage
    return ReadFile("coverage JSON", {name: _told(found, has_branches) for name, found in report.files.items()})


def _told(file: _File, has_branches: bool) -> Told:
    return Told(
        run=file.executed_lines - {0},
        missing=file.missing_lines - {0},
        excluded=file.excluded_lines - {0},
        arcs=frozenset(file.executed_branches) if has_branches else None,
        branches=_branches(file.executed_branches, file.missing_branches),
        has_branches=has_branches,
        contexts={line_number(line): names for line, names in file.contexts.items()},
    )


def _branches(executed: frozenset[Arc], missing: frozenset[Arc]) -> dict[int, ToldBranch]:
    taken: dict[int, set[int]] = {}
    untaken: dict[int, set[int]] = {}
    for arcs, ends in ((executed, taken), (missing, untaken)):
        for start, end in arcs:
            ends.setdefault(start, set()).add(end)
    return {
        line: _branch(frozenset(taken.get(line, ())), frozenset(untaken.get(line, ())))
        for line in taken.keys() | untaken.keys()
    }


def _branch(taken: frozenset[int], missing: frozenset[int]) -> ToldBranch:
    return ToldBranch(len(taken | missing), len(taken), taken, missing)


def _refuse_doubles(content: bytes) -> None:
    """Decoders let the last of two equal keys win, and people see the first."""
    objects: list[set[bytes]] = []
    for mark in _MARK.finditer(content):
        if mark.group(2):
            _note_key(mark.group(1), objects)
        elif not mark.group(1):
            opening = mark.group()
            if opening in b"{[":
                objects.append(set())
            elif objects:
                objects.pop()


def _note_key(key: bytes, objects: list[set[bytes]]) -> None:
    plain = msgspec.json.decode(key, type=str).encode("utf-8", "surrogatepass") if b"\\" in key else key[1:-1]
    if not objects:
        return
    if plain in objects[-1]:
        raise Unreadable(f"it has the key {plain[:80].decode('utf-8', 'replace')} twice in one object")
    objects[-1].add(plain)
