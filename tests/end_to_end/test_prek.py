"""The hooks in real prek, which reads the same manifest and installs with uv."""

from __future__ import annotations

from hook_cases import HookCases


class TestPrek(HookCases):
    tool = "prek"
