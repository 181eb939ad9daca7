"""What lines alone say that a test validates, and what they do not: in which order it ran, and what took a failure."""

from __future__ import annotations

import textwrap

import pytest

from levels_shown import shown
from levels_told import CALL, FILES, HANDLER, RAISE, by_lines
from quality_gate.failure_levels import ShownPath

RAISED = {(-6, 7), (7, 8), (8, -6)}
HANDLED = {(-10, 11), (11, 12), (12, 13), (13, 14), (14, -10)}


def levels(body: str, arcs: set[tuple[int, int]], first: int = 1) -> dict[str, ShownPath]:
    """Of a test that ran all of its lines from one on."""
    head = "import pytest\nfrom shop.pay import Declined, Down, pay, ask\ndef test_it():\n"
    text = head + textwrap.indent(textwrap.dedent(body), "    ")
    ran = tuple(range(first + 3, text.count("\n") + 1))
    return shown(FILES, {"tests/test_pay.py": text}, by_lines("test_it", arcs, ran))


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        ("state = ask(2)\nask(1)\nassert state == {1: 2}\n", "validated"),
        ("state = ask(2)\nassert ask(1) == 3\n", "validated"),
        ("state = ask(2)\nassert state == {}\nask(1)\n", "unknown"),
        ("with pytest.raises(Declined):\n    ask(1)\n", "validated"),
        ("ask(1)\n", "run"),
    ],
)
def test_a_handler_needs_a_check_at_the_end(body: str, wanted: str) -> None:
    found = levels(body, HANDLED)
    assert [found[key].level for key in (HANDLER, CALL)] == [wanted, wanted]


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        ("with pytest.raises(Declined):\n    pay(1)\n", "validated"),
        ("with pytest.raises(Declined):\n    pay(1)\nask(2)\n", "validated"),
        ("try:\n    pay(1)\nexcept Declined:\n    pass\nwith pytest.raises(Declined):\n    pay(2)\n", "unknown"),
        ("try:\n    pay(1)\nexcept Exception:\n    pass\nassert ask(1)\n", "unknown"),
        ("try:\n    pay(1)\nexcept Declined:\n    pass\nassert ask(1)\n", "validated"),
        ("try:\n    ask(1)\nexcept Down:\n    pass\nwith pytest.raises(Declined):\n    pay(2)\n", "validated"),
        ("with pytest.raises(Down):\n    pay(1)\n", "unknown"),
        ("with pytest.raises(Exception):\n    pay(1)\n", "run"),
        ("with pytest.raises(Exception):\n    pay(1)\nassert ask(1)\n", "unknown"),
        ("assert pay(1) == 2\n", "validated"),
        ("assert ask(1) == 2\npay(1)\n", "unknown"),
    ],
)
def test_a_raise_needs_that_nothing_else_takes_it(body: str, wanted: str) -> None:
    assert levels(body, RAISED)[RAISE].level == wanted


def test_why_is_said() -> None:
    why = levels("with pytest.raises(Down):\n    pay(1)\n", RAISED)[RAISE].why
    assert why == "lines do not tell what came of it in the tests that make it happen: 3.11"
