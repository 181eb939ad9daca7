"""Django's ORM: no deadline of its own, the database's driver and server decide.

`Order.objects` is a manager wherever `Order` comes from. That a row is not there (`Order.DoesNotExist`) is an answer,
not a failure; so is ProgrammingError, which start-up code catches where no migration has made the tables yet.
"""

from __future__ import annotations

from quality_gate_checkers.dependencies import Call, Library, on_each, with_async

_MANAGER = "django.db.models.Manager"
_QUERY = "django.db.models.QuerySet"
_MODEL = "django.db.models.Model"
_CURSOR = "django.db.backends.utils.CursorWrapper"
_READS = ("aggregate", "count", "earliest", "exists", "first", "get", "in_bulk", "iterator", "last", "latest")
_WRITES = ("bulk_create", "bulk_update", "create", "get_or_create", "update", "update_or_create")
_CHAIN = (
    "alias",
    "annotate",
    "dates",
    "datetimes",
    "defer",
    "difference",
    "distinct",
    "exclude",
    "extra",
    "filter",
    "intersection",
    "none",
    "only",
    "order_by",
    "prefetch_related",
    "reverse",
    "select_for_update",
    "select_related",
    "union",
    "using",
    "values",
    "values_list",
)
_ERROR = "django.db.utils.Error"
_DATABASE = "django.db.utils.DatabaseError"
_BELOW = ("DataError", "OperationalError", "IntegrityError", "InternalError", "ProgrammingError", "NotSupportedError")


LIBRARY = Library(
    name="Django ORM",
    kind="database",
    modules=("django",),
    source="https://docs.djangoproject.com/en/stable/ref/models/querysets/",
    calls=(
        Call(names=on_each((_MANAGER, _QUERY), *with_async(_READS))),
        Call(names=on_each((_MANAGER, _QUERY), *with_async(_WRITES)), effect="write"),
        Call(names=on_each((_QUERY,), *with_async(("delete",))), effect="write"),
        Call(names=on_each((_MODEL,), *with_async(("refresh_from_db",)))),
        Call(names=on_each((_MODEL,), *with_async(("delete", "save"))), effect="write"),
        Call(
            names=on_each((_CURSOR,), "callproc", "execute", "executemany"),
            effect="depends",
            source="https://docs.djangoproject.com/en/stable/topics/db/sql/",
        ),
        Call(
            names=("django.db.transaction.commit",),
            effect="write",
            source="https://docs.djangoproject.com/en/stable/topics/db/transactions/",
        ),
    ),
    aliases={
        "django.db.models.manager.Manager": _MANAGER,
        "django.db.models.query.QuerySet": _QUERY,
        "django.db.models.base.Model": _MODEL,
        **{
            f"django.db.{name}": f"django.db.utils.{name}"
            for name in ("Error", "InterfaceError", "DatabaseError", *_BELOW)
        },
    },
    attributes={"objects": _MANAGER},
    factories={
        **dict.fromkeys(on_each((_MANAGER, _QUERY), "all", *_CHAIN), _QUERY),
        "django.db.connection.cursor": _CURSOR,
    },
    exceptions={
        _ERROR: ("builtins.Exception",),
        "django.db.utils.InterfaceError": (_ERROR,),
        _DATABASE: (_ERROR,),
        **{f"django.db.utils.{name}": (_DATABASE,) for name in _BELOW},
    },
    rejects=("django.db.utils.IntegrityError", "django.db.utils.DataError"),
    unavailable=("django.db.utils.OperationalError", "django.db.utils.InterfaceError"),
    idempotent=("get_or_create", "aget_or_create", "update_or_create", "aupdate_or_create", "delete", "adelete"),
)
"""What the gate knows of Django's ORM."""
