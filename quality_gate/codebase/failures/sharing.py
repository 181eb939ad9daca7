"""Whether a line that was run tells that what leaves its function there did so: not where the line begins with
something else, which runs when nothing leaves too."""

from __future__ import annotations

import ast
import re
from typing import NamedTuple

from quality_gate_checkers.model import Module
from quality_gate_checkers.model.scopes import FunctionNode

_NO_CODE = re.compile(r"(?:(?:else|try|finally)\s*:)?")
"""What may stand before a statement without running by itself."""
_BLOCKS = ("body", "orelse", "finalbody")
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


class Shared(NamedTuple):
    """What something shares its line with: the condition before it, another statement, the other side of an `or`.

    Args:
        line: on which that begins; 0 of what has its line for itself.
        jumps_tell: whether jumps from there tell what happened: not within a `with` or a `finally`, to which all lead.
    """

    line: int = 0
    jumps_tell: bool = False


def shared_by(module: Module, node: ast.stmt | ast.Call) -> Shared:
    """What a `return`, a `raise` or a call shares its line with."""
    line = _shared_from(module, node)
    return Shared(line, not _is_held(module, node)) if line else Shared()


def _is_held(module: Module, node: ast.AST) -> bool:
    above = module.parent(node)
    while above is not None and not isinstance(above, FunctionNode):
        if isinstance(above, ast.With | ast.AsyncWith) or getattr(above, "finalbody", None):
            return True
        above = module.parent(above)
    return False


def _shared_from(module: Module, node: ast.stmt | ast.Call) -> int:
    is_skipped = False
    here: ast.AST = node
    while not isinstance(here, ast.stmt):
        above = module.parent(here)
        if above is None:
            return 0
        is_skipped = is_skipped or _may_skip(above, here)
        here = above
    return _shared_by(module, here) or (here.lineno if is_skipped else 0)


def _may_skip(above: ast.AST, part: ast.AST) -> bool:
    """Whether an expression may be over without one of its parts."""
    match above:
        case ast.BoolOp(values=[first, *_]):
            return part is not first
        case ast.IfExp(test=test):
            return part is not test
        case ast.comprehension(iter=source):
            return part is not source
        case ast.Lambda():
            return True
    return isinstance(above, _COMPREHENSIONS) and part is not above.generators[0]


def _shared_by(module: Module, statement: ast.stmt) -> int:
    if _begins_line(module, statement):
        return 0
    above = module.parent(statement)
    first = next((held[0] for name in _BLOCKS if statement in (held := _block(above, name))), statement)
    if _begins_line(module, first):
        return first.lineno
    if isinstance(above, FunctionNode) and module.enclosing_function(above) is None:
        return 0  # its definition is run on import, and in no test
    line = above.pattern.lineno if isinstance(above, ast.match_case) else getattr(above, "lineno", 0)
    return line or statement.lineno


def _block(node: ast.AST | None, name: str) -> list[ast.stmt]:
    held = getattr(node, name, None)
    return held if isinstance(held, list) else []


def _begins_line(module: Module, statement: ast.stmt) -> bool:
    place = module.location(statement)
    before = module.lines[place.line - 1][: place.column].strip()
    goes_on = not before and place.line > 1 and module.lines[place.line - 2].rstrip().endswith("\\")
    return not goes_on and _NO_CODE.fullmatch(before) is not None
