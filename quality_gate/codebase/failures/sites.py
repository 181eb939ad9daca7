"""What one file alone tells of its failure paths. Cached by the file's content; nothing here knows another file."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from quality_gate.failure_paths import FailurePath, Waiver
from quality_gate_checkers.model.inspection import Fault

NOWHERE = -1
"""No guard stands around a site."""


class HandlerSite(msgspec.Struct, frozen=True, array_like=True):
    """An `except`, or a `suppress`.

    Args:
        paths: places, among the function's paths, of one path for each type; empty for a `suppress`.
        caught: dotted names of the types, `UNKNOWN` for those that nothing tells.
        lets_pass: it re-raises what it caught, on some way at least.
        digest: of what it names, as parsed.
    """

    line: int
    paths: tuple[int, ...]
    caught: tuple[str, ...]
    lets_pass: bool
    digest: str = ""


class Guard(msgspec.Struct, frozen=True, array_like=True):
    """What stands around some sites and sees their failures first: the body of a `try`, or of a `with`.

    Args:
        parent: place of the guard around it among the function's guards, `NOWHERE` for none.
        handlers: in source order.
        cleanup: place, among the function's paths, of the cleanup that runs when a failure passes; `NOWHERE` for none.
        swallows: nothing leaves it (`return` in `finally`).
    """

    parent: int
    handlers: tuple[HandlerSite, ...] = ()
    cleanup: int = NOWHERE
    swallows: bool = False


class CallSite(msgspec.Struct, frozen=True, array_like=True):
    """A call.

    Args:
        name: dotted, as the file alone tells it; empty where it does not.
        last: the last part of what is called, as written.
        guard: place of the innermost guard around it.
        digest: of the call as parsed.
        limits: keywords given that may carry a deadline; `*` where more may come, `@` where something around the call
            ends it in time.
        arguments: how many are given by place.
        awaited: something waits for it right here.
        never: why no test can run it.
        entered: as `FallibleCall` has it.
    """

    line: int
    column: int
    end_line: int
    end_column: int
    text: str
    digest: str
    name: str
    last: str
    guard: int
    limits: tuple[str, ...] = ()
    arguments: int = 0
    awaited: bool = False
    tail: bool = False
    never: str | None = None
    waiver: Waiver | None = None
    entered: tuple[int, int, int, int] | None = None


class RaiseSite(msgspec.Struct, frozen=True, array_like=True):
    """A raise as its callers see it; those that no test can run are left out."""

    types: tuple[str, ...]
    guard: int


class FunctionSites(msgspec.Struct, frozen=True, array_like=True, eq=False):
    """What one function says of its failure paths.

    Args:
        name: qualified within the module.
        path: the file.
        paths: those that the file alone tells, in source order; handlers and cleanups among them.
        digests: of each of these paths' texts as parsed, by place.
    """

    name: str
    path: str
    paths: tuple[FailurePath, ...] = ()
    digests: tuple[str, ...] = ()
    guards: tuple[Guard, ...] = ()
    raises: tuple[RaiseSite, ...] = ()
    calls: tuple[CallSite, ...] = ()


class FileFailures(msgspec.Struct, frozen=True, array_like=True):
    """What one file tells of failures.

    Args:
        module: the file's dotted name as names in here begin; the codebase may know it by another one.
        fault: why it could not be read.
        classes: dotted names of the bases by qualified name of the class.
        names: what names of the module lead to elsewhere: imports, aliases, the members of tuples.
    """

    module: str = ""
    fault: Fault | None = None
    functions: tuple[FunctionSites, ...] = ()
    classes: Mapping[str, tuple[str, ...]] = {}
    names: Mapping[str, tuple[str, ...]] = {}


_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(FileFailures)


def encode(found: FileFailures) -> bytes:
    """As the cache keeps it."""
    return _ENCODER.encode(found)


def decode(content: bytes) -> FileFailures | None:
    """From the cache; None where it is not."""
    try:
        return _DECODER.decode(content)
    except (msgspec.DecodeError, ValueError, RecursionError):
        return None
