"""`quality-gate explain`: the page of a rule or a practice, or every verdict on a file or a line."""

from __future__ import annotations

import os
import re
from collections.abc import Container, Iterator, Sequence
from pathlib import Path

import click

from quality_gate.cli._assemble import Run
from quality_gate.cli._click_options import shared, with_coverage
from quality_gate.cli._options import Options, stage_of
from quality_gate.cli._output import emit
from quality_gate.cli._pages import consequence_of, known_names, page_called
from quality_gate.errors import UsageError
from quality_gate.model import Finding, Report
from quality_gate.neutral import neutral
from quality_gate_checkers.plug import Page


@click.command("explain", short_help="The page of a rule or practice, or all that is known of a file or line.")
@click.argument("subject", metavar="NAME|CODE|FILE|FILE:LINE")
@click.option("--suggest", is_flag=True, help="Write a test for the failure paths at FILE:LINE instead.")
@with_coverage
@shared
def command(
    subject: str,
    suggest: bool,
    coverage: tuple[Path, ...],
    config: Path | None,
    format: str,
    color: str,
    quiet: bool,
    verbose: bool,
) -> int:
    """Explain a rule, a practice, a file or a line.

    \b
    quality-gate explain silent-failure
    quality-gate explain QG101
    quality-gate explain shop/pay.py:41
    quality-gate explain shop/pay.py:41 --suggest   the test that it lacks
    """
    if format != "text":
        raise UsageError(f"--format {format}", "explain prints text", "leave --format out")
    options = Options(config=config, format=format, color=color, quiet=quiet, verbose=verbose)
    if suggest:
        emit(_suggestion(subject, options, coverage), None)
        return 0
    found = page_called(subject)
    emit(_page_text(*found) if found else _place_text(subject, options, coverage), None)
    return 0


def _page_text(title: str, page: Page) -> str:
    lines = [title, "=" * len(title), ""]
    for heading, text in page.sections.items():
        if heading:
            lines += [heading, "-" * len(heading)]
        lines += [*_without_fences(text), ""]
    return "\n".join([*lines, "Next: quality-gate report", ""])


def _without_fences(text: str) -> Iterator[str]:
    fenced = False
    for line in text.splitlines():
        if line.startswith("```"):
            fenced = not fenced
        else:
            yield f"    {line}".rstrip() if fenced else line


def _suggestion(subject: str, options: Options, coverage: tuple[Path, ...]) -> str:
    from quality_gate.cli._suggest import suggestion_text

    file, line = _split(subject)
    run = Run(options, stage_of(None, os.environ), (file,), whole=True, coverage=coverage)
    _refuse_unjudged(run, file)
    return suggestion_text(run, file, line)


def _place_text(subject: str, options: Options, coverage: tuple[Path, ...]) -> str:
    file, line = _split(subject)
    run = Run(options, stage_of(None, os.environ), (file,), whole=True, coverage=coverage)
    report = run.report(lambda report, _: report)
    _refuse_unjudged(run, file)
    _refuse_beyond(run, file, line)
    said = [
        *_findings_text(report, run.sources.files, line),
        "",
        *_critical(run, line),
        *_unseen(report, _paths_on(run)),
        "Next: quality-gate report",
    ]
    head = neutral(f"{file}:{line}" if line else file)
    return "\n".join([head, "=" * len(head), "", *said, ""])


def _refuse_unjudged(run: Run, file: str) -> None:
    if not run.sources.files:
        raise UsageError(
            file,
            "it is not judged: " + ("; ".join(run.sources.left_out) or "no Python file"),
            "see quality-gate report -v",
        )


def _refuse_beyond(run: Run, file: str, line: int | None) -> None:
    lines = max((run.bench.inspections[path].lines for path in run.sources.files), default=0)
    if line is not None and not 1 <= line <= max(1, lines):
        raise UsageError(
            f"{file}:{line}", f"the file has {lines:,} {'line' if lines == 1 else 'lines'}", "name one of them"
        )


def _critical(run: Run, line: int | None) -> Iterator[str]:
    if not run.bench.has_critical_paths:
        return
    from quality_gate.cli._line import critical_text, members_text

    for path in run.sources.files:
        yield from members_text(run.bench, path) if line is None else critical_text(run.bench, path, line)
    yield ""


def _split(subject: str) -> tuple[str, int | None]:
    file, colon, number = subject.rpartition(":")
    if colon and re.fullmatch("[0-9]{1,9}", number) and not os.path.exists(subject):
        return _existing(file, subject), int(number)
    return _existing(subject, subject), None


def _existing(file: str, subject: str) -> str:
    if os.path.exists(file):
        return file
    import difflib

    near = difflib.get_close_matches(subject.lower(), known_names(), n=1, cutoff=0.5)
    remedy = (
        f"did you mean {near[0]}?"
        if near
        else "name a rule, a code, a practice, a file or file:line; all rules: docs/rules.md"
    )
    raise UsageError(subject, "no rule, practice or file is called so", remedy)


def _findings_text(report: Report, paths: Sequence[str], line: int | None) -> Iterator[str]:
    every = (finding for verdict in report.verdicts for finding in verdict.findings)
    findings = [finding for finding in every if finding.path in paths]
    here = [finding for finding in findings if line is None or finding.line <= line <= finding.end_line]
    if not here:
        yield "No finding here." if line is None else f"No finding on line {line}."
        yield from _elsewhere(findings)
        return
    for finding in sorted(here, key=lambda one: (one.line, one.column)):
        yield from _finding_text(finding)


def _elsewhere(findings: Sequence[Finding]) -> Iterator[str]:
    if findings:
        yield "In this file: " + ", ".join(f"line {finding.line} {finding.name}" for finding in findings)


def _finding_text(finding: Finding) -> Iterator[str]:
    yield f"line {finding.line}, column {finding.column}: {finding.code} {finding.name} ({finding.severity})"
    yield f"    {neutral(finding.message)}"
    yield f"    In production: {consequence_of(finding.name)}"
    yield f"    Do: {neutral(finding.remedy)}."
    if finding.function:
        yield f"    Function: {neutral(finding.function)}"
    yield (
        "    New: this change adds or touches it."
        if finding.new
        else "    Old: this change does not touch it; in new-code mode it does not block."
    )
    if finding.known:
        yield "    Known: the baseline holds it, and it does not block."
    elif finding.suppressed:
        yield f"    Silenced by a comment, reason: {neutral(finding.suppressed)}"
    else:
        yield f'    To silence it with a reason: # quality-gate: allow[{finding.name}] reason="..." until=YYYY-MM-DD'
    yield f"    The rule's page: quality-gate explain {finding.name}"


def _paths_on(run: Run) -> frozenset[str]:
    """The critical paths that the files are on."""
    if not run.bench.has_critical_paths:
        return frozenset()
    files = frozenset(run.sources.files)
    return frozenset(path.name for path in run.bench.critical.paths if any(one.path in files for one in path.members))


def _unseen(report: Report, paths: Container[str]) -> Iterator[str]:
    """What was not looked at, of critical paths only of those that are asked for."""
    told = [verdict for verdict in report.verdicts if verdict.subject is None or verdict.subject in paths]
    sentences = dict.fromkeys(sentence for verdict in told for sentence in verdict.not_looked_at)
    yield from (f"not looked at: {neutral(sentence)}" for sentence in sentences)
    yield from (f"note: {neutral(note)}" for note in report.notes)
