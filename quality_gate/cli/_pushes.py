"""From where to where a push goes, as pre-commit and the CI platforms say it in their variables."""

from __future__ import annotations

import os
from collections.abc import Mapping

import msgspec

from quality_gate.model import Stage

_MOST_BYTES = 32 << 20
"""Of GitHub's event: it lists up to 2,048 commits."""


class _Event(msgspec.Struct, frozen=True):
    before: str = ""


def is_first(stage: Stage, environment: Mapping[str, str]) -> bool:
    """Whether the remote holds nothing of a pushed history: pre-commit and prek name a range in all other cases.

    Args:
        environment: the caller's variables.
    """
    named = bool(environment.get("PRE_COMMIT_REMOTE_NAME"))
    return stage is Stage.PUSH and named and not environment.get("PRE_COMMIT_FROM_REF")


def pushed_range(stage: Stage, environment: Mapping[str, str]) -> tuple[str, str] | None:
    """From and to of a push; None where nobody names them.

    Args:
        environment: the caller's variables.
    """
    if stage is Stage.CI:
        before = _before(environment)
        return (before, "HEAD") if before else None
    pushed = (environment.get("PRE_COMMIT_FROM_REF", ""), environment.get("PRE_COMMIT_TO_REF", ""))
    return pushed if all(pushed) else None


def _before(environment: Mapping[str, str]) -> str:
    """The commit that a branch stood at before it was pushed to; only zeros where it was not there."""
    if environment.get("GITHUB_ACTIONS") == "true" and environment.get("GITHUB_EVENT_NAME") == "push":
        return _before_of_event(environment.get("GITHUB_EVENT_PATH", ""))
    if environment.get("GITLAB_CI") == "true" and environment.get("CI_PIPELINE_SOURCE") == "push":
        return environment.get("CI_COMMIT_BEFORE_SHA", "")
    return ""


def _before_of_event(file: str) -> str:
    try:
        if os.path.getsize(file) > _MOST_BYTES:
            return ""
        with open(file, "rb") as stream:
            return msgspec.json.decode(stream.read(), type=_Event).before
    except (OSError, msgspec.DecodeError, ValueError):
        return ""
