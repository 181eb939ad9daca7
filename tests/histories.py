"""Scratch repositories with a history: commits on days of their own."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from git_scratch import Scratch

ADOPTED = """[tool.quality-gate.practices]
static-analysis = "enforce"

[tool.quality-gate.critical-paths.payments]
owner = "@shop/payments"
include = ["shop/pay.py"]
"""


class Dated(Scratch):
    """A repository whose commits are dated.

    Args:
        folder: its top folder.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._lines = 0

    def on(
        self, day: str, subject: str, files: Mapping[str, str] | None = None, *, author: str = "A", body: str = ""
    ) -> str:
        """Commit some files, or another line of shop/pay.py, at noon of a day; the commit's hash."""
        self._lines += 1
        for path, content in (files or {"shop/pay.py": "PAID = 1\n" * self._lines}).items():
            self.stage(path, content)
        date = day if day.startswith("@") else f"{day}T12:00:00Z"
        message = [f"--message={text}" for text in (subject, body) if text]
        self.git(
            "commit",
            "--quiet",
            "--allow-empty",
            *message,
            GIT_COMMITTER_DATE=date,
            GIT_AUTHOR_DATE=date,
            GIT_AUTHOR_NAME=author,
        )
        return self.git("rev-parse", "HEAD")


def with_adoption(folder: Path) -> Dated:
    """A shop that adopted static-analysis on 2026-01-01: fifteen bug fixes in the year before, two since."""
    shop = Dated(folder)
    shop.on("2025-01-01", "Begin", {"shop/__init__.py": "", "shop/other.py": "X = 1\n"})
    for number in range(15):
        shop.on(f"2025-{number % 12 + 1:02}-{10 + number:02}", f"Fix rounding {number}")
    shop.on("2026-01-01", "Adopt the gate", {"pyproject.toml": ADOPTED})
    for number in range(20):
        subject = f"Fix a total {number}" if number < 2 else f"feat: another way to pay {number}"
        shop.on(f"2026-{number % 10 + 1:02}-{5 + number:02}", subject)
    return shop
