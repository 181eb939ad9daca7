"""Hunks without what was only formatted anew: statements that are the same as parsed, with the same comments.

Git compares lines. Here the statements that its hunks touch are compared, each with those that stood at its place, and
what is left of a hunk is what differs; so a copied statement stays new. A file that cannot be parsed, as it was or as
it is, stays as git has it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from functools import cached_property, partial
from itertools import accumulate
from typing import TYPE_CHECKING

from quality_gate.evidence.git._patch import Hunk

if TYPE_CHECKING:
    from quality_gate_checkers.model.comments import Comment
    from quality_gate_checkers.model.statements import Statement

Sides = Callable[[Sequence[str]], Iterable[tuple[str, bytes, bytes]]]
"""Called with paths; gives each with its content as it was and as it is, as far as both can be had."""

_SETTLED = 0

_MOST_TRIED = 60
"""Lines of a hunk of which every run is tried."""

_MOST_BYTES_TRIED = 64 * 1024
"""Of such a hunk; all runs together can be some hundred times as long."""

_NO_LETTERS = bytes(code for code in range(128) if not chr(code).isalnum())


def without_layout(hunks: Sequence[Hunk], sides: Sides) -> list[Hunk]:
    """Hunks less what was only formatted anew.

    Args:
        hunks: of one patch.
        sides: reads files; only those that may have been formatted are asked for.
    """
    by_path: dict[str, list[Hunk]] = {}
    for hunk in hunks:
        by_path.setdefault(hunk.path, []).append(hunk)
    for path, before, after in sides([path for path, own in by_path.items() if _may_be_formatted(own)]):
        by_path[path] = _left_of(by_path[path], before, after)
    return [hunk for own in by_path.values() for hunk in own]


def _may_be_formatted(hunks: Sequence[Hunk]) -> bool:
    """Whether some lines came for others with the same letters and digits; else both files need not be parsed."""
    return not any(hunk.whole for hunk in hunks) and any(map(_is_alike_in_part, hunks))


def _is_alike_in_part(hunk: Hunk) -> bool:
    if not hunk.removed or not hunk.added:
        return False
    lines = [*hunk.removed, *hunk.added]
    if len(lines) > _MOST_TRIED or sum(map(len, lines)) > _MOST_BYTES_TRIED:
        return True
    return not _runs_of_letters(hunk.removed).isdisjoint(_runs_of_letters(hunk.added))


def _runs_of_letters(lines: Sequence[bytes]) -> set[bytes]:
    """Letters and digits of each run of lines: formatters change all else, and a number's or a prefix's case."""
    letters = [line.translate(None, _NO_LETTERS).lower() for line in lines if line.strip()]
    return {run for first in range(len(letters)) for run in accumulate(letters[first:])}


def _left_of(hunks: list[Hunk], before: bytes, after: bytes) -> list[Hunk]:
    from quality_gate.evidence.inspections import within_time
    from quality_gate_checkers.model.text import NotAnalysable

    try:
        left = within_time(partial(_compared, hunks, before, after))
    except (NotAnalysable, RecursionError, MemoryError, ValueError, OverflowError, IndexError):
        left = None  # it cannot be parsed, or is not what git has compared
    return hunks if left is None else left


def _compared(hunks: list[Hunk], before: bytes, after: bytes) -> list[Hunk]:
    old, new = _Side(before), _Side(after)
    old.mark(hunk.was + at for hunk in hunks for at in range(len(hunk.removed)))
    new.mark(hunk.start + at for hunk in hunks for at in range(len(hunk.added)))
    pairs = _pairs(old, new, _now(hunks, len(old.lines)))
    gaps = _gaps([pair for pair in pairs if new.reach(pair[1]) <= old.reach(pair[0])], old, new)
    return [left for hunk in hunks for left in _split(hunk, *gaps)]


class _Side:
    """A file on one side of the change: its statements and, between them, its comments, in order of lines."""

    def __init__(self, content: bytes) -> None:
        from quality_gate_checkers.model import decode, parse
        from quality_gate_checkers.model.statements import Statement, statements_in
        from quality_gate_checkers.model.text import split_lines

        self._text = decode(content)
        self.lines = split_lines(self._text)
        found = list(statements_in(parse(self._text), self.lines))
        taken = bytearray(len(self.lines) + 1)
        for one in found:
            taken[one.first : one.last + 1] = b"\1" * (one.last + 1 - one.first)
        loose = (number for number, line in enumerate(self.lines, start=1) if not taken[number] and line.strip())
        found += [Statement(number, number, None) for number in loose]
        self.statements: list[Statement] = sorted(found, key=lambda one: one.first)
        self._differs = bytearray(len(self.lines) + 2)

    def mark(self, numbers: Iterable[int]) -> None:
        """Say which lines git has in its hunks."""
        for number in numbers:
            self._differs[number] = 1

    def is_clean(self, one: Statement) -> bool:
        """Whether git has none of its lines in a hunk."""
        return not any(self._differs[one.first : one.last + 1])

    def key(self, number: int) -> str:
        """What a statement says, with its comments; an `elif`, which is parsed as an `if`, says another word."""
        one = self.statements[number]
        line = self.lines[one.first - 1]
        if one.node is None and not one.word:
            return "#" + "".join(line.split())
        word = "el" if line.lstrip().startswith("elif") and type(one.node).__name__ == "If" else ""
        return "\n".join((word + one.text, *self._comments.get(number, ())))

    def reach(self, number: int) -> Counter[str]:
        """What the other statements say on the lines of a statement's comments.

        A comment that stops a check or a measurement does so for its whole line: it must not reach more unnoticed.
        """
        return Counter(self.statements[other].text for other in self._beside.get(number, ()))

    @cached_property
    def _comments(self) -> dict[int, list[str]]:
        """The comments of statements; one behind several belongs to the last."""
        return {
            number: ["".join(comment.text.split()) for comment, _ in held] for number, held in self._commented.items()
        }

    @cached_property
    def _beside(self) -> dict[int, list[int]]:
        """The other statements on the lines of a statement's comments, where there are any."""
        found = {number: [one for _, others in held for one in others] for number, held in self._commented.items()}
        return {number: others for number, others in found.items() if others}

    @cached_property
    def _commented(self) -> dict[int, list[tuple[Comment, list[int]]]]:
        """The comments of each statement, with the others on their lines."""
        from quality_gate_checkers.model.comments import all_comments

        on_line: list[list[int]] = [[] for _ in range(len(self.lines) + 1)]
        for number, one in enumerate(self.statements):
            for line in range(one.first, one.last + 1):
                on_line[line].append(number)
        found: dict[int, list[tuple[Comment, list[int]]]] = {}
        for comment in all_comments(self._text, self.lines):
            *others, owner = on_line[comment.line] or [-1]
            found.setdefault(owner, []).append((comment, others))
        return found


