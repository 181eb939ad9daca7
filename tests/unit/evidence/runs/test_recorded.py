from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import msgspec
import pytest

from quality_gate.config import Config, parse
from quality_gate.errors import Missing
from quality_gate.evidence.runs._recorded_run import RecordedTest
from quality_gate.evidence.runs.counting import Counting, counting_of
from quality_gate.evidence.runs.recorded import RecordedRuns, read_recorded
from quality_gate.runs import Executed, FileRuns, ObservedCall, remedy_of
from quality_gate_recorder.evidence_file import Call, Evidence, Meta, bits
from recorded_evidence import META, evidence, save, write_files

PAY = """import bank

LIMIT = 3


def charge(order):
    if order > LIMIT:
        raise ValueError(order)
    return bank.take(order)


def refund(order):
    give = lambda: -order
    return give()


class Ledger:
    def add(self, order):
        return order
"""
CONFTEST = "import pytest\n"
TEST_PAY = "from shop import pay\n\n\ndef test_ok():\n    assert pay.charge(1)\n"
TEST_BACK = "from shop import pay\n\n\ndef test_back():\n    assert pay.refund(1)\n"

IMPORT = [-1, 1, 3, 6, 12, 17, 18, -1]
OK, BACK = "tests/test_pay.py::test_ok", "tests/test_back.py::test_back"


def recorded(root: Path, **more: object) -> Evidence:
    """Evidence of two tests of one module: one charges, the other pays back and charges in its set-up."""
    given: dict[str, object] = {
        "sources": {"shop/pay.py": PAY, "shop/idle.py": "x = 1\n"},
        "ran": {
            ("", "none"): {"shop/pay.py": IMPORT},
            (OK, "call"): {"shop/pay.py": [-6, 7, 9, -6]},
            (BACK, "setup"): {"shop/pay.py": [-6, 7, 8, -6]},
            (BACK, "call"): {"shop/pay.py": [-12, 13, 14, -12]},
        },
        "tests": {"tests/conftest.py": CONFTEST, "tests/test_pay.py": TEST_PAY, "tests/test_back.py": TEST_BACK},
        "helpers": {"tests/factory.py": "ORDER = 1\n"},
    }
    return evidence(root, **(given | more))  # type: ignore[arg-type]


def runs(root: Path, found: Evidence | None = None) -> RecordedRuns:
    save(found or recorded(root), root)
    return read_recorded(root, tracked=False)


def file_of(found: RecordedRuns, path: str = "shop/pay.py") -> FileRuns:
    file = found.file(path)
    assert file is not None
    return file


# --- what is read ---


def test_lines_and_branches(tmp_path: Path) -> None:
    file = file_of(runs(tmp_path))
    assert file.statements == {1, 3, 6, 7, 8, 9, 12, 13, 14, 17, 18, 19}
    assert file.run == file.statements - {19}
    assert file.branches == {7: {8, 9}}
    assert file.taken == {(7, 8), (7, 9)}
    assert file.has_branches


def test_a_file_that_nothing_ran_is_known_and_unrun(tmp_path: Path) -> None:
    file = file_of(runs(tmp_path), "shop/idle.py")
    assert file.statements == {1}
    assert not file.run


def test_files_that_were_not_measured_or_are_gone_are_not_known(tmp_path: Path) -> None:
    found = runs(tmp_path)
    assert found.file("shop/new.py") is None
    (tmp_path / "shop/idle.py").unlink()
    assert read_recorded(tmp_path, tracked=False).file("shop/idle.py") is None


def test_excluded_lines_are_statements(tmp_path: Path) -> None:
    found = recorded(tmp_path)
    found.files["shop/pay.py"].excluded = bits([8, 10])
    file = file_of(runs(tmp_path, found))
    assert file.excluded == {8}
    assert 8 in file.statements


def test_without_branches(tmp_path: Path) -> None:
    file = file_of(runs(tmp_path, recorded(tmp_path, meta=META._replace(branches="0"))))
    assert (file.has_branches, dict(file.branches), file.taken) == (False, {}, frozenset())
    assert 9 in file.run


def test_only_the_call_phase_makes_a_test_of_a_line(tmp_path: Path) -> None:
    found = runs(tmp_path)
    assert found.tests_of("shop/pay.py", 9) == (OK,)
    assert found.tests_of("shop/pay.py", 7) == (OK,)
    assert found.tests_of("shop/pay.py", 8) == ()  # only a set-up came by
    assert found.tests_of("shop/pay.py", 13) == (BACK,)
    assert found.tests_of("shop/pay.py", 3) == ()  # on import
    assert found.tests_of("shop/other.py", 3) == ()


