"""Names of sources and names of runs: when they mean one class."""

from __future__ import annotations

import pytest

from failure_listing import lister
from quality_gate.codebase.levels.types import Types
from quality_gate.runs import SeenFailure
from quality_gate_checkers.settings import Settings

FILES = {
    "shop/__init__.py": "",
    "shop/errors.py": "class Shop(Exception): pass\nclass Declined(Shop): pass\n",
    "shop/pay.py": "from shop.errors import Declined\nimport requests\ndef f(): raise Declined\n",
}


def types() -> Types:
    return Types(lister(FILES, Settings()).lineage)


def seen(exception: str, *bases: str) -> SeenFailure:
    return SeenFailure("t", "call", 1, 0, 0, 0, exception, (*bases, "Exception"), "here", None, (), None, False, ())


@pytest.mark.parametrize(
    ("named", "exception", "bases"),
    [
        ("builtins.ValueError", "ValueError", []),
        ("builtins.OSError", "ConnectionError", ["OSError"]),
        ("builtins.IOError", "OSError", []),
        ("socket.timeout", "TimeoutError", ["OSError"]),
        ("shop.errors.Declined", "shop.errors.Declined", ["shop.errors.Shop"]),
        ("shop.pay.Declined", "shop.errors.Declined", ["shop.errors.Shop"]),
        ("shop.errors.Shop", "shop.errors.Declined", ["shop.errors.Shop"]),
        ("httpx.ConnectError", "httpx._exceptions.ConnectError", []),
        ("requests.ConnectionError", "requests.exceptions.ConnectionError", []),
        ("tests.test_pay.Boom", "test_pay.Boom", []),
        ("tests.test_pay.test_x.Boom", "tests.test_pay.test_x.<locals>.Boom", []),
        ("pydantic.ValidationError", "pydantic_core._pydantic_core.ValidationError", []),
    ],
)
def test_one_class(named, exception, bases) -> None:
    assert types().is_one(seen(exception, *bases), named)


@pytest.mark.parametrize(
    ("named", "exception"),
    [
        ("builtins.ConnectionError", "requests.exceptions.ConnectionError"),
        ("requests.ConnectionError", "ConnectionError"),
        ("shop.errors.Declined", "shop.errors.Shop"),
        ("shop.errors.Declined", "bank.errors.Declined"),
        ("builtins.ValueError", "KeyError"),
        ("?", "ValueError"),
    ],
)
def test_two_classes(named, exception) -> None:
    assert not types().is_one(seen(exception), named)


def test_a_type_that_tells_something() -> None:
    assert types().narrow(["builtins.Exception", "builtins.BaseException", "?", "shop.Declined"]) == ("shop.Declined",)


@pytest.mark.parametrize(
    ("expected", "raised", "perhaps", "wanted"),
    [
        ("shop.errors.Declined", "shop.errors.Declined", False, True),
        ("shop.errors.Shop", "shop.errors.Declined", False, True),
        ("shop.errors.Declined", "shop.errors.Shop", False, False),
        ("shop.errors.Declined", "shop.errors.Shop", True, True),
        ("builtins.Exception", "shop.errors.Declined", False, False),
        ("builtins.ValueError", "?", False, False),
        ("django.core.exceptions.ValidationError", "django.forms.ValidationError", False, True),
    ],
)
def test_an_expected_type_that_would_take_what_is_raised(expected, raised, perhaps, wanted) -> None:
    assert types().would_catch([expected], [raised], perhaps=perhaps) is wanted


def test_what_a_library_may_well_raise() -> None:
    known = types()
    assert known.is_related(
        seen("requests.exceptions.ConnectTimeout", "requests.exceptions.Timeout"), ["requests.Timeout"]
    )
    assert not known.is_related(seen("TimeoutError", "OSError"), ["shop.errors.Declined"])
    assert known.is_of_same_library(seen("requests.exceptions.SSLError"), ["requests.Timeout"])
    assert not known.is_of_same_library(seen("TimeoutError"), ["requests.Timeout"])
