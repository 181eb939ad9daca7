"""Libraries that answer in place of an HTTP server: the answer that a test prepares becomes a failure."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass

from quality_gate.codebase.suggesting.nouns import Wanted
from quality_gate.codebase.suggesting.sources import chain_of, last_name

_CLIENTS = frozenset({"httpx", "requests", "aiohttp", "urllib3", "urllib"})
_VERBS = frozenset({"get", "post", "put", "patch", "delete", "head", "options", "request", "add", "route"})
_REJECTED = 402
_NO_JSON = '"no JSON"'


_ASKED = {"responses": "{}.calls", "rsps": "{}.calls", "httpretty": "{}.latest_requests()"} | dict.fromkeys(
    ("requests_mock", "m", "rm", "adapter"), "{}.called"
)
"""What of a tool tells that something was asked for; the others see to that themselves."""


@dataclass(frozen=True)
class Prepared:
    """A test in which the prepared answer is a failure.

    Args:
        lines: those before the call. asked: an expression that is true once something was asked for; empty where the
            tool sees to that itself.
    """

    lines: list[str]
    asked: str = ""


def prepared_failure(lines: Sequence[str], wanted: Wanted, failure: str, making: Sequence[str]) -> Prepared | None:
    """A test whose prepared answer is made a failure; None where none is prepared.

    Args:
        lines: before the call, at the margin. failure: the name of what is raised. making: the lines that make it.
    """
    if wanted.dependency not in _CLIENTS:
        return None
    text = "\n".join(lines)
    rejects = wanted.family == "rejects"
    garbled = is_read(wanted)
    try:
        tree = ast.parse(_closed(text))
    except SyntaxError:
        return None
    for node in reversed([node for node in ast.walk(tree) if isinstance(node, ast.Call)]):
        changed = _garbled(node) if garbled else _changed(node, rejects, failure)
        old = ast.get_source_segment(text, node)
        if changed is not None and old is not None:
            found = text.replace(old, changed, 1).split("\n")
            first = _statement_at(node.lineno, tree)
            width = len(found[first - 1]) - len(found[first - 1].lstrip())
            found[first - 1 : first - 1] = [] if rejects or garbled else [" " * width + line for line in making]
            tool = (chain_of(node.func) or [""])[0]
            return Prepared(found, _ASKED.get(tool, "").format(tool))
    return None


def is_read(wanted: Wanted) -> bool:
    """Whether an answer is there already, and reading it fails: `answer.json()`."""
    return wanted.call is not None and last_name(wanted.call.func) == "json" and "." in ast.unparse(wanted.call.func)


def _garbled(node: ast.Call) -> str | None:
    """The same answer with a body that is no JSON."""
    name = last_name(node.func)
    held = node.func.value if isinstance(node.func, ast.Attribute) else None
    tool = (chain_of(node.func) or [""])[0]
    if name in ("mock", "respond") and isinstance(held, ast.Call) and last_name(held.func) in _VERBS:
        return f"{ast.unparse(held)}.respond(text={_NO_JSON})"
    if tool in ("responses", "rsps", "requests_mock", "m", "rm", "adapter") and name in _VERBS and node.args:
        body = "body" if tool in ("responses", "rsps") else "text"
    elif (tool, name) == ("httpx_mock", "add_response"):
        body = "text"
    elif (tool, name) == ("httpretty", "register_uri"):
        body = "body"
    else:
        return None
    kept = [one for one in node.keywords if one.arg not in ("json", "body", "text", "content", "html", "status")]
    given = [*map(ast.unparse, node.args[:2]), *(f"{one.arg}={ast.unparse(one.value)}" for one in kept if one.arg)]
    return f"{ast.unparse(node.func)}({', '.join([*given, f'{body}={_NO_JSON}'])})"


def _statement_at(line: int, tree: ast.Module) -> int:
    """The line on which the innermost statement around a line begins."""
    around = (
        one for one in ast.walk(tree) if isinstance(one, ast.stmt) and one.lineno <= line <= (one.end_lineno or 0)
    )
    return max((one.lineno for one in around), default=line)


def _closed(text: str) -> str:
    """Lines that may end within a `with`."""
    last = text.rstrip().rpartition("\n")[2]
    return f"{text}\n{' ' * (len(last) - len(last.lstrip()) + 4)}pass" if last.endswith(":") else text


def _changed(node: ast.Call, rejects: bool, exception: str) -> str | None:
    name = last_name(node.func)
    held = node.func.value if isinstance(node.func, ast.Attribute) else None
    if held is None:
        return None
    if name in ("mock", "respond") and isinstance(held, ast.Call) and last_name(held.func) in _VERBS:
        route = ast.unparse(held)
        return f"{route}.respond({_REJECTED}, json={{}})" if rejects else f"{route}.mock(side_effect={exception})"
    tool = (chain_of(node.func) or [""])[0]
    where = [ast.unparse(one) for one in node.args]
    if name == "add_response" and tool == "httpx_mock":
        kept = [ast.unparse(one) for one in node.keywords if one.arg in ("url", "method", "match_headers")]
        if rejects:
            return f"{tool}.add_response({', '.join([f'status_code={_REJECTED}', 'json={}', *kept])})"
        return f"{tool}.add_exception({', '.join([exception, *kept])})"
    if tool in ("responses", "rsps") and name in _VERBS and where:
        given = f"status={_REJECTED}, json={{}}" if rejects else f"body={exception}"
        return f"{tool}.{name}({', '.join(where[: 2 if name == 'add' else 1])}, {given})"
    if tool in ("requests_mock", "m", "rm", "adapter") and name in _VERBS and len(where) in (1, 2):
        given = f"status_code={_REJECTED}, json={{}}" if rejects else f"exc={exception}"
        return f"{tool}.{name}({', '.join(where)}, {given})"
    if tool == "httpretty" and name == "register_uri" and len(where) >= 2:
        raising = f"lambda *args: (_ for _ in ()).throw({exception})"
        given = f'status={_REJECTED}, body="{{}}"' if rejects else f"body={raising}"
        return f"httpretty.register_uri({where[0]}, {where[1]}, {given})"
    return None
