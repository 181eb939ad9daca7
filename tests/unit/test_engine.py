"""Practices over the bench: the one place that turns Missing into UNPROVEN, and what decides the exit code."""

from __future__ import annotations

import datetime
import itertools

import msgspec
import pytest

from graphs import SmallCodebase
from quality_gate import engine
from quality_gate.bench import Bench, practice
from quality_gate.bench_linked import Linked
from quality_gate.cli._assemble import exit_code
from quality_gate.errors import Missing
from quality_gate.model import PRACTICES, Change, Mode, Outcome, Stage, Verdict
from quality_gate_checkers.model.inspection import Fault, Inspection

TODAY = datetime.date(2026, 11, 22)


def bench(
    stage: Stage = Stage.COMMIT, inspections: dict[str, Inspection] | None = None, paths: tuple[str, ...] = ()
) -> Bench:
    return Bench(
        stage=stage,
        whole=False,
        today=TODAY,
        critical_paths=paths,
        change=lambda: Change(description="all", everything=True),
        inspections=lambda: inspections or {},
        linked=Linked(codebase=lambda: SmallCodebase({})),
    )


def verdict(
    outcome: Outcome, mode: Mode = Mode.ENFORCE, name: str = "static-analysis", *, decides: bool = True
) -> Verdict:
    return Verdict(
        practice=name,
        subject=None,
        mode=mode,
        outcome=outcome,
        measured=0,
        demanded=0,
        of=0,
        unit="",
        reason="",
        decides=decides,
    )


def giving(*outcomes: Outcome, name: str = "static-analysis"):
    """A practice that gives a verdict per outcome."""

    @practice(name)
    def judge(bench: Bench, mode: Mode):
        """A question?"""
        yield from (verdict(outcome, mode, name) for outcome in outcomes)

    return judge


def missing(name: str = "critical-path-coverage"):
    @practice(name)
    def judge(bench: Bench, mode: Mode):
        """A question?"""
        yield verdict(Outcome.KEPT, mode, name)
        raise Missing("the coverage of payments", "type quality-gate test")

    return judge


def judged(monkeypatch, practices, modes, stage: Stage = Stage.COMMIT) -> tuple[Verdict, ...]:
    monkeypatch.setattr(engine, "known_practices", lambda: practices)
    return engine.run(bench(stage), modes)


@pytest.mark.parametrize(("first", "second"), list(itertools.product(Outcome, repeat=2)))
def test_the_worst_in_the_order_of_the_product(first, second):
    order = ["BROKEN", "UNPROVEN", "WAIVED", "KEPT", "EMPTY"]
    wanted = min(first.value, second.value, key=order.index)
    assert engine.worst([verdict(first), verdict(second)]) == wanted


def test_nothing_that_decides_is_empty_and_never_kept():
    assert engine.worst([]) is Outcome.EMPTY
    assert engine.worst([verdict(Outcome.BROKEN, decides=False)]) is Outcome.EMPTY
    assert engine.worst([verdict(Outcome.EMPTY), verdict(Outcome.EMPTY)]) is Outcome.EMPTY


def test_empty_does_not_pull_down_what_was_kept():
    assert engine.worst([verdict(Outcome.EMPTY), verdict(Outcome.KEPT)]) is Outcome.KEPT


@pytest.mark.parametrize(
    ("outcome", "code"),
    [(Outcome.KEPT, 0), (Outcome.EMPTY, 0), (Outcome.WAIVED, 0), (Outcome.BROKEN, 1), (Outcome.UNPROVEN, 3)],
)
def test_exit_codes(outcome, code):
    assert exit_code(outcome) == code


@pytest.mark.parametrize("outcome", Outcome)
@pytest.mark.parametrize("stage", Stage)
def test_observe_never_decides(monkeypatch, outcome, stage):
    (found,) = judged(monkeypatch, [giving(outcome)], {"static-analysis": Mode.OBSERVE}, stage)
    assert found.outcome is outcome
    assert not found.decides
    assert engine.worst([found]) is Outcome.EMPTY


def test_what_the_configuration_does_not_name_is_observed(monkeypatch):
    (found,) = judged(monkeypatch, [giving(Outcome.BROKEN)], {})
    assert found.mode is Mode.OBSERVE
    assert not found.decides


@pytest.mark.parametrize("mode", [Mode.NEW_CODE, Mode.ENFORCE])
def test_the_other_modes_decide(monkeypatch, mode):
    (found,) = judged(monkeypatch, [giving(Outcome.BROKEN)], {"static-analysis": mode})
    assert found.decides