def test_tests_and_calls(tmp_path: Path) -> None:
    calls = [Call("shop/pay.py", "charge", 9, "shop/bank.py", "take"), Call("../x.py", "f", 1, "shop/pay.py", "charge")]
    found = runs(tmp_path, recorded(tmp_path, calls=calls, outcomes={BACK: "xfailed"}))
    assert found.tests == {OK: "passed", BACK: "xfailed"}
    assert found.tests is found.tests  # asked for with each assertion, of ten thousand tests
    assert found.observed_calls == (ObservedCall("shop/pay.py", "charge", 9, "shop/bank.py", "take"),)


@pytest.mark.parametrize(
    ("meta", "said"),
    [
        (META, "quality-gate test, 2026-11-22 06:30, 2 tests, commit 1f2e3d4"),
        (META._replace(dirty="1"), "quality-gate test, 2026-11-22 06:30, 2 tests, commit 1f2e3d4 and changes since"),
        (META._replace(commit="", started="soon"), "quality-gate test, 2 tests"),
        (META._replace(commit="../../x", started="1e300"), "quality-gate test, 2 tests"),
    ],
)
def test_description(tmp_path: Path, meta: Meta, said: str) -> None:
    assert runs(tmp_path, recorded(tmp_path, meta=meta)).description == said


# --- how the run went ---


def test_a_good_run_has_no_problems(tmp_path: Path) -> None:
    assert runs(tmp_path).problems == ()


@pytest.mark.parametrize(
    ("changes", "outcomes", "said"),
    [
        ({"exit_status": "1"}, {OK: "failed"}, f"1 of 2 tests failed: {OK}"),
        ({"exit_status": "1"}, {OK: "failed", BACK: "error"}, f"2 of 2 tests failed: {BACK}, {OK}"),
        ({"exit_status": "0"}, {OK: "failed"}, f"1 of 2 tests failed: {OK}"),
        ({"exit_status": "1"}, {}, "pytest ended with 1 though no test failed"),
        ({"exit_status": "1", "ended_by": "a plugin"}, {OK: "failed"}, f"1 of 2 tests failed: {OK}"),
        ({"exit_status": "1", "ended_by": "a plugin"}, {OK: "unknown"}, f"1 of 2 tests did not end: {OK}"),
        ({"exit_status": "", "finished": ""}, {}, "the test run did not end"),
        ({"exit_status": "2"}, {}, "the test run was interrupted"),
        ({"exit_status": "3"}, {}, "pytest failed within itself"),
        ({"exit_status": "4"}, {}, "pytest was called wrongly"),
        ({"exit_status": "5"}, {}, "no test was collected"),
        ({"exit_status": "-11"}, {}, "pytest ended with -11"),
        ({}, {OK: "unknown"}, f"1 of 2 tests did not end: {OK}"),
        ({}, {OK: "grand"}, f"1 of 2 tests did not end: {OK}"),
        ({"collected": "40"}, {}, "2 of 40 collected tests were run"),
    ],
)
def test_what_went_wrong_is_said(tmp_path: Path, changes: dict[str, str], outcomes: dict[str, str], said: str) -> None:
    found = recorded(tmp_path, meta=META._replace(**changes), outcomes=outcomes)
    assert runs(tmp_path, found).problems == (said,)


def test_a_failed_test_hides_no_interruption(tmp_path: Path) -> None:
    found = recorded(tmp_path, meta=META._replace(exit_status="2"), outcomes={OK: "failed"})
    assert runs(tmp_path, found).problems == (f"1 of 2 tests failed: {OK}", "the test run was interrupted")


def test_a_plugin_that_ends_the_run_with_1_takes_nothing_from_what_the_tests_did(tmp_path: Path) -> None:
    found = recorded(tmp_path, meta=META._replace(exit_status="1", ended_by="pytest-cov ended the run with 1"))
    assert runs(tmp_path, found).problems == ()


def test_what_a_test_ran_that_took_the_tracer_away_is_not_known(tmp_path: Path) -> None:
    found = runs(tmp_path, recorded(tmp_path, meta=META._replace(untraced=f'["{OK}"]')))
    assert found.partial == f"{OK} took the tracer away (sys.settrace), so not all that it ran is known"
    assert (found.is_part, found.problems) == (False, ())
    assert "process of its own" in remedy_of(found.partial)


