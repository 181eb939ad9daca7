"""What practices have brought: the rate of bug fixes before and after each was adopted, with its uncertainty.

The day of adoption is told by the history of the configuration itself. Only what both ways of counting say is said, by
weeks and by changed lines: a team that ships half as much mends half as much without being any better.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from quality_gate.account import Benefit, Benefits, BugFix, Rate, Ratio
from quality_gate.bugfixes import why_a_fix
from quality_gate.counting import counted
from quality_gate.evidence.git.command import CUT_OFF
from quality_gate.evidence.git.commits import Commit, History, Modes
from quality_gate.intervals import rate_ratio
from quality_gate.model import Mode

YEAR = datetime.timedelta(days=365)
"""As far back before an adoption as is looked unless somebody says otherwise: older code was another product."""

MOST_LINES = 5_000
"""Changed lines of one commit that count; more come from a generator, a formatter or a copied library."""

_DAY = datetime.timedelta(days=1)


class Adoption(NamedTuple):
    """A practice left `observe` and has not gone back since."""

    practice: str
    day: datetime.date
    commit: str


class Subject(NamedTuple):
    """Whose bug fixes are counted.

    Args:
        critical_path: None for the whole project.
        touches: whether a file belongs to it.
    """

    critical_path: str | None
    touches: Callable[[str], bool]


def adoptions(versions: Iterable[Modes], today: Mapping[str, Mode]) -> list[Adoption]:
    """When each practice that is adopted today left `observe` for the last time.

    Args:
        versions: the oldest first.
        today: modes as the configuration has them now, committed or not.
    """
    begun: dict[str, Adoption] = {}
    for version in versions:
        for practice in today:
            mode = Mode.OBSERVE if version.modes is None else version.modes.get(practice, Mode.OBSERVE)
            if mode is Mode.OBSERVE:
                begun.pop(practice, None)
            else:
                begun.setdefault(practice, Adoption(practice, version.day, version.commit))
    return [begun[practice] for practice, mode in today.items() if practice in begun and mode is not Mode.OBSERVE]


def benefits_of(
    adopted: Sequence[Adoption],
    history: History,
    subjects: Sequence[Subject],
    is_production: Callable[[str], bool],
    since: datetime.date | None,
) -> Benefits:
    """The bug-fix rates before and after each adoption, of the project and of each critical path.

    Args:
        history: from `since`, or a year before the first adoption, on.
        subjects: whose; the whole project first.
        is_production: whether a file is code that users meet.
        since: where the window begins; None for a year before each adoption.
    """
    marked = [_Marked(commit, _why(commit, is_production)) for commit in history.commits]
    benefits = [_benefit(one, subject, marked, history, since) for one in adopted for subject in subjects]
    return Benefits(
        benefits=tuple(sorted(benefits, key=lambda one: one.critical_path is not None)),
        fixes=tuple(_listed(one, subjects) for one in marked if one.why is not None),
        notes=tuple(_notes(history, marked, subjects)),
    )


class _Marked(NamedTuple):
    """A commit, and why it counts as a bug fix."""

    commit: Commit
    why: str | None


def _why(commit: Commit, is_production: Callable[[str], bool]) -> str | None:
    why = why_a_fix(commit.subject, commit.body, commit.author)
    return why if why is not None and any(map(is_production, commit.files)) else None


def _listed(one: _Marked, subjects: Sequence[Subject]) -> BugFix:
    touched = (subject for subject in subjects if subject.critical_path and any(map(subject.touches, one.commit.files)))
    return BugFix(
        commit=one.commit.hash,
        day=one.commit.day,
        subject=one.commit.subject,
        why=one.why or "",
        critical_paths=tuple(subject.critical_path or "" for subject in touched),
    )


def _benefit(
    adoption: Adoption,
    subject: Subject,
    marked: Sequence[_Marked],
    history: History,
    since: datetime.date | None,
) -> Benefit:
    """The day of adoption itself is the first of the time after."""
    begin = max(since or adoption.day - YEAR, _first(subject, marked, history) or adoption.day)
    end = max((one.commit.day for one in marked), default=adoption.day)
    before = _rate(subject, marked, begin, adoption.day - _DAY)
    after = _rate(subject, marked, max(begin, adoption.day), end)
    return Benefit(
        practice=adoption.practice,
        critical_path=subject.critical_path,
        adopted=adoption.day,
        commit=adoption.commit,
        before=before,
        after=after,
        per_week=None if before is None or after is None else _ratio(before, before.days, after, after.days),
        per_lines=None if before is None or after is None else _ratio(before, before.changed, after, after.changed),
    )


def _first(subject: Subject, marked: Sequence[_Marked], history: History) -> datetime.date | None:
    """Since when there is anything of a subject: weeks without code are no weeks without bugs."""
    if any(map(subject.touches, history.older)):
        return datetime.date.min
    return min((one.commit.day for one in marked if any(map(subject.touches, one.commit.files))), default=None)


def _rate(subject: Subject, marked: Sequence[_Marked], first: datetime.date, last: datetime.date) -> Rate | None:
    if last < first:
        return None
    within = [one for one in marked if first <= one.commit.day <= last and any(map(subject.touches, one.commit.files))]
    return Rate(
        first=first,
        last=last,
        days=(last - first).days + 1,
        fixes=sum(one.why is not None for one in within),
        commits=len(within),
        changed=sum(_changed(one.commit, subject) for one in within),
    )


def _changed(commit: Commit, subject: Subject) -> int:
    return min(MOST_LINES, _lines(commit, subject))


def _lines(commit: Commit, subject: Subject) -> int:
    return sum(lines for path, lines in commit.files.items() if subject.touches(path))


def _ratio(before: Rate, exposure_before: int, after: Rate, exposure_after: int) -> Ratio | None:
    if not (exposure_before and exposure_after and (before.fixes or after.fixes)):
        return None
    interval = rate_ratio(before.fixes, exposure_before, after.fixes, exposure_after)
    value = after.fixes / exposure_after / (before.fixes / exposure_before) if before.fixes else math.inf
    return Ratio(value=value, low=interval.low, high=interval.high)


def _notes(history: History, marked: Sequence[_Marked], subjects: Sequence[Subject]) -> Iterable[str]:
    if history.shallow:
        yield CUT_OFF
    if history.impossible:
        commits = counted(history.impossible, "commit is", "commits are")
        yield f"{commits} left out: dated before 1990 or in the future"
    if history.hidden:
        changes = counted(history.hidden, "change")
        yield f"the lines of {changes} of Python files are not counted: .gitattributes hides them, or they look binary"
    large = sum(any(_lines(one.commit, subject) > MOST_LINES for subject in subjects) for one in marked)
    if large:
        yield f"{counted(large, 'commit')} of more than {MOST_LINES:,} lines counted as so many"
