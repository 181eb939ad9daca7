"""Whether a test checks anything: at all, and after something failed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property, lru_cache

from quality_gate.codebase.levels.checks import Around, ReadChecks, Taking
from quality_gate.codebase.levels.elsewhere import Elsewhere, lines_of, near
from quality_gate.codebase.levels.types import Types
from quality_gate.failure_paths import UNKNOWN
from quality_gate.runs import LineOfTests, Runs, SeenFailure

_CHECK_AT_END = frozenset({"respx_mock", "httpx_mock"})
"""Fixtures of libraries that see at their end that every prepared answer was asked for."""

_MOST_FIXTURES = 200


class Oracles:
    """Answers for tests.

    Args:
        read: what a file of test code checks.
        runs: which lines of test code ran.
        types: compares exceptions.
        elsewhere: knows what stands behind names that one file does not tell.
    """

    def __init__(self, read: ReadChecks, runs: Runs, types: Types, elsewhere: Elsewhere) -> None:
        self._read = read
        self._elsewhere = elsewhere
        self._runs = runs
        self._types = types
        self._lines = lru_cache(maxsize=None)(self._lines_of)
        self._perhaps = lru_cache(maxsize=None)(elsewhere.perhaps)
        self._takings = lru_cache(maxsize=None)(self._takings_of)
        self._functions = lru_cache(maxsize=None)(self._functions_of)
        self.checks_at_end = lru_cache(maxsize=None)(self._checks_at_end)
        self.checks = lru_cache(maxsize=None)(self._checks)
        self.expected = lru_cache(maxsize=None)(self._expected)
        self.is_known = lru_cache(maxsize=None)(lambda test: bool(runs.ran_in(test)))

    # -- a test as a whole

    def _checks(self, test: str) -> bool:
        """Whether a test ran anything that checks something, in whatever order; expected exceptions count where they
        tell something."""
        return self.checks_itself(test) or bool(self.narrow(self.expected(test)))

    def checks_itself(self, test: str) -> bool:
        """The same, expected exceptions aside."""
        return self._is_any_check(self._runs.ran_in(test)) or self.checks_at_end(test)

    def asks(self, test: str) -> bool:
        """Whether a test ran anything that asks for an outcome, an expected exception of whatever type included."""
        ran = self._runs.ran_in(test)
        return self._checks(test) or any(self._takings(line.path).get(line.line) for line in ran)

    def _expected(self, test: str) -> tuple[Taking, ...]:
        """The exceptions that a test expected, in whatever order."""
        found: dict[Taking, None] = {}
        for line in self._runs.ran_in(test):
            for taking in self._takings(line.path).get(line.line, ()):
                if taking.kind != "except" and taking.head.holds(line.line):
                    found[taking] = None
        return tuple(found)

    def narrow(self, takings: Iterable[Taking]) -> tuple[Taking, ...]:
        """Those that expect something that tells more than that anything failed."""
        return tuple(taking for taking in takings if self._types.narrow(taking.types))

    # -- after a failure

    def checked_after(self, failure: SeenFailure, *, apart: bool = False) -> bool:
        """Whether something was checked after a failure that did not come up to the test, or went on from there.

        Args:
            apart: an exception that the test expects counts only where it is not the failure itself that it would take.
        """
        if self._is_any_check(failure.after) or self.checks_at_end(failure.test):
            return True
        if self._is_any_check(_ended_after(failure)):
            return True
        if not failure.called_from and not failure.older_thread:  # in a thread of the test's, of which it waits to hear
            expected: Iterable[Taking] = self.expected(failure.test)
        else:
            around = (taking for line in failure.called_from for taking in self._around(line))
            expected = (taking for taking in around if taking.kind != "except")
        return any(not (apart and self.takes(taking, failure)) for taking in self.narrow(expected))

    def asks_after(self, failure: SeenFailure) -> bool:
        """The same, an expected exception of whatever type included."""
        return self.checked_after(failure) or any(next(self._around(line), None) for line in failure.called_from)

    def would_hear_of(self, failure: SeenFailure) -> bool:
        """Whether a failure, had nothing taken it, came up to the test and failed it: the test waits for what failed,
        and takes no such exception itself."""
        around = (taking for line in failure.called_from for taking in self._around(line))
        return bool(failure.called_from) and not any(
            UNKNOWN in taking.types or self._types.is_among(failure, taking.types) for taking in around
        )

    def taken(self, failure: SeenFailure) -> tuple[Taking, ...]:
        """What in test code may have taken a failure: all that stands around the line that it came up to, or a call of
        `pytest.raises` that was under way, which takes it in code that is not the test's."""
        if failure.reached is not None and failure.taken:
            return tuple(self._around(failure.reached))
        return tuple(taking for line in failure.called_from for taking in self._around(line) if taking.kind == "call")

    def takes(self, taking: Taking, failure: SeenFailure) -> bool:
        """Whether it expects this exception by a type that tells something; one that nothing tells did take it."""
        if taking.kind != "except" and UNKNOWN in taking.types:
            return True
        return self._types.is_among(failure, self._types.narrow(taking.types))

    def perhaps(self, lines: Iterable[LineOfTests]) -> bool:
        """Whether one of some lines calls what by its name may check something, and nothing tells whether it does."""
        return any(line.path and line.line in self._perhaps(line.path) for line in lines)

    def perhaps_after(self, failure: SeenFailure) -> bool:
        """The same of the lines that ended after a failure."""
        return self.perhaps((*failure.after, *_ended_after(failure)))

    def perhaps_in(self, test: str) -> bool:
        """The same of all that a test ran."""
        return self.perhaps(self._runs.ran_in(test))

    def is_taken_unseen(self, failure: SeenFailure) -> bool:
        """Whether something was entered around the line that a failure came up to of which nothing tells whether it
        takes exceptions."""
        return failure.reached is not None and self._elsewhere.is_untold(failure.reached)

    def _is_any_check(self, lines: Iterable[LineOfTests]) -> bool:
        return any(line.line in self._lines(line.path) for line in lines)

    def _around(self, line: LineOfTests) -> Iterator[Taking]:
        for taking in self._takings(line.path).get(line.line, ()):
            if taking.body.holds(line.line):
                yield taking

    # -- files

    def _lines_of(self, path: str) -> frozenset[int]:
        """Lines of a file that check something."""
        if not path:
            return frozenset()
        return lines_of(self._read(path).checks) | self._elsewhere.certain(path)

    def _takings_of(self, path: str) -> Mapping[int, list[Taking]]:
        """What expects exceptions, by each line of its head and its body."""
        found: dict[int, list[Taking]] = {}
        for taking in (*self._read(path).takings, *self._elsewhere.takings(path)) if path else ():
            for line in {
                *range(taking.head.first, taking.head.last + 1),
                *range(taking.body.first, taking.body.last + 1),
            }:
                found.setdefault(line, []).append(taking)
        return found

    def _functions_of(self, path: str) -> Mapping[str, Around]:
        return {one.name: one for one in self._read(path).functions}

    # -- fixtures

    def _checks_at_end(self, test: str) -> bool:
        """Whether a fixture of a test, or a tear-down of its class, checks something when the test is over."""
        path, _, rest = test.partition("::")
        name = rest.partition("[")[0].replace("::", ".")
        functions = self._functions(path)
        owner = name.rpartition(".")[0]
        if any(
            one.always and one.checks_at_end and not one.fixture and one.name.rpartition(".")[0] == owner
            for one in functions.values()
        ):
            return True
        known = functions.get(name)
        if known is not None and known.checks_at_end:
            return True
        waiting = [*(known.asks if known is not None else ()), *self._always(path)]
        seen: set[str] = set()
        while waiting and len(seen) < _MOST_FIXTURES:
            wanted = waiting.pop()
            if wanted in seen:
                continue
            seen.add(wanted)
            fixture = self._fixture(wanted, path)
            if fixture is None and wanted in _CHECK_AT_END:
                return True
            if fixture is not None and fixture.checks_at_end:
                return True
            waiting += fixture.asks if fixture is not None else ()
        return False

    def _fixture(self, name: str, path: str) -> Around | None:
        """The nearest fixture of a name: in the file itself, else in a `conftest.py` above it."""
        return next((held[name] for place in near(path) if name in (held := self._fixtures(place))), None)

    def _always(self, path: str) -> list[str]:
        return [one.fixture for place in near(path) for one in self._fixtures(place).values() if one.always]

    def _fixtures(self, path: str) -> Mapping[str, Around]:
        found = self._by_fixture.get(path)
        if found is None:
            held = self._functions(path).values()
            found = self._by_fixture[path] = {one.fixture: one for one in held if one.fixture}
        return found

    @cached_property
    def _by_fixture(self) -> dict[str, Mapping[str, Around]]:
        return {}


def _ended_after(failure: SeenFailure) -> tuple[LineOfTests, ...]:
    """Of the lines that were running those whose statements went on: an exception leaves all that it comes through."""
    callers = failure.called_from
    if failure.reached is None:
        return callers
    return callers[callers.index(failure.reached) + 1 :] if failure.reached in callers else ()
