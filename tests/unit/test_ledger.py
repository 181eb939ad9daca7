"""The ledger: one list of everything that was waived, the worst first."""

from __future__ import annotations

import datetime

from quality_gate.baseline_file import Entry
from quality_gate.evidence.coverage.exclusions import Exclusion
from quality_gate.ledger import Places, counts, entries_of, files_with_age
from quality_gate.model import Ledger
from quality_gate_checkers.model.inspection import Inspection, Noted

TODAY = datetime.date(2026, 11, 22)
PLACES = Places(
    practice_of=lambda name: "failure-scenarios" if name == "untested-failure-path" else "static-analysis",
    critical_path_at=lambda path, first, last: "payments" if path == "shop/pay.py" and first <= 10 <= last else None,
    critical_path_of=lambda path, function: "payments" if function == "shop.pay.charge" else None,
    owners={"payments": "@shop/payments"},
)
KNOWN = Entry("static-analysis", "shop/pay.py", "shop.pay.charge", "QG101", "silent-failure", 1, "0" * 20, "0" * 16)


def entries(
    *noted: Noted, path: str = "shop/pay.py", exclusions: tuple[Exclusion, ...] = (), baseline: tuple[Entry, ...] = ()
):
    return entries_of({path: Inspection(99, noted=noted)}, exclusions, baseline, PLACES, TODAY)


def noted(line: int, kind: str = "allow", **more: object) -> Noted:
    return Noted(kind, line, line, line, f"{kind} {line}", **({"reason": "PAY-812"} | more))


def test_a_comment_on_a_critical_path_has_its_owner() -> None:
    (only,) = entries(noted(10, rules=("silent-failure",), until="2026-11-22"))
    assert (only.practice, only.critical_path, only.owner) == ("static-analysis", "payments", "@shop/payments")
    assert (only.until, only.is_expired) == (TODAY, False), "the day itself still counts"
    (own,) = entries(noted(10, owner="@shop/fraud"))
    assert own.owner == "@shop/fraud"
    (elsewhere,) = entries(noted(11))
    assert (elsewhere.critical_path, elsewhere.owner) == (None, None)


def test_practices_of_rules_and_of_what_is_no_rule() -> None:
    found = entries(
        noted(1, rules=("untested-failure-path",)), noted(2, "noqa"), noted(3, "cover"), noted(4, "branch"),
        noted(5, "skip"), noted(6, "xfail"), noted(7, "flaky"),
    )  # fmt: skip
    assert [one.practice for one in sorted(found, key=lambda one: one.line)] == [
        "failure-scenarios",
        "static-analysis",
        *["critical-path-coverage"] * 2,
        *["isolated-tests"] * 3,
    ]


def test_the_worst_come_first() -> None:
    found = entries(
        noted(1, "noqa"), noted(2), noted(3, "noqa", reason=None), noted(10, "noqa"),
        noted(5, "noqa", until="2026-11-21"),
    )  # fmt: skip
    assert [one.line for one in found] == [5, 10, 3, 2, 1]


def test_configurations_and_the_baseline_stand_in_it() -> None:
    excluded = Exclusion("pyproject.toml", 7, "omit", "shop/soap.py", "generated")
    found = entries(exclusions=(excluded,), baseline=(KNOWN,))
    known, omitted = found
    assert (omitted.kind, omitted.practice, omitted.text, omitted.reason, omitted.line) == (
        "coverage", "critical-path-coverage", "omit: shop/soap.py", "generated", 7,
    )  # fmt: skip
    assert (known.kind, known.practice, known.critical_path, known.line) == (
        "baseline",
        "static-analysis",
        "payments",
        0,
    )
    assert known.text == "silent-failure in shop.pay.charge"


def test_ages_are_asked_for_in_that_order_and_not_of_the_baseline() -> None:
    found = entries(noted(1), noted(2, reason=None), baseline=(KNOWN,))
    assert files_with_age(found) == {"shop/pay.py": [2, 1]}


def test_what_it_counts_is_what_it_lists() -> None:
    held = [
        Inspection(9, noted=(noted(1), noted(2, until="2026-11-21"), noted(3, until="2026-11-22"))),
        Inspection(9, noted=(noted(1, "noqa", reason=None),)),
    ]
    excluded = tuple(Exclusion("pyproject.toml", 7, "omit", "shop/soap.py", reason) for reason in ("generated", None))
    listed = entries_of({"a.py": held[0], "b.py": held[1]}, excluded, (KNOWN,), PLACES, TODAY)
    assert counts(held, excluded, (KNOWN,), TODAY) == Ledger(
        entries=len(listed),
        expired=sum(one.is_expired for one in listed),
        without_reason=sum(one.reason is None for one in listed),
        baseline=1,
    )
    assert counts(held, excluded, (KNOWN,), TODAY) == Ledger(entries=7, expired=1, without_reason=2, baseline=1)
