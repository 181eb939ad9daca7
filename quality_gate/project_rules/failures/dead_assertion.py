"""QG333 dead-assertion: an assertion of a test that passed, and that no run of the test reached."""

from __future__ import annotations

from collections.abc import Iterator

from quality_gate.bench import Bench, project_rule
from quality_gate.codebase.assertions import Unreached
from quality_gate.model import Finding
from quality_gate.project_rules._findings import Found, findings_of
from quality_gate.project_rules.coverage._critical import numbers

CODE, NAME = "QG333", "dead-assertion"


@project_rule(CODE, NAME, severity="warning", practice="failure-scenarios")
def dead_assertion(bench: Bench) -> Iterator[Finding]:
    """A test passed, and an assertion in it was never reached: it stands in a loop over nothing, or in a branch that
    is never taken.

    Judged from what test runs reached, never from the source alone: a test of which any run was skipped, failed or was
    expected to fail is left out, and so are files that have changed since.

    ## In production
    The test is green whatever the code does: what it was written to catch arrives there.

    ## Bad
    ```python
    def test_every_line_costs_something(order):
        for line in invoice_lines(order):       # the order has none
            assert line.total > 0
    ```

    ## Good
    ```python
    def test_every_line_costs_something(order):
        lines = invoice_lines(order)
        assert len(lines) == 2
        assert all(line.total > 0 for line in lines)
    ```

    ## When not to use it
    It warns and never blocks. `assert False` says that nobody comes here, and is not meant; neither are branches for
    other platforms.

    ## What it cannot see
    Assertions in helpers and fixtures; those that a deselected part of a parametrised test reaches; code that a test
    runs in another process.
    """
    yield from findings_of(bench, dead_assertion, (_found(one) for one in bench.assertions if one.assertions))


def _found(one: Unreached) -> Found:
    count, of = len(one.assertions), len(one.held.assertions)
    name = one.held.test.rpartition(".")[2]
    runs = "its run" if len(one.ids) == 1 else f"its {len(one.ids)} runs"
    return Found(
        path=one.path,
        line=one.assertions[0].first,
        column=1,
        message=f"{name}() passes, and {runs} never reached {count} of its {of} "
        f"{'assertion' if of == 1 else 'assertions'}: {'line' if count == 1 else 'lines'} {numbers(one.assertions)}",
        remedy="assert first that there is something to check, its length for example; or take out what never runs",
        function=None,
        text=one.held.test,
        touching=tuple((one.path, span.first) for span in one.assertions),
        also_new=((one.path, one.held.line),),
    )