def test_what_the_recorder_says_comes_first(tmp_path: Path) -> None:
    found = recorded(tmp_path, meta=META._replace(exit_status="5"))
    found.problems = ["a worker was lost"]
    assert runs(tmp_path, found).problems == ("a worker was lost", "no test was collected")


def test_of_a_run_that_did_not_come_to_its_end_the_rest_is_not_told(tmp_path: Path) -> None:
    assert META.finished
    begun = Evidence(META._replace(finished="", exit_status="4"), ["the run did not begin"])
    assert runs(tmp_path, begun).problems == ("the run did not begin",)


def test_nothing_run_and_nothing_measured(tmp_path: Path) -> None:
    assert runs(tmp_path, Evidence(META)).problems == ("no test was run", "no file of the project was measured")


# --- freshness ---


def stale(root: Path, function: str, change: tuple[str, str, str]) -> str | None:
    """Why a function's evidence no longer holds after a change (file, old, new) of a file."""
    save(recorded(root), root)
    path, old, new = change
    source = (root / path).read_text()
    assert source.count(old) == 1, old
    (root / path).write_text(source.replace(old, new))
    return read_recorded(root, tracked=False).stale("shop/pay.py", function)


def test_what_has_not_changed_is_fresh(tmp_path: Path) -> None:
    found = runs(tmp_path)
    for function in ("", "charge", "refund", "refund.<lambda0>", "Ledger", "Ledger.add"):
        assert found.stale("shop/pay.py", function) is None


OWN = "it has changed since the tests were run"
MODULE = "module-level code of its file has changed since the tests were run"


@pytest.mark.parametrize(
    ("function", "old", "new", "said"),
    [
        ("charge", "raise ValueError(order)", "raise TypeError(order)", OWN),
        ("refund", "raise ValueError(order)", "raise TypeError(order)", None),
        ("", "raise ValueError(order)", "raise TypeError(order)", None),
        ("charge", "raise ValueError(order)", "raise ValueError(order)  # too much", None),
        ("charge", "def charge(order):", "# now\n\n\ndef charge(order):", None),
        ("refund", "def charge(order):", "def fresh():\n    return 1\n\n\ndef charge(order):", None),
        ("charge", "LIMIT = 3", "LIMIT = 4", MODULE),
        ("", "LIMIT = 3", "LIMIT = 4", MODULE),
        ("Ledger", "LIMIT = 3", "LIMIT = 4", MODULE),
        ("Ledger.add", "class Ledger:", "class Ledger(dict):", MODULE),
        ("refund.<lambda0>", "-order", "+order", OWN),
        ("fresh", "def charge(order):", "def fresh():\n    return 1\n\n\ndef charge(order):", "it is new since the tests were run"),
        ("Ledger.new", "    def add", "    def new(self): pass\n    def add", "it is new since the tests were run"),
        ("charge", "def charge(order):", "def charge(order:", "its file has changed since the tests were run, and cannot be parsed"),
    ],
)  # fmt: skip
def test_a_function_is_stale_when_its_own_or_the_modules_code_has_changed(
    tmp_path: Path, function: str, old: str, new: str, said: str | None
) -> None:
    assert stale(tmp_path, function, ("shop/pay.py", old, new)) == said


@pytest.mark.parametrize(
    ("path", "old", "new", "charge", "refund"),
    [
        ("tests/test_pay.py", "charge(1)", "charge(2)", "tests/test_pay.py has changed since the tests were run", None),
        ("tests/test_pay.py", "charge(1)", "charge(1)  # one", None, None),
        # The set-up of one test charges, so its file is one of charge()'s as well.
        ("tests/test_back.py", "refund(1)", "refund(2)", *["tests/test_back.py has changed since the tests were run"] * 2),
        ("tests/conftest.py", "import pytest", "import os", *["tests/conftest.py has changed since the tests were run"] * 2),
        ("tests/factory.py", "1", "2", *["tests/factory.py has changed since the tests were run"] * 2),
    ],
)  # fmt: skip
def test_a_function_is_stale_when_the_files_of_its_tests_have_changed(
    tmp_path: Path, path: str, old: str, new: str, charge: str | None, refund: str | None
) -> None:
    assert stale(tmp_path, "charge", (path, old, new)) == charge
    write_files(tmp_path, {path: (tmp_path / path).read_text()})
    assert read_recorded(tmp_path, tracked=False).stale("shop/pay.py", "refund") == refund


