"""A question between pieces of code, and what is known of it at each level."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quality_gate.codebase.linking.circles import FAR
from quality_gate.codebase.linking.things import EMPTY, Value

if TYPE_CHECKING:
    from quality_gate.codebase.linking.logs import Question
    from quality_gate.codebase.linking.units import Module

ROOM = 16
"""Numbers from one question to the next: more than there are levels."""


FREE = frozenset(
    {
        "site", "callees", "callers", "having", "injected", "made_at", "said_in", "stands_in", "stored_in", "put_in",
        "set_by", "put_by",
    }
)  # fmt: skip
"""Parts of another question that has paid its level."""


class Asked:
    """A question, whatever the level.

    Args:
        kind, subject, about: as of `Linker.ask`.
        number: the question's at level 0; those of the other levels follow.
        owner: the file that it is about, None where there is none.
    """

    __slots__ = ("about", "cut", "kind", "need", "number", "owner", "subject", "value")

    def __init__(self, kind: str, subject: str, about: str, number: int, owner: Module | None) -> None:
        self.kind = kind
        self.subject = subject
        self.about = about
        self.number = number
        self.owner = owner
        self.value = EMPTY
        self.need = FAR
        self.cut: dict[int, Value] = {}

    def at(self, level: int) -> Question:
        """The question at one level."""
        return (self.kind, self.subject, self.about, level)

    def keep(self, level: int, value: Value, need: int) -> None:
        """Keep an answer: for every level from what it needed upwards, or for this one where it met level 0."""
        if need >= FAR:
            self.cut[level] = value
        else:
            self.value, self.need = value, need
