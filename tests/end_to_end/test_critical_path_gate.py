"""Critical paths from declaration to exit code: real tests, real recorder, real link, real git."""

from __future__ import annotations

import json
import re
import shutil
import sys

import pytest
from environments import QUALITY_GATE, run

from git_scratch import Scratch

CONFIGURATION = f"""\
[tool.quality-gate]
source = ["shop"]
tests = ["tests"]
python = "{sys.executable}"

[tool.quality-gate.practices]
static-analysis = "observe"
critical-path-coverage = "enforce"

[tool.quality-gate.critical-paths.payments]
why = "Money moves here."
owner = "@shop/payments"
entry = ["shop.pay:place"]
"""
PAY = """\
from shop.bank import Bank


def place(order, bank: Bank):
    if order < 0:
        raise ValueError(order)
    return bank.charge(order)


def report(order):
    return str(order)
"""
BANK = """\
class Bank:
    def charge(self, amount):
        if amount > 100:
            return "too much"
        return "charged"
"""
TESTS = """\
import pytest

from shop.bank import Bank
from shop.pay import place


def test_place():
    assert place(5, Bank()) == "charged"


def test_refused():
    with pytest.raises(ValueError):
        place(-5, Bank())


@pytest.mark.integration
def test_too_much():
    assert place(500, Bank()) == "too much"
"""
REFUND = """

def refund(order, bank):
    if order:
        return bank.charge(-order)
    return None
"""


class Shop:
    """A repository with a critical path, and the commands in it."""

    def __init__(self, folder, shell) -> None:
        self.scratch = Scratch(folder, init=False)
        self.folder = folder
        self.shell = shell

    def __call__(self, *arguments):
        return run([QUALITY_GATE, *arguments], self.folder, self.shell)

    def edit(self, path, old, new, *, stage=False) -> None:
        text = (self.folder / path).read_text()
        assert old in text
        (self.scratch.stage if stage else self.scratch.write)(path, text.replace(old, new))

    def verdicts(self, *arguments):
        """The practice's verdicts by subject, and the exit code."""
        done = self(*arguments, "--format=json")
        document = json.loads(done.out)
        found = [one for one in document["verdicts"] if one["practice"] == "critical-path-coverage"]
        return {one["subject"]: one for one in found}, done.code

    def payments(self, *arguments):
        return self.verdicts(*arguments)[0]["payments"]

    def test(self) -> int:
        return self("test", "-q", "--", "-q").code


@pytest.fixture(scope="module")
def recorded(tmp_path_factory, home):
    """A committed project whose tests have been recorded once; nobody changes it."""
    from environments import environment

    scratch = Scratch(tmp_path_factory.mktemp("recorded") / "project")
    scratch.commit(
        {
            "pyproject.toml": CONFIGURATION,
            "shop/__init__.py": "",
            "shop/pay.py": PAY,
            "shop/bank.py": BANK,
            "tests/test_pay.py": TESTS,
            "conftest.py": "",
            ".gitignore": "__pycache__\n.pytest_cache\n",
        }
    )
    shop = Shop(scratch.folder, environment(home))
    assert shop.test() == 0
    return shop


@pytest.fixture
def shop(recorded, tmp_path, shell):
    """A copy of it: evidence is bound to what it was measured on, and not to where that lies."""
    shutil.copytree(recorded.folder, tmp_path / "copy")
    return Shop(tmp_path / "copy", shell)


def test_a_report_shows_the_path_with_the_members_behind_its_entry(shop):
    done = shop("report")
    assert done.code == 0
    assert (
        "critical-path-coverage   KEPT     6 lines of 5 demanded, 4 of 4 branches   payments: 2 functions" in done.out
    )
    for line in (
        "Critical path payments   @shop/payments",
        "   Money moves here.",
        "   2 functions, from shop.pay.place",
        "   lines    6 run, 5 demanded, 6 in all",
        "   branches 4 run, 4 demanded, 4 in all",
    ):
        assert line in done.out.splitlines()
    payments = shop.payments("report")
    assert payments["critical_path"]["members"] == 2
    assert [one["unit"] for one in payments["measures"]] == ["lines", "branches"]


