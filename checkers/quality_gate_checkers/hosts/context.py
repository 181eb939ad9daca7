"""What both hosts need to know of a file: its project's root, its path from there, the settings."""

from __future__ import annotations

import datetime
import os
from functools import lru_cache
from pathlib import Path

from quality_gate_checkers.model.violation import Violation
from quality_gate_checkers.settings import Settings, find_settings


@lru_cache(maxsize=256)
def project_of(folder: Path) -> tuple[Path, Settings]:
    """Root and settings of the project that a folder belongs to; read once per folder and process.

    Raises:
        UnreadableSettings: `[tool.quality-gate]` is there and cannot be used.
    """
    return find_settings(folder)


def place(filename: str) -> tuple[str, Settings]:
    """Path from the project's root with forward slashes, and the project's settings.

    Raises:
        UnreadableSettings: see `project_of`.
    """
    file = Path(os.path.abspath(filename))  # `..` must go: the root is looked for folder by folder upwards
    root, settings = project_of(file.parent)
    return file.relative_to(root).as_posix(), settings


def today() -> datetime.date:
    """The day on which suppressions are looked at; hosts are where the clock is read."""
    return datetime.datetime.now(tz=datetime.UTC).date()


def sentence(violation: Violation) -> str:
    """A violation as flake8 and pylint show it: one line."""
    return f"{violation.message}; {violation.remedy}"
