"""`quality-gate check`: the gate."""

from __future__ import annotations

from pathlib import Path

import click

from quality_gate.cli._call import Call
from quality_gate.cli._click_options import allowing_linters, approvable, reporting, with_coverage, with_sarif
from quality_gate.cli._gate import gate
from quality_gate.cli._hook_call import STAGES


@click.command("check", short_help="The gate: judge what a commit, a push or a pull request changes.")
@click.argument("files", nargs=-1, type=click.Path(path_type=str))
@click.option(
    "--stage",
    type=click.Choice(STAGES),
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
    return gate(
        Call(
            files=files,
            stage=stage,
            all_files=all_files,
            coverage=coverage,
            approved_by=approved_by,
            sarif=sarif,
            linters=linters,
            config=config,
            formats=formats,
            outputs=outputs,
            color=color,
            quiet=quiet,
            verbose=verbose,
        )
    )
