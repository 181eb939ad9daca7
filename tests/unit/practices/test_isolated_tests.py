"""isolated-tests as a table: what was seen and what the source looks like, modes, stages, missing and stale evidence."""

from __future__ import annotations

import datetime

import pytest

from graphs import SmallCodebase, SmallRuns
from quality_gate import engine, project_rules
from quality_gate.bench import Bench, ProjectRule
from quality_gate.bench_linked import Linked
from quality_gate.errors import Missing, nothing_recorded
from quality_gate.model import Change, LineRange, Mode, Outcome, Stage, Verdict
from quality_gate.practices.isolated_tests import isolated_tests
from quality_gate.practices.static_analysis import static_analysis
from quality_gate.runs import LineOfTests, Touch, Touched, chosen
from quality_gate_checkers.inspection import inspect
from quality_gate_checkers.plug import collect
from quality_gate_checkers.settings import Settings

TODAY = datetime.date(2026, 11, 22)
TESTS = "tests/test_pay.py"
NO_CHANGE = Change(description="the index against HEAD")
SOURCE = """\
import os
import time

import pytest

from shop import limits


def test_sleeps():
    time.sleep(2)
    assert limits.enabled


def test_leaks():
    os.environ["REGION"] = "eu"
    assert 1


class TestLimits:
    def test_switch(self):
        limits.enabled = False
        assert 1


@pytest.mark.skip
def test_quarantined():
    assert 0
"""
SLEEPS, LEAKS, SWITCH, OFF = (
    f"{TESTS}::{name}" for name in ("test_sleeps", "test_leaks", "TestLimits::test_switch", "test_quarantined")
)
RAN = {SLEEPS: "passed", LEAKS: "passed", SWITCH: "passed", OFF: "skipped"}
STATIC = {"real-sleep-in-test", "shared-state-leak", "quarantine-without-reason"}


def touch(test: str, kind: str, what: str, line: int = 1, seconds: float = 0.0, phase: str = "call") -> Touch:
    place = LineOfTests(TESTS, line)
    return Touch(test, phase, kind, what, seconds, place, place)


SLEPT = touch(SLEEPS, "sleep", "time.sleep", 10, 2.0)
LEFT = touch(LEAKS, "environment", "REGION", 15)
SWITCHED = touch(SWITCH, "module", "shop.limits.enabled", 21)
ASKED = touch(SLEEPS, "network", "bank.example:443", 11)


def judge(
    seen: Touched | Missing | None,
    mode: Mode = Mode.OBSERVE,
    *,
    tests=RAN,
    change: Change = NO_CHANGE,
    whole: bool = True,
    stage: Stage = Stage.CI,
    problems: tuple[str, ...] = (),
    partial: str = "",
    source: str = SOURCE,
    practice=isolated_tests,
) -> Verdict:
    touched = seen if isinstance(seen, Touched) else None
    runs = SmallRuns(tests=tests, touched=touched, problems=problems, partial=partial)

    def recorded():
        if isinstance(seen, Missing):
            raise seen
        return runs

    bench = Bench(
        stage=stage,
        whole=whole,
        today=TODAY,
        critical_paths=(),
        change=lambda: change,
        inspections=lambda: {TESTS: inspect(TESTS, source.encode(), Settings())} if source else {},
        linked=Linked(codebase=lambda: SmallCodebase({TESTS: source}), runs=recorded),
    )
    (found,) = (engine._decided(one) for one in practice.judge(bench, mode))
    return found


def names(verdict: Verdict) -> set[str]:
    return {finding.name for finding in verdict.findings}


NONE = nothing_recorded()


