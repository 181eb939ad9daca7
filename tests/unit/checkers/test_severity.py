"""Whoever silences a rule of ours without a word is stopped; whoever silences another tool is told."""

from __future__ import annotations

import pytest

from quality_gate_checkers.inspection import inspect
from quality_gate_checkers.settings import Settings


def severities(comment: str) -> list[tuple[str, str]]:
    source = f"import eggs\n\nspam = eggs.fry()  {comment}\n"
    inspection = inspect("shop/case.py", source.encode(), Settings())
    return [(violation.code, violation.severity) for violation in inspection.violations]


@pytest.mark.parametrize(
    "comment",
    [
        "# noqa: QG101",
        "# noqa: QG1",
        "# pylint: disable=silent-failure",
        "# pylint: disable=W9101",
        "# quality-gate: allow[silent-failure]",
    ],
)
def test_silencing_our_rules_without_a_reason_is_an_error(comment: str) -> None:
    assert severities(comment) == [("QG601", "error")]


@pytest.mark.parametrize("comment", ["# noqa: S307", "# type: ignore[attr-defined]", "# pylint: disable=eval-used"])
def test_silencing_other_tools_without_a_reason_is_a_warning(comment: str) -> None:
    assert severities(comment) == [("QG601", "warning")]


def test_suppressions_of_other_tools_are_not_kept() -> None:
    source = b"import eggs\n\nspam = eggs.fry()  # noqa: S307\nham = eggs.fry()  # noqa: QG101 eggs never fail\n"
    kept = inspect("shop/case.py", source, Settings()).suppressions
    assert [found.names for found in kept] == [("QG101",)]
