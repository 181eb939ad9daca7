"""Every kind of failure path on its cases: listed at the marked lines and nowhere else."""

from __future__ import annotations

import pytest

from failure_cases_of import CASES, FailureCase, failure_cases
from quality_gate.failure_paths import KINDS


@pytest.mark.parametrize("case", failure_cases(), ids=lambda case: case.title)
def test_paths_stand_at_the_marked_lines_only(case: FailureCase) -> None:
    assert case.found() == case.wanted


def test_every_kind_has_cases() -> None:
    marked = {kind.removeprefix("U ") for case in failure_cases() for _, _, kind in case.wanted}
    assert marked == set(KINDS)
    assert {file.stem.replace("_", " ") for file in CASES.glob("*.py")} <= set(KINDS)
