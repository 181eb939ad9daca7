"""Which tests make a failure path happen."""

from __future__ import annotations

import pytest

from failure_listing import listed
from quality_gate.codebase.mutants.covering import covering, not_told
from quality_gate.runs import SeenFailure

TEXT = """\
import httpx
def ask(bank):
    try:
        bank.auth()
        httpx.get("x")
    except (KeyError, httpx.HTTPError):
        return 1
    return 2
"""


class Runs:
    """Evidence of tests by line, and of exceptions.

    Args:
        ran: tests by line. seen: (test, line of the call, exception, bases).
    """

    def __init__(self, ran, seen=(), outcomes=None, unseen=(), arcs=None):
        self.tests = {test: "passed" for tests in ran.values() for test in tests} | (outcomes or {})
        self._ran = ran
        self._seen = seen
        self._unseen = unseen
        self._arcs = arcs or {}

    def tests_of(self, path, line):
        return tuple(self._ran.get(line, ()))

    def failures_of(self, path):
        return tuple(
            SeenFailure(
                test=test, phase="call", line=line, column=0, end_line=0, end_column=0, exception=exception,
                bases=bases, source="outside", handled=6, called_from=(), reached=None, taken=False, after=(),
            )
            for test, line, exception, bases in self._seen
        )  # fmt: skip

    def arcs_of(self, path):
        return self._arcs

    def unseen(self, test):
        return "it is an old Python" if test in self._unseen else None


@pytest.fixture(scope="module")
def paths():
    return listed({"shop/pay.py": TEXT})


def of(paths, kind, text):
    return next(path for path in paths if path.kind == kind and text in path.text)


def test_only_tests_that_pass(paths):
    runs = Runs({7: ["a", "b"]}, outcomes={"b": "failed"})
    assert covering(of(paths, "handler", "KeyError"), runs) == ("a",)


def test_one_that_showed_another_type_does_not_count(paths):
    seen = [
        ("a", 4, "KeyError", ("LookupError",)),
        ("b", 5, "httpx.ReadTimeout", ("httpx.HTTPError",)),
        ("c", 4, "Odd", ()),
    ]
    runs = Runs({7: ["a", "b", "c", "d"]}, seen, unseen=("d",))
    assert covering(of(paths, "handler", "KeyError"), runs) == ("a", "c", "d")
    assert covering(of(paths, "handler", "HTTPError"), runs) == ("b", "c", "d")


def test_of_a_call_those_in_which_it_failed(paths):
    path = of(paths, "handler call", "httpx.get")
    seen = [("a", 4, "KeyError", ()), ("b", 5, "httpx.ReadTimeout", ())]
    assert covering(path, Runs({7: ["a", "b"]}, seen)) == ("b",)
    arcs = {"c": frozenset({(5, 6)}), "d": frozenset({(4, 6)}), "e": frozenset({(5, 6)})}
    assert covering(path, Runs({7: ["c", "d", "e"]}, unseen=("c", "d"), arcs=arcs)) == ("c",)


def test_where_the_call_that_failed_is_not_known_it_is_said(paths):
    path = of(paths, "handler call", "httpx.get")
    runs = Runs({7: ["c"]}, unseen=("c",))
    assert covering(path, runs) == ()
    assert "which call failed" in (not_told(path, runs) or "")
    assert not_told(path, Runs({7: ["c"]})) is None
    assert not_told(of(paths, "handler", "KeyError"), Runs({})) is None
