"""The commands as click knows them."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

import click

from quality_gate import __version__
from quality_gate.errors import UsageError
from quality_gate.neutral import neutral

_FOLDER = Path(__file__).parent


class _Lazy(click.Group):
    """A group that knows its commands by the names of the files in this folder."""

    def list_commands(self, context: click.Context) -> list[str]:
        folder = _FOLDER
        return sorted(file.stem for file in folder.glob("*.py") if not file.name.startswith("_"))

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name.startswith("_") or not name.isidentifier() or not (_FOLDER / f"{name}.py").is_file():
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


def main(arguments: Sequence[str]) -> int:
    """Run one command and give its exit code; what click has to say of its call is said.

    Args:
        arguments: without the program's name.

    Raises:
        KeyboardInterrupt: the user has had enough.
    """
    try:
        code = group.main(list(arguments), prog_name="quality-gate", standalone_mode=False)
    except click.ClickException as error:
        _say_misuse(error)
        return 2
    except click.Abort as abort:
        raise KeyboardInterrupt from abort
    return code if isinstance(code, int) else 0


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