def test_a_function_that_no_test_ran_has_no_tests_to_go_stale(tmp_path: Path) -> None:
    assert stale(tmp_path, "Ledger.add", ("tests/conftest.py", "import pytest", "import os")) is None


def test_a_conftest_that_is_new(tmp_path: Path) -> None:
    save(recorded(tmp_path), tmp_path)
    write_files(tmp_path, {"conftest.py": "import os\n", "shop/conftest.py": "import os\n"})
    found = read_recorded(tmp_path, tracked=False)
    assert found.stale("shop/pay.py", "refund") == "conftest.py is new since the tests were run"


def test_a_conftest_that_does_not_reach_the_tests(tmp_path: Path) -> None:
    save(recorded(tmp_path), tmp_path)
    write_files(tmp_path, {"shop/conftest.py": "import os\n"})
    assert read_recorded(tmp_path, tracked=False).stale("shop/pay.py", "refund") is None


def test_a_test_file_that_is_gone(tmp_path: Path) -> None:
    save(recorded(tmp_path), tmp_path)
    (tmp_path / "tests/test_pay.py").unlink()
    found = read_recorded(tmp_path, tracked=False)
    assert found.stale("shop/pay.py", "charge") == "tests/test_pay.py is gone since the tests were run"


def test_a_test_file_that_was_not_written_down(tmp_path: Path) -> None:
    found = recorded(tmp_path)
    del found.test_files["tests/test_back.py"]
    said = runs(tmp_path, found).stale("shop/pay.py", "refund")
    assert said == "tests/test_back.py, which holds a test of it, was not written down"


def test_a_test_whose_file_lies_elsewhere(tmp_path: Path) -> None:
    found = recorded(tmp_path)
    found.tests[BACK] = found.tests[BACK]._replace(path="")
    said = runs(tmp_path, found).stale("shop/pay.py", "refund")
    assert said == f"the file of {BACK}, which ran it, lies outside the project"


def test_a_doctest_is_as_fresh_as_its_file(tmp_path: Path) -> None:
    doctest = "shop/idle.py::shop.idle.f"
    ran = {(doctest, "call"): {"shop/pay.py": [-6, 7, 9, -6]}}
    assert runs(tmp_path, recorded(tmp_path, ran=ran)).stale("shop/pay.py", "charge") is None
    (tmp_path / "shop/idle.py").write_text("x = 2\n")
    said = read_recorded(tmp_path, tracked=False).stale("shop/pay.py", "charge")
    assert said == "shop/idle.py, which holds a test of it, has changed since the tests were run"


def test_a_file_without_fingerprints_is_fresh_only_while_its_bytes_are_the_same(tmp_path: Path) -> None:
    found = recorded(tmp_path)
    found.files["shop/pay.py"].functions = {}
    assert runs(tmp_path, found).stale("shop/pay.py", "charge") is None
    (tmp_path / "shop/pay.py").write_text(PAY + "# more\n")
    said = read_recorded(tmp_path, tracked=False).stale("shop/pay.py", "charge")
    assert said == "its file has changed since the tests were run"


def test_a_file_that_was_not_measured(tmp_path: Path) -> None:
    assert runs(tmp_path).stale("shop/new.py", "f") == "the test run did not measure its file"


# --- lines of then and now ---


def test_lines_are_told_as_they_stand_now(tmp_path: Path) -> None:
    save(recorded(tmp_path), tmp_path)
    now = PAY.replace("def charge", "# a\n# b\ndef charge").replace("    raise Val", "    # c\n        raise Val")
    write_files(tmp_path, {"shop/pay.py": now})
    found = read_recorded(tmp_path, tracked=False)
    file = file_of(found)
    assert file.statements == {1, 3, 8, 9, 11, 12, 15, 16, 17, 20, 21, 22}
    assert file.run == file.statements - {22}
    assert file.branches == {9: {11, 12}}
    assert file.taken == {(9, 11), (9, 12)}
    assert found.tests_of("shop/pay.py", 12) == (OK,)
    assert found.tests_of("shop/pay.py", 10) == ()


