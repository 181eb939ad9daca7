"""Names that stand for each other in a circle: `x = x.next`. Solved by going round until nothing is added.

The answer is the least one that satisfies all assignments of the circle, so that it does not matter at which of its
names somebody asked first.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from quality_gate.codebase import tree
from quality_gate.codebase.linking.things import EMPTY, Value, union

FAR = 1 << 20
_ROUNDS = 12
_LONGEST = 200
"""Names that wait for each other; a longer chain is cut."""

Place: TypeAlias = tuple[tree.Expr, int]


class Circles:
    """The names under way.

    Attributes:
        low: the outermost name under way that the current answer stands on, FAR for none: then it is final.
    """

    __slots__ = ("_grew", "_guesses", "_trail", "_under_way", "low", "tentative")

    def __init__(self) -> None:
        self.low = FAR
        self.tentative: dict[Place, tuple[Value, int, int]] = {}
        """Answers that stand on a name under way, with what they needed and that name; good for one round."""
        self._under_way: dict[Place, int] = {}
        self._guesses: dict[Place, Value] = {}
        self._trail: list[Place] = []
        self._grew = False

    def keep(self, place: Place, value: Value, need: int) -> None:
        """Keep an answer that is not final for the rest of the round."""
        self.tentative[place] = (value, need, self.low)
        self._trail.append(place)

    def solved(self, place: Place, ask: Callable[[], Value]) -> Value:
        """The answer to a name, whatever circle it is part of."""
        depth = self._under_way.get(place)
        if depth is not None or len(self._under_way) > _LONGEST:
            self.low = min(self.low, depth if depth is not None else 0)
            return self._guesses.get(place, EMPTY)
        depth = self._under_way[place] = len(self._under_way)
        outer_grew, mark = self._grew, len(self._trail)
        self._grew = False
        try:
            found = self._rounds(place, depth, mark, ask)
        finally:
            del self._under_way[place]
        if self.low >= depth:
            self.low = FAR
            self._forget(mark)
            self._guesses.pop(place, None)
            self._grew = outer_grew
        else:
            self._grew = self._grew or outer_grew
            self._trail.append(place)
        return found

    def _rounds(self, place: Place, depth: int, mark: int, ask: Callable[[], Value]) -> Value:
        found = EMPTY
        for _ in range(_ROUNDS):
            found = ask()
            if self.low == FAR:
                return found
            before = self._guesses.get(place, EMPTY)
            found = union([before, found])
            if found != before:
                self._guesses[place] = found
                self._grew = True
            if self.low < depth or not self._grew:
                return found
            self._grew = False
            self.low = FAR
            for held in self._trail[mark:]:
                self.tentative.pop(held, None)
        self.low = min(self.low, depth)
        return found

    def _forget(self, mark: int) -> None:
        """Drop what was only good within a circle that is solved."""
        for held in self._trail[mark:]:
            self.tentative.pop(held, None)
            self._guesses.pop(held, None)
        del self._trail[mark:]
