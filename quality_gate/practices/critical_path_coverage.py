"""critical-path-coverage: nothing to measure until a critical path is declared."""

from __future__ import annotations

from collections.abc import Iterator

from quality_gate.bench import Bench, practice
from quality_gate.errors import Missing
from quality_gate.model import Mode, Outcome, Verdict


@practice("critical-path-coverage")
def critical_path_coverage(bench: Bench, mode: Mode) -> Iterator[Verdict]:
    """Is the code that the business depends on tested?

    Line and branch coverage of every critical path that `[tool.quality-gate.critical-paths]` declares.

    ## What it cannot see
    This version reads the declarations and cannot measure coverage yet. A project that declares no critical path has
    nothing to measure; one that does gets UNPROVEN, never KEPT.
    """
    if bench.critical_paths:
        raise Missing(
            "coverage of " + ", ".join(bench.critical_paths),
            'this version cannot measure it yet: keep critical-path-coverage = "observe"',
        )
    yield Verdict(
        practice="critical-path-coverage",
        subject=None,
        mode=mode,
        outcome=Outcome.EMPTY,
        measured=0,
        demanded=0,
        of=0,
        unit="critical paths",
        reason="nothing to measure: no critical path declared",
    )
