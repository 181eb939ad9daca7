"""The pages of the ledger and of the benefit, for people and in json."""

from __future__ import annotations

import datetime
import json

import jsonschema_rs
import msgspec
import pytest

from golden_reports import report
from quality_gate.account import Benefit, Benefits, BugFix, LedgerEntry, Rate, Ratio
from quality_gate.formats.json import json as json_format
from quality_gate.formats.json import schema
from quality_gate.formats.text import text
from quality_gate.model import Ledger, Look

DAY = datetime.date(2026, 1, 31)
ENTRY = LedgerEntry(
    kind="allow",
    practice="static-analysis",
    critical_path="payments",
    path="shop/pay.py",
    line=41,
    text="quality-gate: allow[silent-failure]",
    reason="telemetry only, PAY-812",
    owner="@shop/payments",
    until=DAY,
    is_expired=True,
    since=datetime.date(2025, 9, 14),
)
PLAIN = LedgerEntry(
    kind="noqa", practice="static-analysis", critical_path=None, path="shop/x.py", line=3, text="noqa: S307"
)
BEFORE = Rate(
    first=datetime.date(2025, 1, 31), last=datetime.date(2026, 1, 30), days=365, fixes=161, commits=700, changed=52_000
)
AFTER = Rate(first=DAY, last=datetime.date(2026, 8, 1), days=183, fixes=40, commits=420, changed=31_000)
NONE_BEFORE = Ratio(value=float("inf"), low=1.25, high=float("inf"))
FEWER = Benefit(
    practice="static-analysis",
    critical_path=None,
    adopted=DAY,
    commit="c" * 40,
    before=BEFORE,
    after=AFTER,
    per_week=Ratio(value=0.4955, low=0.3412, high=0.7051),
    per_lines=Ratio(value=0.4167, low=0.2869, high=0.5931),
)


def ledger(*entries: LedgerEntry) -> str:
    held = Ledger(
        entries=len(entries),
        expired=sum(entry.is_expired for entry in entries),
        without_reason=sum(entry.reason is None for entry in entries),
        listed=entries,
    )
    return text.render(report(ledger=held), Look(page="ledger", quiet=True))


def benefit(*benefits: Benefit, fixes: tuple[BugFix, ...] = (), notes: tuple[str, ...] = ()) -> str:
    held = Benefits(benefits=benefits, fixes=fixes, notes=notes)
    return text.render(report(benefits=held), Look(page="benefit", quiet=True))


def test_the_ledger_says_what_whose_since_when_and_until_when() -> None:
    assert ledger(ENTRY, PLAIN) == (
        "Ledger: 2 entries, 1 expired, 1 without a reason, 1 on a critical path\n\n"
        "static-analysis, critical path payments   1\n"
        "   shop/pay.py:41   EXPIRED 2026-01-31 · quality-gate: allow[silent-failure] · telemetry only, PAY-812 · "
        "@shop/payments · since 2025-09-14\n\n"
        "static-analysis   1\n"
        "   shop/x.py:3   noqa: S307 · no reason · age unknown\n"
    )


def test_what_is_missing_on_a_critical_path_is_said() -> None:
    change = msgspec.structs.replace
    said = ledger(change(ENTRY, owner=None, is_expired=False), change(PLAIN, committed=False))
    assert "no owner · since 2025-09-14 · until 2026-01-31\n" in said
    assert "no reason · not committed yet\n" in said


def test_many_entries_are_counted() -> None:
    many = [msgspec.structs.replace(PLAIN, line=line, practice=f"p{line % 10}") for line in range(1, 101)]
    said = ledger(*many)
    assert said.count("shop/x.py") == 8 * 5
    assert said.count("   and 5 more\n") == 8
    assert "and 20 more in 2 more groups" in said
    assert "and 10 more in 1 more group\n" in ledger(*(entry for entry in many if entry.practice != "p0"))
    assert said.endswith("Every one of them: quality-gate report --ledger --format json\n")


def test_an_empty_ledger_says_so() -> None:
    assert ledger() == "Ledger: nothing is silenced, excluded, skipped or left for later\n"