@pytest.mark.parametrize("stage", ["commit", "push", "ci"])
def test_fresh_evidence_keeps_the_path_at_every_stage(shop, stage):
    assert shop("check", "--stage", stage).code == 0


def test_a_changed_function_is_unproven_its_neighbour_is_not_and_ci_ends_with_3(shop):
    shop.edit("shop/bank.py", '"charged"', '"paid"', stage=True)
    verdicts, code = shop.verdicts("check", "--stage", "ci")
    payments = verdicts["payments"]
    assert (code, payments["outcome"], payments["measured"], payments["of"]) == (3, "UNPROVEN", 3, 3)
    assert payments["reason"].startswith("shop.bank.Bank.charge: ")
    assert payments["reason"].endswith("; type quality-gate test")
    assert shop("check", "--stage", "push").code == 0


def test_a_part_that_is_run_anew_counts_together_with_the_run_of_all_tests(shop):
    shop.edit("shop/bank.py", "amount > 100", "100 < amount", stage=True)
    test = "tests/test_pay.py::test_place"
    said = shop("test", "--", "-q", test)
    assert "Recorded 1 test, a part that was chosen, which ran code of " in said.err
    assert re.search(r"; what the run of 20\d\d-\S+ \S+ recorded of the 2 other tests is kept\.", said.err)
    verdicts, code = shop.verdicts("check", "--stage", "ci")
    why = "since then 1 test was chosen: what the others run is not known; type quality-gate test without arguments"
    assert (code, verdicts["payments"]["outcome"], verdicts["payments"]["measured"]) == (3, "UNPROVEN", 3)
    assert verdicts["payments"]["reason"] == f"shop.bank.Bank.charge: it has changed since the tests were run; {why}"
    done = shop("explain", "shop/pay.py:6")
    assert "Run by 1 test: tests/test_pay.py::test_refused" in done.out, "known from the run of all tests"
    assert shop("test", "-q", "--", "-q", "tests/test_pay.py::test_too_much").code == 0
    payments = shop.payments("report")
    assert (payments["outcome"], payments["measured"], payments["of"]) == ("KEPT", 6, 6)
    assert any("since then 2 tests were chosen" in one for one in payments["not_looked_at"])
    shop.edit("shop/bank.py", '"charged"', '"paid"')
    assert shop("test", "-q", "--", "-q", test).code == 1
    verdicts, code = shop.verdicts("check", "--stage", "ci")
    assert (code, verdicts["payments"]["outcome"]) == (3, "UNPROVEN")
    assert "tests failed: tests/test_pay.py::test_place" in verdicts["payments"]["reason"]


def test_comments_and_moved_lines_keep_the_evidence(shop):
    shop.edit("shop/bank.py", "class Bank:", "# one\n# two\nclass Bank:\n    # three\n")
    shop.edit("shop/bank.py", "            return", "            # four\n            return")
    payments = shop.payments("report")
    assert (payments["outcome"], payments["measured"]) == ("KEPT", 6)


def test_a_changed_test_makes_what_it_ran_unproven(shop):
    shop.edit("tests/test_pay.py", "place(5, Bank())", "place(6, Bank())")
    assert shop.payments("report")["outcome"] == "UNPROVEN"


def test_without_evidence_ci_ends_with_3_and_says_what_to_type(shop):
    (shop.folder / ".quality-gate" / "evidence.db").unlink()
    done = shop("check", "--stage", "ci")
    assert (done.code, "type quality-gate test" in done.out) == (3, True)
    assert "Next: quality-gate test" in done.out.splitlines()
    assert shop("check", "--stage", "push").code == 0
    assert shop("check").code == 0
    report = shop("report")
    assert (report.code, "2 functions, from shop.pay.place" in report.out) == (0, True)
    assert "Next: quality-gate test" in report.out


