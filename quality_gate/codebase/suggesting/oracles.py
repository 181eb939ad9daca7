"""What a test checks: left out of a skeleton, whose outcome is another one."""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Collection
from typing import TypeAlias

from quality_gate.codebase.suggesting.sources import last_name
from quality_gate_checkers.reading.oracles import OracleKind, oracle_at

_CHECKING: frozenset[OracleKind] = frozenset({"method"})
_AROUND: frozenset[OracleKind] = frozenset({"method", "raises", "harmless"})
"""Oracles around a block."""
_OUTRIGHT = frozenset({"expect", "fail", "failUnless"})
_BLOCKS = ("body", "orelse", "finalbody")


def is_oracle(statement: ast.stmt) -> bool:
    """Whether a statement does nothing but check."""
    if isinstance(statement, ast.Assert):
        return True
    value = statement.value if isinstance(statement, ast.Expr) else None
    value = value.value if isinstance(value, ast.Await) else value
    return isinstance(value, ast.Call) and _checks(value, _CHECKING)


def _checks(call: ast.Call, kinds: Collection[OracleKind]) -> bool:
    found = oracle_at(call)
    return (found is not None and found.kind in kinds) or last_name(call.func) in _OUTRIGHT


def expects(item: ast.withitem) -> bool:
    """Whether a `with` checks what happens in its body."""
    call = item.context_expr
    return isinstance(call, ast.Call) and _checks(call, _AROUND)


Instead: TypeAlias = Callable[[ast.stmt], ast.stmt | None]
"""What stays of a check within a statement; None for nothing."""


def without_oracles(statement: ast.stmt, instead: Instead = lambda check: None) -> ast.stmt | None:
    """A statement without what is checked in it; None where nothing is left."""
    if is_oracle(statement):
        return None
    cut = copy.deepcopy(statement)
    _cut(cut, instead)
    return cut


def holds_oracles(statement: ast.stmt) -> bool:
    """Whether something is checked within a statement."""
    return any(isinstance(node, ast.stmt) and is_oracle(node) for node in ast.walk(statement))


def _cut(node: ast.AST, instead: Instead) -> None:
    for block in _BLOCKS:
        held = getattr(node, block, None)
        if not isinstance(held, list) or not held:
            continue
        kept = [kept for one in held if (kept := instead(one) if is_oracle(one) else one) is not None]
        for one in kept:
            _cut(one, instead)
        setattr(node, block, kept or ([ast.Pass()] if block == "body" else []))
    for handler in getattr(node, "handlers", ()):
        _cut(handler, instead)
