"""QG323 changed-lines-unrun: a change of which tests run too little."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

import msgspec

from quality_gate.bench import Bench, project_rule
from quality_gate.codebase.patch_coverage import DEMAND, ChangedLine
from quality_gate.codebase.path_coverage import spans_of
from quality_gate.model import Finding
from quality_gate.project_rules._findings import Found
from quality_gate.project_rules.coverage._critical import numbers, told

CODE, NAME = "QG323", "changed-lines-unrun"


@project_rule(CODE, NAME, practice="critical-path-coverage")
def changed_lines_unrun(bench: Bench) -> Iterator[Finding]:
    """Fewer than 80 percent of the lines that a change adds or touches are run by a test.

    Counted are lines of production code that can be run, in twenty lines or more; one finding per file. Moved and
    re-indented lines are not part of a change.

    ## In production
    Most bugs are in what changed last, and nobody has seen this run.

    ## Bad
    ```text
    shop/export.py: 31 of 40 changed lines are run by no test
    ```

    ## Good
    ```text
    shop/export.py: 38 of 40 changed lines are run
    ```

    ## When not to use it
    What cannot be tested here may be excluded from coverage where it is on no critical path; say why after the pragma.

    ## What it cannot see
    Whether the tests check what they run.
    """
    patch = bench.patch
    if patch.problems or not patch.is_below:
        return
    for path, group in groupby(patch.lines, key=lambda line: line.path):
        lines = list(group)
        missed = [line for line in lines if not line.run]
        if missed:
            yield from _finding(bench, path, lines, missed)


def _finding(bench: Bench, path: str, lines: list[ChangedLine], missed: list[ChangedLine]) -> Iterator[Finding]:
    first = min(missed, key=lambda line: line.line)
    spans = list(spans_of([line.line for line in missed], [line.line for line in lines]))
    breach = Found(
        path=path,
        line=first.line,
        column=1,
        message=f"{len(missed)} of {len(lines)} changed lines are run by no test: {numbers(spans)}",
        remedy=f"test what was changed: {DEMAND} % of the changed lines are demanded",
        function=first.function,
        text="",
    )
    for finding in told(bench, CODE, NAME, "error", None, [breach]):
        yield msgspec.structs.replace(finding, new=True)
