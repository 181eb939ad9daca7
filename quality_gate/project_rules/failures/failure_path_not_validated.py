"""QG332 failure-path-not-validated: a test makes a failure of a critical path happen and checks nothing of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from quality_gate.bench import Bench, project_rule
from quality_gate.codebase.path_failures import PathFailures
from quality_gate.failure_levels import ShownPath
from quality_gate.model import Finding
from quality_gate.project_rules.failures._telling import Telling, groups, tellings
from quality_gate.project_rules.failures._words import can_fail, named_tests, test_name, typed

CODE, NAME = "QG332", "failure-path-not-validated"

_HANDLERS = frozenset({"handler", "handler call"})


@project_rule(CODE, NAME, practice="failure-scenarios")
def failure_path_not_validated(bench: Bench) -> Iterator[Finding]:
    """A failure path of a critical path is run by tests, and none of them is seen to check the outcome.

    Raises, handlers and the calls that these answer for must be *validated*: a test that makes them happen has to
    expect the exception by its type, or to check something after it. It blocks as `untested-failure-path` does.

    Of a handler that catches everything, does nothing but log, or only lets go of something and raises again, evidence
    alone cannot say whether a test would notice its loss. Run is then enough; a warning says that `quality-gate prove`
    knows more.

    ## In production
    The handler does the wrong thing, the tests stay green, and it shows when the failure happens.

    ## Bad
    ```python
    def test_a_timeout(gateway):
        gateway.charge.side_effect = BankTimeout
        with contextlib.suppress(Exception):
            pay(order())
    ```

    ## Good
    ```python
    def test_a_timeout_leaves_the_order_unknown(gateway, store):
        gateway.charge.side_effect = BankTimeout
        with pytest.raises(BankTimeout):
            pay(order())
        assert store.find("A-1").state is OrderState.UNKNOWN
    ```

    ## When not to use it
    Where a check hides in a helper that does not look like one, name it once: `oracles = ["tests.robots.*"]` under
    `[tool.quality-gate]`.

    ## What it cannot see
    Whether the check is the right one. `quality-gate prove` breaks the path on purpose and tells which test notices.
    """
    for failures, telling in tellings(bench):
        unchecked = [one for one in failures.untold if one.level == "run"]
        for group in groups(unchecked, failures):
            yield _finding(telling, group)
        for group in groups(list(_to_prove(failures)), failures):
            yield _proof_wanted(telling, group)


def _to_prove(failures: PathFailures) -> Iterator[ShownPath]:
    """Handlers that count because more than *run* cannot be seen."""
    told = {id(one) for cell in failures.untested_cells for one in cell.shown}
    for one in failures.shown:
        if one.only_proof and one.level == "run" and one.path.kind in _HANDLERS and id(one) not in told:
            yield one


def _finding(telling: Telling, group: Sequence[ShownPath]) -> Finding:
    lead = group[0]
    why = lead.why or "nothing of the outcome is seen to be checked"
    first = test_name(lead.tests[0]) if lead.tests else "the test that makes it happen"
    return telling.finding(
        (CODE, NAME),
        group,
        f"{can_fail(lead.path)}; {_happens(lead)} and no test is seen to check the outcome: {why}.",
        f"check in {first} what must hold then: the exception by its type, the answer, the state",
        tests=lead.tests,
    )


def _proof_wanted(telling: Telling, group: Sequence[ShownPath]) -> Finding:
    lead = group[0]
    return telling.finding(
        (CODE, NAME),
        group,
        f"{can_fail(lead.path)}; {_happens(lead)}, and nothing shows that a test would notice its loss"
        f"{f': {lead.why}' if lead.why else ''}.",
        f"`quality-gate prove {typed(lead.path)}` breaks it on purpose and tells",
        tests=lead.tests,
        severity="warning",
    )


def _happens(shown: ShownPath) -> str:
    return f"it happens in {named_tests(shown.tests)}" if shown.tests else "it was run, by which tests is not known,"
