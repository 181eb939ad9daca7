"""Elasticsearch: ten seconds by default; `bulk` answers 200 with failures inside, its helper raises."""

from __future__ import annotations

from quality_gate_checkers.dependencies import Call, Deadline, Library

_CLIENTS = ("elasticsearch.Elasticsearch", "elasticsearch.AsyncElasticsearch")
_TEN = Deadline(keyword="", default=10.0, on_client="request_timeout")
_HELPERS = ("bulk", "streaming_bulk", "parallel_bulk", "reindex", "async_bulk", "async_streaming_bulk")


def _on_clients(*methods: str) -> tuple[str, ...]:
    return tuple(f"{client}.{method}" for client in _CLIENTS for method in methods)


def _named(name: str) -> str:
    return f"elasticsearch.{name}"


_TRANSPORT = _named("TransportError")
_API = _named("ApiError")

LIBRARY = Library(
    name="elasticsearch",
    kind="database",
    modules=("elasticsearch", "elastic_transport"),
    source="https://elasticsearch-py.readthedocs.io/en/stable/api.html",
    calls=(
        Call(
            names=_on_clients(
                "count",
                "exists",
                "explain",
                "field_caps",
                "get",
                "get_source",
                "info",
                "mget",
                "msearch",
                "open_point_in_time",
                "ping",
                "scroll",
                "search",
            ),
            deadline=_TEN,
        ),
        Call(
            names=_on_clients(
                "bulk", "create", "delete", "delete_by_query", "index", "reindex", "update", "update_by_query"
            ),
            effect="write",
            deadline=_TEN,
        ),
        Call(names=("elasticsearch.helpers.scan", "elasticsearch.helpers.async_scan")),
        Call(names=tuple(f"elasticsearch.helpers.{name}" for name in _HELPERS), effect="write"),
    ),
    aliases={
        "elasticsearch.client.Elasticsearch": _CLIENTS[0],
        "elasticsearch.exceptions": "elasticsearch",
        "elasticsearch.helpers.errors.BulkIndexError": "elasticsearch.helpers.BulkIndexError",
        **{
            f"elastic_transport.{name}": _named(name)
            for name in ("ConnectionError", "ConnectionTimeout", "SerializationError", "TransportError")
        },
    },
    factories=dict.fromkeys(("elasticsearch.Elasticsearch.options",), _CLIENTS[0])
    | dict.fromkeys(("elasticsearch.AsyncElasticsearch.options",), _CLIENTS[1]),
    exceptions={
        _TRANSPORT: ("builtins.Exception",),
        _named("ConnectionError"): (_TRANSPORT,),
        _named("SSLError"): (_named("ConnectionError"),),
        _named("ConnectionTimeout"): (_TRANSPORT,),
        _named("SerializationError"): (_TRANSPORT,),
        _API: ("builtins.Exception",),
        _named("AuthenticationException"): (_API,),
        _named("AuthorizationException"): (_API,),
        _named("BadRequestError"): (_API,),
        _named("ConflictError"): (_API,),
        _named("NotFoundError"): (_API,),
        _named("UnsupportedProductError"): (_API,),
        "elasticsearch.helpers.BulkIndexError": ("builtins.Exception",),
        "elasticsearch.helpers.ScanError": ("builtins.Exception",),
    },
    rejects=(_API, "elasticsearch.helpers.BulkIndexError"),
    unavailable=(_named("ConnectionError"), _named("ConnectionTimeout"), _TRANSPORT),
    idempotent=("create", "delete", "delete_by_query"),
)
"""What the gate knows of Elasticsearch."""
