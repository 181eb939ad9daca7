"""Tests that expect fewer exceptions than before a change, and what has only moved."""

from __future__ import annotations

import textwrap

import pytest

from quality_gate.codebase.deleted_tests import tests_in as read
from quality_gate.codebase.softened_tests import softened

EXPECTING = "with pytest.raises(Declined):\n    pay(5)\n"


def told(before: str, now: str) -> list[tuple[str, tuple[str, ...]]]:
    was, present = (read(text.encode(), "tests/test_pay.py") for text in (before, now))
    assert was is not None
    assert present is not None
    return [(one.test.name, one.types) for one in softened(was, present)]


def a_test(body: str, name: str = "test_declined") -> str:
    return f"def {name}():\n{textwrap.indent(body, '    ')}\n"


@pytest.mark.parametrize(
    ("body", "types"),
    [
        (EXPECTING, ("Declined",)),
        ("with pytest.raises((Declined, bank.Down), match='no'):\n    pay(5)\n", ("Declined", "bank.Down")),
        ("with raises(Declined):\n    pay(5)\n", ("Declined",)),
        ("self.assertRaises(Declined, pay, 5)\n", ("Declined",)),
        ("with self.assertRaisesRegex(Declined, 'no'):\n    pay(5)\n", ("Declined",)),
    ],
)
def test_what_is_expected_no_more_is_told(body: str, types: tuple[str, ...]) -> None:
    assert told(a_test(body), a_test("try:\n    pay(5)\nexcept Exception:\n    pass\n")) == [("test_declined", types)]


@pytest.mark.parametrize(
    "now",
    [
        a_test(EXPECTING),
        a_test("assert pay(5)\n") + a_test(EXPECTING, "test_moved"),
        a_test("with pytest.raises(Declined, match='no'):\n    pay(5)\n"),
        a_test("assert pay(5)\n", "test_renamed"),
    ],
    ids=["the same", "moved to another test", "asked for more", "gone, which is another matter"],
)
def test_what_is_expected_elsewhere_or_gone_is_not(now: str) -> None:
    assert told(a_test(EXPECTING), now) == []


def test_of_two_one_is_left() -> None:
    assert told(a_test(EXPECTING * 2), a_test(EXPECTING)) == [("test_declined", ("Declined",))]
