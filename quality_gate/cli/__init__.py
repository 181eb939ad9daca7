"""Commands: one file a command, loaded when it is asked for; one error handler; the exit codes of product.md.

A module of this package whose name does not start with `_` is a command, and its `command` is the click command.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

import click

from quality_gate import __version__
from quality_gate.errors import UsageError, UsageErrors
from quality_gate.neutral import neutral
from quality_gate_checkers.plug import PlugError


class _Lazy(click.Group):
    """A group that knows its commands by the names of the files in this folder."""

    def list_commands(self, context: click.Context) -> list[str]:
        folder = Path(__file__).parent
        return sorted(file.stem for file in folder.glob("*.py") if not file.name.startswith("_"))

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name.startswith("_") or not name.isidentifier() or not (Path(__file__).parent / f"{name}.py").is_file():
            return None
        found = import_module(f"quality_gate.cli.{name}").command
        return found if isinstance(found, click.Command) else None

    def resolve_command(
        self, context: click.Context, arguments: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if arguments and not arguments[0].startswith("-") and self.get_command(context, arguments[0]) is None:
            import difflib

            near = difflib.get_close_matches(arguments[0], self.list_commands(context), n=1)
            remedy = f"did you mean {near[0]}?" if near else f"one of: {', '.join(self.list_commands(context))}"
            raise UsageError(arguments[0], "there is no such command", remedy)
        return super().resolve_command(context, arguments)


@click.group(
    cls=_Lazy,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Start with: quality-gate report",
)
@click.version_option(__version__, message="quality-gate %(version)s")
def group() -> None:
    """A quality gate for Python backends: what if the bank rejects the payment?"""


def run(arguments: Sequence[str]) -> int:
    """Run one command and give its exit code; the one place where errors become text.

    Args:
        arguments: without the program's name.
    """
    try:
        code = group.main(list(arguments), prog_name="quality-gate", standalone_mode=False)
        sys.stdout.flush()
        return code if isinstance(code, int) else 0
    except UsageErrors as errors:
        _say_errors(errors.errors)
        return 2
    except UsageError as error:
        _say_errors([error])
        return 2
    except PlugError as error:
        _say_errors(
            [UsageError("this installation", str(error), "install quality-gate anew, or mend the file that was added")]
        )
        return 2
    except click.ClickException as error:
        _say_misuse(error)
        return 2
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted", err=True)
        return 130
    except Exception as error:  # noqa: BLE001 - whatever we did wrong is told with a report to paste, as exit code 70
        _say_our_fault(error, arguments)
        return 70


def _say_errors(errors: Sequence[UsageError]) -> None:
    for error in errors:
        click.echo(f"error: {neutral(error.where)}: {neutral(error.problem)}", err=True)
        click.echo(f"       {neutral(error.remedy)}", err=True)
    if len(errors) > 1:
        click.echo(f"{len(errors)} errors; nothing was judged", err=True)


def _say_misuse(error: click.ClickException) -> None:
    """As click says it, but neutral: file names from a hook can look like options."""
    if isinstance(error, getattr(click.exceptions, "NoArgsIsHelpError", ())):  # new in click 8.2
        error.show()
        return
    context = error.ctx if isinstance(error, click.UsageError) else None
    if context is not None:
        click.echo(f"{context.get_usage()}\nTry '{context.command_path} --help' for help.\n", err=True)
    for line in f"Error: {error.format_message()}".splitlines():
        click.echo(neutral(line), err=True)


def _say_our_fault(error: Exception, arguments: Sequence[str]) -> None:
    import platform
    import traceback

    click.echo("quality-gate itself failed; nothing was judged. Please report this:", err=True)
    click.echo(f"  quality-gate {__version__}, Python {platform.python_version()}, {platform.platform()}", err=True)
    click.echo(f"  arguments: {neutral(' '.join(arguments))}", err=True)
    for line in "".join(traceback.format_exception(error)).splitlines():
        click.echo(f"  {neutral(line)}", err=True)