class TestWithoutEvidence:
    def test_the_source_alone_is_judged_and_it_says_so(self):
        found = judge(NONE)
        assert names(found) == STATIC
        assert (found.outcome, found.measured, found.of, found.unit) == (Outcome.KEPT, 0, 1, "test files")
        assert found.reason.startswith("judged from the source alone: no tests recorded yet")
        assert found.not_looked_at

    @pytest.mark.parametrize("mode", [Mode.NEW_CODE, Mode.ENFORCE])
    @pytest.mark.parametrize(("stage", "decides"), [(Stage.CI, True), (Stage.PUSH, False)])
    def test_it_is_unproven_where_somebody_demands_it(self, mode, stage, decides):
        found = judge(NONE, mode, stage=stage)
        assert (found.outcome, found.decides) == (Outcome.UNPROVEN, decides)

    def test_coverage_of_another_source_does_not_tell(self):
        found = judge(None, Mode.ENFORCE)
        assert found.outcome is Outcome.UNPROVEN
        assert "does not tell what tests touched" in found.reason

    def test_a_run_that_crashed_is_named(self):
        found = judge(None, problems=("the test run did not end",))
        assert found.reason == "judged from the source alone: the test run did not end; type quality-gate test"

    def test_no_test_is_nothing_to_measure(self):
        found = judge(NONE, Mode.ENFORCE, source="")
        assert (found.outcome, found.reason) == (Outcome.EMPTY, "nothing to measure: no test")

    def test_the_commit_hook_asks_for_no_evidence(self):
        found = judge(NONE, Mode.ENFORCE, whole=False, stage=Stage.COMMIT)
        assert (found.outcome, found.reason, found.not_looked_at) == (
            Outcome.KEPT,
            "judged from the source alone",
            (),
        )

    def test_old_findings_are_not_shown_to_who_changes_something_else(self):
        assert names(judge(NONE, Mode.NEW_CODE, whole=False)) == set()
        touched = Change(description="x", lines={TESTS: (LineRange(10, 10),)}, files=frozenset({TESTS}))
        found = judge(NONE, Mode.NEW_CODE, whole=False, change=touched)
        assert {one.name for one in found.findings if one.new} == {"real-sleep-in-test"}


class TestWhatWasSeen:
    def test_a_part_of_the_tests_is_told(self):
        said = judge(Touched(), partial=chosen(4, 0)).not_looked_at
        assert said == (f"{chosen(4, 0)}; type quality-gate test without arguments",)
        assert judge(Touched()).not_looked_at == ()

    def test_it_counts_before_what_the_source_looks_like(self):
        """Nothing was seen of the sleep and the variable: something mends them. The switch nobody could see."""
        found = judge(Touched())
        assert {one.name: one.line for one in found.findings} == {
            "shared-state-leak": 21,
            "quarantine-without-reason": 25,
        }
        assert (found.outcome, found.measured, found.of, found.unit) == (Outcome.KEPT, 2, 3, "tests")

    def test_what_was_seen_is_told_once(self):
        found = judge(Touched((SLEPT, LEFT, SWITCHED)))
        assert sorted(one.name for one in found.findings) == [
            "environment-left-changed",
            "module-state-left-changed",
            "quarantine-without-reason",
            "wait-in-test",
        ]
        assert (found.measured, found.of) == (0, 3)

    def test_another_name_of_a_module_is_another_leak(self):
        other = touch(SWITCH, "module", "shop.limits.calls", 21)
        assert "shared-state-leak" in names(judge(Touched((other,))))

    def test_what_nobody_watched_is_judged_from_the_source(self):
        found = judge(Touched(not_watched={"sleep": ("it was dark",)}))
        assert "real-sleep-in-test" in names(found)
        assert "sleeps of tests: it was dark" in found.not_looked_at

    @pytest.mark.parametrize("outcome", ["failed", "skipped", "unknown"])
    def test_a_test_that_did_not_pass_shows_nothing(self, outcome):
        found = judge(Touched(), tests={**RAN, SLEEPS: outcome})
        assert "real-sleep-in-test" in names(found)

    def test_all_parameters_of_a_test_have_to_pass(self):
        ran = {f"{SLEEPS}[1]": "passed", f"{SLEEPS}[2]": "passed"}
        assert "real-sleep-in-test" not in names(judge(Touched(), tests=ran))
        assert "real-sleep-in-test" in names(judge(Touched(), tests={**ran, f"{SLEEPS}[2]": "failed"}))

    @pytest.mark.parametrize("phase", ["setup", "teardown", "none"])
    def test_fixtures_are_told_apart(self, phase):
        asked = touch(LEAKS, "network", "bank.example:443", phase=phase)
        assert "network-in-test" not in names(judge(Touched((asked,))))

    def test_a_server_of_the_run_is_in_order(self):
        assert "network-in-test" not in names(judge(Touched((touch(LEAKS, "itself", "127.0.0.1:41000"),))))

    def test_integration_tests_are_left_out(self):
        found = judge(Touched((ASKED,), integration=frozenset({SLEEPS})))
        assert "network-in-test" not in names(found)
        assert (found.of, found.reason) == (2, "observed: nothing blocks yet; 1 integration test left out")

    def test_nothing_but_integration_tests_is_nothing_to_measure(self):
        found = judge(Touched(integration=frozenset({SLEEPS, LEAKS, SWITCH})), Mode.ENFORCE)
        assert (found.outcome, found.of) == (Outcome.EMPTY, 0)


