"""What `explain FILE:LINE` tells of critical paths: chain, demand, tests, branches, doubts, calls that lead nowhere."""

from __future__ import annotations

import datetime

import msgspec

import shown as made
from graphs import SmallCodebase, SmallRuns, file_runs
from quality_gate.bench import Bench
from quality_gate.bench_linked import Linked
from quality_gate.cli._line import critical_text
from quality_gate.cli._line_failures import failures_text
from quality_gate.codebase.critical_paths import resolve
from quality_gate.codebase.graph import UnresolvedCall
from quality_gate.config import CriticalPath
from quality_gate.errors import Missing, nothing_recorded
from quality_gate.failure_levels import ShownPath, ShownPaths
from quality_gate.model import Change, Stage

PATH = "shop/pay.py"
SOURCE = """\
def pay(order):
    return take(order)


def take(order):
    # a comment
    if order:
        order.x()
    return order


def other():
    def inner():
        return 1
    return inner
"""
TABLE = {
    "payments": CriticalPath(why="Money moves here.", owner="@shop", entry=("shop.pay:pay",), line=90, branch=70),
    "stock": CriticalPath(entry=("shop.pay:take",)),
    "others": CriticalPath(entry=("shop.pay:other",)),
}
CODEBASE = SmallCodebase(
    {PATH: SOURCE},
    [("shop.pay.pay", "shop.pay.take")],
    unresolved=[UnresolvedCall("shop.pay.take", "order.x", 8, 9, "nothing tells the class of order")],
)
FILE = file_runs(PATH, SOURCE, [1, 2, 5, 7, 9, 12])


def told(line: int, runs=None, failures: tuple[ShownPath, ...] = ()) -> list[str]:
    held = runs if runs is not None else SmallRuns(FILE, tests_of={(PATH, 7): ("tests/a.py::b", "tests/a.py::c")})

    def recorded():
        if isinstance(held, Missing):
            raise held
        return held

    resolved = resolve(CODEBASE, TABLE, [PATH], lambda path: False)
    bench = Bench(
        stage=Stage.CI,
        whole=True,
        today=datetime.date(2026, 11, 22),
        critical_paths=tuple(TABLE),
        change=lambda: Change(description=""),
        inspections=dict,
        linked=Linked(
            codebase=lambda: CODEBASE,
            critical=lambda: resolved,
            runs=recorded,
            failures=lambda path: ShownPaths(shown=failures),
        ),
    )
    return list(critical_text(bench, PATH, line))


def test_everything_that_is_known_of_a_line_on_two_paths():
    assert told(7) == [
        "Critical path payments (@shop): Money moves here.",
        "    Demanded: 90 % of its lines and 70 % of its branches, together; 80 % of its failure paths",
        "    From shop.pay.pay",
        "      -> shop.pay.take, called at shop/pay.py:2 (import)",
        "Critical path stock",
        "    Demanded: 80 % of its lines and 80 % of its branches, together; 80 % of its failure paths",
        "    From shop.pay.take",
        "    Run by 2 tests: tests/a.py::b, tests/a.py::c",
        "    Branches never taken: to line 8",
        "    The function: 2 of 3 lines, 1 of 2 branches",
        "    Not resolved, line 8: order.x: nothing tells the class of order",
    ]


def test_a_line_that_no_test_runs():
    assert "    No test runs this line." in told(8)


def test_a_line_of_a_function_that_a_part_ran_anew(monkeypatch):
    monkeypatch.setitem(TABLE, "payments", CriticalPath(entry=("shop.pay:pay",), line=50, branch=50))
    lines = told(8, SmallRuns(FILE, in_part={"take": "it has changed; since then 1 test was chosen"}))
    said = "it has changed; since then 1 test was chosen; type quality-gate test without arguments"
    assert f"    Evidence of shop.pay.take: {said}" in lines
    assert "    No test that was run anew runs this line." in lines


def test_a_line_that_was_run_by_nobody_knows_whom():
    assert "    This line was run; by which tests the evidence cannot tell." in told(9)


def test_a_comment_and_a_head_belong_to_their_function_and_cannot_be_run_on_their_own():
    for line in (5, 6):
        shown = told(line)
        assert shown[0].startswith("Critical path payments")
        assert any("cannot be run on its own" in text for text in shown)


