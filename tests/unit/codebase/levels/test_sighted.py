"""Which tests make a path happen, as `prove` asks: those that are seen to, those that may, and why it cannot be told."""

from __future__ import annotations

import pytest

from levels_shown import Told, key_of, levels, paths_of
from levels_told import CALL, FILES, HANDLER, RAISE, TESTS, T, at, by_lines, caught, failure, raised, told
from quality_gate.codebase.levels.sightings import Sighted
from quality_gate.codebase.mutants.planning import to_try
from quality_gate.errors import Missing
from quality_gate.failure_paths import FailurePath
from quality_gate.runs import Runs

PATHS = {key_of(path): path for path in paths_of(FILES)}
LATE, TIMEOUT = "fetch handler: except TimeoutError", "fetch handler: except requests.Timeout"


def sighted(key: str, runs: Runs | Missing, **more: object) -> Sighted:
    (found,) = levels(FILES, TESTS, runs, **more).sighted([PATHS[key]], PATHS.values())  # type: ignore[arg-type]
    return found


def tried(key: str, runs: Told) -> tuple[str, ...]:
    return to_try(PATHS[key], sighted(key, runs))


def late(test: str, exception: str, *bases: str, **more: object) -> object:
    return failure(
        test, 19, 16, 44, exception=exception, bases=(*bases, "Exception"), source="outside", handled=20, **more
    )


def test_all_that_pass_and_make_it_happen_whatever_they_check() -> None:
    runs = told(raised("test_any", 8), raised("test_pay", 5), raised("test_try", 16))
    runs.tests = {**runs.tests, T + "test_try": "failed"}
    assert tried(RAISE, runs) == (T + "test_any", T + "test_pay")
    assert levels(FILES, TESTS, runs).shown([PATHS[RAISE]])[0][0].tests == (T + "test_pay",)


def telling(key: str, runs: Told) -> list[str]:
    found = levels(FILES, TESTS, runs)
    (seen,) = found.sighted([PATHS[key]], PATHS.values())
    return sorted(test.removeprefix(T) for test in found.telling(PATHS[key], seen, seen.tests))


def test_a_mutant_tells_something_to_tests_that_ask_for_an_outcome() -> None:
    runs = told(raised("test_any", 8), raised("test_pay", 5), raised("test_try", 16), raised("test_no_check", 13))
    ran = {"test_any": (7, 8), "test_pay": (4, 5), "test_try": (15, 16, 17, 18), "test_no_check": (13,)}
    runs.ran = {T + test: tuple(map(at, lines)) for test, lines in ran.items()}
    assert telling(RAISE, runs) == ["test_any", "test_pay", "test_try"]


def test_one_of_a_handler_to_those_that_ask_after_it_took_the_failure() -> None:
    runs = told(caught("test_ask", 10, (11,)), caught("test_no_check", 13), caught("test_any", 8))
    assert telling(HANDLER, runs) == ["test_any", "test_ask"]


def test_of_a_handler_with_several_types_those_that_showed_this_one_or_may_have() -> None:
    seen = (
        late("test_a", "TimeoutError", "OSError"),
        late("test_b", "requests.exceptions.ReadTimeout", "requests.exceptions.Timeout"),
        late("test_c", "shop.odd.Odd"),
    )
    runs = told(*seen)  # type: ignore[arg-type]
    runs.tests = {**runs.tests, T + "test_d": "passed"}
    runs.lines = {("shop/pay.py", 21): [*runs.tests]}
    runs.unknown = {T + "test_d": "it ran in another process"}
    assert tried(LATE, runs) == (T + "test_a", T + "test_c", T + "test_d")
    assert tried(TIMEOUT, runs) == (T + "test_b", T + "test_c", T + "test_d")
    assert "another process" in sighted(LATE, runs).unsure


