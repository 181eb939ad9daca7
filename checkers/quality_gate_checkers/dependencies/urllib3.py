"""urllib3: pools wait for ever by default and try four times; `urllib3.request` gives up after three seconds."""

from __future__ import annotations

from quality_gate_checkers.dependencies import Call, Deadline, Library

_MANAGERS = ("urllib3.PoolManager", "urllib3.ProxyManager")
_POOLS = ("urllib3.HTTPConnectionPool", "urllib3.HTTPSConnectionPool")
_REQUESTS = ("request", "request_encode_url", "request_encode_body")
_WAITS = Deadline(keyword="timeout", on_client="timeout")


def _of(holders: tuple[str, ...], methods: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"{holder}.{method}" for holder in holders for method in methods)


def _named(name: str) -> str:
    return f"urllib3.exceptions.{name}"


_BASE = _named("HTTPError")

LIBRARY = Library(
    name="urllib3",
    kind="http",
    modules=("urllib3",),
    source="https://urllib3.readthedocs.io/en/stable/reference/",
    calls=(
        Call(names=("urllib3.request",), effect="depends", deadline=Deadline(keyword="timeout", default=3.0)),
        Call(names=_of((*_MANAGERS, *_POOLS), _REQUESTS), effect="depends", deadline=_WAITS),
        Call(names=_of(_MANAGERS, ("urlopen",)), effect="depends", deadline=_WAITS),
        Call(
            names=_of(_POOLS, ("urlopen",)),
            effect="depends",
            deadline=Deadline(keyword="timeout", position=7, on_client="timeout"),
        ),
    ),
    aliases={
        "urllib3.poolmanager.PoolManager": "urllib3.PoolManager",
        "urllib3.poolmanager.ProxyManager": "urllib3.ProxyManager",
        "urllib3.connectionpool.HTTPConnectionPool": "urllib3.HTTPConnectionPool",
        "urllib3.connectionpool.HTTPSConnectionPool": "urllib3.HTTPSConnectionPool",
    },
    factories={
        "urllib3.proxy_from_url": "urllib3.ProxyManager",
        "urllib3.connection_from_url": "urllib3.HTTPConnectionPool",
    },
    exceptions={
        _BASE: ("builtins.Exception",),
        _named("PoolError"): (_BASE,),
        _named("ClosedPoolError"): (_named("PoolError"),),
        _named("EmptyPoolError"): (_named("PoolError"),),
        _named("RequestError"): (_named("PoolError"),),
        _named("HostChangedError"): (_named("RequestError"),),
        _named("MaxRetryError"): (_named("RequestError"),),
        _named("ResponseError"): (_BASE,),
        _named("TimeoutError"): (_BASE,),
        _named("ReadTimeoutError"): (_named("TimeoutError"), _named("RequestError")),
        _named("ConnectTimeoutError"): (_named("TimeoutError"),),
        _named("NewConnectionError"): (_named("ConnectTimeoutError"),),
        _named("NameResolutionError"): (_named("NewConnectionError"),),
        _named("ProxyError"): (_BASE,),
        _named("ProtocolError"): (_BASE,),
        _named("IncompleteRead"): (_BASE, "http.client.IncompleteRead"),
        _named("DecodeError"): (_BASE,),
        _named("SSLError"): (_BASE,),
        _named("LocationValueError"): ("builtins.ValueError", _BASE),
        _named("LocationParseError"): (_named("LocationValueError"),),
    },
    rejects=(_named("ResponseError"),),
    unavailable=(
        _named("MaxRetryError"),
        _named("ReadTimeoutError"),
        _named("ConnectTimeoutError"),
        _named("NewConnectionError"),
        _named("ProtocolError"),
    ),
)
"""What the gate knows of urllib3."""
