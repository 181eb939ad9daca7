"""One walk over a tree: nodes by type and parents, for all rules together.

One index for 30 rules over 43,000 lines costs 0.13 s; 30 visitors cost 3.6 s (design.md). Statements are a tenth of a
tree and all that many rules ask for, so that they are read first; expressions one statement at a time when the parent
of one of them is asked for, and all together when somebody asks for a type of them. Expressions are walked without
recursion, because trees from pull requests can be deeper than the interpreter's stack; statements no deeper than
`DEEPEST`.
"""

from __future__ import annotations

import ast
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from functools import cached_property
from operator import attrgetter
from typing import TypeAlias, TypeVar, cast
from unicodedata import is_normalized

from quality_gate_checkers.model.text import NotAnalysable
from quality_gate_checkers.regexes import regex

DEEPEST = 500
"""Levels of a tree. Among 17,000 files of the standard library, tools and backends the deepest had 86; recursive rules
are safe, and every parser that we support goes deeper, so that the answer is the same on all of them."""

MOST_STEPS = 5_000_000
"""Steps from every node up to the module, together; many questions are answered by walking up. The most that was seen
is 241,000."""

_MOST_WORDS = 100
"""That are looked for one after the other: for more all nodes are read."""

_Node = TypeVar("_Node", bound=ast.AST)
_ByType: TypeAlias = defaultdict[type[ast.AST], list[ast.AST]]

_NOT_NODES = frozenset(
    {
        "ctx", "op", "ops", "kind", "id", "attr", "arg", "name", "asname", "module", "level", "type_comment",
        "type_ignores", "is_async", "conversion", "simple", "lineno", "col_offset", "end_lineno", "end_col_offset",
        "tag", "rest", "kwd_attrs", "str",
    }
)  # fmt: skip
"""Fields that never hold a node that a rule asks for."""


LEAVES = (
    ast.Name,
    ast.Constant,
    ast.Pass,
    ast.Break,
    ast.Continue,
    ast.Global,
    ast.Nonlocal,
    ast.alias,
    ast.MatchSingleton,
)
"""Nodes without children: more than half of a tree."""


class _Fields(dict[type[ast.AST], tuple[str, ...]]):
    """The fields of a type that may hold nodes, computed when a type is first met."""

    def __missing__(self, kind: type[ast.AST]) -> tuple[str, ...]:
        found = () if kind in LEAVES else tuple(field for field in kind._fields if field not in _NOT_NODES)
        self[kind] = found
        return found


_FIELDS = _Fields()


class _FieldsFromTheLast(dict[type[ast.AST], tuple[str, ...]]):
    """The same in reverse, for walks that keep what is to come on a stack."""

    def __missing__(self, kind: type[ast.AST]) -> tuple[str, ...]:
        found = self[kind] = _FIELDS[kind][::-1]
        return found


FIELDS_FROM_THE_LAST = _FieldsFromTheLast()


def children(node: ast.AST) -> list[ast.AST]:
    """The nodes directly below one, in source order; like `ast.iter_child_nodes`, in half its time."""
    found: list[ast.AST] = []
    for name in _FIELDS[node.__class__]:
        value = getattr(node, name)
        if value.__class__ is list:
            found += [child for child in value if child is not None]
        elif value is not None:
            found.append(value)
    return found


class _Blocks(dict[type[ast.AST], tuple[str, ...]]):
    """The fields of a statement that hold further ones, and the items of `with`, which bind names; of all else none."""

    def __missing__(self, kind: type[ast.AST]) -> tuple[str, ...]:
        held = kind._fields if issubclass(kind, _STATEMENTS) else ()
        found = self[kind] = tuple(field for field in held if field in _BLOCK_FIELDS)
        return found


_STATEMENTS = (ast.stmt, ast.ExceptHandler, ast.match_case, ast.Module)
_BLOCK_FIELDS = frozenset({"body", "handlers", "orelse", "finalbody", "cases", "items"})
_BLOCKS = _Blocks()


