"""Bug-fix rates before and after a practice was adopted, and what may be said of them."""

from __future__ import annotations

import datetime
import math

import pytest

from quality_gate.account import Benefit, Benefits
from quality_gate.evidence.git.commits import Commit, History, Modes
from quality_gate.history import Adoption, Subject, adoptions, benefits_of
from quality_gate.model import Mode

DAY = datetime.date(2026, 1, 1)
ADOPTED = Adoption("static-analysis", DAY, "c" * 40)
EVERYTHING = Subject(None, lambda path: True)
OBSERVE = dict.fromkeys(("static-analysis", "boundaries"), Mode.OBSERVE)


def commit(days: int, subject: str = "feat: more", **files: int) -> Commit:
    """A commit so many days after the adoption."""
    named = {f"shop/{name}.py": lines for name, lines in (files or {"pay": 10}).items()}
    day = DAY + datetime.timedelta(days=days)
    return Commit(f"{abs(days):040x}", day, "A <a@example.org>", subject, "", named)


def history(*commits: Commit, **more: int) -> History:
    ordered = tuple(sorted(commits, key=lambda one: one.day, reverse=True))
    return History(ordered, **more)


def counted(
    *commits: Commit, subjects: tuple[Subject, ...] = (EVERYTHING,), since: datetime.date | None = None
) -> Benefits:
    return benefits_of([ADOPTED], history(*commits), subjects, lambda path: "test" not in path, since)


def the_only(*commits: Commit, since: datetime.date | None = None) -> Benefit:
    (found,) = counted(*commits, since=since).benefits
    return found


# --- adoption


def modes(day: int, **changed: Mode) -> Modes:
    chosen = {name.replace("_", "-"): mode for name, mode in changed.items()}
    return Modes(f"commit {day}", datetime.date(2026, 1, day), OBSERVE | chosen)


def test_a_practice_is_adopted_when_it_leaves_observe() -> None:
    versions = [modes(1), modes(2, static_analysis=Mode.NEW_CODE), modes(3, static_analysis=Mode.ENFORCE)]
    today = OBSERVE | {"static-analysis": Mode.ENFORCE}
    assert adoptions(versions, today) == [Adoption("static-analysis", datetime.date(2026, 1, 2), "commit 2")]


def test_a_practice_that_went_back_and_came_again_is_adopted_since_then() -> None:
    on = {"static_analysis": Mode.ENFORCE}
    versions = [
        modes(1, **on),
        modes(2),
        modes(3, **on),
        Modes("gone", datetime.date(2026, 1, 4), None),
        modes(5, **on),
    ]
    (found,) = adoptions(versions, OBSERVE | {"static-analysis": Mode.ENFORCE})
    assert found.commit == "commit 5"


def test_what_observes_today_or_was_never_committed_is_not_adopted() -> None:
    assert adoptions([modes(1, static_analysis=Mode.ENFORCE)], OBSERVE) == []
    assert adoptions([modes(1)], OBSERVE | {"boundaries": Mode.ENFORCE}) == []


# --- rates


def test_the_year_before_and_the_time_since() -> None:
    found = the_only(
        commit(-400, "Fix it all before"), commit(-365, "Fix rounding"), commit(-1, "Fix totals"), commit(0, "Fix cards"),
        commit(30),
    )  # fmt: skip
    assert found.before is not None
    assert found.after is not None
    assert (found.before.first, found.before.last, found.before.days) == (
        datetime.date(2025, 1, 1),
        datetime.date(2025, 12, 31),
        365,
    )
    assert (found.before.fixes, found.before.commits, found.before.changed) == (2, 2, 20)
    assert (found.after.first, found.after.last, found.after.days) == (DAY, datetime.date(2026, 1, 31), 31)
    assert (found.after.fixes, found.after.commits) == (1, 2)


def test_the_window_can_be_set() -> None:
    found = the_only(commit(-400, "Fix a"), commit(-10, "Fix b"), commit(9), since=datetime.date(2025, 12, 1))
    assert found.before is not None
    assert (found.before.first, found.before.fixes) == (datetime.date(2025, 12, 1), 1)


def test_a_window_that_begins_after_the_adoption_has_nothing_before() -> None:
    found = the_only(commit(-400, "Fix a"), commit(9), since=datetime.date(2026, 1, 5))
    assert found.before is None
    assert found.says == "too early to tell"


