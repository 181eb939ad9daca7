"""QG603 critical-code-excluded: critical code that the team's own coverage report leaves out."""

from __future__ import annotations

from collections.abc import Iterator

from quality_gate.bench import Bench, project_rule
from quality_gate.codebase.path_coverage import MemberCoverage, PathCoverage, spans_of
from quality_gate.model import Finding
from quality_gate.project_rules._findings import Found
from quality_gate.project_rules.coverage._critical import named, numbers, told

CODE, NAME = "QG603", "critical-code-excluded"


@project_rule(CODE, NAME, severity="warning", practice="critical-path-coverage")
def critical_code_excluded(bench: Bench) -> Iterator[Finding]:
    """Lines of a critical path are excluded from the team's coverage report: a pragma, `exclude_also`, `omit`.

    The gate counts them all the same, so nothing is hidden from it; the team's own report shows a number that is too
    good. What, as everybody knows, no test can run may stay excluded and is not counted: `NotImplementedError`,
    abstract methods, `TYPE_CHECKING`, platform branches.

    ## In production
    The report says 100 %, and the code that the business depends on has never been run.

    ## Bad
    ```text
    [tool.coverage.run]
    omit = ["shop/bank.py"]           <- the bank's client, on the critical path
    ```

    ## Good
    ```text
    [tool.coverage.run]
    omit = ["shop/migrations/*"]
    ```

    ## When not to use it
    It warns and never blocks. Where a line can run only elsewhere, suppress it with the reason.

    ## What it cannot see
    Functions whose evidence is missing or stale, and coverage from files named with `--coverage` that do not say what
    was excluded.
    """
    for coverage in bench.coverage:
        for found in coverage.proven:
            excluded = found.excluded - _told_already(bench, found)
            if excluded:
                yield from _finding(bench, coverage, found, excluded)


def _told_already(bench: Bench, found: MemberCoverage) -> frozenset[int]:
    """Lines behind a pragma of which `failure-path-excluded-from-coverage` speaks: one fault, one finding."""
    inspection = bench.inspections.get(found.member.path)
    held = inspection.violations if inspection is not None else ()
    told = {one.location.line for one in held if one.name == "failure-path-excluded-from-coverage"}
    return frozenset(
        line
        for span in spans_of(found.excluded, found.lines)
        if any(span.first <= at <= span.last for at in told)
        for line in range(span.first, span.last + 1)
    )


def _finding(
    bench: Bench, coverage: PathCoverage, found: MemberCoverage, excluded: frozenset[int]
) -> Iterator[Finding]:
    member, name = found.member, coverage.path.name
    lines = numbers(list(spans_of(excluded, found.lines)))
    unrun = len(excluded - found.run)
    breach = Found(
        path=member.path,
        line=min(excluded),
        column=1,
        message=f"{named(member)} is on the critical path {name}, and {len(excluded)} of its {len(found.lines)} "
        f"lines are excluded from the team's coverage report: {lines}; {unrun} of them no test runs",
        remedy="take the pragma, `exclude_also` or `omit` out and test them",
        function=member.name,
        text=name,
        touching=tuple((member.path, line) for line in sorted(excluded)),
    )
    yield from told(bench, CODE, NAME, "warning", name, [breach])
