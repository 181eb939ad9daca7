"""`quality-gate init`: looks at the project, proposes a configuration, the hook and the CI step, writes on yes.

The core is text: `propose` returns what each file would become, `render_diff` shows it, `write` does it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from quality_gate.cli._assemble import Run
from quality_gate.cli._ci_entry import ci_change
from quality_gate.cli._click_options import shared
from quality_gate.cli._edits import FileChange, render_diff, write
from quality_gate.cli._hook_entry import hook_change, top_of
from quality_gate.cli._looking import (
    Layout,
    declared_as,
    default_branch,
    layout_of,
    measured_of,
    owners_of,
    paths_of,
)
from quality_gate.cli._options import Options
from quality_gate.cli._table_entry import MODES, Start, has_table, table_change
from quality_gate.config import FILE, Config, load
from quality_gate.counting import counted
from quality_gate.errors import UsageError
from quality_gate.evidence.git.command import find_top
from quality_gate.evidence.linters.linter_configurations import configured_linters
from quality_gate.evidence.policy.policy_around import ci_texts
from quality_gate.model import Mode
from quality_gate.neutral import neutral
from quality_gate.policy.around import systems_in

if TYPE_CHECKING:
    from quality_gate.baseline_file import Baseline

__all__ = ["MODES", "FileChange", "Proposed", "command", "propose", "render_diff", "write"]


class Proposed(msgspec.Struct, frozen=True):
    """What `init` would do.

    Args:
        changes: to files. by_hand: what a person has to place, with the lines. seen: what was found, a line each.
    """

    changes: Sequence[FileChange]
    by_hand: Sequence[str] = ()
    seen: Sequence[str] = ()


@click.command("init", short_help="Propose critical paths, configuration, hook and CI step; write on yes.")
@click.option("--yes", is_flag=True, help="Write without asking.")
@click.option("--enforce", is_flag=True, help="Write a baseline of what is there today, and enforce the rest at once.")
@shared
def command(yes: bool, enforce: bool, config: Path | None, format: str, color: str, quiet: bool, verbose: bool) -> None:
    """Propose critical paths, a configuration, the commit hook and the CI step; show the diff, write on yes.

    Critical paths come from names, routes, calls and the history, each with its reason; thresholds from what
    quality-gate test has recorded. What is there already stays as it is, and no test is run.

    \b
    quality-gate init             asks before it writes
    quality-gate init --enforce   with a baseline: all that is new blocks
    """
    if format != "text":
        raise UsageError(f"--format {format}", "init prints a diff", "leave --format out")
    options = Options(config=config, format=format, color=color, quiet=quiet, verbose=verbose)
    start = Path.cwd()
    known = load(start, config)
    root = _project(start, known)
    found = propose(root, known, options, enforce=enforce)
    for line in (*(() if quiet else found.seen), *found.by_hand):
        click.echo("\n".join(map(neutral, line.split("\n"))), err=True)
    if not found.changes:
        click.echo("Nothing to change.", err=True)
        return
    for line in render_diff(found.changes, root).splitlines():
        click.echo(neutral(line))
    if not yes and not sys.stdin.isatty():
        click.echo("Nothing written. To write it, type: quality-gate init --yes", err=True)
        sys.exit(1)
    if not yes and not click.confirm("Write this?", err=True):
        click.echo("Nothing written.", err=True)
        sys.exit(1)
    write(found.changes)
    names = _listed([Path(os.path.relpath(change.path, root)).as_posix() for change in found.changes])
    click.echo(f"Wrote {neutral(names)}. {_NEXT}", err=True)


_NEXT = "Next: pre-commit install · quality-gate report · quality-gate doctor"


def propose(root: Path, config: Config | None, options: Options | None = None, *, enforce: bool = False) -> Proposed:
    """What `init` would change; nothing that is there already.

    Args:
        root: the project's folder, absolute.
        config: as loaded for it; one that comes from a file needs no table. None: not loaded.
        options: of the call; None: no critical path is looked for.
        enforce: whether to write a baseline, and to enforce the rest.

    Raises:
        UsageError: a file is a symbolic link, unreadable, or of a shape that nothing can be appended to.
        UsageErrors: there is a table, and it is wrong.
    """
    is_configured = (config is not None and config.file is not None) or has_table(root)
    if is_configured and enforce:
        raise UsageError(
            "--enforce", "there is a configuration already", "type quality-gate baseline --adopt static-analysis"
        )
    git = find_top(root, os.environ)
    layout = layout_of(root, git)
    top = top_of(root)
    branch = default_branch(git)
    about: list[str] = []
    table = [] if is_configured else _table(root, layout, options, enforce, about)
    found = [*table, hook_change(root), ci_change(top, root, branch)]
    return Proposed(
        [one for one in found if isinstance(one, FileChange)],
        [one for one in found if isinstance(one, str)],
        [] if is_configured else [*_seen(root, top, layout), *about],
    )


def _table(root: Path, layout: Layout, options: Options | None, enforce: bool, about: list[str]) -> list[FileChange]:
    """The table and, to enforce it, the baseline.

    Args:
        about: what was looked at is added to it.
    """
    mode = Mode.ENFORCE if enforce else Mode.NEW_CODE
    start = Start(layout.source, layout.tests, mode)
    table_change(root, start)  # a file that nothing can be added to is told before anything is looked for
    if options is None:
        return [table_change(root, start)]
    paths, production, followed = paths_of(_run(root, layout, options))
    whole = followed == production
    if not whole:
        about.append(f"Calls were followed in the {followed:,} most promising of {production:,} files.")
    measured = measured_of(_run(root, layout, options), paths) if paths and whole else {}
    start = msgspec.structs.replace(start, paths=paths, owners=owners_of(paths, root, top_of(root)), measured=measured)
    if not enforce:
        return [table_change(root, start)]
    run = _run(root, layout, options)
    run.config = msgspec.structs.replace(run.config, critical_paths=declared_as(paths, measured))
    made = _baseline(run, measured=bool(measured))
    start = msgspec.structs.replace(start, adopted=made.adopted)
    return [table_change(root, start), _baseline_change(run, made)]


def _run(root: Path, layout: Layout, options: Options) -> Run:
    """A run of the project as its table will describe it."""
    from quality_gate.model import Stage

    run = Run(options, Stage.COMMIT, whole=True, all_files=True)
    settings = msgspec.structs.replace(run.config.settings, source=tuple(layout.source), tests=tuple(layout.tests))
    run.config = msgspec.structs.replace(run.config, settings=settings, root=str(root))
    run.root = root
    return run


def _baseline(run: Run, *, measured: bool) -> Baseline:
    """What is there today: of the rules, and of the critical paths where tests have been recorded.

    Args:
        run: of the project as its table will describe it. measured: whether it says what tests show today.
    """
    from quality_gate.baseline_file import Baseline, entries_in_order
    from quality_gate.cli.baseline import adopted

    run.known.read()
    made, _ = adopted(run, "static-analysis")
    if not measured:
        return made
    try:
        critical, _ = adopted(run, "critical-path-coverage")
    except UsageError:  # something of it cannot be judged yet: it is adopted when it can
        return made
    entries = entries_in_order((*made.entries, *critical.entries))
    return Baseline(tuple(sorted((*made.adopted, *critical.adopted))), entries)


def _baseline_change(run: Run, made: Baseline) -> FileChange:
    from quality_gate.baseline_file import NAME, text_of
    from quality_gate.cli._edits import text_of as text_in

    file = run.root / NAME
    return FileChange(file, text_in(file), text_of(made))


def _seen(root: Path, top: Path, layout: Layout) -> Iterator[str]:
    where = f" in {_listed(layout.source)}" if layout.source else ""
    yield f"Found {counted(layout.files, 'file')} of code{where}, {layout.test_files:,} of tests; {_tools(root, top)}."


def _tools(root: Path, top: Path) -> str:
    linters, systems = configured_linters(root), systems_in(ci_texts(top))
    return f"linters: {_listed(linters) or 'none'}; CI: {_listed(systems) or 'none'}"


def _listed(names: Sequence[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)


def _project(start: Path, config: Config) -> Path:
    """The folder whose pyproject.toml is meant: the configuration's, else the nearest that has one."""
    root = Path(config.root)
    if config.file is None:
        for folder in (start, *start.parents):
            if folder == root or (folder / FILE).exists():
                return folder
    return root
