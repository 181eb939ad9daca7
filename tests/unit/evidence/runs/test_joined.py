"""Several sources of evidence as one: what any of them ran was run, what any of them doubts is doubted."""

from __future__ import annotations

import msgspec
import pytest

from graphs import SmallRuns, file_runs
from quality_gate.errors import Missing
from quality_gate.evidence.runs.joined import JoinedRuns
from quality_gate.runs import Executed, ObservedCall

SOURCE = "def pay(a):\n    if a:\n        return 1\n    return 2\n"
PATH = "shop/pay.py"
ONE = file_runs(PATH, SOURCE, [1, 2, 3], excluded=[3, 4])
OTHER = file_runs(PATH, SOURCE, [1, 2, 4], excluded=[4])


def test_lines_and_branches_are_united():
    found = JoinedRuns([SmallRuns(ONE), SmallRuns(OTHER)]).file(PATH)
    assert found.run == {1, 2, 3, 4}
    assert found.taken == {(2, 3), (2, 4)}
    assert found.branches == ONE.branches


def test_branches_that_one_source_sees_otherwise_are_all_branches():
    other = msgspec.structs.replace(OTHER, branches={2: frozenset({3, -1}), 3: frozenset({4, 5})})
    found = JoinedRuns([SmallRuns(ONE), SmallRuns(other)]).file(PATH)
    assert found.branches == {2: {3, 4, -1}, 3: {4, 5}}


def test_a_line_is_excluded_where_every_source_that_knows_it_leaves_it_out():
    found = JoinedRuns([SmallRuns(ONE), SmallRuns(OTHER)]).file(PATH)
    assert found.excluded == {4}


def test_a_file_that_one_of_them_knows_is_known():
    assert JoinedRuns([SmallRuns(), SmallRuns(ONE)]).file(PATH) == ONE
    assert JoinedRuns([SmallRuns(), SmallRuns()]).file(PATH) is None


def test_branches_are_known_when_one_knows_them():
    without = file_runs(PATH, SOURCE, [1], has_branches=False)
    assert JoinedRuns([SmallRuns(without), SmallRuns(ONE)]).file(PATH).has_branches
    assert not JoinedRuns([SmallRuns(without)]).file(PATH).has_branches


def test_the_other_choice_of_tests_is_united_too():
    fewer = msgspec.structs.replace(ONE, otherwise=Executed(frozenset({1}), frozenset()))
    assert JoinedRuns([SmallRuns(fewer), SmallRuns(OTHER)]).file(PATH).otherwise == Executed(
        OTHER.run | {1}, OTHER.taken
    )
    assert JoinedRuns([SmallRuns(ONE), SmallRuns(OTHER)]).file(PATH).otherwise is None


def test_stale_for_one_is_stale_unless_that_one_does_not_know_the_file():
    stale = {(PATH, "pay"): "it has changed"}
    assert JoinedRuns([SmallRuns(ONE), SmallRuns(OTHER, stale=stale)]).stale(PATH, "pay") == "it has changed"
    assert JoinedRuns([SmallRuns(ONE), SmallRuns(stale=stale)]).stale(PATH, "pay") is None


def test_an_unreadable_file_is_not_made_good_by_another_source():
    with pytest.raises(Missing):
        JoinedRuns([SmallRuns(ONE), SmallRuns(unreadable=[PATH])]).file(PATH)


def test_the_rest_is_told_once():
    call = ObservedCall(PATH, "pay", 2, PATH, "take")
    parts = [
        SmallRuns(problems=("a test failed",), observed=[call], tests_of={(PATH, 2): ("b", "a")}),
        SmallRuns(problems=("a test failed", "it crashed"), observed=[call], tests_of={(PATH, 2): ("a", "c")}),
    ]
    found = JoinedRuns(parts)
    assert found.problems == ("a test failed", "it crashed")
    assert found.observed_calls == (call,)
    assert found.tests_of(PATH, 2) == ("a", "b", "c")
    assert found.description == "a test and a test"
