"""`quality-gate test`: runs the project's tests in the project's own interpreter and records what they did."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from pathlib import Path

import click
import msgspec

from quality_gate.cli._click_options import shared
from quality_gate.cli._lending import environment_with, lay_out, own_place
from quality_gate.config import Config, load
from quality_gate.errors import UsageError
from quality_gate.evidence.git.command import Git, GitError, find_top
from quality_gate.evidence.interpreters import Interpreter, find
from quality_gate.evidence.runs._recorded_run import moment_of
from quality_gate.evidence.sources import discover
from quality_gate.neutral import neutral
from quality_gate_checkers.model import Role, role_of
from quality_gate_recorder import job as jobs
from quality_gate_recorder.before import NOT_BEGUN, Before
from quality_gate_recorder.evidence_file import Evidence, Meta, read_file, write
from quality_gate_recorder.folder import EVIDENCE, FOLDER
from quality_gate_recorder.keeping import Others, others_beside, set_aside
from quality_gate_recorder.summary import Summary, summary_of

_STOPPED, _USAGE, _NOTHING_COLLECTED = 2, 4, 5
"""Exit statuses of pytest."""

_UNPROVEN = 3

_OID = "# branch.oid "
"""Before the commit, as git tells of the work tree's state."""


class _Ended(msgspec.Struct, frozen=True):
    """How pytest ended.

    Args:
        status: its exit status; negative: the signal that killed it. interrupted: Ctrl-C was pressed.
        seconds: how long it took.
    """

    status: int
    interrupted: bool
    seconds: float


@click.command("test", short_help="Run the tests, with the project's own Python, and record what each one runs.")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED, metavar="[-- PYTEST ARGUMENTS]")
@shared
def command(
    arguments: tuple[str, ...], config: Path | None, format: str, color: str, quiet: bool, verbose: bool
) -> int:
    """Run the project's tests and write down which test ran which lines and branches: the evidence.

    They run in the project's folder with the project's own Python; everything behind `--` is pytest's.

    Ends with 0 (all passed), 1 (tests failed), 2 (usage), 3 (the run crashed, stopped early or collected nothing).

    \b
    quality-gate test                   all tests
    quality-gate test -- -n 4           with pytest-xdist
    quality-gate test -v                say which Python was chosen, and why
    """
    if format != "text":
        raise UsageError(f"--format {format}", "test prints what pytest prints", "leave --format out")
    return record(arguments, config, quiet=quiet, verbose=verbose).code


class Tested(msgspec.Struct, frozen=True):
    """What `quality-gate test` ends with, and who ended a run with 1 in which no test failed, as a clause."""

    code: int
    ended_by: str = ""


def record(arguments: tuple[str, ...], config: Path | None, *, quiet: bool, verbose: bool) -> Tested:
    """Run the project's tests and write the evidence.

    Args:
        arguments: pytest's. config: as `--config` gives it.

    Raises:
        UsageError: there is nothing to measure, or no Python to do it with.
    """
    settings = load(Path.cwd(), config)
    root = Path(os.path.realpath(settings.root))
    git = find_top(root, os.environ)
    interpreter = find(root, settings.python, os.environ, git)
    if verbose:
        click.echo(f"Python: {neutral(interpreter.shown)}", err=True)
    with tempfile.TemporaryDirectory(prefix="quality-gate-", ignore_cleanup_errors=True) as scratch:
        # A process that a test has left running may still write there while it is removed.
        job = _job(root, settings, git, Path(os.path.realpath(scratch)))
        with Before(Path(job.evidence)) as before:
            return _recorded(job, interpreter, arguments, before, quiet=quiet)


def _recorded(
    job: jobs.Job, interpreter: Interpreter, arguments: tuple[str, ...], before: Before, *, quiet: bool
) -> Tested:
    """Run the tests, and leave what was recorded before as it is where none was run.

    Args:
        before: what was recorded before, held.
    """
    _begin(job)
    try:
        ended = _run(job, interpreter, arguments)
    except UsageError:
        before.put_back()
        raise
    place = Path(job.evidence)
    ran_nothing = _ran_nothing(summary_of(place), ended, given=bool(arguments))
    recorded = _completed(place, ended)
    code = _exit_code(ended, finished=bool(recorded.meta.finished), given=bool(arguments))
    if ran_nothing:
        before.put_back()
        stays = "; what was recorded before stays" if os.path.lexists(place) else ""
        click.echo(f"Nothing was recorded: {ran_nothing}{stays}.", err=True)
        return Tested(code or _UNPROVEN)
    if not quiet or recorded.problems:
        _say(recorded, ended, others_beside(place))
    return Tested(code, recorded.meta.ended_by)


def _ran_nothing(recorded: Summary, ended: _Ended, *, given: bool) -> str:
    """Why no test was run by whoever asked for something else, or wrongly, as a clause; empty where that is not so.

    Args:
        given: see `_exit_code`.
    """
    if ended.interrupted or (ended.status == _USAGE and not given):
        return ""
    if recorded.problems == [NOT_BEGUN]:  # pytest has not come to begin
        return {_USAGE: "pytest was called wrongly", 0: "pytest ran no test"}.get(ended.status, "")
    return recorded.ran_nothing


