"""asyncpg: connecting gives up after a minute; a statement needs `timeout` or `command_timeout` to do so."""

from __future__ import annotations

from quality_gate_checkers.dependencies import Call, Deadline, Library, on_each

_HOLDERS = ("asyncpg.Connection", "asyncpg.Pool")
_WAITS = Deadline(keyword="timeout", on_client="command_timeout")
_BASE = "asyncpg.PostgresError"
_BY_BASE = {
    _BASE: (
        "PostgresConnectionError",
        "OperatorInterventionError",
        "InsufficientResourcesError",
        "TransactionRollbackError",
        "IntegrityConstraintViolationError",
        "SyntaxOrAccessError",
        "InvalidTransactionStateError",
        "InvalidAuthorizationSpecificationError",
        "InvalidCatalogNameError",
        "ObjectNotInPrerequisiteStateError",
        "PLPGSQLError",
        "DataError",
        "InternalServerError",
    ),
    "asyncpg.PostgresConnectionError": ("ConnectionDoesNotExistError", "ConnectionFailureError"),
    "asyncpg.OperatorInterventionError": (
        "AdminShutdownError",
        "CannotConnectNowError",
        "CrashShutdownError",
        "QueryCanceledError",
    ),
    "asyncpg.InsufficientResourcesError": ("TooManyConnectionsError", "DiskFullError", "OutOfMemoryError"),
    "asyncpg.TransactionRollbackError": ("DeadlockDetectedError", "SerializationError"),
    "asyncpg.IntegrityConstraintViolationError": (
        "CheckViolationError",
        "ExclusionViolationError",
        "ForeignKeyViolationError",
        "NotNullViolationError",
        "UniqueViolationError",
    ),
    "asyncpg.SyntaxOrAccessError": (
        "DuplicateTableError",
        "InsufficientPrivilegeError",
        "PostgresSyntaxError",
        "UndefinedColumnError",
        "UndefinedTableError",
    ),
    "asyncpg.InvalidTransactionStateError": (
        "IdleInTransactionSessionTimeoutError",
        "InFailedSQLTransactionError",
        "ReadOnlySQLTransactionError",
    ),
    "asyncpg.InvalidAuthorizationSpecificationError": ("InvalidPasswordError",),
    "asyncpg.ObjectNotInPrerequisiteStateError": ("LockNotAvailableError",),
    "asyncpg.PLPGSQLError": ("RaiseError",),
    "asyncpg.DataError": (
        "InvalidTextRepresentationError",
        "NumericValueOutOfRangeError",
        "StringDataRightTruncationError",
    ),
}


LIBRARY = Library(
    name="asyncpg",
    kind="database",
    modules=("asyncpg",),
    source="https://magicstack.github.io/asyncpg/current/api/index.html",
    calls=(
        Call(names=("asyncpg.connect",), deadline=Deadline(keyword="timeout", default=60.0)),
        Call(names=("asyncpg.create_pool",)),
        Call(names=("asyncpg.Pool.acquire",), deadline=Deadline(keyword="timeout")),
        Call(names=on_each(_HOLDERS, "fetch", "fetchrow", "fetchval"), effect="depends", deadline=_WAITS),
        Call(names=on_each(_HOLDERS, "execute", "executemany", "fetchmany"), effect="depends", deadline=_WAITS),
        Call(names=on_each(_HOLDERS, "copy_from_query", "copy_from_table"), deadline=_WAITS),
        Call(names=on_each(_HOLDERS, "copy_to_table", "copy_records_to_table"), effect="write", deadline=_WAITS),
        Call(names=("asyncpg.Connection.prepare", "asyncpg.Connection.cursor"), deadline=_WAITS),
        Call(names=("asyncpg.Connection.add_listener", "asyncpg.transaction.Transaction.start")),
        Call(names=("asyncpg.transaction.Transaction.rollback",)),
        Call(names=("asyncpg.Connection.transaction", "asyncpg.transaction.Transaction.commit"), effect="write"),
        Call(
            names=on_each(("asyncpg.prepared_stmt.PreparedStatement",), "fetch", "fetchrow", "fetchval"),
            effect="depends",
            deadline=Deadline(keyword="timeout"),
        ),
    ),
    aliases={
        "asyncpg.connection.connect": "asyncpg.connect",
        "asyncpg.connection.Connection": "asyncpg.Connection",
        "asyncpg.pool.create_pool": "asyncpg.create_pool",
        "asyncpg.pool.Pool": "asyncpg.Pool",
        "asyncpg.exceptions": "asyncpg",
    },
    factories={
        "asyncpg.connect": "asyncpg.Connection",
        "asyncpg.create_pool": "asyncpg.Pool",
        "asyncpg.Pool.acquire": "asyncpg.Connection",
        "asyncpg.Connection.transaction": "asyncpg.transaction.Transaction",
        "asyncpg.Connection.prepare": "asyncpg.prepared_stmt.PreparedStatement",
    },
    exceptions={
        _BASE: ("builtins.Exception",),
        **{f"asyncpg.{name}": (base,) for base, names in _BY_BASE.items() for name in names},
        "asyncpg.InterfaceError": ("builtins.Exception",),
        "asyncpg.InternalClientError": ("builtins.Exception",),
    },
    rejects=(
        "asyncpg.IntegrityConstraintViolationError",
        "asyncpg.DataError",
        "asyncpg.SyntaxOrAccessError",
        "asyncpg.TransactionRollbackError",
    ),
    unavailable=(
        "asyncpg.PostgresConnectionError",
        "asyncpg.InterfaceError",
        "asyncpg.CannotConnectNowError",
        "asyncpg.TooManyConnectionsError",
        "builtins.TimeoutError",
        "builtins.ConnectionError",
        "builtins.OSError",
    ),
)
"""What the gate knows of asyncpg."""