def test_lines_of_a_changed_function_are_not_told(tmp_path: Path) -> None:
    save(recorded(tmp_path), tmp_path)
    write_files(tmp_path, {"shop/pay.py": PAY.replace("ValueError(order)", "ValueError()\n        raise TypeError")})
    found = read_recorded(tmp_path, tracked=False)
    assert file_of(found).statements == {1, 3, 6, 13, 14, 15, 18, 19, 20}
    assert found.tests_of("shop/pay.py", 14) == (BACK,)


def test_a_function_changed_within_its_lines_is_not_told_either(tmp_path: Path) -> None:
    save(recorded(tmp_path), tmp_path)
    write_files(tmp_path, {"shop/pay.py": PAY.replace("ValueError(order)", "TypeError(order)")})
    assert file_of(read_recorded(tmp_path, tracked=False)).statements == {1, 3, 6, 12, 13, 14, 17, 18, 19}


def test_exits_of_functions_move_with_them(tmp_path: Path) -> None:
    source = "def f(a):\n    if a:\n        b()\n"
    ran = {("t.py::t", "call"): {"f.py": [-1, 2, -1]}}
    found = evidence(tmp_path, {"f.py": source}, ran, {"t.py": "def t(): pass\n"})  # type: ignore[arg-type]
    assert found.files["f.py"].branches == {2: [-1, 3]}
    save(found, tmp_path)
    write_files(tmp_path, {"f.py": "# one\n# two\n" + source})
    file = file_of(read_recorded(tmp_path, tracked=False), "f.py")
    # -1 is the exit of the module as well, and stays; both the ways and the way taken say the same.
    assert file.branches == {4: {-1, 5}}
    assert file.taken == {(4, -1)}
    write_files(tmp_path, {"f.py": "#\ndef g():\n    pass\n\n" + source})
    assert file_of(read_recorded(tmp_path, tracked=False), "f.py").run == {6}


def test_a_branch_to_what_is_gone_still_counts(tmp_path: Path) -> None:
    source = "if a:\n    b = 1\n\n\ndef f():\n    pass\n\n\nc = 1\n"
    found = evidence(tmp_path, {"f.py": source}, {("", "none"): {"f.py": [-1, 1, 5, 9, -1]}}, {})
    assert found.files["f.py"].branches == {1: [2, 5]}
    save(found, tmp_path)
    write_files(tmp_path, {"f.py": source.replace("def f():\n    pass\n", "")})
    file = file_of(read_recorded(tmp_path, tracked=False), "f.py")
    assert file.branches == {1: {2, 0}}
    assert file.taken == {(1, 0)}
    write_files(tmp_path, {"f.py": source.replace("pass", "return 2")})
    file = file_of(read_recorded(tmp_path, tracked=False), "f.py")
    assert (file.branches, file.taken) == ({1: {2, 5}}, {(1, 5)})


# --- what is refused ---


def test_without_evidence_it_says_what_to_type(tmp_path: Path) -> None:
    with pytest.raises(Missing) as caught:
        read_recorded(tmp_path, tracked=False)
    assert (caught.value.what, caught.value.remedy) == ("evidence of a test run", "type quality-gate test")
    assert caught.value.clause == "no tests recorded yet"


def refused(root: Path, *, tracked: bool = False) -> str:
    with pytest.raises(Missing) as caught:
        found = read_recorded(root, tracked=tracked)
        found.file("shop/pay.py")
    assert caught.value.remedy.startswith(("delete it and type quality-gate test", "type "))
    return caught.value.what


def test_a_file_that_was_never_written_down_to_its_end(tmp_path: Path) -> None:
    found = recorded(tmp_path)
    found.files["shop/pay.py"].digest = b""
    save(found, tmp_path)
    assert refused(tmp_path) == "what can be run in shop/pay.py: the test run did not come to write it down"


