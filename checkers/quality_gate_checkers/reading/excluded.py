"""Failure paths that a coverage pragma hides."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import TypeAlias

import msgspec

from quality_gate_checkers.model import PRODUCTION, Module
from quality_gate_checkers.model.scopes import FUNCTIONS, FunctionNode
from quality_gate_checkers.reading.directives import asking, block_of_comments
from quality_gate_checkers.reading.handlers import written
from quality_gate_checkers.reading.never_run import (
    UNREACHABLE,
    handler_never_run,
    in_exempt_block,
    is_main,
    is_platform,
    is_stub,
    raise_never_run,
)
from quality_gate_checkers.reading.remembering import of_module
from quality_gate_checkers.regexes import regex

_WHY_NOT = regex(
    UNREACHABLE.pattern + r"|\brare|\brace\b|\b(?:tough|hard|difficult|tricky) to\b|unlikely|defensive|invariant"
    r"|coverage|\bcover(?:ed)?\b|\btest",
    re.IGNORECASE,
)
"""What a comment beside a pragma says when it explains why no test can come here."""
Path: TypeAlias = ast.stmt | ast.ExceptHandler
Pragmas: TypeAlias = dict[int, tuple[int, int]]
"""First line of the excluded statement -> line and column of its pragma."""


class Hidden(msgspec.Struct, frozen=True):
    """One failure path that no coverage report will ever show.

    Args:
        lines: where its pragmas stand, the first of them first.
        column: of the first pragma.
        node: the handler, `raise` or guard that it hides.
        what: the path in words, for a message.
    """

    lines: tuple[int, ...]
    column: int
    node: ast.AST
    what: str


def hidden_paths(module: Module) -> Iterator[Hidden]:
    """Handlers, raises and raising guards under a `pragma: no cover` without a reason, less class U."""
    if module.role not in PRODUCTION:
        return
    pragmas = {
        module.statement_lines(found.comment.line)[0]: (found.comment.line, found.comment.column)
        for found in reversed(list(asking(module)))
        if not found.said
        and not found.comment.alone
        and any(directive.tool == "cover" for directive in found.directives)
    }
    places = _places(module) if pragmas else {}
    for first in sorted(pragmas.keys() & places.keys()):
        node, (line, column) = places[first], pragmas[first]
        what = None if says_why_not(module, line) else _what(module, node, pragmas)
        if what is not None:
            body = _wholly_excluded(module, node, pragmas)
            lines = tuple(pragmas[statement.lineno][0] for statement in body) or (line,)
            yield Hidden(lines, column, node, what)


def says_why_not(module: Module, line: int) -> bool:
    """The comment lines right above or right below say why no test comes here."""
    around = [*block_of_comments(module, line - 1, -1), *block_of_comments(module, line + 1, 1)]
    return any(_WHY_NOT.search(text) for text in around)


def _places(module: Module) -> dict[int, Path]:
    """What begins on a line and may be, or stand in, a failure path: the outermost where several do."""
    found: dict[int, Path] = {}
    for handler in module.nodes(ast.ExceptHandler):
        for statement in handler.body:
            found[statement.lineno] = statement
    for node in _paths(module):
        found[node.lineno] = node
    return found


def _paths(module: Module) -> list[Path]:
    """The outer ones last: an `if` stands before the `raise` on its own line."""
    found: list[Path] = [*module.nodes(ast.Raise)]
    found += module.nodes(ast.If)
    found += module.nodes(ast.ExceptHandler)
    return found


def _wholly_excluded(module: Module, node: Path, pragmas: Pragmas) -> list[ast.stmt]:
    """The body of the handler that a statement stands in, where every statement of it bears a pragma."""
    above = module.parent(node)
    if isinstance(above, ast.ExceptHandler) and all(statement.lineno in pragmas for statement in above.body):
        return above.body
    return []


def _what(module: Module, node: Path, pragmas: Pragmas) -> str | None:
    if in_exempt_block(module, node):
        return None
    if isinstance(node, ast.ExceptHandler):
        return _handler(module, node)
    if isinstance(node, ast.If):
        last = node.body[-1]
        if not isinstance(last, ast.Raise) or is_platform(module, node.test) or _is_unreachable(module, last):
            return None
        return f"the refusal `raise {_raised(last)}`" if last.exc is not None else "the re-raise"
    body = _wholly_excluded(module, node, pragmas)
    handler = module.parent(node)
    if body and isinstance(handler, ast.ExceptHandler):
        return _handler(module, handler) if node is body[0] else None
    if isinstance(node, ast.Raise) and not _is_unreachable(module, node):
        return f"`raise {_raised(node)}`" if node.exc is not None else "the re-raise"
    return None


def _handler(module: Module, handler: ast.ExceptHandler) -> str | None:
    return None if handler_never_run(module, handler) else f"the handler of {_written_types(handler.type)}"


def _written_types(type_: ast.expr | None) -> str:
    if type_ is None:
        return "everything"
    return ", ".join(written(part) for part in (type_.elts if isinstance(type_, ast.Tuple) else [type_]))


def _raised(node: ast.Raise) -> str:
    exception = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
    return written(exception) if exception is not None else ""


def _is_unreachable(module: Module, node: ast.Raise) -> bool:
    return raise_never_run(module, node) is not None


def is_never_run(module: Module, first: int, last: int) -> bool:
    """Whether a statement begins on some lines that, as everybody knows, no test can run (class U)."""
    held = of_module(module, _judged_by_line)
    return any(_is_never_run(module, node) for line in range(first, last + 1) for node in held.get(line, ()))


def _judged_by_line(module: Module) -> dict[int, list[Path | FunctionNode]]:
    found: dict[int, list[Path | FunctionNode]] = {}
    for node in [*_paths(module), *_functions(module)]:
        found.setdefault(node.lineno, []).append(node)
    return found


def spans_never_run(module: Module) -> Iterator[tuple[int, int]]:
    """First and last lines of what no test can run, a guard's without its `else`; functions of `...` besides."""
    for node in _never_run(module):
        end = node.body[-1] if isinstance(node, ast.If) else node
        yield node.lineno, end.end_lineno or node.lineno
    for function in _functions(module):
        if all(isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant) for one in function.body):
            yield function.lineno, function.end_lineno or function.lineno


def _never_run(module: Module) -> Iterator[Path | FunctionNode]:
    return (node for node in [*_paths(module), *_functions(module)] if _is_never_run(module, node))


def _is_never_run(module: Module, node: Path | FunctionNode) -> bool:
    return is_stub(module, node) if isinstance(node, FUNCTIONS) else not _hides(module, node)


def _functions(module: Module) -> list[FunctionNode]:
    return [*module.nodes(ast.FunctionDef), *module.nodes(ast.AsyncFunctionDef)]


def _hides(module: Module, node: Path) -> bool:
    if isinstance(node, ast.If) and not isinstance(node.body[-1], ast.Raise):
        return not (is_platform(module, node.test) or is_main(node.test))
    return _what(module, node, {}) is not None