def test_a_history_that_begins_with_the_adoption_has_nothing_before() -> None:
    assert the_only(commit(0), commit(9)).before is None


def test_before_begins_when_the_subject_was_first_touched() -> None:
    young = Subject("young", lambda path: path == "shop/young.py")
    found = counted(commit(-300, pay=1), commit(-20, young=1), commit(3, young=1), subjects=(EVERYTHING, young))
    everything, own = found.benefits
    assert everything.before is not None
    assert own.before is not None
    assert (everything.before.days, own.before.days) == (300, 20)


def test_what_was_there_before_the_window_is_as_old_as_the_window() -> None:
    held = history(commit(-20), commit(3), older=("shop/pay.py",))
    (found,) = benefits_of([ADOPTED], held, [EVERYTHING], lambda path: True, None).benefits
    assert found.before is not None
    assert found.before.days == 365


def test_what_came_after_the_adoption_has_nothing_before() -> None:
    young = Subject("young", lambda path: path == "shop/young.py")
    (found,) = counted(commit(-300, pay=1), commit(20, young=1), commit(29, young=1), subjects=(young,)).benefits
    assert found.before is None
    assert found.after is not None
    assert found.after.days == 10


def test_only_production_code_makes_a_bug_fix() -> None:
    found = counted(commit(-5, "Fix a total", test_pay=4), commit(-4, "Fix rounding"), commit(3))
    assert [one.subject for one in found.fixes] == ["Fix rounding"]
    assert found.fixes[0].why == "its first word: Fix"


def work(first: int, last: int, fix_every: int, feature_every: int = 8) -> list[Commit]:
    """Bug fixes and features, ten lines each, every so many days."""
    found = [commit(day, "Fix a total") for day in range(first, last, fix_every)]
    return found + [commit(day) for day in range(first, last, feature_every)]


@pytest.mark.parametrize(
    ("since", "says"),
    [
        (work(0, 360, 90), "fewer"),
        (work(0, 360, 8), "too early to tell"),
        (work(0, 16, 90), "too early to tell"),
        (work(0, 360, 2, 90), "more"),
    ],
)
def test_what_may_be_said(since: list[Commit], says: str) -> None:
    found = the_only(*work(-360, 0, 8), *since)
    assert found.says == says, found


def test_fewer_a_week_alone_says_nothing_where_less_was_written() -> None:
    found = the_only(*work(-360, 0, 4, 4), *work(0, 360, 36, 36))
    assert found.per_week is not None
    assert found.per_lines is not None
    assert found.per_week.high < 1
    assert found.per_lines.low < 1 < found.per_lines.high
    assert found.says == "too early to tell"


def test_after_none_before_there_may_be_more_and_nobody_knows_how_many_times() -> None:
    found = the_only(*work(-360, 0, 999)[1:], *work(0, 360, 12))
    assert found.before is not None
    assert found.before.fixes == 0
    assert found.per_week is not None
    assert (found.per_week.value, found.per_week.high) == (math.inf, math.inf)
    assert found.says == "more"


def test_a_single_fix_after_none_is_too_early_to_tell() -> None:
    assert the_only(*work(-360, 0, 999)[1:], commit(3, "Fix a total"), commit(360)).says == "too early to tell"


def test_without_any_fix_there_is_no_ratio() -> None:
    found = the_only(commit(-3), commit(3))
    assert (found.per_week, found.per_lines, found.says) == (None, None, "too early to tell")


def test_a_large_commit_is_told_only_where_its_lines_count() -> None:
    production = Subject(None, lambda path: "test" not in path)
    assert counted(commit(-5, test_pay=9_000), commit(3), subjects=(production,)).notes == ()
    (note,) = counted(commit(-5, pay=9_000), commit(3), subjects=(production,)).notes
    assert note.startswith("1 commit of more than 5,000 lines")


def test_a_critical_path_counts_what_touches_its_files() -> None:
    payments = Subject("payments", lambda path: path == "shop/pay.py")
    found = counted(
        commit(-9, "Fix a total", pay=3, other=5), commit(-8, "Fix the menu", other=7), commit(2, pay=1),
        subjects=(EVERYTHING, payments),
    )  # fmt: skip
    everything, own = found.benefits
    assert (everything.critical_path, own.critical_path) == (None, "payments")
    assert own.before is not None
    assert (own.before.fixes, own.before.commits, own.before.changed) == (1, 1, 3)
    assert [one.critical_paths for one in found.fixes] == [(), ("payments",)]
