"""What an evidence file holds of a run as a whole: how it went, its tests, and which files it knows."""

from __future__ import annotations

import datetime
import sqlite3
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Annotated, get_args

import msgspec

from quality_gate.evidence._untrusted import Unreadable, expect_tables, is_plain, rows
from quality_gate.runs import SOME_FAILED, ObservedCall, TestOutcome, chosen, untraced
from quality_gate_recorder.evidence_file import FORMAT, Meta

_TABLES = {
    "meta": ("key", "value"),
    "problem": ("text",),
    "file": ("id", "path", "digest", "statements", "excluded", "branches", "arcs"),
    "function": ("file_id", "name", "first", "last", "digest", "lines"),
    "test": ("id", "nodeid", "path", "outcome", "seconds", "marks"),
    "test_file": ("path", "digest", "kind", "content"),
    "arc_set": ("id", "data"),
    "executed": ("file_id", "test_id", "phase", "arc_set_id"),
    "call": ("caller_path", "caller", "line", "path", "callee"),
    "test_code": ("id", "path", "lines"),
    "seen": ("id", "test_id", "phase", "places"),
    "failure_place": ("id", "path", "line", "column", "end_line", "end_column"),
    "exception": ("id", "name", "bases"),
    "failure": (
        *("seen_id", "place_id", "exception_id", "source", "handled"),
        *("called_from", "reached", "taken", "moment", "older_thread"),
    ),
    "unseen": ("test_id", "reason"),
    "touch": ("test_id", "phase", "kind", "what", "seconds", "path", "line", "test_path", "test_line"),
    "not_watched": ("kind", "reason"),
}

_TESTS = "SELECT id, nodeid, path, outcome, marks, seconds FROM test"

_OUTCOMES: Mapping[str, TestOutcome] = {word: word for word in get_args(TestOutcome)}

_ENDED: Mapping[str, str] = {
    "": "the test run did not end",
    "1": "pytest ended with 1 though no test failed",
    "2": "the test run was interrupted",
    "3": "pytest failed within itself",
    "4": "pytest was called wrongly",
    "5": "no test was collected",
}
"""pytest's exit codes but for 0."""

FAILED: tuple[TestOutcome, ...] = ("failed", "error")
"""Outcomes of tests that found something wrong."""

_MOST_NAMED = 3

_OF_SEVERAL = "the test runs that were joined measured different versions of its file"


class RecordedTest(msgspec.Struct, frozen=True):
    """A test. `path` is its file's; `marks` are the names of its pytest marks; `seconds` is what it took."""

    nodeid: str
    path: str
    outcome: TestOutcome
    marks: frozenset[str] = frozenset()
    seconds: float = 0.0


class MeasuredFile(msgspec.Struct, frozen=True):
    """A measured file. `number` is its own in the evidence file; `digest` is of its bytes."""

    number: int
    digest: bytes


class TestCode(msgspec.Struct, frozen=True):
    """A file of test code.

    Args:
        digest: as it is parsed. content: of its bytes. kind: `test`, `conftest` or `other`.
    """

    digest: bytes
    content: bytes
    kind: str


