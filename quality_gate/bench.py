"""What lies before the practices, and the shape of a practice."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Literal, TypeAlias

from quality_gate.bench_linked import Linked
from quality_gate.errors import Missing
from quality_gate.linting import NOTHING_LINTED, Linted
from quality_gate.model import Change, Finding, Mode, PracticeName, Stage, Verdict
from quality_gate.policy.relaxations import PolicyChange
from quality_gate_checkers.model.inspection import Inspection
from quality_gate_checkers.model.violation import Severity
from quality_gate_checkers.plug import Page, page
from quality_gate_checkers.settings import Settings

if TYPE_CHECKING:  # the commit hook of a project without critical paths needs none of these
    from quality_gate.codebase.assertions import Unreached
    from quality_gate.codebase.critical_paths import CriticalPaths
    from quality_gate.codebase.deleted_tests import WrittenTest
    from quality_gate.codebase.graph import Codebase, Definition
    from quality_gate.codebase.patch_coverage import PatchCoverage
    from quality_gate.codebase.path_coverage import PathCoverage
    from quality_gate.codebase.path_failures import PathFailures
    from quality_gate.codebase.softened_tests import SoftenedTest
    from quality_gate.failure_levels import NearTest, ShownPath, ShownPaths
    from quality_gate.failure_paths import FailurePath
    from quality_gate.runs import Runs


Known: TypeAlias = Callable[[PracticeName, Sequence[Finding]], Sequence[Finding]]


def nothing_linted() -> Linted:
    """Where no other tool is asked."""
    return NOTHING_LINTED


def _nothing_known(practice: PracticeName, findings: Sequence[Finding]) -> Sequence[Finding]:
    return findings


def nothing_relaxed(bench: Bench) -> PolicyChange:
    """Where no policy is compared."""
    return PolicyChange()


class Bench:
    """Everything laid before the practices in one run. What is not asked for is never fetched.

    Args:
        stage: where the gate stands.
        whole: judge all the code whatever the mode (`report`), or what the mode asks for (`check`).
        today: the day on which suppressions are looked at.
        critical_paths: names of the declared critical paths.
        change: how to learn what is new.
        inspections: how to learn what each judged file holds, by path relative to the project's root.
        settings: the project's.
        counted_tests: whose coverage counts.
        linked: how to learn what the linked codebase and test runs tell.
        known: which findings of a practice the baseline holds; the answer is the findings, those marked.
        policy: what the change does to the policy that it is judged by; it may ask the bench.
        linted: how to learn what the team's other tools say.
    """

    def __init__(
        self,
        *,
        stage: Stage,
        whole: bool,
        today: datetime.date,
        critical_paths: tuple[str, ...],
        change: Callable[[], Change],
        inspections: Callable[[], Mapping[str, Inspection]],
        settings: Settings = Settings(),  # noqa: B008 - frozen
        counted_tests: Literal["all", "unit"] = "all",
        linked: Linked = Linked(),  # noqa: B008 - never changed
        known: Known = _nothing_known,
        policy: Callable[[Bench], PolicyChange] = nothing_relaxed,
        linted: Callable[[], Linted] = nothing_linted,
    ) -> None:
        self.stage = stage
        self.whole = whole
        self.today = today
        self.critical_paths = critical_paths
        self._change = change
        self._inspections = inspections
        self.settings = settings
        self.counted_tests = counted_tests
        self._linked = linked
        self._known = known
        self._policy = policy
        self._linted = linted

    @cached_property
    def policy(self) -> PolicyChange:
        """What the change does to the policy that it is judged by."""
        return self._policy(self)

    def knowing(self, known: Known) -> Bench:
        """The same bench with another baseline; what was fetched for this one is not fetched again."""
        import copy  # not on the way to a verdict

        other = copy.copy(self)
        other._known = known
        return other

    def marked(self, practice: PracticeName, mode: Mode, findings: Sequence[Finding]) -> list[Finding]:
        """All findings of a practice, those that the baseline holds marked as known; in enforce mode alone."""
        return list(self._known(practice, findings)) if mode is Mode.ENFORCE else list(findings)

    def definitions_in(self, path: str) -> Sequence[Definition]:
        """What a file defines, without linking."""
        return self._linked.definitions_in(path)

    @cached_property
    def change(self) -> Change:
        """What is new."""
        return self._change()

    @cached_property
    def inspections(self) -> Mapping[str, Inspection]:
        """What each judged file holds."""
        return self._inspections()

    @cached_property
    def linted(self) -> Linted:
        """What the team's other tools say."""
        return self._linted()

    def is_test(self, path: str) -> bool:
        """Whether a file is test code."""
        from quality_gate_checkers.model.roles import is_test

        return is_test(path, self.settings)

    @cached_property
    def tests(self) -> Sequence[str]:
        """The judged files that are test code, sorted."""
        from quality_gate_checkers.model.roles import tests_among

        return tests_among(sorted(self.inspections), self.settings)

    @cached_property
    def codebase(self) -> Codebase:
        """The whole project, linked.

        Raises:
            Missing: nothing is linked at this stage.
        """
        return self._linked.codebase()

    @cached_property
    def runs(self) -> Runs:
        """The evidence of test runs.

        Raises:
            Missing: there is none, or it cannot be read.
        """
        return self._linked.runs()

    @property
    def known_runs(self) -> Runs | Missing:
        """The evidence of test runs, or why there is none: for a practice that can tell something without it."""
        return self._runs_or_why_not

    @cached_property
    def has_critical_paths(self) -> bool:
        """Whether the configuration or a comment names a critical path: known without linking."""
        return (
            bool(self.critical_paths)
            or any(held.critical and not self.is_test(path) for path, held in self.inspections.items())
            or self._linked.elsewhere()
        )

    @cached_property
    def critical(self) -> CriticalPaths:
        """Every critical path with its members; at the commit stage as last linked.

        Raises:
            Missing: nothing has ever been linked.
            UsageErrors: what is declared names nothing.
        """
        return self._linked.critical()

    def critical_path_at(self, path: str, line: int) -> str | None:
        """The critical path that a line belongs to, as far as it is known: at the commit stage as last linked."""
        try:
            found = self.critical.paths if self.has_critical_paths else ()
        except Missing:
            return None
        held = (one for one in found if any(member.path == path and member.holds(line, line) for member in one.members))
        return next((one.name for one in held), None)

    @cached_property
    def coverage(self) -> tuple[PathCoverage, ...]:
        """What tests ran of each critical path."""
        from quality_gate.codebase.path_coverage import measure

        runs = self._runs_or_why_not
        linked = self._linked
        return tuple(measure(path, runs, linked.never_run, linked.tests_since) for path in self.critical.paths)

    @cached_property
    def failures(self) -> Mapping[str, ShownPaths]:
        """The failure paths of every critical path, by its name, with how far tests show them.

        Raises:
            Missing: nothing is linked at this stage.
        """
        return {path.name: self._linked.failures(path) for path in self.critical.paths}

    @cached_property
    def path_failures(self) -> tuple[PathFailures, ...]:
        """What tests show of the failure paths of each critical path, counted.

        Raises:
            Missing: nothing is linked at this stage.
        """
        from quality_gate.codebase.path_failures import measure_failures

        return tuple(
            measure_failures(
                coverage, self.failures[coverage.path.name], self.today, self._bases_in, self._linked.tests_since
            )
            for coverage in self.coverage
        )

    @cached_property
    def changed_failures(self) -> tuple[ShownPath, ...]:
        """Raises and handlers of the change outside of every critical path, as far as it is known what shows them."""
        from quality_gate.codebase.changed_failures import changed_failures

        critical = self.critical.paths if self.has_critical_paths else ()
        return changed_failures(
            self.codebase,
            self.change,
            self._production,
            frozenset(member.name for path in critical for member in path.members),
            self._runs_or_why_not,
            self._linked.failures_in,
            self.today,
            self._linked.tests_since,
        )

    def nearest_test(self, path: FailurePath) -> NearTest | None:
        """The test that one for a failure path would be written after; None where no test runs its function.

        Raises:
            Missing: there is no evidence, or it cannot be read.
        """
        return self._linked.nearest(path)

    @property
    def _production(self) -> list[str]:
        from quality_gate_checkers.model import PRODUCTION, role_of

        return [path for path in self.inspections if role_of(path, self.settings) in PRODUCTION]

    @cached_property
    def assertions(self) -> tuple[Unreached, ...]:
        """Every test that passed, with those of its assertions that no run reached."""
        from quality_gate.codebase.assertions import unreached

        return tuple(unreached(self._runs_or_why_not, self.tests, self._linked.assertions_in))

    @cached_property
    def deleted_tests(self) -> Sequence[WrittenTest]:
        """The tests that the change deletes, where a practice about tests is asked for a push or in CI."""
        return self._linked.deleted_tests() if self._asks_about_tests else ()

    @cached_property
    def softened_tests(self) -> Sequence[SoftenedTest]:
        """The tests that expect fewer exceptions since the change, where the same holds."""
        return self._linked.softened_tests() if self._asks_about_tests else ()

    @property
    def _asks_about_tests(self) -> bool:
        return not self.whole and self.stage is not Stage.COMMIT and self.has_critical_paths

    def _bases_in(self, path: str) -> Mapping[str, Sequence[str]]:
        runs = self._runs_or_why_not
        if isinstance(runs, Missing):
            return {}
        return {seen.exception: seen.bases for seen in runs.failures_of(path)}

    @cached_property
    def patch(self) -> PatchCoverage:
        """What tests ran of the change."""
        from quality_gate.codebase.critical_paths import of_other_languages
        from quality_gate.codebase.patch_coverage import measure_patch

        others = of_other_languages(self.critical)
        return measure_patch(
            self.change,
            [*self._production, *others],
            self.critical,
            lambda path: others.get(path) or self._linked.definitions_in(path),
            self._runs_or_why_not,
            self._linked.never_run,
            self._linked.tests_since,
        )

    @cached_property
    def _runs_or_why_not(self) -> Runs | Missing:
        try:
            return self.runs
        except Missing as missing:
            return missing


