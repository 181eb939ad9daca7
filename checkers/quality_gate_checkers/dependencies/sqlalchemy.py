"""SQLAlchemy: a connection of the pool is waited for 30 seconds, a statement as long as the driver waits."""

from __future__ import annotations

from quality_gate_checkers.dependencies import Call, Library, on_each

_ASYNC = "sqlalchemy.ext.asyncio"
_SESSIONS = ("sqlalchemy.orm.Session", "sqlalchemy.orm.scoped_session")
_ASYNC_SESSIONS = (f"{_ASYNC}.AsyncSession", f"{_ASYNC}.async_scoped_session")
_CONNECTIONS = ("sqlalchemy.Connection", f"{_ASYNC}.AsyncConnection")
_ENGINES = ("sqlalchemy.Engine", f"{_ASYNC}.AsyncEngine")
_MAKERS = ("sqlalchemy.orm.sessionmaker", f"{_ASYNC}.async_sessionmaker")
_QUERY = "sqlalchemy.orm.Query"
_CHAIN = (
    "distinct",
    "enable_eagerloads",
    "execution_options",
    "filter",
    "filter_by",
    "group_by",
    "having",
    "join",
    "limit",
    "offset",
    "options",
    "order_by",
    "outerjoin",
    "populate_existing",
    "select_from",
    "where",
    "with_entities",
    "with_for_update",
    "yield_per",
)


def _named(name: str) -> str:
    return f"sqlalchemy.exc.{name}"


_BASE = _named("SQLAlchemyError")
_INVALID = _named("InvalidRequestError")
_ARGUMENT = _named("ArgumentError")
_DATABASE = _named("DatabaseError")
_NONE = _named("NoResultFound")
_REFUSED = (_named("DataError"), _named("ProgrammingError"), _named("PendingRollbackError"))

