"""What a call that may be sent twice says of itself."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from quality_gate.codebase.marks import Marked, marks
from quality_gate_checkers.model import Module
from quality_gate_checkers.reading.handlers import called_name

_SENDING = frozenset({"post", "request"})
_WORDS = re.compile(r"[A-Za-z]+")
_VERBS = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH", "POST"})
_CLIENTS = frozenset({"session", "sessions"})
"""Words of a client's name that speak of it; in an address `session` is what is asked for."""
_MOST = 40
"""Words of one call; an address has fewer."""


@marks("request", triggers=(".post(", ".request("))
def request(module: Module) -> Iterator[Marked]:
    """A call of `post` or `request`: `detail` is the HTTP method as far as the call says it, `names` are the words of
    its texts, names and keywords in lower case (`charges`, `search`, `headers`), less those that only say that it is
    made by a session.
    """
    for call in module.mentioning(ast.Call, _SENDING):
        if called_name(call) in _SENDING and isinstance(call.func, ast.Attribute):
            yield Marked(call, _verb(call), tuple(list(dict.fromkeys(_words(call)))[:_MOST]))


def _verb(call: ast.Call) -> str:
    if called_name(call) == "post":
        return "POST"
    given = [*call.args[:1], *(keyword.value for keyword in call.keywords if keyword.arg == "method")]
    said = [str(node.value).upper() for node in given if isinstance(node, ast.Constant)]
    return next((verb for verb in said if verb in _VERBS), "")


def _words(call: ast.Call) -> Iterator[str]:
    client = {id(node) for node in ast.walk(call.func)}
    for node in ast.walk(call):
        text = ""
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = node.value
        elif isinstance(node, ast.Name):
            text = node.id
        elif isinstance(node, ast.Attribute):
            text = node.attr
        elif isinstance(node, ast.keyword):
            text = node.arg or ""
        words = (word.lower() for word in _WORDS.findall(text[:200]))
        yield from (word for word in words if id(node) not in client or word not in _CLIENTS)
