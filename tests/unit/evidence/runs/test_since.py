"""A run of all tests and the parts that were run since, taken together."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from quality_gate.errors import Missing
from quality_gate.evidence.runs.counting import Counting
from quality_gate.evidence.runs.recorded import Recorded, read_recorded
from quality_gate_recorder.evidence_file import Evidence, write
from quality_gate_recorder.failure_tables import Failure, Place, Seen
from quality_gate_recorder.isolation_tables import Touch
from recorded_evidence import META, evidence, save, write_files

PAY = """def charge(order):
    if order > 3:
        raise ValueError(order)
    return order


def refund(order):
    return -order


def idle():
    return 0
"""
OTHER_CHARGE = PAY.replace("order > 3", "order > 4")
TEST_PAY = "def test_ok():\n    pass\n\ndef test_much():\n    pass\n"
TEST_BACK = "def test_back():\n    pass\n"
TESTS = {"tests/test_pay.py": TEST_PAY, "tests/test_back.py": TEST_BACK}
OK, MUCH, BACK = "tests/test_pay.py::test_ok", "tests/test_pay.py::test_much", "tests/test_back.py::test_back"
IMPORT = {"shop/pay.py": [-1, 1, 7, 11, -1]}
LITTLE, TOO_MUCH = {"shop/pay.py": [-1, 2, 4, -1]}, {"shop/pay.py": [-1, 2, 3, -1]}
RAN = {
    ("", "none"): IMPORT,
    (OK, "call"): LITTLE,
    (MUCH, "call"): TOO_MUCH,
    (BACK, "call"): {"shop/pay.py": [-7, 8, -7]},
}


def whole(root: Path, pay: str = PAY, **more: object) -> Evidence:
    """All three tests."""
    given: dict[str, object] = {"sources": {"shop/pay.py": pay}, "ran": RAN, "tests": TESTS}
    return evidence(root, **(given | more))  # type: ignore[arg-type]  # whatever a test gives


def part(root: Path, ran: dict, pay: str = PAY, tests: dict = TESTS, **more: object) -> Evidence:
    """Some tests, run a minute later; files are written as they were then."""
    meta = META._replace(started="1795329120.0", chosen="1", exit_status="1" if more.get("outcomes") else "0")
    return evidence(root, {"shop/pay.py": pay}, {("", "none"): IMPORT} | ran, tests, meta=meta, **more)  # type: ignore[arg-type]  # whatever a test gives


def beside(*kept: Evidence, last: Evidence, root: Path) -> None:
    """Put runs where they are kept, and the last one of them."""
    last.meta = last.meta._replace(beside=json.dumps([one.meta.started for one in kept]))
    folder = save(last, root).parent
    for number, one in enumerate(kept):
        write(one, folder / f"evidence-{number}.db")


def together(root: Path, *kept: Evidence, last: Evidence) -> Recorded:
    beside(*kept, last=last, root=root)
    return read_recorded(root, tracked=False)


def run_of(found: Recorded) -> frozenset[int]:
    file = found.file("shop/pay.py")
    assert file is not None
    return file.run


def test_what_a_part_does_not_run_is_kept_of_the_whole_run(tmp_path: Path) -> None:
    found = together(tmp_path, whole(tmp_path), last=part(tmp_path, {(OK, "call"): LITTLE}))
    assert run_of(found) == {1, 2, 3, 4, 7, 8, 11}
    assert found.tests == {OK: "passed", MUCH: "passed", BACK: "passed"}
    assert [found.stale("shop/pay.py", name) for name in ("charge", "refund", "idle", "")] == [None] * 4
    assert [found.in_part("shop/pay.py", name) for name in ("charge", "refund", "idle", "")] == [""] * 4
    assert (found.partial, found.problems) == ("", ())
    assert found.tests_of("shop/pay.py", 2) == (MUCH, OK)
    assert found.description.endswith(", 3 tests, commit 1f2e3d4, and since then 1 test in a part")


def test_a_test_that_fails_now_has_not_passed(tmp_path: Path) -> None:
    failing = part(tmp_path, {(OK, "call"): LITTLE}, outcomes={OK: "failed"})
    found = together(tmp_path, whole(tmp_path), last=failing)
    assert found.tests[OK] == "failed"
    assert found.problems == (f"1 of 3 tests failed: {OK}",)


def test_those_that_failed_are_counted_among_all_that_are_known(tmp_path: Path) -> None:
    before = whole(tmp_path, outcomes={OK: "failed"}, meta=META._replace(exit_status="1"))
    found = together(tmp_path, before, last=part(tmp_path, {(MUCH, "call"): {}, (BACK, "call"): {}}))
    assert found.problems == (f"1 of 3 tests failed: {OK}",)
    both = part(tmp_path, {(MUCH, "call"): {}}, outcomes={MUCH: "failed"})
    assert together(tmp_path, before, last=both).problems == (f"2 of 3 tests failed: {MUCH}, {OK}",)


def test_a_line_that_a_test_does_not_run_any_more_is_not_run_and_may_be(tmp_path: Path) -> None:
    found = together(tmp_path, whole(tmp_path), last=part(tmp_path, {(BACK, "call"): {}}))
    assert 8 not in run_of(found)
    assert found.tests_of("shop/pay.py", 8) == ()
    assert "did not; since then 1 test was chosen: what the others run is not known" in found.in_part(
        "shop/pay.py", "refund"
    )
    assert found.in_part("shop/pay.py", "charge") == ""


def test_a_branch_that_a_test_does_not_take_any_more_may_be_taken(tmp_path: Path) -> None:
    pay = "def charge(order):\n    if order:\n        order = 1\n    return order\n"
    imported = {("", "none"): {"shop/pay.py": [-1, 1, -1]}}
    both = {"shop/pay.py": [-1, 2, 3, 4, -1, 2, 4, -1]}
    before = whole(tmp_path, pay, ran=imported | {(OK, "call"): both})
    last = part(tmp_path, imported | {(OK, "call"): {"shop/pay.py": [-1, 2, 3, 4, -1]}}, pay)
    found = together(tmp_path, before, last=last)
    file = found.file("shop/pay.py")
    assert file is not None
    assert (file.run, file.taken) == ({1, 2, 3, 4}, {(2, 3)})
    assert found.in_part("shop/pay.py", "charge")


def test_what_does_not_hold_of_the_whole_run_is_not_run(tmp_path: Path) -> None:
    before = whole(tmp_path)
    changed = TESTS | {"tests/test_pay.py": TEST_PAY.replace("pass", "return", 1)}
    last = part(tmp_path, {(OK, "call"): LITTLE}, tests=changed)
    for one in (before, last):
        one.meta = one.meta._replace(failures="1")
    before.failures.exceptions["ValueError"] = ("Exception",)
    flight = Failure("shop/pay.py", 3, 4, 3, 27, "ValueError", "here", 0, (), None, False, 0, False)
    before.failures.seen = [Seen(MUCH, "call", (), (flight,))]
    found = together(tmp_path, before, last=last)
    assert found.stale("shop/pay.py", "charge") is None
    assert found.in_part("shop/pay.py", "charge").startswith("tests/test_pay.py has changed since the tests were run")
    assert run_of(found) == {1, 2, 4, 7, 8, 11}
    assert (found.tests_of("shop/pay.py", 2), found.tests_of("shop/pay.py", 3)) == ((OK,), ())
    assert found.failures_of("shop/pay.py") == ()
    assert found.arcs_of("shop/pay.py")[MUCH] == frozenset()


def test_a_function_that_changed_is_known_from_the_part_alone(tmp_path: Path) -> None:
    before = whole(tmp_path)
    found = together(tmp_path, before, last=part(tmp_path, {(OK, "call"): LITTLE}, OTHER_CHARGE))
    assert found.stale("shop/pay.py", "charge") is None
    assert found.in_part("shop/pay.py", "charge") == (
        "it has changed since the tests were run; since then 1 test was chosen: what the others run is not known"
    )
    assert run_of(found) == {1, 2, 4, 7, 8, 11}, "line 3 was run before it changed"
    assert found.tests_of("shop/pay.py", 2) == (OK,)
    assert found.in_part("shop/pay.py", "refund") == ""


def test_a_function_that_changed_and_was_not_run_anew_is_stale(tmp_path: Path) -> None:
    before = whole(tmp_path)
    found = together(
        tmp_path, before, last=part(tmp_path, {(BACK, "call"): {"shop/pay.py": [-7, 8, -7]}}, OTHER_CHARGE)
    )
    assert found.stale("shop/pay.py", "charge") == "it has changed since the tests were run"
    assert found.stale("shop/pay.py", "refund") is None


def test_a_function_that_changed_after_the_part_is_stale(tmp_path: Path) -> None:
    before = whole(tmp_path)
    last = part(tmp_path, {(OK, "call"): LITTLE}, OTHER_CHARGE)
    write_files(tmp_path, {"shop/pay.py": PAY.replace("order > 3", "order > 5")})
    found = together(tmp_path, before, last=last)
    assert found.stale("shop/pay.py", "charge") == "it has changed since the tests were run"
    assert found.in_part("shop/pay.py", "charge") == ""


def test_a_change_that_was_taken_back_loses_what_was_run_meanwhile(tmp_path: Path) -> None:
    before = whole(tmp_path)
    last = part(tmp_path, {(OK, "call"): LITTLE}, OTHER_CHARGE.replace("-order", "0 - order"))
    write_files(tmp_path, {"shop/pay.py": PAY})
    found = together(tmp_path, before, last=last)
    assert found.stale("shop/pay.py", "charge") == "it has changed since the tests were run"
    assert found.stale("shop/pay.py", "refund") is None, "the part did not run it, then or before"


def test_tests_that_changed_and_were_not_run_anew_make_stale_what_they_ran(tmp_path: Path) -> None:
    before = whole(tmp_path)
    changed = TESTS | {"tests/test_pay.py": TEST_PAY.replace("pass", "return", 1)}
    found = together(tmp_path, before, last=part(tmp_path, {(BACK, "call"): RAN[BACK, "call"]}, tests=changed))
    assert found.stale("shop/pay.py", "charge") == "tests/test_pay.py has changed since the tests were run"
    assert found.stale("shop/pay.py", "refund") is None
    both = {(OK, "call"): LITTLE, (MUCH, "call"): TOO_MUCH}
    found = together(tmp_path, before, last=part(tmp_path, both, tests=changed))
    assert found.stale("shop/pay.py", "charge") is None
    assert found.in_part("shop/pay.py", "charge") == "", "all that ran it before ran it anew, as it is"


def test_tests_that_changed_after_the_part_make_stale_what_they_ran(tmp_path: Path) -> None:
    before, last = whole(tmp_path), part(tmp_path, {(OK, "call"): LITTLE}, OTHER_CHARGE)
    write_files(tmp_path, {"tests/test_pay.py": ""})
    found = together(tmp_path, before, last=last)
    assert found.stale("shop/pay.py", "charge") == "tests/test_pay.py has changed since the tests were run"


def test_a_new_file_is_known_from_the_part(tmp_path: Path) -> None:
    before, last = whole(tmp_path), part(tmp_path, {(OK, "call"): LITTLE})
    new = evidence(tmp_path, {"shop/new.py": "def new():\n    return 1\n"}, {}, {})
    last.files |= new.files
    last.files["shop/new.py"].add(OK, "call", [(-1, 2), (2, -1)])
    found = together(tmp_path, before, last=last)
    assert found.stale("shop/new.py", "new") is None
    assert found.in_part("shop/new.py", "new").startswith("the test run did not measure its file; since then")
    assert found.stale("shop/none.py", "new") == "the test run did not measure its file"


def test_of_several_parts_each_test_counts_by_its_last_run(tmp_path: Path) -> None:
    before = whole(tmp_path)
    one = part(tmp_path, {(MUCH, "call"): TOO_MUCH}, outcomes={MUCH: "failed"})
    two = part(tmp_path, {(OK, "call"): LITTLE})
    two.meta = two.meta._replace(started="1795329180.0")
    found = together(tmp_path, before, one, last=two)
    assert found.tests == {OK: "passed", MUCH: "failed", BACK: "passed"}
    assert found.problems == (f"1 of 3 tests failed: {MUCH}",)
    again = part(tmp_path, {(MUCH, "call"): TOO_MUCH}, OTHER_CHARGE)
    again.meta = again.meta._replace(started="1795329180.0")
    assert together(tmp_path, before, one, last=again).problems == ()


@pytest.mark.parametrize(("pay", "told"), [(PAY, True), (OTHER_CHARGE, False)])
def test_a_test_that_fails_only_among_all_is_told(tmp_path: Path, pay: str, told: bool) -> None:
    meta = META._replace(exit_status="1")
    before = whole(tmp_path, outcomes={OK: "failed"}, meta=meta)
    found = together(tmp_path, before, last=part(tmp_path, {(OK, "call"): LITTLE}, pay))
    assert found.tests[OK] == "passed"
    said = f"1 test failed among all, and not when run anew with nothing changed: {OK}"
    assert found.problems == ((said,) if told else ())


def test_what_failed_and_what_was_touched_counts_by_the_last_run_of_a_test(tmp_path: Path) -> None:
    before, last = whole(tmp_path), part(tmp_path, {(MUCH, "call"): LITTLE})
    flight = Failure("shop/pay.py", 3, 4, 3, 27, "ValueError", "here", 0, (), None, False, 1, False)
    before.meta = before.meta._replace(failures="1", touches="1")
    last.meta = last.meta._replace(failures="1", touches="1")
    before.failures.exceptions["ValueError"] = ("Exception",)
    before.failures.seen = [Seen(test, "call", (Place("tests/test_pay.py", 2),), (flight,)) for test in (OK, MUCH)]
    before.touches.found = {Touch(test, "call", "sleep", "time.sleep", 1.0, "", 0, "", 0) for test in (OK, MUCH)}
    before.failures.not_all(MUCH, "a process was not watched")
    found = together(tmp_path, before, last=last)
    assert [one.test for one in found.failures_of("shop/pay.py")] == [OK]
    assert found.ran_in(MUCH) == ()
    assert len(found.ran_in(OK)) == 1
    assert found.touched is not None
    assert [one.test for one in found.touched.touches] == [OK]
    assert found.unseen(MUCH) is None
    assert found.arcs_of("shop/pay.py")[MUCH] == {(-1, 2), (2, 4), (4, -1)}
    assert found.code_of([OK, MUCH])[-1] == "tests/test_pay.py"
    assert found.seconds_of([OK, MUCH]) == pytest.approx(0.2)


def test_lines_of_tests_are_known_where_all_tests_of_the_file_tell_them(tmp_path: Path) -> None:
    before = whole(tmp_path)
    changed = TESTS | {"tests/test_pay.py": TEST_PAY.replace("pass", "return", 1)}
    last = part(tmp_path, {(OK, "call"): LITTLE}, tests=changed)
    last.failures.seen = [Seen(OK, "call", (Place("tests/test_pay.py", 2),), ())]
    found = together(tmp_path, before, last=last)
    assert found.test_lines("tests/test_pay.py") is None, "test_much was not run since its file changed"
    last = part(tmp_path, {(OK, "call"): LITTLE, (MUCH, "call"): TOO_MUCH}, tests=changed)
    last.failures.seen = [Seen(OK, "call", (Place("tests/test_pay.py", 2),), ())]
    assert together(tmp_path, before, last=last).test_lines("tests/test_pay.py") == {2}


def test_unit_tests_alone_count_in_all_runs(tmp_path: Path) -> None:
    before, last = whole(tmp_path), part(tmp_path, {(OK, "call"): LITTLE})
    beside(before, last=last, root=tmp_path)
    found = read_recorded(tmp_path, tracked=False, counting=Counting(only_unit=True, paths=("tests/test_pay.py",)))
    assert found.not_counted == {OK, MUCH}
    file = found.file("shop/pay.py")
    assert file is not None
    assert file.run == {1, 7, 8, 11}
    assert file.otherwise is not None
    assert file.otherwise.run == {1, 2, 3, 4, 7, 8, 11}


def test_a_part_counts_with_nothing_but_what_it_was_recorded_beside(tmp_path: Path) -> None:
    before, last = whole(tmp_path), part(tmp_path, {(OK, "call"): LITTLE})
    beside(before, last=last, root=tmp_path)
    write(whole(tmp_path, meta=META._replace(started="1.0")), tmp_path / ".quality-gate/evidence-0.db")
    found = read_recorded(tmp_path, tracked=False)
    assert found.partial == "1 test was chosen: what the others run is not known"
    (tmp_path / ".quality-gate/evidence-0.db").unlink()
    assert read_recorded(tmp_path, tracked=False).tests == {OK: "passed"}


def test_a_whole_run_counts_alone(tmp_path: Path) -> None:
    last = whole(tmp_path)
    last.meta = last.meta._replace(started="5.0")
    beside(part(tmp_path, {(OK, "call"): LITTLE}), last=last, root=tmp_path)
    assert read_recorded(tmp_path, tracked=False).description.endswith("3 tests, commit 1f2e3d4")


def test_a_part_is_no_whole_run(tmp_path: Path) -> None:
    found = together(tmp_path, part(tmp_path, {(MUCH, "call"): TOO_MUCH}), last=part(tmp_path, {(OK, "call"): LITTLE}))
    assert found.tests == {OK: "passed"}


@pytest.mark.parametrize("told", ["1", '{"a": 1}', "[1]", json.dumps(["1"] * 10), "["])
def test_what_stands_beside_is_looked_at(tmp_path: Path, told: str) -> None:
    last = part(tmp_path, {(OK, "call"): LITTLE})
    last.meta = last.meta._replace(beside=told)
    save(last, tmp_path)
    with pytest.raises(Missing, match=r"evidence\.db: it holds what cannot be"):
        read_recorded(tmp_path, tracked=False)
