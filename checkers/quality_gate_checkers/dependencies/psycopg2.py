"""psycopg2: neither connecting nor a statement gives up by itself.

No argument bounds a statement; `statement_timeout` of the server does (`options="-c statement_timeout=5s"`).
"""

from __future__ import annotations

from quality_gate_checkers.dependencies import Call, Deadline, Library, on_each

_CONNECTION = "psycopg2.extensions.connection"
_CURSORS = (
    "psycopg2.extensions.cursor",
    "psycopg2.extras.DictCursor",
    "psycopg2.extras.RealDictCursor",
    "psycopg2.extras.NamedTupleCursor",
)
_POOLS = ("psycopg2.pool.SimpleConnectionPool", "psycopg2.pool.ThreadedConnectionPool")
_STATEMENTS = ("execute", "executemany", "callproc", "copy_expert")
_BY_STATE = {
    "psycopg2.OperationalError": (
        "AdminShutdown",
        "CannotConnectNow",
        "ConnectionDoesNotExist",
        "ConnectionException",
        "ConnectionFailure",
        "CrashShutdown",
        "DiskFull",
        "InvalidAuthorizationSpecification",
        "InvalidPassword",
        "LockNotAvailable",
        "OutOfMemory",
        "TooManyConnections",
    ),
    "psycopg2.extensions.QueryCanceledError": ("QueryCanceled",),
    "psycopg2.extensions.TransactionRollbackError": ("DeadlockDetected", "SerializationFailure"),
    "psycopg2.IntegrityError": (
        "CheckViolation",
        "ExclusionViolation",
        "ForeignKeyViolation",
        "NotNullViolation",
        "UniqueViolation",
    ),
    "psycopg2.DataError": (
        "InvalidTextRepresentation",
        "NumericValueOutOfRange",
        "StringDataRightTruncation",
    ),
    "psycopg2.ProgrammingError": (
        "DuplicateTable",
        "InsufficientPrivilege",
        "InvalidCatalogName",
        "SyntaxError",
        "UndefinedColumn",
        "UndefinedTable",
    ),
    "psycopg2.InternalError": (
        "IdleInTransactionSessionTimeout",
        "InFailedSqlTransaction",
        "RaiseException",
        "ReadOnlySqlTransaction",
    ),
}


LIBRARY = Library(
    name="psycopg2",
    kind="database",
    modules=("psycopg2",),
    source="https://www.psycopg.org/docs/module.html",
    calls=(
        Call(names=("psycopg2.connect",), deadline=Deadline(keyword="connect_timeout")),
        Call(names=on_each(_CURSORS, *_STATEMENTS), effect="depends"),
        Call(names=on_each(_CURSORS, "copy_to")),
        Call(names=on_each(_CURSORS, "copy_from"), effect="write"),
        Call(names=("psycopg2.extras.execute_values", "psycopg2.extras.execute_batch"), effect="depends"),
        Call(names=(f"{_CONNECTION}.rollback",)),
        Call(names=(f"{_CONNECTION}.commit", f"{_CONNECTION}.tpc_commit"), effect="write"),
        Call(names=on_each(_POOLS, "getconn")),
    ),
    factories={
        "psycopg2.connect": _CONNECTION,
        _CONNECTION: _CONNECTION,
        f"{_CONNECTION}.cursor": "psycopg2.extensions.cursor",
        **dict.fromkeys(on_each(_POOLS, "getconn"), _CONNECTION),
    },
    exceptions={
        "psycopg2.Warning": ("builtins.Exception",),
        "psycopg2.Error": ("builtins.Exception",),
        "psycopg2.InterfaceError": ("psycopg2.Error",),
        "psycopg2.DatabaseError": ("psycopg2.Error",),
        "psycopg2.DataError": ("psycopg2.DatabaseError",),
        "psycopg2.OperationalError": ("psycopg2.DatabaseError",),
        "psycopg2.IntegrityError": ("psycopg2.DatabaseError",),
        "psycopg2.InternalError": ("psycopg2.DatabaseError",),
        "psycopg2.ProgrammingError": ("psycopg2.DatabaseError",),
        "psycopg2.NotSupportedError": ("psycopg2.DatabaseError",),
        "psycopg2.extensions.QueryCanceledError": ("psycopg2.OperationalError",),
        "psycopg2.extensions.TransactionRollbackError": ("psycopg2.OperationalError",),
        **{f"psycopg2.errors.{name}": (base,) for base, names in _BY_STATE.items() for name in names},
        "psycopg2.pool.PoolError": ("psycopg2.Error",),
    },
    rejects=(
        "psycopg2.IntegrityError",
        "psycopg2.DataError",
        "psycopg2.ProgrammingError",
        "psycopg2.InternalError",
    ),
    unavailable=("psycopg2.OperationalError", "psycopg2.InterfaceError"),
)
"""What the gate knows of psycopg2."""
