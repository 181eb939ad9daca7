"""What test runs did, whoever recorded it: which test ran which lines and branches.

The bench knows only this noun, so that a better recorder can replace its source.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, Protocol

import msgspec

from quality_gate_checkers.regexes import regex

WITHOUT_ARGUMENTS = "type quality-gate test without arguments"
"""What to do where only a part of the tests was chosen."""

NEWER_PYTHON = "run quality-gate test under Python 3.12 or later"
"""What to do where the Python of the tests does not tell what failed in them."""

DATA_ITSELF = "name the .coverage file itself, or type quality-gate test"
"""What to do where a coverage report leaves out what its data tells."""

_PARTIAL = "what the others run is not known"
_STILL_RAN = "a thread that another test began"
_TOOK_AWAY = "took the tracer away (sys.settrace)"
_LEFT_OUT = "the coverage report leaves out"

SOME_FAILED = regex(r"\d+ of \d+ tests failed: ")
"""How a problem begins that says no more than that tests failed; whoever counts them says so."""

_OLD_PYTHON = regex(r"Python \d+\.\d+ does not tell ")

TestOutcome = Literal["passed", "failed", "skipped", "xfailed", "xpassed", "error", "rerun", "unknown"]


def chosen(tests: int, deselected: int) -> str:
    """That a part of the tests was chosen, as a clause."""
    were = "1 test was" if tests == 1 else f"{tests:,} tests were"
    left_out = f" ({deselected:,} deselected)" if deselected else ""
    return f"{were} chosen{left_out}: {_PARTIAL}"


def untraced(tests: str) -> str:
    """That tests took the tracer away, as a clause.

    Args:
        tests: their ids.
    """
    return f"{tests} {_TOOK_AWAY}, so not all that it ran is known"


def left_out(lines: int) -> str:
    """That nothing tells whether some lines ran, as a clause.

    Args:
        lines: how many; 0 where only branches are meant.
    """
    what = "1 line" if lines == 1 else f"{lines:,} lines" if lines else "branches"
    return f"{_LEFT_OUT} {what} of it and does not tell whether {'it was' if lines == 1 else 'they were'} run"


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
        untold: executable lines of which the source does not tell whether they were run. untold_branches: likewise.
    """

    path: str
    statements: frozenset[int]
    excluded: frozenset[int]
    run: frozenset[int]
    branches: Mapping[int, frozenset[int]]
    taken: frozenset[tuple[int, int]]
    has_branches: bool = True
    otherwise: Executed | None = None
    untold: frozenset[int] = frozenset()
    untold_branches: frozenset[tuple[int, int]] = frozenset()


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


Phase = Literal["setup", "call", "teardown", "none"]
FailureSource = Literal["here", "project", "outside", "test"]


class LineOfTests(msgspec.Struct, frozen=True, array_like=True):
    """A line of test code; 0 where its file has changed so that it is not known any more."""

    path: str
    line: int


class SeenFailure(msgspec.Struct, frozen=True):
    """An exception in one function of the project, on its way up, as one test made it happen.

    Args:
        test: its id. phase: of the test.
        line, column, end_line, end_column: the call, statement or other expression that it came out of; columns are
            1-based, in code points. All but `line` are 0 where they are not known.
        exception: qualified name of its type (`shop.bank.Declined`, `ConnectionError`).
        bases: names of the type's bases, the nearest first, up to `BaseException`.
        source: `here`: raised at this place, or by what is no Python code; `project`: it came out of a function of the
            project that was called here; `outside`: out of other people's code, mocks included; `test`: out of test
            code, e.g. a fake.
        handled: line of the `except` or `with` that took it, or the first line of such a `finally`; None: it left the
            function. A handler that raises it again has a failure of its own at its `raise`.
        called_from: lines of test code that were running, the innermost first; empty where the code ran on its own,
            e.g. in a thread.
        reached: the last line of test code that the exception came up to; None: it came to none.
        taken: whether something in that function of test code took it (`pytest.raises`, an `except`).
        after: lines of test code that ran after it was raised. The statements of `called_from` ended after it too,
            unless it came up to them.
        older_thread: whether it was raised in a thread that was there before the test: another test may be its cause.
    """

    test: str
    phase: Phase
    line: int
    column: int
    end_line: int
    end_column: int
    exception: str
    bases: tuple[str, ...]
    source: FailureSource
    handled: int | None
    called_from: tuple[LineOfTests, ...]
    reached: LineOfTests | None
    taken: bool
    after: tuple[LineOfTests, ...]
    older_thread: bool = False


TouchKind = Literal["network", "machine", "itself", "process", "sleep", "environment", "module"]


