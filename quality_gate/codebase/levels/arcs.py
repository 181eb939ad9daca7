"""What jumps from line to line tell of a call that failed, where exceptions themselves were not recorded.

An exception makes a jump that the source has not: to the function's exit, to an `except`, to a `with` or a `finally`
around. Where a call ends its function both look the same, and where two stand on one line either may be meant: unknown.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache
from typing import Literal, NamedTuple

from quality_gate.codebase.levels.ran import Jumps
from quality_gate.failure_paths import FailurePath, FallibleCall
from quality_gate.runs import Runs

Told = Literal["yes", "no", "perhaps"]

_LONGEST = 10_000
"""Lines of a call that are looked at."""


class _Normal(NamedTuple):
    """Where a file's lines lead when all is well.

    Args:
        statements: its executable lines, ascending. branches: destinations of those that have several.
    """

    statements: tuple[int, ...]
    branches: Mapping[int, frozenset[int]]


class Arcs:
    """Answers by the jumps of tests.

    Args:
        runs: the evidence.
        handlers: lines of every `except` of a file.
    """

    def __init__(self, runs: Runs, handlers: Mapping[str, Collection[int]]) -> None:
        self._runs = runs
        self._handlers = handlers
        self._normal = lru_cache(maxsize=None)(self._normally)

    def entered(self, path: FailurePath, call: FallibleCall, jumps: Jumps) -> Told:
        """Whether the call of a *handler call* failed, and its handler was entered."""
        if path.handler is None or path.handler.line >= path.line:
            return "perhaps"
        if not any(path.line <= end <= path.last for ends in jumps.values() for end in ends):
            return "no"
        handlers = self._handlers.get(path.path, ())
        waiting = [end for end in self._from(jumps, call) if end in handlers]
        seen: set[int] = set()
        while waiting:
            line = waiting.pop()
            if line == path.handler.line:
                return "perhaps" if self._was_entered(path.path, call, jumps) else "yes"
            if line not in seen:
                seen.add(line)
                waiting += [end for end in jumps.get(line, ()) if end in handlers and end > line]
        return "perhaps" if self._is_odd(path, call, jumps) else "no"  # through the end of a `with` or `finally` within

    def left(self, path: FailurePath, call: FallibleCall, jumps: Jumps) -> Told:
        """Whether a call failed, and its function was left."""
        if call.tail:
            return "perhaps"
        if any(end < 0 for end in self._odd(path, call, jumps)):
            return "perhaps" if self._was_entered(path.path, call, jumps) else "yes"
        return "perhaps" if self._is_odd(path, call, jumps) else "no"

    def _is_odd(self, path: FailurePath, call: FallibleCall, jumps: Jumps) -> bool:
        """Whether the lines of a call led where they do not lead when all is well; of one within a `with` that failed
        each time no jump may be told at all."""
        return bool(self._odd(path, call, jumps)) or next(self._from(jumps, call), None) is None

    def happened(self, path: FailurePath, jumps: Jumps) -> Told:
        """Whether what stands on a line with something else (`shared_from`) happened; "yes" where its function returned
        there, or was left by an exception."""
        line = path.shared_from
        known = self._normal(path.path).branches.get(line, frozenset())
        led = jumps.get(line, ())
        exits = {end for end in known if end < 0 and end != -line}  # a comprehension's own stands for its line
        onward = {end for end in known if end > 0}.difference(self._handlers.get(path.path, ()))
        if not path.jumps_tell or len(onward) != 1 or not led:
            return "perhaps"
        if path.leaves_by == "return" and len(exits) == 1 and not exits.isdisjoint(led):
            return "yes"
        return "no" if onward.issuperset(led) else "perhaps"

    def ended(self, path: FailurePath, jumps: Jumps) -> Told:
        """Whether a loop that is left as soon as it worked came to its end; "perhaps" where a handler in it left it."""
        if path.loop is None:
            return "perhaps"
        first, last = path.loop
        known = {end for end in self._normal(path.path).branches.get(first, ()) if not first < end <= last}
        led = {end for end in jumps.get(first, ()) if not first < end <= last}
        if led:
            return "yes" if led == known and min(led) > 0 else "perhaps"
        after = range((path.body or (first, first))[1] + 1, last + 1)
        handlers = self._handlers.get(path.path, ())  # they are left where their type does not match, too
        left = any(not first <= end <= last for line in after if line not in handlers for end in jumps.get(line, ()))
        return "perhaps" if left else "no"

    def _odd(self, path: FailurePath, call: FallibleCall, jumps: Jumps) -> set[int]:
        """Where the lines of a call led to that they do not lead to when all is well; more than that in loops."""
        led = set(self._from(jumps, call))
        block = self._block(path.path, call)
        return led if block is not None and block not in led else led - self._expected(path.path, call)

    def _was_entered(self, path: str, call: FallibleCall, jumps: Jumps) -> bool:
        """Whether what a call gave was entered by a `with`, from whose line what fails within its block comes too."""
        block = self._block(path, call)
        return call.entered is not None and (block is None or block in self._from(jumps, call))

    def _block(self, path: str, call: FallibleCall) -> int | None:
        """Where the block of the `with` begins that enters what a call gives; None where it stands on its line."""
        following = self._next(path, call)
        is_within = call.entered is not None and following is not None and following <= call.entered[2]
        return following if is_within else None

    def _from(self, jumps: Jumps, call: FallibleCall) -> Iterator[int]:
        """Where the lines of a call led to, outside of it."""
        lines = range(call.line, min(call.end_line, call.line + _LONGEST) + 1)
        for line in lines:
            yield from (end for end in jumps.get(line, ()) if end not in lines)

    def _expected(self, path: str, call: FallibleCall) -> set[int]:
        normal = self._normal(path)
        known: set[int] = set()
        for line in range(call.line, min(call.end_line, call.line + _LONGEST) + 1):
            known |= normal.branches.get(line, frozenset())
        following = self._next(path, call)
        return known if known or following is None else {following}

    def _next(self, path: str, call: FallibleCall) -> int | None:
        """The statement that follows a call's lines."""
        statements = self._normal(path).statements
        return next(iter(statements[(at := bisect_right(statements, call.end_line)) : at + 1]), None)

    def _normally(self, path: str) -> _Normal:
        held = self._runs.file(path)
        return _Normal((), {}) if held is None else _Normal(tuple(sorted(held.statements)), held.branches)
