"""What a link leaves behind for the next: what every file's answers stood on, and what was answered."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import Literal, TypeAlias

import msgspec

from quality_gate.codebase.frameworks import Fact
from quality_gate.codebase.linking.aliases import Alias
from quality_gate.codebase.linking.digests import digest_of, number_of, packed
from quality_gate.codebase.linking.logs import Log, Question
from quality_gate.codebase.linking.pieces import member
from quality_gate.codebase.linking.shape import ClassInfo
from quality_gate.codebase.linking.things import Value

Width: TypeAlias = Literal["I", "Q"]
"""How numbers are packed: of files, and identities."""


class Memory:
    """Where results are kept between runs; open only while a link is made.

    Args:
        load_all: by name; what is not there, or not readable, is absent.
        save: by name.
    """

    def __init__(
        self, load_all: Callable[[Iterable[bytes]], dict[bytes, bytes]], save: Callable[[bytes, bytes], None]
    ) -> None:
        self.load_all = load_all
        self.save = save

    def load(self, name: bytes) -> bytes | None:
        """One result, None where it is not there."""
        return self.load_all((name,)).get(name)


class Stood(msgspec.Struct, array_like=True):
    """What the answers of one file stood on, in one phase: numbers of files, identities of look-ups and questions."""

    broad: bytes = b""
    looked: bytes = b""
    asked: bytes = b""

    def stands_on(self, changed: Changed) -> bool:
        """Whether anything of it has changed."""
        return (
            _meet(self.broad, "I", changed.files)
            or _meet(self.looked, "Q", changed.looked)
            or _meet(self.asked, "Q", changed.answers)
        )


class Changed:
    """What is not as it was.

    Attributes:
        files: numbers of files of which any answer may differ.
        looked, answers: identities of what is looked at, and of questions, where that or the answer differs.
    """

    __slots__ = ("answers", "files", "looked")

    def __init__(self, files: Iterable[int] = (), looked: Iterable[int] = ()) -> None:
        self.files = set(files)
        self.looked = set(looked)
        self.answers: set[int] = set()


def _meet(packed: bytes, kind: Width, changed: set[int]) -> bool:
    return bool(packed and changed) and not changed.isdisjoint(memoryview(packed).cast(kind))


def stood_on(log: Log, numbers: dict[str, int], own: str, foreign: Iterable[int]) -> Stood:
    """A log, packed.

    Args:
        numbers: of files, by path.
        own: the file's path.
        foreign: identities of those of its questions that are about other files.
    """
    return Stood(
        _packed("I", (numbers[path] for path in log.broad if path != own)),
        _packed("Q", _looked(log)),
        _packed("Q", foreign),
    )


def _looked(log: Log) -> Iterator[int]:
    yield from (number_of(kind, name) for kind, name in log.looked)
    yield from (number_of("unit", name) for name in log.units)
    yield from (number_of(*member(scope, name)) for scope, name in log.members)


def _packed(kind: Width, numbers: Iterable[int]) -> bytes:
    return array(kind, sorted(set(numbers))).tobytes()


def both(first: Stood, second: Stood) -> Stood:
    """What two logs of one file stood on together."""
    return Stood(
        _joined("I", first.broad, second.broad),
        _joined("Q", first.looked, second.looked),
        _joined("Q", first.asked, second.asked),
    )


def _joined(kind: Width, first: bytes, second: bytes) -> bytes:
    return first if first == second else _packed(kind, [*memoryview(first).cast(kind), *memoryview(second).cast(kind)])


class Answer(msgspec.Struct, frozen=True, array_like=True):
    """An answer that a file gave to another.

    Args:
        need: levels that it needed.
        identity: equal where the answers are.
        value: the answer itself, packed; empty for what is no value.
    """

    need: int
    identity: bytes
    value: bytes = b""


@lru_cache(maxsize=1 << 16)
def answer_of(value: Value, need: int) -> Answer:
    """An answer as it is kept; most are one of a few, above all that nothing tells."""
    return Answer(need, digest_of(value), packed(value))


Answers = dict[Question, Answer]
"""What a file has answered to others."""


class Record(msgspec.Struct, array_like=True):
    """A whole link.

    Args:
        paths, names, keys: of the files, in order: path, module, identity of its content.
        stood: by phase and group of files: identity of what they stood on.
        answers: by phase and file: where its answers are kept.
        infos, aliases, told: what each file added to the shape, the aliases and the frameworks.
        links: where each file's calls are kept.
    """

    paths: tuple[str, ...]
    names: tuple[str, ...]
    keys: list[bytes]
    stood: dict[str, list[bytes]]
    answers: dict[str, list[bytes]]
    infos: list[tuple[ClassInfo, ...]]
    aliases: list[tuple[Alias, ...]]
    told: list[tuple[Fact, ...]]
    links: list[bytes]