def test_a_function_that_no_test_runs_breaks_the_path(shop):
    shop.scratch.write("shop/pay.py", PAY.replace("return bank", "refund(0, bank)\n    return bank") + REFUND)
    shop.edit(
        "tests/test_pay.py",
        "def test_place():",
        "def test_refund(monkeypatch):\n"
        "    monkeypatch.setattr('shop.pay.refund', lambda *given: None)\n    place(5, Bank())\n\n\n"
        "def test_place(monkeypatch):\n    monkeypatch.setattr('shop.pay.refund', lambda *given: None)",
    )
    shop.edit("tests/test_pay.py", "def test_too_much():", "def test_too_much(monkeypatch):\n"
              "    monkeypatch.setattr('shop.pay.refund', lambda *given: None)")  # fmt: skip
    assert shop.test() == 0
    done = shop("check", "--stage", "ci")
    assert done.code == 1
    assert "QG320 critical-function-unrun" in done.out
    assert "refund() is on the critical path payments and no test runs it: 0 of 3 lines, 0 of 2 branches" in done.out
    assert "payments (@shop/payments): Money moves here." in done.out


def test_tests_that_fail_prove_nothing(shop):
    shop.edit("tests/test_pay.py", '== "charged"', '== "paid"')
    assert shop.test() == 1
    verdicts, code = shop.verdicts("check", "--stage", "ci")
    assert (code, verdicts["payments"]["outcome"]) == (3, "UNPROVEN")


def test_a_pragma_hides_nothing_and_is_told(shop):
    shop.edit("shop/bank.py", '            return "too much"', '            return "too much"  # pragma: no cover')
    payments = shop.payments("report")
    assert (payments["outcome"], payments["measured"], payments["of"]) == ("KEPT", 6, 6)
    shop.edit("tests/test_pay.py", "def test_too_much", "def too_much")
    assert shop.test() == 0
    payments = shop.payments("report")
    assert (payments["measured"], payments["of"]) == (5, 6)
    (told,) = [one for one in payments["findings"] if one["code"] == "QG603"]
    assert "1 of its 3 lines are excluded" in told["message"]


def test_a_file_that_the_team_omits_counts_and_is_told(shop):
    shop.edit(
        "pyproject.toml",
        "[tool.quality-gate]\n",
        '[tool.coverage.run]\nomit = ["shop/bank.py"]\n\n[tool.quality-gate]\n',
    )
    assert shop.test() == 0
    payments = shop.payments("report")
    assert (payments["outcome"], payments["measured"], payments["of"]) == ("KEPT", 6, 6)
    (told,) = [one for one in payments["findings"] if one["code"] == "QG603"]
    assert (told["function"], "3 of its 3 lines are excluded" in told["message"]) == ("shop.bank.Bank.charge", True)


@pytest.mark.skipif(sys.version_info < (3, 12), reason="calls are recorded from Python 3.12 on")
def test_a_call_that_only_a_test_saw_makes_a_member(shop):
    shop.edit(
        "shop/pay.py",
        "    return bank.charge(order)",
        "    globals()['hid' + 'den'](order)\n    return bank.charge(order)",
    )
    shop.edit("shop/pay.py", "def report(order):", "def hidden(order):\n    return order\n\n\ndef report(order):")
    assert "shop.pay.hidden" not in shop("paths").out
    assert shop.test() == 0
    assert re.search(r"shop\.pay\.hidden .* called on line 7, seen by a test only", shop("paths").out)
    assert shop.payments("report")["critical_path"]["members"] == 3


