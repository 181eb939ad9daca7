"""`quality-gate check`: the gate."""

from __future__ import annotations

import os
from pathlib import Path

import click
import msgspec

from quality_gate.baseline_file import PRUNE
from quality_gate.cli._assemble import Run, exit_code
from quality_gate.cli._next import TEST, awaits_a_test_run
from quality_gate.cli._options import Options, format_of, shared, stage_of, with_coverage
from quality_gate.cli._output import emit
from quality_gate.model import Outcome, Report


@click.command("check", short_help="The gate: judge what a commit, a push or a pull request changes.")
@click.argument("files", nargs=-1, type=click.Path(path_type=str))
@click.option(
    "--stage",
    type=click.Choice(["commit", "push", "ci"]),
    help="Default: ci where CI is set and PRE_COMMIT is not, else commit.",
)
@click.option("--all-files", is_flag=True, help="The work tree against the base, whatever is staged.")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help="Write there instead of standard output."
)
@with_coverage
@shared
def command(
    files: tuple[str, ...],
    stage: str | None,
    all_files: bool,
    output: Path | None,
    coverage: tuple[Path, ...],
    config: Path | None,
    format: str,
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
    """
    options = Options(config=config, format=format, color=color, quiet=quiet, verbose=verbose)
    chosen = format_of(format)
    run = Run(options, stage_of(stage, os.environ), files, whole=False, all_files=all_files, coverage=coverage)
    report = run.report(_with_next)
    emit(chosen.render(report, options.look(overview=False)), output)
    return exit_code(report.outcome)


def _with_next(report: Report, run: Run) -> Report:
    return msgspec.structs.replace(report, next=(_next(report),))


def _next(report: Report) -> str:
    if any(verdict.decides and PRUNE in verdict.reason for verdict in report.verdicts):
        return PRUNE
    blocking = [
        finding
        for verdict in report.verdicts
        if verdict.decides
        for finding in verdict.findings
        if finding.is_open and finding.severity == "error"
    ]
    if report.outcome in (Outcome.BROKEN, Outcome.UNPROVEN) and blocking:
        from quality_gate.cli._pages import explaining

        return explaining(next((finding for finding in blocking if finding.new), blocking[0]))
    return TEST if awaits_a_test_run(report) else "quality-gate report"
