"""The evidence of the project's own test runs, as `quality-gate test` wrote it down.

It lies in a folder that pull requests can write to, so every value is looked at before it counts, and it is compared
with the sources as they are: what has changed since is stale (product.md, Freshness).
"""

from __future__ import annotations

import os
import stat
from collections.abc import Container, Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Annotated, Protocol

import msgspec

from quality_gate.errors import Missing, nothing_recorded
from quality_gate.evidence._present import Present
from quality_gate.evidence._untrusted import Database, Unreadable
from quality_gate.evidence.runs._failures_now import FailuresNow
from quality_gate.evidence.runs._gained import Gained
from quality_gate.evidence.runs._known_functions import KnownFile, KnownFunctions
from quality_gate.evidence.runs._placement import UNCHANGED, Choice, Placement, arcs_now, placed, runs_now
from quality_gate.evidence.runs._recorded_failures import read_recorded_failures
from quality_gate.evidence.runs._recorded_file import RecordedFile, read_recorded_file
from quality_gate.evidence.runs._recorded_run import FAILED, RecordedRun, read_recorded_run
from quality_gate.evidence.runs._recorded_touches import read_recorded_touches
from quality_gate.evidence.runs._staleness import Staleness, conftests
from quality_gate.evidence.runs._touches_now import touches_now
from quality_gate.evidence.runs.counting import Counting
from quality_gate.runs import FileRuns, LineOfTests, ObservedCall, Runs, SeenFailure, TestOutcome, Touched
from quality_gate.store import FOLDER
from quality_gate_recorder.before import evidence_before
from quality_gate_recorder.keeping import MOST_KEPT

EVIDENCE = f"{FOLDER}/evidence.db"

REMEDY = "type quality-gate test"

_Beside = Annotated[tuple[str, ...], msgspec.Meta(max_length=MOST_KEPT)]
_BESIDE: msgspec.json.Decoder[tuple[str, ...]] = msgspec.json.Decoder(_Beside)

_LONGEST = 24 * 3600.0
"""Seconds that a test may be said to have taken."""


class Recorded(Runs, Protocol):
    """What `quality-gate test` has recorded, of one run or of several that count together."""

    @property
    def not_counted(self) -> frozenset[str]:
        """Ids of the tests that the project's choice leaves out."""

    def stale_but_for_gained_tests(self, path: str, function: str) -> str | None:
        """As `stale`, where files of tests may have gained tests; of several runs the same as `stale`."""

    def seconds_of(self, tests: Iterable[str]) -> float:
        """What some tests took together; what cannot be, or cannot be waited for, is taken for nothing."""

    def code_of(self, tests: Iterable[str]) -> tuple[str, ...]:
        """Files of test code that some tests stand on, sorted: their own, every conftest.py that reaches them or would
        if it were there, and what tests import."""