class _Headers(dict[type[ast.AST], tuple[str, ...]]):
    """The fields of a statement that hold its own expressions; of an expression all."""

    def __missing__(self, kind: type[ast.AST]) -> tuple[str, ...]:
        blocks = {*_BLOCKS[kind]} - {"items"}
        found = self[kind] = tuple(field for field in _FIELDS[kind] if field not in blocks)
        return found


_HEADERS = _Headers()

PLACE: Callable[[ast.AST], tuple[int, int]] = attrgetter("lineno", "col_offset")
"""Line and column of a node that has a place."""


class Parents(dict[ast.AST, ast.AST | None]):
    """The parent of each node, None for the module and for nodes of other trees.

    Args:
        tree: a parsed module.
    """

    def __init__(self, tree: ast.Module) -> None:
        self._tree = tree
        self.statements: list[ast.AST] = []
        """All of them, and handlers, in source order."""
        self._read: dict[ast.AST, _ByType] = {}
        self._is_whole = False
        self._steps = 1
        self[tree] = None

    def read_statements(self, below: ast.AST, by_type: _ByType, depth: int = 2) -> None:
        """Note the statements below a node, in source order.

        Args:
            by_type: is given them.
            depth: how deep they stand.
        """
        statements = self.statements
        for name in _BLOCKS[below.__class__]:
            block: list[ast.AST] = getattr(below, name)
            self._steps += depth * len(block)
            if depth > DEEPEST or self._steps > MOST_STEPS:
                _refuse(depth, self._steps, below)
            for child in block:
                kind = child.__class__
                self[child] = below
                by_type[kind].append(child)
                if kind is not ast.withitem and kind is not ast.match_case:  # which have no place
                    statements.append(child)
                if _BLOCKS[kind]:
                    self.read_statements(child, by_type, depth + 1)

    def __missing__(self, node: ast.AST) -> ast.AST | None:
        if not self._is_whole:
            for statement in self.around(getattr(node, "lineno", 0), getattr(node, "col_offset", 0)):
                self.read(statement)
                if node in self:
                    return self[node]
            self.read_all()
        return self.get(node)

    def around(self, line: int, column: int) -> list[ast.AST]:
        """The statement that holds a place, and the next one where it is decorated: decorators stand before theirs.

        Args:
            line: 1-based. column: 0-based, in bytes.
        """
        at = bisect_right(self.statements, (line, column), key=PLACE)
        found = self.statements[max(0, at - 1) : at]
        found += [one for one in self.statements[at : at + 1] if getattr(one, "decorator_list", ())]
        return found

    def read(self, statement: ast.AST) -> _ByType:
        """Read a statement's own expressions, those of its blocks left aside; gives them by type."""
        found = self._read.get(statement)
        if found is None:
            found = self._read[statement] = defaultdict(list)
            _walk([statement], _HEADERS, found, self)
        return found

    def read_all(self) -> _ByType:
        """Read every node; gives them by type."""
        self._is_whole = True
        found: _ByType = defaultdict(list)
        _walk([self._tree], _FIELDS, found, self)
        return found


