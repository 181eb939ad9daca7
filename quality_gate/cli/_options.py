"""Options that all commands take, as values: what declares them to click is not loaded for them."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

import msgspec

from quality_gate import formats
from quality_gate.cli._hook_call import stage_name
from quality_gate.errors import UsageError
from quality_gate.model import Format, Look, Stage


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """The shared options of one call.

    Args:
        config: as `--config` gives it. format: a format's name, of commands that write one. color: `auto`, `always` or
            `never`.
    """

    config: Path | None
    color: str
    quiet: bool
    verbose: bool
    format: str = "text"

    def look(self, *, overview: bool) -> Look:
        """How the report is to look; colours are decided here from the options, the environment and the terminal."""
        return Look(overview=overview, colour=self.colours(), verbose=self.verbose, quiet=self.quiet)

    def colours(self) -> bool:
        """--color over NO_COLOR over FORCE_COLOR over whether somebody looks."""
        if self.color != "auto":
            return self.color == "always"
        if os.environ.get("NO_COLOR"):
            return False
        if os.environ.get("FORCE_COLOR"):
            return True
        return sys.stdout.isatty() and os.environ.get("TERM") != "dumb"


def format_of(name: str) -> Format:
    """A format by its name, which is its file's; the other files are not loaded on the way to a verdict.

    Raises:
        UsageError: there is none such.
    """
    from quality_gate_checkers.plug import plug_of

    known = format_names()
    if name not in known:
        raise UsageError(f"--format {name}", "there is no such format", f"one of: {', '.join(known)}")
    return plug_of(f"{formats.__name__}.{name.replace('-', '_')}", Format)


def format_names() -> list[str]:
    """The names of all formats."""
    files = (file for folder in formats.__path__ for file in os.listdir(folder))
    return sorted(
        file.removesuffix(".py").replace("_", "-")
        for file in files
        if file.endswith(".py") and not file.startswith("_")
    )


def stage_of(given: str | None, environment: Mapping[str, str]) -> Stage:
    """The stage that a call stands at."""
    return Stage(stage_name(given, environment))
