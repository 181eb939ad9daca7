"""What is said of tests that the change deletes or that expect less: it blocks nothing; who reviews has to know it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from quality_gate.bench import Bench
from quality_gate.counting import counted
from quality_gate.errors import Missing
from quality_gate.model import Report

if TYPE_CHECKING:
    from quality_gate.codebase.critical_paths import ResolvedPath
    from quality_gate.codebase.deleted_tests import WrittenTest

_MOST = 3
"""Tests that are named; the others are counted."""


def with_deleted(report: Report, bench: Bench) -> Report:
    """A report that names the tests that the change deletes or that expect less; as it is where there are none."""
    gone, softer = bench.deleted_tests, bench.softened_tests
    notes = []
    if gone:
        notes.append(f"the change deletes {counted(len(gone), 'test')}: {_told(bench, [(one, '') for one in gone])}")
    if softer:
        what = [(one.test, f" expected {', '.join(one.types)}") for one in softer]
        notes.append(f"the change lets {counted(len(softer), 'test')} expect less: {_told(bench, what)}")
    return msgspec.structs.replace(report, notes=(*notes, *report.notes)) if notes else report


def _told(bench: Bench, found: Sequence[tuple[WrittenTest, str]]) -> str:
    paths = _paths(bench)
    about = [(test, said, [path.name for path in paths if _speaks_of(test, path)]) for test, said in found]
    about.sort(key=lambda one: (not one[2], one[0].id))
    named = ", ".join(f"{test.id}{said}{_of_paths(names)}" for test, said, names in about[:_MOST])
    return named + (f" and {len(about) - _MOST:,} more" if len(about) > _MOST else "")


def _of_paths(paths: Sequence[str]) -> str:
    return f" (critical path{'s' if len(paths) > 1 else ''} {', '.join(paths)})" if paths else ""


def _paths(bench: Bench) -> Sequence[ResolvedPath]:
    try:
        return bench.critical.paths
    except Missing:
        return ()


def _speaks_of(test: WrittenTest, path: ResolvedPath) -> bool:
    return any(test.speaks_of(member.name) for member in path.members)