def _now(hunks: Sequence[Hunk], count: int) -> list[int]:
    """The present number of each former line that is in no hunk; 0 of the others.

    Raises:
        ValueError: the hunks do not fit each other.
    """
    now = [0] * (count + 1)
    was = number = 1
    for hunk in hunks:
        until = hunk.was + (not hunk.removed)
        if until < was or number + until - was != hunk.start + (not hunk.added):
            raise ValueError("hunks do not follow each other")
        now[was:until] = range(number, number + until - was)
        was, number = until + len(hunk.removed), hunk.start + (not hunk.added) + len(hunk.added)
    now[was:] = range(number, number + len(now) - was)
    return now


def _pairs(old: _Side, new: _Side, now: Sequence[int]) -> list[tuple[int, int]]:
    """Statements that are the same, by number.

    Where one of several equal ones is left over, it is one that git has in a hunk and none that git has not.
    """
    from quality_gate.evidence.git._aligned import aligned

    untouched = list(_untouched(old, new, now))
    first = next((at for at, pair in enumerate(untouched) if pair != (at, at)), len(untouched))
    left, right = range(first, len(old.statements)), range(first, len(new.statements))
    while untouched[first:] and left and right and untouched[-1] == (left[-1], right[-1]):
        untouched.pop()
        left, right = left[:-1], right[:-1]
    ends = zip(range(left.stop, len(old.statements)), range(right.stop, len(new.statements)), strict=True)
    keys = [old.key(number) for number in left], [new.key(number) for number in right]
    found = {left[one]: right[other] for one, other in aligned(*keys)}
    _hold_on(found, untouched[first:])
    return [*zip(range(first), range(first), strict=True), *found.items(), *ends]


