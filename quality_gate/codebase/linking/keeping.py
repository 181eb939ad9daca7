"""What a link keeps in parts, so that a change writes only what it changed: answers, and what they stood on."""

from __future__ import annotations

from hashlib import blake2b

import msgspec

from quality_gate.codebase.linking.record import Answer, Answers, Memory, Stood

_ENCODE = msgspec.msgpack.Encoder().encode
_ANSWERS = msgspec.msgpack.Decoder(list[tuple[str, str, str, int, Answer]])
_STOOD = msgspec.msgpack.Decoder(list[Stood])
_GROUP = 64
"""Files of which it is kept together what they stood on."""


class Lost(Exception):
    """The cache has lost what a file had answered: everything must be linked again."""


class Answered:
    """What files have answered in one phase.

    Args:
        memory: where it is kept.
        places: by file; changed when more is kept.
    """

    def __init__(self, memory: Memory | None, places: list[bytes]) -> None:
        self._memory = memory
        self._places = places
        self._held: dict[int, Answers] = {}

    def of(self, number: int) -> Answers:
        """What one file has answered."""
        held = self._held.get(number)
        if held is None:
            held = self._held[number] = self._read(number)
        return held

    def _read(self, number: int) -> Answers:
        place = self._places[number]
        content = self._memory.load(place) if self._memory is not None and place else None
        if content is None:
            if place:
                raise Lost
            return {}
        return {(kind, subject, about, level): found for kind, subject, about, level, found in _ANSWERS.decode(content)}

    def keep(self, number: int, answers: Answers) -> None:
        """Keep what one file has answered."""
        if self._memory is not None:
            rows = [(*question, answers[question]) for question in sorted(answers)]
            self._places[number] = kept(self._memory, b"answers", _ENCODE(rows))


def kept(memory: Memory, kind: bytes, content: bytes) -> bytes:
    """Keep a content under its own identity."""
    name = kind + blake2b(content, digest_size=16).digest()
    memory.save(name, content)
    return name


class Standing:
    """What files stood on in one phase.

    Args:
        memory: where it is kept.
        places: by group of files; changed when more is kept.
        count: of files.
    """

    def __init__(self, memory: Memory | None, places: list[bytes], count: int) -> None:
        self._memory = memory
        self._places = places
        self._count = count
        self._last: list[Stood] = []

    def nothing(self) -> list[Stood]:
        """What files stand on before they are linked."""
        return [Stood() for _ in range(self._count)]

    def all(self) -> list[Stood]:
        """What every file stood on when it was linked last."""
        held = self._memory.load_all(self._places) if self._memory is not None else {}
        found = [stood for place in self._places for stood in _STOOD.decode(held.get(place, b"\x90"))]
        if len(found) != self._count:
            raise Lost
        self._last = list(found)
        return found

    def keep(self, stood: list[Stood]) -> None:
        """Keep what every file stands on now."""
        if self._memory is None:
            return
        starts = range(0, self._count, _GROUP)
        self._places += [b""] * (len(starts) - len(self._places))
        for group, start in enumerate(starts):
            part = stood[start : start + _GROUP]
            if not self._last or part != self._last[start : start + _GROUP]:
                self._places[group] = kept(self._memory, b"stood", _ENCODE(part))