class Index:
    """Nodes of a tree by type, and the parent of each.

    Args:
        tree: a parsed module.
        text: its source, which tells that some expressions are not there.

    Raises:
        NotAnalysable: it nests so deep that questions about it would take for ever; also when more of it is read.
    """

    def __init__(self, tree: ast.Module, text: str) -> None:
        self._text = text
        self._by_type: _ByType = defaultdict(list)
        self.parents = Parents(tree)
        self._is_whole = False
        self._holding: dict[tuple[frozenset[str], bool], list[_ByType]] = {}
        self._by_type[ast.Module].append(tree)
        self.parents.read_statements(tree, self._by_type)

    def of(self, kind: type[_Node]) -> list[_Node]:
        """The nodes of exactly one type, in no particular order."""
        if kind not in self._by_type and not issubclass(kind, (*_STATEMENTS, ast.withitem)):
            if kind is ast.NamedExpr:
                self._by_type[kind] = [*self.mentioning(kind, (":=",))] if ":=" in self._text else []
            elif not issubclass(kind, ast.pattern) or ast.Match in self._by_type:
                self._read_all()
        return cast("list[_Node]", self._by_type.get(kind, []))

    def mentioning(self, kind: type[_Node], words: Collection[str]) -> list[_Node]:
        """The nodes of a type in the statements that hold one of some words, and perhaps others, in no order.

        Args:
            words: one of which stands as it is in the source of each node that is looked for; of calls, what is called.
        """
        if self._is_whole or not self._is_plain or len(words) > _MOST_WORDS:
            self._read_all()
            return cast("list[_Node]", self._by_type.get(kind, []))
        asked = frozenset(words), kind is ast.Call
        if asked not in self._holding:
            places = _places(self._text, *asked)
            held = dict.fromkeys(one for place in places for one in self.parents.around(*place))
            self._holding[asked] = [self.parents.read(statement) for statement in held]
        return [cast("_Node", node) for by_type in self._holding[asked] for node in by_type.get(kind, ())]

    @cached_property
    def _is_plain(self) -> bool:
        """Whether words stand in the source as they do in the tree, and in statements: a `case` belongs to none."""
        if ast.Match in self._by_type or "\r" in self._text:
            return False
        return self._text.isascii() or is_normalized("NFKC", self._text)

    def _read_all(self) -> None:
        if not self._is_whole:
            self._is_whole = True
            for kind, nodes in self.parents.read_all().items():
                self._by_type.setdefault(kind, nodes)


_ANYTHING = regex("")
_ENDS = regex(r"\W|\Z")
_IS_CALLED = regex(r"[\s\\]*+[(#)]")
"""What may stand between a name and the parenthesis of its call."""


def _places(text: str, words: Iterable[str], called: bool) -> Iterator[tuple[int, int]]:
    """Line and column of each place where one of some words ends in a text, or where it is called."""
    found: set[int] = set()
    for word in words:
        goes_on = (_IS_CALLED if called else _ENDS if word.isidentifier() else _ANYTHING).match
        at = text.find(word)
        while at >= 0:
            at += len(word)
            if goes_on(text, at):
                found.add(at)
            at = text.find(word, at)
    line, column, counted = 1, 0, 0
    for at in sorted(found):  # no character is looked at twice: a line can be as long as a file
        ended = text.count("\n", counted, at)
        if ended:
            line, column, counted = line + ended, 0, text.rfind("\n", counted, at) + 1
        column += len(text[counted:at].encode())
        counted = at
        yield line, column - 1


def _refuse(depth: int, steps: int, place: ast.AST) -> None:
    if depth > DEEPEST or steps > MOST_STEPS:
        line = getattr(place, "lineno", 1)
        raise NotAnalysable(line, "it nests too deep", "break the deepest expression into parts")


def _walk(
    level: list[ast.AST],
    fields: dict[type[ast.AST], tuple[str, ...]],
    by_type: _ByType,
    parents: dict[ast.AST, ast.AST | None],
) -> None:
    """Note the nodes below some, as far as their fields are of interest.

    Raises:
        NotAnalysable: they nest too deep.
    """
    depth = steps = 0
    while level:
        depth += 1
        steps += depth * len(level)
        _refuse(depth, steps, level[0])
        below: list[ast.AST] = []
        for node in level:
            for name in fields[node.__class__]:
                value = getattr(node, name)
                kind = value.__class__
                if kind is list:
                    for child in value:
                        if child is not None:
                            parents[child] = node
                            by_type[child.__class__].append(child)
                            if fields[child.__class__]:
                                below.append(child)
                elif value is not None:
                    parents[value] = node
                    by_type[kind].append(value)
                    if fields[kind]:
                        below.append(value)
        level = below
