"""Failure scenarios from declaration to exit code: real tests, real recorder, real link, real git."""

from __future__ import annotations

import json
import re
import shutil
import sys

import pytest
from environments import QUALITY_GATE, environment, run

from git_scratch import Scratch

CONFIGURATION = f"""\
[tool.quality-gate]
source = ["shop"]
tests = ["tests"]
python = "{sys.executable}"

[tool.quality-gate.practices]
static-analysis = "observe"
failure-scenarios = "enforce"

[tool.quality-gate.critical-paths.payments]
why = "Money moves here."
owner = "@shop/payments"
entry = ["shop.pay:place"]

[tool.quality-gate.dependencies.bank]
calls = ["shop.bank.Bank.*"]
rejects = ["shop.bank.Declined"]
unavailable = ["shop.bank.Silent"]
"""
BANK = """\
class Declined(Exception):
    pass


class Silent(Exception):
    pass


class Bank:
    def charge(self, amount):
        return amount
"""
PAY = """\
from shop.bank import Bank, Declined, Silent


class Refused(Exception):
    pass


def place(order, bank: Bank):
    if order.amount < 0:
        raise Refused(order)
    try:
        bank.charge(order.amount)
    except Declined:
        order.state = "declined"
        return order
    except Silent:
        order.state = "unknown"
        return order
    order.state = "paid"
    return order
"""
TESTS = """\
import pytest

from shop.bank import Bank, Declined, Silent
from shop.pay import Refused, place


class Order:
    amount = 5
    state = "open"


class Failing(Bank):
    def __init__(self, failure):
        self.failure = failure

    def charge(self, amount):
        raise self.failure


def test_an_order_is_paid():
    assert place(Order(), Bank()).state == "paid"


def test_a_declined_card():
    assert place(Order(), Failing(Declined())).state == "declined"


def test_nothing_is_refused():
    order = Order()
    order.amount = -1
    with pytest.raises(Refused):
        place(order, Bank())


def test_every_line():
    for line in []:
        assert line > 0
"""
SILENT = """

def test_a_bank_that_does_not_answer():
    assert place(Order(), Failing(Silent())).state == "unknown"
"""
WAIVED = '    except Silent:  # quality-gate: allow[dependency-failure-untested] reason="settled by night, PAY-7"\n'


class Shop:
    """A repository with a critical path, and the commands in it."""

    def __init__(self, folder, shell) -> None:
        self.scratch = Scratch(folder, init=False)
        self.folder = folder
        self.shell = shell

    def __call__(self, *arguments):
        return run([QUALITY_GATE, *arguments], self.folder, self.shell)

    def add(self, path, text) -> None:
        self.edit(path, "", text)

    def edit(self, path, old, new, *, stage=False) -> None:
        held = (self.folder / path).read_text()
        assert old in held
        text = held.replace(old, new) if old else held + new
        (self.scratch.stage if stage else self.scratch.write)(path, text)

    def payments(self, *arguments):
        done = self(*arguments, "--format=json")
        found = json.loads(done.out)["verdicts"]
        own = [one for one in found if (one["practice"], one["subject"]) == ("failure-scenarios", "payments")]
        return own[0] if own else None, done.code

    def test(self) -> int:
        return self("test", "-q", "--", "-q").code


@pytest.fixture(scope="module")
def recorded(tmp_path_factory, home):
    """A committed project whose tests have been recorded once; nobody changes it."""
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


def test_the_bank_rejects_is_tested_and_the_bank_is_unavailable_is_not_until_its_test_is_written(shop):
    text = shop("report").out
    assert "the bank rejects          tested    test_a_declined_card\n" in text
    assert "the bank is unavailable   NO TEST\n" in text
    verdict, code = shop.payments("check", "--stage=ci")
    assert (code, verdict["outcome"]) == (1, "BROKEN")
    (finding,) = verdict["findings"]
    assert (finding["code"], finding["path"], finding["line"]) == ("QG301", "shop/pay.py", 12)
    assert finding["message"].startswith(
        "What if the bank does not answer? No test says: bank.charge(order.amount) in place() can raise Silent, "
        "handled at line 16; 0 of the 3 tests that run place() make that happen"
    )
    assert finding["tests"] == ["tests/test_pay.py::test_an_order_is_paid"]
    shop.add("tests/test_pay.py", SILENT)
    assert shop.test() == 0
    assert "the bank is unavailable   tested   test_a_bank_that_does_not_answer\n" in shop("report").out
    verdict, code = shop.payments("check", "--stage=ci")
    assert (code, verdict["outcome"], verdict["findings"]) == (0, "KEPT", [])


