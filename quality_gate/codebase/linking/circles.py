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
Known: TypeAlias = tuple[dict[tree.Expr, tuple[Value, int]], dict[Place, Value]]
"""Answers about expressions of a piece of code: those that served every level from what they needed, and the others."""


class Circles:
    """The names under way.

    Attributes:
        low: the outermost name under way that the current answer stands on, FAR for none: then it is final.
        tentative: answers that stand on a name under way, with what they needed and that name; good for one round.
        settled: answers of a circle that has just been solved, each with its place and where it is to be kept.
    """

    __slots__ = ("_cut", "_grew", "_guesses", "_trail", "_under_way", "low", "settled", "tentative")

    def __init__(self) -> None:
        self.low = FAR
        self.tentative: dict[Place, tuple[Value, int, int, Known]] = {}
        self.settled: list[tuple[Place, Value, Known]] = []
        self._under_way: dict[Place, int] = {}
        self._guesses: dict[Place, Value] = {}
        self._trail: list[Place] = []
        self._grew = False
        self._cut = False

    def keep(self, place: Place, value: Value, need: int, known: Known) -> None:
        """Keep an answer that is not final for the rest of the round; it goes to `known` when the circle is solved."""
        self.tentative[place] = (value, need, self.low, known)
        self._trail.append(place)

    def solved(self, place: Place, ask: Callable[[], Value]) -> Value:
        """The answer to a name, whatever circle it is part of."""
        depth = self._under_way.get(place)
        if depth is not None or len(self._under_way) > _LONGEST:
            self._cut = self._cut or depth is None
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
            self._settle(mark)
            self._guesses.pop(place, None)
            self._grew = outer_grew
        else:
            self._grew = self._grew or outer_grew
            self._trail.append(place)
        return found

    def hand_over(self, need: int) -> None:
        """Keep the other answers of a circle that has just been solved as good as the name that was asked.

        Args:
            need: levels that the circle needed: each of its names stands on all others.
        """
        for place, value, (known, cut) in self.settled:
            if need >= FAR:
                cut[place] = value
            else:
                known[place[0]] = (value, need)
        self.settled.clear()

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
        self._cut = True
        return found

    def _settle(self, mark: int) -> None:
        """Hand over what was found within a circle that is solved: nothing grew in the last round, so it is final."""
        for held in self._trail[mark:]:
            answer = self.tentative.pop(held, None)
            if answer is not None and not self._cut:
                self.settled.append((held, answer[0], answer[3]))
            self._guesses.pop(held, None)
        del self._trail[mark:]
        self._cut = self._cut and bool(self._under_way)
