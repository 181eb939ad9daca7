"""Which of a change's lines are new: moved ones are not, and a deletion touches the line that it belongs to."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from itertools import groupby, islice

from quality_gate.evidence.git._patch import Hunk
from quality_gate.model import LineRange

_LEAST_MOVED = 20
"""Alphanumeric characters of the smallest block that counts as moved, as with git's --color-moved=blocks."""

_MOST_PLACES = 16
"""Where a moved block is looked for: hostile input may hold one line a million times."""

_MOST_STEPS_UP = 200
"""Lines looked at for the statement that a deletion belongs to."""

_ALPHANUMERIC = b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


def new_lines(hunks: Sequence[Hunk], contents: dict[str, list[bytes]]) -> dict[str, tuple[LineRange, ...]]:
    """The new lines of each file, without moved ones and with those that a deletion touches.

    Args:
        hunks: of the whole change, since lines move between files.
        contents: each present file's lines; other files have no new lines.
    """
    removed = _Removed(hunks)
    moved = [removed.take_moved(hunk) for hunk in hunks]
    numbers: dict[str, set[int]] = {}
    for index, hunk in enumerate(hunks):
        lines = contents.get(hunk.path)
        if lines is None:
            continue
        new = set(_kept(hunk, moved[index])) or _touched(hunk, removed.left(index), lines)
        if new:
            numbers.setdefault(hunk.path, set()).update(new)
    return {path: tuple(_ranges(sorted(found))) for path, found in numbers.items()}


class _Removed:
    """The removed lines of a change, among which added ones are looked for; each can be found once.

    Leading and trailing white space does not count. The time grows with the number of lines and no faster: a
    block starts at a line with an alphanumeric character, so a line is part of 19 too small blocks at most.
    """

    def __init__(self, hunks: Sequence[Hunk]) -> None:
        self._hunks = hunks
        self._texts: list[bytes | None] = []
        self._begins: list[int] = []
        self._whole_files: dict[int, int] = {}
        for hunk in hunks:
            begin = len(self._texts)
            self._begins.append(begin)
            if hunk.whole and hunk.removed:
                self._whole_files[begin] = len(hunk.removed)
            self._texts.extend(line.strip() for line in hunk.removed)
            self._texts.append(None)  # no block goes on into the next hunk
        self._used = bytearray(len(self._texts))
        self._places: dict[bytes, deque[int]] = {}
        for place, text in enumerate(self._texts):
            if text:
                self._places.setdefault(text, deque()).append(place)

    def take_moved(self, hunk: Hunk) -> bytearray:
        """For each added line of a hunk 1 where it is moved, else 0; what is found is used up."""
        texts = [line.strip() for line in hunk.added]
        moved = bytearray(len(texts))
        at = 0
        while at < len(texts):
            place, length = self._longest(texts, at)
            if not length or not self._is_enough(hunk, texts, at, place, length):
                at += 1
                continue
            back = self._back(texts, at, place)
            moved[at - back : at + length] = b"\1" * (back + length)
            self._used[place - back : place + length] = b"\1" * (back + length)
            at += length
        return moved

    def left(self, index: int) -> list[bytes]:
        """The removed lines of a hunk that were not found elsewhere."""
        begin = self._begins[index]
        removed = self._hunks[index].removed
        return [line for offset, line in enumerate(removed) if not self._used[begin + offset]]

    def _longest(self, texts: list[bytes], at: int) -> tuple[int, int]:
        """Place and length of the longest removed block that equals the added lines from `at` on; or 0, 0."""
        places = self._places.get(texts[at])
        if not places or not _weight(texts[at]):
            return 0, 0
        while places and self._used[places[0]]:
            places.popleft()
        lengths = ((self._length(texts, at, place), -place) for place in islice(places, _MOST_PLACES))
        length, place = max(lengths, default=(0, 0))
        return -place, length

    def _length(self, texts: list[bytes], at: int, place: int) -> int:
        length = 0
        while (
            at + length < len(texts)
            and self._texts[place + length] == texts[at + length]
            and not self._used[place + length]
        ):
            length += 1
        return length

    def _back(self, texts: list[bytes], at: int, place: int) -> int:
        """How many equal lines stand before a block: blank ones and brackets, at which no block starts."""
        back = 0
        while (
            min(at, place) > back
            and self._texts[place - back - 1] == texts[at - back - 1]
            and not self._used[place - back - 1]
        ):
            back += 1
        return back

    def _is_enough(self, hunk: Hunk, texts: list[bytes], at: int, place: int, length: int) -> bool:
        if hunk.whole and length == len(texts) == self._whole_files.get(place):
            return True  # a renamed file, however short
        return sum(map(_weight, texts[at : at + length])) >= _LEAST_MOVED


def _weight(text: bytes) -> int:
    return len(text) - len(text.translate(None, _ALPHANUMERIC))


def _kept(hunk: Hunk, moved: bytearray) -> Iterator[int]:
    """The numbers of the added lines that are not moved, without runs of nothing but blank lines."""
    for is_moved, run in groupby(range(len(hunk.added)), key=moved.__getitem__):
        offsets = list(run)
        if not is_moved and any(hunk.added[offset].strip() for offset in offsets):
            yield from (hunk.start + offset for offset in offsets)


def _touched(hunk: Hunk, left: list[bytes], lines: list[bytes]) -> set[int]:
    """The line that a deletion touches: the one before which belongs to the same block.

    Deleting a `raise` touches its handler; deleting a function does not touch the function before it.

    Args:
        left: the deleted lines that were not moved elsewhere.
        lines: the file as it is now.
    """
    gone = next((line for line in left if line.strip()), None)
    if gone is None:
        return set()
    before = hunk.start if not hunk.added else hunk.start - 1
    depth = _depth(gone)
    if gone.lstrip().startswith(b"@") and not any(_opens_scope(line) for line in left):
        return {before + len(hunk.added) + 1}  # a decorator belongs to what follows
    for number in range(min(before, len(lines)), max(0, before - _MOST_STEPS_UP), -1):
        line = lines[number - 1]
        if line.strip() and _depth(line) <= depth:
            is_neighbour = _depth(line) == depth and _opens_scope(line)
            return set() if is_neighbour else {number}
    return {before} if before > _MOST_STEPS_UP else set()


def _depth(line: bytes) -> int:
    expanded = line.expandtabs()
    return len(expanded) - len(expanded.lstrip())


def _opens_scope(line: bytes) -> bool:
    return line.lstrip().startswith((b"def ", b"class ", b"async def "))


def _ranges(numbers: list[int]) -> Iterator[LineRange]:
    """Ascending numbers as ranges."""
    first = last = numbers[0]
    for number in numbers[1:]:
        if number != last + 1:
            yield LineRange(first, last)
            first = number
        last = number
    yield LineRange(first, last)
