"""The text for people: compared byte by byte with tests/golden, and a few promises that hold for every report."""

from __future__ import annotations

import re

import msgspec
import pytest

from golden_reports import EMPTY, FEW, HOSTILE, KEPT, MANY, OLD_ONLY, REPORTS, assert_golden, finding, report, verdict
from quality_gate.formats._findings import first_things
from quality_gate.formats.text import MOST, text
from quality_gate.model import CriticalPathFacts, Look, Mode, Outcome

CHECK = Look(overview=False)
LOOKS = {
    "report": Look(),
    "check": CHECK,
}
MORE_LOOKS = {
    "report-verbose": Look(verbose=True),
    "report-quiet": Look(quiet=True),
    "report-colour": Look(colour=True),
    "check-verbose": Look(overview=False, verbose=True),
    "check-quiet": Look(overview=False, quiet=True),
    "check-colour": Look(overview=False, colour=True),
}


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("name", REPORTS)
def test_as_it_was_read_and_approved(name, look):
    assert_golden(f"{name}.{look}.txt", text.render(REPORTS[name], LOOKS[look]))


@pytest.mark.parametrize("look", MORE_LOOKS)
def test_other_looks(look):
    assert_golden(f"everything.{look}.txt", text.render(REPORTS["everything"], MORE_LOOKS[look]))


@pytest.mark.parametrize("name", REPORTS)
@pytest.mark.parametrize("overview", [True, False])
def test_colours_change_nothing_but_colours(name, overview):
    plain = text.render(REPORTS[name], Look(overview=overview))
    coloured = text.render(REPORTS[name], Look(overview=overview, colour=True))
    assert coloured != plain
    assert re.sub(r"\x1b\[[\d;]*m", "", coloured) == plain
    assert coloured.count("\x1b[0m") * 2 == coloured.count("\x1b[")


@pytest.mark.parametrize("look", [*LOOKS.values(), *MORE_LOOKS.values()])
def test_whatever_stands_in_a_report_no_runner_and_no_terminal_obeys_it(look):
    shown = text.render(HOSTILE, look)
    shown.encode("utf-8")
    for line in re.sub(r"\x1b\[[\d;]*m", "", shown).split("\n"):
        assert line.isprintable()
        assert not line.lstrip().startswith("::")
        assert not re.search(r"##(vso|teamcity)?\[", line)


def test_quiet_says_nothing_where_nothing_is_wrong():
    quiet = Look(overview=False, quiet=True)
    assert text.render(KEPT, quiet) == text.render(EMPTY, quiet) == text.render(OLD_ONLY, quiet) == ""
    assert "BROKEN" in text.render(FEW, quiet)


def test_a_gate_is_silent_about_old_code_and_a_report_is_not():
    assert "shop/old.py" not in text.render(OLD_ONLY, CHECK)
    assert "shop/old.py" in text.render(OLD_ONLY, Look())


@pytest.mark.parametrize(("count", "grouped"), [(MOST, False), (MOST + 1, True)])
def test_more_than_twenty_are_grouped_and_never_scrolled(count, grouped):
    many = report(verdict(*(finding(number) for number in range(count))))
    for look in LOOKS.values():
        shown = text.render(many, look)
        assert ("findings by rule" in shown) is grouped
        assert (shown.count("shop/events.py:") > 10) is not grouped
    assert len(text.render(MANY, CHECK).splitlines()) < 40


def told(held, look=CHECK):
    """Lines of the findings that are told whole, and what is said of the others."""
    shown = text.render(held, look)
    whole = [int(line.split(":")[1]) for line in shown.splitlines() if line.startswith("shop/")]
    return whole, [line for line in shown.splitlines() if line.endswith("by rule")]


def test_one_new_error_is_told_whole_however_many_old_ones_are_observed():
    old = [finding(number, new=False, severity="warning", name="old") for number in range(32)]
    observed = verdict(*old, mode=Mode.OBSERVE, outcome=Outcome.KEPT, decides=False)
    held = report(verdict(finding(90)), observed)
    assert told(held) == ([100], ["32 old findings that do not block, by rule"])
    assert told(held, Look(overview=False, quiet=True)) == ([100], [])


