"""Statements as they are parsed: the same however they are broken into lines, quoted or put in parentheses.

The smallest one counts: a simple statement, a decorator, the header of a compound one (`if x:`, `except E:`, `else:`).
What is written of one is the same on every Python that we support, for baselines keep digests of it.
"""

from __future__ import annotations

import ast
import re
from _blake2 import blake2b  # not through hashlib, which loads OpenSSL
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import cast

import msgspec

from quality_gate_checkers.model.violation import Location
from quality_gate_checkers.regexes import regex

_WITHOUT_MEANING = frozenset({"ctx", "kind", "type_comment", "type_ignores"})
_BLOCKS = ("body", "handlers", "cases", "orelse", "finalbody")
_NOT_OF_HEADER = _WITHOUT_MEANING | {*_BLOCKS, "decorator_list"}
_WORDS = {"orelse": regex(r"\s*(else)\b"), "finalbody": regex(r"\s*(finally)\b")}
_COMPOUND = (
    ast.If, ast.For, ast.AsyncFor, ast.While, ast.With, ast.AsyncWith, ast.Try, ast.TryStar, ast.Match,
    ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.ExceptHandler, ast.match_case,
)  # fmt: skip
"""Lambdas and conditional expressions have a `body` too, and are none."""


class Statement(msgspec.Struct, frozen=True):
    """One of the smallest statements of a module.

    Args:
        first, last: its lines, 1-based, both included.
        node: what it is; of a compound statement the header counts. None for `else:` and `finally:`.
        word: `else` or `finally`, `@` for a decorator, `*` for an `except*`; empty for all others.
    """

    first: int
    last: int
    node: ast.AST | None
    word: str = ""

    @property
    def text(self) -> str:
        """What is written, without its layout and its comments."""
        return self.word if self.node is None else self.word + written(self.node)


def statements_in(tree: ast.Module, lines: Sequence[str]) -> Iterator[Statement]:
    """The smallest statements of a module, in source order; several can share a line.

    Args:
        lines: the source, without line ends.
    """
    waiting: list[ast.AST | Statement] = list(reversed(tree.body))
    starred: set[ast.AST] = set()
    while waiting:
        one = waiting.pop()
        if isinstance(one, Statement):
            yield one
            continue
        for decorator in _decorators(one):
            yield Statement(decorator.lineno, decorator.end_lineno or decorator.lineno, decorator, "@")
        blocks = _blocks(one)
        if not blocks:
            yield Statement(_placed(one).lineno, _last(one), one)
            continue
        if isinstance(one, ast.TryStar):
            starred.update(one.handlers)  # nothing in themselves tells them from those of `except`
        yield _header(one, blocks[0][1][0], lines, "*" if one in starred else "")
        for number in range(len(blocks) - 1, -1, -1):
            name, block = blocks[number]
            waiting += reversed(block)
            if name in _WORDS:
                waiting += _word(_WORDS[name], _last(blocks[number - 1][1][-1]) + 1, _begin(block[0])[0], lines)


def statement_at(tree: ast.Module, line: int, column: int) -> Statement | None:
    """The smallest statement that holds a place, as if it stood on one line; None before the first one.

    Digests of baselines are of its text, which names no `except*`.

    Args:
        line: 1-based. column: 0-based.
    """
    found: ast.AST | None = None
    block: Sequence[ast.AST] = tree.body
    while block and _begin(block[0]) <= (line, column):
        found = block[bisect_right(block, (line, column), key=_begin) - 1]
        block = next((one for _, one in reversed(_blocks(found)) if _begin(one[0]) <= (line, column)), ())
    if found is None:
        return None
    own = next((one for one in _decorators(found) if line <= (one.end_lineno or one.lineno)), None)
    return Statement(line, line, own or found, "@" if own else "")


def statement_digests(tree: ast.Module, places: Sequence[Location]) -> tuple[str, ...]:
    """For each place a digest of the smallest statement that holds it; the same on every Python that can parse it."""
    found: dict[tuple[ast.AST | None, str], str] = {}
    digests: list[str] = []
    for place in places:
        one = statement_at(tree, place.line, place.column)
        key = (one.node, one.word) if one is not None else (None, "")
        if key not in found:
            text = "" if one is None else one.text
            found[key] = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
        digests.append(found[key])
    return tuple(digests)


