"""QG331 untested-failure-path: a place on a critical path where things go wrong, and no test makes it happen."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from quality_gate.bench import Bench, project_rule
from quality_gate.codebase.critical_paths import ResolvedPath
from quality_gate.codebase.path_failures import PathFailures
from quality_gate.config import CriticalPath
from quality_gate.failure_levels import ShownPath
from quality_gate.model import Finding
from quality_gate.project_rules.failures._telling import Telling, beginning, groups, nearest_clause, tellings
from quality_gate.project_rules.failures._words import can_fail, injection, line_of, types_of

CODE, NAME = "QG331", "untested-failure-path"


@project_rule(CODE, NAME, practice="failure-scenarios")
def untested_failure_path(bench: Bench) -> Iterator[Finding]:
    """A failure path of a critical path is run by no test.

    A failure path is a place where things go wrong: a `raise`, an `except`, a call that can fail, a return that says
    that it did not work. They are listed from the source, so that `pragma: no cover` hides none. The paths of one
    handler are one finding. It blocks where the critical path's demand (`failure`, 80 percent when left out) is missed
    and where the change adds or touches the path; else it warns.

    ## In production
    The code that handles the failure runs for the first time when it happens, and often does not work.

    ## Bad
    ```text
    try:
        order.reference = gateway.charge(order)
    except BankTimeout:                    <- no test comes here
        order.mark_unknown()
        raise
    ```

    ## Good
    ```python
    def test_an_order_that_the_bank_does_not_answer_is_unknown(gateway, store):
        gateway.charge.side_effect = BankTimeout
        with pytest.raises(BankTimeout):
            pay(order())
        assert store.find("A-1").state is OrderState.UNKNOWN
    ```

    ## When not to use it
    A path that cannot happen here is waived by a comment with a reason:
    `# quality-gate: allow[untested-failure-path] reason="the bank never answers 409, PAY-77"`.

    ## What it cannot see
    Outside of critical paths, where `quality-gate report` tells of changed raises and handlers alone, and only warns.
    Paths that the evidence cannot tell are unknown and never told here. Failures of lambdas, properties and operators
    at the place where they are used; calls that nothing resolves (`quality-gate paths` lists them).
    """
    for failures, telling in tellings(bench):
        missed = [one for one in failures.untold if one.level == "not run"]
        for group in groups(missed, failures):
            yield _finding(telling, group)


def changed_elsewhere(bench: Bench) -> Iterator[Finding]:
    """The same of raises and handlers that the change adds or touches on no critical path; warnings, in reports."""
    missed = [one for one in bench.changed_failures if one.level == "not run"]
    if not missed:
        return
    everywhere = ResolvedPath("", CriticalPath(include=("**",)), ())
    failures = PathFailures(everywhere, bench.changed_failures)
    telling = Telling(bench, failures)
    for group in groups(missed, failures):
        yield msgspec.structs.replace(_finding(telling, group), critical_path=None, severity="warning")


def _finding(telling: Telling, group: list[ShownPath]) -> Finding:
    lead = group[0]
    nearest = telling.nearest(lead)
    return telling.finding(
        (CODE, NAME),
        group,
        f"{can_fail(lead.path)}; {telling.how_many(lead)}{_also(group)}.{nearest_clause(nearest)}",
        _remedy(lead),
        tests=(nearest.test,) if nearest else (),
    )


def _also(group: list[ShownPath]) -> str:
    """Other calls that the same handler answers for."""
    first = group[0].path.call
    calls = [one.path for one in group[1:] if one.path.call is not None and one.path.call != first]
    shown = ", ".join(f"{path.call.text} (line {line_of(path)})" for path in calls[:2] if path.call is not None)
    more = f" and {len(calls) - 2} more" if len(calls) > 2 else ""
    return f"; the same handler answers for {shown}{more}" if calls else ""


def _remedy(lead: ShownPath) -> str:
    types = types_of(lead.path)
    line = injection(lead.path, types)
    if line:
        return f"try `{line}` and check what must hold then; {beginning(lead.path)}"
    if lead.path.kind in ("raise", "re-raise", "validation") and types and lead.path.leaves_by != "return":
        return f"bring it about in a test, within `pytest.raises({types.partition(' or ')[0].partition(',')[0]})`; " + (
            beginning(lead.path)
        )
    return f"bring it about in a test and check what must hold then; {beginning(lead.path)}"
