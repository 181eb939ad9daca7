"""Whether a test that made a failure path happen also checks what came of it; in words where it does not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from quality_gate.codebase.levels.doubting import Doubting
from quality_gate.codebase.levels.noticing import Noticing
from quality_gate.codebase.levels.oracles import Oracles
from quality_gate.codebase.levels.types import Types
from quality_gate.failure_paths import UNKNOWN, FailureKind, FailurePath
from quality_gate.runs import SeenFailure

_LEAVING: frozenset[FailureKind] = frozenset({"raise", "re-raise", "unwind"})
_HANDLED: frozenset[FailureKind] = frozenset({"handler", "handler call"})
_NOTHING = frozenset({"", "None", "return", "return None"})

_ENDS = frozenset({"StopIteration", "StopAsyncIteration"})

VALIDATED = ""
NO_CHECK = "no test that makes it happen checks anything afterwards"
_PERHAPS = "whether what its tests call afterwards checks anything cannot be told: name it under `oracles` if it does"
_UNTOLD = "it comes up to the test, within something that nothing tells whether it expects an exception"
_NOT_SAID = "which type of exception the tests that make it happen expect cannot be told"
_NOT_KNOWN = "what the tests that make it happen check is not known"
_BROAD = "the tests that make it happen take any exception: name its type in pytest.raises"
_OTHER_TYPE = "the tests that make it happen expect an exception of another type"
NO_TYPE = "which type of exception it is cannot be told, so neither whether the tests expect it"
_SWALLOWED = "it comes up to the test, which takes it without a check"

UNSURE = "lines do not tell what came of it in the tests that make it happen"

RANK = (
    VALIDATED,
    UNSURE,
    _PERHAPS,
    _UNTOLD,
    _NOT_SAID,
    NO_TYPE,
    _OTHER_TYPE,
    _BROAD,
    _SWALLOWED,
    NO_CHECK,
    _NOT_KNOWN,
)
"""Of several reasons the first is told: it says the least that is missing."""

UNTOLD = frozenset({_PERHAPS, _UNTOLD, _NOT_SAID})
"""Reasons that say that nobody knows."""


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


def may_be_noticed(path: FailurePath) -> bool:
    """Whether evidence can validate a path of which no more than *run* is demanded: a handler that catches everything,
    or only logs, where the test would have noticed that it had not taken what it took."""
    return path.kind in _HANDLED and path.handler is not None and not path.handler.raises_again


_KINDS: dict[FailureKind, str] = {
    "cleanup": "a cleanup",
    "deadline": "a deadline",
    "cancellation": "a cancellation",
    "retry exhaustion": "exhausted retries",
    "partial failure": "a partial failure",
}


class _Handles(NamedTuple):
    """What must not be all that is expected of a failure that is handled.

    Args:
        types: what is handled.
    """

    types: tuple[str, ...]


class _Expects(NamedTuple):
    """What has to be expected of a failure that leaves its function.

    Args:
        types: what is raised. perhaps: what is raised is only known to be at least that.
    """

    types: tuple[str, ...]
    perhaps: bool


class Validation:
    """Judges tests.

    Args:
        oracles: what tests check. types: compares exceptions. tests: those that count.
        noticing: whether tests would notice a handler that had not taken what it took.
        doubting: what lines cannot tell.
    """

    def __init__(
        self, oracles: Oracles, types: Types, tests: Collection[str], noticing: Noticing, doubting: Doubting
    ) -> None:
        self._oracles = oracles
        self._types = types
        self._tests = tests
        self._noticing = noticing
        self._doubting = doubting
        self._grouped = lru_cache(maxsize=None)(self._group)

    def of(
        self, path: FailurePath, seen: Mapping[str, Iterable[SeenFailure]], by_line: frozenset[str]
    ) -> Mapping[str, frozenset[str]]:
        """Tests that made a path happen, by why they do not validate it; `VALIDATED` where they do.

        Args:
            path: one of which evidence can say more than *run*, or a handler that tests may notice.
            seen: the exceptions as which it happened, by test.
            by_line: tests of which lines alone tell that they made it happen.
        """
        if only_proof(path):
            return self._noticed(path, seen, by_line)
        leaves = path.kind in _LEAVING or path.leaves_by in ("raise", "call")
        found: dict[str, set[str]] = defaultdict(set)
        for test, failures in seen.items():
            found[min((self._by_exception(one, leaves) for one in failures), key=RANK.index)].add(test)
        if by_line:
            expects: _Expects | _Handles = _Handles(path.types if path.handler is not None else ())
            if leaves:
                expects = _Expects(path.types, perhaps=path.kind != "raise")
            for why, tests in self._grouped(expects).items():
                found[why] |= tests & by_line
        if by_line and path.leaves_by != "return":
            found = self._doubted(found, by_line, path.types if leaves else None)
        return {why: frozenset(tests) for why, tests in found.items() if tests}

    def _doubted(
        self, found: Mapping[str, set[str]], by_line: frozenset[str], types: tuple[str, ...] | None
    ) -> dict[str, set[str]]:
        """The same, with tests as `UNSURE` of which lines do not tell so much.

        Args:
            types: of a failure that leaves its function.
        """
        known: dict[str, set[str]] = defaultdict(set)
        for why, tests in found.items():
            for test in tests:
                known[UNSURE if test in by_line and self._is_unsure(test, why, types) else why].add(test)
        return known

    def _is_unsure(self, test: str, why: str, types: tuple[str, ...] | None) -> bool:
        if why == VALIDATED and types is None:
            return not self._doubting.ends_with_a_check(test)
        if why == VALIDATED:
            is_expected = bool(self._oracles.narrow(self._oracles.expected(test)))
            is_checked = is_expected or self._doubting.ends_with_a_check(test)
            return not is_checked or self._doubting.is_taken_without_a_check(test, types or ())
        return why == _OTHER_TYPE or (why == _BROAD and self._oracles.checks(test))

    def telling(
        self, path: FailurePath, tests: Iterable[str], seen: Mapping[str, Iterable[SeenFailure]]
    ) -> frozenset[str]:
        """Tests whose failing with a mutant tells something of a path's outcome: they ask for one, of a handler after
        it took what it took. One that asks for nothing fails all the same where the changed code crashes by itself.

        Args:
            seen: as of `of`.
        """
        return frozenset(test for test in tests if self._tells(path, test, tuple(seen.get(test, ()))))

    def _tells(self, path: FailurePath, test: str, failures: Sequence[SeenFailure]) -> bool:
        if path.kind in _HANDLED and failures:
            return any(map(self._oracles.asks_after, failures))
        return not self._oracles.is_known(test) or self._oracles.asks(test)

    def _noticed(
        self, path: FailurePath, seen: Mapping[str, Iterable[SeenFailure]], by_line: frozenset[str]
    ) -> Mapping[str, frozenset[str]]:
        """The same of a handler of which only that it took something shows; lines alone do not tell what it took."""
        noticed = frozenset(
            test for test, failures in seen.items() if any(self._noticing.of(path, one) for one in failures)
        )
        told = {VALIDATED: noticed, NO_CHECK: by_line.union(seen) - noticed}
        return {why: tests for why, tests in told.items() if tests}

    def _by_exception(self, failure: SeenFailure, leaves: bool) -> str:
        if not leaves:  # let through, the failure itself must not be what the test expects
            return self._checked(failure, apart=True)
        takings = self._oracles.taken(failure)
        expecting = [taking for taking in takings if taking.kind != "except"]
        if any(self._oracles.takes(taking, failure) for taking in expecting):
            return VALIDATED
        if expecting:  # under another name, or it was turned into another exception on its way
            return VALIDATED if self._oracles.narrow(expecting) else _BROAD
        if failure.reached is not None and not failure.taken and self._is_expected_elsewhere(failure):
            return VALIDATED
        is_end = not takings and failure.exception in _ENDS  # the test's own loop has come to its end
        if failure.reached is None or not failure.taken or is_end:
            return self._checked(failure)
        if not takings and self._oracles.is_taken_unseen(failure):
            return _UNTOLD
        caught = any(self._oracles.takes(taking, failure) for taking in takings)
        return VALIDATED if caught and self._oracles.checked_after(failure) else _SWALLOWED

    def _checked(self, failure: SeenFailure, *, apart: bool = False) -> str:
        if self._oracles.checked_after(failure, apart=apart):
            return VALIDATED
        return _PERHAPS if self._oracles.perhaps_after(failure) else NO_CHECK

    def _is_expected_elsewhere(self, failure: SeenFailure) -> bool:
        """Whether a failure that went on out of test code, e.g. of an app that a client runs elsewhere, is one that
        the test expects somewhere."""
        expected = self._oracles.narrow(self._oracles.expected(failure.test))
        return any(self._oracles.takes(taking, failure) for taking in expected)

    def _group(self, expects: _Expects | _Handles) -> Mapping[str, frozenset[str]]:
        """All tests by why lines alone do not say that they validate a path of this sort."""
        found: dict[str, set[str]] = defaultdict(set)
        for test in self._tests:
            found[self._by_lines(test, expects)].add(test)
        return {why: frozenset(tests) for why, tests in found.items()}

    def _by_lines(self, test: str, expects: _Expects | _Handles) -> str:
        """The static definition: a test with an oracle, and either an expected exception of its type or none at all."""
        if not self._oracles.is_known(test):
            return _NOT_KNOWN
        expected = self._oracles.expected(test)
        narrow = self._oracles.narrow(expected)
        if isinstance(expects, _Handles):
            apart = any(not self._types.would_catch(one.types, expects.types, perhaps=False) for one in narrow)
            return VALIDATED if apart or self._oracles.checks_itself(test) else self._unchecked(test)
        if not expected:
            return VALIDATED if self._oracles.checks(test) else self._unchecked(test)
        if any(self._types.would_catch(one.types, expects.types, perhaps=expects.perhaps) for one in narrow):
            return VALIDATED
        if not narrow:
            return _NOT_SAID if any(UNKNOWN in one.types for one in expected) else _BROAD
        return _OTHER_TYPE if any(name != UNKNOWN for name in expects.types) else NO_TYPE

    def _unchecked(self, test: str) -> str:
        return _PERHAPS if self._oracles.perhaps_in(test) else NO_CHECK
