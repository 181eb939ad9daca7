"""Mutants of failures that only pass through a function: swallowed where they come up, not cleaned up after, never
ended by a time limit."""

from __future__ import annotations

import ast

from quality_gate.codebase.mutants.edits import REACHED, Edit, Source
from quality_gate.codebase.mutants.finding import Finder, Found
from quality_gate.failure_paths import FailurePath, FallibleCall
from quality_gate_checkers.dependencies import lookup
from quality_gate_checkers.settings import Settings

_SWALLOWABLE = (ast.Expr, ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Return)

_WAITERS = {"wait_for": "timeout"}
"""Calls of Python's own that give up after a while, by their last name: their second argument, or this keyword."""


def unwound(source: Source, finder: Finder, path: FailurePath) -> Found:
    """The failure of a call swallowed, where the statement that it stands in is alone on its lines."""
    call = _call(source, finder, path.call)
    statement = next((one for one in finder.parents(call) if isinstance(one, ast.stmt)), None) if call else None
    indent = source.indent(statement) if isinstance(statement, _SWALLOWABLE) else None
    if statement is not None and indent is not None:
        yield "the failure is swallowed", statement, _swallowed(source, statement, indent, path)


def _swallowed(source: Source, statement: ast.stmt, indent: str, path: FailurePath) -> Edit:
    """`try` around a statement. Every name stays, and what the statement would have given is None then."""
    start, end = source.span(statement)
    piece = source.piece(statement)
    caught = "SystemExit" if all(name.endswith("SystemExit") for name in path.types or ("",)) else "Exception"
    instead = "pass"
    if isinstance(statement, ast.Return):
        instead = "return None"
    elif isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
        instead = f"{statement.targets[0].id} = None"
    inside = piece.replace("\n", "\n    ")
    shown = f"try:\n{indent}    {inside}\n{indent}except {caught}:\n{indent}    {instead}"
    return Edit(start, end, f"try: {piece}\n{indent}except {caught}: {REACHED}(); {instead}", shown)


def expired(settings: Settings, source: Source, finder: Finder, path: FailurePath) -> Found:
    """The time limit that is given at a call taken away."""
    call = _call(source, finder, path.call)
    if call is None or path.call is None:
        return
    limit = _limit(call, path.call.name, settings)
    if limit is not None and not (isinstance(limit, ast.Constant) and limit.value is None):
        yield "nothing ends the waiting", limit, source.expression(limit, "({}, None)[1]", "None")


def _limit(call: ast.Call, name: str, settings: Settings) -> ast.expr | None:
    """The argument that says how long a call may take."""
    last = name.rpartition(".")[2]
    known = lookup(name, settings)
    deadline = known.deadline if known is not None else None
    keyword = deadline.keyword if deadline is not None else _WAITERS.get(last)
    position = deadline.position if deadline is not None else 1 if last in _WAITERS else None
    named = next((one.value for one in call.keywords if one.arg is not None and one.arg == keyword), None)
    if named is not None or position is None or position >= len(call.args):
        return named
    before = call.args[: position + 1]
    return None if any(isinstance(one, ast.Starred) for one in before) else before[-1]


def cleaned(source: Source, finder: Finder, path: FailurePath) -> Found:
    """A `finally` emptied; the tests that make a failure pass through it are those that are run."""
    for node in finder.on(path.line):
        around = next(finder.parents(node), None)
        if isinstance(node, ast.stmt) and isinstance(around, ast.Try | ast.TryStar) and node in around.finalbody:
            if source.column(node) == path.column:
                yield "nothing is cleaned up", node, source.statements(around.finalbody, "pass")
            return


def _call(source: Source, finder: Finder, call: FallibleCall | None) -> ast.Call | None:
    """The call of a path; all calls of a chain `a.b().c()` begin at one place, and end at others."""
    if call is None:
        return None
    for node in finder.on(call.line):
        if not isinstance(node, ast.Call):
            continue
        ends = node.end_lineno, source.end_column(node)
        if (source.column(node), *ends) == (call.column, call.end_line, call.end_column):
            return node
    return None
