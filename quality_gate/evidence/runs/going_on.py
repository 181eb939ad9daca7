"""Whether a test run goes on, so that what was recorded before it counts until it has ended."""

from __future__ import annotations

from pathlib import Path

from quality_gate.evidence.runs.recorded import EVIDENCE
from quality_gate_recorder.before import evidence_before


def goes_on(root: Path) -> str:
    """That a test run goes on while older evidence counts, as a note; empty where none does.

    Args:
        root: the project's, absolute.
    """
    if evidence_before(root / EVIDENCE) is None:
        return ""
    return "a test run goes on: until it has ended, what was recorded before counts"
