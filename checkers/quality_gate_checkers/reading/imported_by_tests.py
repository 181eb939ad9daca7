"""What tests import: whether it may check something on a test's behalf."""

from __future__ import annotations

import sys
from typing import Literal

from quality_gate_checkers.reading.oracles import is_checking, words
from quality_gate_checkers.regexes import regex

_FRAMEWORKS = frozenset(
    {
        "django", "rest_framework", "fastapi", "starlette", "flask", "pytest", "pytz", "freezegun", "factory", "faker",
        "requests", "httpx", "responses", "respx", "sqlalchemy", "model_bakery", "model_mommy", "celery", "redis",
        "mock", "pytest_mock", "time_machine", "aiohttp", "boto3", "botocore", "moto", "click", "typer", "pydantic",
        "numpy", "pandas", "yaml", "attr", "attrs", "dateutil", "psycopg2", "pymongo", "werkzeug", "pyramid",
        "requests_mock", "aioresponses", "parameterized", "wagtail", "graphene", "jwt", "lxml", "bs4", "asgiref",
    }
)  # fmt: skip
"""Libraries whose parts are named for tests and check nothing by themselves."""

_FOR_TESTS = regex(
    r"^(tests?|testing|conftest|testutils?|test_utils?|.*_tests?|test_.*|testlib|fixtures?|factor(y|ies)|mocks?|fakes?|"
    r"stubs?|doubles?|helpers?_?.*|.*_helpers?|.*_testing|testcases?|base_tests?)$"
)
"""Parts of a dotted name behind which test code is expected: what it does is looked up, not guessed."""

_ONLY_FAILS = regex(r"(^|_)(validat\w*|checks?|checker|verif\w+|ensures?|clean|requires?|guard|null|noop|dummy)(_|$)")
"""Words in the names of production code whose only answer is to raise, or that does nothing by design."""

_FLAT = frozenset({"utils", "util", "common", "base", "shared", "support", "lib", "setup"})
"""Modules that lie beside the tests when they are imported by such a plain name."""


def imported_by_a_test(name: str, own: int) -> Literal["idle", "open", "unseen"]:
    """Whether something imported may check: production code and libraries do not on a test's behalf, test code may.

    Args:
        name: dotted.
        own: how many of its last parts are attributes of what was imported.

    Returns:
        `idle` for what checks nothing, `open` for what the other module tells, `unseen` for what may check by itself.
    """
    parts = name.split(".")
    if any(_ONLY_FAILS.search(words(part)) for part in parts[-max(own, 0) - 1 :]):
        return "unseen"
    if parts[0] in sys.stdlib_module_names or parts[0] in _FRAMEWORKS:
        return "idle"
    if not (any(_FOR_TESTS.match(part) for part in parts) or parts[0] in _FLAT):
        return "idle"
    return "unseen" if any(is_checking(part) for part in parts[-max(own, 1) - 1 :]) else "open"
