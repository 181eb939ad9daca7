"""Options that all commands take, and how they become values."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

import click
import msgspec

from quality_gate import formats
from quality_gate.errors import UsageError
from quality_gate.model import Format, Look, Stage

_Command = TypeVar("_Command", bound=Callable[..., object])


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


def shared(command: _Command) -> _Command:
    """Add `--config`, `--format`, `--color`, `-q` and `-v` to a command."""
    chosen = click.option("--format", "format", default="text", show_default=True, metavar="NAME", help="text or json.")
    return _common(chosen(command))


def reporting(command: _Command) -> _Command:
    """What `shared` adds, to a command that writes reports: several formats in one run, each to a file of its own."""
    for option in (
        click.option(
            "-o",
            "--output",
            "outputs",
            multiple=True,
            type=click.Path(path_type=Path),
            metavar="FILE",
            help="Write there instead of standard output; one for each --format, in their order.",
        ),
        click.option(
            "--format",
            "formats",
            multiple=True,
            metavar="NAME",
            help=f"{', '.join(format_names())}. Default: text. Repeatable.",
        ),
    ):
        command = option(command)
    return _common(command)


def _common(command: _Command) -> _Command:
    for option in (
        click.option("-v", "--verbose", is_flag=True, help="Show details: what was left out, what each part took."),
        click.option("-q", "--quiet", is_flag=True, help="Show only what is wrong."),
        click.option(
            "--color",
            type=click.Choice(["auto", "always", "never"]),
            default="auto",
            show_default=True,
            help="Colours.",
        ),
        click.option(
            "--config",
            type=click.Path(path_type=Path),
            metavar="FILE",
            help="A TOML file with [tool.quality-gate]; its folder is the project.",
        ),
    ):
        command = option(command)
    return command


def approvable(command: _Command) -> _Command:
    """Add `--approved-by` to a command. No environment variable: tests of a change could set it for a later step."""
    return click.option(
        "--approved-by",
        default="",
        metavar="NAME",
        help="Who lets the change relax its own policy; from a label or review that only maintainers can give.",
    )(command)


def with_coverage(command: _Command) -> _Command:
    """Add `--coverage` to a command."""
    return click.option(
        "--coverage",
        multiple=True,
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Coverage of another source instead of what was recorded: .coverage, JSON, Cobertura, LCOV. Repeatable.",
    )(command)


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
    """The stage: what `--stage` says, else ci where CI is set and PRE_COMMIT is not, else commit."""
    if given is not None:
        return Stage(given)
    return Stage.CI if environment.get("CI") and not environment.get("PRE_COMMIT") else Stage.COMMIT
