"""What one file of test code checks, and where. Cached by the file's content; nothing here knows another file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, TypeAlias

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


class NamedCheck(msgspec.Struct, frozen=True, array_like=True):
    """A call that is a check by what it is called; whether it is one its code tells, where the project has it.

    Args:
        span: the statement that it stands in.
        line, column: of the call, 1-based.
        name: what is called, without what it is asked of.
        asserts: its name says that it asserts. weak: its name is a word of every day: `check`, `compare`.
        alone: it is called by its name alone, so that whatever is called there is meant.
        known: where it comes from is told: an import, or a class that is.
    """

    span: Span
    line: int
    column: int
    name: str
    asserts: bool = False
    weak: bool = False
    alone: bool = False
    known: bool = False


class Expectation(msgspec.Struct, frozen=True, array_like=True):
    """Something of test code that a `with` enters and that expects an exception then.

    Args:
        name: of the function, method, fixture or variable, qualified within the module.
        types: dotted names, as of `Taking`.
        parameters: what whoever calls it says of the types: the parameter's name (`*errors` takes the rest), where
            it comes (-1: by name only), and what it is where nothing is said.
        fixture: the name that tests ask for it by; empty where it is no fixture.
        hands_out: it gives a function that is called once more.
    """

    name: str
    types: tuple[str, ...]
    parameters: tuple[tuple[str, int, tuple[str, ...]], ...] = ()
    fixture: str = ""
    hands_out: bool = False


class Entering(msgspec.Struct, frozen=True, array_like=True):
    """A `with` that enters something of which other places of test code tell whether it expects an exception.

    Args:
        head, body: as of `Taking`.
        line, column: of the call that gives it, 1-based; 0 where a name alone is entered.
        name: the dotted name of what is called or entered where it is known, else empty.
        fixture: the fixture that is entered or called.
        types: dotted names that are given to the call, by place (`0`) and by keyword.
    """

    head: Span
    body: Span
    line: int = 0
    column: int = 0
    name: str = ""
    fixture: str = ""
    types: tuple[tuple[str, tuple[str, ...]], ...] = ()


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
        is_production: it is what is under test.
        checks: statements that check something, expected exceptions aside; of compound ones the head.
        named: calls that do by their names.
        takings: where exceptions are expected.
        expectations: what expects some where it is entered. enterings: where such may be entered.
        functions: fixtures, and tests that ask for any.
        shapes: of the tests.
    """

    fault: Fault | None = None
    is_production: bool = False
    checks: tuple[Span, ...] = ()
    named: tuple[NamedCheck, ...] = ()
    takings: tuple[Taking, ...] = ()
    expectations: tuple[Expectation, ...] = ()
    enterings: tuple[Entering, ...] = ()
    functions: tuple[Around, ...] = ()
    shapes: tuple[Shape, ...] = ()


ReadChecks: TypeAlias = Callable[[str], FileChecks]
"""A file's path -> what it checks."""

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
