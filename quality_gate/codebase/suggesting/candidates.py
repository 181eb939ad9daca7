"""What of a `try` may have raised the failure that a handler is for, where no call of it is known to."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from quality_gate.codebase.suggesting.sources import FUNCTIONS, Source, chain_of, last_name

_CALM = frozenset(
    {"len", "str", "int", "float", "repr", "isinstance", "issubclass", "getattr", "hasattr", "list", "dict", "set",
     "tuple", "frozenset", "print", "super", "bool", "type", "id", "sorted", "enumerate", "zip", "range", "vars"}
)  # fmt: skip
"""Calls that nobody makes fail, unless their own failure is what is caught."""
_RAISED_BY = {
    "builtins.ValueError": {"int", "float", "strptime", "fromisoformat", "UUID", "index", "Decimal", "fromhex"},
    "builtins.StopIteration": {"next", "__next__", "send"},
    "builtins.StopAsyncIteration": {"anext", "__anext__", "asend"},
    "builtins.KeyError": {"pop", "popitem", "__getitem__"},
    "builtins.IndexError": {"pop", "popleft", "__getitem__"},
    "builtins.LookupError": {"pop", "popitem", "popleft", "__getitem__"},
    "builtins.UnicodeDecodeError": {"decode", "str"},
    "builtins.UnicodeEncodeError": {"encode"},
    "builtins.ImportError": {"import_module", "__import__", "import_string"},
    "builtins.ModuleNotFoundError": {"import_module", "__import__", "import_string"},
    "json.JSONDecodeError": {"loads", "load", "json"},
    "json.decoder.JSONDecodeError": {"loads", "load", "json"},
    "requests.exceptions.JSONDecodeError": {"json"},
    "decimal.InvalidOperation": {"Decimal", "quantize"},
}
"""What is known to raise something by its name, whoever is asked."""
_LOOKED_UP = frozenset({"builtins.KeyError", "builtins.IndexError", "builtins.LookupError"})
"""What `order["id"]` raises, too."""
_OF_MODELS = frozenset({"DoesNotExist", "MultipleObjectsReturned", "NoResultFound", "MultipleResultsFound"})
_FINDING = frozenset(
    {"get", "aget", "earliest", "latest", "one", "scalar_one", "get_by_natural_key", "refresh_from_db"}
)
_MILD = frozenset(name for kind in (dict, list, set, str, bytes) for name in dir(kind))
"""Methods of what Python itself brings: `attrs.get`, `names.append`, `text.strip`."""
_LOGS = frozenset({"log", "logger", "logging", "_log", "_logger", "LOG", "LOGGER"})
_ASKED = frozenset({"objects", "query", "client", "session", "http", "api", "cache", "requests", "redis", "storage"})
"""Who has methods of these names, too, and is no dict."""

MOST = 3
"""Candidates that are named; who reads more of them might as well read the code."""


def suspects(body: Sequence[ast.stmt], exception: str, source: Source) -> tuple[ast.expr, ...]:
    """What in the body of a `try` may raise an exception, in source order.

    Args:
        exception: dotted; empty where anything is caught, so that each call will do.
        source: the file, for its imports.
    """
    parts = sorted(_parts(body), key=lambda node: (node.end_lineno or 0, node.end_col_offset or 0))
    calls = [node for node in parts if isinstance(node, ast.Call)]
    looked_up = [node for node in parts if isinstance(node, ast.Subscript)] if exception in _LOOKED_UP else []
    known = [node for node in calls if _raises(node, exception)]
    if known or looked_up:
        return (*known, *looked_up)
    telling = [node for node in calls if not _is_calm(node, source)]
    working = [node for node in telling if not last_name(node.func)[:1].isupper()]
    return tuple(working or telling)


def _parts(body: Sequence[ast.AST]) -> Iterator[ast.expr]:
    """Calls and look-ups that run where they stand, what makes the exception of a `raise` apart."""
    for node in body:
        if isinstance(node, (*FUNCTIONS, ast.Lambda, ast.ClassDef, ast.Raise)):
            continue
        if isinstance(node, ast.Call) or (isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load)):
            yield node
        yield from _parts(list(ast.iter_child_nodes(node)))


def _raises(call: ast.Call, exception: str) -> bool:
    owner, _, name = exception.rpartition(".")
    method = last_name(call.func)
    if name in _OF_MODELS:
        chain = chain_of(call.func) or []
        named = owner.rpartition(".")[2]
        return method in _FINDING and (named in chain or not {"objects", "query"}.isdisjoint(chain))
    return method in _RAISED_BY.get(exception, ())


def _is_calm(call: ast.Call, source: Source) -> bool:
    chain = chain_of(call.func)
    if isinstance(call.func, ast.Name):
        return call.func.id in _CALM
    method = last_name(call.func)
    if chain is not None and not _LOGS.isdisjoint(chain[:-1]):
        return True
    if method not in _MILD:
        return False
    if chain is None:
        return not isinstance(call.func, ast.Attribute) or not isinstance(call.func.value, ast.Call)
    is_class = any(part[:1].isupper() and not part.isupper() for part in chain[:-1])
    return not (is_class or chain[0] in source.imports or not _ASKED.isdisjoint(chain[:-1]))


def shown(node: ast.expr) -> str:
    """A suspect as people say it: `gateway.charge()`, `order["id"]`."""
    text = f"{ast.unparse(node.func)}()" if isinstance(node, ast.Call) else ast.unparse(node)
    return text if len(text) <= 60 else f"{text[:57]}..."


def one_of(names: Sequence[str]) -> str:
    """Names as a clause: `a(), b() or c()`."""
    shown = list(dict.fromkeys(names))
    if len(shown) > MOST:
        shown = [*shown[:MOST], "another one"]
    return " or ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)