def test_texts_of_a_project_are_neutral() -> None:
    said = ledger(msgspec.structs.replace(PLAIN, text="noqa ##[error]x", reason="\x1b[31m", path="a\n::error::b.py"))
    assert "\x1b" not in said
    assert "##[" not in said
    assert "\n::error" not in said


def test_the_benefit_in_full() -> None:
    fix = BugFix(commit="abcdef1234567", day=DAY, subject="Fix rounding", why="its first word: Fix")
    assert benefit(FEWER, fixes=(fix,), notes=("1 commit is left out",)) == (
        "static-analysis   adopted 2026-01-31 (ccccccccc)   fewer bug fixes\n"
        "   before 2025-01-31 to 2026-01-30   161 bug fixes in 700 commits   3.0 a week   3.0 per 1,000 of 52,000 changed lines\n"
        "   since  2026-01-31 to 2026-08-01   40 bug fixes in 420 commits   1.5 a week   1.2 per 1,000 of 31,000 changed lines\n"
        "   0.49 times as many a week (95 %: 0.34 to 0.71)\n"
        "   0.41 times as many per 1,000 changed lines (95 %: 0.28 to 0.60)\n\n"
        "1 commit counts as a bug fix\n"
        f"   abcdef123  2026-01-31  {'Fix rounding':70}  its first word: Fix\n\n"
        "note: 1 commit is left out\n"
    )


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (
            {},
            "fewer bug fixes: 0.49 times as many a week (95 %: 0.34 to 0.71); 40 bug fixes in 26 weeks, 161 in 52 weeks before",
        ),
        ({"per_lines": Ratio(value=0.9, low=0.7, high=1.2)}, "too early to tell: 0.49 times as many a week"),
        ({"per_week": None}, "too early to tell; 40 bug fixes in 26 weeks, 161 in 52 weeks before"),
        (
            {"after": msgspec.structs.replace(AFTER, days=1, fixes=1)},
            "; 1 bug fix in 1 day, 161 in 52 weeks before",
        ),
        ({"before": None, "per_week": None}, "too early to tell; nothing before it to compare with"),
        (
            {"per_week": NONE_BEFORE, "per_lines": NONE_BEFORE, "before": msgspec.structs.replace(BEFORE, fixes=0)},
            "more bug fixes: at least 1.25 times as many a week (95 %); 40 bug fixes in 26 weeks, 0 in 52 weeks before",
        ),
    ],
)
def test_one_line_in_a_report(changed: dict[str, object], said: str) -> None:
    held = Benefits(benefits=(msgspec.structs.replace(FEWER, **changed),))
    line = next(line for line in text.render(report(benefits=held), Look()).splitlines() if "adopted" in line)
    assert line.startswith("static-analysis, adopted 2026-01-31: ")
    assert said in line


def test_json_lists_both_where_they_are_asked_for_and_keeps_its_schema() -> None:
    fix = BugFix(commit="abc", day=DAY, subject="Fix \x1b", why="fix:", critical_paths=("payments",))
    endless = msgspec.structs.replace(FEWER, per_week=NONE_BEFORE)
    held = report(ledger=Ledger(entries=1, listed=(ENTRY,)), benefits=Benefits(benefits=(endless,), fixes=(fix,)))
    document = json.loads(json_format.render(held, Look(page="ledger")))
    assert "bug_fixes" not in document["benefit"]
    document |= {"benefit": json.loads(json_format.render(held, Look(page="benefit")))["benefit"]}
    jsonschema_rs.Draft202012Validator(schema()).validate(document)
    (entry,) = document["ledger"]["listed"]
    assert (entry["line"], entry["owner"], entry["expired"], entry["since"]) == (
        41,
        "@shop/payments",
        True,
        "2025-09-14",
    )
    (practice,) = document["benefit"]["practices"]
    assert (practice["says"], practice["before"]["bug_fixes"]) == ("too early to tell", 161)
    assert practice["per_week"] == {"value": None, "low": 1.25, "high": None}
    assert document["benefit"]["bug_fixes"][0]["subject"] == "Fix \\x1b"
    none = report(benefits=Benefits(benefits=(FEWER,)))
    assert json.loads(json_format.render(none, Look(page="benefit")))["benefit"]["bug_fixes"] == []
    plain = json.loads(json_format.render(report(), Look()))
    assert "listed" not in plain["ledger"]
    assert "benefit" not in plain
