"""Whether a test would notice that a handler had not taken what it took: for handlers of which nothing else shows.

Handlers that only log, that go on, or that catch everything have no outcome of their own that a check must have read.
What shows of them is that the failure ended there: let through, it comes up to the test, unless something on its way
takes it too (decision 0017).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

from quality_gate.codebase.failures.calls import ELSEWHERE, Functions
from quality_gate.codebase.failures.sites import NOWHERE, CallSite, FunctionSites, Guard, HandlerSite
from quality_gate.codebase.graph import Codebase, Confidence
from quality_gate.codebase.levels.oracles import Oracles
from quality_gate.codebase.levels.ran import Ran
from quality_gate.codebase.levels.types import Types
from quality_gate.failure_paths import UNKNOWN, FailurePath
from quality_gate.runs import SeenFailure

_MOST_CALLERS = 500
"""Functions on the way to a test that are looked at; where there are more, nobody knows."""

_SLIPS = (
    "builtins.AttributeError",
    "builtins.TypeError",
    "builtins.NameError",
    "builtins.AssertionError",
    "builtins.StopIteration",
    "builtins.StopAsyncIteration",
    "builtins.RecursionError",
)
"""What a mistake in a test raises as often as what it means to make happen: a stand-in without the attribute, or one
that has no more answers. `except Exception` takes it as well, and the test passes for another reason."""


_COMES_BACK = frozenset({"to_thread", "run_in_executor", "run_sync", "run_in_threadpool"})
"""Who waits for these hears what fails in the function that they are given."""


class Noticing:
    """Looks at what stands between a handler and the tests.

    Args:
        codebase: who calls whom. functions: what stands around each call. ran: what tests ran.
        types: compares exceptions. oracles: what tests check and take.
    """

    def __init__(self, codebase: Codebase, functions: Functions, ran: Ran, types: Types, oracles: Oracles) -> None:
        self._codebase = codebase
        self._functions = functions
        self._ran = ran
        self._types = types
        self._oracles = oracles
        self._callers = lru_cache(maxsize=None)(lambda name: tuple(self._calls_of(name)))

    def of(self, path: FailurePath, failure: SeenFailure) -> bool:
        """Whether the test would have noticed, and checked something afterwards too.

        Args:
            path: a handler, or a call whose failure one takes. failure: what it took.
        """
        handler = path.handler
        if handler is None or (handler.broad and self._types.is_among(failure, _SLIPS)):
            return False
        if not (self._oracles.would_hear_of(failure) and self._oracles.checked_after(failure)):
            return False
        return not self._is_taken_on_its_way(path, failure)

    def _is_taken_on_its_way(self, path: FailurePath, failure: SeenFailure) -> bool:
        """Whether something else of the project takes it: around the handler, or around a call on the way to it."""
        module = self._codebase.definitions_in(path.path)[0].name
        name = f"{module}.{path.function}"
        own = [sites for sites, _ in self._functions.of(name)]
        if any(self._takes(sites.guards, place, failure) for sites in own for place in _around(sites, path)):
            return True
        seen, waiting = {name}, [name]
        while waiting:
            for caller, sites, site, is_elsewhere in self._callers(waiting.pop()):
                if failure.test not in self._ran.on_any(sites.path, range(site.line, site.end_line + 1)):
                    continue
                if is_elsewhere or self._takes(sites.guards, site.guard, failure):
                    return True
                if caller not in seen:
                    seen.add(caller)
                    waiting.append(caller)
            if len(seen) > _MOST_CALLERS:
                return True
        return False

    def _calls_of(self, name: str) -> Iterator[tuple[str, FunctionSites, CallSite, bool]]:
        """The calls in the project that lead to a function; each with whether it runs at another time or place, where
        a failure comes up to nobody."""
        definition = self._codebase.definitions.get(name)
        for edge in self._codebase.calls_to(name):
            if edge.confidence is Confidence.POSSIBLE:
                continue
            for sites, _ in self._functions.of(edge.caller):
                for site in sites.calls:
                    if (site.line, site.column) == (edge.line, edge.column):
                        is_left_alone = definition is not None and definition.is_async and not site.awaited
                        is_given_away = edge.rung in ELSEWHERE and not (site.awaited and site.last in _COMES_BACK)
                        yield edge.caller, sites, site, is_left_alone or is_given_away

    def _takes(self, guards: tuple[Guard, ...], place: int, failure: SeenFailure) -> bool:
        while place != NOWHERE:
            guard = guards[place]
            if guard.swallows or any(self._is_taken_by(handler, failure) for handler in guard.handlers):
                return True
            place = guard.parent
        return False

    def _is_taken_by(self, handler: HandlerSite, failure: SeenFailure) -> bool:
        if handler.lets_pass:
            return False
        return UNKNOWN in handler.caught or self._types.is_among(failure, handler.caught)


def _around(sites: FunctionSites, path: FailurePath) -> Iterable[int]:
    """Guards around the `try` that a handler belongs to, by place."""
    line = path.handler.line if path.handler is not None else 0
    return [guard.parent for guard in sites.guards if any(handler.line == line for handler in guard.handlers)]