def written(node: ast.AST) -> str:
    """A piece of syntax without its layout; of a compound statement its header."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
        return "doc " + "".join(node.value.value.split())  # formatters indent documentation anew
    if isinstance(node, ast.Delete) and isinstance(node.targets[0], ast.Tuple) and len(node.targets) == 1:
        node = ast.Delete(node.targets[0].elts)  # `del (a, b)`
    parts: list[str] = []
    waiting: list[object] = [
        *reversed(_fields(node, _NOT_OF_HEADER if isinstance(node, _COMPOUND) else _WITHOUT_MEANING))
    ]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            parts.append(one)
        elif isinstance(one, ast.JoinedStr):
            waiting += reversed(_formatted(one))
        elif isinstance(one, ast.AST):
            waiting += reversed(_fields(one, _WITHOUT_MEANING))
    return "".join(parts)


def _fields(node: ast.AST, without: frozenset[str]) -> list[object]:
    """The fields that are not empty: an older Python does not know some of them."""
    found: list[object] = [f"({type(node).__name__}"]
    for name in node._fields:
        value = getattr(node, name, None)
        if value is None or value == [] or name in without:
            continue
        held = value if isinstance(value, list) else [value]
        found.append(f" {name}{len(held)}=")
        found += [one if isinstance(one, ast.AST) else _constant(one) for one in held]
    found.append(")")
    return found


def _formatted(node: ast.JoinedStr) -> list[object]:
    """Pythons differ in how they cut the text between the values of an f-string."""
    found: list[object] = ["(JoinedStr"]
    for is_text, run in groupby(node.values, key=lambda one: isinstance(one, ast.Constant)):
        if is_text:
            text = "".join(str(cast("ast.Constant", one).value) for one in run)
            found += [_constant(text)] if text else []
        else:
            found += run
    found.append(")")
    return found


def _constant(value: object) -> str:
    """With its type, so that 1, True and "1" differ; no decimal digits, which Python refuses of huge integers."""
    if isinstance(value, str):
        return f"s{len(value)}:{value}"
    if type(value) is int:
        return f"i{value:x};"
    return f"{type(value).__name__} {value!r};"


# --- where they stand ---


def _header(node: ast.AST, body: ast.AST, lines: Sequence[str], word: str) -> Statement:
    """The lines of a compound statement before its body, without comments and blank lines behind the colon."""
    first, (begin, column) = _placed(node).lineno, _begin(body)
    if not _blocks(body) and lines[begin - 1].encode()[:column].strip():  # `if x: return`
        return Statement(first, begin, node, word)
    last = begin - 1
    while last > first and not lines[last - 1].partition("#")[0].strip():
        last -= 1
    return Statement(first, max(first, last), node, word)


def _word(written_so: re.Pattern[str], first: int, last: int, lines: Sequence[str]) -> Iterator[Statement]:
    """The line of `else` or `finally`; nothing for an `elif`."""
    for number in range(first, last + 1):
        found = written_so.match(lines[number - 1])
        if found:
            yield Statement(number, number, None, found[1])
            return


def _blocks(node: ast.AST) -> list[tuple[str, list[ast.AST]]]:
    """The blocks of a compound statement that are not empty, in source order; none of a simple one."""
    if not isinstance(node, _COMPOUND):
        return []
    held = ((name, cast("list[ast.AST]", getattr(node, name, []))) for name in _BLOCKS)
    return [(name, block) for name, block in held if block]


def _decorators(node: ast.AST) -> Sequence[ast.expr]:
    return cast("Sequence[ast.expr]", getattr(node, "decorator_list", ()))


def _placed(node: ast.AST) -> ast.stmt:
    """What says where a node stands: a `case` does not say it itself."""
    return cast("ast.stmt", node.pattern if isinstance(node, ast.match_case) else node)


def _begin(node: ast.AST) -> tuple[int, int]:
    """Line and column, in bytes, where a statement begins, with its decorators."""
    placed = next(iter(_decorators(node)), _placed(node))
    return placed.lineno, placed.col_offset


def _last(node: ast.AST) -> int:
    placed = _placed(node)
    return placed.end_lineno or placed.lineno
