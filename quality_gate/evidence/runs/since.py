"""A run of all tests and the parts that were run since, taken together: each test counts by its last run.

A function is known as well as the run of all tests knows it. Where that does not hold any more, what the parts ran of
it anew was run; what they did not run, the tests that were not chosen may.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache, reduce
from pathlib import Path

import msgspec

from quality_gate.evidence._untrusted import Unreadable
from quality_gate.evidence.runs._recorded_run import FAILED, named, told_together
from quality_gate.evidence.runs._staleness import around
from quality_gate.evidence.runs.counting import Counting
from quality_gate.evidence.runs.joined import both
from quality_gate.evidence.runs.recorded import Recorded, RecordedRuns, own_database, refused
from quality_gate.runs import (
    Executed,
    FileRuns,
    LineOfTests,
    ObservedCall,
    SeenFailure,
    TestOutcome,
    Touched,
    chosen_since,
)
from quality_gate.store import FOLDER
from quality_gate_recorder.keeping import kept_at

_MODULE_EXIT = -1


def with_kept(last: RecordedRuns, place: Path, root: Path, counting: Counting) -> Recorded:
    """A run of a part together with what is kept beside it; alone where that is not what it was recorded beside.

    Args:
        last: whose `beside` is not empty. place: its file, absolute. root: the project's, absolute.

    Raises:
        Missing: what is kept cannot be believed.
    """
    runs = [last]
    superseded = set(last.tests)
    for number, started in reversed(list(enumerate(last.beside))):
        file = kept_at(place, number)
        try:
            if not os.path.lexists(file):
                return last
            kept = RecordedRuns(own_database(root, file), root, counting, frozenset(superseded), last.present)
        except Unreadable as error:
            raise refused(error, f"{FOLDER}/{file.name}") from error
        if kept.started != started or kept.is_part is not bool(number):
            return last
        superseded.update(kept.tests)
        runs.insert(0, kept)
    return RunsSince(runs)


class _Function(msgspec.Struct, frozen=True):
    """What the runs know of a function.

    Args:
        counts: places of the runs whose records of it hold.
        stale: as of `Runs.stale`. in_part: as of `Runs.in_part`, as far as staleness tells.
    """

    counts: tuple[int, ...]
    stale: str | None = None
    in_part: str = ""


class _Masked(msgspec.Struct, frozen=True):
    """Which lines of a file count from each run.

    Args:
        run: of what it ran. structure: of what can be run. None: all lines.
    """

    run: Sequence[frozenset[int] | None]
    structure: Sequence[frozenset[int] | None]


class RunsSince:
    """Implements `Recorded` of several runs.

    Args:
        runs: the one of all tests, and the parts since, oldest first; of each the tests that a later one ran are
            superseded.
    """

    def __init__(self, runs: Sequence[RecordedRuns]) -> None:
        self._runs = tuple(runs)
        self.in_turn = self._known = tuple(run.functions for run in self._runs)
        self._place_of = {test: place for place, run in enumerate(self._runs) for test in run.tests}
        self._functions = lru_cache(maxsize=None)(self._functions_now)
        self._function = lru_cache(maxsize=None)(self._judged)
        self._masks = lru_cache(maxsize=None)(self._masked)
        self.file = lru_cache(maxsize=None)(self._file)
        """See `Runs`."""

    @property
    def description(self) -> str:
        """See `Runs`."""
        parts = len(self._runs) - 1
        since = sum(1 for place in self._place_of.values() if place)
        tests = "1 test" if since == 1 else f"{since:,} tests"
        return f"{self._runs[0].description}, and since then {tests} in {'a part' if parts == 1 else f'{parts} parts'}"

    @cached_property
    def problems(self) -> tuple[str, ...]:
        """See `Runs`."""
        own = dict.fromkeys(told_together(self.tests, (one for run in self._runs for one in run.problems)))
        failed = sorted(set(self._failed_with_others()))
        if failed:
            tests = "1 test" if len(failed) == 1 else f"{len(failed)} tests"
            own[f"{tests} failed among all, and not when run anew with nothing changed: {named(failed)}"] = None
        return tuple(own)

    def _failed_with_others(self) -> Iterator[str]:
        """Tests that failed and do not any more, though the code is the same: how others leave things decides."""
        for run in self._runs:
            for test in run.failed_before:
                newest = self._place_of[test]
                if newest and self.tests[test] not in FAILED and run.is_of_same_code(self._runs[newest]):
                    yield test

    @property
    def partial(self) -> str:
        """See `Runs`: all tests have been run, `in_part` tells of what; not what one ran that took the tracer away."""
        return next((run.untraced for run in self._runs if run.untraced), "")

    @cached_property
    def tests(self) -> Mapping[str, TestOutcome]:
        """See `Runs`."""
        return {test: outcome for run in self._runs for test, outcome in run.tests.items()}

    @cached_property
    def not_counted(self) -> frozenset[str]:
        """See `Recorded`."""
        return frozenset().union(*(run.not_counted for run in self._runs))

    @cached_property
    def observed_calls(self) -> tuple[ObservedCall, ...]:
        """See `Runs`."""
        return tuple(dict.fromkeys(call for run in self._runs for call in run.observed_calls))

    def stale(self, path: str, function: str) -> str | None:
        """See `Runs`.

        Raises:
            Missing: what is recorded of the file cannot be believed.
        """
        if not any(known.knows(path) for known in self._known):
            return "the test run did not measure its file"
        return self._function(path, self._name(path, function)).stale

    def stale_but_for_gained_tests(self, path: str, function: str) -> str | None:
        """See `Recorded`."""
        return self.stale(path, function)

    def in_part(self, path: str, function: str) -> str:
        """See `Runs`.

        Raises:
            Missing: what is recorded of the file cannot be believed.
        """
        if not any(known.knows(path) for known in self._known):
            return ""
        name = self._name(path, function)
        known = self._function(path, name)
        if known.stale is not None or known.in_part:
            return known.in_part
        lines = self._functions(path).get(name, ())
        return self._chosen_since(_NOT_ANEW) if not self._lost(path).isdisjoint(lines) else ""

    def tests_of(self, path: str, line: int) -> tuple[str, ...]:
        """See `Runs`.

        Raises:
            Missing: what is recorded of the file cannot be believed.
        """
        masks = self._masks(path).run
        held = (run.tests_of(path, line) for run, mask in zip(self._runs, masks, strict=True) if _is_in(mask, line))
        return tuple(sorted({test for tests in held for test in tests}))

    def failures_of(self, path: str) -> tuple[SeenFailure, ...]:
        """See `Runs`.

        Raises:
            Missing: what is recorded cannot be believed.
        """
        masks = self._masks(path).run
        return tuple(
            failure
            for run, mask in zip(self._runs, masks, strict=True)
            for failure in run.failures_of(path)
            if _is_in(mask, failure.line)
        )

    def arcs_of(self, path: str) -> Mapping[str, frozenset[tuple[int, int]]]:
        """See `Runs`.

        Raises:
            Missing: what is recorded of the file cannot be believed.
        """
        masks = self._masks(path).run
        return {
            test: arcs if mask is None else frozenset(arc for arc in arcs if _is_within(mask, arc))
            for run, mask in zip(self._runs, masks, strict=True)
            for test, arcs in run.arcs_of(path).items()
        }

    def ran_in(self, test: str) -> tuple[LineOfTests, ...]:
        """See `Runs`.

        Raises:
            Missing: what is recorded cannot be believed.
        """
        place = self._place_of.get(test)
        return () if place is None else self._runs[place].ran_in(test)

    def test_lines(self, path: str) -> frozenset[int] | None:
        """See `Runs`; None too where a run does not know the lines of which a test in the file counts.

        Raises:
            Missing: what is recorded cannot be believed.
        """
        lines = [run.test_lines(path) for run in self._runs]
        told = {place for test, place in self._place_of.items() if test.partition("::")[0] == path}
        known = [found for found in lines if found is not None]
        if not known or any(lines[place] is None for place in told):
            return None
        return frozenset().union(*known)

    def unseen(self, test: str) -> str | None:
        """See `Runs`.

        Raises:
            Missing: what is recorded cannot be believed.
        """
        place = self._place_of.get(test)
        if place is not None:
            return self._runs[place].unseen(test)
        return "; ".join(dict.fromkeys(filter(None, (run.unseen(test) for run in self._runs)))) or None

    def seconds_of(self, tests: Iterable[str]) -> float:
        """See `Recorded`."""
        return sum(run.seconds_of(own) for run, own in self._by_run(tests))

    def code_of(self, tests: Iterable[str]) -> tuple[str, ...]:
        """See `Recorded`."""
        return tuple(sorted({path for run, own in self._by_run(tests) if own for path in run.code_of(own)}))

    def _by_run(self, tests: Iterable[str]) -> list[tuple[RecordedRuns, list[str]]]:
        own: list[list[str]] = [[] for _ in self._runs]
        for test in tests:
            own[self._place_of[test]].append(test)
        return list(zip(self._runs, own, strict=True))

    @cached_property
    def touched(self) -> Touched | None:
        """See `Runs`; None where one of them did not watch.

        Raises:
            Missing: what is recorded cannot be believed.
        """
        known = [touched for touched in (run.touched for run in self._runs) if touched is not None]
        return reduce(both, known) if len(known) == len(self._runs) else None

    # -- functions

    def _name(self, path: str, function: str) -> str:
        return around(function, self._functions(path))

    def _functions_now(self, path: str) -> Mapping[str, Collection[int]]:
        """Lines of a file's functions as they are, by name; none where it cannot be parsed."""
        held = (known.lines_by_name(path) for known in reversed(self._known) if known.knows(path))
        unchanged = next((lines for lines in held if lines), None)
        if unchanged is not None:
            return unchanged
        present = self._runs[-1].present.fingerprints(path) or {}
        return {name: fingerprint.lines for name, fingerprint in present.items()}

    def _judged(self, path: str, name: str) -> _Function:
        own = [known.own_change(path, name) if known.knows(path) else _NOT_MEASURED for known in self._known]
        of_tests = [
            None if own[place] else known.change_of_tests(path, name) for place, known in enumerate(self._known)
        ]
        why = own[0] or of_tests[0]
        counts = tuple(place for place, one in enumerate(own) if one is None and (place or why is None))
        against = [one for one in of_tests[1:] if one is not None]
        if why is None:
            against += [one for place, one in enumerate(own) if one is not None and self._ran_by(place, path, name)]
        elif not any(self._known[place].has_run(path, name) for place in counts):
            against.append(why)
        if against:
            return _Function((), against[0])
        return _Function(counts, None, self._chosen_since(why) if why is not None else "")

    def _ran_by(self, place: int, path: str, name: str) -> bool:
        """Whether a test of which a part tells ran a function: then, where that does not hold any more, or before."""
        if self._known[place].knows(path) and self._known[place].tests_in(path, name):
            return True
        tests = self._runs[place].tests.keys()
        before = (known for known in self._known[:place] if known.knows(path))
        return any(not tests.isdisjoint(known.tests_in(path, name, superseded=True)) for known in before)

    def _chosen_since(self, why: str) -> str:
        return chosen_since(why, sum(1 for place in self._place_of.values() if place))

    def _lost(self, path: str) -> frozenset[int]:
        """Lines that a test ran, or took a branch from, before it was run anew, and nobody since."""
        found = self.file(path)
        masks = self._masks(path).run
        if found is None:
            return frozenset()
        lines: set[int] = set()
        for known, mask in zip(self._known, masks, strict=True):
            if known.knows(path) and (before := known.superseded_runs(path)).run:
                lines.update(line for line in before.run - found.run if _is_in(mask, line))
                lines.update(line for line, _ in before.taken - found.taken if _is_in(mask, line))
        return frozenset(lines & found.statements)

    # -- lines

    def _masked(self, path: str) -> _Masked:
        """Each line belongs to one function; what belongs to none counts from runs that know all functions."""
        places = [place for place, known in enumerate(self._known) if known.knows(path)]
        if not places:
            return _Masked([frozenset()] * len(self._runs), [frozenset()] * len(self._runs))
        functions = self._functions(path)
        told = {name: self._function(path, name).counts or (places[-1],) for name in (functions or [""])}
        every = range(len(self._runs))
        run = [_lines(functions, [name for name, counts in told.items() if place in counts]) for place in every]
        last = [_lines(functions, [name for name, counts in told.items() if place == counts[-1]]) for place in every]
        return _Masked(run, last)

    def _file(self, path: str) -> FileRuns | None:
        held = [run.file(path) for run in self._runs]
        known = [found for found in held if found is not None]
        if not known:
            return None
        masks = self._masks(path)
        shape = [(found, mask) for found, mask in zip(held, masks.structure, strict=True) if found is not None]
        ran = [(found, mask) for found, mask in zip(held, masks.run, strict=True) if found is not None]
        branches = {line: ends for found, mask in shape for line, ends in found.branches.items() if _is_in(mask, line)}
        statements = frozenset(line for found, mask in shape for line in found.statements if _is_in(mask, line))
        counted = _executed([(Executed(found.run, found.taken), mask) for found, mask in ran], statements, branches)
        other = [(found.otherwise or Executed(found.run, found.taken), mask) for found, mask in ran]
        has_other = any(found.otherwise is not None for found in known)
        return FileRuns(
            path=path,
            statements=statements,
            excluded=frozenset(line for found, mask in shape for line in found.excluded if _is_in(mask, line)),
            run=counted.run,
            branches=branches,
            taken=counted.taken,
            has_branches=all(found.has_branches for found in known),
            otherwise=_executed(other, statements, branches) if has_other else None,
        )


_NOT_MEASURED = "the test run did not measure its file"
_NOT_ANEW = "a test that ran all of it was run anew and did not"


def _lines(functions: Mapping[str, Collection[int]], names: Collection[str]) -> frozenset[int] | None:
    """The lines of some functions, None where they are all."""
    if len(names) >= len(functions):
        return None if names else frozenset()
    return frozenset().union(*(functions[name] for name in names))


def _is_in(mask: frozenset[int] | None, line: int) -> bool:
    return mask is None or line in mask


def _is_within(mask: frozenset[int], arc: tuple[int, int]) -> bool:
    return all(abs(end) in mask for end in arc if end != _MODULE_EXIT)


def _executed(
    ran: Iterable[tuple[Executed, frozenset[int] | None]],
    statements: frozenset[int],
    branches: Mapping[int, frozenset[int]],
) -> Executed:
    """What any of them ran of what there is."""
    run: set[int] = set()
    taken: set[tuple[int, int]] = set()
    for found, mask in ran:
        run.update(line for line in found.run if _is_in(mask, line))
        taken.update(arc for arc in found.taken if _is_in(mask, arc[0]))
    return Executed(frozenset(run & statements), frozenset(arc for arc in taken if arc[1] in branches.get(arc[0], ())))
