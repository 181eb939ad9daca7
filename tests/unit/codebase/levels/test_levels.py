"""The level of a path from evidence that is written down: what counts, what does not, and how it is said."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
import pytest

from levels_shown import Told, levels, paths_of, shown
from levels_told import CALL, FILES, HANDLER, RAISE, TEST, TESTS, T, at, by_lines, caught, failure, level, raised, told
from linking import link
from quality_gate.codebase.critical_paths import ResolvedPath, member_of
from quality_gate.config import CriticalPath
from quality_gate.errors import Missing
from quality_gate.failure_levels import Proof
from quality_gate.failure_paths import FailurePath
from quality_gate.runs import FileRuns
from quality_gate_checkers.settings import Settings

# -- what leaves


def test_an_expected_exception_of_its_type_validates() -> None:
    found = level(RAISE, told(raised("test_pay", 5)))
    assert (found.level, found.tests, found.running, found.types) == (
        "validated", (T + "test_pay",), (T + "test_pay",), ("shop.pay.Declined",)
    )  # fmt: skip
    assert found.is_kept


def test_any_exception_that_is_expected_does_not() -> None:
    found = level(RAISE, told(raised("test_any", 8)))
    assert (found.level, found.is_kept) == ("run", False)
    assert "take any exception" in found.why


def test_the_best_test_counts() -> None:
    found = level(RAISE, told(raised("test_any", 8), raised("test_pay", 5)))
    assert (found.level, found.tests) == ("validated", (T + "test_pay",))
    assert len(found.running) == 2


def test_a_failure_that_never_came_to_the_test_needs_a_check_after_it() -> None:
    after = {"called_from": (at(10),), "after": (at(11),)}
    assert level(RAISE, told(raised("test_ask", None, **after))).level == "validated"
    before = {"called_from": (at(13),), "after": ()}
    found = level(RAISE, told(raised("test_no_check", None, **before)))
    assert (found.level, "checks anything" in found.why) == ("run", True)


def test_the_statement_that_called_ended_after_it_too() -> None:
    assert level(RAISE, told(raised("test_ask", None, called_from=(at(11),)))).level == "validated"


@pytest.mark.parametrize(("exception", "wanted"), [("StopAsyncIteration", "validated"), ("LookupError", "run")])
def test_the_end_of_a_loop_in_the_test_needs_a_check_after_it(exception, wanted) -> None:
    assert level(RAISE, told(raised("test_ask", 10, after=(at(11),), exception=exception))).level == wanted
    assert level(RAISE, told(raised("test_no_check", 13, exception=exception))).level == "run"


def test_a_try_in_the_test_needs_a_type_and_a_check() -> None:
    assert level(RAISE, told(raised("test_try", 16, after=(at(18),)))).level == "validated"
    assert level(RAISE, told(raised("test_try", 16))).level == "run"


def test_an_expected_exception_that_is_a_call_takes_it_before_it_comes_to_the_test() -> None:
    tests = {
        "tests/test_pay.py": TEST.replace(
            "    with pytest.raises(Declined):\n        pay(1)", "    pytest.raises(Declined, pay, 1)\n"
        )
    }
    runs = told(raised("test_pay", None, called_from=(at(4),)))
    assert shown(FILES, tests, runs)[RAISE].level == "validated"
    broad = {"tests/test_pay.py": tests["tests/test_pay.py"].replace("raises(Declined,", "raises(Exception,")}
    assert shown(FILES, broad, runs)[RAISE].level == "run"


@pytest.mark.parametrize(
    ("test", "head", "wanted"), [("test_pay", 4, "validated"), ("test_any", 7, "run"), ("test_no_check", 13, "run")]
)
@pytest.mark.parametrize(
    "way",
    [
        {"called_from": ()},
        {"called_from": (at(15),), "reached": at(15), "taken": False},
    ],
    ids=["in a thread", "out of an app of the tests"],
)
def test_what_a_client_runs_elsewhere_is_shown_by_what_the_test_expects(way, test, head, wanted) -> None:
    runs = told(failure(test, 8, 5, 26, **way), ran={T + test: (at(head),)})
    assert level(RAISE, runs).level == wanted


def test_an_app_of_the_tests_that_fails_with_something_else_shows_nothing() -> None:
    way = {"called_from": (at(15),), "reached": at(15), "taken": False, "exception": "shop.pay.Lost"}
    assert level(RAISE, told(failure("test_pay", 8, 5, 26, **way), ran={T + "test_pay": (at(4),)})).level == "run"


def test_a_line_that_was_run_without_its_exception_is_no_failure() -> None:
    runs = told(raised("test_pay", 5, column=20, end_column=25))  # what is in the brackets failed
    assert level(RAISE, runs).level == "not run"


# -- what is handled


def test_a_handler_is_validated_by_a_check_after_it() -> None:
    runs = told(caught("test_ask", 10, (11,)))
    assert [level(key, runs).level for key in (HANDLER, CALL)] == ["validated", "validated"]
    runs = told(caught("test_no_check", 13))
    assert [level(key, runs).level for key in (HANDLER, CALL)] == ["run", "run"]


@pytest.mark.parametrize(
    ("proof", "wanted"),
    [
        (None, ["validated", "run"]),
        (Proof(killed_by=(T + "test_ask",)), ["proven", "run"]),
        (Proof(survived="-except", tests=(T + "test_ask", T + "test_no_check")), ["run", "run"]),
    ],
)
def test_each_exception_is_shown_by_its_own_tests(proof, wanted) -> None:
    lost = caught("test_no_check", 13, exception="shop.pay.Lost", bases=("shop.pay.Down", "Exception"))
    runs = told(caught("test_ask", 10, (11,)), lost)
    found = level(HANDLER, runs, proofs=proof and Proven(proof))
    assert [(one.name, one.tests) for one in found.seen] == [
        ("shop.pay.Down", (T + "test_ask",)),
        ("shop.pay.Lost", (T + "test_no_check",)),
    ]
    assert [one.level for one in found.seen] == wanted


@pytest.mark.parametrize(
    ("position", "wanted"),
    [
        ({"column": 18, "end_column": 26}, "validated"),
        ({"column": 12, "end_column": 26}, "validated"),  # with the `await` before it
        ({"column": 9, "end_column": 26}, "not run"),  # the assignment
        ({"column": 23, "end_column": 25}, "not run"),  # an argument
        ({"column": 0, "end_line": 0, "end_column": 0}, "validated"),  # the only call of its line
    ],
)
def test_a_call_is_told_by_its_place(position, wanted) -> None:
    assert level(CALL, told(caught("test_ask", 10, (11,), **position))).level == wanted


def test_a_call_over_several_lines_is_told_by_its_attribute() -> None:
    files = {
        "shop/pay.py": "import requests\ndef f(u):\n    x = 1\n    (requests\n     .get(u,\n          timeout=3))\n    x = 2\n"
    }
    (path,) = [one for one in paths_of(files) if one.kind == "unwind"]
    assert path.call is not None
    one = failure(
        "test_ask", 5, 7, 10, exception="requests.exceptions.Timeout", source="outside", called_from=(at(11),)
    )
    runs = Told({T + "test_ask": "passed"}, failures={"shop/pay.py": (one,)})
    (found,) = levels(files, TESTS, runs).shown([path])[0]
    assert found.level == "validated"


def test_a_call_whose_failure_went_elsewhere_did_not_enter_the_handler() -> None:
    found = level(CALL, told(caught("test_ask", 10, (11,), handled=None), lines={}))
    assert found.level == "not run"


@pytest.mark.parametrize(("handled", "wanted"), [(None, "validated"), (9, "not run")])
def test_a_failure_that_something_in_the_function_took_did_not_unwind_it(handled, wanted) -> None:
    files = {"shop/pay.py": "import requests\ndef f(u):\n    answer = requests.get(u)\n    return answer\n"}
    (path,) = [one for one in paths_of(files) if one.kind == "unwind"]
    one = failure("test_ask", 3, 14, 29, exception="requests.exceptions.Timeout", source="outside")
    one = msgspec.structs.replace(one, handled=handled, called_from=(at(11),))
    runs = Told({T + "test_ask": "passed"}, failures={"shop/pay.py": (one,)})
    (found,) = levels(files, TESTS, runs).shown([path])[0]
    assert found.level == wanted


LATE, TIMEOUT = "fetch handler: except TimeoutError", "fetch handler: except requests.Timeout"
GET = "fetch handler call: requests.get(url, timeout=3) @ Timeout"


def late(exception: str, *bases: str) -> Told:
    one = failure("test_ask", 19, 16, 44, exception=exception, bases=(*bases, "Exception"), source="outside", handled=20,
                  called_from=(at(11),))  # fmt: skip
    return told(one, lines={("shop/pay.py", 21): [one.test], ("shop/pay.py", 19): [one.test]})


def test_each_type_of_a_handler_is_a_path_of_its_own() -> None:
    runs = late("requests.exceptions.ReadTimeout", "requests.exceptions.Timeout")
    assert (level(TIMEOUT, runs).level, level(LATE, runs).level) == ("validated", "not run")


def test_an_injected_exception_that_the_dependency_never_raises_is_told() -> None:
    assert level(GET, late("requests.exceptions.ReadTimeout", "requests.exceptions.Timeout")).level == "validated"
    found = level(GET, late("TimeoutError", "OSError"))
    assert (found.level, found.is_kept) == ("run", False)
    assert "TimeoutError, which requests.get is not known to raise" in found.why


# -- what counts


@pytest.mark.parametrize("outcome", ["failed", "skipped", "xfailed", "xpassed", "error", "rerun", "unknown"])
def test_only_passing_tests_count(outcome) -> None:
    runs = told(raised("test_pay", 5), tests={T + "test_pay": outcome})
    found = level(RAISE, runs)
    assert (found.level, found.running) == ("not run", ())
    assert "test_pay" in found.why


@pytest.mark.parametrize("phase", ["setup", "teardown", "none"])
def test_only_the_call_of_a_test_counts(phase) -> None:
    assert level(RAISE, told(raised("test_pay", 5, phase=phase), lines={})).level == "not run"


def test_tests_that_the_project_leaves_out_do_not_count() -> None:
    runs = told(raised("test_pay", 5))
    assert level(RAISE, runs, not_counted=[T + "test_pay"]).level == "not run"


def test_a_thread_of_an_earlier_test_is_unknown() -> None:
    found = level(CALL, told(caught("test_ask", 10, (11,), older_thread=True), lines={}))
    assert (found.level, "thread" in found.why) == ("unknown", True)


def test_evidence_that_does_not_hold_is_unknown() -> None:
    found = level(RAISE, told(raised("test_pay", 5), old={"pay": "it has changed since the tests were run"}))
    assert (found.level, found.stale, found.why) == ("unknown", True, "it has changed since the tests were run")


def test_no_evidence_is_unknown() -> None:
    found = level(RAISE, Missing("evidence of a test run", "type quality-gate test"))  # type: ignore[arg-type]
    assert (found.level, found.stale, found.why) == ("unknown", True, "there is no evidence of a test run")


@pytest.mark.parametrize(
    ("problem", "wanted"),
    [("the run did not end", "unknown"), ("3 of 40 collected tests were run", "unknown"),
     ("1 of 2 tests failed: tests/test_pay.py::test_x", "not run")],
)  # fmt: skip
def test_a_run_that_is_not_whole_says_not_run_of_nothing(problem, wanted) -> None:
    found = level(HANDLER, told(raised("test_pay", 5), problems=(problem,)))
    assert found.level == wanted
    assert (problem in found.why) is (wanted == "unknown")


# -- lines and jumps


def test_the_static_definition_of_a_raise() -> None:
    arcs = {(-6, 7), (7, 8), (8, -6)}
    assert level(RAISE, by_lines("test_pay", arcs, (4, 5))).level == "validated"
    assert level(RAISE, by_lines("test_any", arcs, (7, 8))).level == "run"
    assert level(RAISE, by_lines("test_ask", arcs, (10, 11))).level == "validated"
    assert level(RAISE, by_lines("test_no_check", arcs, (13,))).level == "run"
    assert (
        level(RAISE, by_lines("test_no_check", arcs, ())).why == "what the tests that make it happen check is not known"
    )


def test_the_static_definition_of_a_handler() -> None:
    arcs = {(-10, 11), (11, 12), (12, 13), (13, 14), (14, -10)}
    runs = by_lines("test_ask", arcs, (10, 11))
    assert [level(key, runs).level for key in (HANDLER, CALL)] == ["validated", "validated"]
    runs = by_lines("test_no_check", arcs, (13,))
    assert [level(key, runs).level for key in (HANDLER, CALL)] == ["run", "run"]
    passed = by_lines("test_ask", {(-10, 11), (11, 12), (12, 15), (15, -10)}, (10, 11))
    assert [level(key, passed).level for key in (HANDLER, CALL)] == ["not run", "not run"]


def test_which_type_entered_lines_do_not_tell() -> None:
    found = level(LATE, by_lines("test_ask", {(19, 20), (20, 21)}, (10, 11)))
    assert (found.level, "which of its types" in found.why) == ("unknown", True)


# -- a coverage file


def covered(*run: int) -> Told:
    file = FileRuns("shop/pay.py", frozenset(range(1, 22)), frozenset(), frozenset(run), {}, frozenset())
    return Told({}, files={"shop/pay.py": file}, unknown={"": "coverage does not tell what failed"})


def test_a_coverage_file_tells_lines_and_no_more() -> None:
    assert level(RAISE, covered(7, 8)).level == "run"
    assert level(RAISE, covered(7)).level == "not run"
    assert level(HANDLER, covered(11, 12, 13, 14)).level == "run"
    assert level(CALL, covered(11, 12, 13, 14)).level == "unknown"
    assert level(CALL, covered(11)).level == "not run"
    assert level(LATE, covered(19, 20, 21)).level == "unknown"


def test_what_a_coverage_report_leaves_out_may_be_run() -> None:
    lines = frozenset(range(1, 22))
    file = FileRuns("shop/pay.py", lines, frozenset({8}), frozenset({7}), {}, frozenset(), untold=frozenset({8}))
    runs = Told({}, files={"shop/pay.py": file}, unknown={"": "coverage does not tell what failed"})
    found = level(RAISE, runs)
    assert (found.level, "name the .coverage file itself" in found.why) == ("unknown", True)
    assert level(HANDLER, runs).level == "not run"


# -- proofs


class Proven:
    """`Proofs` of one outcome for every path."""

    def __init__(self, proof: Proof) -> None:
        self._proof = proof

    def of(self, path: FailurePath) -> Proof | None:
        """See `Proofs`."""
        return self._proof


def test_a_killed_mutant_proves() -> None:
    found = level(RAISE, told(raised("test_any", 8)), proofs=Proven(Proof(killed_by=(T + "test_any",))))
    assert (found.level, found.tests, found.why) == ("proven", (T + "test_any",), "")


def test_a_mutant_that_survives_takes_back_what_the_evidence_said() -> None:
    runs = told(raised("test_pay", 5))
    found = level(RAISE, runs, proofs=Proven(Proof(survived="-raise", tests=("a", "b"))))
    assert (found.level, found.why) == ("run", "a change of it went unnoticed by the 2 tests that run it")
    proofs = Proven(Proof(survived="-raise", tests=("a",)))
    assert level(HANDLER, runs, proofs=proofs).level == "not run"


# -- kinds of which only proof tells more


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("def f(gw):\n    try:\n        gw.ask()\n    except Exception:\n        return 0\n", "handler"),
        ("def f(gw):\n    try:\n        gw.ask()\n    except KeyError:\n        pass\n", "handler"),
        ("def f(gw):\n    if gw.status != 200:\n        return None\n    return gw\n", "error return"),
    ],
)
def test_only_proof_tells_more(source, kind) -> None:
    files = {"shop/f.py": source}
    (path,) = [one for one in paths_of(files) if one.kind == kind]
    runs = Told({T + "test_ask": "passed"}, lines={("shop/f.py", path.line): [T + "test_ask"]})
    (found,) = levels(files, TESTS, runs).shown([path])[0]
    assert (found.level, found.only_proof, found.is_kept) == ("run", True, True)
    assert "only proof tells more" in found.why


def test_members_are_told_with_what_does_not_count() -> None:
    files: Mapping[str, str] = {"shop/f.py": "def f():\n    raise OSError\ndef g():\n    raise NotImplementedError\n"}
    codebase = link(files, Settings())
    held = codebase.definitions_in("shop/f.py")
    members = tuple(member_of(held, one) for one in held if one.kind == "function")
    runs = Told({T + "test_ask": "passed"}, problems=("the run did not end",))
    found = levels(files, TESTS, runs).of(ResolvedPath("payments", CriticalPath(entry=("shop.f:f",)), members))
    assert [one.path.text for one in found.shown] == ["raise OSError"]
    assert [one.text for one in found.never] == ["raise NotImplementedError"]
    assert found.problems == ("the run did not end",)
