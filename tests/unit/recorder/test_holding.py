"""Somebody takes the trace function away, and what ran then is not known."""

from __future__ import annotations

import sys
import textwrap

import pytest

from quality_gate.evidence.runs.recorded import read_recorded
from quality_gate_recorder.holding import Holding
from recorded_project import Project


def ours(*_: object) -> None:
    return None


def theirs(*_: object) -> None:
    return None


@pytest.fixture
def taken():
    return []


@pytest.fixture
def holding(taken):
    before = sys.gettrace()
    sys.settrace(ours)
    held = Holding(lambda: taken.append(1))
    held.note()
    yield held
    sys.settrace(before)


def test_what_is_there_is_not_taken(holding, taken):
    holding.look(sys._getframe())
    sys.settrace(sys.gettrace())
    holding.look()
    assert taken == []


@pytest.mark.parametrize("other", [None, theirs])
def test_another_one_is_told(holding, taken, other):
    sys.settrace(other)
    holding.look(sys._getframe())
    assert taken == [1]


def test_it_is_given_back_where_there_is_none(holding, taken):
    sys.settrace(None)
    holding.give_back()
    assert sys.gettrace() is ours
    sys.settrace(theirs)
    holding.give_back()
    assert sys.gettrace() is theirs


def test_without_one_nothing_is_taken(taken):
    held = Holding(lambda: taken.append(1))
    held.look()
    held.give_back()
    assert taken == []


TESTS = """\
    import sys
    from shop.pay import pay, refund

    def test_takes_it_and_gives_it_back():
        before = sys.gettrace()
        sys.settrace(None)
        try:
            pay()
        finally:
            sys.settrace(before)

    def test_sets_what_is_set():
        sys.settrace(sys.gettrace())

    def test_takes_it():
        sys.settrace(None)

    def test_after_it():
        refund()
    """


def test_the_run_says_who_it_was_and_goes_on(tmp_path):
    sources = "def pay():\n    return 1\n\ndef refund():\n    return 1\n"
    files = {"shop/pay.py": sources, "tests/test_pay.py": textwrap.dedent(TESTS)}
    project = Project(tmp_path / "p", files)
    assert project.pytest("-q", "-p", "no:cacheprovider", "tests").returncode == 0
    runs = read_recorded(project.folder, tracked=False)
    tests = "tests/test_pay.py::test_takes_it, tests/test_pay.py::test_takes_it_and_gives_it_back"
    assert runs.problems == ()
    assert runs.partial == f"{tests} took the tracer away (sys.settrace), so not all that it ran is known"
    assert runs.tests_of("shop/pay.py", 5) == ("tests/test_pay.py::test_after_it",)
