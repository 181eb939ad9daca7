"""Whether a test that made a failure path happen also checks what came of it; in words where it does not."""

from __future__ import annotations

from collections.abc import Sequence

from quality_gate.codebase.levels.oracles import Oracles
from quality_gate.codebase.levels.types import Types
from quality_gate.failure_paths import UNKNOWN, FailureKind, FailurePath
from quality_gate.runs import SeenFailure

_LEAVING: frozenset[FailureKind] = frozenset({"raise", "re-raise", "unwind"})
_HANDLED: frozenset[FailureKind] = frozenset({"handler", "handler call"})
_NOTHING = frozenset({"", "None", "return", "return None"})

VALIDATED = ""
NO_CHECK = "no test that makes it happen checks anything afterwards"
_NOT_KNOWN = "what the tests that make it happen check is not known"
_BROAD = "the tests that make it happen take any exception: name its type in pytest.raises"
_OTHER_TYPE = "the tests that make it happen expect an exception of another type"
_NO_TYPE = "which type of exception it is cannot be told, so neither whether the tests expect it"
_SWALLOWED = "it comes up to the test, which takes it without a check"

RANK = (VALIDATED, _NO_TYPE, _OTHER_TYPE, _BROAD, _SWALLOWED, NO_CHECK, _NOT_KNOWN)
"""Of several reasons the first is told: it says the least that is missing."""


def only_proof(path: FailurePath) -> str:
    """Why evidence can say no more of a path than that it was run, as a clause; empty where it can.

    Section 2.2 of the definition: broad, log-only and cleanup-then-re-raise handlers; guards that return None, cleanup,
    deadlines, cancellation, exhausted retries and partial failures.
    """
    handler = path.handler
    if path.kind in _HANDLED and handler is not None and not handler.is_narrow:
        if handler.broad:
            return "its handler catches everything, so a check may pass for another reason: only proof tells more"
        does = "only logs" if handler.log_only else "lets go of something and re-raises"
        return f"its handler {does}, of which nothing shows: only proof tells more"
    if path.kind in _LEAVING or path.kind in _HANDLED:
        return ""
    if path.kind == "validation" and path.leaves_by != "return":
        return ""
    if path.kind in ("validation", "error return"):
        return "it returns nothing that a test could read: only proof tells more" if path.value in _NOTHING else ""
    return f"of {_KINDS.get(path.kind, path.kind)} only proof tells more"


_KINDS: dict[FailureKind, str] = {
    "cleanup": "a cleanup",
    "deadline": "a deadline",
    "cancellation": "a cancellation",
    "retry exhaustion": "exhausted retries",
    "partial failure": "a partial failure",
}


class Validation:
    """Judges tests.

    Args:
        oracles: what tests check. types: compares exceptions.
    """

    def __init__(self, oracles: Oracles, types: Types) -> None:
        self._oracles = oracles
        self._types = types

    def why_not(self, path: FailurePath, test: str, failures: Sequence[SeenFailure]) -> str:
        """Why a test that made a path happen does not validate it, `VALIDATED` where it does.

        Args:
            path: one of which evidence can say more than *run*.
            failures: the exceptions as which it happened; empty where lines alone tell it.
        """
        leaves = path.kind in _LEAVING or path.leaves_by in ("raise", "call")
        reasons = {self._by_exception(failure, leaves) for failure in failures} or {self._by_lines(path, test, leaves)}
        return min(reasons, key=RANK.index)

    def _by_exception(self, failure: SeenFailure, leaves: bool) -> str:
        if not leaves:
            return VALIDATED if self._oracles.checked_after(failure) else NO_CHECK
        takings = self._oracles.taken(failure)
        expecting = [taking for taking in takings if taking.kind != "except"]
        if any(self._oracles.takes(taking, failure) for taking in expecting):
            return VALIDATED
        if expecting:  # under another name, or it was turned into another exception on its way
            return VALIDATED if self._oracles.narrow(expecting) else _BROAD
        if failure.reached is None or not failure.taken:
            return VALIDATED if self._oracles.checked_after(failure) else NO_CHECK
        caught = any(self._oracles.takes(taking, failure) for taking in takings)
        return VALIDATED if caught and self._oracles.checked_after(failure) else _SWALLOWED

    def _by_lines(self, path: FailurePath, test: str, leaves: bool) -> str:
        """The static definition: a test with an oracle, and either an expected exception of its type or none at all."""
        if not self._oracles.is_known(test):
            return _NOT_KNOWN
        expected = self._oracles.expected(test) if leaves else ()
        if not expected:
            return VALIDATED if self._oracles.checks(test) else NO_CHECK
        narrow = self._oracles.narrow(expected)
        raised = path.types or tuple(failure.type for failure in path.failures)
        perhaps = path.kind != "raise"
        if any(self._types.would_catch(taking.types, raised, perhaps=perhaps) for taking in narrow):
            return VALIDATED
        if not narrow:
            return _BROAD
        return _OTHER_TYPE if any(name != UNKNOWN for name in raised) else _NO_TYPE
