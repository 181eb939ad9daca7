"""What a gate says to type next: what is wrong in the code before anything else."""

from __future__ import annotations

from golden_reports import finding, report, verdict
from quality_gate.baseline_file import PRUNE
from quality_gate.cli._next import with_next
from quality_gate.model import Mode, Outcome

STALE = f"fixed and still in the baseline: QG101 in shop/old.py; type {PRUNE}"


def following(*verdicts, **changed):
    return with_next(report(*verdicts, **changed)).next


def test_a_new_error_comes_before_an_old_one_and_before_what_is_fixed_in_the_baseline():
    held = verdict(finding(1, new=False), finding(2), mode=Mode.ENFORCE, reason=STALE)
    assert following(held) == ("quality-gate explain shop/events.py:12", PRUNE)


def test_where_nothing_but_the_baseline_is_wrong_it_is_pruned():
    old = verdict(finding(1, new=False), practice="isolated-tests", outcome=Outcome.KEPT)
    assert following(verdict(mode=Mode.ENFORCE, reason=STALE), old) == (PRUNE,)


def test_without_evidence_the_tests_are_run():
    unproven = verdict(outcome=Outcome.UNPROVEN, reason="nothing is recorded; type quality-gate test")
    assert following(unproven, outcome=Outcome.UNPROVEN) == ("quality-gate test",)
