"""The ledger's entries and the benefit in the json format, version 1."""

from __future__ import annotations

import datetime
import math
from typing import Literal

import msgspec

from quality_gate.account import Benefit, Benefits, BugFix, LedgerEntry, Rate, Ratio
from quality_gate.neutral import printable


class JsonLedgerEntry(msgspec.Struct, frozen=True):
    """One entry; `line` is null for the baseline's, `since` where nobody knows the day or the line is not committed."""

    kind: str
    practice: str
    critical_path: str | None
    path: str
    line: int | None
    text: str
    reason: str | None
    owner: str | None
    since: datetime.date | None
    until: datetime.date | None
    expired: bool
    committed: bool


class JsonRate(msgspec.Struct, frozen=True):
    """Bug fixes, commits and changed lines of production code from one day to another, both included."""

    first: datetime.date
    last: datetime.date
    days: int
    bug_fixes: int
    commits: int
    changed_lines: int


class JsonRatio(msgspec.Struct, frozen=True):
    """How many times as many, with its exact 95 % interval; `value` and `high` are null where none was before."""

    value: float | None
    low: float
    high: float | None


class JsonBenefit(msgspec.Struct, frozen=True):
    """One adopted practice, of the project or of a critical path."""

    practice: str
    critical_path: str | None
    adopted: datetime.date
    commit: str
    says: Literal["fewer", "more", "too early to tell"]
    before: JsonRate | None
    since: JsonRate | None
    per_week: JsonRatio | None
    per_changed_line: JsonRatio | None


class JsonBugFix(msgspec.Struct, frozen=True):
    """A commit that counts, and what told it."""

    commit: str
    day: datetime.date
    subject: str
    why: str
    critical_paths: list[str]


class JsonBenefits(msgspec.Struct, frozen=True):
    """What the practices have brought; `bug_fixes` only with `--benefit`."""

    practices: list[JsonBenefit]
    notes: list[str]
    bug_fixes: list[JsonBugFix] | msgspec.UnsetType = msgspec.UNSET


def entry_as_json(entry: LedgerEntry) -> JsonLedgerEntry:
    """An entry of the ledger."""
    return JsonLedgerEntry(
        kind=entry.kind,
        practice=entry.practice,
        critical_path=entry.critical_path and printable(entry.critical_path),
        path=printable(entry.path),
        line=entry.line or None,
        text=printable(entry.text),
        reason=entry.reason and printable(entry.reason),
        owner=entry.owner and printable(entry.owner),
        since=entry.since,
        until=entry.until,
        expired=entry.is_expired,
        committed=entry.committed,
    )


def benefits_as_json(benefits: Benefits, *, listed: bool) -> JsonBenefits:
    """What the practices have brought; `listed`: with the commits that count, be there none."""
    return JsonBenefits(
        practices=[_benefit(one) for one in benefits.benefits],
        notes=[printable(note) for note in benefits.notes],
        bug_fixes=[_fix(one) for one in benefits.fixes] if listed else msgspec.UNSET,
    )


def _benefit(one: Benefit) -> JsonBenefit:
    return JsonBenefit(
        practice=one.practice,
        critical_path=one.critical_path and printable(one.critical_path),
        adopted=one.adopted,
        commit=one.commit,
        says=one.says,
        before=_rate(one.before),
        since=_rate(one.after),
        per_week=_ratio(one.per_week),
        per_changed_line=_ratio(one.per_lines),
    )


def _rate(rate: Rate | None) -> JsonRate | None:
    if rate is None:
        return None
    return JsonRate(rate.first, rate.last, rate.days, rate.fixes, rate.commits, rate.changed)


def _ratio(ratio: Ratio | None) -> JsonRatio | None:
    if ratio is None:
        return None
    return JsonRatio(_finite(ratio.value), ratio.low, _finite(ratio.high))


def _finite(number: float) -> float | None:
    return None if math.isinf(number) else number


def _fix(one: BugFix) -> JsonBugFix:
    paths = [printable(path) for path in one.critical_paths]
    return JsonBugFix(one.commit, one.day, printable(one.subject), printable(one.why), paths)
