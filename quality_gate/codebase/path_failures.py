"""Failure paths of critical paths: how many tests show as far as is demanded, and what is shown of each dependency.

A dependency's row has four cells: it rejects, it is unavailable, it is slow, it does only a part. The first two are
demanded (failure-paths.md, 2.3), each with a test that checks the outcome; what no failure path can do is no cell.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, cached_property
from itertools import compress
from operator import not_
from typing import Literal, NamedTuple

import msgspec

from quality_gate.codebase.believing import Believed
from quality_gate.codebase.critical_paths import ResolvedPath
from quality_gate.codebase.later_tests import Since, nothing_since
from quality_gate.codebase.path_coverage import Count, PathCoverage
from quality_gate.failure_levels import LEVELS, Level, ShownPath, ShownPaths
from quality_gate.failure_paths import Failure, FailurePath, Waiver
from quality_gate.runs import WITHOUT_ARGUMENTS, remedy_of
from quality_gate_checkers.dependencies import catalogue

CellName = Literal["rejects", "unavailable", "slow", "partial"]
CELLS: tuple[CellName, ...] = ("rejects", "unavailable", "slow", "partial")
"""What can be the matter with a dependency, in the order of the matrix."""

_DEMANDED = frozenset({"rejects", "unavailable"})
_SAYS_NOTHING = frozenset({"Exception", "BaseException", "OSError", "RuntimeError"})
"""Bases from which nobody can tell whether a dependency said no or said nothing."""
_ENTERED = frozenset({"handler", "re-raise"})
_OF_WHICH_LITTLE_SHOWS = frozenset({"cleanup", "deadline", "cancellation", "retry exhaustion", "partial failure"})


class Cell(msgspec.Struct, frozen=True, dict=True):
    """One failure of one dependency, over all failure paths of a critical path.

    Args:
        shown: its failure paths, in source order.
        levels: how far tests show each of them for this cell. showing: the ids of those tests.
        waived: the reason of whoever waived them, where all are; then it is not counted.
    """

    dependency: str
    name: CellName
    shown: tuple[ShownPath, ...]
    levels: tuple[Level, ...]
    showing: tuple[tuple[str, ...], ...]
    waived: str | None = None

    @cached_property
    def level(self) -> Level:
        """The best of its failure paths."""
        return max(self.levels, key=LEVELS.index)

    @property
    def tests(self) -> tuple[str, ...]:
        """Ids of the tests that show it at that level."""
        at = (tests for tests, level in zip(self.showing, self.levels, strict=True) if level == self.level)
        return tuple(sorted({test for tests in at for test in tests}))

    @property
    def is_demanded(self) -> bool:
        """Whether it counts towards `failure = n`; the others are told as warnings."""
        return self.name in _DEMANDED

    @property
    def only_proof(self) -> bool:
        """Whether evidence can say no more of any of its failure paths than *run*."""
        return all(one.only_proof for one in self.shown)

    @property
    def is_kept(self) -> bool:
        """Whether a test shows it as far as is demanded."""
        wanted: Level = "validated" if self.is_demanded and not self.only_proof else "run"
        return LEVELS.index(self.level) >= LEVELS.index(wanted)


class PathFailures(msgspec.Struct, frozen=True, dict=True):
    """What tests show of the failure paths of a critical path.

    Args:
        shown: those that count, member by member in source order.
        waived: those that somebody waived with a reason: never counted.
        never: class U.
        cells: of every dependency that they name, the project's own first, databases last, waived ones included.
        problems: why the numbers cannot be trusted, a clause each. remedy: what to type then.
        partial: that only a part of the tests was chosen; then what they do not show is unknown.
    """

    path: ResolvedPath
    shown: tuple[ShownPath, ...]
    waived: tuple[ShownPath, ...] = ()
    never: tuple[FailurePath, ...] = ()
    cells: tuple[Cell, ...] = ()
    problems: tuple[str, ...] = ()
    remedy: str = "type quality-gate test"
    partial: str = ""

    @cached_property
    def count(self) -> Count:
        """Failure paths that are shown as far as is demanded."""
        return Count(sum(one.is_kept for one in self.shown), len(self.shown))

    @property
    def in_part(self) -> str:
        """That only a part of the tests has run some function anew, as a clause; empty where none is so."""
        first = next((one for one in self.shown if remedy_of(one.in_part) == WITHOUT_ARGUMENTS), None)
        return f"{first.path.function}(): {first.in_part}" if first is not None else ""

    @cached_property
    def unknown(self) -> tuple[ShownPath, ...]:
        """Failure paths of which nothing is known."""
        return tuple(one for one in self.shown if one.level == "unknown")

    @cached_property
    def demanded_cells(self) -> tuple[Cell, ...]:
        """Cells that count."""
        return tuple(cell for cell in self.cells if cell.is_demanded and cell.waived is None)

    @cached_property
    def cell_count(self) -> Count:
        """Failures of dependencies that are shown as far as is demanded."""
        return Count(sum(cell.is_kept for cell in self.demanded_cells), len(self.demanded_cells))

    @property
    def unknown_cells(self) -> tuple[Cell, ...]:
        """Cells that count and of which nothing is known."""
        return tuple(cell for cell in self.demanded_cells if cell.level == "unknown")

    def lacks_paths(self, *, waived: bool = False) -> bool:
        """Whether too few failure paths are shown, whatever the unknown ones would bring.

        Args:
            waived: count those that somebody waived too.
        """
        most = Count(self.count.measured + len(self.unknown), self.count.of)
        return not self._with(most, len(self.waived) if waived else 0)

    def lacks_cells(self, *, waived: bool = False) -> bool:
        """The same of failures of dependencies."""
        most = Count(self.cell_count.measured + len(self.unknown_cells), self.cell_count.of)
        spared = sum(cell.is_demanded and cell.waived is not None for cell in self.cells)
        return not self._with(most, spared if waived else 0)

    def _with(self, most: Count, spared: int) -> bool:
        return most.plus(Count(0, spared)).reaches(self.path.declared.failure)

    @property
    def is_certain(self) -> bool:
        """Whether the demand is met without what is unknown, by at least one path that is known."""
        percent = self.path.declared.failure
        known = len(self.unknown) < len(self.shown) or not self.shown
        return known and self.count.reaches(percent) and self.cell_count.reaches(percent)

    @cached_property
    def untested_cells(self) -> tuple[Cell, ...]:
        """Cells that no test shows as far as is demanded, for certain."""
        return tuple(cell for cell in self.cells if not cell.is_kept and cell.level != "unknown")

    @cached_property
    def untold(self) -> tuple[ShownPath, ...]:
        """Failure paths, waived ones too, that are not shown as far as is demanded and that no such cell tells of.

        A handler, and what it raises again, belong to the calls that it answers for: whoever makes these fail comes
        there.
        """
        told = {id(one) for cell in self.untested_cells for one in cell.shown}
        handlers = {
            (_handler(one.path), one.level) for cell in self.untested_cells for one in cell.shown if one.path.handler
        }
        return tuple(
            one
            for one in (*self.shown, *self.waived)
            if one.level != "unknown"
            and not one.is_kept
            and id(one) not in told
            and not (one.path.kind in _ENTERED and (_handler(one.path), one.level) in handlers)
        )

    @property
    def worst(self) -> list[ShownPath]:
        """Failure paths that are not shown as far as is demanded: the least shown first, of these what a person would
        test first, then in source order."""
        missing = (one for one in self.shown if not one.is_kept)
        return sorted(missing, key=lambda one: (LEVELS.index(one.level), _turn(one.path)))


def _turn(path: FailurePath) -> int:
    """When a person would test it: what the project raises and answers itself, and what services do to it, before a
    database that is gone, and that before what shows of neither: clean-ups, limits, attempts."""
    if path.kind in _OF_WHICH_LITTLE_SHOWS:
        return 2
    asked = {dependency for dependency, _ in path.families}
    return int(bool(asked) and asked <= _databases())


@cache
def _databases() -> frozenset[str]:
    return frozenset(one.name for one in catalogue().libraries if one.kind == "database")


def _handler(path: FailurePath) -> tuple[str, str, int]:
    return path.path, path.function, path.handler.line if path.handler is not None else 0


BasesIn = Callable[[str], Mapping[str, Sequence[str]]]
"""A file's path -> the exceptions that tests made happen in it, each with the names of its bases."""


