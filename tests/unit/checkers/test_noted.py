"""What the ledger lists of one file: every request to look away, of whatever tool."""

from __future__ import annotations

import pytest

from quality_gate_checkers.inspection import inspect
from quality_gate_checkers.model.inspection import Noted
from quality_gate_checkers.settings import Settings


def noted(source: str, path: str = "shop/pay.py") -> list[Noted]:
    return list(inspect(path, source.encode(), Settings()).noted)


def the_only(source: str, path: str = "shop/pay.py") -> Noted:
    (found,) = noted(source, path)
    return found


def test_a_comment_of_our_own_form_tells_everything() -> None:
    found = the_only(
        'a = 1  # quality-gate: allow[silent-failure] reason="no harm, PAY-812" until=2027-01-31 owner=@shop/payments\n'
    )
    assert found == Noted(
        "allow", 1, 1, 1, "quality-gate: allow[silent-failure]", ("silent-failure",), "no harm, PAY-812",
        "@shop/payments", "2027-01-31",
    )  # fmt: skip


@pytest.mark.parametrize("owner", ['"the payments team"', "'the payments team'"])
def test_an_owner_may_have_several_words(owner: str) -> None:
    source = f'a = 1  # quality-gate: allow[silent-failure] reason="x" owner={owner}\n'
    assert the_only(source).owner == "the payments team"


@pytest.mark.parametrize(
    ("comment", "kind", "text"),
    [
        ("# noqa", "noqa", "noqa"),
        ("# noqa: S307", "noqa", "noqa: S307"),
        ("# type: ignore[arg-type]", "type", "type: ignore[arg-type]"),
        ("# pylint: disable=broad-except", "pylint", "pylint: disable=broad-except"),
        ("# nosec B101", "nosec", "nosec B101"),
        ("# NOSONAR", "nosonar", "NOSONAR"),
        ("# pragma: no cover", "cover", "pragma: no cover"),
        ("# pragma: no branch", "branch", "pragma: no branch"),
        ("# pyright: ignore[reportFoo]", "checker", "pyright: ignore[reportFoo]"),
        ("# nosemgrep: a.b", "nosemgrep", "nosemgrep: a.b"),
    ],
)
def test_comments_for_other_tools(comment: str, kind: str, text: str) -> None:
    found = the_only(f"a = 1  {comment}\n")
    assert (found.kind, found.text, found.rules, found.reason) == (kind, text, (), None)


def test_several_tools_in_one_comment_are_several_entries_with_one_reason() -> None:
    found = noted("a = 1  # type: ignore[x]  # noqa: S307  # trusted input, PAY-1\n")
    assert [(one.kind, one.reason) for one in found] == [
        ("type", "trusted input, PAY-1"),
        ("noqa", "trusted input, PAY-1"),
    ]


def test_the_reason_may_stand_above() -> None:
    assert (
        the_only("# The library has no types yet.\na = 1  # type: ignore[x]\n").reason
        == "The library has no types yet."
    )


def test_the_words_of_an_allow_are_no_reason() -> None:
    found = the_only("# We know what we do here.\na = 1  # quality-gate: allow[silent-failure]\n")
    assert (found.reason, found.rules) == (None, ()), "it does not hold, and silences nothing"


def test_our_own_codes_in_a_noqa_and_in_pylints_comment() -> None:
    assert the_only("a = 1  # noqa: QG101\n").rules == ("QG101",)
    assert the_only("a = 1  # pylint: disable=silent-failure\n").rules == ("silent-failure",)


def test_a_comment_about_a_block_is_about_all_its_lines() -> None:
    found = the_only("def f():\n    # pylint: disable=silent-failure\n    a = 1\n    return a\n")
    assert (found.line, found.last) == (2, 4)


def test_a_date_that_is_none_is_left_out() -> None:
    assert the_only("a = 1  # noqa: S307 until=tomorrow\n").until is None


def test_tests_that_do_not_run_or_need_not_pass() -> None:
    source = """import pytest, unittest

pytestmark = pytest.mark.skip(reason="the bank is down")

@pytest.mark.skip
def test_a(): ...

@pytest.mark.skipif(True, reason="only on Windows")
def test_b(): ...

@pytest.mark.xfail(strict=True)
def test_c():
    pytest.skip("later")

class TestD(unittest.TestCase):
    @unittest.expectedFailure
    def test_d(self):
        self.skipTest("no bank")

@pytest.mark.flaky(reruns=3)
def test_e():
    try:
        pass
    except unittest.SkipTest:
        raise
"""
    assert [(one.line, one.kind, one.reason) for one in noted(source, "tests/test_a.py")] == [
        (3, "skip", "the bank is down"),
        (5, "skip", None),
        (8, "skip", "only on Windows"),
        (11, "xfail", None),
        (13, "skip", "later"),
        (16, "xfail", None),
        (18, "skip", "no bank"),
        (20, "flaky", None),
    ]


def test_code_that_is_no_test_skips_none() -> None:
    source = "import pytest\n\n\ndef helper():\n    pytest.skip('x')  # noqa: S307\n"
    assert [one.kind for one in noted(source)] == ["noqa"]


def test_endless_texts_are_cut() -> None:
    found = the_only(f"a = 1  # noqa: S307  # {'because ' * 1000}\n")
    assert found.reason is not None
    assert len(found.reason) == 201
