"""Facts of one file: its pieces of code, each with what linking must know of it. Cached by the file's content alone."""

from __future__ import annotations

from typing import Literal

import msgspec

from quality_gate.codebase.graph import Mark
from quality_gate.codebase.tree import Body, Expr, Parameter
from quality_gate_checkers.model.inspection import Fault

CodeKind = Literal["module", "class", "function", "lambda"]


class Code(msgspec.Struct, frozen=True, eq=False, array_like=True):
    """A module's own code, a class, a function or a lambda.

    Args:
        name: its last part: `charge`, `<lambda1>`; empty for the module.
        parent: place of the code around it, -1 for the module.
        first, last, line: as of `Definition`.
        is_stub: whether it does nothing but raise NotImplementedError, or nothing at all.
        decorators, bases, keywords, parameters, returns: as written; what they say is evaluated around it.
        critical: names of critical paths that a comment makes it an entry of.
        calls: last parts of the names that it calls: `charge` of `self.bank.charge()`.
        stores: attributes that it sets, or changes the content of.
        changes: names from outside that it binds anew or changes the content of, those of other modules too.
        body: its statements, decoded when they are asked for.
    """

    kind: CodeKind
    name: str
    parent: int
    first: int
    last: int
    line: int
    is_async: bool
    is_generator: bool
    is_stub: bool
    decorators: tuple[Expr, ...]
    bases: tuple[Expr, ...]
    keywords: tuple[tuple[str, Expr], ...]
    parameters: tuple[Parameter, ...]
    returns: Expr | None
    critical: tuple[str, ...]
    calls: tuple[str, ...]
    stores: tuple[str, ...]
    changes: tuple[str, ...]
    body: msgspec.Raw


class Head(msgspec.Struct, frozen=True, array_like=True):
    """What is asked of every file, without reading the rest of its facts.

    Args:
        fault: why it could not be read.
        marks: what project rules look for, see `marks/`; None where nobody has looked yet.
        imports: dotted names of the modules that it imports, relative imports left out.
    """

    fault: Fault | None = None
    marks: tuple[Mark, ...] | None = None
    imports: tuple[str, ...] = ()


class Facts(Head, frozen=True, eq=False, array_like=True):
    """What one file says.

    Args:
        codes: its pieces of code in source order, the module first; empty where the file could not be read.
    """

    codes: tuple[Code, ...] = ()


class _Kept(Head, frozen=True, array_like=True):
    """Facts as the cache keeps them: whoever asks for the head steps over the rest, which is one piece."""

    codes: bytes = b""


_ENCODER = msgspec.msgpack.Encoder()
_BODIES = msgspec.msgpack.Decoder(Body)
_CODES = msgspec.msgpack.Decoder(tuple[Code, ...])
_KEPT = msgspec.msgpack.Decoder(_Kept)
_HEADS = msgspec.msgpack.Decoder(Head)


def encode(facts: Facts) -> bytes:
    """Facts as the cache keeps them."""
    codes = _ENCODER.encode(facts.codes)
    return _ENCODER.encode(_Kept(facts.fault, facts.marks, facts.imports, codes))


def decode(content: bytes | memoryview) -> Facts | None:
    """Facts from the cache; None where they are not."""
    try:
        kept = _KEPT.decode(content)
        return Facts(kept.fault, kept.marks, kept.imports, _CODES.decode(kept.codes))
    except (msgspec.DecodeError, ValueError, RecursionError):
        return None


def decode_head(content: bytes | memoryview) -> Head | None:
    """The head of facts from the cache; None where they are not."""
    try:
        return _HEADS.decode(content)
    except (msgspec.DecodeError, ValueError, RecursionError):
        return None


def encode_body(body: Body) -> msgspec.Raw:
    """A body as facts hold it."""
    return msgspec.Raw(_ENCODER.encode(body))


def decode_body(body: msgspec.Raw) -> Body:
    """The statements of a piece of code."""
    return _BODIES.decode(body)