def measure_failures(
    coverage: PathCoverage,
    found: ShownPaths,
    today: datetime.date,
    bases_in: BasesIn,
    since: Since = nothing_since,
) -> PathFailures:
    """Count what tests show of a critical path.

    Args:
        coverage: of the same path: it knows what is wrong with the evidence, and what to type then.
        found: its failure paths.
        today: the day on which waivers are looked at.
        bases_in: asked only about files with a failure path that stands for several failures of dependencies.
        since: asked only about functions with a failure path that is not shown as far as is demanded.
    """
    believed = Believed(tuple(one for one in coverage.problems if one != coverage.partial), coverage.partial, since)
    partial = coverage.partial
    problems = tuple(one for one in coverage.problems if one != partial)
    shown, spared = _parted(tuple(map(believed.of, found.shown)), today)
    rows, spared_rows = _parted(tuple(map(believed.of, found.only_in_rows)), today)
    cells = _cells(_Shown(shown, rows), _Shown(spared, spared_rows), bases_in)
    of_listing = tuple(one for one in found.problems if one not in problems)
    return PathFailures(
        coverage.path,
        shown,
        spared,
        found.never,
        tuple(_cell_of_part(cell) if partial else cell for cell in cells),
        (*problems, *of_listing),
        coverage.remedy if problems or not of_listing else "mend it: the gate cannot read it",
        partial,
    )


