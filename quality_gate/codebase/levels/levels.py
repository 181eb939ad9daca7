"""Puts to each failure path how far tests show it (failure-paths.md, 2.2 and 2.4)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

import msgspec

from quality_gate import counting
from quality_gate.codebase.critical_paths import ResolvedPath, member_of
from quality_gate.codebase.failures.listing import FailurePaths
from quality_gate.codebase.graph import Codebase, Definition
from quality_gate.codebase.levels.arcs import Arcs
from quality_gate.codebase.levels.by_coverage import by_coverage, lines_of
from quality_gate.codebase.levels.checks import ReadChecks
from quality_gate.codebase.levels.doubting import Doubting
from quality_gate.codebase.levels.elsewhere import Elsewhere
from quality_gate.codebase.levels.nearest import Nearest
from quality_gate.codebase.levels.noticing import Noticing
from quality_gate.codebase.levels.oracles import Oracles
from quality_gate.codebase.levels.ran import Ran
from quality_gate.codebase.levels.sightings import Sighted, Sightings, places_of
from quality_gate.codebase.levels.types import Types
from quality_gate.codebase.levels.validation import (
    NO_TYPE,
    RANK,
    UNSURE,
    UNTOLD,
    VALIDATED,
    Validation,
    may_be_noticed,
    only_proof,
)
from quality_gate.errors import Missing
from quality_gate.failure_levels import Level, NearTest, Proof, Proofs, SeenType, ShownPath, ShownPaths
from quality_gate.failure_paths import FailurePath, counted, only_in_rows
from quality_gate.runs import SOME_FAILED, Runs

_MOST_TYPES = 20


class Levels:
    """Finds the levels of failure paths.

    Args:
        codebase: the linked project.
        listing: its failure paths.
        runs: the evidence, or why there is none.
        checks: what each file of test code checks.
        proofs: what `prove` has found.
        not_counted: tests that the project's choice leaves out.
    """

    def __init__(
        self,
        codebase: Codebase,
        listing: FailurePaths,
        runs: Runs | Missing,
        checks: ReadChecks,
        proofs: Proofs | None = None,
        not_counted: Collection[str] = (),
    ) -> None:
        self._codebase = codebase
        self._listing = listing
        self._runs = runs
        self._checks = checks
        self._proofs = proofs
        self._not_counted = not_counted
        self._indexed: _Evidence | None = None

    def of(self, path: ResolvedPath) -> ShownPaths:
        """The failure paths of a critical path."""
        every = self._listing.of_members(path)
        members = frozenset(member.name for member in path.members)
        found = counted(every, members)
        told = self._runs.problems if not isinstance(self._runs, Missing) else ()
        shown, problems = self.shown([*found, *only_in_rows(every, members)], every)
        return ShownPaths(
            shown=shown[: len(found)],
            only_in_rows=shown[len(found) :],
            never=tuple(one for one in every if one.never is not None),
            problems=tuple(dict.fromkeys((*self._listing.problems, *told, *problems))),
        )

    def of_functions(self, names: Iterable[str]) -> ShownPaths:
        """The failure paths that count of functions, by their names in the codebase."""
        every = [path for name in names for path in self._listing.of(name)]
        shown, problems = self.shown([path for path in every if path.never is None], every)
        return ShownPaths(shown=shown, problems=problems)

    def shown(
        self, paths: Sequence[FailurePath], every: Collection[FailurePath] | None = None
    ) -> tuple[tuple[ShownPath, ...], tuple[str, ...]]:
        """Paths with their levels, in the same order; and why some could not be looked at.

        Args:
            every: all paths of their functions, where some are not among `paths`.
        """
        if isinstance(self._runs, Missing):
            why = f"there is no {self._runs.what}"
            return tuple(self._proven(ShownPath(path=one, level="unknown", why=why, stale=True)) for one in paths), ()
        looked = _Look(self._codebase, self._evidence(self._runs), every or paths)
        return tuple(self._proven(looked.at(one)) for one in paths), tuple(looked.problems)

    def sighted(self, paths: Sequence[FailurePath], every: Collection[FailurePath]) -> tuple[Sighted, ...]:
        """Which tests make paths happen, in the same order; unsure too where the evidence is stale or not whole.

        Args:
            every: as of `shown`.

        Raises:
            Missing: there is no evidence, or what is recorded of a file cannot be believed.
        """
        if isinstance(self._runs, Missing):
            raise self._runs
        looked = _Look(self._codebase, self._evidence(self._runs), every)
        return tuple(looked.sighted(one) for one in paths)

    def telling(self, path: FailurePath, sighted: Sighted, tests: Iterable[str]) -> frozenset[str]:
        """Of tests those whose failing with a mutant of a path tells something of its outcome.

        Raises:
            Missing: as of `sighted`.
        """
        if isinstance(self._runs, Missing):
            raise self._runs
        return self._evidence(self._runs).validation.telling(path, tests, sighted.seen)

    def nearest(self, path: FailurePath) -> Iterator[NearTest]:
        """The passing tests that run a path's function, the nearest first: after them one would be written for it.

        Raises:
            Missing: as of `sighted`.
        """
        if isinstance(self._runs, Missing):
            raise self._runs
        definition = _definition(self._codebase, path.path, path.function)
        paths = self._listing.of(definition.name) if definition is not None else ()
        return _Look(self._codebase, self._evidence(self._runs), paths).nearest(path)

    def _evidence(self, runs: Runs) -> _Evidence:
        """What all critical paths look at, indexed once."""
        if self._indexed is None:
            ran, types = Ran(runs, self._not_counted), Types(self._listing.lineage)
            oracles = Oracles(self._checks, runs, types, Elsewhere(self._codebase, self._checks))
            noticing = Noticing(self._codebase, self._listing.functions, ran, types, oracles)
            doubting = Doubting(self._checks, runs, oracles, types)
            validation = Validation(oracles, types, ran.passed, noticing, doubting)
            self._indexed = _Evidence(runs, ran, types, validation, Nearest(ran, self._checks))
        return self._indexed

    def _proven(self, shown: ShownPath) -> ShownPath:
        proof = self._proofs.of(shown.path) if self._proofs is not None else None
        return shown if proof is None else with_proof(shown, proof)


def with_proof(shown: ShownPath, proof: Proof) -> ShownPath:
    """A path with what its mutants told: proven, or no more than run where one survived."""
    if proof.survived:
        if shown.level != "validated" and not (shown.level == "run" and shown.only_proof):
            return shown
        why = f"a change of it went unnoticed by the {counting.counted(len(proof.tests), 'test')} that run it"
        return msgspec.structs.replace(shown, level="run", why=why, seen=_at(shown.seen, "run", shown.types))
    if not proof.killed_by:
        return shown
    noticed = [one.name for one in shown.seen if not set(one.tests).isdisjoint(proof.killed_by)]
    seen = _at(shown.seen, "proven", noticed)
    return msgspec.structs.replace(shown, level="proven", tests=proof.killed_by, why="", stale=False, seen=seen)


class _Evidence(NamedTuple):
    """The evidence, ready to be asked."""

    runs: Runs
    ran: Ran
    types: Types
    validation: Validation
    nearest: Nearest


class _Look:
    """Looks at some paths with one evidence.

    Args:
        paths: all of the functions that they are in.

    Attributes:
        problems: why some could not be looked at.
    """

    def __init__(self, codebase: Codebase, evidence: _Evidence, paths: Collection[FailurePath]) -> None:
        runs, self._ran, self._types, self._validation, self._nearest = evidence
        self._codebase = codebase
        self._runs = runs
        self.problems: dict[str, None] = {}
        self._of_function: dict[tuple[str, str], list[FailurePath]] = defaultdict(list)
        for one in paths:
            self._of_function[one.path, one.function].append(one)
        handlers, crowded = places_of(paths)
        self._sightings = Sightings(self._ran, Arcs(runs, handlers), self._types, crowded)
        self._not_whole = _not_whole(runs)
        self._stale = lru_cache(maxsize=None)(runs.stale)
        self._in_part = lru_cache(maxsize=None)(runs.in_part)
        self._known: dict[tuple[str, str], Sighted] = {}
        self._running = lru_cache(maxsize=None)(self._run_by)
        self._sorted = lru_cache(maxsize=None)(lambda tests: tuple(sorted(tests)))

    def at(self, path: FailurePath) -> ShownPath:
        """One path with its level."""
        try:
            stale = self._stale(path.path, path.function)
            if stale is not None:
                return ShownPath(path=path, level="unknown", why=stale, stale=True)
            if not self._ran.knows_tests:
                return self._by_coverage(path)
            return _in_part(self._by_tests(path, self._seen(path)), self._in_part(path.path, path.function))
        except Missing as missing:
            why = f"there is no {missing.what}"
            self.problems[why] = None
            return ShownPath(path=path, level="unknown", why=why, stale=True)

    def sighted(self, path: FailurePath) -> Sighted:
        """See `Levels.sighted`."""
        stale = self._stale(path.path, path.function)
        return self._seen(path) if stale is None else Sighted(unsure=stale)

    # -- tests are known

    def _seen(self, path: FailurePath) -> Sighted:
        """Who made it happen; of a run that is not whole nobody knows that no test did."""
        found = self._sighting(path)
        if found.tests or found.unsure:
            return found
        return found._replace(unsure=self._not_whole or self._in_part(path.path, path.function))

    def _sighting(self, path: FailurePath) -> Sighted:
        key = (path.path, path.id)
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._sightings.of(path)
        return found

    def _by_tests(self, path: FailurePath, sighted: Sighted) -> ShownPath:
        proof = only_proof(path)
        running = self._running(path.path, path.function)
        tests = sighted.tests
        shown = ShownPath(
            path=path,
            level="run",
            tests=self._sorted(tests),
            running=self._sorted(running),
            why=proof,
            only_proof=bool(proof),
            seen=_seen(sighted),
        )
        if not tests:
            return self._not_seen(shown, sighted)
        never = self._never_raised(path, sighted)
        if never or (proof and not may_be_noticed(path)):
            return msgspec.structs.replace(shown, why=never or proof)
        return self._judged(shown, sighted)

    def _judged(self, shown: ShownPath, sighted: Sighted) -> ShownPath:
        reasons = self._validation.of(shown.path, sighted.seen, sighted.by_line)
        best = min(reasons, key=RANK.index)
        if best in (NO_TYPE, UNSURE) and shown.demanded == "validated":
            unseen = self._ran.unseen(min(reasons[best])) if best == UNSURE else ""
            why = ": ".join(filter(None, (best, unseen)))
            return msgspec.structs.replace(shown, level="unknown", tests=(), why=why)
        if best != VALIDATED:
            level: Level = "unknown" if best in UNTOLD and shown.demanded == "validated" else shown.level
            return msgspec.structs.replace(shown, level=level, why=shown.why or best)
        tests = reasons[VALIDATED]
        seen = _seen(sighted, tests)
        return msgspec.structs.replace(shown, level="validated", tests=self._sorted(tests), why="", seen=seen)

    def _not_seen(self, shown: ShownPath, sighted: Sighted) -> ShownPath:
        if sighted.unsure:
            return msgspec.structs.replace(shown, level="unknown", why=sighted.unsure)
        path = shown.path
        others = sorted(self._ran.others_on(path.path, path.line))
        if others:
            why = f"only tests that did not pass come there: {', '.join(others[:2])}"
        elif not shown.running:
            why = f"no test runs {_last(path.function)}()"
        else:
            why = _none_of(len(shown.running), _last(path.function))
        return msgspec.structs.replace(shown, level="not run", why=why)

    def _never_raised(self, path: FailurePath, sighted: Sighted) -> str:
        """Why a failure that a test injects is none that the dependency has; empty where it is, or nobody knows."""
        call = path.call
        if call is None or call.callees or not path.families or sighted.by_line:
            return ""
        known = [one.type for one in path.failures]
        seen = [one for found in sighted.seen.values() for one in found if one.source != "here"]
        if not seen or any("?" in one or "*" in one for one in known):
            return ""
        if any(self._types.is_related(one, known) or self._types.is_of_same_library(one, known) for one in seen):
            return ""
        names = " and ".join(dict.fromkeys(one.exception.rpartition(".")[2] for one in seen[:2]))
        return f"the tests make it fail with {names}, which {call.name} is not known to raise"

    def _run_by(self, path: str, function: str) -> frozenset[str]:
        """Passing tests that ran any line of a function's body."""
        return self._ran.on_any(path, self._lines_of(path, function))

    def nearest(self, path: FailurePath) -> Iterator[NearTest]:
        """See `Levels.nearest`."""
        lines = self._lines_of(path.path, path.function)
        return self._nearest.of(path, lines, self._in_which_nothing_fails(path, lines))

    def _in_which_nothing_fails(self, path: FailurePath, lines: Sequence[int]) -> frozenset[str]:
        """Tests that ran a function, in which no failure path of it is known to happen and nothing else in it fails."""
        sighted = map(self._sighting, self._of_function[path.path, path.function])
        flights = self._ran.flights(path.path)
        others = (one.test for line in lines for one in flights.on(line))
        return self._running(path.path, path.function).difference(*(one.tests for one in sighted), others)

    def _lines_of(self, path: str, function: str) -> Sequence[int]:
        """Of its body, without those of functions within."""
        definition = _definition(self._codebase, path, function)
        own = member_of(self._codebase.definitions_in(path), definition).own if definition is not None else ()
        return [line for span in own for line in range(span.first, span.last + 1)]

    # -- a coverage file, which knows lines

    def _by_coverage(self, path: FailurePath) -> ShownPath:
        shown = by_coverage(path, self._runs.file(path.path))
        if shown.level != "run":
            return shown
        tests = self._sorted(self._ran.on_any(path.path, lines_of(path)))
        return msgspec.structs.replace(
            shown, tests=tests, running=self._sorted(self._running(path.path, path.function))
        )


