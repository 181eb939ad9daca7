"""`quality-gate ci`: the whole CI step in one word."""

from __future__ import annotations

import os
from pathlib import Path

import click
import msgspec

from quality_gate import engine
from quality_gate.cli._assemble import Run, exit_code
from quality_gate.cli._click_options import approvable, reporting, with_coverage, with_sarif
from quality_gate.cli._deleted import with_deleted
from quality_gate.cli._linters import Tools
from quality_gate.cli._next import with_next
from quality_gate.cli._options import Options, format_of
from quality_gate.cli._output import Pair, emit, emit_all, paired
from quality_gate.cli._platforms import Platform, deliver, platform_of, unobeyed
from quality_gate.cli.test import Tested, record
from quality_gate.errors import UsageError
from quality_gate.model import Mode, Outcome, Report, Stage, Verdict

_USAGE, _INTERRUPTED = 2, 130

_TESTS = {
    0: (Outcome.KEPT, "all tests passed"),
    1: (Outcome.BROKEN, "tests failed; they are named above, where pytest ran"),
    3: (Outcome.UNPROVEN, "the test run crashed, stopped early or collected nothing; see above, where pytest ran"),
}
"""What the exit code of `quality-gate test` makes of a change."""


@click.command("ci", short_help="The CI step: test, check --stage ci, and what your CI can show.")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED, metavar="[-- PYTEST ARGUMENTS]")
@click.option("--no-tests", is_flag=True, help="Judge from the evidence that is there: of other jobs, after merge.")
@with_coverage
@approvable
@with_sarif
@reporting
def command(
    arguments: tuple[str, ...],
    no_tests: bool,
    coverage: tuple[Path, ...],
    approved_by: str,
    sarif: tuple[Path, ...],
    config: Path | None,
    formats: tuple[str, ...],
    outputs: tuple[Path, ...],
    color: str,
    quiet: bool,
    verbose: bool,
) -> int:
    """Run the tests and the team's linters, judge what the pull request changes, and write what the platform reads.

    GitHub Actions: annotations, the step's summary, quality-gate.sarif. GitLab: gl-code-quality-report.json and
    quality-gate.junit.xml, to be named under artifacts:reports. Elsewhere: one page; add --format NAME -o FILE.

    Ends with 0 (kept), 1 (broken, or tests failed), 2 (usage), 3 (unproven) or 70 (our own fault).

    \b
    quality-gate ci
    quality-gate ci -- -n 4
    quality-gate ci --format junit -o gate.xml
    quality-gate ci --no-tests
    """
    options = Options(config=config, color=color, quiet=quiet, verbose=verbose)
    pairs = _asked(formats, outputs)
    platform = platform_of(os.environ)
    if no_tests and arguments:
        raise UsageError("--no-tests", "pytest is given arguments and does not run", "leave out the one or the other")
    # Where the tests have run code of the project, linters are let do no more.
    tools = Tools(may_run=not no_tests, sarif=sarif)
    run = Run(options, Stage.CI, whole=False, coverage=coverage, approved_by=approved_by, tools=tools)
    with run.watch("tests"):
        tested = None if no_tests else _tested(arguments, options, platform)
    if tested is not None and tested.code in (_USAGE, _INTERRUPTED):
        return tested.code
    report = run.report(lambda report, run: with_deleted(with_next(_with_tests(report, tested)), run.bench))
    emit(format_of("text").render(report, options.look(overview=False)), None)
    emit_all(pairs, report, options.look(overview=False))
    written = deliver(platform, report, run.root, os.environ)
    if written and not quiet:
        click.echo(f"For {platform.value}: {', '.join(written)}", err=True)
    return exit_code(report.outcome)


def _asked(formats: tuple[str, ...], outputs: tuple[Path, ...]) -> list[Pair]:
    """The formats that were asked for; standard output has the page for people."""
    if not formats and not outputs:
        return []
    pairs = paired(formats, outputs)
    if any(str(place) == "-" for _, place in pairs):
        raise UsageError("--format", "standard output has the page for people", "write -o FILE behind each --format")
    return pairs


def _tested(arguments: tuple[str, ...], options: Options, platform: Platform) -> Tested:
    with unobeyed(platform):
        return record(arguments, options.config, quiet=options.quiet, verbose=options.verbose)


def _with_tests(report: Report, tested: Tested | None) -> Report:
    """A report that says how the test run ended, and whose outcome counts it; as it is where none was asked for."""
    if tested is None:
        return report
    outcome, reason = _TESTS[tested.code]
    if tested.ended_by and outcome is Outcome.BROKEN:
        reason = f"no test failed; {tested.ended_by}"
    verdict = Verdict(
        practice="tests",
        subject=None,
        mode=Mode.ENFORCE,
        outcome=outcome,
        measured=0,
        demanded=0,
        of=0,
        unit="",
        reason=reason,
    )
    verdicts = (*report.verdicts, verdict)
    return msgspec.structs.replace(report, verdicts=verdicts, outcome=engine.worst(verdicts))
