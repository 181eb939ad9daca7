"""What failed in which test, in the lines of the present."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from quality_gate.evidence._present import Present
from quality_gate.evidence.runs._placement import UNCHANGED, Placement
from quality_gate.evidence.runs._recorded_failures import RecordedFailures
from quality_gate.evidence.runs._recorded_run import RecordedRun
from quality_gate.runs import LineOfTests, SeenFailure
from quality_gate_recorder.failure_tables import Failure, Place, Seen

_GONE = Placement({})


class FailuresNow:
    """Places what is recorded of failures.

    Args:
        recorded: that. run: the run as a whole. present: the project's files as they are.
        placement: of a measured file's lines.
    """

    def __init__(
        self,
        recorded: RecordedFailures,
        run: RecordedRun,
        present: Present,
        placement: Callable[[str], Placement],
    ) -> None:
        self._recorded = recorded
        self._run = run
        self._present = present
        self._placement = placement
        self._of_tests: dict[str, Placement] = {}
        self._by_path: dict[str, list[tuple[Seen, Failure]]] = {}
        for seen in recorded.seen:
            for failure in seen.failures:
                self._by_path.setdefault(failure.path, []).append((seen, failure))

    def of(self, path: str) -> tuple[SeenFailure, ...]:
        """What failed in a file, and still stands in it."""
        recorded = self._by_path.get(path)
        if not recorded:
            return ()
        placement = self._placement(path)
        lines = (self._present.content(path) or b"").splitlines()
        found = (self._failure(seen, failure, placement, lines) for seen, failure in recorded)
        return tuple(failure for failure in found if failure is not None)

    def ran_in(self, nodeid: str) -> tuple[LineOfTests, ...]:
        """Lines of test code that a test's call phase ran."""
        every = (
            self._lines(seen.places) for seen in self._recorded.seen if (seen.nodeid, seen.phase) == (nodeid, "call")
        )
        return tuple(dict.fromkeys(line for lines in every for line in lines))

    def lines_run(self, path: str) -> frozenset[int] | None:
        """Lines of a file of test code that were run, None where that is not known."""
        placement = self.placement_of_test(path)
        if path not in self._run.test_code or placement is _GONE:
            return None
        return placement.lines(
            place.line for seen in self._recorded.seen for place in seen.places if place.path == path
        )

    def unseen(self, nodeid: str) -> str | None:
        """Why not all that failed in a test is known, as a clause."""
        reasons = dict.fromkeys((*self._recorded.unseen.get("", ()), *self._recorded.unseen.get(nodeid, ())))
        return "; ".join(reasons) or None

    def _failure(self, seen: Seen, failure: Failure, placement: Placement, lines: list[bytes]) -> SeenFailure | None:
        line = placement.now(failure.line)
        handled = placement.now(failure.handled) if failure.handled else 0
        if line is None or handled is None:
            return None
        end_line = placement.now(failure.end_line) or 0
        known = failure.end_line > 0 and 0 < line <= len(lines) and 0 < end_line <= len(lines)
        return SeenFailure(
            test=seen.nodeid,
            phase=seen.phase,
            line=line,
            column=_column(lines[line - 1], failure.column) if known else 0,
            end_line=end_line if known else 0,
            end_column=_column(lines[end_line - 1], failure.end_column) if known else 0,
            exception=failure.exception,
            bases=self._recorded.bases.get(failure.exception, ()),
            source=failure.source,
            handled=handled or None,
            called_from=tuple(map(self._line, failure.called_from)),
            reached=self._line(failure.reached) if failure.reached else None,
            taken=failure.taken,
            after=self._lines(seen.places[failure.moment :]),
            older_thread=failure.older_thread,
        )

    def _line(self, place: Place) -> LineOfTests:
        return LineOfTests(place.path, self.placement_of_test(place.path).now(place.line) or 0)

    def _lines(self, places: Iterable[Place]) -> tuple[LineOfTests, ...]:
        return tuple(line for line in map(self._line, places) if line.line)

    def placement_of_test(self, path: str) -> Placement:
        """Where the lines of a file of test code stand now."""
        known = self._of_tests.get(path)
        if known is None:
            known = self._of_tests[path] = self._placed(path)
        return known

    def _placed(self, path: str) -> Placement:
        recorded = self._run.test_code.get(path)
        content = self._present.content_digest(path)
        if recorded is None or content is None:
            return _GONE
        if content == recorded.content:
            return UNCHANGED
        digest, present = self._present.outline(path) or (b"", ())
        then = self._recorded.lines.get(path, ())
        if digest != recorded.digest or len(then) != len(present):
            return _GONE
        now: Mapping[int, int] = dict(zip(then, present, strict=True))
        return Placement(now)


def _column(line: bytes, offset: int) -> int:
    """A column, 1-based, in code points."""
    return len(line[:offset].decode("utf-8", "replace")) + 1