class RecordedRun(msgspec.Struct, frozen=True):
    """A run as a whole.

    Args:
        files: the measured files by path.
        tests: by number.
        test_code: by path.
        superseded: tests, by number, that a later run tells of: they are not among `tests`, nor in the problems.
        untraced: ids of tests that took the tracer away.
        differing: files that were left out as the runs that were joined measured different versions of them.
    """

    meta: Meta
    problems: tuple[str, ...]
    files: Mapping[str, MeasuredFile]
    tests: Mapping[int, RecordedTest]
    test_code: Mapping[str, TestCode]
    calls: tuple[ObservedCall, ...]
    superseded: Mapping[int, RecordedTest] = {}
    differing: frozenset[str] = frozenset()
    untraced: frozenset[str] = frozenset()

    @property
    def everybody(self) -> Mapping[int, RecordedTest]:
        """All tests that it recorded, by number."""
        return {**self.tests, **self.superseded} if self.superseded else self.tests

    def why_left_out(self, path: str) -> str:
        """Why nothing is known of a file that was measured, as a clause; empty where it was not left out."""
        return _OF_SEVERAL if path in self.differing else ""

    @property
    def has_branches(self) -> bool:
        """Whether branches were recorded."""
        return self.meta.branches == "1"

    @property
    def outcomes(self) -> dict[str, TestOutcome]:
        """How each test ended, by its id."""
        return {test.nodeid: test.outcome for test in self.tests.values()}

    @property
    def description(self) -> str:
        """Where it comes from, for people."""
        commit = self.meta.commit[:7] if self.meta.commit.isalnum() else ""
        state = f"commit {commit}" + (" and changes since" if self.meta.dirty == "1" else "") if commit else ""
        tests = len(self.tests) + len(self.superseded)
        counted = f"{tests:,} tests" if tests != 1 else "1 test"
        about = (
            "quality-gate test",
            moment_of(self.meta.started),
            counted,
            state,
            "a part chosen" * self.is_part,
        )
        return ", ".join(filter(None, about))

    @property
    def why_untraced(self) -> str:
        """That tests took the tracer away, as a clause; empty where none did."""
        return untraced(named(sorted(self.untraced))) if self.untraced else ""

    @property
    def is_part(self) -> bool:
        """Whether only a part of the tests was chosen."""
        return self.meta.chosen == "1"

    @property
    def partial(self) -> str:
        """Why more may have been run than is recorded, as a clause: a part of the tests was chosen, or one of them took
        the tracer away; else empty."""
        if not self.is_part:
            return self.why_untraced
        return chosen(len(self.tests) + len(self.superseded), _number(self.meta.deselected))


class _TestRow(msgspec.Struct, frozen=True, array_like=True):
    number: Annotated[int, msgspec.Meta(ge=1)]
    nodeid: bytes
    path: bytes
    outcome: str
    marks: str
    seconds: float


class _TestCodeRow(msgspec.Struct, frozen=True, array_like=True):
    path: bytes
    digest: bytes
    content: bytes
    kind: str


class _CallRow(msgspec.Struct, frozen=True, array_like=True):
    caller_path: bytes
    caller: str
    line: Annotated[int, msgspec.Meta(ge=1)]
    path: bytes
    callee: str


def read_recorded_run(connection: sqlite3.Connection, superseded: Container[str] = ()) -> RecordedRun:
    """The run as a whole.

    Args:
        superseded: ids of tests that a later run tells of.

    Raises:
        Unreadable: the file is no evidence, of another format, or holds what cannot be.
        sqlite3.Error: see `Database.opened`.
    """
    check_format(connection)
    meta = read_meta(connection)
    files, outside = _files(connection)
    every = _tests(connection)
    older = {number: test for number, test in every.items() if test.nodeid in superseded}
    tests = {number: test for number, test in every.items() if number not in older} if older else every
    told = tuple(text for (text,) in rows(connection, "SELECT text FROM problem ORDER BY rowid", (), tuple[str]))
    found = [*_ending(meta, list(tests.values()), list(older.values())), *_about_files(files, outside)]
    if told and not meta.finished:  # of a run that did not come to its end the rest follows
        found.clear()
    return RecordedRun(
        meta=meta,
        problems=(*told, *found),
        files=files,
        tests=tests,
        test_code=_test_code(connection),
        calls=_calls(connection),
        superseded=older,
        differing=_names(meta.differing),
        untraced=frozenset(test for test in _names(meta.untraced) if test not in superseded),
    )


def check_format(connection: sqlite3.Connection) -> None:
    """See that a database is an evidence file as we know it.

    Raises:
        Unreadable: it is not.
    """
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version != FORMAT:
        raise Unreadable(f"it is of format {version}, and this version of quality-gate reads format {FORMAT}")
    expect_tables(connection, _TABLES)


def read_meta(connection: sqlite3.Connection) -> Meta:
    """How, when and of what the evidence was made."""
    known = dict(rows(connection, "SELECT key, value FROM meta", (), tuple[str, str]))
    return Meta(**{key: known[key] for key in Meta._fields if key in known})


def _names(told: str) -> frozenset[str]:
    try:
        return msgspec.json.decode(told, type=frozenset[str]) if told else frozenset()
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise Unreadable(f"it holds what cannot be: {error}") from error