@pytest.mark.parametrize("mode", Mode)
def test_impact_review_never_blocks(monkeypatch, mode):
    (found,) = judged(monkeypatch, [giving(Outcome.BROKEN, name="impact-review")], {"impact-review": mode}, Stage.CI)
    assert not found.decides


@pytest.mark.parametrize("stage", Stage)
def test_what_is_missing_makes_unproven_and_decides_in_ci_only(monkeypatch, stage):
    found = judged(
        monkeypatch,
        [missing(), giving(Outcome.KEPT)],
        {"critical-path-coverage": Mode.ENFORCE, "static-analysis": Mode.ENFORCE},
        stage,
    )
    assert [one.outcome for one in found] == [Outcome.UNPROVEN, Outcome.KEPT], (
        "the half-made verdict is gone, the other practice runs"
    )
    unproven = found[0]
    assert unproven.practice == "critical-path-coverage"
    assert unproven.reason == "the coverage of payments cannot be had; type quality-gate test"
    assert unproven.not_looked_at == ("the coverage of payments cannot be had",)
    assert unproven.decides is (stage is Stage.CI)
    assert engine.worst(found) is (Outcome.UNPROVEN if stage is Stage.CI else Outcome.KEPT)


def test_missing_in_observe_does_not_decide_in_ci(monkeypatch):
    (found,) = judged(monkeypatch, [missing()], {"critical-path-coverage": Mode.OBSERVE}, Stage.CI)
    assert found.outcome is Outcome.UNPROVEN
    assert not found.decides


@pytest.mark.parametrize("stage", Stage)
def test_a_practice_that_this_version_does_not_have_is_unproven_and_never_left_out(monkeypatch, stage):
    found = judged(
        monkeypatch, [giving(Outcome.KEPT)], {"static-analysis": Mode.ENFORCE, "decisions": Mode.NEW_CODE}, stage
    )
    assert [(one.practice, one.outcome) for one in found] == [
        ("static-analysis", Outcome.KEPT),
        ("decisions", Outcome.UNPROVEN),
    ]
    assert 'write decisions = "observe"' in found[1].reason
    assert found[1].decides is (stage is Stage.CI)


def test_one_that_is_only_observed_is_left_out(monkeypatch):
    assert judged(monkeypatch, [], {"decisions": Mode.OBSERVE}) == ()


def test_any_other_error_of_a_practice_is_ours_and_not_a_verdict(monkeypatch):
    @practice("static-analysis")
    def judge(bench: Bench, mode: Mode):
        """A question?"""
        yield verdict(Outcome.KEPT)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        judged(monkeypatch, [judge], {})


def test_practices_come_in_the_order_of_the_product():
    names = [found.name for found in engine.known_practices()]
    assert names == [name for name in PRACTICES if name in names]
    assert "static-analysis" in names


def test_critical_paths_that_are_declared_are_not_kept_without_a_measurement():
    modes = {"critical-path-coverage": Mode.ENFORCE}
    found = {one.practice: one for one in engine.run(bench(Stage.CI, paths=("payments",)), modes)}[
        "critical-path-coverage"
    ]
    assert found.outcome is Outcome.UNPROVEN
    assert found.reason.startswith("what belongs to the critical paths cannot be had; ")
    without = {one.practice: one for one in engine.run(bench(Stage.CI), modes)}["critical-path-coverage"]
    assert without.outcome is Outcome.EMPTY


def test_nothing_is_fetched_that_nobody_asks_for():
    def forbidden():
        raise AssertionError("nobody asked")

    asked = Bench(
        stage=Stage.COMMIT, whole=False, today=TODAY, critical_paths=(), change=forbidden, inspections=forbidden
    )
    assert asked.stage is Stage.COMMIT
    with pytest.raises(AssertionError, match="nobody asked"):
        _ = asked.change


def test_what_is_fetched_is_fetched_once():
    calls = []
    lazy = Bench(
        stage=Stage.COMMIT,
        whole=False,
        today=TODAY,
        critical_paths=(),
        change=lambda: calls.append(1),
        inspections=lambda: {},
    )
    assert lazy.change is lazy.change
    assert len(calls) == 1


def test_what_was_not_analysed_is_counted():
    inspections = {
        "a.py": Inspection(9, not_resolved=3),
        "b.py": Inspection(9, not_resolved=4),
        "c.py": Inspection(9, fault=Fault(1, "it is not UTF-8", "convert it")),
    }
    unseen = engine.not_analysed(bench(inspections=inspections))
    assert msgspec.to_builtins(unseen) == {"files": 1, "calls": 7}
