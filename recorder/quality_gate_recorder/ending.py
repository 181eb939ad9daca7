"""Who ended a run of tests, where it was no test."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import pytest

_FAILED = 1
"""pytest's exit code of a run in which tests failed, which plugins end a run with too."""


class Ending(NamedTuple):
    """What `Meta` says of how a run ended.

    Args:
        exit_status: pytest's.
    """

    exit_status: int
    ended_by: str
    settings_choose: bool


def ended_by(session: pytest.Session, outcomes: Iterable[str]) -> str:
    """Who ended a run as one in which tests failed though none did, as a clause; empty where that is not so.

    Args:
        outcomes: of all tests.
    """
    if int(session.exitstatus) != _FAILED or not {"failed", "error"}.isdisjoint(outcomes):
        return ""
    if isinstance(session.shouldfail, str) and session.shouldfail:
        return f"pytest was stopped: {' '.join(session.shouldfail.split())}"
    return _coverage(session.config) or "a plugin, or a conftest.py, ended the run with 1"


def _coverage(config: pytest.Config) -> str:
    """That pytest-cov ended it, if it did; it says so in what it prints, and keeps its numbers."""
    plugin = config.pluginmanager.get_plugin("_cov")
    total = getattr(plugin, "cov_total", None)
    demanded = getattr(getattr(plugin, "options", None), "cov_fail_under", None)
    if not isinstance(total, (int, float)) or not isinstance(demanded, (int, float)) or total >= demanded:
        return ""
    return f"pytest-cov ended the run with 1: its coverage is {total:.4g} %, below fail-under {demanded:g}"
