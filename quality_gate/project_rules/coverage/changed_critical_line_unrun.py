"""QG321 changed-critical-line-unrun: a small change to critical code that no test runs."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

import msgspec

from quality_gate.bench import Bench, project_rule
from quality_gate.codebase.patch_coverage import FEW, ChangedLine
from quality_gate.codebase.path_coverage import spans_of
from quality_gate.model import Finding
from quality_gate.project_rules._findings import Found
from quality_gate.project_rules.coverage._critical import named, numbers, told

CODE, NAME = "QG321", "changed-critical-line-unrun"


@project_rule(CODE, NAME, practice="critical-path-coverage")
def changed_critical_line_unrun(bench: Bench) -> Iterator[Finding]:
    """A change of fewer than twenty lines has a line on a critical path that no test runs.

    Of so few lines a ratio says nothing, so each of those on a critical path has to be run. From twenty lines on, 80
    percent of all changed lines are demanded instead.

    ## In production
    The line that was just written runs for the first time there, in the code that the business depends on.

    ## Bad
    ```text
    +    if order.total.cents == 0:
    +        return Paid("nothing to pay")      <- no test places an order of nothing
    ```

    ## Good
    ```python
    def test_an_order_of_nothing_is_paid(checkout):
        assert checkout.place(order(cents=0)).reference == "nothing to pay"
    ```

    ## When not to use it
    A suppression with a reason on the line waives it.

    ## What it cannot see
    Lines of functions whose evidence is older than the change: the change is then UNPROVEN, and the outcome says what
    to type.
    """
    patch = bench.patch
    if patch.problems or not patch.is_small:
        return
    missed = [line for line in patch.lines if line.critical and not line.run]
    for (path, function), lines in groupby(missed, key=lambda line: (line.path, line.function)):
        yield from _finding(bench, path, function, list(lines))


def _finding(bench: Bench, path: str, function: str, lines: list[ChangedLine]) -> Iterator[Finding]:
    own = [line.line for line in bench.patch.lines if (line.path, line.function) == (path, function)]
    missed = numbers(list(spans_of([line.line for line in lines], own)))
    critical = lines[0].critical
    breach = Found(
        path=path,
        line=lines[0].line,
        column=1,
        message=f"{_named(bench, path, function)} is on the critical path {' and '.join(critical)}; no test runs "
        f"{len(lines)} of its {len(own)} changed {'line' if len(own) == 1 else 'lines'}: {missed} "
        f"(fewer than {FEW} changed lines: each critical one counts)",
        remedy="write a test that runs them",
        function=function,
        text=f"{critical[0]} {missed}",
        touching=tuple((path, line.line) for line in lines),
    )
    for finding in told(bench, CODE, NAME, "error", critical[0], [breach]):
        yield msgspec.structs.replace(finding, new=True)


def _named(bench: Bench, path: str, function: str) -> str:
    members = (member for one in bench.critical.paths for member in one.members)
    return next(named(member) for member in members if (member.path, member.name) == (path, function))
