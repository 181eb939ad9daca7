"""One module as rules see it. Everything is built when it is first asked for and then kept."""

from __future__ import annotations

import ast
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterator
from functools import cached_property
from itertools import accumulate
from typing import TypeVar

from quality_gate_checkers.model.blocks import last_line_of_block
from quality_gate_checkers.model.comments import Comment, all_comments, comments_in
from quality_gate_checkers.model.index import PLACE, Index
from quality_gate_checkers.model.inspection import Suppression
from quality_gate_checkers.model.names import Factories, Names
from quality_gate_checkers.model.outside import Alone, Outside
from quality_gate_checkers.model.roles import Role, role_of
from quality_gate_checkers.model.scopes import FUNCTIONS, FunctionNode
from quality_gate_checkers.model.suppressions import Wanted, suppressions_in
from quality_gate_checkers.model.text import split_lines
from quality_gate_checkers.model.violation import Location
from quality_gate_checkers.settings import Settings

_Node = TypeVar("_Node", bound=ast.AST)
_IN_ORDER = (ast.stmt, ast.ExceptHandler)
"""Kinds of nodes that the index reads in source order."""


def no_factories(name: str, call: ast.Call | None) -> str | None:
    """The factory table of somebody who has none."""
    return None


class Module:
    """A parsed module with an index of its nodes, its names resolved, its comments and its role.

    Args:
        path: relative to the project's root, with forward slashes.
        text: the source as `decode` returned it.
        tree: the source as `parse` returned it.
        settings: the project's.
        factories: the catalogue's factory table, for the ladder.
        rule_names: names, codes and pylint ids of our own rules.
        outside: what other modules tell of names that are imported; left out, nobody else is there.
        words: every word of the source, in lower case; None where nobody has looked.
    """

    def __init__(
        self,
        path: str,
        text: str,
        tree: ast.Module,
        settings: Settings,
        factories: Factories = no_factories,
        rule_names: frozenset[str] = frozenset(),
        outside: Outside | None = None,
        words: set[bytes] | None = None,
    ) -> None:
        self.path = path
        self.text = text
        self.tree = tree
        self.settings = settings
        self.role: Role = role_of(path, settings)
        self.name = dotted_name(path)
        self._factories = factories
        self.rule_names = rule_names
        self.outside: Outside = outside if outside is not None else Alone()
        self.words = words
        self._ordered: set[type[ast.AST]] = set()
        self._is_plain = text.isascii()
        self._columns: dict[int, list[int]] = {}
        self.answers: dict[object, dict[ast.AST, object]] = {}
        """What was found out about nodes, by question; see `reading.remembering`."""
        self.not_resolved: set[ast.Call] = set()
        """Calls that a rule asked about and that no rung of the ladder holds: shown, so that silence is not health."""

    @cached_property
    def lines(self) -> list[str]:
        """Source lines without their ends; line n is `lines[n - 1]`."""
        return split_lines(self.text)

    @cached_property
    def index(self) -> Index:
        """Nodes by type, and parents."""
        return Index(self.tree, self.text)

    @cached_property
    def names(self) -> Names:
        """The ladder."""
        package = self.name if self.path.endswith("__init__.py") else self.name.rpartition(".")[0]
        return Names(self.name, package, self.tree, self.index, self._factories, self.outside)

    @cached_property
    def comments(self) -> list[Comment]:
        """The comments that hold a word of interest: a directive, or work that is left over."""
        return comments_in(self.text, self.lines)

    @cached_property
    def all_comments(self) -> list[Comment]:
        """Every comment."""
        return all_comments(self.text, self.lines)

    @cached_property
    def suppressions(self) -> list[Suppression]:
        """Comments that silence rules of ours (or of others: the names say which)."""
        return self.suppressions_of(lambda kind, names: True)

    def suppressions_of(self, wanted: Wanted) -> list[Suppression]:
        """Those of our own form, and of the others those that are wanted."""
        lines = self._next_code_line, self.statement_lines, self._block_lines
        return suppressions_in(self.comments, *lines, wanted) if self.comments else []

    # -- nodes

    def nodes(self, *kinds: type[_Node]) -> list[_Node]:
        """All nodes of exactly these types, in source order for one type."""
        return [node for kind in kinds for node in self._in_order(kind)]

    def mentioning(self, kind: type[_Node], words: Collection[str]) -> list[_Node]:
        """Nodes of a type, in source order: those in statements that hold one of some words, and perhaps others.

        Whoever looks for calls of certain names asks so: most of a large module need not be read for it.

        Args:
            words: one of which stands as it is in the source of each node that is looked for; of calls, what is called.
        """
        held = self.words
        there = [word for word in words if held is None or not word.isascii() or word.lower().encode() in held]
        return sorted(self.index.mentioning(kind, there), key=PLACE) if there else []

    def _in_order(self, kind: type[_Node]) -> list[_Node]:
        nodes = self.index.of(kind)
        if kind not in self._ordered and not issubclass(kind, _IN_ORDER):
            self._ordered.add(kind)
            nodes.sort(key=PLACE if "lineno" in kind._attributes else _position)
        return nodes

    def parent(self, node: ast.AST) -> ast.AST | None:
        """The node that holds this one."""
        return self.index.parents[node]

    def ancestors(self, node: ast.AST) -> Iterator[ast.AST]:
        """Parents from the inside out, without the node itself."""
        parents = self.index.parents
        current = parents[node]
        while current is not None:
            yield current
            current = parents[current]

    def enclosing_function(self, node: ast.AST) -> FunctionNode | None:
        """The innermost function that a node stands in."""
        return next((found for found in self.ancestors(node) if isinstance(found, FUNCTIONS)), None)

    @cached_property
    def returns(self) -> dict[FunctionNode, list[ast.Return]]:
        """The `return` statements of each function that has any, without those of functions inside it."""
        found: dict[FunctionNode, list[ast.Return]] = {}
        for node in self.index.of(ast.Return):
            function = self.enclosing_function(node)
            if function is not None:
                found.setdefault(function, []).append(node)
        return found

    def function_name(self, node: ast.AST) -> str | None:
        """Qualified name of the function or class that a node stands in or is, None in module code."""
        name = self.names.qualified_name(node)
        return None if name == self.name else name

    # -- places

    def location(self, node: ast.AST) -> Location:
        """Where a node stands."""
        line, column = int(getattr(node, "lineno", 1)), int(getattr(node, "col_offset", 0))
        end_line = int(getattr(node, "end_lineno", None) or line)
        end_column = int(getattr(node, "end_col_offset", None) or column)
        return Location(line, self._code_points(line, column), end_line, self._code_points(end_line, end_column))

    def header(self, node: ast.AST) -> Location:
        """Where the first line of a compound statement stands: `except X:` without its body."""
        whole = self.location(node)
        first = self.lines[whole.line - 1] if whole.line <= len(self.lines) else ""
        end = whole.end_column if whole.end_line == whole.line else len(first.rstrip())
        return Location(whole.line, whole.column, whole.line, max(end, whole.column + 1))

    def _code_points(self, line: int, column: int) -> int:
        if self._is_plain:
            return column
        text = self.lines[line - 1] if 0 < line <= len(self.lines) else ""
        return column if text.isascii() else bisect_left(self._byte_columns(line), column)

    def _byte_columns(self, line: int) -> list[int]:
        """Where each character of a line begins in UTF-8; a line can be as long as a file and hold as many findings."""
        found = self._columns.get(line)
        if found is None:
            sizes = (len(character.encode("utf-8", "surrogatepass")) for character in self.lines[line - 1])
            found = self._columns[line] = list(accumulate(sizes, initial=0))[:-1]
        return found

    # -- lines that comments speak of

    @cached_property
    def _code_lines(self) -> list[int]:
        """Numbers of lines that hold more than a comment; looked up once, because a file can be full of comments."""
        texts = ((number, line.strip()) for number, line in enumerate(self.lines, start=1))
        return [number for number, text in texts if text and not text.startswith("#")]

    def _next_code_line(self, line: int) -> int:
        at = bisect_right(self._code_lines, line)
        return self._code_lines[at] if at < len(self._code_lines) else line

    @cached_property
    def _heads(self) -> dict[int, tuple[int, int]]:
        """Lines of every logical line that spans more than one physical line, by physical line."""
        spans: dict[int, tuple[int, int]] = {}
        for node in self.index.parents.statements:
            if getattr(node, "end_lineno", 0) > getattr(node, "lineno", 0):
                first, last = _head(node)
                for line in range(first, last + 1 if last > first else first):
                    spans[line] = (first, last)
        return spans

    def statement_lines(self, line: int) -> tuple[int, int]:
        """First and last line of the simple statement, or of the compound statement's head, that a line is part of."""
        return self._heads.get(line, (line, line))

    def _block_lines(self, line: int) -> tuple[int, int]:
        """What pylint means by a `disable` on a line; one that goes on from the line before is one with it."""
        first = line - 1 if line > 1 and self._goes_on(line) else line
        return first, max(first, last_line_of_block(self.tree, first))

    def _goes_on(self, line: int) -> bool:
        """Whether a backslash holds a line to the one before, or it begins within a string; never at the very top."""
        if self.statement_lines(line)[0] == 1:
            return False
        text = self.lines[line - 1]
        return self.lines[line - 2].endswith("\\") or text.count('"""') % 2 == 1 or text.count("'''") % 2 == 1


