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
    name = kind + _identity(content)
    memory.save(name, content)
    return name


class Standing:
    """What files stood on in one phase. A change overwrites the groups of files that it changed.

    Args:
        memory: where it is kept.
        phase: its name.
        identities: of what is kept, by group of files; changed when something else is kept.
        count: of files.
    """

    def __init__(self, memory: Memory | None, phase: str, identities: list[bytes], count: int) -> None:
        self._memory = memory
        self._phase = phase
        self._identities = identities
        self._starts = range(0, count, _GROUP)
        self._count = count

    def _name(self, start: int) -> bytes:
        return f"stood in {self._phase} from {start}".encode()

    def nothing(self) -> list[Stood]:
        """What files stand on before they are linked."""
        return [Stood() for _ in range(self._count)]

    def all(self) -> list[Stood]:
        """What every file stood on when it was linked last."""
        held = self._memory.load_all(map(self._name, self._starts)) if self._memory is not None else {}
        found: list[Stood] = []
        for start, identity in zip(self._starts, self._identities, strict=True):
            content = held.get(self._name(start), b"")
            if _identity(content) != identity:  # lost, or another run has just written what belongs to its own link
                raise Lost
            found += _STOOD.decode(content)
        return found

    def keep(self, stood: list[Stood]) -> None:
        """Keep what every file stands on now."""
        if self._memory is None:
            return
        before = list(self._identities)
        self._identities[:] = []
        for group, start in enumerate(self._starts):
            content = _ENCODE(stood[start : start + _GROUP])
            self._identities.append(_identity(content))
            if self._identities[group : group + 1] != before[group : group + 1]:
                self._memory.save(self._name(start), content)


def _identity(content: bytes) -> bytes:
    return blake2b(content, digest_size=16).digest()
