"""failure-scenarios: what can fail on a critical path, and which test says what happens then."""

from __future__ import annotations

from collections.abc import Iterator

from quality_gate.bench import Bench, ProjectRule, practice
from quality_gate.model import Finding, Mode, Outcome, PracticeName, Stage, Verdict
from quality_gate.practices._verdicts import named_and_not_found, nothing_declared

NAME: PracticeName = "failure-scenarios"
UNIT = "failure paths"


@practice(NAME)
def failure_scenarios(bench: Bench, mode: Mode) -> Iterator[Verdict]:
    """What if the bank rejects the payment, and which test says so?

    A failure path is a place where things go wrong: a `raise`, an `except`, a call that can fail, a return that says
    that it did not work. They are listed from the source of every function of a critical path, so that coverage of 100
    percent hides none. Of each the gate says how far tests show it:

    - *not run*: no test makes it happen.
    - *run*: a test makes it happen.
    - *validated*: that test also expects the exception by its type, or checks something afterwards.
    - *proven*: `quality-gate prove` broke it on purpose and a test failed.
    - *unknown*: the evidence cannot tell. It is never counted as not run, nor as tested.

    Only tests that passed count, and only what they do themselves, not their set-up.

    A critical path is KEPT when `failure` percent (80 when left out) of its failure paths are shown: raises, handlers
    and the calls that these answer for *validated*, all others *run*. The same share is demanded of its dependencies'
    failures: for each dependency a test that makes it *reject* (it says no) and one that makes it *unavailable* (it
    says nothing), both *validated*. What the change adds or touches has to be shown whatever the share.

    Besides, an assertion of a test that passed and that no run reached is a warning, wherever it stands; so is, in the
    report, a `raise` or `except` that the change adds or touches outside of critical paths and that no test comes to.
    Tests that the change deletes are named at a push and in CI, and block nothing.

    Some code can be run by no test, as everybody knows: an exhaustive `else`, `NotImplementedError`, a branch for
    another platform. It is listed and never counted. A comment with a reason waives a path:
    `# quality-gate: allow[untested-failure-path] reason="the bank never answers 409, PAY-77"`.

    ## Evidence
    `quality-gate test` runs the tests and records which exception passed where. Under Python 3.12 and later it knows
    their types; under 3.11 some paths are unknown, which is said. A function that has changed since is UNPROVEN.

    ## Modes
    `observe`, the default, reports. `new-code` blocks on failure paths that the change adds or touches. `enforce`
    blocks on the whole path too. At the commit stage nothing is linked and no failure path is looked at: pushes and CI
    do that.

    ## What it cannot see
    Whether a check is the right one. Failures of lambdas, properties and operators where they are used. Of handlers
    that catch everything or only log, it says *validated* where a test would notice that they let the failure go on;
    of those that clean up and raise again *run* and no more: `quality-gate prove` tells. Neither is demanded.

    ## Configuration
    ```toml
    [tool.quality-gate.practices]
    failure-scenarios = "new-code"

    [tool.quality-gate.critical-paths.payments]
    entry = ["shop.api.checkout:create_order"]
    failure = 100

    [tool.quality-gate.dependencies.bank]
    calls = ["shop.bank.Gateway.*"]
    rejects = ["shop.bank.CardDeclined"]
    unavailable = ["shop.bank.BankTimeout"]
    ```
    """
    linked = bench.whole or bench.stage is not Stage.COMMIT
    if not bench.has_critical_paths:
        yield nothing_declared(NAME, mode)
    elif linked:
        yield from _verdicts(bench, mode)
    else:
        yield _later(bench, mode)
    if linked:
        yield from _dead_assertions(bench, mode)
    if bench.whole:
        yield from _changed_elsewhere(bench, mode)


def _changed_elsewhere(bench: Bench, mode: Mode) -> Iterator[Verdict]:
    """Raises and handlers of the change on no critical path that no test comes to warn, in the report alone."""
    from quality_gate.project_rules.failures.untested_failure_path import changed_elsewhere

    findings = tuple(changed_elsewhere(bench))
    if findings:
        shown = bench.changed_failures
        missed = sum(one.level == "not run" for one in shown)
        yield Verdict(
            practice=NAME,
            subject=None,
            mode=mode,
            outcome=Outcome.KEPT,
            measured=len(shown) - missed,
            demanded=0,
            of=len(shown),
            unit="other changed raises and handlers",
            reason=f"{missed} {'comes' if missed == 1 else 'come'} up in no test: they only warn",
            findings=findings,
        )


def _dead_assertions(bench: Bench, mode: Mode) -> Iterator[Verdict]:
    """Assertions that no run reached warn, wherever they stand; there is no verdict where there are none."""
    from quality_gate.project_rules.failures.dead_assertion import dead_assertion

    findings = tuple(dead_assertion.check(bench))
    if findings:
        of = sum(len(one.held.assertions) for one in bench.assertions)
        missed = sum(len(one.assertions) for one in bench.assertions)
        yield Verdict(
            practice=NAME,
            subject=None,
            mode=mode,
            outcome=Outcome.KEPT,
            measured=of - missed,
            demanded=0,
            of=of,
            unit="assertions",
            reason=f"{missed} {'is' if missed == 1 else 'are'} reached by no run: they only warn",
            findings=findings,
        )


def _verdicts(bench: Bench, mode: Mode) -> Iterator[Verdict]:
    # Loaded here: the commit hook needs none of it.
    from quality_gate.practices._failure_verdict import failures_verdict, new_failures_verdict

    findings = bench.marked(NAME, mode, list(_findings(bench)))
    narrow = mode is Mode.NEW_CODE and not bench.whole and not bench.change.everything
    verdict = new_failures_verdict if narrow else failures_verdict
    found = [one for failures in bench.path_failures for one in verdict(bench, mode, failures, findings)]
    found += named_and_not_found(bench, NAME, mode, UNIT)
    if not found:
        what = "the change touches no failure path of a critical path" if narrow else "no critical path has a function"
        found.append(_empty(mode, f"nothing to measure: {what}"))
    yield from found


def _findings(bench: Bench) -> Iterator[Finding]:
    from quality_gate.project_rules import failures
    from quality_gate.project_rules.failures.dead_assertion import dead_assertion
    from quality_gate_checkers.plug import collect

    for rule in collect(failures, ProjectRule):
        if rule is not dead_assertion:
            yield from rule.check(bench)


def _later(bench: Bench, mode: Mode) -> Verdict:
    """At the commit stage nothing is linked, and without links nobody knows which call can fail."""
    from quality_gate.project_rules.coverage._critical import touched

    members = (member for path in bench.critical.paths for member in path.members)
    count = len({member.name for member in members if touched(bench, member)})
    if not count:
        return _empty(mode, "nothing to measure: the change touches no critical function")
    functions = "critical function" if count == 1 else "critical functions"
    said = f"failure paths of {count} {functions} that the change touches"
    return Verdict(
        practice=NAME,
        subject=None,
        mode=mode,
        outcome=Outcome.UNPROVEN,
        measured=0,
        demanded=0,
        of=0,
        unit=UNIT,
        reason=f"{said}: looked at when it is pushed, and in CI",
        not_looked_at=(f"{said}: at the commit stage nothing is linked",),
        decides=False,
    )


def _empty(mode: Mode, reason: str) -> Verdict:
    return Verdict(
        practice=NAME,
        subject=None,
        mode=mode,
        outcome=Outcome.EMPTY,
        measured=0,
        demanded=0,
        of=0,
        unit=UNIT,
        reason=reason,
    )
