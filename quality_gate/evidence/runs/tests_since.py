"""Tests that were written or changed after the evidence was recorded: what they show nobody knows yet."""

from __future__ import annotations

import ast
import os
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from pathlib import Path

from quality_gate.codebase.later_tests import LaterTest
from quality_gate.evidence._present import Present
from quality_gate.evidence.runs._known_functions import KnownFunctions
from quality_gate.evidence.runs.recorded import Recorded, RecordedRuns
from quality_gate.evidence.runs.since import RunsSince
from quality_gate_checkers.model.text import NotAnalysable, decode

Committed = Callable[[str], Collection[str]]
"""A commit's hash -> the project's files that it holds; none where nobody knows."""

_CONFTEST = "conftest.py"
_OWN = frozenset({"self", "cls"})


def changed_since(recorded: Recorded, root: Path, files: Iterable[str], committed: Committed) -> tuple[LaterTest, ...]:
    """The files of test code that are new, or not what they were when the tests were run.

    A file that the run never loaded is new where it was not there: pytest may leave out what lies there all the time.

    Args:
        root: the project's, absolute. files: of its test code as they are.
    """
    known = _in_turn(recorded)
    if not known:
        return ()
    present = Present(root)
    was_there = _Then(known[0], root, committed)
    found = (path for path in sorted(set(files)) if _has_changed(path, known, was_there))
    return tuple(one for path in found if (one := _looked_at(path, present, was_there.is_recorded(path, known))))


def _in_turn(recorded: Recorded) -> Sequence[KnownFunctions]:
    """What each run knows, the one of all tests first."""
    if isinstance(recorded, RunsSince):
        return recorded.in_turn
    return [recorded.functions] if isinstance(recorded, RecordedRuns) else []


def _has_changed(path: str, known: Sequence[KnownFunctions], then: _Then) -> bool:
    last = next((one for one in reversed(known) if one.has_loaded(path)), None)
    return last.is_changed(path) if last is not None else not then.had(path)


class _Then:
    """What was there when the tests were run, though no test loaded it.

    Args:
        run: of all tests.
    """

    def __init__(self, run: KnownFunctions, root: Path, committed: Committed) -> None:
        self._run = run
        self._root = root
        self._committed = committed
        self._files: Collection[str] | None = None

    def had(self, path: str) -> bool:
        """Whether a file is not younger than the run, or belongs to the commit that was tested."""
        try:
            if os.lstat(f"{self._root}/{path}").st_mtime <= float(self._run.started):
                return True
        except (OSError, ValueError):
            return True
        if self._files is None:
            self._files = self._committed(self._run.commit)
        return path in self._files

    @staticmethod
    def is_recorded(path: str, known: Sequence[KnownFunctions]) -> bool:
        """Whether a run has loaded a file."""
        return any(one.has_loaded(path) for one in known)


def _looked_at(path: str, present: Present, is_recorded: bool) -> LaterTest | None:
    """A file as far as it alone tells what it may run; None for one in which there is no test."""
    try:
        content = present.content(path)
        if content is None:
            return None
        functions = list(_functions(ast.parse(decode(content))))
    except (NotAnalysable, SyntaxError, ValueError, RecursionError, MemoryError):
        return LaterTest(path, is_open=True)
    has_tests = any(one.name.startswith("test") for one in functions)
    is_shared = path.rpartition("/")[2] == _CONFTEST or (is_recorded and not has_tests)
    if not (has_tests or is_shared):
        return None
    # What fixtures and helpers give to tests decides which way these go through the code.
    return LaterTest(path, is_open=is_shared or any(map(_asks, functions)))


def _functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (one for one in ast.walk(tree) if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef))


def _asks(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether it is given something: a fixture may run anything."""
    arguments = function.args
    named = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    return bool(arguments.vararg or arguments.kwarg) or any(one.arg not in _OWN for one in named)