def read_recorded(root: Path, *, tracked: bool, counting: Counting = Counting()) -> Recorded:  # noqa: B008 - frozen
    """The evidence of the last recorded test run; where it ran a part of the tests, with what is kept of all of them.

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
    place = evidence_before(root / EVIDENCE) or root / EVIDENCE
    try:
        last = RecordedRuns(own_database(root, place), root, counting)
        if not last.beside:
            return last
        from quality_gate.evidence.runs.since import with_kept
    except Unreadable as error:
        raise refused(error) from error
    return with_kept(last, place, root, counting)


def own_database(root: Path, file: Path) -> Database:
    """A file of the project's own folder.

    Raises:
        Unreadable: it is no database of one's own.
    """
    if not stat.S_ISDIR(os.lstat(root / FOLDER).st_mode):
        raise Unreadable(f"it lies behind {FOLDER}, which is no folder")
    database = Database(file)
    if database.is_anothers:
        raise Unreadable("it belongs to another user")
    return database


def refused(error: Unreadable, place: str = EVIDENCE) -> Missing:
    """What is said of evidence that cannot be believed."""
    what = f"readable evidence of a test run in {place}: {error}"
    return Missing(what, f"delete it and {REMEDY}", f"{place} cannot be used: {error}")


class RecordedRuns:
    """Recorded test runs; implements `quality_gate.runs.Runs`.

    Args:
        database: the evidence file.
        root: the project's, absolute.
        counting: which tests count.
        superseded: ids of tests that a later run tells of: what they did here does not count.
        present: the project's files as they are, where somebody has read them already.

    Raises:
        Unreadable: it is no evidence, or forged.
    """

    def __init__(
        self,
        database: Database,
        root: Path,
        counting: Counting = Counting(),  # noqa: B008 - frozen
        superseded: Container[str] = (),
        present: Present | None = None,
    ) -> None:
        self._database = database
        self._place = f"{FOLDER}/{database.name}"
        self._counting = counting
        self._present = present or Present(root)
        self._known: dict[str, KnownFile] = {}
        with database.opened() as connection:
            self._run: RecordedRun = read_recorded_run(connection, superseded)

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

    @property
    def untraced(self) -> str:
        """That tests took the tracer away, as a clause; empty where none did."""
        return self._run.why_untraced

    @property
    def is_part(self) -> bool:
        """Whether only a part of the tests was chosen."""
        return self._run.is_part

    @cached_property
    def beside(self) -> tuple[str, ...]:
        """When the runs began that count together with this one, oldest first; empty where none does.

        Raises:
            Unreadable: it holds something else.
        """
        if not self._run.is_part or not self._run.meta.beside:
            return ()
        try:
            return _BESIDE.decode(self._run.meta.beside)
        except (msgspec.MsgspecError, ValueError, RecursionError) as error:
            raise Unreadable(f"it holds what cannot be: {error}") from error

    @property
    def present(self) -> Present:
        """The project's files as they are."""
        return self._present

    @property
    def started(self) -> str:
        """When the run began, as it stands in the evidence."""
        return self._run.meta.started

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
        if why := self._run.why_left_out(path):
            raise Missing(f"what was run of {path}", REMEDY, why)
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
            return self._run.why_left_out(path) or "the test run did not measure its file"
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

    def in_part(self, path: str, function: str) -> str:
        """See `Runs`."""
        return ""

    def tests_of(self, path: str, line: int) -> tuple[str, ...]:
        """See `Runs`.

        Raises:
            Missing: what is recorded of the file cannot be believed.
        """
        known = self._file(path) if path in self._run.files else None
        then = known.placement.then(line) if known is not None else None
        if known is None or then is None:
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
        """See `Recorded`."""
        return sum(found for found in map(self._seconds.__getitem__, tests) if 0 <= found < _LONGEST)

    def code_of(self, tests: Iterable[str]) -> tuple[str, ...]:
        """See `Recorded`."""
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
                recorded = read_recorded_touches(connection, self._run.everybody)
        except Unreadable as error:
            raise refused(error, self._place) from error
        tests = self._run.tests
        integration = frozenset(tests[number].nodeid for number in self._counting.integration(tests))
        if self._run.superseded:
            held = tuple(touch for touch in recorded.touches if touch.nodeid in self.tests)
            recorded = msgspec.structs.replace(recorded, touches=held)
        return touches_now(recorded, self._stale_tests, integration, self._placement)

    @cached_property
    def functions(self) -> KnownFunctions:
        """What is asked of functions where several runs count together."""
        return KnownFunctions(self._run, self._staleness, self._file)

    @property
    def failed_before(self) -> frozenset[str]:
        """Ids of superseded tests that failed."""
        return frozenset(test.nodeid for test in self._run.superseded.values() if test.outcome in FAILED)

    def is_of_same_code(self, other: RecordedRuns) -> bool:
        """Whether all files that both know of the project and its tests were the same."""
        one, two = self._run, other._run
        return all(one.files[path].digest == two.files[path].digest for path in one.files.keys() & two.files) and all(
            one.test_code[path].content == two.test_code[path].content for path in one.test_code.keys() & two.test_code
        )

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
                recorded = read_recorded_failures(connection, self._run.everybody)
        except Unreadable as error:
            raise refused(error, self._place) from error
        if self._run.superseded:
            recorded = recorded.without({test.nodeid for test in self._run.superseded.values()})
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

    def _file(self, path: str) -> KnownFile:
        known = self._known.get(path)
        if known is None:
            try:
                known = self._known[path] = self._read(path)
            except Unreadable as error:
                raise refused(error, self._place) from error
        return known

    def _read(self, path: str) -> KnownFile:
        with self._database.opened() as connection:
            every = read_recorded_file(connection, self._run.files[path].number)
        recorded, superseded = every.parted(self._run.superseded)
        if self._present.content_digest(path) == recorded.digest:
            self._refuse_lines_beyond(path, recorded)
            return KnownFile(recorded, UNCHANGED, recorded.arcs_by_line(), superseded)
        placement = placed(recorded, self._present.fingerprints(path) or {})
        return KnownFile(recorded, placement, recorded.arcs_by_line(), superseded)

    def _refuse_lines_beyond(self, path: str, recorded: RecordedFile) -> None:
        content = self._present.content(path) or b""
        lines = content.count(b"\n") + content.count(b"\r") - content.count(b"\r\n") + 1
        if recorded.last_line > lines:
            raise Unreadable(f"it has something run on line {recorded.last_line} of {path}, which ends before")
