"""What took an exception within a function: an `except`, a `with` or a `finally`, told by the lines that ran then."""

from __future__ import annotations

import ast
import os
import warnings
from collections.abc import Iterator, Sequence

_Try = (ast.Try, ast.TryStar)
_With = (ast.With, ast.AsyncWith)
_BLOCKS = ("body", "orelse", "handlers", "finalbody", "cases")


class Handlers:
    """Finds what took exceptions in files of the project.

    Args:
        root: the project's folder.
    """

    def __init__(self, root: str) -> None:
        self._root = root
        self._trees: dict[str, list[ast.stmt]] = {}
        self._found: dict[tuple[str, int, tuple[int, ...]], int] = {}

    def line(self, path: str, raised: int, ran: Sequence[int]) -> int:
        """Line of the `except` or `with` that took an exception, the first line of such a `finally`.

        Args:
            raised: the line that it came out of.
            ran: lines of the function that ran while it was being handled, in their order; the first is where the
                interpreter began to handle it. Where the source tells no more, this one is the answer.
        """
        key = (path, raised, tuple(ran))
        found = self._found.get(key)
        if found is None:
            found = self._found[key] = _line(self._statements(path), raised, ran)
        return found

    def know(self, path: str, tree: ast.Module) -> None:
        """A file's tree, which need not be read then."""
        self._trees[path] = _taking(tree)

    def _statements(self, path: str) -> list[ast.stmt]:
        """All `try` and `with` of a file, the innermost last."""
        known = self._trees.get(path)
        if known is None:
            known = self._trees[path] = _read(os.path.join(self._root, path.replace("/", os.sep)))
        return known


def _read(place: str) -> list[ast.stmt]:
    try:
        with open(place, "rb") as stream, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(stream.read())
    except (OSError, ValueError, SyntaxError, RecursionError, MemoryError):
        return []
    return _taking(tree)


def _taking(tree: ast.Module) -> list[ast.stmt]:
    """All `try` and `with` of a tree."""
    return [node for node in _statements(tree) if isinstance(node, _Try + _With)]


def _statements(tree: ast.Module) -> Iterator[ast.stmt]:
    """All statements: a walk through the expressions too would take five times as long."""
    left: list[ast.AST] = [tree]
    for node in left:
        if isinstance(node, ast.stmt):
            yield node
        for name in _BLOCKS:
            left += getattr(node, name, ())


def _line(statements: Sequence[ast.stmt], raised: int, ran: Sequence[int]) -> int:
    around = [node for node in statements if isinstance(node, _Try + _With) and _holds(node.body, raised)]
    around.sort(key=lambda node: node.lineno, reverse=True)
    candidate = 0
    for line in ran:
        for first, last, answer, begins in _takers(around):
            if begins < first <= line <= last:
                return answer
            if begins == first and first <= line <= last:
                # Its body stands on the line of the `except`, which also runs where its type does not match.
                candidate = answer
                break
    return candidate or next(iter(ran), 0)


def _takers(around: Sequence[ast.stmt]) -> Iterator[tuple[int, int, int, int]]:
    """(first line of what runs, its last, the answer, line of the keyword) of all that may take an exception."""
    for node in around:
        if isinstance(node, _With):
            yield node.lineno, max(item.context_expr.end_lineno or 0 for item in node.items), node.lineno, node.lineno
        elif isinstance(node, _Try):
            for handler in node.handlers:
                yield handler.body[0].lineno, _last(handler.body), handler.lineno, handler.lineno
            if node.finalbody:
                first = node.finalbody[0].lineno
                yield first, _last(node.finalbody), first, first - 1


def _holds(body: Sequence[ast.stmt], line: int) -> bool:
    return body[0].lineno <= line <= _last(body)


def _last(body: Sequence[ast.stmt]) -> int:
    return body[-1].end_lineno or body[-1].lineno