def test_a_missing_test_that_was_just_written_is_not_known_and_not_missing(shop):
    head, _, _ = TESTS.partition("def test_an_order_is_paid")
    shop.scratch.stage("tests/test_silent.py", head + SILENT)
    shop.scratch.git("commit", "--quiet", "--no-verify", "--message=the missing test")
    verdict, code = shop.payments("check", "--stage=ci")
    assert (code, verdict["outcome"], verdict["findings"]) == (3, "UNPROVEN", [])
    assert verdict["reason"].endswith("tests have changed since: tests/test_silent.py; type quality-gate test")
    assert shop.payments("check", "--stage=push")[1] == 0
    done = shop("prove", "payments")
    assert (done.code, "tests have changed since: tests/test_silent.py" in done.out) == (3, True)
    assert shop.test() == 0
    assert shop.payments("check", "--stage=ci")[1] == 0


def test_a_deleted_test_is_named_with_the_critical_path_that_it_spoke_of(shop):
    shop.scratch.git("checkout", "--quiet", "-b", "less")
    declined = TESTS[TESTS.index("def test_a_declined_card") : TESTS.index("def test_nothing_is_refused")]
    shop.edit("tests/test_pay.py", declined, "", stage=True)
    shop.scratch.git("commit", "--quiet", "--no-verify", "--message=less")
    said = "the change deletes 1 test: tests/test_pay.py::test_a_declined_card (critical path payments)"
    of_path = "; the change deletes tests/test_pay.py::test_a_declined_card, which named functions of it"
    found = json.loads(shop("check", "--stage=ci", "--format=json").out)
    assert said in found["notes"]
    reasons = [one["reason"] for one in found["verdicts"] if one["subject"] == "payments"]
    assert reasons
    assert all(reason.endswith(of_path) for reason in reasons)
    assert f"note: {said}\n" in shop("check", "--stage=push").out
    assert "the change deletes" not in shop("check").out + shop("report").out


def test_a_test_that_expects_no_exception_any_more_is_named(shop):
    shop.scratch.git("checkout", "--quiet", "-b", "softer")
    assert "with pytest.raises(" in TESTS
    shop.edit("tests/test_pay.py", "with pytest.raises(", "with contextlib.suppress(", stage=True)
    shop.scratch.git("commit", "--quiet", "--no-verify", "--message=softer")
    (note,) = [one for one in json.loads(shop("check", "--stage=ci", "--format=json").out)["notes"] if "expect" in one]
    assert note.startswith("the change lets ")
    assert note.endswith("(critical path payments)")


def test_the_json_holds_the_matrix_and_every_failure_path(shop):
    facts = shop.payments("report")[0]["critical_path"]
    (bank,) = facts["failure_matrix"]
    assert (bank["dependency"], bank["rejects"]["level"], bank["unavailable"]["level"]) == (
        "bank",
        "validated",
        "not run",
    )
    assert bank["rejects"]["tests"] == ["tests/test_pay.py::test_a_declined_card"]
    assert (bank["slow"], bank["partial"]) == (None, None)
    assert {(one["line"], one["kind"], one["level"]) for one in facts["failure_paths"]} == {
        (10, "validation", "validated"),
        (12, "handler call", "validated"),
        (13, "handler", "validated"),
        (12, "handler call", "not run"),
        (16, "handler", "not run"),
    }


def test_what_prove_has_found_stands_in_the_report(shop):
    assert shop("prove", "payments").code == 1, "nothing makes the bank silent"
    levels = {(one["line"], one["level"]) for one in shop.payments("report")[0]["critical_path"]["failure_paths"]}
    assert levels == {(10, "proven"), (12, "proven"), (13, "proven"), (12, "not run"), (16, "not run")}
    assert "the bank rejects          proven    test_a_declined_card\n" in shop("report").out


def test_only_the_test_that_is_missing_is_suggested(shop):
    text = shop("explain", "shop/pay.py:12", "--suggest").out
    assert "def test_place_when_bank_is_unavailable(" in text
    assert "rejects" not in text
    done = shop("explain", "shop/pay.py:10", "--suggest")
    assert (done.code, "tests show every failure path of this line" in done.err) == (2, True)


def test_what_is_suggested_is_made_after_the_test_that_the_finding_names(shop):
    named = re.search(r"Nearest happy test: (\w+)\.", shop("explain", "shop/pay.py:12").out)
    assert named is not None
    assert f"made after tests/test_pay.py::{named[1]}\n" in shop("explain", "shop/pay.py:12", "--suggest").err


def test_a_line_is_explained_with_its_failure_paths(shop):
    text = shop("explain", "shop/pay.py:12").out
    assert "QG301 dependency-failure-untested" in text
    assert "        the bank: unavailable\n        Level: not run, validated is demanded\n" in text
    assert "        Shown by: tests/test_pay.py::test_a_declined_card\n" in text


def test_without_evidence_nothing_is_kept_and_ci_ends_with_three(shop):
    shutil.rmtree(shop.folder / ".quality-gate")
    verdict, code = shop.payments("check", "--stage=ci")
    assert (code, verdict["outcome"], verdict["measured"]) == (3, "UNPROVEN", 0)
    assert verdict["reason"] == "no tests recorded yet; type quality-gate test"
    assert shop.payments("check", "--stage=push", "--all-files")[1] == 0
    assert "NO TEST" not in shop("report").out


