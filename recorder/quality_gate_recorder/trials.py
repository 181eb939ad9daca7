"""What becomes of each mutant: tried, and where a test seems to have noticed it, tried again without it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from quality_gate_recorder.children import Children, Tell, Told
from quality_gate_recorder.proving_job import TIMES, Change, Job, Result

_PATIENCE = 12
"""So many times the least time: what tests may take without a mutant, which may set a database up first."""

Work = Callable[[int, list[int], Tell], None]


class Trials:
    """Tries mutants one after the other.

    Args:
        there: tests that were found, as places in the job, in the order in which pytest runs them.
        work: what a forked process does.
    """

    def __init__(self, job: Job, there: Sequence[int], children: Children, work: Work) -> None:
        self._job = job
        self._there = list(there)
        self._children = children
        self._work = work
        self._plain: dict[tuple[int, ...], Told] = {}
        self._broken: dict[int, str] = {}

    def results(self) -> Iterator[Result]:
        """What becomes of each, in their order."""
        for number, change in enumerate(self._job.changes):
            yield self._tried(number, change)

    def _tried(self, number: int, change: Change) -> Result:
        wanted = set(change.tests)
        first = set(change.tests[: change.telling])
        there = sorted((test for test in self._there if test in wanted), key=lambda test: test not in first)
        least = max(self._job.least, TIMES * change.seconds)
        while True:
            tests = [test for test in there if test not in self._broken]
            if not tests:
                return Result(number, "unknown", why=self._why_no_test(change, there))
            told = self._run(number, tests, least)
            if told.error:
                return Result(number, "unknown", tests=self._names(tests), why=told.error)
            if told.ended and not told.failed:
                return self._lived(number, tests, told)
            noticed = tests[: tests.index(_at(tests, told)) + 1]
            plain = self._without(noticed)
            if plain.ended and not plain.failed:
                if told.timeout and least < TIMES * plain.seconds:
                    least = TIMES * plain.seconds
                    continue
                return Result(number, "killed", self._job.tests[noticed[-1]], self._names(noticed), _how(told))
            self._broken[_at(noticed, plain)] = _how(plain) or "it fails"

    def _run(self, number: int, tests: list[int], limit: float) -> Told:
        return self._children.run(number, tests, limit, lambda tell: self._work(number, tests, tell))

    def _without(self, tests: list[int]) -> Told:
        """How tests end without any mutant."""
        known = self._plain.get(tuple(tests))
        if known is None:
            known = self._plain[tuple(tests)] = self._run(-1, tests, self._job.least * _PATIENCE)
        return known

    def _lived(self, number: int, tests: list[int], told: Told) -> Result:
        names = self._names(tests)
        if not told.placed:
            return Result(
                number, "unknown", tests=names, why="the change could not be put in place: no function has it"
            )
        if not told.reached:
            return Result(number, "unknown", tests=names, why="run by themselves, its tests did not come to it")
        return Result(number, "alike" if told.alike else "survived", tests=names)

    def _why_no_test(self, change: Change, there: Sequence[int]) -> str:
        if not there:
            return f"pytest does not find its tests any more: {self._job.tests[change.tests[0]]}"
        first = there[0]
        return (
            f"its tests do not pass by themselves, without any change: {self._job.tests[first]}: {self._broken[first]}"
        )

    def _names(self, tests: Sequence[int]) -> list[str]:
        return [self._job.tests[test] for test in tests]


def _at(tests: Sequence[int], told: Told) -> int:
    """The test that was running when a process ended."""
    return tests[min(max(told.at, 0), len(tests) - 1)]


def _how(told: Told) -> str:
    """How a test ended that did not just fail."""
    if told.timeout:
        return "it did not end in time"
    if not told.ended:
        how = f"was killed by signal {-told.status}" if told.status < 0 else f"ended with {told.status}"
        return f"its process {how}"
    return ""