def _parted(known: Sequence[ShownPath], today: datetime.date) -> tuple[tuple[ShownPath, ...], tuple[ShownPath, ...]]:
    """Those that count, and those that are waived today."""
    held = [holds(one.path.waiver, today) for one in known]
    return tuple(compress(known, map(not_, held))), tuple(compress(known, held))


def _cell_of_part(cell: Cell) -> Cell:
    """A cell of which only a part of the tests was chosen."""
    if cell.is_kept:
        return cell
    return msgspec.structs.replace(cell, levels=("unknown",) * len(cell.shown), showing=((),) * len(cell.shown))


def holds(waiver: Waiver | None, today: datetime.date) -> bool:
    """Whether a waiver counts today; its last day still does."""
    if waiver is None or waiver.until is None:
        return waiver is not None
    try:
        return today <= datetime.date.fromisoformat(waiver.until)
    except ValueError:
        return False


# -- cells


class _Shown(NamedTuple):
    """Failure paths that count, and those that count in rows alone."""

    counted: tuple[ShownPath, ...]
    only_in_rows: tuple[ShownPath, ...]

    def by_cell(self, alone: Mapping[tuple[str, str], str]) -> dict[tuple[str, CellName], list[ShownPath]]:
        """The failure paths of each cell: where nothing that counts shows what happens when a dependency fails, the
        calls through which that passes do, and the places where the project says so itself."""
        found: dict[tuple[str, CellName], list[ShownPath]] = {}
        raises: dict[tuple[str, CellName], list[ShownPath]] = {}
        for one in self.counted:
            into = raises if one.path.kind in ("raise", "re-raise") else found
            for key in cells_of(one.path, alone):
                into.setdefault(key, []).append(one)
        beside: dict[tuple[str, CellName], list[ShownPath]] = {}
        for one in self.only_in_rows:
            for key in cells_of(one.path, alone):
                if key not in found:
                    beside.setdefault(key, []).append(one)
        return found | {key: [*paths, *raises.get(key, ())] for key, paths in beside.items()}


