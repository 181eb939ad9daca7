"""The evidence of the project's own test runs, as `quality-gate test` wrote it down.

It lies in a folder that pull requests can write to, so every value is looked at before it counts, and it is compared
with the sources as they are: what has changed since is stale (product.md, Freshness).
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path

import msgspec

from quality_gate.errors import Missing, nothing_recorded
from quality_gate.evidence._present import Present
from quality_gate.evidence._untrusted import Database, Unreadable
from quality_gate.evidence.runs._failures_now import FailuresNow
from quality_gate.evidence.runs._gained import Gained
from quality_gate.evidence.runs._placement import UNCHANGED, Choice, Placement, arcs_now, placed, runs_now
from quality_gate.evidence.runs._recorded_failures import read_recorded_failures
from quality_gate.evidence.runs._recorded_file import RecordedFile, read_recorded_file
from quality_gate.evidence.runs._recorded_run import RecordedRun, read_recorded_run
from quality_gate.evidence.runs._recorded_touches import read_recorded_touches
from quality_gate.evidence.runs._staleness import Staleness, conftests
from quality_gate.evidence.runs._touches_now import touches_now
from quality_gate.evidence.runs.counting import Counting
from quality_gate.runs import FileRuns, LineOfTests, ObservedCall, SeenFailure, TestOutcome, Touched
from quality_gate.store import FOLDER

EVIDENCE = f"{FOLDER}/evidence.db"

REMEDY = "type quality-gate test"

_LONGEST = 24 * 3600.0
"""Seconds that a test may be said to have taken."""


def read_recorded(root: Path, *, tracked: bool, counting: Counting = Counting()) -> RecordedRuns:  # noqa: B008 - frozen
    """The evidence of the last recorded test run.

    Args:
        root: the project's, absolute.
        tracked: whether git tracks anything in `.quality-gate`; then the evidence is the author's word, and refused.
        counting: which tests count.

    Raises:
        Missing: there is none, or it cannot be believed.
    """
    if not os.path.lexists(root / EVIDENCE):
        raise nothing_recorded()
    if tracked:
        raise Missing(f"evidence that was not committed: git tracks {FOLDER}/", f"type git rm -r --cached {FOLDER}")
    try:
        return RecordedRuns(_own_database(root), root, counting)
    except Unreadable as error:
        raise _refused(error) from error


def _own_database(root: Path) -> Database:
    if not stat.S_ISDIR(os.lstat(root / FOLDER).st_mode):
        raise Unreadable(f"it lies behind {FOLDER}, which is no folder")
    database = Database(root / EVIDENCE)
    if database.is_anothers:
        raise Unreadable("it belongs to another user")
    return database


def _refused(error: Unreadable) -> Missing:
    return Missing(f"readable evidence of a test run in {EVIDENCE}: {error}", f"delete it and {REMEDY}")


class _Known(msgspec.Struct, frozen=True):
    """A file of the project as it was measured, and where its lines stand now."""

    recorded: RecordedFile
    placement: Placement
    arcs: Mapping[int, int]
    """As of `RecordedFile.arcs_by_line`."""


class RecordedRuns:
    """Recorded test runs; implements `quality_gate.runs.Runs`.

    Args:
        database: the evidence file.
        root: the project's, absolute.
        counting: which tests count.

    Raises:
        Unreadable: it is no evidence, or forged.
    """

    def __init__(self, database: Database, root: Path, counting: Counting = Counting()) -> None:  # noqa: B008 - frozen
        self._database = database
        self._counting = counting
        self._present = Present(root)
        self._known: dict[str, _Known] = {}
        with database.opened() as connection:
            self._run: RecordedRun = read_recorded_run(connection)

    @property
    def description(self) -> str:
        """See `Runs`."""
        return self._run.description

    @property
    def problems(self) -> tuple[str, ...]:
        """See `Runs`."""
        return self._run.problems

    @property
    def partial(self) -> str:
        """See `Runs`."""
        return self._run.partial

    @cached_property
    def tests(self) -> Mapping[str, TestOutcome]:
        """See `Runs`."""
        return self._run.outcomes  # made once: it is asked for with each assertion

    @cached_property
    def not_counted(self) -> frozenset[str]:
        """Ids of the tests that the project's choice leaves out."""
        return frozenset(self._run.tests[number].nodeid for number in self._choice.without)

    @property
    def observed_calls(self) -> tuple[ObservedCall, ...]:
        """See `Runs`."""
        return self._run.calls

    def file(self, path: str) -> FileRuns | None:
        """See `Runs`.

        Raises:
            Missing: what is recorded of the file cannot be believed.
        """
        if path not in self._run.files or self._present.content_digest(path) is None:
            return None
        known = self._file(path)
        if not known.recorded.digest:
            raise Missing(f"what can be run in {path}: the test run did not come to write it down", REMEDY)
        return runs_now(path, known.recorded, known.placement, self._choice, has_branches=self._run.has_branches)

    def stale(self, path: str, function: str) -> str | None:
        """See `Runs`.

        Raises:
            Missing: what is recorded of the file cannot be believed.
        """
        if path not in self._run.files:
            return "the test run did not measure its file"
        return self._staleness.of(path, function, self._file(path).recorded)

    def stale_but_for_gained_tests(self, path: str, function: str) -> str | None:
        """As `stale`, where files of tests may have gained tests: enough for what is only read of the others.

        Raises:
            Missing: what is recorded of the file cannot be believed.
        """
        if path not in self._run.files:
            return self.stale(path, function)
        gained = Gained(self._present, self._run, lambda file: self._file(file).recorded)
        return Staleness(self._present, self._run, gained.only_tests).of(path, function, self._file(path).recorded)

    def tests_of(self, path: str, line: int) -> tuple[str, ...]:
        """See `Runs`.

        Raises:
            Missing: what is recorded of the file cannot be believed.
        """
        if path not in self._run.files:
            return ()
        known = self._file(path)
        then = known.placement.then(line)
        if then is None:
            return ()
        tests = known.recorded.tests_with(known.arcs.get(then, 0), ("call",))
        return tuple(sorted(self._run.tests[number].nodeid for number in tests if number in self._run.tests))

    def failures_of(self, path: str) -> tuple[SeenFailure, ...]:
        """See `Runs`.

        Raises:
            Missing: what is recorded cannot be believed.
        """
        return self._failures.of(path) if path in self._run.files else ()

    def arcs_of(self, path: str) -> Mapping[str, frozenset[tuple[int, int]]]:
        """See `Runs`.

        Raises:
            Missing: what is recorded of the file cannot be believed.
        """
        if path not in self._run.files or not self._run.has_branches:
            return {}
        known = self._file(path)
        found = arcs_now(known.recorded, known.placement)
        return {self._run.tests[number].nodeid: arcs for number, arcs in found.items() if number in self._run.tests}

    def ran_in(self, test: str) -> tuple[LineOfTests, ...]:
        """See `Runs`.

        Raises:
            Missing: what is recorded cannot be believed.
        """
        return self._failures.ran_in(test)

    def test_lines(self, path: str) -> frozenset[int] | None:
        """See `Runs`.

        Raises:
            Missing: what is recorded cannot be believed.
        """
        return self._failures.lines_run(path)

    def unseen(self, test: str) -> str | None:
        """See `Runs`.

        Raises:
            Missing: what is recorded cannot be believed.
        """
        return self._failures.unseen(test)

    def seconds_of(self, tests: Iterable[str]) -> float:
        """What some tests took together; what cannot be, or cannot be waited for, is taken for nothing."""
        return sum(found for found in map(self._seconds.__getitem__, tests) if 0 <= found < _LONGEST)

    def code_of(self, tests: Iterable[str]) -> tuple[str, ...]:
        """Files of test code that some tests stand on, sorted: their own, every conftest.py that reaches them or would
        if it were there, and what tests import."""
        own = {self._paths[test] for test in tests} & self._run.test_code.keys()
        helpers = (path for path, code in self._run.test_code.items() if code.kind == "other")
        return tuple(sorted({*own, *helpers, *(found for path in own for found in conftests(path))}))

    @cached_property
    def _seconds(self) -> dict[str, float]:
        return {test.nodeid: test.seconds for test in self._run.tests.values()}

    @cached_property
    def _paths(self) -> dict[str, str]:
        return {test.nodeid: test.path for test in self._run.tests.values()}

    @cached_property
    def touched(self) -> Touched | None:
        """See `Runs`.

        Raises:
            Missing: what is recorded cannot be believed.
        """
        if self._run.meta.touches != "1":
            return None
        try:
            with self._database.opened() as connection:
                recorded = read_recorded_touches(connection, self._run.tests)
        except Unreadable as error:
            raise _refused(error) from error
        tests = self._run.tests
        integration = frozenset(tests[number].nodeid for number in self._counting.integration(tests))
        return touches_now(recorded, self._stale_tests, integration, self._placement)

    @property
    def _stale_tests(self) -> dict[str, str]:
        reasons = ((test.nodeid, self._staleness.of_test(number)) for number, test in self._run.tests.items())
        return {nodeid: reason for nodeid, reason in reasons if reason is not None}

    def _placement(self, path: str) -> Placement:
        """Of a file of the project or its tests."""
        return self._file(path).placement if path in self._run.files else self._failures.placement_of_test(path)

    @cached_property
    def _failures(self) -> FailuresNow:
        try:
            with self._database.opened() as connection:
                recorded = read_recorded_failures(connection, self._run.tests)
        except Unreadable as error:
            raise _refused(error) from error
        return FailuresNow(recorded, self._run, self._present, lambda path: self._file(path).placement)

    @cached_property
    def _choice(self) -> Choice:
        integration = self._counting.integration(self._run.tests)
        if not integration:
            return Choice()
        every: frozenset[int] = frozenset()
        return Choice(integration, every) if self._counting.only_unit else Choice(every, integration)

    @cached_property
    def _staleness(self) -> Staleness:
        return Staleness(self._present, self._run)

    def _file(self, path: str) -> _Known:
        known = self._known.get(path)
        if known is None:
            try:
                known = self._known[path] = self._read(path)
            except Unreadable as error:
                raise _refused(error) from error
        return known

    def _read(self, path: str) -> _Known:
        with self._database.opened() as connection:
            recorded = read_recorded_file(connection, self._run.files[path].number)
        if self._present.content_digest(path) == recorded.digest:
            self._refuse_lines_beyond(path, recorded)
            return _Known(recorded, UNCHANGED, recorded.arcs_by_line())
        placement = placed(recorded, self._present.fingerprints(path) or {})
        return _Known(recorded, placement, recorded.arcs_by_line())

    def _refuse_lines_beyond(self, path: str, recorded: RecordedFile) -> None:
        content = self._present.content(path) or b""
        lines = content.count(b"\n") + content.count(b"\r") - content.count(b"\r\n") + 1
        if recorded.last_line > lines:
            raise Unreadable(f"it has something run on line {recorded.last_line} of {path}, which ends before")
