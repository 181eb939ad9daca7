"""What the findings of failure-scenarios say: who can fail, where, which tests know of it, and what to try."""

from __future__ import annotations

import msgspec
import pytest

from graphs import SmallRuns, file_runs
from quality_gate.codebase.assertions import TestAssertions
from quality_gate.failure_levels import NearTest
from quality_gate.failure_paths import Failure, most_telling
from quality_gate.model import LineRange, Mode, Outcome, Stage
from quality_gate.practices.failure_scenarios import failure_scenarios
from quality_gate.project_rules.failures._words import called, injection, line_of, types_of, what_if
from quality_gate_checkers.model.inspection import Inspection
from shown import (
    PATH,
    REJECTS,
    SOURCE,
    TESTS,
    UNAVAILABLE,
    bench_of,
    call_at,
    changed,
    entering,
    handled,
    place,
    shown,
    unwinding,
)


def findings(*found, **more):
    (verdict,) = failure_scenarios.judge(bench_of(found, **more), Mode.ENFORCE)
    return verdict.findings


def only(*found, **more):
    (finding,) = findings(*found, **more)
    return finding


def test_what_a_product_owner_reads_of_a_dependency():
    declined = shown(handled(5, REJECTS), "validated", "tests/test_pay.py::test_declined")
    finding = only(declined, shown(handled(5, UNAVAILABLE, at=9)), shown(unwinding(15, UNAVAILABLE)))
    assert finding.message == (
        "What if the bank does not answer? No test says: gw.capture(order) in pay() can raise BankTimeout, handled at "
        "line 9; 0 of the 3 tests that run pay() make that happen (test_declined makes CardDeclined happen); likewise "
        "at shop/pay.py:15. Nearest happy test: test_pay_is_paid."
    )
    assert finding.remedy == (
        "try `gw.capture.side_effect = BankTimeout` and check what must hold then; "
        "`quality-gate explain shop/pay.py:5 --suggest` writes its beginning"
    )
    assert (finding.path, finding.line, finding.column, finding.function) == (PATH, 5, 9, "shop.pay.pay")
    assert (finding.critical_path, finding.tests) == ("payments", (TESTS[0],))


def test_a_dependency_that_fails_in_a_test_which_checks_nothing():
    finding = only(shown(unwinding(5, REJECTS), "run", "t.py::test_x", "t.py::test_y", why="no oracle ran after it"))
    assert finding.message.startswith(
        "What if the bank says no? test_x makes it happen and does not say: gw.capture(order) in pay() can raise "
        "CardDeclined, which leaves the function; no oracle ran after it."
    )
    assert finding.remedy.startswith("check in that test what must hold then")
    assert finding.tests == ("t.py::test_x", "t.py::test_y")


@pytest.mark.parametrize(
    ("path", "said", "remedy"),
    [
        (place(20), "pay() can end in `raise Declined(order)`", "within `pytest.raises(Declined)`"),
        (place(20, "re-raise", text="raise", types=()), "pay() can end in `raise`", "and check what must hold then"),
        (
            place(20, "validation"),
            "pay() refuses what it is given: `raise Declined(order)`",
            "within `pytest.raises(Declined)`",
        ),
        (
            place(20, "validation", text="return None", leaves_by="return"),
            "pay() refuses what it is given: `return None`",
            "and check what must hold then",
        ),
        (
            place(20, "error return", text="return None", types=()),
            "pay() says that it failed: `return None`",
            "and check what must hold then",
        ),
        (entering(20), "`except BankTimeout` in pay() answers a failure", "and check what must hold then"),
        (place(20, "cleanup", text="with lock"), "`with lock` in pay() cleans up after a failure", "and check"),
        (
            place(20, "retry exhaustion", text="@retry"),
            "pay() gives up after the last attempt: `@retry`",
            "and check",
        ),
        (place(20, "partial failure", text="q.send()"), "q.send() in pay() can succeed in part", "and check"),
        (
            handled(20, msgspec.structs.replace(REJECTS, dependency="", family="")),
            "gw.capture(order) in pay() can raise CardDeclined, handled at line 22",
            "try `gw.capture.side_effect = CardDeclined`",
        ),
    ],
)
def test_each_kind_says_what_can_fail_and_what_to_try(path, said, remedy):
    finding = only(shown(path))
    assert finding.code == "QG331"
    assert finding.message == (
        f"{said}; 0 of the 3 tests that run pay() make that happen. Nearest happy test: test_pay_is_paid."
    )
    assert remedy in finding.remedy


def test_a_function_that_no_test_runs_or_only_one():
    assert only(shown(place(5), running=())).message == "pay() can end in `raise Declined(order)`; no test runs pay()."
    assert only(shown(place(5), running=())).tests == ()
    assert "0 of the 1 test that runs pay() make that happen." in only(shown(place(5), running=TESTS[:1])).message


