"""Reading `tests/failure_cases/<kind>.py`: the expectation stands on the line of each failure path as `#! raise`.

As in `cases_of`, a file is cut into cases at lines `# --- sentence`; a line that holds nothing but `# shop/pay.py` begins
the file of that name. Several paths of one line are parted by `;`, class U is written `U raise`. A call's path stands
where the call begins, every other path on the line that shows that it was run. Only kinds that a case speaks of count:
`# kinds: raise, re-raise` in it says which, else the file's name does.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from failure_listing import listed
from quality_gate.failure_paths import FailurePath
from quality_gate_checkers.settings import Settings

CASES = Path(__file__).resolve().parent / "failure_cases"
_CUT = re.compile(r"^# --- (.+)$", re.MULTILINE)
_FILE = re.compile(r"^# (\S+\.py)$", re.MULTILINE)
_KINDS = re.compile(r"^# kinds: (.+)$", re.MULTILINE)
_WANTED = re.compile(r"#! (.+)$")

Place = tuple[str, int, str]


@dataclass(frozen=True)
class FailureCase:
    """One case: what it shows, its files, the kinds that it speaks of."""

    title: str
    files: Mapping[str, str]
    kinds: frozenset[str]

    @property
    def wanted(self) -> Counter[Place]:
        """(path, line, kind) of every expectation."""
        found: Counter[Place] = Counter()
        for path, text in self.files.items():
            for number, line in enumerate(text.split("\n"), start=1):
                match = _WANTED.search(line)
                if match:
                    found.update((path, number, kind.strip()) for kind in match.group(1).split(";"))
        return found

    def found(self, settings: Settings | None = None) -> Counter[Place]:
        """(path, line, kind) of what is listed."""
        return Counter(
            (path.path, line_of(path), f"U {path.kind}" if path.never is not None else path.kind)
            for path in listed(self.files, settings)
            if path.kind in self.kinds
        )


def line_of(path: FailurePath) -> int:
    """Where a case marks a path."""
    return path.call.line if path.call is not None else path.line


def failure_cases() -> list[FailureCase]:
    """Every case below tests/failure_cases."""
    found = []
    for file in sorted(CASES.glob("*.py")):
        parts = _CUT.split(file.read_text(encoding="utf-8"))
        for title, text in zip(parts[1::2], parts[2::2], strict=True):
            kinds = _KINDS.search(text)
            named = kinds.group(1).split(",") if kinds else [file.stem.replace("_", " ")]
            files = _files(text)
            found.append(FailureCase(f"{file.stem}: {title.strip()}", files, frozenset(map(str.strip, named))))
    return found


def _files(text: str) -> dict[str, str]:
    parts = _FILE.split(text)
    if len(parts) == 1:
        return {"shop/case.py": text}
    return {path: source.strip("\n") + "\n" for path, source in zip(parts[1::2], parts[2::2], strict=True)}
