"""QG320 critical-function-unrun: a function with a decision in it, on a critical path, that no test runs at all."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from quality_gate.bench import Bench, project_rule
from quality_gate.codebase.path_coverage import MemberCoverage, PathCoverage
from quality_gate.model import Finding
from quality_gate.project_rules._findings import Found
from quality_gate.project_rules.coverage._critical import named, told, touched, way

CODE, NAME = "QG320", "critical-function-unrun"


@project_rule(CODE, NAME, practice="critical-path-coverage")
def critical_function_unrun(bench: Bench) -> Iterator[Finding]:
    """A function of a critical path has a branch, and no test runs any line of it.

    No critical path is kept with such a function, however well the rest is tested: a percentage over the whole path
    would hide it. A function without a branch is in the percentage only.

    ## In production
    The business depends on it, and it runs for the first time when a customer needs it.

    ## Bad
    ```text
    def refund(self, order):          <- create_order() calls it, no test does
        if order.state is not PAID:
            raise NotRefundable(order.id)
    ```

    ## Good
    ```python
    def test_only_what_is_paid_is_refunded(refunds, open_order):
        with pytest.raises(NotRefundable):
            refunds.refund(open_order)
    ```

    ## When not to use it
    Where the function does not belong to the path, end the path before it: `stop = ["shop.telemetry"]`. A suppression
    with a reason on the line of the `def` waives it.

    ## What it cannot see
    Functions that are reached only through calls that nothing tells (`quality-gate paths` lists them), and functions
    whose evidence is missing or stale: these are UNPROVEN, never counted as run or as not run.
    """
    for coverage in bench.coverage:
        if not coverage.problems:
            for found in coverage.proven:
                if found.is_wholly_unrun:
                    yield from _finding(bench, coverage, found)


def _finding(bench: Bench, coverage: PathCoverage, found: MemberCoverage) -> Iterator[Finding]:
    member, path = found.member, coverage.path
    breach = Found(
        path=member.path,
        line=member.definition.line,
        column=1,
        message=f"{named(member)} is on the critical path {path.name} and no test runs it: "
        f"0 of {len(found.lines)} lines, 0 of {len(found.branches)} branches; {_reached(coverage, found)}",
        remedy="write a test that comes here, or end the path before it with `stop`",
        function=member.name,
        text=path.name,
    )
    for finding in told(bench, CODE, NAME, "error", path.name, [breach]):
        yield msgspec.structs.replace(finding, new=finding.new or touched(bench, member))


def _reached(coverage: PathCoverage, found: MemberCoverage) -> str:
    shown = way(coverage.path, found.member)
    return shown if found.member.via is None else f"reached by {shown}"
