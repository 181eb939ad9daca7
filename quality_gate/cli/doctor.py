"""`quality-gate doctor`: does the gate go red here? Plants a violation per practice in a scratch copy, and looks."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from quality_gate import engine
from quality_gate.cli._assemble import Run
from quality_gate.cli._click_options import shared
from quality_gate.cli._options import Options
from quality_gate.cli._output import emit
from quality_gate.cli._planting import Planted, Scratch, planted_in
from quality_gate.cli._surroundings import Check, surroundings
from quality_gate.counting import counted
from quality_gate.errors import Missing, UsageError
from quality_gate.model import Finding, Mode, Outcome, Stage, Verdict
from quality_gate.neutral import neutral


@click.command("doctor", short_help="Plant a violation per practice in a scratch copy: does the gate go red?")
@shared
def command(config: Path | None, format: str, color: str, quiet: bool, verbose: bool) -> int:
    """See whether the gate would notice: plant a violation for each practice, in a scratch copy, and judge it.

    Also looks whether the hook is installed, whether CI fetches enough history, whether the evidence is fresh, and
    whether ruff leaves our comments alone. Nothing of the project is executed or changed.

    Ends with 0 when all is well, with 1 when something is not.
    """
    if format != "text":
        raise UsageError(f"--format {format}", "doctor prints lines", "leave --format out")
    options = Options(config=config, format=format, color=color, quiet=quiet, verbose=verbose)
    run = Run(options, Stage.CI, whole=False, own_policy=True)
    checks = [*_practices(run, options), *surroundings(run.root, run.git, os.environ)]
    problems = sum(check.state == "problem" for check in checks)
    shown = [check for check in checks if not quiet or check.state == "problem"]
    emit("".join(f"{line}\n" for line in _lines(shown)), None)
    if not quiet:
        said = counted(problems, "problem")
        click.echo(said if problems else "All is well: the gate goes red where it should.", err=True)
    return 1 if problems else 0


# -- practices


def _practices(run: Run, options: Options) -> Iterator[Check]:
    with tempfile.TemporaryDirectory(prefix="quality-gate-doctor-") as name:
        scratch = planted_in(Path(os.path.realpath(name)), run, options)
        scratch.run.known.read()
        modes = scratch.run.config.practices
        verdicts = scratch.run.known.compared(engine.run(scratch.run.bench, modes))
        present = [practice.name for practice in engine.known_practices()]
        for practice, mode in modes.items():
            if practice in engine.NEVER_BLOCKS or (practice not in present and mode is Mode.OBSERVE):
                continue
            own = [verdict for verdict in verdicts if verdict.practice == practice]
            yield _practice(practice, mode, own, scratch)
        yield _evidence(scratch)


def _practice(practice: str, mode: Mode, verdicts: Sequence[Verdict], scratch: Scratch) -> Check:
    planted = {str(name): one for name, one in scratch.planted.items()}.get(practice)
    subject = f"{practice} ({mode})"
    if planted is None:
        return _not_planted(subject, practice, mode, verdicts, scratch)
    found = [finding for verdict in verdicts for finding in verdict.findings if _is_of(finding, planted)]
    red = [verdict for verdict in verdicts if verdict.outcome is Outcome.BROKEN and verdict.decides]
    if red and found:
        return Check(subject, "ok", f"goes red: {_told(found[0])}")
    if found and mode is Mode.OBSERVE:
        return Check(subject, "ok", f"shows it, and blocks nothing: {_told(found[0])}")
    if found and all(finding.severity == "warning" for finding in found):
        return Check(subject, "ok", f"shows it; its rules only warn: {_told(found[0])}")
    return _silent(subject, verdicts, planted)


def _is_of(finding: Finding, planted: Planted) -> bool:
    return finding.path == planted.path and finding.is_open


def _told(finding: Finding) -> str:
    return f"{finding.path}:{finding.line} {finding.code} {finding.name}"


def _silent(subject: str, verdicts: Sequence[Verdict], planted: Planted) -> Check:
    unproven = next((verdict for verdict in verdicts if verdict.outcome is Outcome.UNPROVEN), None)
    if unproven is not None:
        what, _, remedy = unproven.reason.rpartition("; ")
        return Check(subject, "problem", f"cannot go red: {what or remedy}", remedy if what else "quality-gate report")
    text = f"stays green though {planted.path} breaks it"
    demand = f"critical path {planted.critical_path} demands" if planted.critical_path else "`roles` and `source` judge"
    return Check(subject, "problem", text, f"see what {demand} in the configuration")


def _not_planted(subject: str, practice: str, mode: Mode, verdicts: Sequence[Verdict], scratch: Scratch) -> Check:
    reasons = {str(name): reason for name, reason in scratch.without.items()}
    what, remedy = reasons.get(practice, ("", ""))
    if not what:
        what, _, remedy = verdicts[0].reason.rpartition("; ") if verdicts else ("nothing is known of it", "", "")
    if mode is Mode.OBSERVE:
        return Check(subject, "note", f"blocks nothing, and has nothing to show: {what}")
    return Check(subject, "problem", f"cannot go red: {what}", remedy)


def _evidence(scratch: Scratch) -> Check:
    run = scratch.run
    needs = [
        name for name, mode in run.config.practices.items() if mode is not Mode.OBSERVE and name != "static-analysis"
    ]
    try:
        description = run.linking.recorded.description
    except Missing as missing:
        if needs and run.config.critical_paths:
            return Check("evidence", "problem", missing.clause, missing.remedy)
        return Check("evidence", "note", missing.clause)
    if not run.config.critical_paths:
        return Check("evidence", "ok", description)
    # What tests run of other languages stands in files that are named with --coverage, which doctor is not told.
    others = {*(one.path for one in scratch.planted.values()), *run.other_files}
    members = [one for path in run.bench.coverage for one in path.members if one.member.path not in others]
    stale = [one for one in members if one.unproven is not None]
    functions = f"{counted(len(members), 'function')} of critical paths"
    if not stale:
        return Check("evidence", "ok", f"{description}; it holds for {functions}")
    first = f"{stale[0].member.name}: {stale[0].unproven}"
    text = f"stale for {len(stale)} of {functions}: {first}"
    return Check("evidence", "problem", text, "quality-gate test")


# -- in words


def _lines(checks: Sequence[Check]) -> Iterator[str]:
    width = max((len(check.subject) for check in checks), default=0)
    for check in checks:
        yield neutral(f"{check.state:<8} {check.subject:<{width}}  {check.text}")
        if check.remedy:
            yield neutral(f"{'':<8} {'':<{width}}  do: {check.remedy}")
