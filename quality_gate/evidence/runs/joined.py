"""Evidence of several sources taken together: what any of them ran was run."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import reduce

from quality_gate.runs import Executed, FileRuns, LineOfTests, ObservedCall, Runs, SeenFailure, TestOutcome, Touched


class JoinedRuns:
    """A `Runs` of several.

    Args:
        parts: at least one.
    """

    def __init__(self, parts: Sequence[Runs]) -> None:
        self._parts = tuple(parts)

    @property
    def description(self) -> str:
        """Where it comes from, for people."""
        return " and ".join(part.description for part in self._parts)

    @property
    def problems(self) -> tuple[str, ...]:
        """What is wrong with any of them."""
        return tuple(dict.fromkeys(problem for part in self._parts for problem in part.problems))

    @property
    def partial(self) -> str:
        """See `Runs`: parts that are joined are chosen on purpose."""
        return self._parts[0].partial if len(self._parts) == 1 else ""

    @property
    def tests(self) -> Mapping[str, TestOutcome]:
        """Outcome by test id, the last word of those who know the test."""
        return {test: outcome for part in self._parts for test, outcome in part.tests.items()}

    @property
    def observed_calls(self) -> tuple[ObservedCall, ...]:
        """Calls that any of them saw."""
        return tuple(dict.fromkeys(call for part in self._parts for call in part.observed_calls))

    def file(self, path: str) -> FileRuns | None:
        """What any of them ran of a file, None when none knows it.

        Raises:
            Missing: the evidence of one of them is there and not readable.
        """
        known = [held for held in (part.file(path) for part in self._parts) if held is not None]
        return reduce(_together, known) if known else None

    def stale(self, path: str, function: str) -> str | None:
        """Why the evidence of a function no longer holds: that of any that knows its file."""
        known = [part for part in self._parts if part.file(path) is not None]
        reasons = [part.stale(path, function) for part in known or self._parts]
        return next((reason for reason in reasons if reason is not None), None)

    def in_part(self, path: str, function: str) -> str:
        """Why what none of them ran of a function may be run all the same."""
        return next(filter(None, (part.in_part(path, function) for part in self._parts)), "")

    def tests_of(self, path: str, line: int) -> tuple[str, ...]:
        """Ids of the tests whose call phase ran a line, sorted."""
        return tuple(sorted({test for part in self._parts for test in part.tests_of(path, line)}))

    def failures_of(self, path: str) -> tuple[SeenFailure, ...]:
        """Exceptions that any of them saw."""
        return tuple(dict.fromkeys(failure for part in self._parts for failure in part.failures_of(path)))

    def arcs_of(self, path: str) -> Mapping[str, frozenset[tuple[int, int]]]:
        """Jumps by test, of all that know the test."""
        found: dict[str, frozenset[tuple[int, int]]] = {}
        for part in self._parts:
            for test, arcs in part.arcs_of(path).items():
                found[test] = found.get(test, frozenset()) | arcs
        return found

    def ran_in(self, test: str) -> tuple[LineOfTests, ...]:
        """What a test ran of test code, as the first tells that knows it."""
        return next(filter(None, (part.ran_in(test) for part in self._parts)), ())

    def test_lines(self, path: str) -> frozenset[int] | None:
        """Lines of test code that any of them ran; None when none knows."""
        known = [lines for lines in (part.test_lines(path) for part in self._parts) if lines is not None]
        return frozenset().union(*known) if known else None

    def unseen(self, test: str) -> str | None:
        """Why none of those that know a test, or of all, knows everything that failed in it."""
        knowing = [part for part in self._parts if not test or test in part.tests] or self._parts
        reasons = [part.unseen(test) for part in knowing]
        return None if None in reasons else "; ".join(dict.fromkeys(filter(None, reasons)))

    @property
    def touched(self) -> Touched | None:
        """What any of those who watched saw; None when nobody did."""
        known = [touched for touched in (part.touched for part in self._parts) if touched is not None]
        return reduce(both, known) if known else None


def both(one: Touched, other: Touched) -> Touched:
    """What two have seen of different tests, or of the same."""
    reasons = {
        kind: (*one.not_watched.get(kind, ()), *other.not_watched.get(kind, ()))
        for kind in (*one.not_watched, *other.not_watched)
    }
    return Touched(
        touches=tuple(dict.fromkeys((*one.touches, *other.touches))),
        integration=one.integration | other.integration,
        stale={**one.stale, **other.stale},
        not_watched={kind: tuple(dict.fromkeys(clauses)) for kind, clauses in reasons.items()},
    )


def _together(one: FileRuns, other: FileRuns) -> FileRuns:
    branches = {
        line: one.branches.get(line, frozenset()) | other.branches.get(line, frozenset())
        for line in {*one.branches, *other.branches}
    }
    return FileRuns(
        path=one.path,
        statements=one.statements | other.statements,
        excluded=(one.excluded & other.excluded)
        | (one.excluded - other.statements)
        | (other.excluded - one.statements),
        run=one.run | other.run,
        branches=branches,
        taken=one.taken | other.taken,
        has_branches=one.has_branches or other.has_branches,
        otherwise=_otherwise(one, other),
        untold=(one.untold | other.untold) - one.run - other.run,
        untold_branches=(one.untold_branches | other.untold_branches) - one.taken - other.taken,
    )


def _otherwise(one: FileRuns, other: FileRuns) -> Executed | None:
    if one.otherwise is None and other.otherwise is None:
        return None
    first, second = (held.otherwise or Executed(held.run, held.taken) for held in (one, other))
    return Executed(first.run | second.run, first.taken | second.taken)


def joined(parts: Sequence[Callable[[], Runs]]) -> Runs:
    """Several sources as one; a single one as it is."""
    read = [part() for part in parts]
    return read[0] if len(read) == 1 else JoinedRuns(read)