def test_a_changed_function_is_unknown_until_the_tests_have_run_again(shop):
    shop.edit("shop/pay.py", '"declined"', '"refused"')
    verdict, code = shop.payments("check", "--stage=ci")
    assert (code, verdict["outcome"]) == (3, "UNPROVEN")
    assert verdict["reason"].startswith("5 of 5 failure paths are unknown: place(): ")
    assert verdict["reason"].endswith("; type quality-gate test")


def test_a_test_that_fails_leaves_unknown_what_was_not_run(shop):
    shop.add("tests/test_pay.py", "\n\ndef test_broken():\n    assert place(Order(), Failing(Silent())) is None\n")
    assert shop.test() == 1
    verdict, code = shop.payments("check", "--stage=ci")
    assert (code, verdict["outcome"]) == (3, "UNPROVEN")
    assert verdict["critical_path"]["failure_matrix"][0]["unavailable"]["level"] == "unknown"


def test_somebodys_word_waives_a_failure_path(shop):
    shop.edit("shop/pay.py", "    except Silent:\n", WAIVED)
    shop.scratch.commit({})
    verdict, code = shop.payments("check", "--stage=ci")
    assert (code, verdict["outcome"]) == (1, "WAIVED"), "it is the change's own word, on a critical path"
    verdict, code = shop.payments("check", "--stage=ci", "--approved-by=@lead")
    assert (code, verdict["outcome"]) == (0, "WAIVED")
    assert [one["suppressed"] for one in verdict["findings"]] == ["settled by night, PAY-7"]
    assert "waived: settled by night, PAY-7" in shop("report").out


def test_new_code_blocks_only_on_failure_paths_that_the_change_touches(shop):
    shop.edit("pyproject.toml", 'failure-scenarios = "enforce"', 'failure-scenarios = "new-code"')
    shop.scratch.commit({})
    shop.edit("shop/bank.py", "        return amount", "        return amount + 0", stage=True)
    assert shop.test() == 0
    assert shop.payments("check", "--stage=push", "--all-files") == (None, 0)
    shop.edit("shop/pay.py", "        raise Refused(order)\n", '        raise Refused(order, "")\n')
    shop.edit(
        "shop/pay.py", 'order.state = "paid"\n', 'if not order:\n        raise Refused("")\n    order.state = "paid"\n'
    )
    assert shop.test() == 0
    verdict, code = shop.payments("check", "--stage=push", "--all-files")
    assert (code, verdict["outcome"], verdict["measured"], verdict["of"]) == (1, "BROKEN", 1, 2)
    assert [(one["code"], one["new"]) for one in verdict["findings"]] == [("QG331", True)]


def test_a_commit_says_that_failure_paths_are_looked_at_later_and_never_blocks(shop):
    shop("report")
    shop.edit("shop/pay.py", '"unknown"', '"lost"', stage=True)
    done = shop("check", "--stage=commit", "--format=json", "shop/pay.py")
    found = [one for one in json.loads(done.out)["verdicts"] if one["practice"] == "failure-scenarios"]
    assert (done.code, [one["outcome"] for one in found]) == (0, ["UNPROVEN"])
    assert "1 critical function that the change touches: looked at when it is pushed" in found[0]["reason"]


def test_an_assertion_that_no_run_reached_warns(shop):
    document = json.loads(shop("report", "--format=json").out)
    (dead,) = [f for one in document["verdicts"] for f in one["findings"] if f["code"] == "QG333"]
    assert (dead["path"], dead["severity"]) == ("tests/test_pay.py", "warning")
    assert TESTS.splitlines()[dead["line"] - 1] == "        assert line > 0"


def test_a_misspelled_name_of_a_dependency_ends_with_2_and_the_nearest_name(shop):
    shop.edit("pyproject.toml", "shop.bank.Bank.*", "shop.bank.Bnk.*")
    shop.edit("pyproject.toml", "shop.bank.Silent", "shop.bank.Sillent")
    wanted = (
        "error: pyproject.toml: tool.quality-gate.dependencies.bank.calls[0]: "
        '"shop.bank.Bnk.*" names nothing in the project\n       did you mean shop.bank.Bank.*?\n'
        "error: pyproject.toml: tool.quality-gate.dependencies.bank.unavailable[0]: "
        '"shop.bank.Sillent" names nothing in the project\n       did you mean shop.bank.Silent?\n'
    )
    commands = [["check", "--stage", "push", "--all-files"], ["check", "--stage=ci"], ["report"], ["paths"]]
    for arguments in (*commands, ["prove", "payments"]):
        done = shop(*arguments)
        assert (done.code, done.out) == (2, "")
        assert wanted in done.err
    assert shop("check").code == 0, "at commit nothing is linked"
