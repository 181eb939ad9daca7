"""The test that one for a failure path would be written after: what messages name and suggestions are made from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from quality_gate.codebase.levels.checks import ReadChecks, Shape
from quality_gate.codebase.levels.ran import Ran
from quality_gate.failure_levels import NearTest
from quality_gate.failure_paths import FailurePath

_MOST_LOOKED_AT = 60


class Nearest:
    """Ranks tests.

    Args:
        ran: what tests ran. read: what a file of test code holds.
    """

    def __init__(self, ran: Ran, read: ReadChecks) -> None:
        self._ran = ran
        self._read = read
        self._shapes = lru_cache(maxsize=None)(self._shapes_in)

    def of(self, path: FailurePath, lines: Sequence[int], happy: frozenset[str]) -> Iterator[NearTest]:
        """Tests that run a path's function, the nearest first: those that come as far as its call, or where it is, and
        in which all is well; those in which something fails when none is; those that turn off before.

        Args:
            lines: of the function. happy: the tests in which nothing fails there.
        """
        seen: set[str] = set()
        for tests in self._by_distance(path, lines, happy):
            left = tests - seen
            seen |= left
            for test in self._ranked(left, path):
                yield NearTest(test, test in happy)

    def _by_distance(self, path: FailurePath, lines: Sequence[int], happy: frozenset[str]) -> Iterator[frozenset[str]]:
        target = path.call.line if path.call is not None else path.line
        if path.call is not None or path.handler is None:  # who comes to a handler has made something fail before it
            there = self._ran.on(path.path, target)
            yield there & happy
            yield there
        for line in sorted((line for line in lines if line < target), reverse=True):
            yield self._ran.on(path.path, line) & happy
        yield happy
        yield self._ran.on_any(path.path, lines)

    def _ranked(self, tests: Iterable[str], path: FailurePath) -> Sequence[str]:
        """The plainest first: it names the function, and its file the function's; no parameters, nothing that it
        expects to fail; it runs the least of the function's file and is short."""
        jumps = self._ran.jumps(path.path)
        called = _called(path.function)
        ranked = []
        for test in sorted(tests, key=lambda one: (len(jumps.get(one, ())), one))[:_MOST_LOOKED_AT]:
            shape = self._shape(test)
            names = shape is None or called not in shape.names
            plain = (shape.expects, shape.branches) if shape is not None else (False, 0)
            size = (len(jumps.get(test, ())), shape.lines if shape is not None else 0)
            ranked.append((shape is None, names, not _is_named_after(test, path), "[" in test, plain, size, test))
        return [one[-1] for one in sorted(ranked)]

    def _shape(self, test: str) -> Shape | None:
        file, _, rest = test.partition("::")
        name = re.sub(r"\[.*", "", rest, flags=re.DOTALL).replace("::", ".")
        found = self._shapes(file)
        return found.get(name) or found.get(name.rpartition(".")[2])

    def _shapes_in(self, file: str) -> dict[str, Shape]:
        """By qualified name, and by the last part of it: a class has tests of its base."""
        shapes = self._read(file).shapes
        return {one.name.rpartition(".")[2]: one for one in shapes} | {one.name: one for one in shapes}


def _called(function: str) -> str:
    """The name that a caller writes: the class's for its `__init__`."""
    parts = function.split(".")
    return parts[-2] if parts[-1] == "__init__" and len(parts) > 1 else parts[-1]


def _is_named_after(test: str, path: FailurePath) -> bool:
    """Whether a test's file has the name of the code's."""
    own = path.path.removesuffix("/__init__.py").removesuffix(".py").rpartition("/")[2].strip("_")
    return own in re.split(r"[/_.]", test.partition("::")[0].removesuffix(".py")) or f"test_{own}" in test
