"""sqlite3: a file of this machine; a locked one is waited for five seconds by default."""

from __future__ import annotations

from quality_gate_checkers.dependencies import Call, Deadline, Library

_EXECUTE = ("execute", "executemany", "executescript")
_FETCH = ("fetchone", "fetchmany", "fetchall")

LIBRARY = Library(
    name="sqlite3",
    kind="file",
    modules=("sqlite3",),
    source="https://docs.python.org/3/library/sqlite3.html",
    calls=(
        Call(names=("sqlite3.connect",), deadline=Deadline(keyword="timeout", position=1, default=5.0)),
        Call(
            names=tuple(f"{one}.{name}" for one in ("sqlite3.Connection", "sqlite3.Cursor") for name in _EXECUTE),
            effect="depends",
        ),
        Call(names=tuple(f"sqlite3.Cursor.{name}" for name in _FETCH)),
        Call(names=("sqlite3.Connection.rollback", "sqlite3.Connection.iterdump")),
        Call(names=("sqlite3.Connection.commit", "sqlite3.Connection.backup"), effect="write"),
    ),
    aliases={"sqlite3.dbapi2": "sqlite3"},
    factories={
        "sqlite3.connect": "sqlite3.Connection",
        "sqlite3.Connection.cursor": "sqlite3.Cursor",
        **{f"sqlite3.Connection.{name}": "sqlite3.Cursor" for name in _EXECUTE},
        **{f"sqlite3.Cursor.{name}": "sqlite3.Cursor" for name in _EXECUTE},
    },
    exceptions={
        "sqlite3.Warning": ("builtins.Exception",),
        "sqlite3.Error": ("builtins.Exception",),
        "sqlite3.InterfaceError": ("sqlite3.Error",),
        "sqlite3.DatabaseError": ("sqlite3.Error",),
        "sqlite3.DataError": ("sqlite3.DatabaseError",),
        "sqlite3.OperationalError": ("sqlite3.DatabaseError",),
        "sqlite3.IntegrityError": ("sqlite3.DatabaseError",),
        "sqlite3.InternalError": ("sqlite3.DatabaseError",),
        "sqlite3.ProgrammingError": ("sqlite3.DatabaseError",),
        "sqlite3.NotSupportedError": ("sqlite3.DatabaseError",),
    },
    rejects=("sqlite3.IntegrityError", "sqlite3.DataError", "sqlite3.ProgrammingError"),
    unavailable=("sqlite3.OperationalError", "sqlite3.DatabaseError"),
    idempotent=("backup",),
)
"""What the gate knows of sqlite3."""
