"""Which functions tests may come to that nobody has recorded."""

from __future__ import annotations

import pytest

from linking import link
from quality_gate.codebase.later_tests import LaterTest, LaterTests
from quality_gate_checkers.settings import Settings

PAY = (
    "import requests\n"
    "def pay(order):\n    return fee(order)\n"
    "def fee(order):\n    return order\n"
    "def lone(order):\n    raise KeyError(order)\n"
    "class Base:\n    def run(self): ...\n"
    "class Own(Base):\n    def run(self): ...\n"
    "def outer(order):\n    def inner():\n        return order\n    return inner\n"
    "def ask(order):\n    return order.anything().goes()\n"
)
NEW = "tests/test_new.py"
HEAD = "import pytest\nfrom shop.pay import Base, Own, ask, lone, outer, pay\n"


def reason(body: str, function: str, *, is_open: bool = False, linked: bool = True) -> str:
    codebase = link({"shop/pay.py": PAY, "shop/__init__.py": "", NEW: HEAD + body}, Settings())
    later = LaterTests([LaterTest(NEW, is_open)], (lambda: codebase) if linked else None)
    return later("shop/pay.py", function)


@pytest.mark.parametrize(
    ("body", "reached"),
    [
        ("def test_a():\n    assert pay(1)\n", {"pay", "fee"}),
        ("def test_a():\n    with pytest.raises(KeyError):\n        lone(1)\n", {"lone"}),
        ("def test_a():\n    pytest.raises(KeyError, lone, 1)\n", {"lone"}),
        ("def helper():\n    return pay(1)\ndef test_a():\n    assert helper()\n", {"pay", "fee"}),
        ("class TestA:\n    def test_a(self):\n        assert pay(1)\n", {"pay", "fee"}),
        ("def test_a():\n    assert outer(1)()\n", {"outer", "outer.inner"}),
        ("def test_a():\n    ask(1)\n", {"ask"}),
    ],
)
def test_where_all_calls_resolve_they_come_to_what_they_call(body: str, reached: set[str]) -> None:
    every = {"pay", "fee", "lone", "Own.run", "outer", "outer.inner", "ask"}
    assert {name for name in every if reason(body, name)} == reached


@pytest.mark.parametrize(
    "body",
    [
        "def test_a():\n    made = unknown()\n    made.pay()\n",
        "import subprocess\ndef test_a():\n    subprocess.run(['shop'])\n",
        "from fastapi.testclient import TestClient\ndef test_a():\n    TestClient(1).post('/pay')\n",
    ],
)
def test_else_they_may_come_to_anything(body: str) -> None:
    assert reason(body, "lone") == f"tests have changed since: {NEW}"


def test_nobody_knows_what_fixtures_run_and_without_links_nothing_is_known() -> None:
    body = "def test_a():\n    assert pay(1)\n"
    assert not reason(body, "lone")
    assert reason(body, "lone", is_open=True)
    assert reason(body, "lone", linked=False)


def test_module_code_is_run_by_whoever_imports_it() -> None:
    assert reason("def test_a():\n    assert pay(1)\n", "")


def test_many_files_are_counted() -> None:
    tests = [LaterTest(f"tests/test_{number}.py") for number in range(5)]
    said = LaterTests(tests, None)("shop/pay.py", "pay")
    assert said == "tests have changed since: tests/test_0.py, tests/test_1.py and 3 more"
    assert LaterTests((), None)("shop/pay.py", "pay") == ""
