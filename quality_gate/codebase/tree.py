"""What is kept of a file's syntax: expressions and statements as far as they say who calls whom.

A slim tree instead of `ast`: it encodes to a few bytes a node, decodes one function at a time, is the same on every
Python, and has names already told apart from the variables of comprehensions. Nodes are compared by identity, so that
they can be keys of what was found out about them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import msgspec


class Name(msgspec.Struct, frozen=True, eq=False, gc=False, array_like=True, tag=1):
    """A name that is read.

    Args:
        id: the name; variables of comprehensions have a `'` and a number behind them.
        at: how many statements of the function stand before the one that it is read in.
    """

    id: str
    at: int


class Attribute(msgspec.Struct, frozen=True, eq=False, gc=False, array_like=True, tag=2):
    """`value.attr`; lines and columns are 1-based."""

    value: Expr
    attr: str
    line: int
    column: int


class Call(msgspec.Struct, frozen=True, eq=False, gc=False, array_like=True, tag=3):
    """`func(*args, **keywords)`; a keyword without a name is `**x`."""

    func: Expr
    args: tuple[Expr, ...]
    keywords: tuple[tuple[str, Expr], ...]
    line: int
    column: int
    awaited: bool = False


class Constant(msgspec.Struct, frozen=True, eq=False, gc=False, array_like=True, tag=4):
    """A literal: the name of its class, and its value where it is a short string or a small number."""

    kind: str
    value: str | int | None = None


class Sequence(msgspec.Struct, frozen=True, eq=False, gc=False, array_like=True, tag=5):
    """`[a, b]`, `(a, b)`, `{a, b}`; kind is `list`, `tuple` or `set`."""

    kind: str
    elements: tuple[Expr, ...]


class Mapping(msgspec.Struct, frozen=True, eq=False, gc=False, array_like=True, tag=6):
    """`{a: b}`; the key of `**x` is None."""

    keys: tuple[Expr | None, ...]
    values: tuple[Expr, ...]


class Comprehension(msgspec.Struct, frozen=True, eq=False, gc=False, array_like=True, tag=7):
    """A comprehension; its loops are statements before it. kind is `list`, `set`, `dict` or `generator`."""

    kind: str
    element: Expr
    key: Expr | None = None


class Subscript(msgspec.Struct, frozen=True, eq=False, gc=False, array_like=True, tag=8):
    """`value[index]`."""

    value: Expr
    index: Expr
    line: int
    column: int


class Operation(msgspec.Struct, frozen=True, eq=False, gc=False, array_like=True, tag=9):
    """`left + right`, `-operand` and `left < right`; op is the special method's name without underscores: `add`."""

    op: str
    left: Expr
    right: Expr | None
    line: int
    column: int


class Choice(msgspec.Struct, frozen=True, eq=False, gc=False, array_like=True, tag=10):
    """One of several: `a or b`, `a if c else b`. The tests are those whose truth is asked."""

    options: tuple[Expr, ...]
    tests: tuple[Expr, ...]
    line: int
    column: int


class Formatted(msgspec.Struct, frozen=True, eq=False, gc=False, array_like=True, tag=11):
    """An f-string: its parts, each with the special method that makes text of it."""

    parts: tuple[tuple[str, Expr], ...]
    line: int
    column: int


class Lambda(msgspec.Struct, frozen=True, eq=False, gc=False, array_like=True, tag=12):
    """A lambda: its place among the file's pieces of code."""

    index: int


class Starred(msgspec.Struct, frozen=True, eq=False, gc=False, array_like=True, tag=13):
    """`*value`."""

    value: Expr


class Await(msgspec.Struct, frozen=True, eq=False, gc=False, array_like=True, tag=14):
    """`await value`."""

    value: Expr


class Truth(msgspec.Struct, frozen=True, eq=False, gc=False, array_like=True, tag=15):
    """`not value`: its truth is asked."""

    value: Expr
    line: int
    column: int


class Several(msgspec.Struct, frozen=True, eq=False, gc=False, array_like=True, tag=16):
    """Expressions that are evaluated and whose value does not matter, like the parts of a slice."""

    parts: tuple[Expr, ...]
    kind: str = ""


Expr: TypeAlias = (
    Name
    | Attribute
    | Call
    | Constant
    | Sequence
    | Mapping
    | Comprehension
    | Subscript
    | Operation
    | Choice
    | Formatted
    | Lambda
    | Starred
    | Await
    | Truth
    | Several
)


class Bind(msgspec.Struct, frozen=True, eq=False, gc=False, array_like=True, tag=1):
    """A target gets a value.

    Args:
        target: a name, an attribute, a subscript, a sequence of these; None where nothing is bound (`with x:`).
        way: `=`, `for`, `async for`, `with`, `async with`, `except`, `is` (an isinstance test holds here), `aug` (then
            value is an Operation), `del`.
        value: what is assigned, looped over, entered, caught.
    """

    target: Expr | None
    way: str
    value: Expr | None
    annotation: Expr | None
    block: int
    line: int
    column: int


