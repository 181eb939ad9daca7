"""`quality-gate baseline`: writes down, once per practice, what is known, and takes out what is fixed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from quality_gate import engine
from quality_gate.baseline import NEVER, Standing, entry_of, is_adoptable, marked, without
from quality_gate.baseline_file import NAME, PRUNE, Baseline, Entry, entries_in_order, text_of
from quality_gate.cli._assemble import Run
from quality_gate.cli._click_options import allowing_linters, shared, with_sarif
from quality_gate.cli._linters import Tools
from quality_gate.cli._options import Options
from quality_gate.cli._output import emit, write_aside
from quality_gate.errors import UsageError
from quality_gate.model import PRACTICES, Finding, Mode, Outcome, PracticeName, Stage, Verdict
from quality_gate.neutral import neutral

_MOST_UNREAD = 3
"""Files named where some cannot be read."""


@click.command("baseline", short_help="Write down, once per practice, what is known; take out what is fixed.")
@click.option("--adopt", metavar="PRACTICE", help="Write down every finding that blocks this practice today.")
@click.option("--prune", is_flag=True, help="Take out what is fixed; follow renamed files and functions.")
@with_sarif
@allowing_linters
@shared
def command(
    adopt: str | None,
    prune: bool,
    sarif: tuple[Path, ...],
    linters: bool,
    config: Path | None,
    format: str,
    color: str,
    quiet: bool,
    verbose: bool,
) -> int:
    """Findings that were there when a practice was adopted, in quality-gate-baseline.tsv: commit it.

    In enforce mode they do not block. Adopting is done once per practice; from then on the baseline only shrinks.
    Without an option: how many are left of each practice.

    \b
    quality-gate baseline --adopt static-analysis   then write ... = "enforce"
    quality-gate baseline --prune                   after some of it was fixed
    """
    if format != "text":
        raise UsageError(f"--format {format}", "baseline prints a line", "leave --format out")
    if adopt is not None and prune:
        raise UsageError("--adopt, --prune", "these are two things to do", "type one after the other")
    options = Options(config=config, format=format, color=color, quiet=quiet, verbose=verbose)
    # Against the merge base, whatever is staged: else what a branch has added before could pass for moved.
    run = Run(options, Stage.COMMIT, whole=True, all_files=True, tools=Tools(linters, sarif))
    run.known.read()
    said = _adopt(run, _practice_called(adopt)) if adopt is not None else (_prune if prune else _shown)(run)
    if not quiet:
        emit("".join(f"{neutral(line)}\n" for line in said), None)
    return 0


def _practice_called(name: str) -> PracticeName:
    blocking = [one.name for one in engine.known_practices() if one.name not in engine.NEVER_BLOCKS]
    for practice in PRACTICES:
        if practice == name and practice in blocking:
            return practice
    raise UsageError(f"--adopt {name}", "no practice of this version is called so", f"one of: {', '.join(blocking)}")


# --- adopting


def _adopt(run: Run, practice: PracticeName) -> list[str]:
    made, left = adopted(run, practice)
    _write(run, made)
    entries = len(made.entries) - len(run.known.baseline.entries)
    return [*_adopted(run, practice, entries), *_remaining(left)]


def adopted(run: Run, practice: PracticeName) -> tuple[Baseline, list[Finding]]:
    """The baseline with all that blocks a practice today, and what of it cannot be taken in.

    Args:
        run: over the whole project; its baseline is read.

    Raises:
        UsageError: it has been adopted, or cannot be judged whole.
    """
    held = run.known.baseline
    if practice in held.adopted:
        count = len(held.of(practice))
        known = f"{count} of its findings {'is' if count == 1 else 'are'} left in {NAME}"
        raise UsageError(
            f"--adopt {practice}",
            f"it has been adopted: {known}, and a baseline only shrinks",
            f"mend what is new; what is fixed leaves with: {PRUNE}",
        )
    findings = _open(_judged(run, practice, ()))
    entries = _entries(practice, [one for one in findings if is_adoptable(one, run.known.around)])
    left = _judged(run, practice, entries)  # what remains is seen only when these are out of the way
    _refuse_unproven(practice, left)
    made = Baseline(tuple(sorted((*held.adopted, practice))), entries_in_order((*held.entries, *entries)))
    return made, _open(left)


def _judged(run: Run, practice: PracticeName, entries: Sequence[Entry]) -> list[Verdict]:
    def known(name: PracticeName, findings: Sequence[Finding]) -> Sequence[Finding]:
        return marked(entries, findings, run.known.around) if name == practice else findings

    verdicts = engine.run(run.bench.knowing(known), {**run.config.practices, practice: Mode.ENFORCE})
    return [verdict for verdict in verdicts if verdict.practice == practice]


def _open(verdicts: Sequence[Verdict]) -> list[Finding]:
    held = [finding for verdict in verdicts for finding in verdict.findings]
    return [finding for finding in held if finding.is_open and finding.severity == "error"]


def _entries(practice: PracticeName, findings: Sequence[Finding]) -> tuple[Entry, ...]:
    from quality_gate.cli._pages import all_rules

    rules = {rule.code: rule for rule in all_rules()}
    own = [one for one in findings if not one.tool]
    lasting = [one for one in own if not getattr(rules[one.code], "diff_only", False)]
    versions = {one: rules[one.code].version for one in lasting} | {one: 1 for one in findings if one.tool}
    return entries_in_order(entry_of(practice, one, version) for one, version in versions.items())


def _refuse_unproven(practice: PracticeName, verdicts: Sequence[Verdict]) -> None:
    """A practice is adopted once: what cannot be seen today would block for ever."""
    unproven = next((verdict for verdict in verdicts if verdict.outcome is Outcome.UNPROVEN), None)
    if unproven is None:
        return
    unread = [one for one in unproven.findings if one.name == "not-analysed" and one.is_open]
    if unread:
        where = ", ".join(f"{one.path}:{one.line}" for one in unread[:_MOST_UNREAD])
        more = f" and {len(unread) - _MOST_UNREAD} more" if len(unread) > _MOST_UNREAD else ""
        raise UsageError(f"--adopt {practice}", f"nobody can say what is in {where}{more}", unread[0].remedy)
    what, _, remedy = unproven.reason.rpartition("; ")
    if not what:
        what, remedy = remedy, "quality-gate report tells more"
    raise UsageError(f"--adopt {practice}", f"it cannot be judged whole yet: {what}", remedy)


def _adopted(run: Run, practice: PracticeName, count: int) -> list[str]:
    said = [f"{practice}: {count:,} {'finding is' if count == 1 else 'findings are'} known from now on; commit {NAME}"]
    if run.config.practices.get(practice) is not Mode.ENFORCE:
        said.append(f'Next: write {practice} = "enforce" under [tool.quality-gate.practices]')
    return said


def _remaining(findings: Sequence[Finding]) -> list[str]:
    said = [f"not taken in{_why(one)}: {one.path}:{one.line}  {one.code} {one.name}" for one in findings]
    if any(one.name == "critical-path-below-demand" for one in findings):
        said.append("a sum could sink unseen: set `line` and `branch` of the critical path to what it has today")
    return said


def _why(finding: Finding) -> str:
    return ", for the change adds or touches it" if finding.new and finding.name not in NEVER else ""


# --- shrinking


def _standings(run: Run) -> dict[str, Standing]:
    baseline = run.known.baseline
    modes = dict(run.config.practices)
    modes |= dict.fromkeys(_adopted_of(baseline), Mode.ENFORCE)
    return run.known.standings(engine.run(run.bench, modes), rewriting=True)


def _adopted_of(baseline: Baseline) -> list[PracticeName]:
    return [practice for practice in PRACTICES if practice in baseline.adopted]


def _prune(run: Run) -> list[str]:
    held = run.known.baseline
    if not held.adopted:
        return _shown(run)
    standings = _standings(run)
    made = without(held, standings)
    if made != held:
        _write(run, made)
    return [line for practice in held.adopted for line in _pruned(practice, standings[practice])]


def _pruned(practice: str, held: Standing) -> list[str]:
    out, left = len(held.gone) + len(held.unsettled), len(held.found) + len(held.unseen)
    moved = f", {held.moved} moved" if held.moved else ""
    return [f"{practice}: {out:,} taken out{moved}, {left:,} left", *_about_unseen(practice, held)]


def _shown(run: Run) -> list[str]:
    held = run.known.baseline
    if not held.adopted:
        return [
            "no practice is adopted; what is there today becomes known with: quality-gate baseline --adopt PRACTICE"
        ]
    said = []
    for practice, found in _standings(run).items():
        gone = f", {len(found.gone):,} fixed: {PRUNE}" if found.gone else ""
        said += [f"{practice}: {len(found.found):,} known{gone}", *_about_unseen(practice, found)]
    return said


def _about_unseen(practice: str, held: Standing) -> list[str]:
    count = len(held.unseen)
    if not count:
        return []
    what = "entry is of what could not be judged" if count == 1 else "entries are of what could not be judged"
    return [f"{practice}: {count:,} {what} and stay{'s' if count == 1 else ''}: quality-gate report tells why"]


def _write(run: Run, baseline: Baseline) -> None:
    try:
        write_aside(run.root / NAME, text_of(baseline))
    except OSError as error:
        problem = f"it cannot be written: {error.strerror or error}"
        raise UsageError(NAME, problem, "make the project's folder yours to write to") from error