def _cells(shown: _Shown, waived: _Shown, bases_in: BasesIn) -> Iterator[Cell]:
    alone = _alone((*shown.counted, *waived.counted))
    held, spared = shown.by_cell(alone), waived.by_cell(alone)
    turns = {one.name: 2 if one.name in _databases() else 1 for one in catalogue().libraries}
    for key in sorted({*held, *spared}, key=lambda key: (turns.get(key[0], 0), key[0], CELLS.index(key[1]))):
        paths = held.get(key) or spared[key]
        reason = None if key in held else next(one.path.waiver.reason for one in paths if one.path.waiver is not None)
        levels, showing = zip(*(_shown(one, *key, bases_in) for one in paths), strict=True)
        yield Cell(*key, tuple(paths), levels, showing, reason)


def _alone(shown: Iterable[ShownPath]) -> dict[tuple[str, str], str]:
    """The dependency of functions that ask only one, by file and function."""
    found: dict[tuple[str, str], set[str]] = {}
    for one in shown:
        found.setdefault((one.path.path, one.path.function), set()).update(name for name, _ in one.path.families)
    return {key: next(iter(names)) for key, names in found.items() if len(names) == 1}


def cells_of(path: FailurePath, alone: Mapping[tuple[str, str], str]) -> tuple[tuple[str, CellName], ...]:
    """The cells that a failure path belongs to.

    Args:
        alone: the dependency of functions that ask only one: an answer that lists failures names none.
    """
    if path.kind == "partial failure":
        name = alone.get((path.path, path.function))
        return ((name, "partial"),) if name else ()
    if path.kind == "deadline":
        return tuple(sorted({(name, "slow") for name, _ in path.families}))
    return tuple(sorted((name, family) for name, family in path.families if family))


def _shown(shown: ShownPath, dependency: str, name: CellName, bases_in: BasesIn) -> tuple[Level, tuple[str, ...]]:
    """How far, and by which tests, a failure path is shown for one cell: of one that stands in several, the exceptions
    decide that tests made happen there."""
    families = shown.path.families
    if name not in _DEMANDED or len(families) < 2 or shown.level in ("not run", "unknown"):
        return shown.level, shown.tests
    if not shown.seen:
        return "unknown", ()
    bases = bases_in(shown.path.path)
    meant = [(one, _families(shown.path, (one.name, *bases.get(one.name, ())))) for one in shown.seen]
    own = [one for one, found in meant if (dependency, name) in found]
    if own:
        best = max((one.level for one in own), key=LEVELS.index)
        return best, tuple(sorted({test for one in own if one.level == best for test in one.tests}))
    return ("not run" if all(found for _, found in meant) and not shown.in_part else "unknown"), ()


def _families(path: FailurePath, lineage: Sequence[str]) -> frozenset[tuple[str, str]]:
    """What an exception that was seen at a failure path means: by its own name, else by its nearest base that says so.

    Declared exceptions are often named by where they are imported from: the last part of a name is what counts.
    """
    for seen in lineage:
        own = [one for one in path.failures if one.type.rpartition(".")[2] == seen.rpartition(".")[2]]
        if own:
            return _meant(own)
    kinds = [one for one in path.failures if catalogue().catches(one.type, lineage[0])]
    return _meant(kinds) or _of_bases(path, lineage)


def _of_bases(path: FailurePath, lineage: Sequence[str]) -> frozenset[tuple[str, str]]:
    """By the nearest base of which the call is known to raise some, where all of these mean one thing: that of the
    library's timeouts is what each of them is."""
    for seen in lineage:
        if seen in _SAYS_NOTHING:
            break
        below = _meant([one for one in path.failures if catalogue().catches(seen, one.type)])
        if below:
            return below if len(below) == 1 else frozenset()
    return frozenset()


def _meant(failures: Iterable[Failure]) -> frozenset[tuple[str, str]]:
    return frozenset((one.dependency, one.family) for one in failures if one.dependency)
