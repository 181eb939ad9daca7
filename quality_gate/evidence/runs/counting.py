"""Which tests count: all of them, or unit tests alone (`counted-tests`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from quality_gate.config import Config
from quality_gate.evidence.runs._recorded_run import RecordedTest
from quality_gate_checkers.patterns import PathPatterns


class Counting(msgspec.Struct, frozen=True):
    """The project's choice.

    Args:
        only_unit: integration tests do not count.
        paths: path patterns of integration tests. marks: names of the pytest marks that integration tests bear.
    """

    only_unit: bool = False
    paths: tuple[str, ...] = ()
    marks: frozenset[str] = frozenset()

    def integration(self, tests: Mapping[int, RecordedTest]) -> frozenset[int]:
        """The numbers of those that are integration tests."""
        placed = self._placed({test.path for test in tests.values()})
        return frozenset(
            number for number, test in tests.items() if test.path in placed or not self.marks.isdisjoint(test.marks)
        )

    def _placed(self, paths: Iterable[str]) -> set[str]:
        patterns = PathPatterns(self.paths)
        return {path for path in paths if patterns.match(path)}


def counting_of(config: Config) -> Counting:
    """The choice that a project's configuration makes."""
    which = config.integration_tests
    return Counting(config.counted_tests == "unit", which.paths, frozenset(which.marks))
