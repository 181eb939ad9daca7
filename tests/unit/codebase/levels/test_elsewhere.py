"""Checks and expected exceptions of which another place tells: production code by its name, helpers, fixtures."""

from __future__ import annotations

import textwrap

import pytest

from levels_shown import shown
from levels_told import FILES, HANDLER, RAISE, at, caught, raised, told

CONFTEST = """\
    import contextlib, pytest
    from shop.pay import Declined

    @pytest.fixture
    def declined():
        return pytest.raises(Declined)

    @pytest.fixture
    def whatever():
        return pytest.raises(Exception)

    @pytest.fixture
    def plain():
        return open("x")

    @pytest.fixture
    def refused():
        @contextlib.contextmanager
        def inner(error):
            with pytest.raises(error):
                yield
        return inner

    @pytest.fixture
    def raising():
        return pytest.raises

    @pytest.fixture(params=[pytest.raises(Declined)])
    def each(request):
        return request.param
    """
HELPERS = """\
    import contextlib, functools, pytest
    from shop.pay import Declined

    raises_declined = pytest.raises(Declined)
    declining = functools.partial(pytest.raises, Declined)
    raising = lambda error: pytest.raises(error)

    def any_of(*errors):
        return pytest.raises(errors)

    @contextlib.contextmanager
    def refused(error=Declined):
        with pytest.raises(error) as found:
            yield found

    @contextlib.contextmanager
    def by_hand(error):
        try:
            yield
        except error:
            return
        pytest.fail("nothing came")

    @contextlib.contextmanager
    def swallowed():
        try:
            yield
        except Exception:
            pass

    class Refusing:
        def __enter__(self):
            return self
        def __exit__(self, kind, error, traceback):
            assert kind is Declined
            return True

    class Swallowing:
        def __enter__(self):
            return self
        def __exit__(self, kind, error, traceback):
            return True

    class Base:
        def refused(self, error):
            return pytest.raises(error)

    def check(answer):
        assert answer == "down"

    def assert_down(answer):
        assert answer == "down"

    def compare(one, other):
        print(one, other)
    """
ASSERTING = """\
    from shop.bank import take

    def assert_down(answer):
        assert answer == "down"

    def assert_up(answer):
        if answer == "down":
            raise AssertionError(answer)

    def assert_taken(gw):
        return take(gw)

    def check(gw):
        return take(gw)

    class Service:
        def assert_taken(self, gw):
            return take(gw)

        def compare_all(self, gw):
            return take(gw)
    """
HEAD = """\
from contextlib import ExitStack, nullcontext
import pytest, shop.ours, strange
from shop.ours import Service
from shop.pay import Declined, pay, ask
from testfixtures import compare
from tests import helpers
from tests.helpers import *
from tests.helpers import Base, Refusing, any_of, by_hand, declining, raises_declined, raising, refused
"""
PLACE = HEAD.count("\n") + 2
"""The second line of a test."""


def files(test: str) -> dict[str, str]:
    held = {"tests/conftest.py": CONFTEST, "tests/helpers.py": HELPERS, "tests/__init__.py": ""}
    return {path: textwrap.dedent(text) for path, text in held.items()} | {"tests/test_pay.py": HEAD + test}


@pytest.mark.parametrize(
    ("asked", "entered", "wanted"),
    [
        ("declined", "declined", "validated"),
        ("each", "each", "validated"),
        ("refused", "refused(Declined)", "validated"),
        ("raising", "raising(Declined)", "validated"),
        ("whatever", "whatever", "run"),
        ("", "raises_declined as found", "validated"),
        ("", "helpers.raises_declined", "validated"),
        ("", "declining()", "validated"),
        ("", "raising(Declined)", "validated"),
        ("", "any_of(ValueError, Declined)", "validated"),
        ("", "refused(Declined)", "validated"),
        ("", "refused()", "validated"),
        ("", "helpers.refused(error=Declined)", "validated"),
        ("", "refused(Exception)", "run"),
        ("", "refused(Declined) if pay else nullcontext()", "validated"),
        ("", "by_hand(Declined)", "validated"),
        ("", "helpers.swallowed()", "run"),
        ("", "Refusing()", "validated"),
        ("", "helpers.Swallowing()", "run"),
        ("", "strange.refused(Declined)", "unknown"),
        ("unheard_of", "unheard_of", "unknown"),
        ("plain", "plain", "unknown"),
    ],
)
def test_an_exception_that_something_else_expects(asked, entered, wanted) -> None:
    test = f"def test_pay({asked}):\n    with {entered}:\n        pay(1)\n"
    runs = told(raised("test_pay", PLACE + 1))
    assert shown(FILES, files(test), runs)[RAISE].level == wanted


