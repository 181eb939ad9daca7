"""Summaries: which exceptions can leave each function, bottom-up over the calls.

Nothing is computed before somebody asks for a function, and then only for those that it calls. Functions that call each
other in a circle are solved together.
"""

from __future__ import annotations

from collections.abc import Container
from typing import NamedTuple

from quality_gate.codebase.failures.calls import Functions, Reached
from quality_gate.codebase.failures.circles import circles
from quality_gate.codebase.failures.lineage import Lineage
from quality_gate.codebase.failures.sites import NOWHERE, FunctionSites, Guard, HandlerSite
from quality_gate.failure_paths import UNKNOWN, Failure

Failures = frozenset[Failure]
NOTHING: Failures = frozenset()


class Passage(NamedTuple):
    """What becomes of a failure on its way out of a function.

    Args:
        caught: by handler, from the inside out.
        cleaned: places of the cleanups that it passes.
        uncaught: what no handler of the function catches.
        leaving: that, and what handlers let pass on.
    """

    caught: tuple[tuple[HandlerSite, Failures], ...]
    cleaned: tuple[int, ...]
    uncaught: Failures
    leaving: Failures


class Passages:
    """Answers for one function; equal questions are answered once, because a body can hold thousands of equal calls.

    Args:
        guards: the function's. lineage: which handler catches what.
        declared: dependencies of the project's own, whose exceptions are told one by one.
    """

    def __init__(self, guards: tuple[Guard, ...], lineage: Lineage, declared: Container[str]) -> None:
        self._guards = guards
        self._lineage = lineage
        self._declared = declared
        self._known: dict[tuple[int, Failures], Passage] = {}

    def of(self, guard: int, failures: Failures) -> Passage:
        """What becomes of failures that begin within a guard."""
        key = (guard, failures)
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._way_out(guard, failures)
        return found

    def _way_out(self, place: int, failures: Failures) -> Passage:
        caught: list[tuple[HandlerSite, Failures]] = []
        cleaned: list[int] = []
        uncaught, passing = failures, NOTHING
        while place != NOWHERE and (uncaught or passing):
            guard = self._guards[place]
            by, uncaught, passed = self._through(guard, uncaught)
            caught += by
            _, rest, again = self._through(guard, passing)
            passing = passed | rest | again
            if guard.cleanup != NOWHERE and (uncaught or passing):
                cleaned.append(guard.cleanup)
            if guard.swallows:
                uncaught = passing = NOTHING
            place = guard.parent
        return Passage(tuple(caught), tuple(cleaned), uncaught, uncaught | passing)

    def _through(
        self, guard: Guard, failures: Failures
    ) -> tuple[list[tuple[HandlerSite, Failures]], Failures, Failures]:
        """What each handler catches, what is left, and what handlers let pass on."""
        found: list[tuple[HandlerSite, Failures]] = []
        rest, passed = set(failures), set[Failure]()
        for handler in guard.handlers:
            if not rest:
                break
            verdicts = {one: self._verdict(handler, one) for one in rest}
            held = frozenset(one for one, verdict in verdicts.items() if verdict in ("all", "some"))
            if held:
                found.append((handler, held))
            gone = {one for one, verdict in verdicts.items() if verdict in ("all", "perhaps")}
            gone |= self._of_one_kind(held, rest)
            rest -= gone
            # Where nobody knows what a handler catches, its failure may go on: callers have to reckon with it.
            passed |= {one for one in gone if handler.lets_pass or verdicts[one] == "perhaps"}
        return found, frozenset(rest), frozenset(passed)

    def _of_one_kind(self, held: Failures, rest: set[Failure]) -> set[Failure]:
        """What goes with what a handler catches: the catalogue tells the exceptions of a library and not which of them
        one call raises, so whoever catches one that says "unavailable" has answered for that."""
        kinds = {
            (one.dependency, one.family) for one in held if one.dependency and one.dependency not in self._declared
        }
        return {one for one in rest if (one.dependency, one.family) in kinds}

    def _verdict(self, handler: HandlerSite, failure: Failure) -> str:
        verdicts = [self._lineage.catches(caught, failure.type) for caught in handler.caught]
        return next((one for one in ("all", "some", "perhaps") if one in verdicts), "none")


class Escapes:
    """What can leave functions.

    Args:
        functions: their sites and calls. lineage, declared: as of `Passages`.
    """

    def __init__(self, functions: Functions, lineage: Lineage, declared: Container[str]) -> None:
        self._functions = functions
        self._lineage = lineage
        self._declared = declared
        self._known: dict[str, Failures] = {}
        self._passages: dict[FunctionSites, Passages] = {}

    def of(self, name: str) -> Failures:
        """What can leave a function, by its name in the codebase."""
        if name not in self._known:
            for circle, is_one in circles(name, self._callees, self._known):
                self._solve(circle, again=is_one)
        return self._known[name]

    def of_call(self, reached: Reached) -> Failures:
        """How a call can fail: as a dependency, and as what escapes from the functions that it ends in."""
        found = reached.own
        for callee in reached.callees:
            found |= self.of(callee)
        return self._declared_first(reached, found)

    def begin(self, reached: Reached, failures: Failures) -> Failures:
        """Of the failures of a dependency those that no function of the project shows which is called there: none of
        them raises the like, or lets one of another dependency through that means the same. That its parts call each
        other shows nothing."""
        own = failures & reached.own
        names = {one.dependency for one in own}
        shown = [one for callee in reached.callees for one in self.of(callee) if one.dependency not in names]
        families = {one.family for one in shown if one.family}
        return frozenset(
            one
            for one in own
            if one.family not in families and not any(self._is_like(one.type, other.type) for other in shown)
        )

    def _is_like(self, declared: str, raised: str) -> bool:
        """Whether one may be the other."""
        told = self._lineage.catches(declared, raised), self._lineage.catches(raised, declared)
        return raised == UNKNOWN or told != ("none", "none")

    def passages(self, function: FunctionSites) -> Passages:
        """The ways out of a function."""
        found = self._passages.get(function)
        if found is None:
            found = self._passages[function] = Passages(function.guards, self._lineage, self._declared)
        return found

    def _declared_first(self, reached: Reached, found: Failures) -> Failures:
        """What is declared of a dependency of the project's own says what its exceptions mean."""
        own = reached.own
        if not own or not reached.callees:
            return found
        meant = [one for one in found - own if any(self._lineage.catches(said.type, one.type) == "all" for said in own)]
        return found - frozenset(meant)

    def _callees(self, name: str) -> list[str]:
        return [callee for _, calls in self._functions.of(name) for reached in calls for callee in reached.callees]

    def _solve(self, circle: list[str], *, again: bool) -> None:
        for name in circle:
            self._known[name] = NOTHING
        changed = True
        while changed:
            changed = False
            for name in circle:
                found = self._leaving(name)
                changed = changed or (again and found != self._known[name])
                self._known[name] = found

    def _leaving(self, name: str) -> Failures:
        found: set[Failure] = set()
        for function, calls in self._functions.of(name):
            passages = self.passages(function)
            for site in function.raises:
                found |= passages.of(site.guard, frozenset(map(Failure, site.types))).leaving
            for reached in calls:
                if reached.site.never is None:
                    failures = self.of_call(reached)
                    if failures:
                        found |= passages.of(reached.site.guard, failures).leaving
        return frozenset(found)