def _exit_code(ended: _Ended, *, finished: bool, given: bool) -> int:
    """What the command ends with.

    Args:
        finished: whether the recorder came to its end; a test can end the process with 0 in the middle of the run.
        given: whether there were arguments for pytest: its 4 is about them then, else about the project's conftest.py.
    """
    if ended.interrupted:
        return 130
    if ended.status == _USAGE and given:
        return 2
    return ended.status if finished and ended.status in (0, 1) else _UNPROVEN


def _job(root: Path, config: Config, git: Git | None, scratch: Path) -> jobs.Job:
    found = discover(git, root, config.settings, None, root)
    files = [path for path in found.files if role_of(path, config.settings) is not Role.TESTS]
    if not files:
        raise UsageError(
            str(root), "there is no source file to measure", 'name the folder: source = ["..."] in [tool.quality-gate]'
        )
    evidence = own_place(root, git) / EVIDENCE
    commit, dirty = _state(git)
    started = f"{time.time():.3f}"
    return jobs.Job(str(root), files, str(evidence), str(scratch), commit, dirty, started)


def _begin(job: jobs.Job) -> None:
    """Whatever happens from here on, no older evidence is there to be taken for this run's."""
    set_aside(Path(job.evidence))
    write(Evidence(Meta(started=job.started, commit=job.commit, dirty=job.dirty), [NOT_BEGUN]), Path(job.evidence))


def _state(git: Git | None) -> tuple[str, str]:
    """The commit, and whether the work tree differs from it; empty where it is not known."""
    if git is None:
        return "", ""
    try:
        told = git.run("status", "--porcelain=v2", "--branch", "-z", "--untracked-files=no", index=True)
    except GitError:
        return "", ""
    lines = told.decode("utf-8", "replace").split("\0")
    commit = next((line.removeprefix(_OID) for line in lines if line.startswith(_OID)), "")
    changed = any(line and not line.startswith("# ") for line in lines)
    return (commit, str(int(changed))) if commit.isalnum() else ("", "1")  # `(initial)`: nothing was committed yet


def _run(job: jobs.Job, interpreter: Interpreter, arguments: tuple[str, ...]) -> _Ended:
    environment = environment_with(lay_out(Path(job.scratch), interpreter), os.environ)
    environment[jobs.VARIABLE] = f"run:{job.save()}"
    command = [interpreter.executable, "-m", "pytest", "-p", "quality_gate_recorder", *arguments]
    started = time.monotonic()
    interrupted = False
    try:
        process = subprocess.Popen(command, cwd=job.root, env=environment)
    except OSError as error:
        raise UsageError(interpreter.executable, f"cannot be started: {error}", "name another `python`") from error
    while True:
        try:
            status = process.wait()
            break
        except KeyboardInterrupt:  # pytest has been told as well, and ends in its own way
            interrupted = True
    return _Ended(status, interrupted, time.monotonic() - started)


def _completed(place: Path, ended: _Ended) -> Summary:
    """The evidence in short, to which a run that did not come to its end could not write how it ended."""
    if not summary_of(place).meta.finished:
        how = f"was killed by signal {-ended.status}" if ended.status < 0 else f"ended with {ended.status}"
        evidence = read_file(place)
        evidence.problems = [f"pytest {how} before the recorder could write what the tests did"]
        evidence.meta = evidence.meta._replace(exit_status=str(ended.status))
        write(evidence, place)
    return summary_of(place)


def _say(recorded: Summary, ended: _Ended, others: Others | None) -> None:
    for problem in recorded.problems:
        click.echo(f"not recorded well: {neutral(problem)}", err=True)
    place = f"{FOLDER}/{EVIDENCE}"
    if not recorded.meta.finished:
        click.echo(f"Nothing was recorded; {place} says so.", err=True)
        return
    part = ", a part that was chosen" if recorded.meta.chosen == "1" else ""
    counted = f"{recorded.tests} {'test' if recorded.tests == 1 else 'tests'}{part}"
    but = {_STOPPED: "; the run stopped before its end", _NOTHING_COLLECTED: "; pytest found no test"}
    click.echo(
        f"Recorded {counted}, which ran code of {recorded.run} of {recorded.files} files,"
        f" in {place}{but.get(ended.status, '')}{_kept(others)}. Next: quality-gate report",
        err=True,
    )
    if recorded.meta.ended_by:
        click.echo(f"No test failed: {neutral(recorded.meta.ended_by)}.", err=True)


def _kept(others: Others | None) -> str:
    """What is kept beside a part that was chosen, as a clause."""
    if others is None:
        return ""
    began = f"the run of {moment} " if (moment := moment_of(others.started)) else "the run of all tests "
    count = "the other test" if others.tests == 1 else f"the {others.tests:,} other tests"
    return f"; what {began}recorded of {count} is kept"
