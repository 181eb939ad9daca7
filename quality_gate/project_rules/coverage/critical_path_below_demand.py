"""QG322 critical-path-below-demand: a critical path whose lines or branches are run less than it demands."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from quality_gate.bench import Bench, project_rule
from quality_gate.codebase.path_coverage import Count, MemberCoverage, PathCoverage
from quality_gate.model import Finding
from quality_gate.project_rules._findings import Found
from quality_gate.project_rules.coverage._critical import named, numbers, told

CODE, NAME = "QG322", "critical-path-below-demand"

_FIRST = 3
"""Functions named in the remedy."""


@project_rule(CODE, NAME, practice="critical-path-coverage")
def critical_path_below_demand(bench: Bench) -> Iterator[Finding]:
    """The lines or the branches of a critical path, summed over its functions, are run less than it demands.

    The demand is `line` and `branch` of `[tool.quality-gate.critical-paths.NAME]`, 80 percent each when left out. It is
    judged on whole numbers: 1,999 of 2,500 lines do not reach 80 percent. In new-code mode it does not block: there the
    change is judged.

    ## In production
    What the business depends on does things that nobody has ever seen it do.

    ## Bad
    ```text
    payments: 84 of 112 lines run, 90 demanded
    ```

    ## Good
    ```text
    payments: 96 of 112 lines run, 90 demanded
    ```

    ## When not to use it
    Lower the demand to what is measured today and raise it as tests come: `quality-gate report` shows the functions
    with the most lines missing. Excluding lines from coverage does not help: they count all the same.

    ## What it cannot see
    Whether the tests check anything: that is the question of failure scenarios.
    """
    if bench.critical.remembered is not None:
        return
    for coverage in bench.coverage:
        if not coverage.problems and coverage.is_below:
            yield from _finding(bench, coverage)


def _finding(bench: Bench, coverage: PathCoverage) -> Iterator[Finding]:
    declared = coverage.path.declared
    place = coverage.path.members[0].definition
    said = [
        f"{count.measured} of {count.of} {unit} are run and {count.demanded(percent)} are demanded ({percent} %)"
        for unit, count, percent in (
            ("lines", coverage.lines, declared.line),
            ("branches", coverage.branches, declared.branch),
        )
        if _misses(coverage, count, percent)
    ]
    breach = Found(
        path=place.path,
        line=place.line,
        column=1,
        message=f"critical path {coverage.path.name}: " + "; ".join(said),
        remedy=_remedy(coverage),
        function=place.name,
        text=coverage.path.name,
    )
    for finding in told(bench, CODE, NAME, "error", coverage.path.name, [breach]):
        yield msgspec.structs.replace(finding, new=bench.change.everything)


def _misses(coverage: PathCoverage, count: Count, percent: int) -> bool:
    return not count.reaches(percent) and (count is coverage.lines or not coverage.unproven)


def _remedy(coverage: PathCoverage) -> str:
    worst = [found for found in coverage.worst if found.missing][:_FIRST]
    if not worst:
        return "test the branches that are never taken: quality-gate report names the functions"
    return f"test first what is missing most: {', '.join(map(_place, worst))}"


def _place(found: MemberCoverage) -> str:
    name, place = named(found.member), f"{found.member.path}:{numbers(found.missing)}"
    return place if place.startswith(f"{name}:") else f"{name} {place}"