def _position(node: ast.AST) -> tuple[int, int]:
    return getattr(node, "lineno", 0), getattr(node, "col_offset", 0)


def _head(node: ast.AST) -> tuple[int, int]:
    first = int(getattr(node, "lineno", 1))
    body = getattr(node, "body", None) or getattr(node, "cases", None)
    if isinstance(body, list) and body:
        return first, max(first, _first_line(body[0]) - 1)
    return first, int(getattr(node, "end_lineno", first) or first)


def _first_line(node: ast.AST) -> int:
    """Where a statement or a `case` begins, its decorators included."""
    if isinstance(node, ast.match_case):
        return node.pattern.lineno
    decorators = getattr(node, "decorator_list", None)
    return int(decorators[0].lineno if decorators else getattr(node, "lineno", 1))


def dotted_name(path: str) -> str:
    """Dotted name of the module that a path holds: `src/shop/pay.py` is `shop.pay`, `shop/__init__.py` is `shop`.

    Args:
        path: relative to the project's root, with forward slashes.
    """
    parts = path.removesuffix(".py").split("/")
    if parts[0] == "src" and len(parts) > 1:
        parts = parts[1:]
    if parts[-1] == "__init__" and len(parts) > 1:
        parts = parts[:-1]
    return ".".join(parts)
