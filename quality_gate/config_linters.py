"""The part of `[tool.quality-gate]` that names the team's own linters."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from quality_gate.model import Stage

LinterName = Literal["bandit", "flake8", "mypy", "pylint", "ruff"]
"""Linters that need no `command`: how to ask them and how to read their answer is known."""

File = Annotated[
    str,
    msgspec.Meta(
        title="a file or folder",
        description="A path from the project's root, with forward slashes, without `..` and without patterns.",
        pattern=r"^(?!/|-|[A-Za-z]:|[\s\S]*[\\*\x00-\x1f\x7f]|(?:[\s\S]*/)?\.\.(?:/|$))(?=[\s\S]*\S)",
        examples=["build/eslint.sarif"],
    ),
]

Words = Annotated[
    str,
    msgspec.Meta(
        title="an argument",
        description="One argument of a program, without control characters.",
        pattern=r"^[^\x00-\x1f\x7f]+$",
        examples=["--errors-only"],
    ),
]

Variable = Annotated[
    str,
    msgspec.Meta(
        title="the name of an environment variable",
        description="Letters, digits and underscores.",
        pattern=r"^[A-Za-z_][A-Za-z0-9_]*$",
        examples=["DJANGO_SETTINGS_MODULE"],
    ),
]

Seconds = Annotated[int, msgspec.Meta(title="seconds", description="From 1 to 7200.", ge=1, le=7200, examples=[600])]


class Linter(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab", kw_only=True):
    """One of the team's own linters: `[tool.quality-gate.linters.NAME]`; run where the command line lets it.

    Args:
        stage: from which stage on it is asked: `commit`, `push` or `ci`; at the commit stage about changed files only.
        blocks: which of its results are errors: its `errors`, `everything`, or `nothing`.
        paths: files and folders that it is asked about; left out: as its own configuration says, else its defaults.
        arguments: further arguments, as the team calls it.
        command: how a linter that the gate does not know is started; it prints SARIF.
        environment: names of environment variables that it is given; else it gets few.
        seconds: how long it may take.
    """

    stage: Stage = Stage.CI
    blocks: Literal["errors", "everything", "nothing"] = "errors"
    paths: tuple[File, ...] = ()
    arguments: tuple[Words, ...] = ()
    command: tuple[Words, ...] = ()
    environment: tuple[Variable, ...] = ()
    seconds: Seconds = 600
