"""What came of the checks of one library."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from finding import Missing, Unseen, find, is_absent

from quality_gate_checkers.dependencies import Library


@dataclass
class Tally:
    """What came of one library."""

    library: Library
    checked: int = 0
    wrong: list[str] = field(default_factory=list)
    unseen: list[str] = field(default_factory=list)
    absent: set[str] = field(default_factory=set)

    def judge(self, right: bool, problem: str) -> None:
        """Count one fact."""
        if right:
            self.checked += 1
        else:
            self.wrong.append(problem)

    def find(self, name: str) -> Any | None:
        """The object of a name, or None after it has been counted as wrong or unseen."""
        try:
            return find(name)
        except Missing as error:
            self.wrong.append(str(error))
        except Unseen as error:
            self.miss(name, str(error))
        return None

    def miss(self, name: str, why: str) -> None:
        """Count what could not be checked; packages that are not installed are named by themselves."""
        top = name.partition(".")[0]
        if is_absent(top):
            self.absent.add(top)
        else:
            self.unseen.append(f"{name}: {why}")


def listed(names: Iterable[str]) -> str:
    """Names in order, for people."""
    return ", ".join(sorted(names))
