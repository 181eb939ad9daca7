"""Reading `tests/cases/<rule>.py`: the expectation stands on the guilty line as `# QG101`.

A case file is cut into cases at lines `# --- sentence`, so that each case has its own imports and names. `# path: x.py`
as a case's first line gives it another path (and with it another role) than `shop/case.py`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

CASES = Path(__file__).resolve().parent / "cases"
_CUT = re.compile(r"^# --- (.+)$", re.MULTILINE)
_WANTED = re.compile(r"#\s*((?:QG\d{3}[\s,]*)+)\s*$")
_PATH = re.compile(r"^# path: (\S+)$", re.MULTILINE)


@dataclass(frozen=True)
class Case:
    """One case: what it shows, its source, and the findings that it must and may only have."""

    rule: str
    title: str
    path: str
    source: str
    wanted: frozenset[tuple[int, str]]


def wanted_in(source: str) -> frozenset[tuple[int, str]]:
    """(line, code) of every expectation in a source."""
    found = set()
    for number, line in enumerate(source.split("\n"), start=1):
        match = _WANTED.search(line)
        if match:
            found.update((number, code) for code in re.findall(r"QG\d{3}", match.group(1)))
    return frozenset(found)


def read_cases(file: Path) -> list[Case]:
    """The cases of one file, in order."""
    parts = _CUT.split(file.read_text(encoding="utf-8"))
    cases = []
    for title, source in zip(parts[1::2], parts[2::2], strict=True):
        path = _PATH.search(source)
        cases.append(
            Case(
                file.stem.replace("_", "-"),
                title.strip(),
                path.group(1) if path else "shop/case.py",
                source,
                wanted_in(source),
            )
        )
    return cases


def all_cases() -> list[Case]:
    """Every case below tests/cases."""
    return [case for file in sorted(CASES.glob("*.py")) for case in read_cases(file)]
