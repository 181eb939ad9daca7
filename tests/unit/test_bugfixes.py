"""Which commits count as bug fixes."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from quality_gate.bugfixes import FIXING_TYPES, why_a_fix

PERSON = "A. Person <a@example.org>"


@pytest.mark.parametrize(
    ("subject", "why"),
    [
        ("fix: an order of nothing is paid", "fix:"),
        ("fix(cart)!: wrong sum", "fix(cart)!:"),
        ("hotfix: refunds twice", "hotfix:"),
        ("Fix rounding of totals (#12)", "its first word: Fix"),
        ("Fixed #12 -- Corrected the total", "its first word: Fixed"),
        ("Search: fix parsing of phrases", "its first word: fix"),
        ("[3.2] Fix missing currency", "its first word: Fix"),
        ("Closes #123: Crash on an empty cart", "its word: Crash"),
        ("Prevent a deadlock in checkout", "its word: deadlock"),
        ("Don't 500 for unknown orders (#8)", "its word: 500"),
        ("Handle KeyError of orders without a card", "its word: KeyError"),
        ("Fix error messages of types of orders", "its first word: Fix"),
        ("Fix crash in test payments of the sandbox", "its first word: Fix"),
    ],
)
def test_told_by_the_subject(subject: str, why: str) -> None:
    assert why_a_fix(subject, "", PERSON) == why


def test_told_by_the_issue_that_the_body_says_it_fixes() -> None:
    assert why_a_fix("Orders keep their currency", "Long story.\n\nFixes #4711", PERSON) == "its issue: Fixes #4711"
    assert why_a_fix("Orders keep their currency", "Closes #4711", PERSON) is None, "a wish is closed too"


@pytest.mark.parametrize(
    "subject",
    [
        "feat: fix the price for a year", "docs: fix the quick start", "fix(ci): cache", "fix(deps): bump requests",
        "fix: typo in the readme", "fix: flaky test of refunds", "Fix tests", "Fix flake8 warnings", "lint fix",
        "Fix typo in variable name", "Fix the last performance tests (#12)", "fix", "Fixes after review", "more fixes",
        "fix review comments", "Revert \"Fix rounding\"", "Merge branch 'fix/rounding'", "Bump bugsnag from 1 to 2",
        "fixup! Fix rounding", "Add a filter, fixes #12", "Fixes #12: Add a filter", "Fixed #12 -- Added a filter",
        "Use the new client", "Prefix the names of queues", "Refactor error handling", "", "Fix import order",
    ],
)  # fmt: skip
def test_what_mends_no_product_does_not_count(subject: str) -> None:
    assert why_a_fix(subject, "", PERSON) is None


def test_an_added_feature_that_fixes_an_issue_does_not_count() -> None:
    assert why_a_fix("Add a filter for orders (#13)", "Fixes #12", PERSON) is None


@pytest.mark.parametrize("author", ["dependabot[bot] <x@users.noreply.github.com>", "renovate <bot@renovateapp.com>"])
def test_bots_never_count(author: str) -> None:
    assert why_a_fix("fix: security update", "", author) is None


def test_the_page_names_every_fixing_type() -> None:
    page = Path(__file__).parents[2] / "docs" / "benefit.md"
    rule = next(line for line in page.read_text(encoding="utf-8").splitlines() if line.startswith("1. "))
    assert {kind for kind in FIXING_TYPES if f"`{kind}`" in rule} == FIXING_TYPES


ENDLESS = (
    "fix ",
    "the ",
    "a",
    "(",
    "[",
    "another ",
    "fix the ",
    "bug: ",
    "issue ",
    " ",
    "refactor ",
    "#1",
    "a.b/",
    "-",
    "\n",
)


@pytest.mark.parametrize("piece", ENDLESS)
def test_endless_messages_take_no_time(piece: str) -> None:
    began = time.process_time()
    for start in ("", "fix ", "Fixes ", "fix: "):
        why_a_fix(start + piece * 50_000, start + piece * 50_000, PERSON)
        why_a_fix("Orders keep their currency", (start + piece * 50_000)[:2000], PERSON)
    assert time.process_time() - began < 2
