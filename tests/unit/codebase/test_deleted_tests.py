"""What the source of a test speaks of: functions by its imports, through fixtures and helpers of its file."""

from __future__ import annotations

import pytest

from quality_gate.codebase.deleted_tests import tests_in as read

HELPERS = """\
import pytest
import shop.mail
from shop import pay
from shop.pay import Till, refund as give_back
from . import Local


@pytest.fixture
def till():
    return Till()


def test_client():
    return a_helper()


def a_helper():
    return give_back(5)
"""


@pytest.mark.parametrize(
    ("body", "function"),
    [
        ("give_back(1)", "shop.pay.refund"),
        ("pay.place(1)", "shop.pay.place"),
        ("shop.mail.send(1)", "shop.mail.send"),
        ("Till().charge(1)", "shop.pay.Till.charge"),
        ("Till()", "shop.pay.Till.__init__"),
        ("till.charge(1)", "shop.pay.Till.charge"),
        ("a_helper()", "shop.pay.refund"),
        ("Local().settle()", "tests.shop.Local.settle"),
    ],
)
def test_it_speaks_of_what_its_imports_lead_to(body, function):
    (_, test) = read(f"{HELPERS}\n\ndef test_it(till):\n    {body}\n".encode(), "tests/shop/test_pay.py")
    assert test.speaks_of(function)


@pytest.mark.parametrize("function", ["shop.pay.Till.refund", "shop.pay.place", "shop.pay.refund", "shop.mail.send"])
def test_it_does_not_speak_of_what_stands_beside(function):
    (_, test) = read(f"{HELPERS}\n\ndef test_it(till):\n    till.charge(place)\n".encode(), "tests/shop/test_pay.py")
    assert not test.speaks_of(function)


def test_what_runs_before_the_tests_of_a_class_belongs_to_each():
    source = (
        "from shop.pay import Till\n\n\nclass PayTest(TestCase):\n    def setUp(self):\n        self.till = Till()\n\n"
        "    def test_it(self):\n        self.till.charge(5)\n"
    )
    (test,) = read(source.encode(), "test_pay.py")
    assert (test.id, test.speaks_of("shop.pay.Till.charge")) == ("test_pay.py::PayTest::test_it", True)


def test_fixtures_helpers_and_inner_functions_are_no_tests():
    source = "@pytest.fixture\ndef test_db(): ...\n\n\ndef make():\n    def test_inner(): ...\n\n\nclass Helper:\n    def test(self): ...\n"
    assert read(source.encode(), "test_pay.py") == []


def test_of_what_cannot_be_analysed_nothing_is_known():
    assert read(b"def test_it(:\n", "test_pay.py") is None