def test_a_nearest_test_in_which_something_fails_is_not_called_happy():
    finding = only(shown(place(5)), nearest=NearTest("tests/test_pay.py::test_pay_fails", is_happy=False))
    assert finding.message.endswith("make that happen. Nearest test: test_pay_fails.")
    assert finding.tests == ("tests/test_pay.py::test_pay_fails",)


def test_a_path_that_is_run_and_not_checked():
    finding = only(shown(place(5), "run", "tests/t.py::TestPay::test_b[card]", why="it expects any Exception"))
    assert (finding.code, finding.severity) == ("QG332", "error")
    assert finding.message == (
        "pay() can end in `raise Declined(order)`; it happens in TestPay.test_b[card] and no test is seen to check the "
        "outcome: it expects any Exception."
    )
    assert finding.remedy.startswith("check in TestPay.test_b[card] what must hold then")
    assert only(shown(place(5), "run", why="")).message.endswith("nothing of the outcome is seen to be checked.")


@pytest.mark.parametrize("path", [entering(5, broad=True), handled(5, broad=True)])
def test_what_only_proof_can_tell_warns_and_names_the_command(path):
    finding = only(shown(path, "run", only_proof=True, why="it catches everything"))
    assert (finding.code, finding.severity) == ("QG332", "warning")
    assert finding.message.endswith("nothing shows that a test would notice its loss: it catches everything.")
    assert finding.remedy == f"`quality-gate prove {PATH}:{line_of(path)}` breaks it on purpose and tells"


def test_guards_and_cleanups_that_are_run_say_nothing():
    kinds = [place(5, "error return"), place(6, "cleanup"), unwinding(7), place(8, "validation")]
    assert findings(*(shown(path, "run", only_proof=True) for path in kinds)) == ()


def test_the_calls_of_one_handler_are_told_together():
    finding = only(*(shown(handled(line, at=9)) for line in (5, 6, 7, 8)))
    assert "the same handler answers for gw.capture(order) (line 6), gw.capture(order) (line 7) and 1 more" in (
        finding.message
    )


def test_what_the_change_touches_is_new_wherever_it_stands():
    path = unwinding(5, REJECTS)
    path = msgspec.structs.replace(path, call=msgspec.structs.replace(path.call, end_line=8))
    for line, new in ((5, True), (7, True), (8, True), (9, False)):
        assert findings(shown(path), change=changed((line, line)))[0].new is new


def test_a_finding_keeps_its_identity_when_lines_move_and_dependencies_have_one_each():
    path = place(5)
    moved = place(9, id=path.id)
    assert only(shown(path)).fingerprint == only(shown(moved)).fingerprint
    first, second = findings(shown(handled(5, REJECTS)), shown(handled(15, UNAVAILABLE)))
    assert first.fingerprint != second.fingerprint


def test_nothing_is_said_of_a_path_whose_run_went_wrong():
    assert findings(shown(place(5)), problems=("the run crashed",), stage=Stage.CI) == ()


@pytest.mark.parametrize(
    ("dependency", "wanted"),
    [
        ("bank", "the bank"),
        ("httpx", "the service behind httpx"),
        ("psycopg", "the database (psycopg)"),
        ("redis", "the cache (redis)"),
        ("files", "the file system"),
        ("smtplib", "the mail server (smtplib)"),
        ("sqlite3", "the database (sqlite3)"),
        ("pytz", "the pytz"),
    ],
)
def test_dependencies_are_called_as_people_call_them(dependency, wanted):
    assert called(dependency) == wanted
    assert what_if(dependency, "slow") == f"What if {wanted} answers too late?"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("gw.capture(order)", "gw.capture.side_effect = BankTimeout"),
        ("self._gateway.charge(order.total)", "gateway.charge.side_effect = BankTimeout"),
        ("charge(", "charge.side_effect = BankTimeout"),
        ("clients[0].charge(1)", ""),
        ("get()()", "get.side_effect = BankTimeout"),
    ],
)
def test_a_line_that_makes_the_call_fail(text, wanted):
    path = unwinding(5, UNAVAILABLE)
    path = msgspec.structs.replace(path, call=call_at(5, text))
    assert injection(path, types_of(path)) == wanted
    assert injection(place(5), "Declined") == ""
    assert injection(path, "") == ""


def test_types_that_are_only_counted_are_none_to_try():
    types = ("builtins.FileExistsError", "builtins.PermissionError", "builtins.BlockingIOError", "shop.A", "shop.B")
    path = unwinding(5, *(Failure(name, "files", "rejects") for name in types), text="tempfile.mkstemp()")
    told = types_of(path, "files", "rejects")
    assert told.endswith(" or 2 more")
    assert injection(path, told) == "tempfile.mkstemp.side_effect = BlockingIOError"


