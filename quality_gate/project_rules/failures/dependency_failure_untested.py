"""QG301 dependency-failure-untested: a dependency fails on a critical path, and no test says what happens then."""

from __future__ import annotations

from collections.abc import Iterator

from quality_gate.bench import Bench, project_rule
from quality_gate.codebase.path_failures import Cell
from quality_gate.failure_levels import LEVELS, Level, ShownPath
from quality_gate.model import Finding
from quality_gate.project_rules.failures._telling import Telling, beginning, is_touched, nearest_clause, tellings
from quality_gate.project_rules.failures._words import called, can_fail, injection, places, test_name, types_of, what_if

CODE, NAME = "QG301", "dependency-failure-untested"


@project_rule(CODE, NAME, practice="failure-scenarios")
def dependency_failure_untested(bench: Bench) -> Iterator[Finding]:
    """What if the bank rejects the payment, and which test says so? None does.

    For every dependency that a critical path calls, one test must make it *reject* (it says no: a declined card, a 4xx
    answer) and one must make it *unavailable* (it says nothing: a timeout, a lost connection), and each must check the
    outcome. Where the catalogue knows that it can be *slow* or do its work in *part*, a warning asks for these too.
    Dependencies are the well-known libraries and those of `[tool.quality-gate.dependencies]`.

    ## In production
    The dependency fails for the first time while a customer waits, and nobody knows what the code does then.

    ## Bad
    ```python
    def test_an_order_is_paid(checkout, bank):        # the only kind of test that there is
        assert checkout.place(order()) == Paid("ref-1")
    ```

    ## Good
    ```python
    @pytest.mark.parametrize("failure", [CardDeclined("stolen card"), BankTimeout()])
    def test_an_order_that_the_bank_does_not_pay_stays_open(checkout, bank, failure):
        bank.charge.side_effect = failure
        with pytest.raises(PaymentFailed):
            checkout.place(order())
        assert store.find("A-1").state is OrderState.OPEN
    ```

    ## When not to use it
    Lower `failure` of the critical path to what is measured today and raise it as tests come. A failure that cannot
    happen here is waived by a comment with a reason at the call.

    ## What it cannot see
    Whether the failure that a test injects is one that the dependency can have in the state at hand. Which of its
    failures was seen, where one handler answers for several and the tests ran under Python 3.11: that is unknown.
    """
    for failures, telling in tellings(bench):
        for cell in failures.untested_cells:
            yield _finding(bench, telling, cell)


def _finding(bench: Bench, telling: Telling, cell: Cell) -> Finding:
    ranked = _worst_first(cell)
    group = _touched_first(bench, ranked)
    lead = group[0]
    types = types_of(lead.path, cell.dependency, cell.name)
    nearest = telling.nearest(lead)
    return telling.finding(
        (CODE, NAME),
        group,
        f"{what_if(cell.dependency, cell.name)} {_said(telling, cell, lead, types)}{_elsewhere(group)}."
        f"{nearest_clause(nearest)}",
        _remedy(cell, lead, types),
        cell=cell,
        known_by=ranked[0],
        tests=(nearest.test,) if nearest and cell.level == "not run" else cell.tests,
    )


def _worst_first(cell: Cell) -> list[ShownPath]:
    """The place to begin: where something can be seen to have been checked, a handler before what leaves a function,
    and that before where the project itself says so."""
    ranked = sorted(zip(cell.shown, cell.levels, strict=True), key=lambda one: _turn(*one))
    return [shown for shown, _ in ranked]


def _turn(shown: ShownPath, level: Level) -> tuple[bool, bool, bool, int, bool]:
    path = shown.path
    return shown.only_proof, path.handler is None, path.call is None, LEVELS.index(level), not shown.running


def _touched_first(bench: Bench, ranked: list[ShownPath]) -> list[ShownPath]:
    """Where the change touches one of them it is told there: annotations are only shown on lines of the change."""
    if bench.change.everything:
        return ranked
    return sorted(ranked, key=lambda one: not is_touched(bench, one.path))


def _said(telling: Telling, cell: Cell, lead: ShownPath, types: str) -> str:
    fails = can_fail(lead.path, types)
    if cell.level == "not run":
        return f"No test says: {fails}; {telling.how_many(lead)}"
    at_best = next(one for one, level in zip(cell.shown, cell.levels, strict=True) if level == cell.level)
    why = at_best.why or "nothing of the outcome is seen to be checked"
    first = test_name(cell.tests[0]) if cell.tests else "A test"
    return f"{first} makes it happen and does not say: {fails}; {why}"


def _elsewhere(group: list[ShownPath]) -> str:
    others = [one.path for one in group[1:]]
    return f"; likewise at {places(others)}" if others else ""


def _remedy(cell: Cell, lead: ShownPath, types: str) -> str:
    if cell.level != "not run":
        return "check in that test what must hold then: the answer, the state, what was not done twice"
    line = injection(lead.path, types) if cell.is_demanded else ""
    first = types.partition(" or ")[0].partition(",")[0]
    raising = f"let {called(cell.dependency)} raise {first}" if first and cell.is_demanded else "make that happen"
    tried = f"try `{line}`" if line else f"{raising} in a test"
    return f"{tried} and check what must hold then; {beginning(lead.path)}"
