"""A file as its author wrote it: text, tree and what its names stand for."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from contextlib import suppress
from functools import cached_property, lru_cache
from typing import TypeAlias

from quality_gate_checkers.model.text import NotAnalysable, decode

Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


class Source:
    """One file.

    Args:
        path: relative to the project's root. text: of the file, which parses.
    """

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.text = text
        self.tree = ast.parse(text)
        self.lines = text.splitlines()

    def segment(self, node: ast.AST) -> str:
        """A node as written."""
        return ast.get_source_segment(self.text, node) or ast.unparse(node)

    @cached_property
    def imports(self) -> dict[str, str]:
        """What the names that the module imports stand for, dotted."""
        found: dict[str, str] = {}
        for node in self.tree.body:
            found.update(imported_by(node))
        return found

    @cached_property
    def names(self) -> frozenset[str]:
        """What the module's own code binds."""
        bound = {node.name for node in self.tree.body if isinstance(node, (*FUNCTIONS, ast.ClassDef))}
        for node in self.tree.body:
            targets = node.targets if isinstance(node, ast.Assign) else []
            targets = [node.target] if isinstance(node, ast.AnnAssign) else targets
            bound.update(name.id for target in targets for name in ast.walk(target) if isinstance(name, ast.Name))
        return frozenset(bound | set(self.imports))

    def function(self, qualified: str) -> Function | None:
        """A function by its qualified name; the last one of that name counts, as it does for Python."""
        found = self.within(qualified)
        return found if isinstance(found, FUNCTIONS) else None

    def within(self, qualified: str) -> Function | ast.ClassDef | None:
        """A function or class by its qualified name."""
        here: ast.Module | Function | ast.ClassDef = self.tree
        for part in qualified.split("."):
            held = [node for node in _definitions(here) if node.name == part]
            if not held:
                return None
            here = held[-1]
        return None if isinstance(here, ast.Module) else here

    def call_at(self, line: int, column: int) -> ast.Call | None:
        """The call that begins at a place and reaches farthest.

        Args:
            line, column: 1-based, in code points.
        """
        if not 0 < line <= len(self.lines):
            return None
        offset = len(self.lines[line - 1][: column - 1].encode())
        found = [
            node
            for node in ast.walk(self.tree)
            if isinstance(node, ast.Call) and (node.lineno, node.col_offset) == (line, offset)
        ]
        return found[0] if found else None

    def call_ending_at(self, line: int, column: int, end_line: int, end_column: int) -> ast.Call | None:
        """The call between two places: of `a().b()` both begin at one."""
        held = self.call_at(line, column)
        for node in ast.walk(held) if held is not None else ():
            if isinstance(node, ast.Call) and node.end_lineno == end_line and node.end_col_offset is not None:
                width = len(self.lines[end_line - 1].encode()[: node.end_col_offset].decode())
                if width + 1 == end_column:
                    return node
        return held


def imported_by(node: ast.AST) -> Iterator[tuple[str, str]]:
    """Names that an import binds, each with what it stands for."""
    if isinstance(node, ast.Import):
        for alias in node.names:
            yield (alias.asname, alias.name) if alias.asname else (alias.name.split(".")[0], alias.name.split(".")[0])
    elif isinstance(node, ast.ImportFrom):
        base = "." * node.level + (node.module or "")
        for alias in node.names:
            yield alias.asname or alias.name, f"{base}.{alias.name}" if not base.endswith(".") else base + alias.name


def _definitions(node: ast.AST) -> Iterator[Function | ast.ClassDef]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, (*FUNCTIONS, ast.ClassDef)):
            yield child
        elif isinstance(child, (ast.If, ast.Try, ast.With, ast.ExceptHandler, ast.For, ast.While, ast.AsyncWith)):
            yield from _definitions(child)


def chain_of(node: ast.expr) -> list[str] | None:
    """`a.b.c` as its parts; None where it begins with something else than a name."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return [node.id, *reversed(parts)] if isinstance(node, ast.Name) else None


def last_name(node: ast.expr) -> str:
    """The name that a call shows: `charge` of `gateway.charge`."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def words(name: str) -> str:
    """A name in small letters, as a part of another name."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name)
    return re.sub(r"\W+|_+", "_", spaced, flags=re.ASCII).strip("_").lower()


def source_of(path: str, content: bytes) -> Source | None:
    """A file's content as a source; None where it cannot be read as Python."""
    try:
        return Source(path, decode(content))
    except (NotAnalysable, SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def indented(text: str, width: int) -> str:
    """Statements with other blanks before them; what stands in texts of several lines stays.

    Args:
        text: statements, the first at the margin. width: of the blanks.
    """
    inside = _inside_texts(text)
    return "\n".join(
        line if number in inside or not line.strip() else " " * width + line
        for number, line in enumerate(text.split("\n"), 1)
    )


def outdented(lines: list[str], first: int, source: Source) -> list[str]:
    """Lines of a file as if they stood at the margin.

    Args:
        lines: of the file. first: number of the first one.
    """
    inside = _inside_texts(source.text)
    own = [line for number, line in enumerate(lines, first) if number not in inside and line.strip()]
    width = min((len(line) - len(line.lstrip()) for line in own), default=0)
    return [line if number in inside else line[width:] for number, line in enumerate(lines, first)]


@lru_cache(maxsize=64)
def _inside_texts(text: str) -> frozenset[int]:
    """Lines that begin within a text of several lines."""
    found: set[int] = set()
    begun: list[int] = []
    with suppress(tokenize.TokenError, SyntaxError):
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            kind = tokenize.tok_name[token.type]
            if kind.endswith("STRING_START"):
                begun.append(token.start[0])
            first = begun.pop() if kind.endswith("STRING_END") and begun else token.start[0]
            if kind.endswith(("STRING", "STRING_END")):
                found.update(range(first + 1, token.end[0] + 1))
    return frozenset(found)
