"""`quality-gate report`: the state of a project, for people."""

from __future__ import annotations

import datetime
import os
from collections.abc import Sequence
from pathlib import Path

import click
import msgspec

from quality_gate import REPOSITORY, __version__
from quality_gate.account import PageName
from quality_gate.cli._assemble import Run
from quality_gate.cli._click_options import allowing_linters, reporting, with_coverage, with_sarif
from quality_gate.cli._linters import Tools
from quality_gate.cli._next import TEST, awaits_a_test_run, explaining
from quality_gate.cli._options import Options, stage_of
from quality_gate.cli._output import Pair, emit_all, paired
from quality_gate.errors import UsageError
from quality_gate.model import Report


@click.command("report", short_help="The state of the project, for people.")
@click.option("--ledger", is_flag=True, help="Everything silenced, excluded, skipped or left for later, worst first.")
@click.option("--benefit", is_flag=True, help="Bug fixes before and after each practice, and the commits that count.")
@click.option(
    "--since",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    help="Count bug fixes from that day on, instead of a year before each practice was adopted.",
)
@with_coverage
@with_sarif
@allowing_linters
@reporting
def command(
    ledger: bool,
    benefit: bool,
    since: datetime.datetime | None,
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
    quality-gate report --ledger
    quality-gate report --format json -o report.json
    """
    options = Options(config=config, color=color, quiet=quiet, verbose=verbose)
    pairs = paired(formats, outputs)
    page = _page(pairs, ledger=ledger, benefit=benefit)
    tools = Tools(linters, sarif)
    run = Run(options, stage_of(None, os.environ), whole=True, coverage=coverage, tools=tools)
    report = _with_accounts(run.report(_with_next), run, page, since.date() if since else None)
    emit_all(pairs, report, msgspec.structs.replace(options.look(overview=True), page=page))
    return 0


def _page(pairs: Sequence[Pair], *, ledger: bool, benefit: bool) -> PageName:
    if not (ledger or benefit):
        return "overview"
    if ledger and benefit:
        raise UsageError("--ledger --benefit", "each is a page of its own", "name one of them")
    name = "ledger" if ledger else "benefit"
    other = next((format_.name for format_, _ in pairs if format_.name not in ("text", "json")), None)
    if other is not None:
        raise UsageError(f"--{name}", f"the format {other} does not show it", "text and json do")
    return "ledger" if ledger else "benefit"


def _with_accounts(report: Report, run: Run, page: PageName, since: datetime.date | None) -> Report:
    from quality_gate.cli._accounts import with_benefits, with_ledger

    if page == "ledger":
        return with_ledger(report, run)
    return with_benefits(report, run, since, fixes=page == "benefit")


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
    from quality_gate.evidence.linters.linter_configurations import configured_linters

    found = configured_linters(run.root)
    if not found:
        return []
    table = f"[tool.quality-gate.linters.{found[0]}]"
    return [f"configured here and not part of the gate: {', '.join(found)}; {table} adds one (docs/linters.md)"]


def _explaining_first(report: Report) -> list[str]:
    """How to learn more of the first finding that there is a page for."""
    from quality_gate.formats._findings import first_things

    return [explaining(finding) for finding in first_things(report) if not finding.tool][:1]


def _has_hook(run: Run) -> bool:
    from quality_gate.cli._edits import text_or_empty
    from quality_gate.policy.around import HOOKS, has_hook

    top = run.git.top if run.git is not None else run.root
    return has_hook(text_or_empty(top / HOOKS))


def _snippet() -> tuple[str, ...]:
    return (
        "",
        f"  - repo: {REPOSITORY}",
        f"    rev: v{__version__}",
        "    hooks: [{id: quality-gate}]",
    )
