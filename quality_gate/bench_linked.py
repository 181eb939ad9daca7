"""How a bench learns what the linked codebase and test runs tell: each thing when it is first asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NoReturn

from quality_gate.errors import Missing, nothing_recorded
from quality_gate.model import LineRange

if TYPE_CHECKING:  # the commit hook of a project without critical paths needs none of these
    from quality_gate.codebase.assertions import TestAssertions
    from quality_gate.codebase.critical_paths import CriticalPaths, ResolvedPath
    from quality_gate.codebase.deleted_tests import WrittenTest
    from quality_gate.codebase.graph import Codebase, Definition
    from quality_gate.codebase.later_tests import Since
    from quality_gate.codebase.softened_tests import SoftenedTest
    from quality_gate.failure_levels import NearTest, ShownPaths
    from quality_gate.failure_paths import FailurePath
    from quality_gate.runs import Runs


def _not_linked() -> NoReturn:
    raise Missing("the linked codebase", "nothing was linked at this stage: type quality-gate report")


def _no_members() -> NoReturn:
    raise Missing("what belongs to the critical paths", "link them once: type quality-gate report")


def _not_recorded() -> NoReturn:
    raise nothing_recorded()


def _not_listed(path: ResolvedPath) -> NoReturn:
    raise Missing("failure paths", "type quality-gate report")


def _no_functions(names: Sequence[str]) -> NoReturn:
    raise Missing("failure paths", "type quality-gate report")


def _no_test(path: FailurePath) -> None:
    return None


def _nothing_of(path: str) -> tuple[()]:
    return ()


def _nothing_since(path: str, function: str) -> str:
    return ""


class Linked:
    """How a bench learns what the linked codebase and test runs tell.

    Args:
        codebase: links; never asked at the commit stage.
        critical: the critical paths, as last linked at the commit stage.
        elsewhere: whether critical paths are known that neither the configuration nor a judged file names.
        definitions_in: what a file defines, without linking.
        runs: the evidence of test runs.
        never_run: lines of a file that, as everybody knows, no test can run.
        failures: the failure paths of a critical path, with how far tests show them.
        failures_in: the same of functions by their names.
        nearest: the test that one for a failure path would be written after; None where no test runs its function.
        assertions_in: the assertions of the tests of a file.
        deleted_tests: the tests that the change deletes. softened_tests: those that expect less than before.
        tests_since: why tests that were written or changed since the evidence was recorded may show more of a function.
    """

    def __init__(
        self,
        *,
        codebase: Callable[[], Codebase] = _not_linked,
        critical: Callable[[], CriticalPaths] = _no_members,
        elsewhere: Callable[[], bool] = bool,
        definitions_in: Callable[[str], Sequence[Definition]] = _nothing_of,
        runs: Callable[[], Runs] = _not_recorded,
        never_run: Callable[[str], tuple[LineRange, ...]] = _nothing_of,
        failures: Callable[[ResolvedPath], ShownPaths] = _not_listed,
        failures_in: Callable[[Sequence[str]], ShownPaths] = _no_functions,
        nearest: Callable[[FailurePath], NearTest | None] = _no_test,
        assertions_in: Callable[[str], Sequence[TestAssertions]] = _nothing_of,
        deleted_tests: Callable[[], Sequence[WrittenTest]] = tuple,
        softened_tests: Callable[[], Sequence[SoftenedTest]] = tuple,
        tests_since: Since = _nothing_since,
    ) -> None:
        self.codebase = codebase
        self.critical = critical
        self.elsewhere = elsewhere
        self.definitions_in = definitions_in
        self.runs = runs
        self.never_run = never_run
        self.failures = failures
        self.failures_in = failures_in
        self.nearest = nearest
        self.assertions_in = assertions_in
        self.deleted_tests = deleted_tests
        self.softened_tests = softened_tests
        self.tests_since = tests_since
