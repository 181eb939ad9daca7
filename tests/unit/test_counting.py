"""Numbers of things, in words for people."""

from __future__ import annotations

from quality_gate.counting import counted


def test_one_is_one_and_all_others_are_several() -> None:
    assert [counted(number, "day") for number in (0, 1, 2000)] == ["0 days", "1 day", "2,000 days"]
    assert counted(1, "entry", "entries") == "1 entry"
    assert counted(3, "entry", "entries") == "3 entries"