class Touch(msgspec.Struct, frozen=True):
    """Something of the world around it that a test touched, or left changed.

    Args:
        test: its id. phase: of the test; what a fixture did before the call is not the test's own.
        kind: `network`: another host was asked for or connected to; `machine`: a port of this machine that the test
            run does not serve; `itself`: one that it serves; `process`: a program was started, or the test run
            forked; `sleep`: the test waited; `environment`: a variable or the working directory was left changed;
            `module`: a name of one of the project's modules was, or a list, set or dictionary that it holds.
        what: `host:port`, the program, the function that slept, the variable, `module.name`.
        seconds: slept there in all, else 0.
        place: the innermost line in code of the project or its tests; None where none is known.
        test_place: the innermost line of test code, else where the test begins; None where none is known.
    """

    test: str
    phase: Phase
    kind: TouchKind
    what: str
    seconds: float
    place: LineOfTests | None
    test_place: LineOfTests | None


class Touched(msgspec.Struct, frozen=True):
    """What tests touched, as far as somebody watched.

    Args:
        touches: of tests that are not stale.
        integration: tests that are integration tests by their place or marks.
        stale: why what is known of a test no longer holds, as a clause, by its id.
        not_watched: why not all touches of a kind are known, a clause each.
    """

    touches: tuple[Touch, ...] = ()
    integration: frozenset[str] = frozenset()
    stale: Mapping[str, str] = {}
    not_watched: Mapping[TouchKind, tuple[str, ...]] = {}


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
    def partial(self) -> str:
        """That only a part of the tests was chosen to run, as a clause: what is not run may be run by the others; what
        is run stays so. Empty where all were, or nobody knows."""

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

    def in_part(self, path: str, function: str) -> str:
        """Why what is not known to be run of a function that is not stale may be run all the same, as a clause: a part
        of the tests was run anew on it; empty where all that is known counts, or `partial` says it of everything.

        Args:
            function: as of `stale`.

        Raises:
            Missing: what is recorded of the file cannot be believed.
        """

    def tests_of(self, path: str, line: int) -> tuple[str, ...]:
        """Ids of the tests whose call phase ran a line, sorted."""

    def failures_of(self, path: str) -> tuple[SeenFailure, ...]:
        """Exceptions that passed through functions of a file; what there is no word of may have been `unseen`.

        Raises:
            Missing: the evidence is there and not readable.
        """

    def arcs_of(self, path: str) -> Mapping[str, frozenset[tuple[int, int]]]:
        """Jumps from line to line of a file that the call phase of each test ran, by test id, in coverage.py's terms: a
        negative line is the entry to (from) or the exit of (to) the function that begins there, 0 is gone since.
        """

    def ran_in(self, test: str) -> tuple[LineOfTests, ...]:
        """Lines of functions of test code that a test's call phase ran, in the order in which they were last run; in
        no order where `unseen` has a word on all tests, and empty where they are not known."""

    def test_lines(self, path: str) -> frozenset[int] | None:
        """Lines of functions of a file of test code that any test ran; None where that is not known."""

    def unseen(self, test: str) -> str | None:
        """Why not every exception that passed in a test is known, as a clause; None when they all are.

        Args:
            test: its id, "" for what holds of all tests.
        """

    @property
    def touched(self) -> Touched | None:
        """What tests touched of the world around them; None where nobody watched.

        Raises:
            Missing: the evidence is there and not readable.
        """


def chosen_since(why: str, tests: int) -> str:
    """That only tests which were chosen since have run something anew, as a clause.

    Args:
        why: what it has to be run anew for, as a clause.
    """
    return f"{why}; since then {chosen(tests, 0)}"


def is_beside_another(why: str | None) -> bool:
    """Whether a thread of another test's ran beside a test, so that it need not be what ran lines.

    Args:
        why: as `Runs.unseen` has it.
    """
    return why is not None and _STILL_RAN in why


def may_have_failed(why: str | None) -> bool:
    """Whether exceptions may have passed in a test that are not recorded; where threads of others alone ran beside it
    they all are.

    Args:
        why: as `Runs.unseen` has it.
    """
    return why is not None and not (why.startswith(_STILL_RAN) and ";" not in why)


def remedy_of(why: str) -> str:
    """What to do about evidence that does not tell what failed.

    Args:
        why: the reason, as `Runs.unseen` or `Runs.partial` has it, or one that ends with it.
    """
    if _OLD_PYTHON.search(why):
        return NEWER_PYTHON
    if _TOOK_AWAY in why:
        return "run what needs sys.settrace() in a process of its own, then type quality-gate test"
    if _LEFT_OUT in why:
        return DATA_ITSELF
    return WITHOUT_ARGUMENTS if _PARTIAL in why else "type quality-gate test"