class Evaluate(msgspec.Struct, frozen=True, eq=False, gc=False, array_like=True, tag=2):
    """An expression on its own; with truth, the test of an `if` or `while`."""

    value: Expr
    truth: bool
    block: int
    line: int
    column: int


class Return(msgspec.Struct, frozen=True, eq=False, gc=False, array_like=True, tag=3):
    """`return value`; a lambda's body too."""

    value: Expr | None
    block: int
    line: int


class Give(msgspec.Struct, frozen=True, eq=False, gc=False, array_like=True, tag=4):
    """`yield value`, or with `whole`, `yield from value`."""

    value: Expr
    whole: bool
    block: int
    line: int
    column: int


class Raise(msgspec.Struct, frozen=True, eq=False, gc=False, array_like=True, tag=5):
    """`raise value from cause`."""

    value: Expr | None
    cause: Expr | None
    block: int
    line: int


class Define(msgspec.Struct, frozen=True, eq=False, gc=False, array_like=True, tag=6):
    """A `def` or `class` binds its name: its place among the file's pieces of code."""

    index: int
    block: int


class Import(msgspec.Struct, frozen=True, eq=False, gc=False, array_like=True, tag=7):
    """`import module as name`, `from module import attribute as name`; `*` for all names.

    Args:
        attribute: empty for a plain import.
        level: dots of a relative import.
    """

    name: str
    module: str
    attribute: str
    level: int
    block: int
    line: int = 1


class Elsewhere(msgspec.Struct, frozen=True, eq=False, gc=False, array_like=True, tag=8):
    """`global names` (of_module) and `nonlocal names`."""

    names: tuple[str, ...]
    of_module: bool
    block: int


Statement: TypeAlias = Bind | Evaluate | Return | Give | Raise | Define | Import | Elsewhere


class Block(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """Statements that run together or not at all.

    Args:
        parent: the block around it; -1 for the outermost.
        choice: equal for the branches of one `if`, of which one runs; 0 where there is no choice.
        loops: whether it may run again.
        ends: whether it ends with return or raise, so that what it binds is not seen after it.
    """

    parent: int
    choice: int = 0
    loops: bool = False
    ends: bool = False


class Body(msgspec.Struct, frozen=True, eq=False, array_like=True):
    """What a piece of code does: its statements in source order, and the blocks that they stand in."""

    statements: tuple[Statement, ...]
    blocks: tuple[Block, ...]


class Parameter(msgspec.Struct, frozen=True, eq=False, gc=False, array_like=True):
    """A parameter; kind is `positional`, `both`, `keyword`, `*` or `**`."""

    name: str
    kind: str
    annotation: Expr | None
    default: Expr | None


def inner(root: Expr) -> list[Expr]:
    """An expression and all below it that hold others, in source order; lambdas are not entered."""
    found: list[Expr] = []
    stack = [root] if root.__class__ is not Name and root.__class__ is not Constant else found
    while stack:
        node = stack.pop()
        kind = node.__class__
        if kind is not Name and kind is not Constant:
            found.append(node)
            read = _BELOW.get(kind)
            if read is not None:
                stack += read(node)[::-1]
    return found


def below(node: Expr) -> tuple[Expr, ...]:
    """The expressions directly within one, in source order."""
    read = _BELOW.get(node.__class__)
    return read(node) if read is not None else ()


def _of_call(node: Call) -> tuple[Expr, ...]:
    if node.keywords:
        return (node.func, *node.args, *[value for _, value in node.keywords])
    return (node.func, *node.args)


def _of_value(node: Attribute | Starred | Await | Truth) -> tuple[Expr, ...]:
    return (node.value,)


def _of_sequence(node: Sequence) -> tuple[Expr, ...]:
    return node.elements


def _of_mapping(node: Mapping) -> tuple[Expr, ...]:
    return (*[key for key in node.keys if key is not None], *node.values)


def _of_comprehension(node: Comprehension) -> tuple[Expr, ...]:
    return (node.element,) if node.key is None else (node.key, node.element)


def _of_subscript(node: Subscript) -> tuple[Expr, ...]:
    return (node.value, node.index)


def _of_operation(node: Operation) -> tuple[Expr, ...]:
    return (node.left,) if node.right is None else (node.left, node.right)


def _of_choice(node: Choice) -> tuple[Expr, ...]:
    return (*node.tests, *[option for option in node.options if option not in node.tests])


def _of_formatted(node: Formatted) -> tuple[Expr, ...]:
    return tuple([value for _, value in node.parts])


def _of_several(node: Several) -> tuple[Expr, ...]:
    return node.parts


_BELOW: dict[type, Callable[..., tuple[Expr, ...]]] = {
    Call: _of_call,
    Attribute: _of_value,
    Starred: _of_value,
    Await: _of_value,
    Truth: _of_value,
    Sequence: _of_sequence,
    Mapping: _of_mapping,
    Comprehension: _of_comprehension,
    Subscript: _of_subscript,
    Operation: _of_operation,
    Choice: _of_choice,
    Formatted: _of_formatted,
    Several: _of_several,
}
