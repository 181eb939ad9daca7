"""Whether an exception as a source names it is one that a test run saw: names differ, and mean the same class."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import lru_cache

from quality_gate.codebase.failures.lineage import Lineage
from quality_gate.failure_paths import UNKNOWN
from quality_gate.runs import SeenFailure

_ANY = frozenset({"builtins.Exception", "builtins.BaseException"})
_OLD = {"IOError": "OSError", "EnvironmentError": "OSError"}


class Types:
    """Compares names of sources with names of a run.

    A run has them as classes have them: `httpx._exceptions.ConnectError`, `ValueError`, `test_pay.test_x.<locals>.Bad`.
    A source has them as it imports them: `httpx.ConnectError`, `builtins.ValueError`, `tests.test_pay.test_x.Bad`.

    Args:
        lineage: knows the classes of the project and of the catalogue.
    """

    def __init__(self, lineage: Lineage) -> None:
        self._lineage = lineage
        self._same = lru_cache(maxsize=None)(_same)
        self._meanings = lru_cache(maxsize=None)(self._meaning)

    def is_one(self, failure: SeenFailure, named: str) -> bool:
        """Whether what was seen is of a type that a source names, or of one below it."""
        return any(
            self._same(meaning, seen)
            for meaning in self._meanings(named)
            for seen in (failure.exception, *failure.bases)
        )

    def is_among(self, failure: SeenFailure, named: Iterable[str]) -> bool:
        """Whether it is of one of several types."""
        return any(self.is_one(failure, name) for name in named)

    def is_related(self, failure: SeenFailure, named: Iterable[str]) -> bool:
        """Whether what was seen is of one of these types, below one, or what one of them is below of."""
        for name in named:
            above = (one for meaning in self._meanings(name) for one in self._lineage.lineage(meaning) - _ANY)
            if self.is_one(failure, name) or any(self._same(one, failure.exception) for one in above):
                return True
        return False

    def is_of_same_library(self, failure: SeenFailure, named: Iterable[str]) -> bool:
        """Whether the library that has one of these types has it too."""
        root = failure.exception.partition(".")[0] if "." in failure.exception else "builtins"
        return any(meaning.partition(".")[0] == root for name in named for meaning in self._meanings(name))

    def is_narrow(self, named: str) -> bool:
        """Whether it is a type that tells something: not `Exception`, and known."""
        return named != UNKNOWN and _ANY.isdisjoint(self._meanings(named))

    def narrow(self, named: Collection[str]) -> tuple[str, ...]:
        """Those that tell something."""
        return tuple(name for name in named if self.is_narrow(name))

    def would_catch(self, expected: Iterable[str], raised: Iterable[str], *, perhaps: bool) -> bool:
        """Whether one of the types that tell something is what may be raised, or is above it.

        Args:
            perhaps: one that is below it counts too: what is raised is only known to be at least that.
        """
        enough = ("all", "some") if perhaps else ("all",)
        wanted = [name for name in expected if self.is_narrow(name)]
        known = [name for name in raised if name != UNKNOWN]
        return any(
            self._lineage.catches(one, other) in enough or self._mean_one(one, other)
            for one in wanted
            for other in known
        )

    def _mean_one(self, one: str, other: str) -> bool:
        """Whether two names of sources mean one class of a library that shows it in two places."""
        return any(self._same(first, second) for first in self._meanings(one) for second in self._meanings(other))

    def _meaning(self, named: str) -> tuple[str, ...]:
        return self._lineage.meanings(named) or (named,)


def _same(named: str, seen: str) -> bool:
    """Whether a name in a source and one of a run mean one class."""
    module, _, last = named.rpartition(".")
    seen_module, _, seen_last = seen.replace(".<locals>", "").rpartition(".")
    if last != seen_last and not (module == "builtins" and _OLD.get(last) == seen_last):
        return False
    if module == "builtins" or not seen_module:
        return not seen_module and module in ("builtins", "")
    return (
        module.partition(".")[0] == seen_module.partition(".")[0]
        or f".{module}".endswith(f".{seen_module}")
        or f".{seen_module}".endswith(f".{module}")
        or _is_inner(seen_module)
    )


def _is_inner(module: str) -> bool:
    """Whether a module is a library's inner part, which others show under their own name: `pydantic_core._core`."""
    return any(part.startswith("_") for part in module.split("."))
