"""Whether a function fails without its raise as it did with it."""

from __future__ import annotations

import contextlib
import sys

import pytest

from quality_gate_recorder.leaving import Leaving

monitored = pytest.mark.skipif(sys.version_info < (3, 12), reason="needs sys.monitoring")


@pytest.fixture
def leaving():
    made = []

    def make(*types):
        made.append(Leaving(types))
        return made[0]

    yield make
    if made[0]._tool is not None:
        sys.monitoring.free_tool_id(made[0]._tool)


def changed(leaving, code, *calls, watched=True):
    """Whether calls of a function that lost its raise, `reach()` in its place, end alike."""
    names = {"reach": lambda: leaving.came()}
    exec(f"def changed(x):\n    if x:\n        reach()\n    {code}\n", names)
    if watched:
        leaving.watch(names["changed"].__code__)
    for given in calls:
        with contextlib.suppress(Exception):
            names["changed"](given)
    return leaving.is_alike


FAILS = "return {}['no']"


@monitored
@pytest.mark.parametrize("taken", ["KeyError", "LookupError"])
def test_it_fails_with_such_an_exception_all_the_same(leaving, taken):
    assert changed(leaving(taken), FAILS, 1, 2)


@monitored
@pytest.mark.parametrize(
    ("code", "calls"),
    [
        ("return x", [1]),
        ("return 1 / 0", [1]),
        ("return {1: 1}[x]", [1, 2]),
        ("return {1: 1}[x]", [2, 1]),
        ("try: {}[x]\n    except KeyError: return 1", [1]),
        (FAILS, [0]),
        (FAILS, []),
    ],
    ids=["ends well", "of another type", "once well", "well at last", "handled", "without the change", "not called"],
)
def test_else_somebody_may_notice(leaving, code, calls):
    assert not changed(leaving("KeyError"), code, *calls)


@monitored
def test_what_is_not_watched_tells_nothing(leaving):
    found = leaving("KeyError")
    changed(found, FAILS, 1)
    assert not changed(found, FAILS, 1, watched=False)


def test_without_types_nothing_is_watched(leaving):
    found = leaving()
    assert not changed(found, FAILS, 1)
    assert found._tool is None


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="is about older ones")
def test_older_pythons_tell_nothing(leaving):
    assert not changed(leaving("KeyError"), FAILS, 1)
