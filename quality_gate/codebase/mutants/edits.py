"""One change of a source text, made so that every name means what it meant, and lines before it stay where they were.

A function's code can be put in the place of another's only where both have the same free variables and both or neither
are generators. So what is taken away stays in a text that never runs: `0 and (order, (state := state))`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

import msgspec

REACHED = "__quality_gate_reached__"
"""A builtin while a mutant is tried; it notes that a test came to the changed place, and gives True."""

_CONTEXT = 3
"""Lines around a change in a diff."""

_SCOPES = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.Lambda)
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


class Edit(msgspec.Struct, frozen=True, array_like=True):
    """A piece of a source to be replaced.

    Args:
        start, end: bytes of the source in UTF-8.
        text: to be run in its place.
        shown: what people see in its place.
    """

    start: int
    end: int
    text: str
    shown: str


class Source:
    """A file's text.

    Args:
        text: of the file; its line ends are made into one kind.

    Raises:
        ValueError: it cannot be parsed.
    """

    def __init__(self, text: str) -> None:
        self.text = text.replace("\r\n", "\n").replace("\r", "\n")
        self.bytes = self.text.encode("utf-8", "surrogatepass")
        self._starts = [0]
        for line in self.bytes.split(b"\n"):
            self._starts.append(self._starts[-1] + len(line) + 1)
        try:
            self.tree = ast.parse(self.text)
        except (SyntaxError, RecursionError, MemoryError, OverflowError) as error:
            raise ValueError(f"it cannot be parsed: {error}") from error

    def column(self, node: ast.stmt | ast.expr | ast.excepthandler) -> int:
        """Where a node begins, 1-based, in code points."""
        start = self._starts[node.lineno - 1]
        return len(self.bytes[start : start + node.col_offset].decode("utf-8", "surrogatepass")) + 1

    def end_column(self, node: ast.expr) -> int:
        """Where it ends, 1-based, the end not included, in code points."""
        start = self._starts[(node.end_lineno or node.lineno) - 1]
        return len(self.bytes[start : start + (node.end_col_offset or 0)].decode("utf-8", "surrogatepass")) + 1

    def indent(self, statement: ast.stmt) -> str | None:
        """What stands before a statement on its line; None where anything but blanks and a comment shares its lines."""
        start, end = self.span(statement)
        line_end = (self.bytes + b"\n").index(b"\n", end)
        before = self.bytes[self.bytes.rfind(b"\n", 0, start) + 1 : start].decode("utf-8", "surrogatepass")
        after = self.bytes[end:line_end].strip()
        return None if before.strip() or (after and not after.startswith(b"#")) else before

    def span(self, first: ast.AST, last: ast.AST | None = None) -> tuple[int, int]:
        """The bytes from the beginning of one node, decorators included, to the end of it or of another one."""
        begins = [first, *getattr(first, "decorator_list", ())]
        start = min(self._starts[_line(node) - 1] + _column(node) for node in begins)
        if getattr(first, "decorator_list", ()):
            start = self.bytes.rindex(b"@", 0, start)
        end = last if last is not None else first
        return start, self._starts[getattr(end, "end_lineno", 1) - 1] + getattr(end, "end_col_offset", 0)

    def piece(self, node: ast.AST) -> str:
        """A node as its author wrote it."""
        start, end = self.span(node)
        return self.bytes[start:end].decode("utf-8", "surrogatepass")

    def statements(self, body: list[ast.stmt], instead: str) -> Edit:
        """Statements that stand side by side, replaced by one simple statement."""
        start, end = self.span(body[0], body[-1])
        lines = "\n" * self.bytes.count(b"\n", start, end)
        kept = ", ".join([*kept_names(body), ""])
        return Edit(start, end, f"{REACHED}() and 0 and ({kept}{lines}); {instead}", instead)

    def expression(self, node: ast.expr, text: str, shown: str, *, reached: bool = False) -> Edit:
        """An expression replaced by one that holds it, so that no line and no name is lost.

        Args:
            text: `{}` stands for the expression. shown: what people see. reached: `text` notes that a test came by.
        """
        start, end = self.span(node)
        inside = text.replace("{}", f"({self.piece(node)})")
        run = inside if reached else f"({REACHED}(), {inside})[1]"
        before = self.bytes[start - 1 : start].decode("latin-1")
        return Edit(start, end, f" ({run})", f" {shown}" if before.isalnum() else shown)

    def with_edit(self, edit: Edit) -> str:
        """The text that is run."""
        changed = self.bytes[: edit.start] + edit.text.encode("utf-8", "surrogatepass") + self.bytes[edit.end :]
        return changed.decode("utf-8", "surrogatepass")

    def diff(self, path: str, edit: Edit) -> str:
        """What people see of it: a unified diff of one hunk."""
        first = self.bytes.count(b"\n", 0, edit.start)
        last = self.bytes.count(b"\n", 0, edit.end)
        lines = self.text.split("\n")
        start = self.bytes.rfind(b"\n", 0, edit.start) + 1
        end = (self.bytes + b"\n").index(b"\n", edit.end)
        changed = self.bytes[start : edit.start] + edit.shown.encode("utf-8", "surrogatepass")
        after = (changed + self.bytes[edit.end : end]).decode("utf-8", "surrogatepass").split("\n")
        above = lines[max(first - _CONTEXT, 0) : first]
        below = [line for line in lines[last + 1 : last + 1 + _CONTEXT] if line or last + _CONTEXT < len(lines) - 1]
        begins = first - len(above) + 1
        around = len(above) + len(below)
        head = f"@@ -{begins},{around + last - first + 1} +{begins},{around + len(after)} @@"
        hunk = [f" {line}" for line in above] + [f"-{line}" for line in lines[first : last + 1]]
        hunk += [f"+{line}" for line in after] + [f" {line}" for line in below]
        return "\n".join([f"--- {path}", f"+++ {path} (changed)", head, *hunk, ""])


def _line(node: ast.AST) -> int:
    return getattr(node, "lineno", 1)


def _column(node: ast.AST) -> int:
    return getattr(node, "col_offset", 0)


def kept_names(body: Iterable[ast.stmt]) -> Iterator[str]:
    """Expressions that make the names of statements what they are there: read, given a value, or yielded."""
    read: dict[str, None] = {}
    bound: dict[str, None] = {}
    yields = False
    waiting: list[tuple[ast.AST, frozenset[str]]] = [(node, frozenset()) for node in body]
    while waiting:
        node, inner = waiting.pop()
        if isinstance(node, ast.Name) and node.id not in inner:
            (read if isinstance(node.ctx, ast.Load) else bound)[node.id] = None
        elif isinstance(node, ast.alias):
            bound[(node.asname or node.name).partition(".")[0]] = None
        elif isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar) and node.name:
            bound[node.name] = None
        elif isinstance(node, ast.MatchMapping) and node.rest:
            bound[node.rest] = None
        elif isinstance(node, ast.Yield | ast.YieldFrom):
            yields = True
        if isinstance(node, _DEFINITIONS):
            bound[node.name] = None  # what happens inside is that one's own
            waiting += [(child, inner) for child in node.decorator_list]
            continue
        if isinstance(node, _SCOPES):
            inner = inner | _bound_inside(node)
        waiting += [(child, inner) for child in ast.iter_child_nodes(node)]
    bound.pop("*", None)
    yield from (name for name in read if name not in bound)
    yield from (f"({name} := {name})" for name in bound)
    if yields:
        yield "(yield)"


def _bound_inside(node: ast.AST) -> frozenset[str]:
    """Names of a comprehension's or lambda's own."""
    if isinstance(node, ast.Lambda):
        arguments = node.args
        every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
        return frozenset(one.arg for one in every if one is not None)
    return frozenset(
        name.id
        for one in getattr(node, "generators", ())
        for name in ast.walk(one.target)
        if isinstance(name, ast.Name)
    )
