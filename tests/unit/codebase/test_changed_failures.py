"""Raises and handlers of a change outside of critical paths: only those, and only where the evidence is whole."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

import msgspec
import pytest

from failure_listing import listed
from levels_shown import Told
from linking import link
from quality_gate.codebase.changed_failures import changed_failures
from quality_gate.errors import nothing_recorded
from quality_gate.failure_levels import Level, ShownPath, ShownPaths
from quality_gate.model import Change, LineRange
from quality_gate_checkers.settings import Settings

PAY = """\
def pay(amount, bank):
    if amount < 0:
        raise ValueError(amount)
    try:
        return bank.take(amount)
    except OverflowError:
        return 0

def other(bank):
    if bank.state != 200:
        return None
    raise KeyError(bank)  # quality-gate: allow[untested-failure-path] reason="never"
"""
FILES = {"shop/pay.py": PAY}
WHOLE = Told({"tests/test_pay.py::test_ok": "passed"})
TODAY = datetime.date(2026, 11, 22)


def found(*spans: LineRange, runs=WHOLE, critical=(), level: Level = "not run", **more) -> list[str]:
    """Texts of what is told where these lines are new."""
    asked: list[str] = []

    def shown_in(names: Sequence[str]) -> ShownPaths:
        asked.extend(names)
        held = [path for path in listed(FILES) if f"shop.pay.{path.function}" in names]
        return ShownPaths(shown=tuple(ShownPath(path=path, level=level) for path in held))

    change = msgspec.structs.replace(
        Change(description="", lines={"shop/pay.py": spans}, files=frozenset(FILES)), **more
    )
    told = changed_failures(
        link(FILES, Settings()), change, list(FILES), frozenset(critical), runs, shown_in, TODAY
    )  # fmt: skip
    return [one.path.text for one in told]


ALL = LineRange(1, 12)


def test_raises_and_handlers_that_the_change_touches():
    assert found(ALL) == ["raise ValueError(amount)", "except OverflowError"]
    assert found(LineRange(3, 3)) == ["raise ValueError(amount)"]
    assert found(LineRange(5, 5)) == [], "a call is none"
    assert found(LineRange(10, 12)) == [], "nor is a return, and what is waived is spared"
    assert found() == []


@pytest.mark.parametrize("level", ["run", "validated", "unknown"])
def test_what_is_not_known_is_left_out(level):
    assert bool(found(ALL, level=level)) is (level != "unknown")


def test_members_of_critical_paths_are_told_with_these():
    assert found(ALL, critical=["shop.pay.pay"]) == []


@pytest.mark.parametrize(
    "runs",
    [
        nothing_recorded(),
        Told(WHOLE.tests, problems=("2 of 3 tests failed: a",)),
        Told(WHOLE.tests, partial="1 test was chosen"),
    ],
)
def test_evidence_that_is_not_whole_tells_nothing(runs):
    assert found(ALL, runs=runs) == []


def test_nor_does_a_change_that_is_everything():
    assert found(ALL, everything=True) == []
