"""`explain FILE:LINE --suggest`: the tests that a line lacks, as Python on standard output."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING

from quality_gate.cli._assemble import Run
from quality_gate.errors import Missing, UsageError
from quality_gate.failure_paths import FailurePath
from quality_gate.neutral import neutral

if TYPE_CHECKING:
    from quality_gate.codebase.suggesting.nouns import Known, Skeleton

_MOST_LINES = 8


def suggestion_text(run: Run, file: str, line: int | None) -> str:
    """The skeletons for the failure paths at a line; where they belong is said on standard error.

    Raises:
        UsageError: no line, no failure path there, no evidence, or no test that runs it.
    """
    from quality_gate.codebase.suggesting.suggest import paths_in, suggested, written

    path = run.sources.files[0]
    if line is None:
        raise UsageError(file, "--suggest needs a line", f"type quality-gate explain {file}:LINE --suggest")
    try:
        known = _known(run)
    except Missing as missing:
        raise UsageError(
            f"{file}:{line}", f"a test is suggested from those that ran, and there is no {missing.what}", missing.remedy
        ) from missing
    every = paths_in(path, known)
    here = [(name, one) for name, one in every if one.never is None and one.stands_at(line)]
    if not here:
        raise UsageError(f"{file}:{line}", "no failure path is here", _elsewhere(file, line, [one for _, one in every]))
    _refuse_stale(file, here, run, known)
    here = _that_count(here, run) or here
    skeletons, without = suggested(here, known, _tested(run))
    if not skeletons and not without:
        remedy = f"see whether its tests notice every change: quality-gate prove {file}:{line}"
        raise UsageError(f"{file}:{line}", "tests show every failure path of this line", remedy)
    if not skeletons:
        raise UsageError(
            f"{file}:{line}",
            f"no passing test runs {without[0].function if without else 'it'} that one could be made after",
            "write the test in which all is well first, then type quality-gate test",
        )
    if not run.quiet:
        _tell(skeletons)
    return "\n".join(map(_harmless, written(skeletons).split("\n")))


def _known(run: Run) -> Known:
    from quality_gate.codebase.suggesting.nouns import Known
    from quality_gate.codebase.suggesting.sources import Source, source_of
    from quality_gate.evidence.inspections import read_limited

    runs = run.bench.runs

    @cache
    def source(path: str) -> Source | None:
        try:
            return source_of(path, read_limited(run.root, path))
        except OSError:
            return None

    tests = tuple(path for path in run.everything if run.bench.is_test(path))
    return Known(run.bench.codebase, runs, run.linking.listing, source, tests, run.linking.levels)


def _that_count(paths: Sequence[tuple[str, FailurePath]], run: Run) -> list[tuple[str, FailurePath]]:
    """Those that a critical path counts, what a dependency does first: what only passes through begins elsewhere."""
    measured = run.bench.path_failures if run.bench.has_critical_paths else ()
    in_rows = [one for held in measured for cell in held.cells for one in cell.shown]
    counted = {(one.path.path, one.path.id) for one in [*in_rows, *(one for held in measured for one in held.shown)]}
    held = [(name, one) for name, one in paths if (one.path, one.id) in counted]
    return sorted(held, key=lambda one: not one[1].families)


def _tested(run: Run) -> Callable[[FailurePath, str, str], bool]:
    """What tests show as far as is demanded; of functions on no critical path nothing is known."""
    measured = run.bench.path_failures if run.bench.has_critical_paths else ()
    kept = {(one.path.path, one.path.id) for held in measured for one in held.shown if one.is_kept}
    cells: dict[tuple[str, str, str, str], bool] = {
        (one.path.path, one.path.id, cell.dependency, cell.name): level in ("validated", "proven")
        for held in measured
        for cell in held.cells
        for one, level in zip(cell.shown, cell.levels, strict=True)
    }

    def tested(path: FailurePath, dependency: str, family: str) -> bool:
        found = cells.get((path.path, path.id, dependency, family))
        return (path.path, path.id) in kept if found is None else found

    return tested


def _elsewhere(file: str, line: int, paths: Sequence[FailurePath]) -> str:
    lines = {one.call.line if one.call is not None else one.line for one in paths if one.never is None}
    near = sorted(sorted(lines, key=lambda one: abs(one - line))[:_MOST_LINES])
    if not near:
        return "name a line with a raise, an except or a call that can fail"
    return f"they are at {'lines' if len(near) > 1 else 'line'} {', '.join(map(str, near))}: name one of them"


def _refuse_stale(file: str, here: Sequence[tuple[str, FailurePath]], run: Run, known: Known) -> None:
    """A file that has gained tests, as suggested ones, has the others as they were: one of them is the model."""
    reasons = [known.runs.stale(one.path, one.function) for _, one in here]
    if all(reason is not None for reason in reasons):
        with suppress(Missing):
            recorded = run.linking.recorded
            reasons = [recorded.stale_but_for_gained_tests(one.path, one.function) for _, one in here]
    if all(reason is not None for reason in reasons):
        raise UsageError(
            file,
            f"the evidence of {here[0][1].function} does not hold any more: {reasons[0]}",
            "type quality-gate test",
        )


def _tell(skeletons: Sequence[Skeleton]) -> None:
    for one in skeletons:
        where = f"{one.file}, class {one.holder}" if one.holder else one.file
        sys.stderr.write(neutral(f"{one.name}: put it into {where}; made after {one.model}") + "\n")
        if one.by_hand:
            sys.stderr.write(neutral(f"    by hand, before it can be filled in: {one.by_hand}") + "\n")


def _harmless(line: str) -> str:
    """A line of source that no terminal and no runner obeys."""
    return neutral(line.expandtabs(4))
