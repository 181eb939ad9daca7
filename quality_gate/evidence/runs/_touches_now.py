"""What tests touched, in the lines of the present."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from quality_gate.evidence.runs._placement import Placement
from quality_gate.evidence.runs._recorded_touches import RecordedTouches
from quality_gate.runs import LineOfTests, Touch, Touched
from quality_gate_recorder.isolation_tables import Touch as RecordedTouch


def touches_now(
    recorded: RecordedTouches,
    stale: Mapping[str, str],
    integration: frozenset[str],
    placement: Callable[[str], Placement],
) -> Touched:
    """What is recorded of tests that are as they were.

    Args:
        stale: why what is known of a test no longer holds, by its id. integration: ids of integration tests.
        placement: of the lines of a file of the project or its tests.
    """

    def now(path: str, line: int) -> LineOfTests | None:
        return LineOfTests(path, (placement(path).now(line) or 0) if line else 0) if path else None

    def touch(found: RecordedTouch) -> Touch:
        return Touch(
            found.nodeid,
            found.phase,
            found.kind,
            found.what,
            found.seconds,
            now(found.path, found.line),
            now(found.test_path, found.test_line),
        )

    held = tuple(touch(found) for found in recorded.touches if found.nodeid not in stale)
    return Touched(held, integration, stale, recorded.not_watched)
