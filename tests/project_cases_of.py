"""Reading `tests/project_cases/<rule>.py`: cases of several files for rules that need the linked codebase.

As in `cases_of`, a file is cut into cases at lines `# --- sentence`, and the expectation stands on the guilty line as
`# QG206`. A line that holds nothing but `# shop/pay.py` begins the file of that name: so it is on the rules' pages too.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cases_of import wanted_in
from linking import link
from quality_gate.bench import Bench, ProjectRule
from quality_gate.bench_linked import Linked
from quality_gate.codebase.critical_paths import resolve
from quality_gate.model import Change, Finding, Stage
from quality_gate_checkers.inspection import inspect
from quality_gate_checkers.model import Role, role_of
from quality_gate_checkers.settings import Settings

CASES = Path(__file__).resolve().parent / "project_cases"
TODAY = datetime.date(2026, 11, 22)
_CUT = re.compile(r"^# --- (.+)$", re.MULTILINE)
_FILE = re.compile(r"^# (\S+\.py)$", re.MULTILINE)


@dataclass(frozen=True)
class ProjectCase:
    """One case: what it shows, and its files."""

    rule: str
    title: str
    files: Mapping[str, str]

    @property
    def wanted(self) -> frozenset[tuple[str, int, str]]:
        """(path, line, code) of every expectation."""
        return frozenset((path, line, code) for path, text in self.files.items() for line, code in wanted_in(text))


def files_of(text: str) -> dict[str, str]:
    """Sources by path."""
    parts = _FILE.split(text)
    return {path: source.strip("\n") + "\n" for path, source in zip(parts[1::2], parts[2::2], strict=True)}


def project_cases() -> list[ProjectCase]:
    """Every case below tests/project_cases."""
    return [
        ProjectCase(file.stem.replace("_", "-"), title.strip(), files_of(text))
        for file in sorted(CASES.glob("*.py"))
        for title, text in _cut(file.read_text(encoding="utf-8"))
    ]


def _cut(text: str) -> list[tuple[str, str]]:
    parts = _CUT.split(text)
    return list(zip(parts[1::2], parts[2::2], strict=True))


def bench_of(files: Mapping[str, str], *, change: Change | None = None, settings: Settings | None = None) -> Bench:
    """A bench on which the linked files lie, all of them new unless a change is given."""
    known = settings or Settings()
    codebase = link(files, known)
    inspections = {path: inspect(path, source.encode(), known) for path, source in files.items()}

    def is_test(path: str) -> bool:
        return role_of(path, known) is Role.TESTS

    return Bench(
        stage=Stage.CI,
        whole=True,
        today=TODAY,
        critical_paths=(),
        change=lambda: change or Change(description="everything", everything=True),
        inspections=lambda: inspections,
        settings=known,
        linked=Linked(codebase=lambda: codebase, critical=lambda: resolve(codebase, {}, list(files), is_test)),
    )


def findings(rule: ProjectRule, files: Mapping[str, str], **more: Change | Settings | None) -> list[Finding]:
    """What a rule finds in some files."""
    return list(rule.check(bench_of(files, **more)))


def places(found: list[Finding]) -> set[tuple[str, int, str]]:
    """(path, line, code) of findings that no suppression holds."""
    return {(one.path, one.line, one.code) for one in found if one.suppressed is None}
