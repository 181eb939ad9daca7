"""How far tests show a failure path: the levels of failure-paths.md, 2.2, and what a critical path demands of them.

The noun that practices, `prove`, `explain` and reports share; how levels are found stands in `codebase/levels`.
"""

from __future__ import annotations

from typing import NamedTuple, Protocol

import msgspec

from quality_gate.failure_paths import FailureKind, FailurePath
from quality_gate.model import Level as Level

LEVELS: tuple[Level, ...] = ("not run", "unknown", "run", "validated", "proven")
"""Worst first."""

_VALIDATED: frozenset[FailureKind] = frozenset({"raise", "re-raise", "handler", "handler call"})
"""Kinds of which a critical path demands more than that a test makes them happen (failure-paths.md, 2.3)."""


class Proof(msgspec.Struct, frozen=True, kw_only=True):
    """What mutants of a failure path told, while neither the function nor its tests have changed since.

    Args:
        killed_by: ids of tests that failed with a mutant, sorted; empty where one survived.
        survived: the mutant that no test noticed, as a unified diff; empty where none did.
        tests: ids of the tests that were run with it.
    """

    killed_by: tuple[str, ...] = ()
    survived: str = ""
    tests: tuple[str, ...] = ()


class Proofs(Protocol):
    """What `prove` has found."""

    def of(self, path: FailurePath) -> Proof | None:
        """What mutants of a path told; None where it was not proven, or what it stood on has changed since."""


class SeenType(msgspec.Struct, frozen=True, kw_only=True):
    """An exception that tests made happen at a failure path.

    Args:
        name: dotted.
        level: how far these tests show the path. tests: their ids, those at that level, sorted.
    """

    name: str
    level: Level = "run"
    tests: tuple[str, ...] = ()


class ShownPath(msgspec.Struct, frozen=True, kw_only=True):
    """A failure path, and how far the tests show it.

    Args:
        path: the failure path.
        level: the best over all passing tests that count.
        tests: ids of the tests that show it at that level, sorted; empty for `not run` and `unknown`.
        running: ids of the passing tests that ran the function which the path is in, sorted.
        why: why it is no more, as a clause: what is missing of *validated*, why the evidence cannot tell, which mutant
            survived. Empty where nothing more can be had.
        only_proof: no more is demanded of it than *run*, as a check that follows need not have read anything of it;
            `prove` tells.
        stale: the evidence of its function does not hold any more, or there is none; then the level is *unknown*.
        seen: exceptions that tests were seen to make happen here, by name; empty where that is not recorded.
        in_part: why tests may show it further, as `Runs.in_part` has it.
    """

    path: FailurePath
    level: Level
    tests: tuple[str, ...] = ()
    running: tuple[str, ...] = ()
    why: str = ""
    only_proof: bool = False
    stale: bool = False
    seen: tuple[SeenType, ...] = ()
    in_part: str = ""

    @property
    def types(self) -> tuple[str, ...]:
        """Names of the exceptions that tests were seen to make happen here, sorted."""
        return tuple(one.name for one in self.seen)

    @property
    def demanded(self) -> Level:
        """The level at which it counts towards `failure = n`."""
        return "validated" if self.path.kind in _VALIDATED and not self.only_proof else "run"

    @property
    def is_kept(self) -> bool:
        """Whether it is shown as far as is demanded."""
        return LEVELS.index(self.level) >= LEVELS.index(self.demanded)


class NearTest(NamedTuple):
    """A test that another one would be written after.

    Args:
        test: its id.
        is_happy: nothing is known to have failed in the function there.
    """

    test: str
    is_happy: bool


class ShownPaths(msgspec.Struct, frozen=True, kw_only=True):
    """The failure paths of a critical path.

    Args:
        shown: those that count (`failure_paths.counted`), and waived ones, member by member in source order.
        only_in_rows: those that count in rows of dependencies alone (`failure_paths.only_in_rows`).
        never: class U: listed, never counted.
        problems: why some of it could not be looked at, a clause each: a file that cannot be read, a run that crashed.
    """

    shown: tuple[ShownPath, ...] = ()
    only_in_rows: tuple[ShownPath, ...] = ()
    never: tuple[FailurePath, ...] = ()
    problems: tuple[str, ...] = ()
