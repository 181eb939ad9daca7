"""`quality-gate report`: the state of a project, for people."""

from __future__ import annotations

import os
from pathlib import Path

import click
import msgspec

from quality_gate import REPOSITORY, __version__
from quality_gate.cli._assemble import Run
from quality_gate.cli._linters import Tools, allowing_linters, with_sarif
from quality_gate.cli._next import TEST, awaits_a_test_run
from quality_gate.cli._options import Options, reporting, stage_of, with_coverage
from quality_gate.cli._output import emit_all, paired
from quality_gate.model import Report


@click.command("report", short_help="The state of the project, for people.")
@with_coverage
@with_sarif
@allowing_linters
@reporting
def command(
    coverage: tuple[Path, ...],
    sarif: tuple[Path, ...],
    linters: bool,
    config: Path | None,
    formats: tuple[str, ...],
    outputs: tuple[Path, ...],
    color: str,
    quiet: bool,
    verbose: bool,
) -> int:
    """Judge all the code and show where it stands. Ends with 0 whenever it could print.

    \b
    quality-gate report
    quality-gate report --format json -o report.json
    """
    options = Options(config=config, color=color, quiet=quiet, verbose=verbose)
    pairs = paired(formats, outputs)
    report = Run(
        options, stage_of(None, os.environ), whole=True, coverage=coverage, tools=Tools(linters, sarif)
    ).report(_with_next)
    emit_all(pairs, report, options.look(overview=True))
    return 0


def _with_next(report: Report, run: Run) -> Report:
    following = _explaining_first(report)
    if awaits_a_test_run(report):
        following.append(TEST)
    hooked = _has_hook(run)
    if not hooked:
        following.append("add the hook: 3 lines, below")
    if run.config.file is None:
        following.append("declare what must not break: quality-gate init")
    if not following:
        following.append("quality-gate check --all-files")
    notes = (*report.notes, *_linters_not_asked(run))
    return msgspec.structs.replace(report, notes=notes, next=tuple(following), snippet=() if hooked else _snippet())


def _linters_not_asked(run: Run) -> list[str]:
    """What the project has and the gate does not hear; nothing once any linter is named."""
    if run.config.linters:
        return []
    from quality_gate.evidence.linter_configurations import configured_linters

    found = configured_linters(run.root)
    if not found:
        return []
    table = f"[tool.quality-gate.linters.{found[0]}]"
    return [f"configured here and not part of the gate: {', '.join(found)}; {table} adds one (docs/linters.md)"]


def _explaining_first(report: Report) -> list[str]:
    """How to learn more of the first finding that there is a page for."""
    from quality_gate.cli._pages import explaining
    from quality_gate.formats._findings import first_things

    return [explaining(finding) for finding in first_things(report) if not finding.tool][:1]


def _has_hook(run: Run) -> bool:
    top = run.git.top if run.git is not None else run.root
    file = Path(top) / ".pre-commit-config.yaml"
    try:
        return file.is_file() and "quality-gate" in file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False


def _snippet() -> tuple[str, ...]:
    return (
        "",
        f"  - repo: {REPOSITORY}",
        f"    rev: v{__version__}",
        "    hooks: [{id: quality-gate}]",
    )
