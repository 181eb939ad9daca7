"""How a run learns what the linked codebase and test runs tell: nothing of it is done before somebody asks."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from quality_gate.bench_linked import Linked
from quality_gate.config import Config, CriticalPath
from quality_gate.engine import Timed
from quality_gate.errors import Missing
from quality_gate.model import Change, Stage
from quality_gate.store import FOLDER, Store

if TYPE_CHECKING:
    from quality_gate.codebase.critical_paths import CriticalPaths, ResolvedPath
    from quality_gate.codebase.deleted_tests import WrittenTest
    from quality_gate.codebase.failures.listing import FailurePaths
    from quality_gate.codebase.graph import Codebase, Definition
    from quality_gate.codebase.later_tests import LaterTests
    from quality_gate.codebase.levels.levels import Levels
    from quality_gate.codebase.softened_tests import SoftenedTest
    from quality_gate.evidence.coverage.foreign_coverage import ForeignRuns
    from quality_gate.evidence.git.command import Git
    from quality_gate.evidence.remembered import RememberedPath
    from quality_gate.evidence.runs.proofs import KeptProofs
    from quality_gate.evidence.runs.recorded import Recorded
    from quality_gate.failure_levels import ShownPaths
    from quality_gate.model import LineRange
    from quality_gate.runs import Runs


class Linking:
    """The closures behind a bench's `Linked`.

    Args:
        root, config: the project's.
        stage: where the gate stands; at commit nothing is linked unless all the code is judged (`whole`).
        named: whether FILES were given, so that a comment in another file may name a critical path.
        judged: the files of this run. everything: all files of the project, whatever FILES say.
        change: what is new. store: opens the cache. memory: opens what the hook's own installation reads of it.
        link: links files.
        tracked: whether git tracks a file, or anything in a folder.
        coverage: files named with `--coverage`; of Python they count instead of what was recorded.
        declared: the configuration's critical paths, as they are to be looked for in what is linked.
        timed: is told when evidence is read.
        others: files of other languages on critical paths, with their number of lines.
        elsewhere: files, links and folders of the project that are not linked, each with why.
        git: None where the project lies in no work tree.
    """

    def __init__(
        self,
        *,
        root: Path,
        config: Config,
        stage: Stage,
        whole: bool,
        named: bool,
        judged: Callable[[], Sequence[str]],
        everything: Callable[[], Sequence[str]],
        change: Callable[[], Change],
        store: Callable[[], Store],
        memory: Callable[[], Store],
        link: Callable[[Sequence[str]], Codebase],
        tracked: Callable[[Path], bool],
        coverage: Sequence[Path],
        declared: Callable[[Codebase], Mapping[str, CriticalPath]],
        timed: Timed,
        others: Callable[[], Mapping[str, int]],
        elsewhere: Callable[[], Mapping[str, str]],
        git: Callable[[], Git | None],
    ) -> None:
        self._root = root
        self._config = config
        self._stage = stage
        self._links = whole or stage is not Stage.COMMIT
        self._named = named
        self._judged = judged
        self._everything = everything
        self._change = change
        self._store = store
        self._memory = memory
        self._link = link
        self._tracked = tracked
        self._coverage = coverage
        self._declared = declared
        self._timed = timed
        self._others = others
        self._elsewhere = elsewhere
        self._git = git
        self.notes: list[str] = []
        """What is to be said beside the verdicts, a sentence each."""

    def linked(self) -> Linked:
        """As a bench takes it."""
        from quality_gate.evidence.assertions import assertions_in

        return Linked(
            codebase=lambda: self.codebase,
            assertions_in=lambda path: assertions_in(self._root, path, self._config.settings),
            critical=self._critical,
            elsewhere=lambda: self._named and bool(self._remembered),
            definitions_in=self._definitions_in,
            runs=lambda: self.runs,
            never_run=self._never_run,
            failures=self._failures,
            failures_in=lambda names: self.levels.of_functions(names),
            nearest=lambda path: next(self.levels.nearest(path), None),
            deleted_tests=self._deleted_tests,
            softened_tests=self._softened_tests,
            tests_since=lambda path, function: self.later_tests(path, function),
        )

    @cached_property
    def later_tests(self) -> LaterTests:
        """Why tests that were written or changed since may show more of a function."""
        from quality_gate.codebase.later_tests import LaterTests
        from quality_gate.evidence.git.revisions import files_of
        from quality_gate.evidence.runs.tests_since import changed_since

        recorded = self._recorded_or_why_not() if self._counts_recorded else None
        if recorded is None or isinstance(recorded, Missing):
            return LaterTests((), None)
        tests = filter(self._is_test, self._everything())
        with self._timed("looking for tests that were not recorded"):
            found = changed_since(recorded, self._root, tests, lambda commit: files_of(self._git(), commit, self._root))
        return LaterTests(found, (lambda: self.codebase) if self._links else None)

    def _deleted_tests(self) -> Sequence[WrittenTest]:
        from quality_gate.evidence.git.deleted_tests import deleted_tests

        with self._timed("looking for deleted tests"):
            return deleted_tests(self._git(), self._root, self._change(), self._everything(), self._config.settings)

    def _softened_tests(self) -> Sequence[SoftenedTest]:
        from quality_gate.evidence.git.deleted_tests import softened_tests

        with self._timed("looking for tests that expect less"):
            return softened_tests(self._git(), self._root, self._change(), self._config.settings)

    @cached_property
    def codebase(self) -> Codebase:
        """The whole project, linked.

        Raises:
            Missing: nothing is linked at this stage.
        """
        if not self._links:
            raise Missing("the linked codebase", "nothing is linked at the commit stage: type quality-gate report")
        return self._link(self._everything())

    @cached_property
    def runs(self) -> Runs:
        """What was named with `--coverage`, and what was recorded where that is told of no Python file.

        Raises:
            Missing: there is none, or it cannot be read.
        """
        from quality_gate.evidence.runs.joined import JoinedRuns

        if not self._foreign:
            return self.recorded
        if self._counts_recorded:
            recorded = self._recorded_or_why_not()
            return JoinedRuns(self._foreign if isinstance(recorded, Missing) else [recorded, *self._foreign])
        if self._config.counted_tests == "unit":
            named = ", ".join(str(file) for file in self._coverage)
            raise Missing(
                f'what unit tests alone ran (counted-tests = "unit"), which {named} does not tell',
                "type quality-gate test and leave out --coverage",
            )
        return self._foreign[0] if len(self._foreign) == 1 else JoinedRuns(self._foreign)

    @cached_property
    def _foreign(self) -> Sequence[ForeignRuns]:
        """What was named with `--coverage`."""
        if not self._coverage:
            return ()
        from quality_gate.evidence.coverage.foreign_coverage import read_coverage

        files, others = tuple(self._everything()), self._others()
        with self._timed("reading the evidence of tests"):
            return [
                read_coverage(file, self._root, files, tracked=self._tracked(file), others=others)
                for file in self._coverage
            ]

    @property
    def _counts_recorded(self) -> bool:
        """Whether nobody else tells of Python."""
        return not any(read.tells_of_python for read in self._foreign)

    def _recorded_or_why_not(self) -> Recorded | Missing:
        try:
            return self.recorded
        except Missing as missing:
            return missing

    @cached_property
    def recorded(self) -> Recorded:
        """What was recorded.

        Raises:
            Missing: nothing was, or it cannot be believed.
        """
        from quality_gate.evidence.runs.counting import counting_of
        from quality_gate.evidence.runs.going_on import goes_on
        from quality_gate.evidence.runs.recorded import read_recorded

        counting, tracked = counting_of(self._config), self._tracked(self._root / FOLDER)
        with self._timed("reading the evidence of tests"):
            self.notes.extend(filter(None, [goes_on(self._root)]))
            return read_recorded(self._root, tracked=tracked, counting=counting)

    @cached_property
    def proofs(self) -> KeptProofs:
        """What `prove` has found.

        Raises:
            Missing: it cannot be believed.
        """
        from quality_gate.evidence.runs.proofs import read_proofs

        return read_proofs(self._root, tracked=self._tracked(self._root / FOLDER))

    @cached_property
    def _remembered(self) -> Sequence[RememberedPath] | None:
        from quality_gate.evidence.remembered import recall

        with self._memory() as store:
            return recall(store, self._config.critical_paths)

    def _critical(self) -> CriticalPaths:
        return self._resolved() if self._links else self._restored()

    def _resolved(self) -> CriticalPaths:
        from quality_gate.codebase.critical_paths import resolve
        from quality_gate.evidence.remembered import remember

        declared = self._declared(self.codebase)
        files, others = self._everything(), self._others()
        runs, elsewhere = self._runs_if_any(), self._elsewhere()
        found = resolve(self.codebase, declared, files, self._is_test, runs, others, elsewhere)
        with self._memory() as store:
            remember(store, declared, found)
        return found

    def _runs_if_any(self) -> Runs | None:
        runs = self._runs_or_why_not()
        # Whoever measures says so; what belongs to the paths is told without it.
        return None if isinstance(runs, Missing) else runs

    def _failures(self, path: ResolvedPath) -> ShownPaths:
        return self.levels.of(path)

    @cached_property
    def listing(self) -> FailurePaths:
        """The failure paths of functions.

        Raises:
            Missing: nothing is linked at this stage.
        """
        from quality_gate.codebase.failures.listing import FailurePaths
        from quality_gate.evidence.failures import Failures

        settings, always = self._config.settings, self._stage is Stage.CI
        read = Failures(self._root, settings, self._store, always_read=always, now_ns=time.time_ns())
        return FailurePaths(self.codebase, read, settings)

    @cached_property
    def levels(self) -> Levels:
        """How far tests show failure paths, and which make them happen.

        Raises:
            Missing: nothing is linked at this stage, or what `prove` has found cannot be believed.
        """
        from quality_gate.codebase.levels.levels import Levels
        from quality_gate.evidence.checks import Checks

        settings, always = self._config.settings, self._stage is Stage.CI
        checks = Checks(self._root, settings, self._store, always_read=always, now_ns=time.time_ns())
        runs = self._runs_or_why_not()
        recorded = None if isinstance(runs, Missing) or not self._counts_recorded else self._recorded_or_why_not()
        not_counted = frozenset() if recorded is None or isinstance(recorded, Missing) else recorded.not_counted
        return Levels(self.codebase, self.listing, runs, checks, self.proofs, not_counted)

    def _runs_or_why_not(self) -> Runs | Missing:
        try:
            return self.runs
        except Missing as missing:
            return missing

    def _restored(self) -> CriticalPaths:
        from quality_gate.evidence.one_module import definitions_in
        from quality_gate.evidence.remembered import restored

        if self._remembered is None:
            raise Missing("what belongs to the critical paths", "link them once: type quality-gate report")
        change = self._change()
        return restored(
            self._remembered,
            self._config.critical_paths,
            [path for path in self._judged() if change.holds(path)],
            lambda path, module: definitions_in(self._root, path, module),
        )

    def _definitions_in(self, path: str) -> Sequence[Definition]:
        if self._links:
            return self.codebase.definitions_in(path)
        from quality_gate.evidence.one_module import definitions_in

        modules = {file.path: file.module for known in self._remembered or () for file in known.files}
        return definitions_in(self._root, path, modules.get(path))

    def _is_test(self, path: str) -> bool:
        from quality_gate_checkers.model.roles import Role, role_of

        return role_of(path, self._config.settings) is Role.TESTS

    def _never_run(self, path: str) -> tuple[LineRange, ...]:
        from quality_gate.evidence.one_module import never_run_in

        return never_run_in(self._root, path, self._config.settings)
