"""Libraries that answer in place of an HTTP server: the answer that a test prepares becomes a failure."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from quality_gate.codebase.suggesting.nouns import Wanted
from quality_gate.codebase.suggesting.sources import chain_of, last_name

_CLIENTS = frozenset({"httpx", "requests", "aiohttp", "urllib3", "urllib"})
_VERBS = frozenset({"get", "post", "put", "patch", "delete", "head", "options", "request", "add", "route"})
_REJECTED = 402


def prepared_failure(lines: Sequence[str], wanted: Wanted, exception: str) -> list[str] | None:
    """The lines of a test in which the prepared answer is a failure; None where none is prepared.

    Args:
        lines: before the call, at the margin. exception: the expression that makes what is raised.
    """
    if wanted.dependency not in _CLIENTS:
        return None
    text = "\n".join(lines)
    try:
        calls = [node for node in ast.walk(ast.parse(_closed(text))) if isinstance(node, ast.Call)]
    except SyntaxError:
        return None
    for node in reversed(calls):
        changed = _changed(node, wanted.family == "rejects", exception)
        old = ast.get_source_segment(text, node)
        if changed is not None and old is not None:
            return text.replace(old, changed, 1).split("\n")
    return None


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