def test_the_exception_to_try_is_the_one_that_is_suggested():
    kinds = [Failure(f"httpx.{name}", "httpx", "unavailable") for name in ("ConnectTimeout", "ReadTimeout")]
    assert only(shown(unwinding(5, *kinds))).remedy.startswith("try `gw.capture.side_effect = ReadTimeout`")
    assert most_telling(["builtins.KeyError", "shop.Lost"]) == "shop.Lost"
    assert most_telling(["builtins.SystemExit", "builtins.KeyError"]) == "builtins.KeyError"


def test_a_function_of_the_projects_own_is_not_where_its_failure_begins():
    path = handled(5, UNAVAILABLE)
    path = msgspec.structs.replace(path, call=msgspec.structs.replace(path.call, callees=("shop.pay.take",)))
    assert injection(path, "BankTimeout") == "gw.capture.side_effect = BankTimeout", "a declared dependency"
    path = msgspec.structs.replace(path, call=msgspec.structs.replace(path.call, remote=False))
    assert only(shown(path)).remedy.startswith("let the bank raise BankTimeout in a test and check what must hold then")


def test_what_a_handler_raises_again_is_told_with_it():
    again = place(8, "re-raise", text="raise", handler=handled(5, UNAVAILABLE).handler)
    assert only(shown(handled(5, UNAVAILABLE)), shown(again)).code == "QG301"
    assert only(shown(handled(5)), shown(again)).code == "QG331"
    assert [one.code for one in findings(shown(handled(5, UNAVAILABLE)), shown(again, "run"))] == ["QG301", "QG332"]


def test_an_exception_of_no_dependency_is_named_beside_those_of_one():
    path = msgspec.structs.replace(handled(5, UNAVAILABLE), types=("a.BankError", "shop.bank.BankTimeout"))
    assert types_of(path) == "BankError or BankTimeout"
    assert types_of(path, "bank", "unavailable") == "BankTimeout"


def test_a_base_of_what_a_handler_names_is_not_said_to_be_handled_there():
    lost, base = (
        Failure(f"requests.exceptions.{one}", "requests", "unavailable")
        for one in ("ConnectionError", "RequestException")
    )
    path = msgspec.structs.replace(handled(5, lost, base), handler=handled(5, lost).handler)
    assert types_of(path, "requests", "unavailable") == "ConnectionError"
    assert types_of(handled(5, lost, base), "requests", "unavailable") == "ConnectionError or RequestException"


def test_many_types_are_counted_and_unknown_ones_left_out():
    path = place(5, types=("a.A", "b.B", "c.C", "d.D", "e.E", "?"))
    assert types_of(path) == "A, B, C or 2 more"
    assert types_of(place(5, types=("a.A", "b.B"))) == "A or B"
    assert types_of(place(5, types=("?",))) == ""


# -- assertions that no run reached

TEST_FILE = "tests/test_pay.py"


def dead(*reached: int, **more):
    runs = SmallRuns(file_runs(PATH, SOURCE, unrun=()), test_lines={TEST_FILE: frozenset(reached)})
    runs.tests = {f"{TEST_FILE}::TestPay::test_ok[{number}]": "passed" for number in range(2)}
    held = TestAssertions("TestPay.test_ok", 3, (LineRange(5, 6), LineRange(9, 9), LineRange(10, 10)))
    bench = bench_of([shown(place(5), "validated")], runs=runs, **more)
    bench._linked.assertions_in = lambda path: [held]
    inspections = {PATH: Inspection(40), TEST_FILE: Inspection(20)}
    bench.__dict__["inspections"] = inspections
    return list(failure_scenarios.judge(bench, Mode.ENFORCE))


def test_an_assertion_that_no_run_reached_warns():
    found = dead(4, 6)[-1]
    assert (found.subject, found.outcome, found.unit) == (None, Outcome.KEPT, "assertions")
    assert (found.measured, found.demanded, found.of) == (1, 0, 3)
    (finding,) = found.findings
    assert (finding.code, finding.severity, finding.path, finding.line) == ("QG333", "warning", TEST_FILE, 9)
    assert finding.message == "test_ok() passes, and its 2 runs never reached 2 of its 3 assertions: lines 9, 10"


def test_without_such_an_assertion_there_is_no_verdict_on_assertions():
    assert [one.subject for one in dead(4, 6, 9, 10)] == ["payments"]


def test_assertions_are_judged_where_no_critical_path_is_declared_and_never_at_commits():
    assert [one.unit for one in dead(4, declared=False)] == ["critical paths", "assertions"]
    remembered = dead(4, stage=Stage.COMMIT, remembered="as last linked")
    assert [one.unit for one in remembered] == ["failure paths"]