Judge: TypeAlias = Callable[[Bench, Mode], Iterator[Verdict]]


class Practice:
    """The unit of adoption: one file, one decorated pure function, its docstring the page.

    Args:
        name: one of `PRACTICES`.
        judge: the function.
    """

    __slots__ = ("judge", "name")

    def __init__(self, name: PracticeName, judge: Judge) -> None:
        self.name = name
        self.judge = judge

    @property
    def page(self) -> Page:
        """The practice's documentation."""
        return page(self.judge.__doc__)


def practice(name: PracticeName) -> Callable[[Judge], Practice]:
    """Make a practice of a function whose docstring is its page."""

    def made(judge: Judge) -> Practice:
        return Practice(name, judge)

    return made


Judging: TypeAlias = PracticeName | Literal["policy"]
ProjectCheck: TypeAlias = Callable[[Bench], Iterator[Finding]]


class ProjectRule:
    """A rule that needs the linked codebase, evidence or the change: one file, one decorated pure function.

    Args:
        code, name, severity: as of every rule.
        check: the function, over the whole bench.
        linked: it asks for the linked codebase, and hence is never asked at the commit stage.
        practice: whose verdict its findings belong to; "policy" is no practice, so that nobody can turn it off.
        version: as of every rule.
    """

    __slots__ = ("check", "code", "linked", "name", "practice", "severity", "version")

    def __init__(
        self,
        code: str,
        name: str,
        severity: Severity,
        check: ProjectCheck,
        *,
        linked: bool = False,
        practice: Judging = "static-analysis",
        version: int = 1,
    ) -> None:
        self.code = code
        self.name = name
        self.severity = severity
        self.check = check
        self.linked = linked
        self.practice = practice
        self.version = version

    @property
    def page(self) -> Page:
        """The rule's documentation."""
        return page(self.check.__doc__)


def project_rule(
    code: str,
    name: str,
    *,
    severity: Severity = "error",
    linked: bool = False,
    practice: Judging = "static-analysis",
    version: int = 1,
) -> Callable[[ProjectCheck], ProjectRule]:
    """Make a project rule of a function whose docstring is its page. See `ProjectRule` for the arguments."""

    def made(check: ProjectCheck) -> ProjectRule:
        return ProjectRule(code, name, severity, check, linked=linked, practice=practice, version=version)

    return made