LIBRARY = Library(
    name="SQLAlchemy",
    kind="database",
    modules=("sqlalchemy",),
    source="https://docs.sqlalchemy.org/en/20/",
    calls=(
        Call(
            names=on_each((*_SESSIONS, *_ASYNC_SESSIONS, *_CONNECTIONS), "execute", "scalar", "scalars"),
            effect="depends",
        ),
        Call(
            names=(
                *on_each(_CONNECTIONS, "exec_driver_sql"),
                *on_each((_ASYNC_SESSIONS[0], _CONNECTIONS[1]), "run_sync"),
            ),
            effect="depends",
        ),
        Call(names=on_each((*_ASYNC_SESSIONS, _CONNECTIONS[1]), "stream", "stream_scalars"), effect="depends"),
        Call(names=on_each((*_SESSIONS, *_ASYNC_SESSIONS), "get", "merge", "refresh", "connection")),
        Call(names=on_each((*_SESSIONS, *_ASYNC_SESSIONS), "get_one"), rejects=(_NONE, *_REFUSED)),
        Call(names=on_each(_ASYNC_SESSIONS, "delete")),
        Call(names=on_each((*_SESSIONS, *_ASYNC_SESSIONS, *_CONNECTIONS), "rollback")),
        # what is begun in a `with` is committed at its end
        Call(
            names=on_each((*_SESSIONS, *_ASYNC_SESSIONS, *_CONNECTIONS), "begin", "begin_nested", "commit"),
            effect="write",
        ),
        Call(names=on_each((*_SESSIONS, *_ASYNC_SESSIONS), "flush"), effect="write"),
        Call(
            names=on_each(_SESSIONS, "bulk_insert_mappings", "bulk_save_objects", "bulk_update_mappings"),
            effect="write",
        ),
        Call(names=on_each(_ENGINES, "connect", "raw_connection")),
        Call(names=on_each((*_ENGINES, *_MAKERS), "begin"), effect="write"),
        Call(names=on_each(("sqlalchemy.Transaction", f"{_ASYNC}.AsyncTransaction"), "rollback")),
        Call(names=on_each(("sqlalchemy.Transaction", f"{_ASYNC}.AsyncTransaction"), "commit"), effect="write"),
        Call(names=on_each((_QUERY,), "all", "count", "first", "get", "scalar")),
        Call(
            names=on_each((_QUERY,), "one", "one_or_none"),
            rejects=(_NONE, _named("MultipleResultsFound"), *_REFUSED),
        ),
        Call(names=on_each((_QUERY,), "delete", "update"), effect="write"),
        Call(names=("sqlalchemy.MetaData.reflect",)),
        Call(names=("sqlalchemy.MetaData.create_all", "sqlalchemy.MetaData.drop_all"), effect="write"),
    ),
    aliases={
        "sqlalchemy.orm.session.Session": "sqlalchemy.orm.Session",
        "sqlalchemy.orm.session.sessionmaker": "sqlalchemy.orm.sessionmaker",
        "sqlalchemy.orm.scoping.scoped_session": "sqlalchemy.orm.scoped_session",
        "sqlalchemy.orm.query.Query": "sqlalchemy.orm.Query",
        "sqlalchemy.engine.Connection": "sqlalchemy.Connection",
        "sqlalchemy.engine.base.Connection": "sqlalchemy.Connection",
        "sqlalchemy.engine.Engine": "sqlalchemy.Engine",
        "sqlalchemy.engine.base.Engine": "sqlalchemy.Engine",
        "sqlalchemy.engine.Transaction": "sqlalchemy.Transaction",
        "sqlalchemy.engine.create_engine": "sqlalchemy.create_engine",
        "sqlalchemy.engine.engine_from_config": "sqlalchemy.engine_from_config",
        "sqlalchemy.schema.MetaData": "sqlalchemy.MetaData",
        "sqlalchemy.ext.asyncio.session.AsyncSession": f"{_ASYNC}.AsyncSession",
        "sqlalchemy.ext.asyncio.session.async_sessionmaker": f"{_ASYNC}.async_sessionmaker",
        "sqlalchemy.ext.asyncio.scoping.async_scoped_session": f"{_ASYNC}.async_scoped_session",
        "sqlalchemy.ext.asyncio.engine.AsyncConnection": f"{_ASYNC}.AsyncConnection",
        "sqlalchemy.ext.asyncio.engine.AsyncEngine": f"{_ASYNC}.AsyncEngine",
        "sqlalchemy.ext.asyncio.engine.create_async_engine": f"{_ASYNC}.create_async_engine",
        "sqlalchemy.orm.exc.NoResultFound": _named("NoResultFound"),
        "sqlalchemy.orm.exc.MultipleResultsFound": _named("MultipleResultsFound"),
    },
    factories={
        "sqlalchemy.create_engine": "sqlalchemy.Engine",
        "sqlalchemy.engine_from_config": "sqlalchemy.Engine",
        "sqlalchemy.orm.sessionmaker": "sqlalchemy.orm.sessionmaker",
        "sqlalchemy.orm.sessionmaker.__call__": "sqlalchemy.orm.Session",
        "sqlalchemy.orm.sessionmaker.begin": "sqlalchemy.orm.Session",
        "sqlalchemy.orm.scoped_session": "sqlalchemy.orm.scoped_session",
        "sqlalchemy.orm.scoped_session.__call__": "sqlalchemy.orm.Session",
        f"{_ASYNC}.create_async_engine": f"{_ASYNC}.AsyncEngine",
        f"{_ASYNC}.async_engine_from_config": f"{_ASYNC}.AsyncEngine",
        f"{_ASYNC}.async_sessionmaker": f"{_ASYNC}.async_sessionmaker",
        f"{_ASYNC}.async_sessionmaker.__call__": f"{_ASYNC}.AsyncSession",
        f"{_ASYNC}.async_sessionmaker.begin": f"{_ASYNC}.AsyncSession",
        f"{_ASYNC}.async_scoped_session": f"{_ASYNC}.async_scoped_session",
        f"{_ASYNC}.async_scoped_session.__call__": f"{_ASYNC}.AsyncSession",
        **dict.fromkeys(on_each(_ENGINES[:1], "connect", "begin"), "sqlalchemy.Connection"),
        **dict.fromkeys(on_each(_ENGINES[1:], "connect", "begin"), f"{_ASYNC}.AsyncConnection"),
        **dict.fromkeys(on_each(_SESSIONS, "connection"), "sqlalchemy.Connection"),
        **dict.fromkeys(on_each(_ASYNC_SESSIONS, "connection"), f"{_ASYNC}.AsyncConnection"),
        **dict.fromkeys(on_each(_CONNECTIONS[:1], "begin", "begin_nested"), "sqlalchemy.Transaction"),
        **dict.fromkeys(on_each(_CONNECTIONS[1:], "begin", "begin_nested"), f"{_ASYNC}.AsyncTransaction"),
        **dict.fromkeys(on_each(_SESSIONS, "query"), _QUERY),
        **dict.fromkeys(on_each((_QUERY,), *_CHAIN), _QUERY),
    },
    exceptions={
        _BASE: ("builtins.Exception",),
        _ARGUMENT: (_BASE,),
        _named("NoSuchModuleError"): (_ARGUMENT,),
        _named("CompileError"): (_BASE,),
        _named("DisconnectionError"): (_BASE,),
        _named("TimeoutError"): (_BASE,),
        _INVALID: (_BASE,),
        _named("MultipleResultsFound"): (_INVALID,),
        _named("NoResultFound"): (_INVALID,),
        _named("NoSuchColumnError"): (_INVALID, "builtins.KeyError"),
        _named("NoSuchTableError"): (_INVALID,),
        _named("PendingRollbackError"): (_INVALID,),
        _named("ResourceClosedError"): (_INVALID,),
        _named("MissingGreenlet"): (_INVALID,),
        _named("UnboundExecutionError"): (_INVALID,),
        _named("StatementError"): (_BASE,),
        _named("DBAPIError"): (_named("StatementError"),),
        _named("InterfaceError"): (_named("DBAPIError"),),
        _DATABASE: (_named("DBAPIError"),),
        _named("DataError"): (_DATABASE,),
        _named("OperationalError"): (_DATABASE,),
        _named("IntegrityError"): (_DATABASE,),
        _named("InternalError"): (_DATABASE,),
        _named("ProgrammingError"): (_DATABASE,),
        _named("NotSupportedError"): (_DATABASE,),
        "sqlalchemy.orm.exc.StaleDataError": (_BASE,),
        "sqlalchemy.orm.exc.FlushError": (_BASE,),
        "sqlalchemy.orm.exc.DetachedInstanceError": (_BASE,),
        "sqlalchemy.orm.exc.ObjectDeletedError": (_INVALID,),
        "sqlalchemy.orm.exc.UnmappedError": (_INVALID,),
        "sqlalchemy.orm.exc.UnmappedInstanceError": ("sqlalchemy.orm.exc.UnmappedError",),
    },
    rejects=(_named("IntegrityError"), *_REFUSED, "sqlalchemy.orm.exc.StaleDataError"),
    unavailable=(
        _named("OperationalError"),
        _named("InterfaceError"),
        _named("TimeoutError"),
        _named("DisconnectionError"),
    ),
    idempotent=("create_all", "drop_all"),
)
"""What the gate knows of SQLAlchemy."""
