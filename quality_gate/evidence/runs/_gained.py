"""Whether a file of tests has only gained tests since it was run: what was recorded of the others is still true."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache

from quality_gate.evidence._present import Present
from quality_gate.evidence.runs._recorded_file import RecordedFile
from quality_gate.evidence.runs._recorded_run import RecordedRun
from quality_gate_checkers.model.text import NotAnalysable, decode
from quality_gate_recorder.fingerprints import digest_of, fingerprints_of

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


class Gained:
    """Compares files of tests, without the tests that nobody recorded, with what was recorded of them.

    Args:
        present: the project's files as they are. run: the run as a whole. measured: what was recorded of a file.
    """

    def __init__(self, present: Present, run: RecordedRun, measured: Callable[[str], RecordedFile]) -> None:
        self._present = present
        self._run = run
        self._measured = measured
        self.only_tests = lru_cache(maxsize=None)(self._only_tests)

    def _only_tests(self, path: str) -> bool:
        """Whether a file is what it was but for tests, and imports that only these use."""
        known = {re.sub(r"\[.*", "", one.nodeid, flags=re.DOTALL) for one in self._run.tests.values()}
        try:
            text = decode(self._present.content(path) or b"")
            return any(self._is_as_recorded(path, rest) for rest in _without(text, path, known))
        except (NotAnalysable, SyntaxError, ValueError, RecursionError, MemoryError):
            return False

    def _is_as_recorded(self, path: str, text: str) -> bool:
        if path in self._run.files:
            then = {name: one.digest for name, one in self._measured(path).functions.items()}
            return bool(then) and then == {name: one.digest for name, one in fingerprints_of(text).items()}
        recorded = self._run.test_code.get(path)
        return recorded is not None and digest_of(text) == recorded.digest


def _without(text: str, path: str, known: Iterable[str]) -> Iterator[str]:
    """A file without its tests that are not known: with all imports, and without those that only these use."""
    tree = ast.parse(text)
    gained = list(_gained(tree.body, path, frozenset(known)))
    if not gained:
        return
    lines = text.splitlines()
    gone = {line: "" for node in gained for line in range(_first(node), (node.end_lineno or node.lineno) + 1)}
    yield _changed(lines, gone)
    inside = {one for node in gained for one in ast.walk(node)}
    used = _named(one for one in ast.walk(tree) if one not in inside)
    yield _changed(lines, gone | dict(_narrowed(tree.body, used, _named(inside))))


def _gained(body: Iterable[ast.stmt], prefix: str, known: frozenset[str]) -> Iterator[ast.stmt]:
    for node in body:
        name = f"{prefix}::{getattr(node, 'name', '')}"
        if isinstance(node, _FUNCTIONS) and node.name.startswith("test") and name not in known:
            yield node
        elif isinstance(node, ast.ClassDef):
            found = list(_gained(node.body, name, known))
            yield from [node] if len(found) == len(node.body) else found


def _first(node: ast.stmt) -> int:
    decorators = node.decorator_list if isinstance(node, (*_FUNCTIONS, ast.ClassDef)) else []
    return min([node.lineno, *(one.lineno for one in decorators)])


def _named(nodes: Iterable[ast.AST]) -> frozenset[str]:
    return frozenset(node.id for node in nodes if isinstance(node, ast.Name))


def _narrowed(body: Iterable[ast.stmt], used: frozenset[str], gained: frozenset[str]) -> Iterator[tuple[int, str]]:
    """Lines of imports without what only the gained tests use."""
    for node in body:
        if not isinstance(node, ast.Import | ast.ImportFrom):
            continue
        kept = [one for one in node.names if (name := _bound(one)) in used or name not in gained]
        if len(kept) < len(node.names):
            last = node.end_lineno or node.lineno
            yield from ((line, "") for line in range(node.lineno, last + 1))
            node.names = kept
            yield last, ast.unparse(node) if kept else ""


def _bound(alias: ast.alias) -> str:
    return alias.asname or alias.name.partition(".")[0]


def _changed(lines: Iterable[str], instead: Mapping[int, str]) -> str:
    return "\n".join([instead.get(number, line) for number, line in enumerate(lines, 1)]) + "\n"
