"""What a report gives account of beside its verdicts: the ledger, and what the practices have brought."""

from __future__ import annotations

import datetime
import time
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from quality_gate.account import Benefits, LedgerEntry
from quality_gate.counting import counted
from quality_gate.errors import Missing
from quality_gate.evidence.git.command import CUT_OFF, GitError
from quality_gate.history import YEAR, Subject, adoptions, benefits_of
from quality_gate.ledger import Places, entries_of, files_with_age
from quality_gate.model import Mode, Report

if TYPE_CHECKING:
    from quality_gate.cli._assemble import Run
    from quality_gate.codebase.critical_paths import ResolvedPath

_PATIENCE = 20.0
"""Seconds in which git is asked for the ages of the ledger's lines; what is left is told next time."""


def with_ledger(report: Report, run: Run) -> Report:
    """A report with every entry of the ledger, each with its age."""
    entries = entries_of(
        run.bench.inspections,
        run.known.exclusions,
        run.known.baseline.entries,
        _places(_critical(run)),
        run.bench.today,
    )
    patience = _Patience(time.monotonic() + _PATIENCE)
    aged = _with_ages(run, entries, patience)
    notes = [*report.notes, *([patience.note()] if patience.refused else []), *_cut_off(run, aged)]
    return msgspec.structs.replace(
        report, ledger=msgspec.structs.replace(report.ledger, listed=aged), notes=tuple(notes)
    )


class _Patience:
    """Whether there is time for another file, and for how many there was none.

    Args:
        ends: as of `time.monotonic`.
    """

    def __init__(self, ends: float) -> None:
        self._ends = ends
        self.refused = 0

    def __call__(self) -> bool:
        goes_on = time.monotonic() < self._ends
        self.refused += not goes_on
        return goes_on

    def note(self) -> str:
        """What to tell of the files that were left out."""
        files = counted(self.refused, "file")
        return f"git was not asked for the age of lines in {files}, since it took long; the next run goes on from there"


def _cut_off(run: Run, entries: Sequence[LedgerEntry]) -> Sequence[str]:
    """Why lines have no age that have one in a whole clone."""
    unknown = any(entry.line and entry.committed and entry.since is None for entry in entries)
    try:
        return [CUT_OFF] if unknown and run.git is not None and run.git.is_shallow() else []
    except GitError:
        return []


def _critical(run: Run) -> Sequence[ResolvedPath]:
    if not run.bench.has_critical_paths:
        return ()
    try:
        return run.bench.critical.paths
    except Missing:
        return ()


def _places(paths: Sequence[ResolvedPath]) -> Places:
    members = [(path.name, member) for path in paths for member in path.members]
    by_file: dict[str, list[int]] = {}
    for number, (_, member) in enumerate(members):
        by_file.setdefault(member.path, []).append(number)

    def at(path: str, first: int, last: int) -> str | None:
        held = (members[number] for number in by_file.get(path, ()))
        return next((name for name, member in held if member.holds(first, last)), None)

    def of(path: str, function: str) -> str | None:
        held = (members[number] for number in by_file.get(path, ()))
        return next((name for name, member in held if member.name == function), None)

    return Places(_practice_of(), at, of, {path.name: path.declared.owner for path in paths})


def _practice_of() -> Callable[[str], str]:
    """Whose findings a rule makes, by its name, its code or its id in pylint."""
    from quality_gate.bench import ProjectRule
    from quality_gate.cli._pages import all_rules
    from quality_gate.practices._static_findings import ISOLATION
    from quality_gate_checkers.model.inspection import pylint_id

    practices: dict[str, str] = {}
    for rule in all_rules():
        own = rule.practice if isinstance(rule, ProjectRule) else ""
        practice = own or ("isolated-tests" if rule.name in ISOLATION else "static-analysis")
        practices |= dict.fromkeys((rule.name, rule.code, pylint_id(rule.code)), practice)
    return lambda name: practices.get(name, "static-analysis")


def _with_ages(run: Run, entries: Sequence[LedgerEntry], patience: _Patience) -> tuple[LedgerEntry, ...]:
    if run.git is None:
        return tuple(entries)
    from quality_gate.evidence.git.ages import ages_of

    with run.linking_store() as store:
        root = Path(run.root).resolve()
        ages = ages_of(run.git, root, files_with_age(entries), store, time.time_ns(), patience)
    return tuple(_aged(entry, ages) for entry in entries)


def _aged(entry: LedgerEntry, ages: dict[tuple[str, int], datetime.date | None]) -> LedgerEntry:
    place = entry.path, entry.line
    if place not in ages:
        return entry
    return msgspec.structs.replace(entry, since=ages[place], committed=ages[place] is not None)


def with_benefits(report: Report, run: Run, since: datetime.date | None, *, fixes: bool) -> Report:
    """A report with what each adopted practice has brought; without one where no practice is adopted.

    Args:
        since: where the window begins; None for a year before each adoption.
        fixes: the commits that count are listed too.
    """
    if (
        run.git is None
        or run.config.file is None
        or all(mode is Mode.OBSERVE for mode in run.config.practices.values())
    ):
        return report
    try:
        found = _benefits(run, since)
    except GitError as error:
        found = Benefits(notes=(f"bug fixes are not counted: {error}",))
        if not fixes:  # the page shows its own notes
            report = msgspec.structs.replace(report, notes=(*report.notes, *found.notes))
    return msgspec.structs.replace(report, benefits=found if fixes else msgspec.structs.replace(found, fixes=()))


def _benefits(run: Run, since: datetime.date | None) -> Benefits:
    from quality_gate.evidence.git.commits import history_of, modes_in_history

    if run.git is None or run.config.file is None:
        return Benefits()
    adopted = adoptions(modes_in_history(run.git, Path(run.config.file)), run.config.practices)
    if not adopted:
        return Benefits(notes=("no commit has adopted a practice yet: commit the configuration",))
    begin = since or min(one.day for one in adopted) - YEAR
    with run.linking_store() as store:
        history = history_of(run.git, run.root.resolve(), begin, run.bench.today, store)
    is_production = _is_production(run)
    return benefits_of(adopted, history, _subjects(run, is_production), is_production, since)


def _subjects(run: Run, is_production: Callable[[str], bool]) -> list[Subject]:
    """The whole project is what its bug fixes are counted in: more tests are no reason for fewer bugs a line."""
    found = [Subject(None, is_production)]
    for path in _critical(run):
        files = frozenset(member.path for member in path.members)
        found.append(Subject(path.name, files.__contains__))
    return found


def _is_production(run: Run) -> Callable[[str], bool]:
    from quality_gate_checkers.model import PRODUCTION, role_of

    settings = run.config.settings
    return cache(lambda path: role_of(path, settings) in PRODUCTION)  # asked for every file of every commit
