"""What a function's source was when it was measured: a digest by which its evidence stays good or goes stale.

A digest is taken of the source as it is parsed, so comments, blank lines and the breaking of long expressions do not
count, and it is the same on every Python that we support. Docstrings count: they are source, and programs read them.

A function is whole: its decorators, defaults and annotations and the functions inside it are its own. What is left of
the module when all functions are taken away, class bodies included, is the module-level code. Hence an added, removed
or changed function leaves the evidence of its neighbours alone, as it leaves the module-level code.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Callable, Iterable
from hashlib import blake2b
from typing import Any, NamedTuple

_DIGEST_SIZE = 16

_WITHOUT_MEANING = frozenset({"ctx", "type_comment", "type_ignores"})
"""Fields that say how something was written, or again what its place says already."""

_BEGIN_LINES = (ast.stmt, ast.ExceptHandler)
_DECORATED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


class Fingerprint(NamedTuple):
    """A function, or the module-level code, as it was parsed.

    Args:
        first, last: lines, 1-based, both included; `first` is the first decorator's. Of several definitions of one
            name (a property and its setter) the first line of the first and the last line of the last.
        digest: 16 bytes. Two with the same digest have the same statements, and the same ones of them share a line.
        lines: where statements, handlers, cases and decorators begin, ascending, without those of functions inside.
            Under one digest the n-th line here and the n-th line there are the same line.
    """

    first: int
    last: int
    digest: bytes
    lines: tuple[int, ...]


def fingerprints_of(source: str | bytes) -> dict[str, Fingerprint]:
    """Fingerprints by qualified name within the module: `Class.method`, `outer.inner`; "" for the module-level code.

    Definitions of one name are taken together.

    Raises:
        ValueError: the source cannot be parsed.
    """
    return fingerprints_in(_parsed(source))


def fingerprints_in(tree: ast.Module) -> dict[str, Fingerprint]:
    """The same of a source that somebody has parsed already."""
    scopes = _Reader(tree).read()
    named: dict[str, list[_Scope]] = {}
    for scope in scopes:
        named.setdefault(scope.name, []).append(scope)
    return {name: _fingerprint(together) for name, together in named.items()}


def digest_of(source: str | bytes) -> bytes:
    """Digest of a whole file as it is parsed, all functions included; of its bytes where it cannot be parsed."""
    return outline_of(source)[0]


def outline_of(source: str | bytes) -> tuple[bytes, tuple[int, ...]]:
    """A file's `digest_of`, and the lines on which anything begins, ascending: files of one digest have the same
    statements in the same order, wherever their lines stand."""
    try:
        scopes = _Reader(_parsed(source)).read()
    except ValueError:
        raw = source if isinstance(source, bytes) else source.encode("utf-8", "surrogatepass")
        return blake2b(raw, digest_size=_DIGEST_SIZE, person=b"not parsed").digest(), ()
    digest = _hashed(part for scope in scopes for part in (scope.name.encode(), scope.digest))
    return digest, tuple(sorted({line for scope in scopes for line in scope.lines}))


def lines_to_bytes(lines: Iterable[int]) -> bytes:
    """Ascending lines as they stand in an evidence file: distances, seven bits a byte, the lowest first."""
    packed = bytearray()
    before = 0
    for line in lines:
        distance, before = line - before, line
        while distance > 0x7F:
            packed.append(distance & 0x7F | 0x80)
            distance >>= 7
        packed.append(distance)
    return bytes(packed)


def lines_from_bytes(packed: bytes) -> tuple[int, ...]:
    """The opposite; whatever bytes come, lines ascend.

    Raises:
        ValueError: the bytes end within a number, a number is too large for a line, or a line comes twice.
    """
    lines: list[int] = []
    line = distance = shift = 0
    for byte in packed:
        distance |= (byte & 0x7F) << shift
        shift += 7
        if shift > 35:
            raise ValueError("no line has such a number")
        if byte < 0x80:
            if distance == 0:
                raise ValueError("lines do not ascend")
            line += distance
            lines.append(line)
            distance = shift = 0
    if shift:
        raise ValueError("the last number is cut off")
    return tuple(lines)


class _Scope:
    """A function or the module while it is read.

    Args:
        name: qualified within the module. within: the function around it, or the module.
    """

    def __init__(self, name: str, first: int, last: int, within: _Scope | None) -> None:
        self.name = name
        self.first = first
        self.last = last
        self.within = within
        self.text: list[str] = []
        self.lines: list[int] = []
        self.digest = b""

    def begin(self, line: int) -> None:
        """Note that something begins on a line: on the one of what came before it, or on another one."""
        if self.lines and self.lines[-1] == line:
            self.text.append("=")
        else:
            self.text.append("+")
            self.lines.append(line)


_Task = ast.AST | str | _Scope
"""To read, to note, or to leave."""


class _Reader:
    """Walks a tree once, without recursion: what is deep for Python's stack need not be long."""

    def __init__(self, tree: ast.Module) -> None:
        last = max((node.end_lineno or node.lineno for node in tree.body[-1:]), default=1)
        self._scope = _Scope("", 1, last, None)
        self._prefix = ""
        self._done: list[_Scope] = []
        self._tasks: list[_Task] = [self._scope, *reversed(tree.body)]

    def read(self) -> list[_Scope]:
        """All scopes with their digests, inner ones before outer ones, the module last."""
        tasks, enter, others = self._tasks, _ENTERED.get, _Reader._enter_fields
        while tasks:
            task = tasks.pop()
            if isinstance(task, str):
                if task[0] == "\0":
                    self._prefix = task[1:]
                else:
                    self._scope.text.append(task)
            elif isinstance(task, _Scope):
                self._leave(task)
            else:
                enter(type(task), others)(self, task)
        return self._done

    def _leave(self, scope: _Scope) -> None:
        scope.digest = _hashed(text.encode("utf-8", "surrogatepass") for text in ("".join(scope.text),))
        self._done.append(scope)
        around = scope.within
        if around is None:
            return
        if around.within is not None:  # a function inside a function belongs to both
            around.text.append(f"<{scope.name} {scope.digest.hex()}>")
        self._scope = around

    def _enter_constant(self, node: ast.Constant) -> None:
        self._scope.text.append(_constant(node.value))

    def _enter_name(self, node: ast.Name) -> None:
        self._scope.text.append(f"(Name {node.id})")

    def _enter_case(self, node: ast.match_case) -> None:
        self._scope.begin(node.pattern.lineno)
        self._enter_fields(node)

    def _enter_function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        name = f"{self._prefix}{node.name}"
        first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
        scope = _Scope(name, first, node.end_lineno or node.lineno, self._scope)
        self._tasks += ["\0" + self._prefix, scope]
        self._scope = scope
        self._prefix = name + "."
        self._begin_decorated(node)

    def _enter_class(self, node: ast.ClassDef) -> None:
        self._tasks.append("\0" + self._prefix)
        self._prefix += node.name + "."
        self._begin_decorated(node)

    def _begin_decorated(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> None:
        """The decorators stand above the definition in the source, and behind it in the tree."""
        for decorator in node.decorator_list:
            self._scope.begin(decorator.lineno)
        self._scope.begin(node.lineno)
        self._enter_fields(node)

    def _enter_string(self, node: ast.JoinedStr) -> None:
        """Pythons differ in how they cut the text between the values of an f-string."""
        self._scope.text.append("(JoinedStr")
        self._tasks.append(")")
        tasks: list[_Task] = []
        text = ""
        for value in node.values:
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                text += value.value
                continue
            if text:
                tasks.append(_constant(text))
                text = ""
            tasks.append(value)
        if text:
            tasks.append(_constant(text))
        self._tasks += reversed(tasks)

    def _enter_fields(self, node: ast.AST) -> None:
        """Note a node with its fields; those that are empty are left out, as an older Python does not know them."""
        shape = _SHAPES.get(type(node)) or _shape(type(node))
        if shape.begins:
            self._scope.begin(node.lineno)  # type: ignore[attr-defined]  # statements and handlers have a place
        tasks: list[_Task] = [shape.opening]
        for field, text in shape.fields:
            value = getattr(node, field, None)
            if not value:
                continue
            tasks.append(text)
            if isinstance(value, list):
                tasks.append("[")
                tasks += [item if isinstance(item, ast.AST) else _constant(item) for item in value]
                tasks.append("]")
            else:
                tasks.append(value if isinstance(value, ast.AST) else _constant(value))
        tasks.append(")")
        tasks.reverse()
        self._tasks += tasks


_ENTERED: dict[type, Callable[[_Reader, Any], None]] = {
    ast.Constant: _Reader._enter_constant,
    ast.Name: _Reader._enter_name,
    ast.JoinedStr: _Reader._enter_string,
    ast.FunctionDef: _Reader._enter_function,
    ast.AsyncFunctionDef: _Reader._enter_function,
    ast.ClassDef: _Reader._enter_class,
    ast.match_case: _Reader._enter_case,
}
"""By the type of node, as there are thousands of nodes in a file."""


class _Shape(NamedTuple):
    """How a type of node is noted.

    Args:
        opening: `(Kind`. fields: names, and how they are noted. begins: whether something begins on its line.
    """

    opening: str
    fields: tuple[tuple[str, str], ...]
    begins: bool


_SHAPES: dict[type[ast.AST], _Shape] = {}


def _shape(kind: type[ast.AST]) -> _Shape:
    fields = tuple((field, f" {field}=") for field in kind._fields if field not in _WITHOUT_MEANING)
    begins = issubclass(kind, _BEGIN_LINES) and not issubclass(kind, _DECORATED)
    found = _SHAPES[kind] = _Shape(f"({kind.__name__}", fields, begins)
    return found


def _parsed(source: str | bytes) -> ast.Module:
    """The tree, whatever the source warns of.

    Raises:
        ValueError: there is none.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(source)
    except (SyntaxError, RecursionError, MemoryError, OverflowError, LookupError) as error:
        raise ValueError(f"not to be parsed: {error}") from error


def _fingerprint(scopes: list[_Scope]) -> Fingerprint:
    lines = tuple(sorted({line for scope in scopes for line in scope.lines}))
    digest = scopes[0].digest if len(scopes) == 1 else _hashed(scope.digest for scope in scopes)
    return Fingerprint(min(scope.first for scope in scopes), max(scope.last for scope in scopes), digest, lines)


def _constant(value: object) -> str:
    """A value with its type, so that 1, True and "1" differ; no decimal digits, which Python refuses to write of huge
    integers."""
    if isinstance(value, str):
        return f"s{len(value)}:{value}"
    if isinstance(value, bytes):
        return f"b{value.hex()};"
    if isinstance(value, int) and not isinstance(value, bool):
        return f"i{value:x};"
    return f"{type(value).__name__} {value!r};"


def _hashed(parts: Iterable[bytes]) -> bytes:
    found = blake2b(digest_size=_DIGEST_SIZE)
    for part in parts:
        found.update(part)
    return found.digest()