def test_a_function_inside_a_member_says_in_which_it_stands():
    shown = told(14)
    assert shown[2:4] == ["    From shop.pay.other", "      -> shop.pay.other.inner, which stands in it"]
    assert "    The function: 0 of 1 lines, no branch" in shown


def test_a_line_on_no_path():
    assert told(4) == ["On no critical path."]


def test_many_tests_are_counted():
    many = {(PATH, 7): tuple(f"t{number}" for number in range(9))}
    assert "    Run by 9 tests: t0, t1, t2, t3, t4 and 4 more" in told(7, SmallRuns(FILE, tests_of=many))


def test_why_nothing_is_known():
    missing = nothing_recorded()
    assert "    Evidence: no tests recorded yet; type quality-gate test" in told(7, missing)
    stale = SmallRuns(FILE, stale={(PATH, "take"): "it has changed since"})
    assert "    Evidence of shop.pay.take: it has changed since; type quality-gate test" in told(7, stale)
    failed = told(7, SmallRuns(FILE, problems=("a test failed",)))
    assert "    Evidence: a test failed; type quality-gate test" in failed
    assert any("The function: " in text for text in failed), "what was measured is told all the same"


# -- failure paths


def failures_told(line: int, *failures: ShownPath, **more) -> list[str]:
    return list(failures_text(made.bench_of(failures, **more), made.PATH, line))


def test_a_failure_path_is_told_with_level_tests_and_why():
    path = made.handled(7, made.UNAVAILABLE)
    one = made.shown(path, "run", "t::a", "t::b", why="nothing is checked", types=("shop.bank.BankTimeout",))
    wanted = [
        "    Failure path (handler call, line 7): gw.capture(order) in pay() can raise BankTimeout, handled at line 9",
        "        the bank: unavailable",
        "        Level: run, validated is demanded",
        "        Shown by: t::a, t::b",
        "        5 tests run the function",
        "        Seen: shop.bank.BankTimeout",
        "        No more because: nothing is checked",
        "    Begin a test for it: quality-gate explain shop/pay.py:7 --suggest · quality-gate prove shop/pay.py:7",
    ]
    for line in (7, 9, 10):
        assert failures_told(line, one) == wanted
    assert failures_told(8, one) == []


def test_what_is_waived_or_never_counted_says_so():
    waived = made.shown(made.waived(made.place(7), "2026-12-01"), running=("t::a",))
    assert failures_told(7, waived)[1:4] == [
        "        Not demanded: waived until 2026-12-01 by the comment on line 7: PAY-1",
        "        Level: not run, validated is demanded",
        "        1 test runs the function",
    ]
    never = (made.place(7, never="it is abstract"),)
    assert failures_told(7, never=never) == [
        "    Failure path (raise): `raise Declined(order)`: never counted: it is abstract"
    ]
    past = made.shown(made.waived(made.place(7), "2026-11-01"))
    assert not any("waived" in text for text in failures_told(7, past))


def test_many_tests_of_a_failure_path_are_counted():
    one = made.shown(made.place(7), "validated", *(f"t{number}" for number in range(9)))
    assert "        Shown by: t0, t1, t2, t3, t4 and 4 more" in failures_told(7, one)


def test_a_path_of_a_strange_file_is_quoted():
    strange = made.shown(made.place(7, path=made.PATH), "validated")
    hostile = made.shown(msgspec.structs.replace(strange.path, path="-a b$(x).py"))
    bench = made.bench_of([hostile])
    assert [*failures_text(bench, "-a b$(x).py", 7)][-1].startswith(
        "    Begin a test for it: quality-gate explain './-a b$(x).py:7' --suggest"
    )


def test_without_failure_paths_that_can_be_listed_the_reason_is_told():
    def missing(path):
        raise Missing("failure paths", "type quality-gate report")

    bench = made.bench_of([])
    bench._linked.failures = missing
    said = list(failures_text(bench, made.PATH, 7))
    assert said == ["    Failures: failure paths cannot be had; type quality-gate report"]


def test_the_line_of_a_critical_function_tells_its_failure_paths_once():
    path = made.place(7, path=PATH, function="take")
    said = told(7, failures=(made.shown(path),))
    assert sum("Failure path (raise" in text for text in said) == 1
