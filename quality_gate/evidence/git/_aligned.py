"""What two sequences have in common, in order: a diff that takes time in proportion to their length."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

_MOST_PAIRS = 10_000
"""Pairs that are compared where no key is the only one of its kind on both sides: a hundred with a hundred."""

_MOST_ROUNDS = 50
"""How often what lies between such keys is looked at again."""

Pair = tuple[int, int]


def aligned(old: Sequence[str], new: Sequence[str]) -> list[Pair]:
    """Pairs of equal keys, ascending on both sides; as many as are found without trying everything.

    What both begin and end with is paired, then keys that stand on either side once, then what lies between them.
    """
    found: list[Pair] = []
    waiting = [(0, len(old), 0, len(new))]
    for _ in range(_MOST_ROUNDS):
        again: list[tuple[int, int, int, int]] = []
        for part in waiting:
            ends, (first, last, begin, end) = _ends(old, new, *part)
            found += ends
            if first == last or begin == end:
                continue
            between = _only_ones(old, new, first, last, begin, end)
            if not between:
                found += _longest(old, new, first, last, begin, end)
                continue
            found += between
            borders = [(first - 1, begin - 1), *between, (last, end)]
            again += [(a + 1, c, b + 1, d) for (a, b), (c, d) in pairwise(borders)]
        waiting = again
    return sorted(found)


def _ends(
    old: Sequence[str], new: Sequence[str], first: int, last: int, begin: int, end: int
) -> tuple[list[Pair], tuple[int, int, int, int]]:
    """What both begin and end with, and what is left between."""
    found: list[Pair] = []
    while first < last and begin < end and old[first] == new[begin]:
        found.append((first, begin))
        first, begin = first + 1, begin + 1
    while first < last and begin < end and old[last - 1] == new[end - 1]:
        last, end = last - 1, end - 1
        found.append((last, end))
    return found, (first, last, begin, end)


def _only_ones(old: Sequence[str], new: Sequence[str], first: int, last: int, begin: int, end: int) -> list[Pair]:
    """The longest ascending run of keys that stand once on both sides."""
    on_left, on_right = Counter(old[first:last]), Counter(new[begin:end])
    places = {new[at]: at for at in range(begin, end) if on_right[new[at]] == 1}
    pairs = [(at, places[old[at]]) for at in range(first, last) if on_left[old[at]] == 1 and old[at] in places]
    tops: list[int] = []
    tails: list[int] = []
    before: list[int] = []
    for number, (_, place) in enumerate(pairs):
        length = bisect_left(tops, place)
        before.append(tails[length - 1] if length else -1)
        tops[length : length + 1] = [place]
        tails[length : length + 1] = [number]
    found: list[Pair] = []
    at = tails[-1] if tails else -1
    while at >= 0:
        found.append(pairs[at])
        at = before[at]
    return found[::-1]


def _longest(old: Sequence[str], new: Sequence[str], first: int, last: int, begin: int, end: int) -> list[Pair]:
    """The longest common subsequence of two short pieces; nothing of long ones."""
    rows, columns = last - first, end - begin
    if rows * columns > _MOST_PAIRS:
        return []
    lengths = [[0] * (columns + 1) for _ in range(rows + 1)]
    for row in range(rows - 1, -1, -1):
        for column in range(columns - 1, -1, -1):
            if old[first + row] == new[begin + column]:
                lengths[row][column] = lengths[row + 1][column + 1] + 1
            else:
                lengths[row][column] = max(lengths[row + 1][column], lengths[row][column + 1])
    found: list[Pair] = []
    row = column = 0
    while row < rows and column < columns:
        if old[first + row] == new[begin + column]:
            found.append((first + row, begin + column))
            row, column = row + 1, column + 1
        elif lengths[row + 1][column] >= lengths[row][column + 1]:
            row += 1
        else:
            column += 1
    return found
