"""markdown: one comment of a pull request, which is edited in place."""

from __future__ import annotations

import hashlib

from quality_gate.formats._markdown import body
from quality_gate.model import Look, Report, format_

MOST = 100
"""Findings of a comment."""

SIZE = 65_000
"""Bytes; GitHub takes 65,536 characters, however it may count them."""


@format_("markdown")
def markdown(report: Report, look: Look) -> str:
    """A comment. Its first line is a marker that nobody sees, by which the comment of the last run is found.

    Anybody can write the marker into a comment of their own: look for it at the beginning of comments of your own bot
    and nowhere else.
    """
    mark = f"{marker(report)}\n"
    return mark + body(report, findings=MOST, size=SIZE - len(mark))


def marker(report: Report) -> str:
    """The marker; projects of one repository have one each."""
    folder = report.folder.encode("utf-8", "backslashreplace")
    named = f" {hashlib.blake2b(folder, digest_size=6).hexdigest()}" if folder else ""
    return f"<!-- quality-gate comment{named} -->"
