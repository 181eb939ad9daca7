"""Every rule on its cases: findings at the marked lines and nowhere else, whatever other rules say."""

from __future__ import annotations

import pytest

from cases_of import CASES, Case, all_cases, read_cases
from quality_gate_checkers.catalog import catalog
from quality_gate_checkers.inspection import inspect
from quality_gate_checkers.settings import Settings


@pytest.mark.parametrize("case", all_cases(), ids=lambda case: f"{case.rule}: {case.title}")
def test_findings_stand_at_the_marked_lines_only(case: Case) -> None:
    inspection = inspect(case.path, case.source.encode(), Settings())
    assert inspection.fault is None
    found = {(violation.location.line, violation.code) for violation in inspection.violations}
    assert found == set(case.wanted)


@pytest.mark.parametrize("rule", catalog().rules, ids=lambda rule: rule.name)
def test_every_rule_has_cases_of_both_kinds(rule) -> None:
    cases = read_cases(CASES / f"{rule.name.replace('-', '_')}.py")
    guilty = [case for case in cases if any(code == rule.code for _, code in case.wanted)]
    silent = [case for case in cases if not case.wanted]
    assert len(guilty) >= 4, "a rule needs cases that it must find"
    assert len(silent) >= 4, "and traps in which it must stay silent"
