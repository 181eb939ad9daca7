"""`quality-gate check`: the gate."""

from __future__ import annotations

import os
from pathlib import Path

import click

from quality_gate.cli._assemble import Run, exit_code
from quality_gate.cli._linters import Tools, allowing_linters, with_sarif
from quality_gate.cli._next import with_next
from quality_gate.cli._options import Options, approvable, reporting, stage_of, with_coverage
from quality_gate.cli._output import emit_all, paired


@click.command("check", short_help="The gate: judge what a commit, a push or a pull request changes.")
@click.argument("files", nargs=-1, type=click.Path(path_type=str))
@click.option(
    "--stage",
    type=click.Choice(["commit", "push", "ci"]),
    help="Default: ci where CI is set and PRE_COMMIT is not, else commit.",
)
@click.option("--all-files", is_flag=True, help="The work tree against the base, whatever is staged.")
@approvable
@with_coverage
@with_sarif
@allowing_linters
@reporting
def command(
    files: tuple[str, ...],
    stage: str | None,
    all_files: bool,
    coverage: tuple[Path, ...],
    approved_by: str,
    sarif: tuple[Path, ...],
    linters: bool,
    config: Path | None,
    formats: tuple[str, ...],
    outputs: tuple[Path, ...],
    color: str,
    quiet: bool,
    verbose: bool,
) -> int:
    """Judge FILES, or all files of the project.

    Ends with 0 (kept), 1 (broken), 2 (usage), 3 (unproven) or 70 (our own fault).

    \b
    quality-gate check                 what is staged, or the branch
    quality-gate check --stage ci      what the pull request changes
    quality-gate check --all-files     the work tree against the base
    quality-gate check --format text -o - --format sarif -o gate.sarif
    """
    options = Options(config=config, color=color, quiet=quiet, verbose=verbose)
    pairs = paired(formats, outputs)
    run = Run(
        options,
        stage_of(stage, os.environ),
        files,
        whole=False,
        all_files=all_files,
        coverage=coverage,
        approved_by=approved_by,
        tools=Tools(linters, sarif),
    )
    report = run.report(lambda report, _: with_next(report))
    emit_all(pairs, report, options.look(overview=False))
    return exit_code(report.outcome)
