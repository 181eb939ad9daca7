"""psycopg 3 and its pool: connecting gives up after 130 seconds, a statement never does by itself.

No argument bounds a statement; `statement_timeout` of the server does (`options="-c statement_timeout=5s"`).
"""

from __future__ import annotations

from quality_gate_checkers.dependencies import Call, Deadline, Library, Since, on_each

_CONNECTIONS = ("psycopg.Connection", "psycopg.AsyncConnection")
_SERVER_CURSORS = ("psycopg.ServerCursor", "psycopg.AsyncServerCursor")
_CURSORS = (
    "psycopg.Cursor",
    "psycopg.AsyncCursor",
    "psycopg.ClientCursor",
    "psycopg.AsyncClientCursor",
    *_SERVER_CURSORS,
)
_POOLS = ("psycopg_pool.ConnectionPool", "psycopg_pool.NullConnectionPool")
_ASYNC_POOLS = ("psycopg_pool.AsyncConnectionPool", "psycopg_pool.AsyncNullConnectionPool")
_BORROW = ("connection", "getconn")
_BASES = (
    "Error",
    "InterfaceError",
    "DatabaseError",
    "DataError",
    "OperationalError",
    "IntegrityError",
    "InternalError",
    "ProgrammingError",
    "NotSupportedError",
    "Warning",
)
_BY_STATE = {
    "OperationalError": (
        "AdminShutdown",
        "CannotConnectNow",
        "ConnectionDoesNotExist",
        "ConnectionException",
        "ConnectionFailure",
        "ConnectionTimeout",
        "CrashShutdown",
        "DeadlockDetected",
        "DiskFull",
        "InvalidAuthorizationSpecification",
        "InvalidPassword",
        "LockNotAvailable",
        "OutOfMemory",
        "PipelineAborted",
        "QueryCanceled",
        "SerializationFailure",
        "TooManyConnections",
    ),
    "IntegrityError": (
        "CheckViolation",
        "ExclusionViolation",
        "ForeignKeyViolation",
        "NotNullViolation",
        "UniqueViolation",
    ),
    "DataError": ("InvalidTextRepresentation", "NumericValueOutOfRange", "StringDataRightTruncation"),
    "ProgrammingError": (
        "DuplicateTable",
        "InsufficientPrivilege",
        "InvalidCatalogName",
        "RaiseException",
        "SyntaxError",
        "UndefinedColumn",
        "UndefinedTable",
    ),
    "InternalError": ("IdleInTransactionSessionTimeout", "InFailedSqlTransaction", "ReadOnlySqlTransaction"),
}


_POOL = ("psycopg.OperationalError", "psycopg_pool.PoolTimeout")

LIBRARY = Library(
    name="psycopg",
    kind="database",
    modules=("psycopg", "psycopg_pool"),
    source="https://www.psycopg.org/psycopg3/docs/api/",
    calls=(
        Call(
            names=("psycopg.connect", *on_each(_CONNECTIONS, "connect")),
            deadline=Deadline(keyword="connect_timeout", default=130.0, since=Since("psycopg", "3.1.13")),
            rejects=("psycopg.ProgrammingError",),
        ),
        Call(names=on_each((*_CONNECTIONS, *_CURSORS), "execute"), effect="depends"),
        Call(names=on_each(_CURSORS, "executemany", "copy"), effect="depends"),
        Call(names=on_each(_CURSORS[:4], "stream"), effect="depends"),
        Call(names=on_each(_SERVER_CURSORS, "fetchone", "fetchmany", "fetchall")),
        Call(names=on_each(_CONNECTIONS, "rollback", "notifies")),
        Call(names=on_each(_CONNECTIONS, "commit", "transaction", "tpc_commit", "tpc_prepare"), effect="write"),
        Call(
            names=on_each((*_POOLS, *_ASYNC_POOLS), *_BORROW),
            deadline=Deadline(keyword="timeout", position=0, default=30.0, on_client="timeout"),
            rejects=(),
            unavailable=_POOL,
        ),
        Call(
            names=on_each((*_POOLS, *_ASYNC_POOLS), "wait"),
            deadline=Deadline(keyword="timeout", position=0, default=30.0),
            rejects=(),
            unavailable=_POOL,
        ),
    ),
    aliases={
        "psycopg.connection.Connection": "psycopg.Connection",
        "psycopg.connection_async.AsyncConnection": "psycopg.AsyncConnection",
        "psycopg.cursor.Cursor": "psycopg.Cursor",
        "psycopg.cursor_async.AsyncCursor": "psycopg.AsyncCursor",
        "psycopg_pool.pool.ConnectionPool": "psycopg_pool.ConnectionPool",
        "psycopg_pool.pool_async.AsyncConnectionPool": "psycopg_pool.AsyncConnectionPool",
        **{f"psycopg.errors.{name}": f"psycopg.{name}" for name in _BASES},
    },
    factories={
        "psycopg.connect": "psycopg.Connection",
        **{f"{one}.connect": one for one in _CONNECTIONS},
        **dict.fromkeys(on_each(_CONNECTIONS[:1], "cursor", "execute"), "psycopg.Cursor"),
        **dict.fromkeys(on_each(_CONNECTIONS[1:], "cursor", "execute"), "psycopg.AsyncCursor"),
        **{f"{one}.execute": one for one in _CURSORS},
        **dict.fromkeys(on_each(_POOLS, *_BORROW), "psycopg.Connection"),
        **dict.fromkeys(on_each(_ASYNC_POOLS, *_BORROW), "psycopg.AsyncConnection"),
    },
    exceptions={
        "psycopg.Warning": ("builtins.Exception",),
        "psycopg.Error": ("builtins.Exception",),
        "psycopg.InterfaceError": ("psycopg.Error",),
        "psycopg.DatabaseError": ("psycopg.Error",),
        "psycopg.DataError": ("psycopg.DatabaseError",),
        "psycopg.OperationalError": ("psycopg.DatabaseError",),
        "psycopg.IntegrityError": ("psycopg.DatabaseError",),
        "psycopg.InternalError": ("psycopg.DatabaseError",),
        "psycopg.ProgrammingError": ("psycopg.DatabaseError",),
        "psycopg.NotSupportedError": ("psycopg.DatabaseError",),
        **{f"psycopg.errors.{name}": (f"psycopg.{base}",) for base, names in _BY_STATE.items() for name in names},
        "psycopg_pool.PoolClosed": ("psycopg.OperationalError",),
        "psycopg_pool.PoolTimeout": ("psycopg.OperationalError",),
        "psycopg_pool.TooManyRequests": ("psycopg.OperationalError",),
    },
    rejects=(
        "psycopg.IntegrityError",
        "psycopg.DataError",
        "psycopg.ProgrammingError",
        "psycopg.InternalError",
    ),
    unavailable=("psycopg.OperationalError", "psycopg.InterfaceError"),
)
"""What the gate knows of psycopg 3."""
