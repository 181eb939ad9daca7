"""The ledger: everything that was silenced, excluded, skipped or left for later, in one list, the worst first."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import msgspec

from quality_gate.account import LedgerEntry
from quality_gate.baseline_file import Entry
from quality_gate.model import Ledger
from quality_gate_checkers.model.inspection import Inspection, Noted

if TYPE_CHECKING:  # the commit hook counts, and has no other use for it
    from quality_gate.evidence.coverage.exclusions import Exclusion

_PRACTICES = {
    "cover": "critical-path-coverage",
    "branch": "critical-path-coverage",
    "skip": "isolated-tests",
    "xfail": "isolated-tests",
    "flaky": "isolated-tests",
}
"""Whose numbers a request keeps back that silences no rule of ours; of all others static-analysis's."""


class Places(msgspec.Struct, frozen=True):
    """What else there is to know of places.

    Args:
        practice_of: a rule's name or code -> its practice.
        critical_path_at: a file and the first and last of its lines -> the critical path that one of them is on.
        critical_path_of: a file and a function's name -> the critical path that it is on.
        owners: whom critical paths name, by their names.
    """

    practice_of: Callable[[str], str]
    critical_path_at: Callable[[str, int, int], str | None]
    critical_path_of: Callable[[str, str], str | None]
    owners: Mapping[str, str]


def entries_of(
    inspections: Mapping[str, Inspection],
    exclusions: Iterable[Exclusion],
    baseline: Iterable[Entry],
    places: Places,
    today: datetime.date,
) -> tuple[LedgerEntry, ...]:
    """The whole ledger, the worst first: expired, on a critical path, without a reason, the gate's own.

    Args:
        inspections: what each judged file holds, by path.
        today: the day on which dates are looked at; the last day of an entry still counts.
    """
    found = [_of_noted(path, one, places, today) for path, held in inspections.items() for one in held.noted]
    found += (_of_exclusion(one) for one in exclusions)
    found += (_of_baseline(one, places) for one in baseline)
    return tuple(sorted(found, key=_badness))


def counts(
    inspections: Iterable[Inspection],
    exclusions: Collection[Exclusion],
    baseline: Collection[Entry],
    today: datetime.date,
) -> Ledger:
    """How many entries the ledger has.

    Args:
        inspections: of the judged files. exclusions, baseline, today: as of `entries_of`.
    """
    noted = [one for inspection in inspections for one in inspection.noted]
    return Ledger(
        entries=len(noted) + len(exclusions) + len(baseline),
        expired=sum(one.is_expired(today) for one in noted),
        without_reason=sum(one.reason is None for one in noted) + sum(one.reason is None for one in exclusions),
        baseline=len(baseline),
    )


def _of_noted(path: str, one: Noted, places: Places, today: datetime.date) -> LedgerEntry:
    critical = places.critical_path_at(path, one.first, one.last)
    practice = places.practice_of(one.rules[0]) if one.rules else _PRACTICES.get(one.kind, "static-analysis")
    return LedgerEntry(
        kind=one.kind,
        practice=practice,
        critical_path=critical,
        path=path,
        line=one.line,
        text=one.text,
        reason=one.reason,
        owner=one.owner or places.owners.get(critical or "") or None,
        until=None if one.until is None else datetime.date.fromisoformat(one.until),
        is_expired=one.is_expired(today),
    )


def _of_exclusion(one: Exclusion) -> LedgerEntry:
    text = f"{one.option}: {one.text}"
    return LedgerEntry(
        kind="coverage",
        practice="critical-path-coverage",
        critical_path=None,
        path=one.path,
        line=one.line,
        text=text,
        reason=one.reason,
    )


def _of_baseline(one: Entry, places: Places) -> LedgerEntry:
    critical = places.critical_path_of(one.path, one.function)
    where = f" in {one.function}" if one.function else ""
    return LedgerEntry(
        kind="baseline",
        practice=one.practice,
        critical_path=critical,
        path=one.path,
        line=0,
        text=f"{one.rule}{where}",
        reason=f"known when {one.practice} was adopted",
        owner=places.owners.get(critical or "") or None,
    )


def _badness(entry: LedgerEntry) -> tuple[bool, bool, bool, bool, str, int]:
    return (
        not entry.is_expired,
        entry.critical_path is None,
        entry.reason is not None,
        entry.kind != "allow",
        entry.path,
        entry.line,
    )


def files_with_age(entries: Sequence[LedgerEntry]) -> dict[str, list[int]]:
    """Lines whose age is asked for, by file, the worst entries' files first."""
    found: dict[str, list[int]] = {}
    for entry in entries:
        if entry.line:
            found.setdefault(entry.path, []).append(entry.line)
    return found
