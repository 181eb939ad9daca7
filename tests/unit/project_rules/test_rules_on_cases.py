"""Every project rule on its cases and on its page: findings at the marked lines and nowhere else."""

from __future__ import annotations

import pytest

from project_cases_of import ProjectCase, bench_of, files_of, places, project_cases
from quality_gate.bench import ProjectRule
from quality_gate.project_rules import linked
from quality_gate_checkers.plug import collect

LINKED = collect(linked, ProjectRule)
RULES = pytest.mark.parametrize("rule", LINKED, ids=lambda rule: rule.name)
HEADINGS = ("In production", "Bad", "Good", "When not to use it", "What it cannot see", "Measured")


def all_places(files: dict[str, str]) -> set[tuple[str, int, str]]:
    bench = bench_of(files)
    return {place for rule in LINKED for place in places(list(rule.check(bench)))}


@pytest.mark.parametrize("case", project_cases(), ids=lambda case: f"{case.rule}: {case.title}")
def test_findings_stand_at_the_marked_lines_only(case: ProjectCase) -> None:
    assert all_places(case.files) == case.wanted


@RULES
def test_every_rule_has_cases_of_both_kinds(rule) -> None:
    cases = [case for case in project_cases() if case.rule == rule.name]
    assert sum(any(code == rule.code for _, _, code in case.wanted) for case in cases) >= 4, "what it must find"
    assert sum(not case.wanted for case in cases) >= 4, "traps in which it must stay silent"


@RULES
def test_page_has_every_heading_in_order(rule) -> None:
    assert [heading for heading in rule.page.sections if heading in HEADINGS] == list(HEADINGS)


@RULES
def test_bad_fences_break_the_rule_and_only_it(rule) -> None:
    bad = [fence.code for fence in rule.page.fences() if fence.heading == "Bad"]
    assert bad
    for text in bad:
        assert {code for _, _, code in all_places(files_of(text))} == {rule.code}


@RULES
def test_good_fences_break_no_rule(rule) -> None:
    good = [fence.code for fence in rule.page.fences() if fence.heading == "Good"]
    assert good
    for text in good:
        assert all_places(files_of(text)) == set()


@RULES
def test_consequence_is_one_sentence(rule) -> None:
    consequence = rule.page.first_paragraph("In production")
    assert consequence.endswith(".")
    assert len(consequence) < 200
