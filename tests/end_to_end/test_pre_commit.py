"""The hooks in real pre-commit."""

from __future__ import annotations

from hook_cases import HookCases


class TestPreCommit(HookCases):
    tool = "pre-commit"
