"""Where the nodes of a file stand: what begins on a line, and what is around it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TypeAlias

import msgspec

from quality_gate.codebase.mutants.edits import Edit

FunctionNode: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef

Found: TypeAlias = Iterator[tuple[str, ast.AST, Edit]]
"""Changes: each in a few words, with the node that is changed."""


class Place(msgspec.Struct, frozen=True, array_like=True):
    """A function by which its code is known: its name and the line on which it, or its first decorator, begins."""

    name: str
    line: int


class Finder:
    """Nodes of a file with what is around them."""

    def __init__(self, tree: ast.Module) -> None:
        self._parents: dict[ast.AST, ast.AST] = {}
        self._by_line: dict[int, list[ast.AST]] = {}
        waiting: list[ast.AST] = [tree]
        while waiting:
            node = waiting.pop()
            self._by_line.setdefault(getattr(node, "lineno", 0), []).append(node)
            for child in ast.iter_child_nodes(node):
                self._parents[child] = node
                waiting.append(child)

    def on(self, line: int) -> list[ast.AST]:
        """What begins on a line."""
        return self._by_line.get(line, [])

    def parents(self, node: ast.AST) -> Iterator[ast.AST]:
        """What is around a node, the innermost first."""
        found = self._parents.get(node)
        while found is not None:
            yield found
            found = self._parents.get(found)

    def around(self, node: ast.AST) -> tuple[Place, ...]:
        """The functions around a node, the innermost first."""
        return tuple(_place(one) for one in self.parents(node) if isinstance(one, FunctionNode))

    def guard(self, node: ast.stmt) -> tuple[ast.If, bool] | None:
        """The innermost `if` of the same function around a statement, and whether it stands in the `else`."""
        inner: ast.AST = node
        for one in self.parents(node):
            if isinstance(one, ast.If):
                return one, inner in one.orelse
            if isinstance(one, FunctionNode | ast.ClassDef | ast.Try | ast.For | ast.AsyncFor | ast.While):
                return None
            inner = one
        return None


def _place(function: FunctionNode) -> Place:
    return Place(function.name, min([function.lineno, *(one.lineno for one in function.decorator_list)]))
