"""Triggers spare work and decide nothing: a rule that is not asked would have found nothing."""

from __future__ import annotations

import pytest

from cases_of import CASES, read_cases
from disguising import disguised, pieces
from quality_gate_checkers.catalog import catalog
from quality_gate_checkers.dependencies import catalogue
from quality_gate_checkers.inspection import inspect
from quality_gate_checkers.model import Module, Role, Rule, parse
from quality_gate_checkers.settings import Settings

ABOUT_COMMENTS = {"QG601", "QG602", "QG604"}


def sources(rule: Rule) -> list[tuple[str, str]]:
    """(path, source) of a rule's cases and of the examples of its page."""
    path = "shop/example.py" if Role.SOURCE in rule.roles else "tests/test_example.py"
    cases = read_cases(CASES / f"{rule.name.replace('-', '_')}.py")
    return [*((case.path, case.source) for case in cases), *((path, fence.code) for fence in rule.page.fences())]


def asked_anyway(path: str, source: str) -> list[tuple[int, str]]:
    """What all rules find that look at a file of this role, whatever stands in it."""
    module = Module(path, source, parse(source), Settings(), catalogue().made_by, catalog().names)
    rules = [rule for rule in catalog().rules if module.role in rule.roles]
    return sorted((found.location.line, found.code) for rule in rules for found in rule.violations(module))


def found(path: str, source: str) -> list[tuple[int, str]]:
    inspection = inspect(path, source.encode(), Settings())
    return sorted((violation.location.line, violation.code) for violation in inspection.violations)


@pytest.mark.parametrize("rule", catalog().rules, ids=lambda rule: rule.name)
def test_no_word_decides_what_a_rule_finds(rule):
    shown = [(path, text) for path, source in sources(rule) for text in (source, *pieces(source))]
    others = [(path, disguised(text)) for path, text in shown]

    for path, text in (*shown, *others):
        assert found(path, text) == asked_anyway(path, text), text

    told = {code for path, text in others for _, code in found(path, text)}
    assert rule.code in told | ABOUT_COMMENTS, "no disguise is seen through: nothing is asked here"
