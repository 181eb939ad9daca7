"""What test runs did, whoever recorded it: which test ran which lines and branches.

The bench knows only this noun, so that a better recorder can replace its source.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, Protocol

import msgspec

TestOutcome = Literal["passed", "failed", "skipped", "xfailed", "xpassed", "error", "rerun", "unknown"]


class Executed(msgspec.Struct, frozen=True):
    """What some tests ran of a file.

    Args:
        run: executable lines. taken: (line, destination) of branches.
    """

    run: frozenset[int]
    taken: frozenset[tuple[int, int]]


class FileRuns(msgspec.Struct, frozen=True):
    """What was run of one file, by all tests that count together and on import.

    Args:
        path: relative to the project's root.
        statements: every executable line, those included that the project's own settings exclude from coverage.
        excluded: of these, the lines that the project's settings or comments exclude (`pragma: no cover`,
            `exclude_also`, `omit`).
        run: executable lines that were run.
        branches: possible destinations by branch line, where there is more than one; a negative destination leaves
            the function or class that begins at that line. Empty where the source has no branches.
        taken: (line, destination) of branches that were taken.
        has_branches: whether the source of this evidence recorded branches at all.
        otherwise: what was run with the other choice of tests: by unit tests alone where all tests count, by all where
            unit tests alone do; None where there are no integration tests or the source does not tell tests.
    """

    path: str
    statements: frozenset[int]
    excluded: frozenset[int]
    run: frozenset[int]
    branches: Mapping[int, frozenset[int]]
    taken: frozenset[tuple[int, int]]
    has_branches: bool = True
    otherwise: Executed | None = None


class ObservedCall(msgspec.Struct, frozen=True, array_like=True):
    """A call between functions of the project that a test run saw.

    Args:
        caller_path, caller: file and qualified name within its module (`Class.method`, "" for module code).
        line: where the caller stood.
        path, callee: likewise of what was called.
    """

    caller_path: str
    caller: str
    line: int
    path: str
    callee: str


class Runs(Protocol):
    """The evidence of test runs, read as it is asked for."""

    @property
    def description(self) -> str:
        """Where it comes from, for people: `quality-gate test, 2026-11-22 06:30, 412 tests, commit 1f2e3d4`."""

    @property
    def problems(self) -> tuple[str, ...]:
        """What is wrong with the run as a whole (tests failed, the run crashed, paths outside the project), a clause
        each."""

    @property
    def tests(self) -> Mapping[str, TestOutcome]:
        """Outcome by test id; empty where the source does not know tests."""

    @property
    def observed_calls(self) -> tuple[ObservedCall, ...]:
        """Calls that the tests saw; empty where the source cannot tell."""

    def file(self, path: str) -> FileRuns | None:
        """What was run of a file, or None when the evidence does not know the file.

        Raises:
            Missing: the evidence of the file is there and not readable.
        """

    def stale(self, path: str, function: str) -> str | None:
        """Why the evidence of a function no longer holds, as a clause; None when it does.

        Args:
            function: qualified name within the module (`Class.method`), "" for module code.
        """

    def tests_of(self, path: str, line: int) -> tuple[str, ...]:
        """Ids of the tests whose call phase ran a line, sorted."""
