"""The ledger for people: what was waived, by practice and critical path, the worst first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from quality_gate.account import LedgerEntry
from quality_gate.counting import counted
from quality_gate.formats._failures import Ink
from quality_gate.model import Ledger
from quality_gate.neutral import neutral

MOST_GROUPS = 8
MOST_ENTRIES = 5
"""Of a group; the rest is counted."""

_LONGEST = 60
_RED, _YELLOW, _GREY = "31;1", "33", "2"


def ledger_lines(ledger: Ledger, ink: Ink) -> Iterator[str]:
    """One block a group, after a line that counts them all."""
    yield ink(_counts(ledger), "1")
    groups = _grouped(ledger.listed)
    for (practice, path), held in groups[:MOST_GROUPS]:
        yield "\n".join(_group(practice, path, held, ink))
    rest = sum(len(held) for _, held in groups[MOST_GROUPS:])
    if rest:
        yield f"and {rest:,} more in {counted(len(groups) - MOST_GROUPS, 'more group')}"
    if len(ledger.listed) > MOST_ENTRIES:
        yield ink("Every one of them: quality-gate report --ledger --format json", _GREY)


def _counts(ledger: Ledger) -> str:
    if not ledger.entries:
        return "Ledger: nothing is silenced, excluded, skipped or left for later"
    critical = sum(entry.critical_path is not None for entry in ledger.listed)
    counts = (
        (ledger.expired, "expired"),
        (ledger.without_reason, "without a reason"),
        (critical, "on a critical path" if critical == 1 else "on critical paths"),
    )
    said = [f"{count:,} {what}" for count, what in counts if count]
    return ", ".join([f"Ledger: {counted(ledger.entries, 'entry', 'entries')}", *said])


def _grouped(entries: Sequence[LedgerEntry]) -> list[tuple[tuple[str, str | None], list[LedgerEntry]]]:
    """In the order of the worst of each group."""
    groups: dict[tuple[str, str | None], list[LedgerEntry]] = {}
    for entry in entries:
        groups.setdefault((entry.practice, entry.critical_path), []).append(entry)
    return list(groups.items())


def _group(practice: str, path: str | None, held: Sequence[LedgerEntry], ink: Ink) -> Iterator[str]:
    where = f", critical path {path}" if path else ""
    yield f"{ink(neutral(f'{practice}{where}'), '1')}   {len(held):,}"
    width = max(len(_place(entry)) for entry in held[:MOST_ENTRIES])
    for entry in held[:MOST_ENTRIES]:
        yield f"   {ink(f'{_place(entry):{width}}', '36')}   {' · '.join(_said(entry, ink))}"
    if len(held) > MOST_ENTRIES:
        yield f"   and {len(held) - MOST_ENTRIES:,} more"


def _place(entry: LedgerEntry) -> str:
    return neutral(f"{entry.path}:{entry.line}" if entry.line else entry.path)


def _said(entry: LedgerEntry, ink: Ink) -> Iterator[str]:
    if entry.is_expired:
        yield ink(f"EXPIRED {entry.until}", _RED)
    yield _cut(entry.text if entry.kind != "baseline" else f"baseline: {entry.text}")
    yield _cut(entry.reason) if entry.reason else ink("no reason", _YELLOW)
    if entry.owner or entry.critical_path:
        yield neutral(entry.owner) if entry.owner else ink("no owner", _YELLOW)
    yield _age(entry)
    if entry.until and not entry.is_expired:
        yield f"until {entry.until}"


def _age(entry: LedgerEntry) -> str:
    if entry.since is not None:
        return f"since {entry.since}"
    return "age unknown" if entry.committed else "not committed yet"


def _cut(text: str) -> str:
    shown = neutral(text)
    return shown if len(shown) <= _LONGEST else f"{shown[: _LONGEST - 1]}…"
