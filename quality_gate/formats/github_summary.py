"""github-summary: the summary of a GitHub workflow's step, as Markdown."""

from __future__ import annotations

from quality_gate.formats._markdown import body
from quality_gate.model import Look, Report, format_

MOST = 50
"""Findings; a page, not a list."""

SIZE = 500_000
"""Bytes; GitHub takes 1 MiB of a step."""


@format_("github-summary")
def github_summary(report: Report, look: Look) -> str:
    """What `$GITHUB_STEP_SUMMARY` is given."""
    return body(report, findings=MOST, size=SIZE)
