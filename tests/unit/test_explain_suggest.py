"""`quality-gate explain FILE:LINE --suggest`: Python on standard output, where it belongs on standard error, and errors
that say what to type next."""

from __future__ import annotations

import ast
from types import SimpleNamespace

import pytest

from quality_gate.cli import run
from quality_gate.cli._suggest import _tested
from recorded_project import Project
from shown import REJECTS, UNAVAILABLE, bench_of, handled, seen_as, shown

PAY = """\
class Refused(Exception):
    pass


class Bank:
    def charge(self, order):
        if not order:
            raise Refused(order)
        return 1


def pay(order):
    try:
        return Bank().charge(order)
    except Refused:
        return None


def unpaid(order):
    try:
        return Bank().charge(order)
    except Refused:
        return None


def calm(order):
    return order
"""
TEST_PAY = """\
from shop.pay import calm, pay

def test_pay():
    assert pay("A-1") == 1

def test_calm():
    assert calm("A-1")
"""


@pytest.fixture(scope="module")
def recorded(tmp_path_factory):
    files = {"shop/pay.py": PAY, "tests/test_pay.py": TEST_PAY, "pyproject.toml": "[tool.quality-gate]\n"}
    project = Project(tmp_path_factory.mktemp("suggest") / "project", files)
    assert project.pytest("-q", PYTHONDONTWRITEBYTECODE="1").returncode == 0
    return project


@pytest.fixture
def explain(recorded, monkeypatch, capsys):
    """Runs the command and gives its exit code, standard output and standard error."""
    monkeypatch.chdir(recorded.folder)

    def explained(*arguments: str) -> tuple[int, str, str]:
        code = run(["explain", *arguments, "--suggest"])
        said = capsys.readouterr()
        return code, said.out, said.err

    return explained


def test_the_test_alone_is_on_standard_output(explain):
    code, out, err = explain("shop/pay.py:14")
    assert code == 0
    assert out == (
        "import pytest\n"
        "from shop.pay import Refused\n"
        "\n\n"
        "# tests/test_pay.py\n"
        "def test_pay_when_charge_raises_refused(monkeypatch):\n"
        "    def failing_charge(*args, **kwargs):\n"
        "        raise failure\n"
        "\n"
        '    failure = Refused("made to fail")\n'
        '    monkeypatch.setattr("shop.pay.Bank.charge", failing_charge)\n'
        "\n"
        '    result = pay("A-1")\n'
        "\n"
        '    assert failure.__traceback__, "charge() has not failed"\n'
        '    pytest.fail("say what must hold when charge() raises Refused: state, message")\n'
    )
    assert err == (
        "test_pay_when_charge_raises_refused: put it into tests/test_pay.py; made after tests/test_pay.py::test_pay\n"
    )


def test_quiet_says_nothing_beside_it(explain):
    assert explain("shop/pay.py:15", "-q")[2] == ""


def test_what_is_to_be_done_by_hand_is_said(explain):
    code, out, err = explain("shop/pay.py:8")
    assert code == 0
    assert "make this true: not order; then say what must hold when charge() raises Refused" in out
    assert "    by hand, before it can be filled in: make this true: not order\n" in err
    ast.parse(out)


@pytest.mark.parametrize(
    ("place", "parts"),
    [
        ("shop/pay.py", ("--suggest needs a line", "explain shop/pay.py:LINE --suggest")),
        ("shop/pay.py:26", ("no failure path is here", "they are at lines 8, 14, ")),
        ("shop/pay.py:21", ("no passing test runs unpaid", "then type quality-gate test")),
        ("shop/none.py:1", ("shop/none.py:1", "name a rule")),
    ],
)
def test_what_cannot_be_suggested_is_an_error_with_a_remedy(explain, place, parts):
    code, out, err = explain(place)
    assert (code, out) == (2, "")
    for part in parts:
        assert part in err


def test_without_evidence_it_says_how_to_get_it(explain, recorded):
    evidence = recorded.folder / ".quality-gate" / "evidence.db"
    aside = evidence.rename(evidence.with_name("aside"))
    try:
        code, out, err = explain("shop/pay.py:14")
    finally:
        aside.rename(evidence)
    assert (code, out) == (2, "")
    assert "there is no evidence of a test run" in err
    assert "type quality-gate test" in err


def test_evidence_of_other_code_is_refused(explain, recorded):
    recorded.write("shop/pay.py", PAY.replace("return Bank().charge(order)", "return Bank().charge(order) + 1", 1))
    try:
        code, out, err = explain("shop/pay.py:14")
    finally:
        recorded.write("shop/pay.py", PAY)
    assert (code, out) == (2, "")
    assert "the evidence of pay does not hold any more" in err
    assert "type quality-gate test" in err


def test_a_file_that_has_gained_tests_still_has_its_others(explain, recorded):
    lines = explain("shop/pay.py:14")[1].splitlines()
    place = lines.index("# tests/test_pay.py")
    pasted = "\n".join([*lines[:place], TEST_PAY, *lines[place:]])
    try:
        recorded.write("tests/test_pay.py", pasted)
        code, out, _ = explain("shop/pay.py:8")
        assert (code, "def test_charge_raises_refused(" in out) == (0, True)
        recorded.write("tests/test_pay.py", pasted.replace('pay("A-1") == 1', 'pay("A-2") == 1'))
        code, _, err = explain("shop/pay.py:8")
    finally:
        recorded.write("tests/test_pay.py", TEST_PAY)
    assert code == 2
    assert "tests/test_pay.py has changed since the tests were run" in err


def test_a_rule_has_no_test(explain):
    code, _, err = explain("silent-failure")
    assert code == 2
    assert "silent-failure" in err


def test_of_a_handler_of_two_failures_the_one_that_tests_show_needs_no_test():
    path = handled(5, REJECTS, UNAVAILABLE)
    seen = (seen_as("shop.bank.CardDeclined", "validated", "t::no"), seen_as("shop.bank.BankTimeout", "run", "t::down"))
    tested = _tested(SimpleNamespace(bench=bench_of([shown(path, "validated", "t::no", seen=seen)])))
    assert tested(path, "bank", "rejects")
    assert not tested(path, "bank", "unavailable")
    assert tested(path, "", ""), "the path itself is shown as far as is demanded"
