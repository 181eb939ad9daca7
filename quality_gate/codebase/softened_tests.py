"""Tests that expected an exception before a change and expect it no more: told from the files as they were and are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import msgspec

from quality_gate.codebase.deleted_tests import WrittenTest


class SoftenedTest(msgspec.Struct, frozen=True):
    """A test that asks for less than it did.

    Args:
        test: as it was.
        types: the exceptions that it expected and expects no more, as they were written.
    """

    test: WrittenTest
    types: tuple[str, ...]


def softened(before: Iterable[WrittenTest], now: Iterable[WrittenTest]) -> list[SoftenedTest]:
    """Those of some tests that are still there and expect fewer exceptions.

    An exception that the changed files expect as often as before, in whatever test, has only moved.

    Args:
        before: tests as they were. now: the tests of all files that the change adds or touches.
    """
    were, present = list(before), list(now)
    expected = Counter(name for test in were for name in test.expects)
    expected.subtract(name for test in present for name in test.expects)
    after = {test.id: Counter(test.expects) for test in present}
    found: list[SoftenedTest] = []
    for test in were:
        lost = Counter(test.expects) - after.get(test.id, Counter(test.expects))
        types = tuple(sorted(name for name in lost if expected[name] > 0))
        if types:
            found.append(SoftenedTest(test, types))
    return found