def test_a_method_of_a_base_expects_it() -> None:
    test = "class TestPay(Base):\n    def test_pay(self):\n        with self.refused(Declined):\n            pay(1)\n"
    runs = told(raised("TestPay::test_pay", PLACE + 2))
    assert shown(FILES, files(test), runs)[RAISE].level == "validated"


def test_it_is_entered_on_a_stack() -> None:
    test = "def test_pay():\n    with ExitStack() as stack:\n        stack.enter_context(refused(Declined))\n        pay(1)\n"
    assert shown(FILES, files(test), told(raised("test_pay", PLACE + 2)))[RAISE].level == "validated"
    early = test.replace("        stack", "        pay(1)\n        stack")
    assert shown(FILES, files(early), told(raised("test_pay", PLACE + 1)))[RAISE].level != "validated"


@pytest.mark.parametrize(
    ("check", "wanted"),
    [
        ("shop.ours.assert_down(answer)", "validated"),
        ("shop.ours.assert_up(answer)", "validated"),
        ("shop.ours.assert_taken(answer)", "run"),
        ("shop.ours.check(answer)", "run"),
        ("Service().assert_taken(answer)", "run"),
        ("service = Service()\n    service.assert_taken(answer)", "run"),
        ("helpers.assert_down(answer)", "validated"),
        ("helpers.compare(answer, 1)", "run"),
        ("compare(answer, 'down')", "validated"),
        ("strange.robot().check(answer)", "unknown"),
        ("strange.robot().assert_down(answer)", "validated"),
    ],
)
def test_a_check_by_its_name(check, wanted) -> None:
    test = f"def test_ask():\n    answer = ask(1)\n    {check}\n"
    ours = FILES | {"shop/ours.py": textwrap.dedent(ASSERTING), "shop/__init__.py": ""}
    last = PLACE + 1 + check.count("\n")
    runs = told(caught("test_ask", PLACE, tuple(range(PLACE + 1, last + 1))))
    found = shown(ours, files(test), runs)[HANDLER]
    assert found.level == wanted
    assert ("cannot be told" in found.why) is (wanted == "unknown")


def test_lines_alone_leave_open_what_may_be_a_check() -> None:
    test = "def test_ask():\n    answer = ask(1)\n    strange.robot().check(answer)\n"
    runs = told(tests={"tests/test_pay.py::test_ask": "passed"}, unknown={"": "3.11"},
                lines={("shop/pay.py", line): ["tests/test_pay.py::test_ask"] for line in (10, 11, 12, 13, 14)},
                ran={"tests/test_pay.py::test_ask": (at(PLACE), at(PLACE + 1))})  # fmt: skip
    assert shown(FILES, files(test), runs)[HANDLER].level == "unknown"


def test_lines_alone_leave_open_which_type_is_expected() -> None:
    test = "def test_pay():\n    with Refusing():\n        pay(1)\n"
    name = "tests/test_pay.py::test_pay"
    ran = {name: (at(PLACE), at(PLACE + 1))}
    lines = {("shop/pay.py", line): [name] for line in (7, 8)}
    runs = told(tests={name: "passed"}, unknown={"": "3.11"}, lines=lines, ran=ran)
    assert shown(FILES, files(test), runs)[RAISE].level == "unknown"
