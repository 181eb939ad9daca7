"""What one file of test code checks, and where. Cached by the file's content; nothing here knows another file."""

from __future__ import annotations

from typing import Literal

import msgspec

from quality_gate_checkers.model.inspection import Fault


class Span(msgspec.Struct, frozen=True, array_like=True, order=True):
    """Lines, 1-based, both included."""

    first: int
    last: int

    def holds(self, line: int) -> bool:
        """Whether a line is one of them."""
        return self.first <= line <= self.last


class Taking(msgspec.Struct, frozen=True, array_like=True):
    """Where test code expects an exception and takes it.

    Args:
        kind: `block`: `with pytest.raises(...)`; `call`: `pytest.raises(T, function)`; `except`: of a `try`, or a
            `suppress`.
        head: the lines that say so. body: the lines out of which it takes exceptions; of a `call` the same.
        types: dotted names, `UNKNOWN` for those that nothing tells.
    """

    kind: Literal["block", "call", "except"]
    head: Span
    body: Span
    types: tuple[str, ...]


class Around(msgspec.Struct, frozen=True, array_like=True):
    """A function of test code that runs before or after tests, or is one, with what it asks for.

    Args:
        name: qualified within the module.
        span: its lines.
        fixture: the name that tests ask for it by; empty where it is no fixture.
        asks: fixtures that it asks for, by parameters and `usefixtures`.
        always: every test near it has it.
        checks_at_end: it checks something after what it was made for has run.
    """

    name: str
    span: Span
    fixture: str = ""
    asks: tuple[str, ...] = ()
    always: bool = False
    checks_at_end: bool = False


class Shape(msgspec.Struct, frozen=True, array_like=True):
    """What a test looks like to somebody who wants to write one like it.

    Args:
        name: qualified within the module.
        lines: how many it has.
        branches: how many loops, conditions and `try` it has: one without is easier to follow.
        expects: it looks for an exception itself.
        names: all names in it, sorted, without what they are asked of: of `bank.pay()` both.
        first: the line that it begins on.
    """

    name: str
    lines: int
    branches: int
    expects: bool
    names: tuple[str, ...]
    first: int = 0

    @property
    def span(self) -> Span:
        """Its lines."""
        return Span(self.first, self.first + self.lines - 1)


class FileChecks(msgspec.Struct, frozen=True, array_like=True):
    """What one file of test code checks.

    Args:
        fault: why it could not be read.
        checks: statements that check something, expected exceptions aside; of compound ones the head.
        takings: where exceptions are expected.
        functions: fixtures, and tests that ask for any.
        shapes: of the tests.
    """

    fault: Fault | None = None
    checks: tuple[Span, ...] = ()
    takings: tuple[Taking, ...] = ()
    functions: tuple[Around, ...] = ()
    shapes: tuple[Shape, ...] = ()


_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(FileChecks)


def encode(found: FileChecks) -> bytes:
    """As the cache keeps it."""
    return _ENCODER.encode(found)


def decode(content: bytes) -> FileChecks | None:
    """From the cache; None where it is not."""
    try:
        return _DECODER.decode(content)
    except (msgspec.DecodeError, ValueError, RecursionError):
        return None
