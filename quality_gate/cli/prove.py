"""`quality-gate prove`: changes failure paths, one at a time, and sees whether a test notices."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from quality_gate.cli._assemble import Run
from quality_gate.cli._click_options import shared
from quality_gate.cli._lending import own_place
from quality_gate.cli._options import Options, stage_of
from quality_gate.cli._output import emit, write_aside
from quality_gate.cli._progress import progress_on
from quality_gate.errors import Missing, UsageError
from quality_gate.evidence.interpreters import find
from quality_gate.evidence.runs.proofs import NAME, KeptProofs
from quality_gate.neutral import neutral

if TYPE_CHECKING:
    from quality_gate.cli._provable import Provable
    from quality_gate.codebase.mutants.planning import Answer, Asked
    from quality_gate.evidence.runs.recorded import Recorded


@click.command("prove", short_help="Change failure paths, one at a time, and see whether a test notices.")
@click.argument("path", required=False, metavar="[PATH]")
@click.option("--new", is_flag=True, help="Only failure paths that this change adds or touches.")
@shared
def command(
    path: str | None, new: bool, config: Path | None, format: str, color: str, quiet: bool, verbose: bool
) -> int:
    """Prove that tests notice when a failure is not dealt with any more.

    Each failure path is changed in memory (a raise left out, a handler emptied, a check turned off), and the tests that
    make it happen are run, with the project's own Python. The files stay as they are. PATH is a critical path's name,
    a file or folder, FILE:LINE or a function; without it, all critical paths.

    Ends with 0 (all proven), 1 (a change that no test notices, or a path that no test runs), 3 (some could not be
    tried).

    \b
    quality-gate prove                      all critical paths
    quality-gate prove payments --new       what this change adds to one of them
    quality-gate prove shop/pay.py:41       one line
    quality-gate prove shop.pay:charge      one function
    """
    if format not in ("text", "json"):
        raise UsageError(f"--format {format}", "there is no such format", "one of: json, text")
    options = Options(config=config, format=format, color=color, quiet=quiet, verbose=verbose)
    run = Run(options, stage_of(None, os.environ), whole=True)
    from quality_gate.cli._provable import Provable

    provable = Provable(run)
    try:
        answers = _answers(run, provable, path, new=new)
    except Missing as missing:
        click.echo(f"nothing was proven: {neutral(missing.what)} is missing; {neutral(missing.remedy)}", err=True)
        return 3
    unread = provable.unread()
    for problem in unread:
        click.echo(f"not looked at: {neutral(problem)}", err=True)
    if not answers and unread:
        return 3
    if not answers and format == "text":
        emit(_nothing(run, path, new=new), None)
    else:
        _emit(answers, options)
    return _exit_code(answers) or (3 if unread else 0)


def _nothing(run: Run, path: str | None, *, new: bool) -> str:
    """Why there is nothing to prove, and what to type instead."""
    if new:
        return "nothing to prove: the change touches no failure path\nNext: quality-gate report\n"
    if path is None and not run.bench.has_critical_paths:
        return "nothing to prove: no critical path declared\nNext: quality-gate init, or name a file to prove\n"
    return "nothing to prove: no failure path is there\nNext: quality-gate report\n"


def _emit(answers: Sequence[Answer], options: Options) -> None:
    from quality_gate.cli._proof_text import as_json, as_text

    if options.format == "json":
        emit(as_json(answers), None)
    else:
        emit(as_text(answers, verbose=options.verbose, quiet=options.quiet), None)


def _exit_code(answers: Sequence[Answer]) -> int:
    found = {answer.found for answer in answers}
    if found & {"survived", "not run"}:
        return 1
    return 3 if "no answer" in found else 0


def _answers(run: Run, provable: Provable, subject: str | None, *, new: bool) -> list[Answer]:
    paths = provable.chosen(subject, new=new)
    if not paths:
        return []
    if not run.quiet:
        for problem in run.linking.recorded.problems:
            click.echo(f"note: the evidence: {neutral(problem)}", err=True)
    asked = provable.asked(paths)
    waiting = [one for one in asked if one.answer is None]
    found = _tried(run, provable, waiting) if waiting else {}
    return [one.answer or found[one.path.path, one.path.id] for one in asked]


def _tried(run: Run, provable: Provable, waiting: Sequence[Asked]) -> dict[tuple[str, str], Answer]:
    """Answers by file and id; what was found is kept for the next time, also of a run that was interrupted."""
    from quality_gate.cli._proving import Proving
    from quality_gate.codebase.mutants.planning import answered

    root = Path(os.path.realpath(run.root))
    folder = own_place(root, run.git)
    runs = run.linking.recorded
    interpreter = find(root, run.config.python, os.environ, run.git)
    with tempfile.TemporaryDirectory(prefix="quality-gate-", ignore_cleanup_errors=True) as scratch:
        place = Path(os.path.realpath(scratch))
        proving = Proving(root, place, interpreter, os.environ, provable.sources, runs.seconds_of)
        progress = progress_on(sys.stderr, os.environ, quiet=run.quiet, doing="proving", things="changes")
        try:
            proving.trials(waiting, progress)
        finally:
            tried = [answered(one, proving.of(one)) for one in waiting if proving.is_complete(one)]
            _keep(folder, run.linking.proofs, [one for one in tried if one.found in ("proven", "survived")], runs)
    if proving.said:
        click.echo("pytest ended before every change was tried; it said last:", err=True)
        for line in proving.said.splitlines():
            click.echo(f"  {neutral(line)}", err=True)
    return {(one.path.path, one.path.id): answered(one, proving.of(one)) for one in waiting}


def _keep(folder: Path, proofs: KeptProofs, answers: Sequence[Answer], runs: Recorded) -> None:
    if not answers:
        return
    for answer in answers:
        proofs.add(answer.path, answer.proof, runs.code_of(answer.proof.tests))
    try:
        write_aside(folder / NAME, proofs.content().decode())
    except (OSError, ValueError) as error:
        click.echo(f"what was found is not kept for the next time: {neutral(str(error))}", err=True)
