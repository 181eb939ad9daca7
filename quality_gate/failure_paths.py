"""What a failure path is: a place in a function where things go wrong.

The noun that practices, `prove` and the matching of evidence share; how they are listed stands in `codebase/failures`.
What shows that a path was run (failure-paths.md, 2.4), by kind:

- raise, re-raise, validation, error return: a line from `line` to `last` was run. Of one on a line with something else
  (`shared_from`), as `if not ok: return None`, lines tell no more than that it may have; arcs more (`jumps_tell`).
- handler, cancellation: a line from `line` to `last` was run, the first statement of its body. Of a handler with
  several types, which of them entered (`types`) a recorder of exceptions alone can tell.
- handler call: the call raised and the handler was entered. As arcs: `call.line` -> `handler.line`, then -> `line`.
  Where several calls share a line, a recorder that knows columns alone can tell them apart.
- unwind: the call raised and the function was left. As arcs: `call.line` -> the function's exit or a `finally`. At a
  `call.tail` arcs look the same when all is well: unknown without a recorder.
- cleanup: a line from `line` to `last` was run while an exception was under way. As arcs: last line of the `finally` ->
  exit; lines alone tell nothing, they are run when all is well too. Of a `with`: an exception left its body.
- deadline: as handler call or unwind, with one of the types in `failures`.
- retry exhaustion: what is tried again was left by an exception for good, after another one; one exception may be of a
  type that is not tried again. Of a loop that is left as soon as it worked: it came to its end, which arcs tell too.
- partial failure: nothing but proof: the answer of the call listed failures.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import msgspec

FailureKind = Literal[
    "raise",
    "re-raise",
    "handler",
    "handler call",
    "unwind",
    "error return",
    "validation",
    "cleanup",
    "deadline",
    "cancellation",
    "retry exhaustion",
    "partial failure",
]
KINDS: tuple[FailureKind, ...] = (
    "raise",
    "re-raise",
    "handler",
    "handler call",
    "unwind",
    "error return",
    "validation",
    "cleanup",
    "deadline",
    "cancellation",
    "retry exhaustion",
    "partial failure",
)

Family = Literal["rejects", "unavailable", ""]
"""What a dependency's failure means; empty for one of the project's own that stands for no dependency."""

UNKNOWN = "?"
"""A type that nothing tells."""

WAIVED_BY = frozenset({"untested-failure-path", "failure-path-not-validated", "dependency-failure-untested"})
"""Rules of which an `allow` with a reason waives the path that it stands at."""


class Failure(msgspec.Struct, frozen=True, array_like=True, order=True):
    """One way in which a call can fail.

    Args:
        type: dotted name of the exception, `UNKNOWN` where nothing tells it.
        dependency: whose failure it is, as the catalogue or the configuration names it; empty for the project's own.
        family: whether the dependency said no, or said nothing.
    """

    type: str
    dependency: str = ""
    family: Family = ""


class FallibleCall(msgspec.Struct, frozen=True, array_like=True):
    """A call that can fail.

    Args:
        name: dotted name of what is called, as the catalogue or the codebase has it.
        text: as its author wrote it, cut.
        line, column, end_line, end_column: 1-based, in code points, the end not included: of the whole call.
        callees: functions of the project that it reaches; empty for a call that leaves the project.
        remote: whether it leaves the machine by itself.
        tail: it ends its function (`return call()`, the last statement, within a `with` there) or what a `finally`
            without handlers follows: whether it failed cannot be told by lines.
        entered: where the `with` stands, as the call, that enters what it gives; what fails on entering came out of
            there before Python 3.13.
    """

    name: str
    text: str
    line: int
    column: int
    end_line: int
    end_column: int
    callees: tuple[str, ...] = ()
    remote: bool = False
    tail: bool = False
    entered: tuple[int, int, int, int] | None = None


class Handler(msgspec.Struct, frozen=True, array_like=True):
    """The `except` that a path ends in or is.

    Args:
        line: where `except` stands.
        caught: dotted names of the types that it names, two dozen at most, `UNKNOWN` for those that nothing tells.
        broad: `Exception`, `BaseException` or everything.
        log_only: it does nothing but log, or nothing at all.
        raises_again: it lets go of something and then re-raises: nothing of it shows but that the failure goes on.
    """

    line: int
    caught: tuple[str, ...]
    broad: bool = False
    log_only: bool = False
    raises_again: bool = False

    @property
    def is_narrow(self) -> bool:
        """Whether a check that follows says *validated* of it; of the others only proof is sure to tell."""
        return not (self.broad or self.log_only or self.raises_again)


class Waiver(msgspec.Struct, frozen=True, array_like=True):
    """Somebody's word that a path need not be tested.

    Args:
        line: where the comment stands.
        reason: theirs.
        until: last day on which it counts, ISO 8601; None for no end. Whoever knows the day decides.
    """

    line: int
    reason: str
    until: str | None = None


class FailurePath(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """A place in a function where things go wrong.

    Args:
        id: unique within its file, and the same when lines move, are commented or indented anew: the function's
            qualified name, the kind, a digest of the text as parsed, and which of its equals it is.
        path: the file.
        function: qualified name within the module: `Gateway.charge`.
        line, last: the lines that show it, both included, see the table above.
        column: 1-based.
        text: what it is, as its author wrote it, cut: `raise Declined(order)`, `except BankTimeout`, `gw.capture()`.
        types: exceptions, dotted: what is raised; the one type of a handler; empty where there is none.
        leaves_by: how a guard leaves its function.
        value: what an error return gives back, as written, cut.
        handler: of a handler, cancellation or handler call; of a re-raise, the one that it stands in.
        call: of a handler call, unwind, deadline or partial failure.
        failures: how the call can fail here: those that this handler catches, or that nothing in the function does. Of
            a raise, what it means of a dependency that the project declares.
        ends_at: of an unwind, the declared boundary (an error handler of the framework) that ends it; all that end at
            one boundary count once.
        begins: of an unwind through a call of a dependency that the project declares: `here`, where nothing that it
            calls in the project shows that failure; `within`, where failure paths of these do.
        never: why no test can run it (class U), as a clause; None for a path that counts.
        waiver: who said that it need not be tested. Listed, and for whoever knows the day not counted.
        body: of a cleanup and of retry exhaustion, first and last line of what an exception comes out of then.
        shared_from: the line on which begins what it shares its line with (a condition, another statement), which runs
            when it does not happen too; 0 where it has its line for itself.
        loop: of retry exhaustion in a loop, the line of its head and its last one.
        jumps_tell: whether jumps from that line tell then that it happened, or that it did not.
    """

    id: str
    kind: FailureKind
    path: str
    function: str
    line: int
    last: int
    column: int
    text: str
    types: tuple[str, ...] = ()
    leaves_by: Literal["raise", "return", "call", ""] = ""
    value: str = ""
    handler: Handler | None = None
    call: FallibleCall | None = None
    failures: tuple[Failure, ...] = ()
    ends_at: str = ""
    begins: Literal["here", "within", ""] = ""
    never: str | None = None
    waiver: Waiver | None = None
    body: tuple[int, int] | None = None
    loop: tuple[int, int] | None = None
    shared_from: int = 0
    jumps_tell: bool = False

    @property
    def families(self) -> frozenset[tuple[str, Family]]:
        """Dependencies whose failure it is, each with what the failure means: the cells of the failure matrix."""
        return frozenset((one.dependency, one.family) for one in self.failures if one.dependency)

    @property
    def spans(self) -> tuple[tuple[int, int], ...]:
        """First and last lines of all that stands for it: its own, its call's, and where its handler stands."""
        call, handler = self.call, self.handler
        of_call = ((call.line, call.end_line),) if call is not None else ()
        of_handler = ((handler.line, handler.line),) if handler is not None else ()
        return ((self.line, self.last), *of_call, *of_handler)

    def stands_at(self, line: int) -> bool:
        """Whether somebody who names a line means it."""
        return any(first <= line <= last for first, last in self.spans)