def test_of_a_call_only_those_of_which_it_is_known() -> None:
    entered = {(-10, 11), (11, 12), (12, 13), (13, 14), (14, -10)}
    assert tried(CALL, by_lines("test_ask", entered, ())) == (T + "test_ask",)
    within = (entered - {(12, 13)}) | {(12, 99), (99, 13)}  # by way of something that the source does not show
    found = sighted(CALL, by_lines("test_ask", within, ()))
    assert (found.perhaps, found.unsure) == ({T + "test_ask"}, "3.11")
    assert tried(CALL, by_lines("test_ask", within, ())) == ()
    assert tried(HANDLER, by_lines("test_ask", within, ())) == (T + "test_ask",)


def test_a_failure_in_a_thread_of_an_earlier_test_may_be_of_those_that_ran_its_lines() -> None:
    found = sighted(HANDLER, told(caught("test_ask", 10, (11,), older_thread=True)))
    assert found.tests | found.perhaps == {T + "test_ask"}
    runs = told(raised("test_pay", 5, older_thread=True))
    runs.lines = {("shop/pay.py", 8): [T + "test_pay"]}
    assert (sighted(RAISE, runs).perhaps, "thread" in sighted(RAISE, runs).unsure) == ({T + "test_pay"}, True)


@pytest.mark.parametrize("problem", ["the run did not end", "1 of 2 tests failed: tests/test_pay.py::test_x"])
def test_a_run_that_is_not_whole_leaves_it_open(problem) -> None:
    runs = told(raised("test_pay", 5), problems=(problem,))
    assert (problem in sighted(HANDLER, runs).unsure) is problem.startswith("the run")
    assert sighted(RAISE, runs).tests == {T + "test_pay"}


def test_of_a_chosen_part_nobody_knows_that_no_other_test_did() -> None:
    runs = told(raised("test_pay", 5), partial="4 tests were chosen")
    assert sighted(HANDLER, runs).unsure == "4 tests were chosen"
    assert sighted(RAISE, runs).unsure == ""


def test_of_a_function_that_a_part_ran_anew_nobody_knows_that_no_other_test_did() -> None:
    why = "it has changed; since then 1 test was chosen"
    runs = told(raised("test_pay", 5), anew={"pay": why, "ask": why})
    assert (sighted(HANDLER, runs).unsure, sighted(RAISE, runs).unsure) == (why, "")
    shown, _ = levels(FILES, TESTS, runs).shown([PATHS[HANDLER], PATHS[RAISE]])
    assert [(one.level, one.why, one.in_part) for one in shown] == [("unknown", why, why), ("validated", "", why)]
    before, _ = levels(FILES, TESTS, told(raised("test_pay", 5))).shown([PATHS[HANDLER]])
    assert before[0].level == "not run"


def test_evidence_that_does_not_hold_names_no_test() -> None:
    assert sighted(RAISE, told(raised("test_pay", 5), old={"pay": "it has changed"})) == Sighted(
        unsure="it has changed"
    )


def test_tests_that_the_project_leaves_out_are_not_tried() -> None:
    assert sighted(RAISE, told(raised("test_pay", 5)), not_counted=[T + "test_pay"]) == Sighted()


def test_without_evidence_there_is_no_answer() -> None:
    with pytest.raises(Missing):
        sighted(RAISE, Missing("evidence of a test run", "type quality-gate test"))


def test_evidence_that_cannot_be_believed_is_no_answer() -> None:
    class Forged(Told):
        def failures_of(self, path: str) -> object:  # type: ignore[override]
            raise Missing("what can be believed", "delete it")

    with pytest.raises(Missing, match="believed"):
        sighted(RAISE, Forged({T + "test_pay": "passed"}))


def test_paths_of_several_functions_keep_their_order() -> None:
    runs = told(raised("test_pay", 5), caught("test_ask", 10))
    asked: list[FailurePath] = [PATHS[CALL], PATHS[RAISE]]
    found = levels(FILES, TESTS, runs).sighted(asked, PATHS.values())
    assert [one.tests for one in found] == [{T + "test_ask"}, {T + "test_pay"}]