def test_a_misspelled_entry_ends_with_2_and_the_nearest_name(shop):
    shop.edit("pyproject.toml", "shop.pay:place", "shop.pay:plaec")
    for arguments in (["check", "--stage", "ci"], ["report"], ["paths"]):
        done = shop(*arguments)
        assert (done.code, done.out) == (2, "")
        assert "did you mean shop.pay.place?" in done.err


def test_a_comment_declares_a_path(shop):
    shop.edit("shop/pay.py", "def report(order):", "def report(order):  # quality-gate: critical[reports]")
    verdicts, _ = shop.verdicts("report")
    assert (verdicts["reports"]["outcome"], verdicts["reports"]["of"]) == ("BROKEN", 1), "no test runs it"
    assert "reports" in shop("paths").out


def test_a_line_is_explained_with_its_chain_and_its_tests(shop):
    done = shop("explain", "shop/bank.py:4")
    assert done.code == 0
    for part in (
        "Critical path payments (@shop/payments): Money moves here.",
        "Demanded: 80 % of its lines and 80 % of its branches, together",
        "From shop.pay.place",
        "-> shop.bank.Bank.charge, called at shop/pay.py:7",
        "Run by 1 test: tests/test_pay.py::test_too_much",
        "The function: 3 of 3 lines, 2 of 2 branches",
    ):
        assert part in done.out
    assert "On no critical path." in shop("explain", "shop/pay.py:11").out


def test_a_file_is_explained_with_what_of_it_is_critical(shop):
    shop.edit("shop/bank.py", '"charged"', '"paid"')
    critical = shop("explain", "shop/bank.py").out
    assert "Critical path payments: Bank.charge" in critical
    assert "not looked at: critical path payments: the coverage of 1 of 2 functions" in critical
    other = shop("explain", "tests/test_pay.py").out
    assert "On no critical path." in other
    assert "not looked at: critical path" not in other, "the file is on none"


class TestCountedTests:
    def test_all_count_and_what_unit_tests_alone_run_is_told(self, shop):
        done = shop("report")
        assert "   unit tests alone run 5 of 6 lines, 3 of 4 branches (all tests count)" in done.out.splitlines()

    def test_unit_tests_alone_count_where_the_project_says_so(self, shop):
        shop.edit("pyproject.toml", 'tests = ["tests"]', 'tests = ["tests"]\ncounted-tests = "unit"')
        done = shop("report")
        assert "BROKEN   5 lines of 5 demanded, 3 of 4 branches" in done.out
        assert "   all tests together run 6 of 6 lines, 4 of 4 branches (unit tests count)" in done.out.splitlines()
        told = shop.payments("report")["critical_path"]
        assert (told["counted_tests"], [one["measured"] for one in told["other_tests"]]) == ("unit", [6, 4])

    def test_a_coverage_file_cannot_tell(self, shop):
        shop.edit("pyproject.toml", 'tests = ["tests"]', 'tests = ["tests"]\ncounted-tests = "unit"')
        (shop.folder / "shop.lcov").write_text("SF:shop/bank.py\nDA:1,1\nend_of_record\n")
        payments = shop.payments("report", "--coverage", "shop.lcov")
        assert payments["outcome"] == "UNPROVEN"
        assert "type quality-gate test and leave out --coverage" in payments["reason"]


