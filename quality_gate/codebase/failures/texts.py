"""Pieces of a source as people see them in a message: on one line, without comments, cut."""

from __future__ import annotations

import ast
import re

from quality_gate_checkers.model import Module
from quality_gate_checkers.model.violation import Location

LONGEST = 100
_LINES = 8
_COMMENT = re.compile(r"\s#\s[^'\"]*$")
"""A comment at the end of a line; what may be part of a string is left alone."""


def text_of(module: Module, node: ast.AST) -> str:
    """A piece as its author wrote it, on one line."""
    return cut(_segment(module, module.location(node)))


def cut(text: str) -> str:
    """As much of a text as a message holds."""
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _segment(module: Module, place: Location) -> str:
    lines = module.lines
    if place.line == place.end_line:
        return lines[place.line - 1][place.column : place.end_column][: LONGEST + 1]
    first = lines[place.line - 1][place.column :]
    between = lines[place.line : min(place.end_line - 1, place.line + _LINES)]
    whole = place.end_line <= place.line + _LINES
    last = [lines[place.end_line - 1][: place.end_column]] if whole else []
    return _joined([_COMMENT.sub("", line[: 2 * LONGEST]).strip() for line in (first, *between)] + last)


def _joined(parts: list[str]) -> str:
    found = ""
    for part in parts:
        text = part.strip()
        if text.startswith("#"):
            continue
        glue = "" if found.endswith(("(", "[", "{", ".")) or text.startswith((")", "]", "}", ".")) else " "
        found = f"{found.removesuffix(',') if text[:1] in ')]}' and text else found}{glue if found else ''}{text}"
    return found


def head(node: ast.stmt | ast.ExceptHandler) -> tuple[int, int]:
    """First and last line of a statement, of a compound one as far as its body; decorators included."""
    first = min([node.lineno, *(one.lineno for one in getattr(node, "decorator_list", ()))])
    body = getattr(node, "body", None) or getattr(node, "cases", None)
    if isinstance(body, list) and body:
        begins = body[0].pattern.lineno if isinstance(body[0], ast.match_case) else body[0].lineno
        return first, max(node.lineno, begins - 1)
    return first, node.end_lineno or node.lineno


def span_of(module: Module, node: ast.expr | ast.stmt) -> tuple[int, int, int, int]:
    """Where a node stands, as `FallibleCall` has it: 1-based, in code points, the end not included."""
    place = module.location(node)
    return place.line, place.column + 1, place.end_line, place.end_column + 1


def first_run(body: list[ast.stmt]) -> ast.stmt:
    """The first statement of a block that leaves a trace when it runs: declarations are no code."""
    return next((one for one in body if not _is_declaration(one)), body[0])


def _is_declaration(node: ast.stmt) -> bool:
    if isinstance(node, ast.Global | ast.Nonlocal):
        return True
    return isinstance(node, ast.AnnAssign) and node.value is None and isinstance(node.target, ast.Name)
