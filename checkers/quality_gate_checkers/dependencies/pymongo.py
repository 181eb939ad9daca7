"""pymongo: a server is looked for 30 seconds; the answer of one that hangs is waited for without end.

`timeoutMS` or `socketTimeoutMS` on the client bound that, and `pymongo.timeout()` a block.
"""

from __future__ import annotations

from quality_gate_checkers.dependencies import Call, Library, on_each

_CLIENTS = ("pymongo.MongoClient", "pymongo.AsyncMongoClient")
_DATABASES = ("pymongo.database.Database", "pymongo.asynchronous.database.AsyncDatabase")
_COLLECTIONS = ("pymongo.collection.Collection", "pymongo.asynchronous.collection.AsyncCollection")
_CURSORS = ("pymongo.cursor.Cursor", "pymongo.asynchronous.cursor.AsyncCursor")
_SESSIONS = ("pymongo.client_session.ClientSession", "pymongo.asynchronous.client_session.AsyncClientSession")
_GET_DATABASE = ("get_database", "get_default_database", "__getitem__")
_GET_COLLECTION = ("get_collection", "create_collection", "__getitem__")


def _made(holders: tuple[str, ...], methods: tuple[str, ...], results: tuple[str, ...]) -> dict[str, str]:
    """The synchronous ones make synchronous ones, the asynchronous ones asynchronous ones."""
    return {f"{holder}.{method}": result for holder, result in zip(holders, results, strict=True) for method in methods}


def _named(name: str) -> str:
    return f"pymongo.errors.{name}"


_BASE = _named("PyMongoError")
_FAILURE = _named("OperationFailure")
_RECONNECT = _named("AutoReconnect")

LIBRARY = Library(
    name="pymongo",
    kind="database",
    modules=("pymongo",),
    source="https://pymongo.readthedocs.io/en/stable/api/index.html",
    calls=(
        Call(
            names=on_each(
                _COLLECTIONS,
                "aggregate",
                "count_documents",
                "distinct",
                "estimated_document_count",
                "find",
                "find_one",
                "find_raw_batches",
                "index_information",
                "list_indexes",
                "watch",
            )
        ),
        Call(
            names=on_each(
                _COLLECTIONS,
                "bulk_write",
                "create_index",
                "create_indexes",
                "delete_many",
                "delete_one",
                "drop",
                "drop_index",
                "drop_indexes",
                "find_one_and_delete",
                "find_one_and_replace",
                "find_one_and_update",
                "insert_many",
                "insert_one",
                "rename",
                "replace_one",
                "update_many",
                "update_one",
            ),
            effect="write",
        ),
        Call(names=on_each(_DATABASES, "aggregate", "list_collection_names", "list_collections", "watch")),
        Call(names=on_each(_DATABASES, "command"), effect="depends"),
        Call(names=on_each(_DATABASES, "create_collection", "drop_collection"), effect="write"),
        Call(names=on_each(_CLIENTS, "list_database_names", "list_databases", "server_info", "watch")),
        Call(names=on_each(_CLIENTS, "drop_database", "bulk_write"), effect="write"),
        Call(names=on_each(_CURSORS, "distinct", "explain", "next", "to_list")),
        Call(names=on_each(_SESSIONS, "abort_transaction")),
        Call(names=on_each(_SESSIONS, "commit_transaction", "with_transaction"), effect="write"),
    ),
    aliases={
        "pymongo.mongo_client.MongoClient": "pymongo.MongoClient",
        "pymongo.synchronous.mongo_client.MongoClient": "pymongo.MongoClient",
        "pymongo.synchronous.database.Database": "pymongo.database.Database",
        "pymongo.synchronous.collection.Collection": "pymongo.collection.Collection",
        "pymongo.synchronous.cursor.Cursor": "pymongo.cursor.Cursor",
        "pymongo.synchronous.client_session.ClientSession": "pymongo.client_session.ClientSession",
        "pymongo.asynchronous.mongo_client.AsyncMongoClient": "pymongo.AsyncMongoClient",
    },
    factories={
        **_made(_CLIENTS, _GET_DATABASE, _DATABASES),
        **_made(_CLIENTS, ("start_session",), _SESSIONS),
        **_made(_DATABASES, _GET_COLLECTION, _COLLECTIONS),
        **_made(_COLLECTIONS, ("with_options", "__getitem__"), _COLLECTIONS),
        **_made(_COLLECTIONS, ("find",), _CURSORS),
        **_made(_CURSORS, ("limit", "skip", "sort", "hint", "max_time_ms", "batch_size"), _CURSORS),
    },
    exceptions={
        _BASE: ("builtins.Exception",),
        _named("ConnectionFailure"): (_BASE,),
        _named("WaitQueueTimeoutError"): (_named("ConnectionFailure"),),
        _RECONNECT: (_named("ConnectionFailure"),),
        _named("NetworkTimeout"): (_RECONNECT,),
        _named("NotPrimaryError"): (_RECONNECT,),
        _named("ServerSelectionTimeoutError"): (_RECONNECT,),
        _named("ConfigurationError"): (_BASE,),
        _named("InvalidURI"): (_named("ConfigurationError"),),
        _named("InvalidName"): (_BASE,),
        _named("CollectionInvalid"): (_BASE,),
        _named("InvalidOperation"): (_BASE,),
        _FAILURE: (_BASE,),
        _named("CursorNotFound"): (_FAILURE,),
        _named("ExecutionTimeout"): (_FAILURE,),
        _named("WriteConcernError"): (_FAILURE,),
        _named("WTimeoutError"): (_named("WriteConcernError"),),
        _named("WriteError"): (_FAILURE,),
        _named("DuplicateKeyError"): (_named("WriteError"),),
        _named("BulkWriteError"): (_FAILURE,),
        "bson.errors.BSONError": ("builtins.Exception",),
        "bson.errors.InvalidBSON": ("bson.errors.BSONError",),
        "bson.errors.InvalidDocument": ("bson.errors.BSONError",),
        "bson.errors.InvalidId": ("bson.errors.BSONError",),
        _named("DocumentTooLarge"): ("bson.errors.InvalidDocument",),
    },
    rejects=(
        _FAILURE,
        _named("DuplicateKeyError"),
        _named("WriteError"),
        _named("BulkWriteError"),
        "bson.errors.InvalidDocument",
    ),
    unavailable=(
        _named("ConnectionFailure"),
        _RECONNECT,
        _named("NetworkTimeout"),
        _named("ServerSelectionTimeoutError"),
        _named("ExecutionTimeout"),
    ),
    idempotent=(
        "create_collection",
        "create_index",
        "create_indexes",
        "delete_many",
        "drop",
        "drop_collection",
        "drop_database",
        "drop_index",
        "drop_indexes",
    ),
)
"""What the gate knows of pymongo."""