def test_of_many_that_block_the_new_ones_come_first_and_the_rest_is_counted():
    old = [finding(number, new=False) for number in range(30)]
    warnings = [finding(40 + number, severity="warning") for number in range(30)]
    held = report(verdict(*old, *warnings, finding(90), finding(91, name="other"), mode=Mode.ENFORCE))
    assert told(held) == ([100, 101, 10, 11], ["58 more findings by rule"])


def test_of_one_rule_three_are_told_whole_and_of_all_ten():
    rules = [finding(10 * rule + number, name=f"rule-{rule}") for rule in range(5) for number in range(5)]
    whole, _ = told(report(verdict(*rules)))
    assert whole == [10, 11, 12, 20, 21, 22, 30, 31, 32, 40]


def test_what_comes_first():
    rare, often, also_often = finding(1, name="rare"), finding(2), finding(3)
    warning = finding(4, severity="warning", name="once")
    old = finding(0, new=False)
    silenced = finding(5, suppressed="why")
    held = report(verdict(warning, silenced, old, also_often, often, rare))
    assert first_things(held) == [rare, often, also_often, old, warning]


def test_the_gate_shows_findings_file_by_file_in_order_of_lines_those_that_block_first():
    found = [finding(64), finding(8, severity="warning"), finding(37, name="rare", severity="warning"), finding(2)]
    assert told(report(verdict(*found)))[0] == [12, 74, 18, 47]
    many = report(verdict(*(finding(number, new=number % 2 == 1) for number in range(2 * MOST))))
    assert "shop/events.py:10, shop/events.py:11 and 38 more" in text.render(many, Look())


def test_seconds_and_thousands():
    shown = text.render(msgspec.structs.replace(FEW, files=1, seconds=0.04), Look())
    assert shown.startswith("quality-gate 0.1.0   shop   1 file   0.0 s\n")
    assert "214,000 files" in text.render(msgspec.structs.replace(FEW, files=214_000), Look())


@pytest.mark.parametrize(
    ("measured", "demanded", "of", "unit", "said"),
    [
        (27, 0, 28, "assertions", "27 of 28 assertions"),
        (72, 79, 87, "lines", "72 lines of 79 demanded"),
        (15, 13, 16, "branches", "15 branches of 13 demanded"),
        (1, 2, 3, "branches", "1 branch of 2 demanded"),
        (1, 4, 5, "dependency failures", "1 dependency failure of 4 demanded"),
        (22, 29, 29, "files", "22 of 29 files"),
    ],
)
def test_a_count_says_whether_it_is_measured_of_all_or_of_what_is_demanded(measured, demanded, of, unit, said):
    held = verdict(measured=measured, demanded=demanded, of=of, unit=unit)
    assert f"BROKEN   {said}   new code" in text.render(report(held), Look())


def test_what_several_critical_paths_lack_for_one_reason_is_one_line():
    lacking = [
        verdict(practice="critical-path-coverage", subject=name, not_looked_at=("no tests recorded yet",))
        for name in ("orders", "payments")
    ]
    also = verdict(practice="failure-scenarios", subject="orders", not_looked_at=("no tests recorded yet", "calls"))
    said = text.render(report(*lacking, also), Look()).splitlines()
    assert [line for line in said if line.startswith("not looked at: ")] == [
        "not looked at: no tests recorded yet: 2 critical paths",
        "not looked at: calls",
    ]


def test_files_that_are_left_out_of_critical_paths_are_named_once_and_counted_where_they_are_many():
    def told(*sentences, **look):
        facts = CriticalPathFacts(why="", owner="", members=1, left_out=sentences)
        held = [verdict(practice="critical-path-coverage", subject=name, critical_path=facts) for name in ("a", "b")]
        shown = text.render(report(*held), Look(**look)).splitlines()
        return [line for line in shown if line.startswith("left out")]

    assert told("shop.x") == ["left out of the critical path: shop.x"]
    assert told(*"12345")[2:] == [
        "left out of the critical path: 3",
        "left out of critical paths: 2 more files: quality-gate paths",
    ]
    assert len(told(*"12345", verbose=True)) == 5
