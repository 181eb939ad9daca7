"""How names, places and sets of small numbers stand in an evidence file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import compress, count

LINE_BITS = 24
"""Of a place's number: the line; above it stands the number of its file."""

_LARGEST = 2**63
_CONTINUED = 0x80


def bits(of: Iterable[int]) -> int:
    """Small numbers as the bits of one."""
    found = 0
    for number in of:
        found |= 1 << number
    return found


def numbers(found: int) -> list[int]:
    """The opposite of `bits`, ascending."""
    return list(compress(count(), bytes_of(found)))


bit = (1).__lshift__
"""A small number as the only bit of one."""

_DIGITS = bytes.maketrans(b"01", b"\0\1")


def bytes_of(found: int) -> bytes:
    """Bits as a byte each, the lowest first."""
    return bin(found)[:1:-1].encode("ascii").translate(_DIGITS)


def to_blob(found: int) -> bytes:
    """Bits as they stand in the file."""
    return found.to_bytes((found.bit_length() + 7) // 8, "little")


def from_blob(blob: bytes) -> int:
    """The opposite of `to_blob`."""
    return int.from_bytes(blob, "little")


def name_to_blob(text: str) -> bytes:
    """A path or node id, which need not be text that UTF-8 knows."""
    return text.encode("utf-8", "surrogatepass")


def name_from_blob(blob: bytes) -> str:
    """The opposite of `name_to_blob`."""
    return blob.decode("utf-8", "surrogatepass")


def places_to_bytes(places: Iterable[int]) -> bytes:
    """Places in any order: distances, forward even and backward odd, seven bits a byte, the lowest first."""
    packed = bytearray()
    before = 0
    for place in places:
        distance, before = place - before, place
        rest = distance * 2 if distance >= 0 else -distance * 2 - 1
        while rest >= _CONTINUED:
            packed.append(rest & 0x7F | _CONTINUED)
            rest >>= 7
        packed.append(rest)
    return bytes(packed)


def places_from_bytes(packed: bytes) -> Iterator[int]:
    """The opposite.

    Raises:
        ValueError: the bytes end within a number, or a number is none of a place.
    """
    place = rest = shift = 0
    for byte in packed:
        rest |= (byte & 0x7F) << shift
        shift += 7
        if byte & _CONTINUED:
            if shift > LINE_BITS * 3:
                raise ValueError("a number is too large")
            continue
        place += -(rest + 1) // 2 if rest & 1 else rest // 2
        if not 0 < place < _LARGEST:
            raise ValueError("a place is none")
        yield place
        rest = shift = 0
    if shift:
        raise ValueError("it ends within a number")
