"""Digests of pieces of syntax: the same wherever they stand, however they are broken into lines, on every Python."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from hashlib import blake2b

MOST_NODES = 400
"""So much of a piece is looked at: pieces stand within each other, and a file can be one piece. What differs only
behind that is told apart by its order."""

_WITHOUT_MEANING = frozenset({"ctx", "kind", "type_comment", "type_ignores"})


def digest_of(*nodes: ast.AST | str | None) -> str:
    """Twelve hexadecimal digits.

    Args:
        nodes: pieces of syntax and words, in order.
    """
    found = blake2b(digest_size=6)
    for part in _parts([node for node in nodes if node is not None]):
        found.update(part.encode("utf-8", "surrogatepass"))
    return found.hexdigest()


def _parts(nodes: list[ast.AST | str]) -> Iterable[str]:
    stack = nodes[::-1]
    seen = 0
    while stack and seen < MOST_NODES:
        node = stack.pop()
        if isinstance(node, str):
            yield node
            continue
        seen += 1
        if isinstance(node, ast.Constant):
            yield _constant(node.value)
        elif isinstance(node, ast.JoinedStr):
            stack += _formatted(node)[::-1]
        else:
            stack += _fields(node)[::-1]


def _fields(node: ast.AST) -> list[ast.AST | str]:
    """The fields that are not empty: an older Python does not know some of them."""
    found: list[ast.AST | str] = [f"({type(node).__name__}"]
    for name in node._fields:
        value = getattr(node, name, None)
        if name in _WITHOUT_MEANING or value is None or value == []:
            continue
        found.append(f" {name}=")
        held = value[:MOST_NODES] if isinstance(value, list) else [value]
        found += [one if isinstance(one, ast.AST) else _constant(one) for one in held]
    found.append(")")
    return found


def _formatted(node: ast.JoinedStr) -> list[ast.AST | str]:
    """Pythons differ in how they cut the text between the values of an f-string."""
    values = node.values[:MOST_NODES]
    texts = (one.value if isinstance(one, ast.Constant) and isinstance(one.value, str) else one for one in values)
    return ["(JoinedStr", *texts, ")"]


def _constant(value: object) -> str:
    """With its type, so that 1, True and "1" differ; no decimal digits, which Python refuses of huge integers."""
    if isinstance(value, str):
        return f"s{len(value)}:{value}"
    if isinstance(value, int) and not isinstance(value, bool):
        return f"i{value:x};"
    return f"{type(value).__name__} {value!r};"
