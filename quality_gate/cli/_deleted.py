"""What is said of tests that the change deletes: it blocks nothing, and whoever reviews has to know it."""

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
    """A report that names the tests that the change deletes; as it is where it deletes none."""
    found = bench.deleted_tests
    return msgspec.structs.replace(report, notes=(_note(bench, found), *report.notes)) if found else report


def _note(bench: Bench, found: Sequence[WrittenTest]) -> str:
    paths = _paths(bench)
    about = [(test, [path.name for path in paths if _speaks_of(test, path)]) for test in found]
    about.sort(key=lambda one: (not one[1], one[0].id))
    named = ", ".join(_named(test, names) for test, names in about[:_MOST])
    more = f" and {len(about) - _MOST:,} more" if len(about) > _MOST else ""
    return f"the change deletes {counted(len(found), 'test')}: {named}{more}"


def _named(test: WrittenTest, paths: Sequence[str]) -> str:
    if not paths:
        return test.id
    return f"{test.id} (critical path{'s' if len(paths) > 1 else ''} {', '.join(paths)})"


def _paths(bench: Bench) -> Sequence[ResolvedPath]:
    try:
        return bench.critical.paths
    except Missing:
        return ()


def _speaks_of(test: WrittenTest, path: ResolvedPath) -> bool:
    return any(test.speaks_of(member.name) for member in path.members)
