"""Tests in the names of coverage contexts: `tests/test_pay.py::test_ok|run` of pytest-cov, `test_pay.test_ok` of
coverage's own `dynamic_context`; a static context may stand before them."""

from __future__ import annotations

from collections.abc import Iterable

_CALL = "run"
_OTHER_PHASES = ("setup", "teardown")


def tests_among(contexts: Iterable[str]) -> tuple[str, ...]:
    """Ids of the tests whose call phase some contexts name, sorted."""
    return tuple(sorted({test for test in map(_test, contexts) if test}))


def _test(context: str) -> str:
    """The test that a context is the call of; "" where it is none."""
    name, _, phase = context.rpartition("|")
    if not name or phase not in (_CALL, *_OTHER_PHASES):  # parameters of a test may hold a bar too
        name, phase = context, _CALL
    if phase != _CALL:
        return ""
    file, colons, rest = name.partition("::")
    if colons:
        return f"{file.rpartition('|')[2]}::{rest}"
    dynamic = name.rpartition("|")[2]
    return dynamic if ".test" in dynamic or dynamic.startswith("test") else ""