class TestCommit:
    def test_what_belongs_to_a_path_is_remembered_from_the_last_link(self, shop):
        shop.edit("shop/bank.py", '"charged"', '"paid"', stage=True)
        before = shop("check")
        assert before.code == 0
        assert (
            "what belongs to the critical paths cannot be had; link them once: type quality-gate report" in before.out
        )
        assert shop("report").code == 0
        verdicts, code = shop.verdicts("check")
        assert (code, verdicts["payments"]["outcome"]) == (0, "UNPROVEN"), "stale evidence is mentioned, never blocks"
        assert verdicts["payments"]["unit"] == "touched functions"

    def test_a_changed_critical_line_that_no_test_runs_blocks(self, shop):
        assert shop("report").code == 0
        more = "        if amount == 7:\n            return 'seven'\n        if amount > 100:"
        shop.edit("shop/bank.py", "        if amount > 100:", more, stage=True)
        assert shop.test() == 0
        done = shop("check")
        assert done.code == 1
        assert "QG321 changed-critical-line-unrun" in done.out
        assert "no test runs 1 of its 2 changed lines: 4" in done.out
        shop.edit(
            "tests/test_pay.py", "def test_refused", "def test_seven():\n    place(7, Bank())\n\n\ndef test_refused"
        )
        assert shop.test() == 0
        assert shop("check").code == 0

    def test_a_commit_that_touches_no_critical_path_is_quiet(self, shop):
        assert shop("report").code == 0
        shop.edit("shop/pay.py", "return str(order)", "return repr(order)", stage=True)
        verdicts, code = shop.verdicts("check")
        assert (code, list(verdicts)) == (0, [None])

    def test_named_files_are_enough(self, shop):
        assert shop("report").code == 0
        shop.edit("shop/bank.py", '"charged"', '"paid"', stage=True)
        verdicts, _ = shop.verdicts("check", "shop/bank.py")
        assert verdicts["payments"]["outcome"] == "UNPROVEN"
        assert list(shop.verdicts("check", "tests/test_pay.py")[0]) == [None]


class TestCoverageOfAnotherSource:
    def test_a_coverage_file_counts_when_it_is_named(self, shop):
        (shop.folder / ".quality-gate" / "evidence.db").unlink()
        command = [sys.executable, "-m", "coverage", "run", "--branch", "--source=shop", "-m", "pytest", "-q"]
        assert run(command, shop.folder, shop.shell).code == 0
        assert shop.payments("report")["outcome"] == "UNPROVEN"
        payments = shop.payments("report", "--coverage", ".coverage")
        assert (payments["outcome"], payments["measured"], payments["of"]) == ("KEPT", 6, 6)
        assert shop("check", "--stage", "ci", "--coverage", ".coverage").code == 0

    def test_a_source_without_branches_leaves_the_branches_unproven(self, shop):
        command = [sys.executable, "-m", "coverage", "run", "--source=shop", "-m", "pytest", "-q"]
        assert run(command, shop.folder, shop.shell).code == 0
        payments = shop.payments("report", "--coverage", ".coverage")
        assert payments["outcome"] == "UNPROVEN"
        assert "knows no branches" in payments["reason"]

    @pytest.mark.parametrize("command", ["report", "check"])
    def test_one_that_is_not_there_ends_with_2(self, shop, command):
        done = shop(command, "--coverage", "nowhere.xml")
        assert (done.code, "--coverage nowhere.xml: there is no such file" in done.err) == (2, True), done.err


def test_a_pull_request_that_lowers_its_own_threshold(shop):
    before, code = shop.payments("check", "--stage=ci"), shop.verdicts("check", "--stage=ci")[1]
    assert (code, before["outcome"]) == (0, "KEPT")
    shop.scratch.git("checkout", "--quiet", "-b", "topic")
    shop.edit("pyproject.toml", 'entry = ["shop.pay:place"]', 'entry = ["shop.pay:place"]\nline = 50', stage=True)
    shop.scratch.commit()
    done = shop("check", "--stage=ci")
    assert done.code == 1
    assert "line of the critical path payments: 80 → 50; ask @shop/payments" in done.out
    assert "Next: quality-gate explain policy-relaxed" in done.out
    assert shop.payments("check", "--stage=ci")["demanded"] == before["demanded"]
    approved = shop("check", "--stage=ci", "--approved-by", "@maintainer")
    assert approved.code == 0
    assert "approved by @maintainer" in approved.out
    assert "silenced by a comment" not in approved.out
    assert shop.payments("check", "--stage=ci", "--approved-by=@maintainer")["demanded"] < before["demanded"]
