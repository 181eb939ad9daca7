"""A rule's page is its documentation and its first test: Bad fences are found, Good fences are not."""

from __future__ import annotations

import pytest

from quality_gate_checkers.catalog import catalog
from quality_gate_checkers.inspection import inspect
from quality_gate_checkers.model import Role
from quality_gate_checkers.settings import Settings

RULES = pytest.mark.parametrize("rule", catalog().rules, ids=lambda rule: rule.name)
HEADINGS = (
    "In production",
    "Bad",
    "Good",
    "When not to use it",
    "What other linters see",
    "Known missed alarms",
    "Measured",
)


def codes(rule, source: str) -> set[str]:
    path = "shop/example.py" if Role.SOURCE in rule.roles else "tests/test_example.py"
    inspection = inspect(path, source.encode(), Settings())
    assert inspection.fault is None
    return {violation.code for violation in inspection.violations}


@RULES
def test_page_has_every_heading_in_order(rule) -> None:
    present = [heading for heading in rule.page.sections if heading in HEADINGS]
    assert present == list(HEADINGS)


@RULES
def test_bad_fences_break_the_rule_and_only_it(rule) -> None:
    bad = [fence.code for fence in rule.page.fences() if fence.heading == "Bad"]
    assert bad
    for source in bad:
        assert codes(rule, source) == {rule.code}


@RULES
def test_good_fences_break_no_rule(rule) -> None:
    good = [fence.code for fence in rule.page.fences() if fence.heading == "Good"]
    assert good
    for source in good:
        assert codes(rule, source) == set()


@RULES
def test_consequence_is_one_sentence(rule) -> None:
    assert rule.consequence.endswith(".")
    assert len(rule.consequence) < 200
