"""What a function takes and gives back itself: locks, connections, temporary files."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import msgspec

from quality_gate_checkers.dependencies import catalogue
from quality_gate_checkers.model import Module
from quality_gate_checkers.model.scopes import FunctionNode
from quality_gate_checkers.reading.handlers import called_name, written
from quality_gate_checkers.reading.remembering import of_module
from quality_gate_checkers.reading.walks import walk_now

_CLOSES = frozenset({"close", "aclose", "quit", "disconnect", "shutdown", "dispose"})
_OPENERS = {
    **dict.fromkeys(
        ("psycopg2.connect", "psycopg.connect", "psycopg.Connection.connect",
         "psycopg.AsyncConnection.connect", "pymysql.connect", "MySQLdb.connect", "mysql.connector.connect",
         "oracledb.connect", "cx_Oracle.connect", "pyodbc.connect", "asyncpg.connect", "aiomysql.connect",
         "sqlalchemy.Engine.connect", "sqlalchemy.Engine.raw_connection", "sqlalchemy.ext.asyncio.AsyncEngine.connect",
         "sqlalchemy.orm.Session", "sqlalchemy.orm.sessionmaker.__call__", "sqlalchemy.ext.asyncio.AsyncSession",
         "sqlalchemy.ext.asyncio.async_sessionmaker.__call__"),
        "a connection",
    ),
    **dict.fromkeys(("paramiko.SSHClient", "paramiko.client.SSHClient", "paramiko.Transport"), "a connection"),
    **dict.fromkeys(("aiohttp.ClientSession", "httpx.AsyncClient"), "a client with connections"),
}  # fmt: skip
"""What opens something that its own `close()` gives back -> what that is.

Left out: what CPython closes by itself as soon as the function is left, as sockets, files and sqlite3.
"""

_TEMPORARY = frozenset({"tempfile.mkdtemp", "tempfile.mkstemp", "tempfile.NamedTemporaryFile"})
_DELETES = frozenset({"unlink", "remove", "rmtree", "rmdir", "removedirs"})
_TAKES = {"acquire": "release", "getconn": "putconn", "start_span": "end"}


_GIVES_BACK = _CLOSES | _DELETES | {*_TAKES.values(), "finish"}
MANY = 100
"""Calls of one function that are looked at: more is no code that people write, and would take for ever."""


class Holding(msgspec.Struct, frozen=True):
    """Something that a function takes and gives back.

    Args:
        taken: the call that takes it.
        given_back: the calls of the same function that give it back.
        name: the local name that it is bound to; a lock's own, dotted or not.
        what: as a reader says it.
    """

    taken: ast.Call
    given_back: tuple[ast.Call, ...]
    name: str
    what: str


def holdings(module: Module, function: FunctionNode) -> Iterator[Holding]:
    """All that a function takes and gives back in its own body."""
    if function not in of_module(module, _giving_back):
        return
    calls = [node for node in walk_now(function.body) if isinstance(node, ast.Call)]
    back = [call for call in calls if called_name(call) in _GIVES_BACK][:MANY]
    for taken in calls[:MANY] if back else ():
        name = _bound_name(module, taken)
        last = called_name(taken)
        if last == "acquire" and isinstance(taken.func, ast.Attribute) and not name:
            yield from _lock(taken, back)
        elif last in _TAKES and isinstance(taken.func, ast.Attribute) and name:
            yield from _borrowed(taken, back, name)
        elif name:
            yield from _opened(module, taken, back, name)


def _giving_back(module: Module) -> set[FunctionNode | None]:
    """The functions that may give something back: few, and only these are walked."""
    calls = module.mentioning(ast.Call, _GIVES_BACK)
    return {module.enclosing_function(call) for call in calls if called_name(call) in _GIVES_BACK}


def _bound_name(module: Module, taken: ast.Call) -> str:
    """The local name that a call's value is bound to alone, or the last of `handle, path = mkstemp()`."""
    parent = module.parent(taken)
    if isinstance(parent, ast.Await):
        parent = module.parent(parent)
    if not isinstance(parent, ast.Assign) or len(parent.targets) != 1:
        return ""
    target = parent.targets[0]
    if isinstance(target, ast.Tuple) and called_name(taken) == "mkstemp" and len(target.elts) == 2:
        target = target.elts[1]
    return target.id if isinstance(target, ast.Name) else ""


def _holding(taken: ast.Call, back: list[ast.Call], name: str, what: str) -> Iterator[Holding]:
    after = tuple(call for call in back if call.lineno >= taken.lineno and call is not taken)
    if after:
        yield Holding(taken, after, name, what)


def _lock(taken: ast.Call, calls: list[ast.Call]) -> Iterator[Holding]:
    """`x.acquire()` and `x.release()` of the same `x` in one function."""
    lock = _receiver(taken)
    back = [call for call in calls if called_name(call) == "release" and _receiver(call) == lock and not call.args]
    yield from _holding(taken, back, lock, "a lock")


def _borrowed(taken: ast.Call, calls: list[ast.Call], name: str) -> Iterator[Holding]:
    """`connection = pool.getconn()` and `pool.putconn(connection)`; `span = tracer.start_span()` and `span.end()`."""
    giver, way = _receiver(taken), _TAKES[called_name(taken)]
    back = [
        call
        for call in calls
        if (called_name(call) == way and _receiver(call) == giver and _first_is(call, name))
        or (called_name(call) in (way, "finish") and _receiver(call) == name and way == "end")
    ]
    yield from _holding(taken, back, name, "a span" if way == "end" else "borrowed")


def _opened(module: Module, taken: ast.Call, calls: list[ast.Call], name: str) -> Iterator[Holding]:
    callee = module.names.callee(taken)
    known = catalogue().canonical(callee) if callee else ""
    if known in _OPENERS:
        back = [call for call in calls if called_name(call) in _CLOSES and _receiver(call) == name]
        yield from _holding(taken, back, name, _OPENERS[known])
    elif known in _TEMPORARY and (known != "tempfile.NamedTemporaryFile" or _is_left(taken)):
        back = [call for call in calls if called_name(call) in _DELETES and _speaks_of(call, name)]
        yield from _holding(taken, back, name, "a temporary directory" if "mkdtemp" in known else "a temporary file")


def _is_left(taken: ast.Call) -> bool:
    return any(
        keyword.arg == "delete" and isinstance(keyword.value, ast.Constant) and keyword.value.value is False
        for keyword in taken.keywords
    )


def _receiver(call: ast.Call) -> str:
    return written(call.func.value) if isinstance(call.func, ast.Attribute) else ""


def _first_is(call: ast.Call, name: str) -> bool:
    return bool(call.args) and isinstance(call.args[0], ast.Name) and call.args[0].id == name


def _speaks_of(call: ast.Call, name: str) -> bool:
    return any(isinstance(node, ast.Name) and node.id == name for node in ast.walk(call))