def counted(paths: Iterable[FailurePath], members: frozenset[str]) -> list[FailurePath]:
    """The paths that a demand is measured against.

    Left out are class U; an unwind through a call of another member, whose own paths show the same failure where it
    begins; and of the unwinds that end at one declared boundary all but the first. A dependency that the project
    declares fails where it is called, whatever its own functions show. Waivers are left to who knows the day.

    Args:
        paths: of all members of a critical path.
        members: their names in the codebase.
    """
    found: list[FailurePath] = []
    ended: set[str] = set()
    for path in paths:
        if path.never is not None:
            continue
        if path.kind == "unwind":
            callees = path.call.callees if path.call is not None else ()
            elsewhere = callees and members.issuperset(callees) and path.begins != "here"
            if elsewhere or path.ends_at in ended:
                continue
            if path.ends_at:
                ended.add(path.ends_at)
        found.append(path)
    return found


def only_in_rows(paths: Iterable[FailurePath], members: frozenset[str]) -> list[FailurePath]:
    """The paths that are not counted, and yet show what happens when a dependency that the project declares fails:
    unwinds through calls of it whose failure other members' paths show where it begins.

    Args:
        paths, members: as of `counted`.
    """
    return [
        path
        for path in paths
        if path.begins == "within" and path.never is None and path.call and members.issuperset(path.call.callees)
    ]


_SHOWS = (
    *("ReadTimeout", "ConnectTimeout", "Timeout", "TimeoutError", "Unavailable", "ConnectionError", "OperationalError"),
    *("ClientError", "HTTPStatusError", "HTTPError", "CardError", "IntegrityError", "RecipientsRefused"),
)
"""What tells *unavailable* and *rejects* best, best first, where a library has several exceptions for it."""
_LAST = frozenset({UNKNOWN, "builtins.SystemExit", "builtins.KeyboardInterrupt", "builtins.GeneratorExit"})
"""What is injected only where nothing else can be."""
_MISTAKES = frozenset({"ImportError", "TypeError", "AttributeError", "KeyError", "IndexError", "NameError"})
"""Of the builtin ones those that tell of a mistake: a reader believes the others sooner."""


def most_telling(types: Iterable[str]) -> str:
    """Of several exceptions the one that a test had best make happen, so that a reader sees at once what is meant.

    Args:
        types: dotted names, at least one.
    """
    return min(types, key=_plainness)


def _plainness(name: str) -> tuple[int, str]:
    holder, _, short = name.rpartition(".")
    if name in _LAST:
        return len(_SHOWS) + 2, name
    usual = len(_SHOWS) + (holder == "builtins" and short in _MISTAKES)
    return next((place for place, shown in enumerate(_SHOWS) if short.endswith(shown)), usual), name
