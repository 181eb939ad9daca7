"""isolated-tests: what tests depend on that is not the code."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from quality_gate.bench import Bench, practice
from quality_gate.errors import Missing
from quality_gate.model import Finding, Mode, Outcome, PracticeName, Stage, Verdict
from quality_gate.practices._static_findings import blocks, broken_in, outcome_of, project_findings

NAME: PracticeName = "isolated-tests"


@practice(NAME)
def isolated_tests(bench: Bench, mode: Mode) -> Iterator[Verdict]:
    """Can a test fail for a reason that is not the code's?

    A test that asks another host, starts a program, waits for a clock, or leaves the environment or a module of the
    project changed is red on some days, on some machines and in some orders: of the flaky Python tests that have been
    counted, 59 percent depend on the order.

    Two sources tell. Of the source alone: `shared-state-leak`, `real-sleep-in-test`, `network-reachable-in-unit-test`
    and `quarantine-without-reason`. Of what `quality-gate test` saw while each test was called: `network-in-test`,
    `process-in-test`, `wait-in-test`, `environment-left-changed` and `module-state-left-changed`. Where a test was seen
    to run and pass, what was seen counts, and the source is not asked about the same: a leak that a fixture mends is
    none.

    Integration tests (`[tool.quality-gate.integration-tests]`, by place or mark) are left out of what was seen. So is
    what fixtures do before a test is called, such as a server that is started once.

    ## Modes
    All rules of this practice only warn, so no finding blocks in any mode. What `new-code` and `enforce` add to
    `observe`, the default, is that missing or stale evidence is UNPROVEN, and nothing else. At the commit stage the
    source alone is judged.

    ## Evidence
    `quality-gate test` records it. Without it the source alone is judged: in `observe` the report says so, in the other
    modes the practice is UNPROVEN, which ends with 3 at the ci stage. What a test did counts as long as its file, its
    conftest.py and the helpers that tests import are as they were. Where only some tests were chosen to run, the report
    says so.

    ## What it cannot see
    What code written in C asks the system for, waiting that is no sleep, attributes of classes and objects, files. On
    Python 3.11 sleeps are not seen. What a single order of tests shows nothing of: a test that needs another one first.

    ## Configuration
    ```toml
    [tool.quality-gate.practices]
    isolated-tests = "new-code"

    [tool.quality-gate.integration-tests]
    paths = ["tests/integration/**"]
    marks = ["integration"]
    ```
    """
    files = bench.tests
    findings = _findings(bench, mode, files)
    # The commit hook reads no evidence: what tests did is no news of the lines that are about to be committed.
    runs = bench.known_runs if bench.whole or bench.stage is not Stage.COMMIT else None
    if isinstance(runs, Missing):
        yield _of_source(bench, mode, files, findings, f"{runs.clause}; {runs.remedy}")
    elif runs is None:
        yield _of_source(bench, mode, files, findings, "")
    elif runs.touched is None:
        what = runs.problems[0] if runs.problems else "the evidence does not tell what tests touched"
        yield _of_source(bench, mode, files, findings, f"{what}; type quality-gate test")
    else:
        from quality_gate.practices._seen_tests import verdict_of_seen

        yield verdict_of_seen(bench, mode, runs, findings)


def _findings(bench: Bench, mode: Mode, files: Sequence[str]) -> list[Finding]:
    found = list(broken_in(bench, files, isolation=True))
    found += project_findings(bench, NAME)
    found = bench.marked(NAME, mode, found)
    narrow = not bench.whole and mode is not Mode.ENFORCE
    return [finding for finding in found if not narrow or finding.new or bench.change.holds(finding.path)]


def _of_source(bench: Bench, mode: Mode, files: Sequence[str], findings: Sequence[Finding], why: str) -> Verdict:
    """The verdict where nobody saw the tests run.

    Args:
        why: as two clauses; "" at the commit stage, which does not ask.
    """
    guilty = {finding.path for finding in findings if finding.is_open}.intersection(files)
    unproven = why if files and mode is not Mode.OBSERVE else ""
    outcome = outcome_of([finding for finding in findings if blocks(finding, bench, mode)], unproven)
    return Verdict(
        practice=NAME,
        subject=None,
        mode=mode,
        outcome=outcome if files else Outcome.EMPTY,
        measured=len(files) - len(guilty),
        demanded=len(files),
        of=len(files),
        unit="test files",
        reason=_reason(files, why),
        findings=tuple(findings),
        not_looked_at=(f"what tests do when they run: {why}",) if why and files else (),
        decides=outcome is not Outcome.UNPROVEN or bench.stage is Stage.CI,
    )


def _reason(files: Sequence[str], why: str) -> str:
    if not files:
        return "nothing to measure: no test"
    return f"judged from the source alone: {why}" if why else "judged from the source alone"