class TestDoubt:
    @pytest.mark.parametrize(
        ("seen", "problems", "reason"),
        [
            (Touched(), ("the test run did not end",), "the test run did not end; type quality-gate test"),
            (Touched(), ("a", "b"), "a, and 1 more; type quality-gate test"),
            (Touched(stale={LEAKS: "it has changed"}), (), "1 test is not as when they were run: it has changed"),
        ],
    )
    def test_it_is_unproven_where_somebody_demands_it(self, seen, problems, reason):
        found = judge(seen, Mode.ENFORCE, problems=problems)
        assert found.outcome is Outcome.UNPROVEN
        assert found.reason.startswith(reason)
        assert found.not_looked_at
        assert judge(seen, problems=problems).outcome is Outcome.KEPT

    def test_a_stale_test_is_not_judged(self):
        assert judge(Touched(stale={LEAKS: "it has changed"})).of == 2


class TestModes:
    def test_new_is_what_the_change_touches(self):
        change = Change(description="x", lines={TESTS: (LineRange(15, 15),)}, files=frozenset({TESTS}))
        found = judge(Touched((LEFT, SLEPT)), Mode.NEW_CODE, change=change, whole=False)
        assert {one.name for one in found.findings if one.new} == {"environment-left-changed"}

    @pytest.mark.parametrize(
        ("mode", "whole", "reason"),
        [
            (Mode.OBSERVE, True, "observed: nothing blocks yet"),
            (Mode.ENFORCE, True, "all its rules only warn"),
            (Mode.NEW_CODE, True, "all its rules only warn"),
            (Mode.NEW_CODE, False, "new code: the index against HEAD"),
        ],
    )
    def test_reasons(self, mode, whole, reason):
        assert judge(Touched(), mode, whole=whole).reason == reason


def test_every_rule_of_the_practice_only_warns():
    """The page and the reasons say so; who makes one block changes both."""
    found = [*judge(NONE, Mode.ENFORCE).findings, *judge(Touched((SLEPT, LEFT, SWITCHED)), Mode.ENFORCE).findings]
    assert {one.severity for one in found} == {"warning"}
    rules = [rule for rule in collect(project_rules, ProjectRule) if rule.practice == "isolated-tests"]
    assert len(rules) == 6
    assert {rule.severity for rule in rules} == {"warning"}


def test_static_analysis_does_not_tell_the_same():
    assert names(judge(NONE, practice=static_analysis)).isdisjoint(STATIC)


class TestMessages:
    def message(self, *touches: Touch) -> str:
        found = judge(Touched(touches), source="")
        (one,) = found.findings
        return one.message

    @pytest.mark.parametrize(
        ("found", "message"),
        [
            (ASKED, "test_sleeps() really asks bank.example:443, which is another machine"),
            (
                touch(LEAKS, "machine", "127.0.0.1:6379"),
                "test_leaks() connects to 127.0.0.1:6379, which the test run does not serve",
            ),
            (touch(LEAKS, "process", "git"), "test_leaks() starts the program git"),
            (touch(LEAKS, "process", "fork"), "test_leaks() forks the process that the tests run in"),
            (SLEPT, "test_sleeps() really waits 2 s in time.sleep(), called at tests/test_pay.py:10"),
            (LEFT, "test_leaks() leaves REGION changed for every test that runs after it"),
            (SWITCHED, "test_switch() leaves shop.limits.enabled changed for every test that runs after it"),
        ],
    )
    def test_one_test(self, found, message):
        assert self.message(found) == message

    def test_several_tests_are_one_finding(self):
        every = [touch(f"{TESTS}::test_{number}", "process", "git", number) for number in range(3, 6)]
        found = judge(Touched(tuple(every)), source="", tests={one.test: "passed" for one in every})
        (one,) = found.findings
        assert one.message == "3 tests (test_3, test_4 and 1 more) start the program git"
        assert (one.path, one.line, one.tests) == (TESTS, 3, tuple(found.test for found in every))
        assert found.measured == 0

    def test_all_parameters_are_one_test(self):
        every = [touch(f"{TESTS}::test_a[{number}]", "process", "git") for number in range(2)]
        found = judge(Touched(tuple(every)), source="", tests={one.test: "passed" for one in every})
        assert [one.message for one in found.findings] == ["test_a() starts the program git"]

    def test_a_comment_silences_it(self):
        allowed = 'import os\nos.x()  # quality-gate: allow[process-in-test] reason="a command line"\n'
        found = judge(Touched((touch(LEAKS, "process", "git", 2),)), source=allowed)
        assert [one.suppressed for one in found.findings] == ["a command line"]
        assert (found.measured, found.of) == (3, 3)