def _hold_on(found: dict[int, int], untouched: Sequence[tuple[int, int]]) -> None:
    """Pair what git says is the same, wherever one of the two is left over; its former partner is left over instead."""
    partners = {other: one for one, other in found.items()}
    by_new = {other: one for one, other in untouched}
    by_old = dict(untouched)
    for one, other in untouched:
        while other not in partners and by_new.get(other) == one:
            freed = found.get(one)
            found[one] = other
            partners[other] = one
            if freed is None:
                break
            del partners[freed]
            if freed not in by_new:
                break
            one, other = by_new[freed], freed
    for one, other in untouched:
        while one not in found:
            freed = partners[other]
            del found[freed]
            found[one] = other
            partners[other] = one
            if freed not in by_old:
                break
            one, other = freed, by_old[freed]


def _untouched(old: _Side, new: _Side, now: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Statements that have no line in any hunk, on neither side."""
    places = {place: number for number, place in _places(new, range(len(new.lines) + 2))}
    for number, place in _places(old, now):
        if place in places:
            yield number, places[place]


def _places(side: _Side, now: Sequence[int]) -> Iterator[tuple[int, tuple[int, int, int]]]:
    """First and last line of each untouched statement, and how many others stand before it on the same ones."""
    counts: Counter[tuple[int, int]] = Counter()
    for number, one in enumerate(side.statements):
        span = now[one.first], now[one.last]
        if side.is_clean(one) and span[1] - span[0] == one.last - one.first:
            yield number, (*span, counts[span])
            counts[span] += 1


def _gaps(
    pairs: Sequence[tuple[int, int]], old: _Side, new: _Side
) -> tuple[Sequence[int], Sequence[int], Sequence[int]]:
    """For each line of both sides the gap that it is left in, and for each gap the present line that it follows.

    Gaps lie between pairs and are counted from 1; a line all of whose statements are paired is settled.
    """
    follows = [0, 0, *(new.statements[number].last for number in sorted(number for _, number in pairs))]
    return _left(old, {one for one, _ in pairs}), _left(new, {one for _, one in pairs}), follows


def _left(side: _Side, known: Set[int]) -> Sequence[int]:
    marks = [-1] * (len(side.lines) + 1)
    gap = 1
    for number, one in enumerate(side.statements):
        gap += number in known
        for line in range(one.first, one.last + 1):
            if number not in known or marks[line] < 0:
                marks[line] = _SETTLED if number in known else gap
    for line in range(1, len(marks)):
        if marks[line] < 0:  # a blank one goes with what stands above it
            marks[line] = max(marks[line - 1], _SETTLED)
    return marks


def _split(hunk: Hunk, was: Sequence[int], now: Sequence[int], follows: Sequence[int]) -> Iterator[Hunk]:
    """What is left of a hunk, gap by gap."""
    removed: dict[int, list[bytes]] = {}
    added: dict[int, list[int]] = {}
    for at, line in enumerate(hunk.removed):
        removed.setdefault(was[hunk.was + at], []).append(line)
    for at in range(len(hunk.added)):
        added.setdefault(now[hunk.start + at], []).append(at)
    for gap in sorted({*removed, *added} - {_SETTLED}):
        gone = removed.get(gap, [])
        places = added.get(gap)
        if places is None:
            last = hunk.start + len(hunk.added) - 1 if hunk.added else hunk.start
            yield Hunk(hunk.path, min(max(follows[gap], hunk.start - 1), last) if hunk.added else last, gone, [])
            continue
        for run in _runs(places):
            yield Hunk(hunk.path, hunk.start + run[0], gone, hunk.added[run[0] : run[-1] + 1])
            gone = []


def _runs(numbers: Sequence[int]) -> Iterator[list[int]]:
    """Ascending numbers, cut where one is left out."""
    run = [numbers[0]]
    for number in numbers[1:]:
        if number != run[-1] + 1:
            yield run
            run = []
        run.append(number)
    yield run