def _files(connection: sqlite3.Connection) -> tuple[dict[str, MeasuredFile], list[str]]:
    """The files by path, and the paths that lead out of the project."""
    found: dict[str, MeasuredFile] = {}
    outside: list[str] = []
    for number, path, digest in rows(connection, "SELECT id, path, digest FROM file", (), tuple[int, bytes, bytes]):
        if is_plain(_text(path)):
            found[_text(path)] = MeasuredFile(number, digest)
        else:
            outside.append(_text(path))
    return found, outside


def _tests(connection: sqlite3.Connection) -> dict[int, RecordedTest]:
    return {row.number: _test(row) for row in rows(connection, _TESTS, (), _TestRow)}


def _test(row: _TestRow) -> RecordedTest:
    outcome = _OUTCOMES.get(row.outcome, "unknown")
    return RecordedTest(_text(row.nodeid), _text(row.path), outcome, frozenset(row.marks.split()), row.seconds)


def _test_code(connection: sqlite3.Connection) -> dict[str, TestCode]:
    found = rows(connection, "SELECT path, digest, content, kind FROM test_file", (), _TestCodeRow)
    return {_text(row.path): TestCode(row.digest, row.content, row.kind) for row in found}


def _calls(connection: sqlite3.Connection) -> tuple[ObservedCall, ...]:
    query = "SELECT caller_path, caller, line, path, callee FROM call"
    found = [
        ObservedCall(_text(row.caller_path), row.caller, row.line, _text(row.path), row.callee)
        for row in rows(connection, query, (), _CallRow)
    ]
    return tuple(call for call in found if is_plain(call.caller_path) and is_plain(call.path))


def _ending(meta: Meta, tests: Sequence[RecordedTest], superseded: Sequence[RecordedTest]) -> list[str]:
    """What the end of the run says against its evidence, a clause each; of superseded tests another run tells."""
    failed = sorted(test.nodeid for test in tests if test.outcome in FAILED)
    any_failed = failed or any(test.outcome in FAILED for test in superseded)
    unended = sorted(test.nodeid for test in tests if test.outcome == "unknown")
    found: list[str] = []
    if failed:
        found.append(_failed(failed, len(tests) + len(superseded)))
    if meta.exit_status not in (("0", "1") if any_failed or meta.ended_by else ("0",)):
        found.append(_ENDED.get(meta.exit_status, f"pytest ended with {meta.exit_status[:20]}"))
    if unended:
        found.append(f"{len(unended)} of {len(tests) + len(superseded)} tests did not end: {named(unended)}")
    elif _number(meta.collected) > len(tests) + len(superseded):
        found.append(f"{len(tests) + len(superseded)} of {meta.collected} collected tests were run")
    if not tests and not superseded and meta.exit_status == "0":
        found.append("no test was run")
    return found


def told_together(outcomes: Mapping[str, TestOutcome], problems: Iterable[str]) -> Iterator[str]:
    """Problems of runs that count together: each run knows only of its own tests how many failed.

    Args:
        outcomes: of all tests, by id.
    """
    failed = sorted(test for test, outcome in outcomes.items() if outcome in FAILED)
    if failed:
        yield _failed(failed, len(outcomes))
    yield from (one for one in problems if not SOME_FAILED.match(one))


def _failed(failed: Sequence[str], tests: int) -> str:
    return f"{len(failed)} of {tests} tests failed: {named(failed)}"


def _about_files(files: Mapping[str, MeasuredFile], outside: Sequence[str]) -> list[str]:
    found = []
    if outside:
        found.append(f"the evidence names files outside the project: {named(sorted(outside))}")
    if not files:
        found.append("no file of the project was measured")
    return found


def named(names: Sequence[str]) -> str:
    """The first of some names, and how many more there are."""
    more = len(names) - _MOST_NAMED
    return ", ".join(names[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and text.isascii() and len(text) < 10 else 0


def moment_of(seconds: str) -> str:
    """When something was, for people; empty where that is no time."""
    with suppress(ValueError, OverflowError, OSError):
        return datetime.datetime.fromtimestamp(float(seconds), tz=datetime.UTC).strftime("%Y-%m-%d %H:%M")
    return ""


def _text(blob: bytes) -> str:
    try:
        return blob.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError as error:
        raise Unreadable("it holds a name that is no text") from error
