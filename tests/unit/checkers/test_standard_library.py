"""Every rule over the standard library: nothing crashes or hangs, and every finding stands somewhere.

The rules are asked about every file, whatever their triggers: what they never see in practice they must survive too.
"""

from __future__ import annotations

import string
import sysconfig
from pathlib import Path

import pytest

from quality_gate_checkers.catalog import Catalog, catalog
from quality_gate_checkers.inspection import inspect
from quality_gate_checkers.model.inspection import Inspection
from quality_gate_checkers.model.rule_shape import Rule
from quality_gate_checkers.model.text import split_lines
from quality_gate_checkers.settings import Settings

LIBRARY = Path(sysconfig.get_path("stdlib"))
PACKAGES = ("", "asyncio", "concurrent", "email", "http", "importlib", "logging", "multiprocessing", "unittest", "xml")


LETTERS = tuple(letter.encode() for letter in string.ascii_lowercase)


def _always_asked(rule: Rule) -> Rule:
    return Rule(rule.code, rule.name, rule.severity, LETTERS, rule.roles, rule.check, diff_only=rule.diff_only)


RULES = Catalog([_always_asked(rule) for rule in catalog().rules])


@pytest.mark.parametrize("package", PACKAGES, ids=[package or "top" for package in PACKAGES])
@pytest.mark.parametrize("role", ["shop", "tests"])
def test_every_rule_survives_and_says_where(role: str, package: str) -> None:
    files = sorted((LIBRARY / package).glob("*.py" if not package else "**/*.py"))
    assert files
    for file in files:
        content = file.read_bytes()
        found = inspect(f"{role}/{file.name}", content, Settings(), RULES)
        assert found.fault is None, f"{file}: {found.fault}"
        assert list(_misplaced(found, split_lines(content.decode("utf-8")))) == [], file


def _misplaced(found: Inspection, lines: list[str]) -> list[str]:
    return [
        f"{one.code} {at}"
        for one in found.violations
        for at in [one.location]
        if not (
            1 <= at.line <= at.end_line <= len(lines)
            and 0 <= at.column <= len(lines[at.line - 1])
            and at.end_column <= len(lines[at.end_line - 1])
            and (at.line, at.column) < (at.end_line, at.end_column)
            and one.message
            and "\n" not in one.message + one.remedy
        )
    ]