def _in_part(shown: ShownPath, why: str) -> ShownPath:
    """A path that the tests which were chosen do not show as far as is demanded: others may."""
    if not why:
        return shown
    if shown.is_kept or shown.level == "unknown":
        return msgspec.structs.replace(shown, in_part=why)
    return msgspec.structs.replace(shown, level="unknown", tests=(), why=why, in_part=why)


def _definition(codebase: Codebase, path: str, function: str) -> Definition | None:
    """A function by its qualified name within its file."""
    held = codebase.definitions_in(path)
    wanted = f"{held[0].name if held else ''}.{function}"
    return next((one for one in held if one.name == wanted and one.kind == "function"), None)


def _not_whole(runs: Runs) -> str:
    """Why tests may be missing from the evidence; that some failed is told of the paths that they came to."""
    problems = (f"the test run is not whole: {one}" for one in runs.problems if not SOME_FAILED.match(one))
    return next(problems, runs.partial)


def _seen(sighted: Sighted, validated: Collection[str] = ()) -> tuple[SeenType, ...]:
    """What the path was seen as, each exception with the tests that show it best."""
    tests: dict[str, set[str]] = defaultdict(set)
    for test, found in sighted.seen.items():
        for one in found:
            tests[one.exception].add(test)
    return tuple(_seen_as(name, tests[name], validated) for name in sorted(tests)[:_MOST_TYPES])


def _seen_as(name: str, tests: set[str], validated: Collection[str]) -> SeenType:
    best = tests.intersection(validated)
    level: Level = "validated" if best else "run"
    return SeenType(name=name, level=level, tests=tuple(sorted(best or tests)))


def _at(seen: Iterable[SeenType], level: Level, names: Collection[str]) -> tuple[SeenType, ...]:
    return tuple(msgspec.structs.replace(one, level=level) if one.name in names else one for one in seen)


def _none_of(tests: int, function: str) -> str:
    if tests == 1:
        return f"the one test that runs {function}() does not make it happen"
    return f"none of the {tests} tests that run {function}() makes it happen"


def _last(function: str) -> str:
    return function.rpartition(".")[2]
