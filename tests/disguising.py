"""The same code in other words and other spaces: what a rule finds in it must not hang on either.

Names that a source chooses for itself become others, what it imports is imported under another name, comments go, and
the tokens of a line stand two spaces apart.
"""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Iterator

_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_NOT_SHOWN = frozenset(
    {tokenize.INDENT, tokenize.DEDENT, tokenize.NL, tokenize.COMMENT, tokenize.ENDMARKER, tokenize.NEWLINE}
)


def pieces(source: str) -> Iterator[str]:
    """A source cut into one per definition on top of it, each with the imports that it reads and all other statements.

    What one definition says can then no more be said for another.
    """
    body = ast.parse(source).body
    for chosen in body:
        if isinstance(chosen, _DEFINITIONS):
            read = {node.id for node in ast.walk(chosen) if isinstance(node, ast.Name)}
            yield ast.unparse(ast.Module([part for part in body if part is chosen or _belongs(part, read)], []))


def _belongs(part: ast.stmt, read: set[str]) -> bool:
    if isinstance(part, ast.Import | ast.ImportFrom):
        return any(_bound(alias) in read for alias in part.names)
    return not isinstance(part, _DEFINITIONS)


def _bound(alias: ast.alias) -> str:
    return alias.asname or alias.name.partition(".")[0]


def disguised(source: str) -> str:
    """A source whose names, comments and spaces are others, and which does the same."""
    tree = ast.parse(source)
    renaming = _Renaming(tree)
    renaming.visit(tree)
    return _roomy(ast.unparse(tree))


def _roomy(source: str) -> str:
    lines: list[str] = []
    started = False
    for token in tokenize.generate_tokens(io.StringIO(source + "\n").readline):
        if token.type == tokenize.NEWLINE:
            started = False
        if token.type in _NOT_SHOWN:
            continue
        if started:
            lines[-1] += f"  {token.string}"
        else:
            lines.append(" " * token.start[1] + token.string)
            started = True
    return "\n".join(lines) + "\n"


class _Renaming(ast.NodeTransformer):
    """Other names for all that a tree binds; those that Python or pytest reads keep their meaning."""

    def __init__(self, tree: ast.AST) -> None:
        self._own = {name for node in ast.walk(tree) for name in _names_bound(node)}
        self._new: dict[str, str] = {}

    def _other(self, name: str) -> str:
        if name not in self._own or name in ("self", "cls") or name.startswith("__"):
            return name
        kind = next((start for start in ("test_", "Test") if name.startswith(start)), "C" if name[0].isupper() else "n")
        return self._new.setdefault(name, f"{kind}{len(self._new)}")

    def visit_Name(self, node: ast.Name) -> ast.AST:
        node.id = self._other(node.id)
        return node

    def visit_arg(self, node: ast.arg) -> ast.AST:
        self.generic_visit(node)
        node.arg = self._other(node.arg)
        return node

    def visit_alias(self, node: ast.alias) -> ast.AST:
        if _bound(node) in self._own:
            node.asname = self._other(_bound(node))
        return node

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> ast.AST:
        self.generic_visit(node)
        node.name = self._other(node.name) if node.name else None
        return node

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.value, ast.Name) and node.value.id in ("self", "cls"):
            node.attr = self._other(node.attr)
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        return self._definition(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        return self._definition(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        return self._definition(node)

    def _definition(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> ast.AST:
        self.generic_visit(node)
        node.name = self._other(node.name)
        return node


def _names_bound(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        yield node.id
    elif isinstance(node, ast.arg):
        yield node.arg
    elif isinstance(node, (*_DEFINITIONS, ast.ExceptHandler)) and node.name:
        yield node.name
    elif isinstance(node, ast.ImportFrom) and node.module != "__future__":
        yield from (_bound(alias) for alias in node.names if alias.name != "*")
    elif isinstance(node, ast.Import):
        yield from (_bound(alias) for alias in node.names if alias.asname or "." not in alias.name)
