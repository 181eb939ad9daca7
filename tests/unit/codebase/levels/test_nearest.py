"""After which test one for a failure path would be written: one ranking, for what is said and for what is suggested."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from levels_shown import Told, key_of, levels, paths_of
from levels_told import CALL, FILES, HANDLER, RAISE, TESTS, T, by_lines, caught, failure, raised, told
from quality_gate.errors import Missing

PATHS = {key_of(path): path for path in paths_of(FILES)}
PAY = "shop/pay.py"
OK = T + "test_ok"


def running(runs: Told, *lines: int, test: str = OK) -> Told:
    """The same evidence with a passing test that ran some lines of the project."""
    runs.tests = {**runs.tests, test: "passed"}
    runs.lines = {**runs.lines, **{(PAY, line): [*runs.lines.get((PAY, line), ()), test] for line in lines}}
    return runs


def nearest(key: str, runs: Told, tests: Mapping[str, str] = TESTS) -> list[tuple[str, bool]]:
    return [(one.test.removeprefix(T), one.is_happy) for one in levels(FILES, tests, runs).nearest(PATHS[key])]


def first(runs: Told, *tests: str) -> str:
    """Which of some tests of `ask`, in one file each, is the nearest to its call."""
    held = {f"tests/test_{number}.py": text for number, text in enumerate(tests)}
    for number, text in enumerate(tests):
        name = text.partition("def ")[2].partition("(")[0]
        runs = running(runs, 12, test=f"tests/test_{number}.py::{name}")
    return next(levels(FILES, held, runs).nearest(PATHS[CALL])).test.rpartition("::")[2]


def test_the_test_in_which_nothing_fails_there_comes_before_those_in_which_something_does() -> None:
    runs = running(told(raised("test_pay", 5), raised("test_any", 8)), 7)
    assert nearest(RAISE, runs)[-1] == ("test_ok", True)
    runs = running(told(caught("test_ask", 10)), 12)
    assert nearest(CALL, runs)[0] == nearest(HANDLER, runs)[0] == ("test_ok", True)


def test_nor_anything_else_fails_in_it() -> None:
    odd = failure("test_ask", 11, 5, 8, exception="KeyError", source="outside", handled=11)
    runs = running(told(odd, lines={(PAY, 12): [T + "test_ask"]}), 12)
    assert nearest(CALL, runs) == [("test_ok", True), ("test_ask", False)]


def test_lines_tell_it_too() -> None:
    arcs = {(-10, 11), (11, 12), (12, 13), (13, 14), (14, -10)}
    runs = running(by_lines("test_ask", arcs, (10, 11, 12)), 11, 12, 15)
    assert nearest(CALL, runs)[:2] == [("test_ok", True), ("test_ask", False)]


def test_one_that_comes_as_far_as_the_call_is_nearer_than_a_happy_one_that_turns_off_before() -> None:
    runs = running(told(caught("test_ask", 10), lines={(PAY, 12): [T + "test_ask"]}), 11)
    assert nearest(CALL, runs) == [("test_ask", False), ("test_ok", True)]


def test_of_those_that_do_not_come_there_the_one_that_comes_farthest() -> None:
    runs = running(running(told(), 7, test=T + "test_pay"), 7, 8, test=T + "test_any")
    runs.lines = {place: tests for place, tests in runs.lines.items() if place != (PAY, 8)}
    assert {test for test, _ in nearest(RAISE, runs)} == {"test_pay", "test_any"}
    runs = running(running(told(), 11, test=T + "test_any"), 11, 12, test=T + "test_pay")
    assert nearest(HANDLER, runs) == [("test_pay", True), ("test_any", True)]


@pytest.mark.parametrize(
    ("plain", "other"),
    [
        ("def test_b(): ask(1)", "def test_a(): page(1)"),
        ("def test_b():\n    y = 1\n    ask(y)", "def test_a():\n    with pytest.raises(E): ask(1)"),
        ("def test_b():\n    y = 1\n    ask(y)", "def test_a():\n    for one in x: ask(one)"),
        ("def test_b(): ask(1)", "def test_a():\n    y = 1\n    ask(y)"),
        ("class TestB:\n    def test_b(self): shop.ask(1)", "def test_a(): page(ask_for)"),
    ],
)
def test_of_those_that_come_there_the_plainest(plain, other) -> None:
    assert first(told(), other, plain) == first(told(), plain, other) == "test_b"


@pytest.mark.parametrize(
    ("nearer", "other"),
    [("test_pay.py::test_b", "test_all.py::test_a"), ("test_all.py::test_b", "test_all.py::test_a[1]")],
)
def test_one_beside_the_code_and_one_without_parameters_are_plainer(nearer, other) -> None:
    held = {f"tests/{file}": "def test_a(): ask(1)\ndef test_b(): ask(1)\n" for file in ("test_pay.py", "test_all.py")}
    runs = running(running(told(), 12, test=f"tests/{other}"), 12, test=f"tests/{nearer}")
    assert next(levels(FILES, held, runs).nearest(PATHS[CALL])).test == f"tests/{nearer}"


def test_one_that_runs_less_of_the_file_is_plainer() -> None:
    same = "def {}(): ask(1)"
    runs = told()
    runs.arcs = {PAY: {"tests/test_0.py::test_a": frozenset({(1, 2), (2, 3)}), "tests/test_1.py::test_b": frozenset()}}
    assert first(runs, same.format("test_a"), same.format("test_b")) == "test_b"


def test_a_test_that_no_file_shows_is_the_last_and_one_of_a_base_is_shown_by_it() -> None:
    tests = {"tests/test_a.py": "class Base:\n    def test_z(self): page(1)\nclass TestOwn(Base): pass\n"}
    runs = told()
    for test in ("tests/test_a.py::TestOwn::test_z", "tests/test_a.py::test_made"):
        runs = running(runs, 12, test=test)
    assert next(levels(FILES, tests, runs).nearest(PATHS[CALL])).test == "tests/test_a.py::TestOwn::test_z"


def test_without_evidence_or_without_a_test_there_is_none() -> None:
    assert nearest(RAISE, told(caught("test_ask", 10))) == []
    with pytest.raises(Missing):
        levels(FILES, TESTS, Missing("evidence of a test run", "type quality-gate test")).nearest(PATHS[RAISE])
