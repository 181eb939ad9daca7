"""Whether lines alone say that a test validates a path: where they cannot, it is unknown, and not validated.

Without exceptions (Python 3.11) nobody knows in which order a test's lines ran, nor what took a failure. A check after
it there certainly was where the test ends with one; and an `except` of the test's own may have taken it without any.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

from quality_gate.codebase.levels.checks import FileChecks, ReadChecks, Span, Taking
from quality_gate.codebase.levels.oracles import Oracles
from quality_gate.codebase.levels.types import Types
from quality_gate.failure_paths import UNKNOWN
from quality_gate.runs import Runs


class Doubting:
    """Doubts what lines say of tests.

    Args:
        read: what a file of test code checks. runs: which lines of test code ran. oracles: what else tests check.
        types: compares exceptions.
    """

    def __init__(self, read: ReadChecks, runs: Runs, oracles: Oracles, types: Types) -> None:
        self._read = read
        self._runs = runs
        self._oracles = oracles
        self._types = types
        self._swallows = lru_cache(maxsize=None)(lambda test: tuple(self._excepts(test)))
        self._ends = lru_cache(maxsize=None)(self._end_of)

    def is_taken_without_a_check(self, test: str, types: Sequence[str]) -> bool:
        """Whether an `except` or a `suppress` in the test may take an exception, and nothing need be checked then.

        Args:
            types: of the exception; `UNKNOWN` for one that nothing tells.
        """
        return any(
            self._may_take(one.types, types)
            and not (self._types.would_catch(one.types, types, perhaps=False) and self._ends(test) == "check")
            for one in self._swallows(test)
        )

    def ends_with_a_check(self, test: str) -> bool:
        """Whether the last statement of a test that ran checks something, or stands where an exception is expected."""
        return self._ends(test) != "" or self._oracles.checks_at_end(test)

    def _may_take(self, taken: Sequence[str], types: Sequence[str]) -> bool:
        if UNKNOWN in types or not types or any(not self._types.is_narrow(one) for one in taken):
            return True
        return self._types.would_catch(taken, types, perhaps=True)

    def _excepts(self, test: str) -> Iterator[Taking]:
        for path, lines in self._ran(test):
            for taking in self._read(path).takings if path else ():
                if taking.kind == "except" and any(taking.body.holds(line) for line in lines):
                    yield taking

    def _ran(self, test: str) -> Sequence[tuple[str, frozenset[int]]]:
        lines: dict[str, set[int]] = {}
        for one in self._runs.ran_in(test):
            lines.setdefault(one.path, set()).add(one.line)
        return [(path, frozenset(found)) for path, found in lines.items()]

    def _end_of(self, test: str) -> str:
        """How a test ends: with a `check`, where an exception is `expected`, or "" with neither."""
        path, _, rest = test.partition("::")
        name = rest.partition("[")[0].replace("::", ".")
        checks = self._read(path)
        span = next((one.span for one in checks.shapes if one.name == name), None)
        ran = [line for place, lines in self._ran(test) if place == path for line in lines]
        last = max((line for line in ran if span is not None and span.holds(line)), default=0)
        return _at(checks, last, self._oracles) if last else ""


def _at(checks: FileChecks, line: int, oracles: Oracles) -> str:
    def holds(span: Span) -> bool:
        return span.holds(line)

    if any(map(holds, checks.checks)):
        return "check"
    expecting = (one for one in checks.takings if one.kind != "except" and (holds(one.body) or holds(one.head)))
    return "expected" if oracles.narrow(expecting) else ""
