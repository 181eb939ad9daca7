"""What the practices have brought, for people: one line each in a report, all of it on a page of its own."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from quality_gate.account import Benefit, Benefits, BugFix, Rate, Ratio
from quality_gate.counting import counted
from quality_gate.formats._failures import Ink
from quality_gate.neutral import neutral

MOST_FIXES = 20
"""Nobody scrolls."""

_SHORT_HASH = 9
_LONGEST = 70
_PAINT = {"fewer": "32;1", "more": "31;1"}
_GREY = "2"


def benefit_in_short(benefits: Benefits | None, ink: Ink) -> Iterator[str]:
    """One line for each adopted practice."""
    for one in benefits.benefits if benefits is not None else ():
        if one.critical_path is None:
            yield f"{one.practice}, adopted {one.adopted}: {_verdict(one, ink)}{_in_short(one)}"


def _in_short(one: Benefit) -> str:
    if one.before is None or one.after is None:
        return "; nothing before it to compare with"
    counts = f"{_fixes(one.after)} in {_weeks(one.after)}, {one.before.fixes:,} in {_weeks(one.before)} before"
    return f"; {counts}" if one.per_week is None else f": {_times(one.per_week, ' a week')}; {counts}"


def _verdict(one: Benefit, ink: Ink) -> str:
    says = one.says
    return ink(says if says not in _PAINT else f"{says} bug fixes", _PAINT.get(says, "33"))


def benefit_lines(benefits: Benefits | None, ink: Ink) -> Iterator[str]:
    """The page: every rate and ratio, the commits that count, and what could not be counted."""
    if benefits is None:
        yield "Nothing to compare: no practice is adopted in a configuration that git knows\nNext: quality-gate init"
        return
    for one in benefits.benefits:
        yield "\n".join(_block(one, ink))
    if benefits.fixes:
        yield "\n".join(_listed(benefits.fixes, ink))
    notes = [ink(f"note: {neutral(note)}", _GREY) for note in benefits.notes]
    if notes:
        yield "\n".join(notes)


def _block(one: Benefit, ink: Ink) -> Iterator[str]:
    subject = f"{one.practice}, critical path {one.critical_path}" if one.critical_path else one.practice
    yield f"{ink(neutral(subject), '1')}   adopted {one.adopted} ({one.commit[:_SHORT_HASH]})   {_verdict(one, ink)}"
    for name, rate in (("before", one.before), ("since", one.after)):
        yield f"   {name:7}{_rate(rate) if rate is not None else 'no history'}"
    for name, ratio in ((" a week", one.per_week), (" per 1,000 changed lines", one.per_lines)):
        if ratio is not None:
            yield f"   {_times(ratio, name)}"


def _rate(rate: Rate) -> str:
    per_lines = f"{_a_rate(1000 * rate.fixes / rate.changed)} per 1,000 of {rate.changed:,} changed lines"
    return (
        f"{rate.first} to {rate.last}   {_fixes(rate)} in {counted(rate.commits, 'commit')}   "
        f"{_a_rate(7 * rate.fixes / rate.days)} a week   {per_lines if rate.changed else 'no changed lines'}"
    )


def _listed(fixes: Sequence[BugFix], ink: Ink) -> Iterator[str]:
    yield ink(counted(len(fixes), "commit counts as a bug fix", "commits count as bug fixes"), "1")
    for fix in fixes[:MOST_FIXES]:
        commit = ink(fix.commit[:_SHORT_HASH], "36")
        yield f"   {commit}  {fix.day}  {_cut(fix.subject):{_LONGEST}}  {_cut(fix.why)}".rstrip()
    if len(fixes) > MOST_FIXES:
        yield ink("Every one of them: quality-gate report --benefit --format json", _GREY)


def _fixes(rate: Rate) -> str:
    return counted(rate.fixes, "bug fix", "bug fixes")


def _weeks(rate: Rate) -> str:
    weeks = rate.days // 7
    return counted(rate.days, "day") if weeks < 2 else counted(weeks, "week")


def _times(ratio: Ratio, of: str) -> str:
    """The bounds are rounded outwards: what is shown never says more than what was counted."""
    if math.isinf(ratio.value):
        return f"at least {_down(ratio.low, 2)} times as many{of} (95 %)"
    high = f"{math.ceil(ratio.high * 100) / 100:.2f}"
    return f"{_down(ratio.value, 2)} times as many{of} (95 %: {_down(ratio.low, 2)} to {high})"


def _a_rate(number: float) -> str:
    return _down(number, 1 if number >= 1 else 2)


def _down(number: float, digits: int) -> str:
    return f"{math.floor(number * 10**digits) / 10**digits:.{digits}f}"


def _cut(text: str) -> str:
    shown = neutral(text)
    return shown if len(shown) <= _LONGEST else f"{shown[: _LONGEST - 1]}…"