def test_another_format(tmp_path: Path) -> None:
    place = save(recorded(tmp_path), tmp_path)
    connection = sqlite3.connect(place)
    connection.execute("PRAGMA user_version = 2")
    connection.close()
    assert "it is of format 2, and this version of quality-gate reads format 1" in refused(tmp_path)


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("DELETE FROM arc_set", "it does not hold what a test ran"),
        ("UPDATE arc_set SET data = x'ffffffffffffffffffffff'", "a test ran what the file does not have"),
        ("UPDATE arc_set SET data = 'text'", "it holds what cannot be"),
        ("UPDATE file SET statements = 'x'", "it holds what cannot be"),
        ("UPDATE file SET branches = '[[1,[2'", "it holds branches that cannot be"),
        ("UPDATE file SET arcs = '[[1,1e9]]'", "it holds jumps that cannot be"),
        (f"UPDATE file SET arcs = '{'[' * 5000}'", "it holds jumps that cannot be"),
        ("UPDATE file SET arcs = '[[1,true]]'", "it holds jumps that cannot be"),
        ("UPDATE function SET lines = x'80'", "it holds lines that cannot be"),
        ("UPDATE executed SET phase = phase + 9", "it holds what cannot be"),
        ("UPDATE file SET path = x'ff' WHERE id = 1", "it holds a name that is no text"),
        ("DROP TABLE executed", "it has no table executed"),
        ("ALTER TABLE file DROP COLUMN arcs", "its table file has no column arcs"),
        ("ALTER TABLE call RENAME TO c; CREATE VIEW call AS SELECT * FROM c", "its call is no plain table"),
    ],
)
def test_values_that_cannot_be_are_refused(tmp_path: Path, statement: str, said: str) -> None:
    place = save(recorded(tmp_path), tmp_path)
    connection = sqlite3.connect(place)
    connection.executescript(statement)
    connection.close()
    assert said in refused(tmp_path)


def test_evidence_that_is_replaced_meanwhile_is_not_mixed(tmp_path: Path) -> None:
    found = runs(tmp_path)
    assert found.file("shop/idle.py") is not None
    save(recorded(tmp_path, ran={}), tmp_path)
    with pytest.raises(Missing, match="it was changed while it was read"):
        found.file("shop/pay.py")


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="no owners on this system")
def test_another_users_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save(recorded(tmp_path), tmp_path)
    owner = os.getuid()
    monkeypatch.setattr(os, "getuid", lambda: owner + 1)
    assert "it belongs to another user" in refused(tmp_path)


# --- which tests count ---


BY_MARK = Counting(only_unit=True, marks=frozenset({"integration"}))
BY_PLACE = Counting(only_unit=True, paths=("**/test_back.py",))


def marked(root: Path) -> Evidence:
    found = recorded(root)
    found.tests[BACK] = found.tests[BACK]._replace(marks=("integration", "slow"))
    return found


def counting(root: Path, choice: Counting) -> FileRuns:
    save(marked(root), root)
    return file_of(read_recorded(root, tracked=False, counting=choice))


@pytest.mark.parametrize("choice", [BY_MARK, BY_PLACE], ids=["by mark", "by place"])
def test_unit_tests_alone(tmp_path: Path, choice: Counting) -> None:
    """What only the other test ran, in whatever phase, does not count; what the import ran does."""
    file = counting(tmp_path, choice)
    assert file.run == {1, 3, 6, 7, 9, 12, 17, 18}
    assert file.taken == {(7, 9)}
    assert file.otherwise == Executed(frozenset({1, 3, 6, 7, 8, 9, 12, 13, 14, 17, 18}), frozenset({(7, 8), (7, 9)}))


def test_all_tests_with_what_unit_tests_alone_ran(tmp_path: Path) -> None:
    file = counting(tmp_path, msgspec.structs.replace(BY_MARK, only_unit=False))
    assert file.taken == {(7, 8), (7, 9)}
    assert file.otherwise == Executed(frozenset({1, 3, 6, 7, 9, 12, 17, 18}), frozenset({(7, 9)}))


def test_without_integration_tests_there_is_one_number(tmp_path: Path) -> None:
    assert counting(tmp_path, Counting(only_unit=True, marks=frozenset({"e2e"}))).otherwise is None


def test_the_choice_is_the_configurations() -> None:
    default = counting_of(config("[tool.quality-gate]\n"))
    assert not default.only_unit
    named = [
        RecordedTest("t", path, "passed", frozenset(marks))
        for path, marks in (
            ("tests/integration/test_a.py", ()),
            ("tests/e2e/test_a.py", ()),
            ("tests/test_a.py", ("integration",)),
            ("tests/test_a.py", ("slow",)),
            ("tests/test_integration.py", ()),
        )
    ]
    assert default.integration(dict(enumerate(named))) == {0, 1, 2}
    own = counting_of(
        config('[tool.quality-gate]\ncounted-tests = "unit"\nintegration-tests = {paths = ["qa"], marks = ["slow"]}\n')
    )
    assert own.only_unit
    assert own.integration(dict(enumerate(named))) == {3}


def config(text: str) -> Config:
    found = parse(text.encode(), "pyproject.toml", Path("/project/pyproject.toml"))
    assert found is not None
    return found
