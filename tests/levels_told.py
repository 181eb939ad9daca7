"""Evidence about three functions, written down: who made what fail, and where it went."""

from __future__ import annotations

import textwrap

import msgspec

from levels_shown import Told, shown
from quality_gate.failure_levels import ShownPath
from quality_gate.runs import LineOfTests, SeenFailure

PAY = textwrap.dedent("""\
    import requests
    from shop.bank import take
    class Declined(Exception): pass
    class Down(Exception): pass

    def pay(order):
        state = order.state
        raise Declined(state)

    def ask(gw):
        try:
            answer = take(gw)
        except Down:
            return "down"
        return answer

    def fetch(url):
        try:
            return requests.get(url, timeout=3)
        except (requests.Timeout, TimeoutError):
            return "late"
    """)
FILES = {"shop/pay.py": PAY, "shop/bank.py": "from shop.pay import Down\ndef take(gw):\n    raise Down\n"}
TEST = textwrap.dedent("""\
    import pytest
    from shop.pay import Declined, pay, ask
    def test_pay():
        with pytest.raises(Declined):
            pay(1)
    def test_any():
        with pytest.raises(Exception):
            pay(1)
    def test_ask():
        answer = ask(1)
        assert answer == "down"
    def test_no_check():
        ask(1)
    def test_try():
        try:
            pay(1)
        except Declined as error:
            assert error.args
    """)
TESTS = {"tests/test_pay.py": TEST}
RAISE, HANDLER, CALL = (
    "pay raise: raise Declined(state)",
    "ask handler: except Down",
    "ask handler call: take(gw) @ Down",
)
T = "tests/test_pay.py::"


def at(line: int) -> LineOfTests:
    return LineOfTests("tests/test_pay.py", line)


def failure(test: str, line: int, column: int, end: int, **more: object) -> SeenFailure:
    given: dict[str, object] = {
        "test": T + test, "phase": "call", "line": line, "column": column, "end_line": line, "end_column": end,
        "exception": "shop.pay.Declined", "bases": ("Exception", "BaseException"), "source": "here", "handled": None,
        "called_from": (), "reached": None, "taken": False, "after": (),
    }  # fmt: skip
    return msgspec.structs.replace(SeenFailure(**given), **more)  # type: ignore[arg-type]


def raised(test: str, reached: int | None, **more: object) -> SeenFailure:
    """`raise Declined(state)`, as a test made it happen."""
    came = {"reached": at(reached), "taken": True, "called_from": (at(reached),)} if reached else {}
    return msgspec.structs.replace(failure(test, 8, 5, 26, **came), **more)


def caught(test: str, called: int, after: tuple[int, ...] = (), **more: object) -> SeenFailure:
    """`take(gw)` failed, and its handler was entered."""
    given = {"source": "project", "handled": 13, "called_from": (at(called),), "after": tuple(map(at, after))}
    return msgspec.structs.replace(failure(test, 12, 18, 26, exception="shop.pay.Down", **given), **more)


def told(*failures: SeenFailure, **more: object) -> Told:
    """Evidence of passing tests, each of which ran the lines that it failed at."""
    tests = {one.test: "passed" for one in failures}
    lines: dict[tuple[str, int], list[str]] = {}
    for one in failures:
        for line in (one.line, 7 if one.line == 8 else 11, 14 if one.handled == 13 else one.line):
            lines.setdefault(("shop/pay.py", line), []).append(one.test)
    given = {"tests": tests, "lines": lines, "failures": {"shop/pay.py": failures}} | more
    return Told(**given)  # type: ignore[arg-type]


def level(key: str, runs: Told, **more: object) -> ShownPath:
    return shown(FILES, TESTS, runs, **more)[key]  # type: ignore[arg-type]


def by_lines(test: str, arcs: set[tuple[int, int]], ran: tuple[int, ...], **more: object) -> Told:
    lines = {line for arc in arcs for line in arc if line > 0}
    given = {
        "tests": {T + test: "passed"},
        "lines": {("shop/pay.py", line): [T + test] for line in lines},
        "arcs": {"shop/pay.py": {T + test: frozenset(arcs)}},
        "ran": {T + test: tuple(map(at, ran))},
        "unknown": {"": "3.11"},
    }
    return Told(**(given | more))  # type: ignore[arg-type]
