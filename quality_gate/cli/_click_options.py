"""Options that several commands take, as click knows them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import click

from quality_gate.cli._linters import LINTERS
from quality_gate.cli._options import format_names

_Command = TypeVar("_Command", bound=Callable[..., object])


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


def allowing_linters(command: _Command) -> _Command:
    """Add `--linters` to a command."""
    return click.option(
        LINTERS,
        "linters",
        is_flag=True,
        help="Run the linters that the configuration names; they may run code of this project.",
    )(command)


def with_sarif(command: _Command) -> _Command:
    """Add `--sarif` to a command."""
    return click.option(
        "--sarif",
        multiple=True,
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Findings of another tool (ESLint, semgrep ...), in SARIF 2.1.0. Repeatable.",
    )(command)
