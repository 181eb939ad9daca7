"""QG305: what a test demands of a mock against the real signature."""

from __future__ import annotations

import pytest

NAME = "mock-signature-drift"
BANK = """
import functools, abc, contextlib

def charge(order, *, currency="EUR", retry): ...
def refund(order, /, amount=None): ...
def anything(*args, **kwargs): ...
def logged(order, **context): ...

@functools.lru_cache
def rates(day): ...

@functools.wraps(charge)
def wrapped(x): ...

if abc:
    def twice(a): ...
else:
    def twice(a, b): ...

class Gateway:
    def __init__(self, key): ...
    def pay(self, order, amount): ...
    @staticmethod
    def sign(text): ...
    @classmethod
    def of(cls, name): ...

class Meta(type): ...
class Made(metaclass=Meta):
    def __init__(self, key): ...
class New:
    def __new__(cls, *args): ...
    def __init__(self, key): ...
class Plain: ...
"""
OTHERS = (("bank_of_tests.py", BANK),)

HEAD = "from unittest import mock\nfrom unittest.mock import patch\nimport bank_of_tests\n\n"

GUILTY = {
    ("charge", "1, 2, retry=1"): "it takes 1 positional arguments, not 2",
    ("charge", "1, retry=1, now=True"): "it has no argument `now`",
    ("charge", "1"): "`retry` is missing",
    ("charge", "1, order=2, retry=1"): "`order` is given twice",
    ("refund", "order=1"): "it has no argument `order`",
    ("logged", ""): "`order` is missing",
    ("rates", ""): "`day` is missing",
    ("Gateway.pay", "1"): "`amount` is missing",
    ("Gateway.sign", ""): "`text` is missing",
    ("Gateway.of", "1, 2"): "it takes 1 positional arguments, not 2",
    ("Gateway", ""): "`key` is missing",
}

SILENT = [
    ("charge", "1, retry=1"),
    ("charge", "order=1, retry=1, currency='x'"),
    ("charge", "*args"),
    ("charge", "**kwargs"),
    ("refund", "1, 2"),
    ("anything", "1, x=2"),
    ("logged", "1, x=2"),
    ("rates", "1"),
    ("wrapped", "1, 2, 3"),
    ("twice", "1, 2, 3"),
    ("Gateway", "key=1"),
    ("Gateway.pay", "1, amount=2"),
    ("Gateway.sign", "1"),
    ("Gateway.of", "1"),
    ("Made", ""),
    ("New", ""),
    ("Plain", "1"),
    ("gone", "1"),
]


@pytest.fixture(autouse=True)
def importable(tmp_path, monkeypatch, installed):
    monkeypatch.syspath_prepend(str(tmp_path / "project"))  # astroid keeps the first test's, which is the same


def decorated(target, arguments, method="assert_called_once_with"):
    return f"{HEAD}@patch('bank_of_tests.{target}')\ndef test_f(mocked):\n    mocked.{method}({arguments})\n"


@pytest.mark.parametrize("case", GUILTY)
def test_a_call_that_the_real_thing_refuses(hits, case):
    ((line, message),) = hits(NAME, decorated(*case), "tests/test_pay.py", others=OTHERS)
    assert line == 7
    assert GUILTY[case] in message


@pytest.mark.parametrize("case", SILENT)
def test_a_call_that_the_real_thing_may_take(hits, case):
    assert hits(NAME, decorated(*case), "tests/test_pay.py", others=OTHERS) == []


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        ("with patch('bank_of_tests.charge') as m:\n        m.assert_called_with()", 1),
        ("with mock.patch.object(bank_of_tests, 'charge') as m:\n        m.assert_any_call()", 1),
        ("with patch.object(bank_of_tests.Gateway, 'pay') as m:\n        m.assert_awaited_once_with(1)", 1),
        ("m = mocker.patch('bank_of_tests.charge')\n    m.assert_called_with()", 1),
        ("m = mocker.patch.object(bank_of_tests, 'charge')\n    m.assert_called_with()", 1),
        ("m = patch('bank_of_tests.charge').start()\n    m.assert_called_with()", 1),
        ("m = patch('bank_of_tests.charge')\n    m.assert_called_with()", 0),
        ("m = mocker.spy(bank_of_tests, 'charge')\n    m.assert_called_with()", 0),
        ("with patch('bank_of_tests.charge', autospec=True) as m:\n        m.assert_called_with()", 0),
        ("with patch('bank_of_tests.charge', new=fake) as m:\n        m.assert_called_with()", 0),
        ("with other('bank_of_tests.charge') as m:\n        m.assert_called_with()", 0),
        ("with patch('bank_of_tests.charge') as m:\n        m = fake\n        m.assert_called_with()", 0),
        ("with patch('bank_of_tests.charge') as m:\n        m.assert_not_called()", 0),
        ("with patch('bank_of_tests.charge') as m:\n        m.return_value.assert_called_with()", 0),
    ],
)
def test_where_a_mock_comes_from(hits, lines, found):
    source = f"{HEAD}def test_f(fake, other, mocker):\n    {lines}\n"
    assert len(hits(NAME, source, "tests/test_pay.py", others=OTHERS)) == found


STACKED = """
class TestIt:
    @patch("bank_of_tests.charge")
    @patch.dict("os.environ", {})
    @patch("bank_of_tests.rates", fake)
    @patch("bank_of_tests.refund")
    def test_f(self, refund, charge, fixture):
        refund.assert_called_with(1, 2)
        charge.assert_called_with(1, 2)
        fixture.assert_called_with()
"""


def test_decorators_hand_over_from_the_innermost_outwards(hits):
    ((line, message),) = hits(NAME, HEAD + STACKED, "tests/test_pay.py", others=OTHERS)
    assert line == 13
    assert "bank_of_tests.charge" in message


def test_only_tests_are_judged(hits):
    assert hits(NAME, decorated("charge", ""), "shop/pay.py", others=OTHERS) == []
