"""Walking statements without entering what runs at another time."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from quality_gate_checkers.model import Module
from quality_gate_checkers.model.index import FIELDS_FROM_THE_LAST, LEAVES, children
from quality_gate_checkers.model.scopes import FUNCTIONS

FAR = 60
"""Statements: whoever reads on after a block looks no further, and a function of 3,000 handlers is read in time."""

DEFERRED = (*FUNCTIONS, ast.Lambda, ast.ClassDef)
_ENDS = frozenset({*DEFERRED, *LEAVES})
_LEAVES = frozenset(LEAVES)
_TRIES = (ast.Try, ast.TryStar)
_LEAVING = (ast.Return, ast.Raise, ast.Continue, ast.Break)
_ENTERING = (ast.With, ast.AsyncWith)


def walk_now(nodes: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """Nodes that run when these nodes run, in source order, without nested functions, lambdas and classes."""
    stack: list[ast.AST | None] = [*nodes]
    stack.reverse()
    while stack:
        node = stack.pop()
        if node is None:
            continue
        yield node
        if node.__class__ not in _ENDS:
            for name in FIELDS_FROM_THE_LAST[node.__class__]:
                value = getattr(node, name)
                if value.__class__ is list:
                    stack += value[::-1]
                else:
                    stack.append(value)


def walk(root: ast.AST) -> Iterator[ast.AST]:
    """A node and all below it in the order of `ast.walk`, in half its time; what holds no name and no value is left
    out, like operators."""
    waiting = [root]
    for node in waiting:
        yield node
        if node.__class__ not in _LEAVES:
            waiting += children(node)


def plain_calls(body: list[ast.stmt]) -> Iterator[ast.Call]:
    """Calls of a block for which no `try` inside it answers, in source order."""
    stack: list[ast.AST] = [*reversed(body)]
    while stack:
        node = stack.pop()
        if isinstance(node, DEFERRED):
            continue
        if isinstance(node, ast.Call):
            yield node
        if isinstance(node, _TRIES) and keeps_all(node):
            stack.extend(reversed(node.finalbody))
        elif isinstance(node, _TRIES) and node.handlers:
            stack.extend([*node.orelse, *node.finalbody][::-1])
        else:
            stack.extend(reversed(children(node)))


def keeps_all(block: ast.Try | ast.TryStar) -> bool:
    """Whether nothing comes out of a `try` save what its `finally` raises: that one ends in `return`, `break`,
    `continue`."""
    return leaves(block.finalbody) and not isinstance(block.finalbody[-1], ast.Raise)


def names_read(nodes: Iterable[ast.AST]) -> set[str]:
    """Names that are read anywhere in these nodes, nested functions included."""
    return {
        found.id
        for node in nodes
        for found in ast.walk(node)
        if isinstance(found, ast.Name) and isinstance(found.ctx, ast.Load)
    }


def names_bound(nodes: Iterable[ast.AST]) -> set[str]:
    """Names that are bound when these nodes run."""
    return {found.id for found in walk_now(nodes) if isinstance(found, ast.Name) and isinstance(found.ctx, ast.Store)}


def following(node: ast.stmt, parent: ast.AST | None) -> list[ast.stmt]:
    """The statements after one in the block that holds it."""
    for field in ("body", "orelse", "finalbody"):
        block = getattr(parent, field, None)
        if isinstance(block, list) and node in block:  # nodes are equal to themselves alone
            return block[block.index(node) + 1 :]
    return []


def after_block(module: Module, statement: ast.stmt) -> list[ast.stmt]:
    """The statements that run after one: those that follow it, and those that follow a `with` that it ends; the first
    `FAR` of them."""
    after: list[ast.stmt] = []
    current: ast.stmt = statement
    while True:
        parent = module.parent(current)
        after.extend(following(current, parent)[: FAR - len(after)])
        if not isinstance(parent, ast.With | ast.AsyncWith) or len(after) >= FAR:
            return after
        current = parent


def leaves(body: list[ast.stmt]) -> bool:
    """Whether control never reaches the end of a block: its last statement returns, raises, continues or breaks."""
    if not body:
        return False
    last = body[-1]
    if isinstance(last, _LEAVING):
        return True
    if isinstance(last, ast.If):
        return bool(last.orelse) and leaves(last.body) and leaves(last.orelse)
    if isinstance(last, _ENTERING):
        return leaves(last.body)
    if isinstance(last, ast.Try):
        return leaves(last.finalbody) or (
            leaves(last.orelse or last.body) and all(leaves(handler.body) for handler in last.handlers)
        )
    return False
