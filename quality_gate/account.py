"""What a report gives account of beside its verdicts: what was waived, and what the practices have brought."""

from __future__ import annotations

import datetime
from typing import Literal

import msgspec

PageName = Literal["overview", "ledger", "benefit"]
"""What `report` shows people: the verdicts, or one of the two pages about what is here."""


class LedgerEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that somebody has silenced, excluded, skipped or left for later.

    Args:
        kind: `allow`, `noqa`, `type`, `cover`, `skip` ..., `coverage` for an exclusion in a configuration, `baseline`.
        practice: whose findings or numbers it keeps back.
        critical_path: the first that its place is on.
        path, line: where it stands; line 0 for a baseline entry, which has none.
        text: what it silences, as written.
        owner: who answers for it: as the comment says, else whom the critical path names.
        until: its last day, where it has one.
        since: the day on which its line was written; None where nobody knows. committed: whether it is in git at all.
    """

    kind: str
    practice: str
    critical_path: str | None
    path: str
    line: int
    text: str
    reason: str | None = None
    owner: str | None = None
    until: datetime.date | None = None
    is_expired: bool = False
    since: datetime.date | None = None
    committed: bool = True


class Rate(msgspec.Struct, frozen=True, kw_only=True):
    """Bug fixes in a stretch of time.

    Args:
        first, last: its days, both included. days: how many.
        fixes: commits that mend a bug. commits: all that touch production code, or the critical path's files.
        changed: lines that they added and removed there.
    """

    first: datetime.date
    last: datetime.date
    days: int
    fixes: int
    commits: int
    changed: int


class Ratio(msgspec.Struct, frozen=True, kw_only=True):
    """How many times as many as before, with the interval that holds it in 95 of 100 cases.

    Where nothing happened before, `value` and `high` are infinite.
    """

    value: float
    low: float
    high: float


class Benefit(msgspec.Struct, frozen=True, kw_only=True):
    """The bug-fix rate before and after a practice was adopted.

    Args:
        critical_path: of commits that touch this critical path's files; None for the whole project.
        adopted: the day. commit: the commit that adopted it.
        before, after: None where there is no history on that side.
        per_week, per_lines: since the adoption against before it, by weeks and by changed lines; None where neither
            side has a bug fix, or one has no weeks or lines.
    """

    practice: str
    critical_path: str | None
    adopted: datetime.date
    commit: str
    before: Rate | None = None
    after: Rate | None = None
    per_week: Ratio | None = None
    per_lines: Ratio | None = None

    @property
    def says(self) -> Literal["fewer", "more", "too early to tell"]:
        """What is certain enough to be said: only what both ways of counting say."""
        ratios = (self.per_week, self.per_lines)
        if all(ratio is not None and ratio.high < 1 for ratio in ratios):
            return "fewer"
        if all(ratio is not None and ratio.low > 1 for ratio in ratios):
            return "more"
        return "too early to tell"


class BugFix(msgspec.Struct, frozen=True, kw_only=True):
    """A commit that counts as a bug fix, so that a person can check it.

    Args:
        why: what it was told by. critical_paths: whose files it touches.
    """

    commit: str
    day: datetime.date
    subject: str
    why: str
    critical_paths: tuple[str, ...] = ()


class Benefits(msgspec.Struct, frozen=True, kw_only=True):
    """What the practices have brought.

    Args:
        benefits: of each adopted practice, the project's first, then by critical path.
        fixes: the commits counted as bug fixes, the latest first.
        notes: what could not be counted, and why, a sentence each.
    """

    benefits: tuple[Benefit, ...] = ()
    fixes: tuple[BugFix, ...] = ()
    notes: tuple[str, ...] = ()
