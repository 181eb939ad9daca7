"""What the parts of a suggestion hand each other."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import msgspec

from quality_gate.codebase.failures.listing import FailurePaths
from quality_gate.codebase.graph import Codebase
from quality_gate.codebase.levels.levels import Levels
from quality_gate.codebase.suggesting.sources import FUNCTIONS, Function, Source
from quality_gate.failure_paths import FailurePath, Family
from quality_gate.runs import Runs


@dataclass(frozen=True)
class Known:
    """What a suggestion stands on.

    Args:
        codebase: the linked project. runs: the evidence.
        listing: the failure paths of functions, and what becomes of failures on their way.
        source: a file by its path; None where it cannot be read.
        tests: paths of the test files.
        levels: which tests make what happen.
    """

    codebase: Codebase
    runs: Runs
    listing: FailurePaths
    source: Callable[[str], Source | None]
    tests: tuple[str, ...]
    levels: Levels

    def paths(self, function: str) -> Sequence[FailurePath]:
        """The failure paths of a function, by its name in the codebase."""
        return self.listing.of(function)


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What is to be made to happen.

    Args:
        path: the failure path.
        function: name in the codebase of the function that it is in.
        call: what has to fail, in `source`; None for a guard, which no failing call makes true.
        name: dotted name of what is called; callees: functions of the project that it may reach.
        exception: dotted name of what it raises.
        dependency, family: whose failure that is, empty for the project's own.
        guard: the condition that has to be true, as written.
        returns: what the call has to return instead of failing, as Python; empty where it has to fail.
        argument: the function's argument that has to be `returns` then, empty where it is a call.
        suspects: what may have to fail, as people say it, where nothing tells which of it.
    """

    path: FailurePath
    function: str
    source: Source
    call: ast.Call | None = None
    name: str = ""
    callees: tuple[str, ...] = ()
    exception: str = ""
    dependency: str = ""
    family: Family = ""
    guard: str = ""
    returns: str = ""
    argument: str = ""
    suspects: tuple[str, ...] = ()

    @property
    def is_awaited(self) -> bool:
        """Whether an `await` stands before the call."""
        return any(isinstance(node, ast.Await) and node.value is self.call for node in ast.walk(self.source.tree))


@dataclass(frozen=True)
class Model:
    """The test that a skeleton is made after.

    Args:
        test: its id. source: the file that it is in.
        function: of the test. holder: the class that it is in, if any.
        enters: the failure happens in it already. comes_to: it runs the call that has to fail.
    """

    test: str
    source: Source
    function: Function
    holder: ast.ClassDef | None
    enters: bool = False
    comes_to: bool = True

    @property
    def is_unittest(self) -> bool:
        """Whether fixtures cannot be asked for, because unittest runs it."""
        if self.holder is None:
            return False
        if any("TestCase" in ast.unparse(base) for base in self.holder.bases):
            return True
        return any(
            isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Name)
            and node.value.id == "self"
            and node.attr.startswith("assert")
            for node in ast.walk(self.holder)
        )

    @property
    def arguments(self) -> tuple[str, ...]:
        """Names of the function's arguments."""
        held = self.function.args
        return tuple(one.arg for one in (*held.posonlyargs, *held.args, *held.kwonlyargs))

    @property
    def bound(self) -> frozenset[str]:
        """Names that mean something of its own in the function: arguments, what it gives a value, what it defines."""
        own = set(self.arguments)
        for node in ast.walk(self.function):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                own.add(node.id)
            elif isinstance(node, (*FUNCTIONS, ast.ClassDef)) and node is not self.function:
                own.add(node.name)
        return frozenset(own)


class Skeleton(msgspec.Struct, frozen=True, kw_only=True):
    """A test that fails until somebody says what has to hold.

    Args:
        path: the failure path.
        file: where it belongs. holder: the class there, empty for none.
        name: of the test function. model: id of the test that it is made after.
        imports: lines that the file lacks.
        text: of the function, at the margin.
        says: what the test says as long as it is not filled in.
        by_hand: what has to be arranged by hand first, as a clause; empty where the test makes the failure happen.
    """

    path: FailurePath
    file: str
    holder: str
    name: str
    model: str
    imports: tuple[str, ...]
    text: str
    says: str
    by_hand: str = ""
