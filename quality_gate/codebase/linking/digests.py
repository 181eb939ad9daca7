"""Identities of answers and questions: equal in two runs where the answers are."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from hashlib import blake2b

import msgspec

from quality_gate.codebase.linking.logs import Question
from quality_gate.codebase.linking.things import Collection, Thing, Value

_ENCODE = msgspec.msgpack.Encoder().encode
_VALUES = msgspec.msgpack.Decoder(frozenset[Thing])


def digest_of(value: Value) -> bytes:
    """Identity of an answer, whatever the order of its things."""
    return blake2b(_canonical(value), digest_size=8).digest()


@lru_cache(maxsize=1 << 16)
def _canonical(value: Value) -> bytes:
    return _ENCODE(sorted(_of_thing(thing) for thing in value))


def _of_thing(thing: Thing) -> bytes:
    if type(thing) is not Collection:
        return _ENCODE(thing)
    items = [(key, _canonical(value)) for key, value in thing.items]
    return _ENCODE((thing.kind, items, _canonical(thing.key), _canonical(thing.element)))


def in_order(value: Iterable[Thing]) -> list[Collection]:
    """The containers of a value, in an order that every run has: a set has another one each time."""
    found = [thing for thing in value if type(thing) is Collection]
    return sorted(found, key=_of_thing) if len(found) > 1 else found


def packed(value: Value) -> bytes:
    """An answer as it is kept."""
    return _ENCODE(value)


def value_from(content: bytes) -> Value:
    """An answer that was kept."""
    return _VALUES.decode(content)


@lru_cache(maxsize=1 << 16)
def number_of(kind: str, name: str) -> int:
    """Identity of something that is looked up."""
    return int.from_bytes(blake2b(f"{kind}\0{name}".encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")


def number_of_question(question: Question) -> int:
    """Identity of a question."""
    return int.from_bytes(blake2b(_ENCODE(question), digest_size=8).digest(), "little")
