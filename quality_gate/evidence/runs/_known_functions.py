"""What one run knows of the functions of a file, for whoever takes several runs together."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

import msgspec

from quality_gate.evidence.runs._placement import UNCHANGED, Choice, Placement, runs_now
from quality_gate.evidence.runs._recorded_file import RecordedFile
from quality_gate.evidence.runs._recorded_run import RecordedRun
from quality_gate.evidence.runs._staleness import Staleness, lines_of
from quality_gate.runs import FileRuns


class KnownFile(msgspec.Struct, frozen=True):
    """A file of the project as it was measured, and where its lines stand now."""

    recorded: RecordedFile
    placement: Placement
    arcs: Mapping[int, int]
    """As of `RecordedFile.arcs_by_line`."""
    superseded: RecordedFile
    """The same file with what superseded tests did, and nothing else."""


class KnownFunctions:
    """Answers of one run; all but `knows` are asked of files that it knows, and may raise `Missing`.

    Args:
        run: as a whole. file: what it knows of one.
    """

    def __init__(self, run: RecordedRun, staleness: Staleness, file: Callable[[str], KnownFile]) -> None:
        self._run = run
        self._staleness = staleness
        self._file = file

    def knows(self, path: str) -> bool:
        """Whether it has measured a file."""
        return path in self._run.files

    @property
    def started(self) -> str:
        """When it began, seconds since the epoch, as it was written down."""
        return self._run.meta.started

    @property
    def commit(self) -> str:
        """Hash of the commit that was tested; empty where that is not known."""
        return self._run.meta.commit

    def has_loaded(self, path: str) -> bool:
        """Whether a file of test code was loaded, or measured as one of the project's own."""
        return path in self._run.test_code or self.knows(path)

    def is_changed(self, path: str) -> bool:
        """Whether such a file is not what it was."""
        if path in self._run.test_code:
            return self._staleness.change_of_code(path) is not None
        return self._staleness.is_other(path, self._run.files[path].digest)

    def own_change(self, path: str, function: str) -> str | None:
        """Why the evidence of a function's own source does not hold any more, as a clause."""
        return self._staleness.own_change(path, function, self._file(path).recorded)

    def change_of_tests(self, path: str, function: str) -> str | None:
        """The same of the tests that ran it."""
        return self._staleness.change_of_tests(function, self._file(path).recorded)

    def has_run(self, path: str, function: str) -> bool:
        """Whether a test ran a line of a function; of module-level code, anything at all."""
        recorded = self._file(path).recorded
        if not function and recorded.arcs_run():
            return True
        return bool(recorded.tests_on(lines_of(function, recorded)))

    def tests_in(self, path: str, function: str, *, superseded: bool = False) -> set[str]:
        """Ids of the tests, or of those that a later run tells of, that ran a line of a function."""
        known = self._file(path)
        recorded, tests = (known.superseded, self._run.superseded) if superseded else (known.recorded, self._run.tests)
        return {tests[number].nodeid for number in recorded.tests_on(lines_of(function, recorded)) if number in tests}

    def superseded_runs(self, path: str) -> FileRuns:
        """What tests ran of which a later run tells, in present lines."""
        known = self._file(path)
        return runs_now(path, known.superseded, known.placement, Choice(), has_branches=self._run.has_branches)

    def lines_by_name(self, path: str) -> Mapping[str, Collection[int]] | None:
        """Where the statements of each function begin, by its name; None where the file is not as it was measured."""
        known = self._file(path)
        if known.placement is not UNCHANGED:
            return None
        return {name: function.lines for name, function in known.recorded.functions.items()}
