"""What becomes of a mutant, with processes that only tell."""

from __future__ import annotations

import pytest

from quality_gate_recorder.children import Told
from quality_gate_recorder.proving_job import Change, Job
from quality_gate_recorder.trials import Trials

NAMES = ["t0", "t1", "t2"]


def passed(seconds=1.0):
    return Told(ended=True, placed=True, reached=True, seconds=seconds)


def failed(at=0):
    return Told(at=at, ended=True, failed=True, placed=True, reached=True)


class Children:
    """Processes that tell what a function of (mutant, tests, limit) says."""

    def __init__(self, tell):
        self.tell = tell
        self.asked = []

    def run(self, number, tests, limit, work):
        self.asked.append((number, list(tests), limit))
        return self.tell(number, tests, limit)

    def kill(self):
        """Nothing runs."""


def outcome(tell, there=(0, 1, 2), tests=(0, 1, 2), seconds=0.0, telling=0):
    job = Job("/nowhere", NAMES, {}, [Change("/p", 0, 0, "", [], list(tests), seconds, telling)])
    children = Children(tell)
    (result,) = Trials(job, list(there), children, lambda *_: None).results()
    return result, children.asked


def test_noticed():
    result, asked = outcome(lambda number, tests, limit: failed(1) if number == 0 else passed())
    assert (result.end, result.by, result.tests) == ("killed", "t1", ["t0", "t1"])
    assert [(number, tests) for number, tests, _ in asked] == [(0, [0, 1, 2]), (-1, [0, 1])]


def test_those_that_tell_something_are_run_before_the_others_in_pytests_order():
    asked = outcome(lambda *_: passed(), there=(0, 2, 1), tests=(1, 2, 0), telling=2)[1]
    assert asked[0][1] == [2, 1, 0]


def test_not_noticed():
    result, asked = outcome(lambda *_: passed())
    assert (result.end, result.tests) == ("survived", NAMES)
    assert len(asked) == 1


def test_not_noticed_as_it_fails_all_the_same():
    result, _ = outcome(lambda *_: Told(ended=True, placed=True, reached=True, alike=True))
    assert (result.end, result.tests) == ("alike", NAMES)


def test_a_test_that_fails_anyway_does_not_count():
    def tell(number, tests, limit):
        return failed(tests.index(1)) if 1 in tests else passed()

    result, asked = outcome(tell)
    assert (result.end, result.tests) == ("survived", ["t0", "t2"])
    assert asked[-1][1] == [0, 2]


def test_where_all_fail_anyway_there_is_no_answer():
    result, _ = outcome(lambda *_: failed(0))
    assert result.end == "unknown"
    assert "do not pass by themselves" in result.why


def test_tests_that_are_not_there():
    result, asked = outcome(lambda *_: passed(), there=())
    assert (result.end, asked) == ("unknown", [])
    assert "does not find" in result.why


@pytest.mark.parametrize(
    ("told", "why"),
    [
        (Told(at=1, status=-9), "its process was killed by signal 9"),
        (Told(at=1, status=3), "its process ended with 3"),
        (Told(at=1, timeout=True, status=-9), "it did not end in time"),
    ],
)
def test_a_process_that_ends_only_with_the_mutant_has_noticed(told, why):
    result, _ = outcome(lambda number, tests, limit: told if number == 0 else passed(0.5))
    assert (result.end, result.by, result.why) == ("killed", "t1", why)


def test_a_process_that_always_dies_tells_nothing():
    result, _ = outcome(lambda *_: Told(at=0, status=-11))
    assert result.end == "unknown"
    assert "killed by signal 11" in result.why


def test_time_is_given_by_what_the_tests_take():
    _, asked = outcome(lambda *_: passed(), seconds=3.0)
    assert asked[0][2] == 15.0
    _, asked = outcome(lambda *_: passed(), seconds=0.1)
    assert asked[0][2] == 5.0


def test_slow_tests_are_given_more_time_before_it_counts():
    def tell(number, tests, limit):
        if number == -1:
            return passed(4.0)
        return Told(at=0, timeout=True, status=-9) if limit < 10 else passed()

    result, asked = outcome(tell)
    assert result.end == "survived"
    assert [limit for number, _, limit in asked if number == 0] == [5.0, 20.0]


@pytest.mark.parametrize(
    ("told", "why"),
    [
        (Told(ended=True, placed=False, reached=True), "could not be put in place"),
        (Told(ended=True, placed=True, reached=False), "did not come to it"),
        (Told(error="it does not fit"), "it does not fit"),
    ],
)
def test_a_mutant_that_was_never_run_has_not_survived(told, why):
    result, _ = outcome(lambda *_: told)
    assert result.end == "unknown"
    assert why in result.why


def test_what_a_process_says_of_a_test_that_it_was_not_given():
    result, _ = outcome(lambda number, tests, limit: Told(at=99) if number == 0 else passed())
    assert (result.end, result.by) == ("killed", "t2")
    result, _ = outcome(lambda *_: Told(at=99))
    assert result.end == "unknown"
