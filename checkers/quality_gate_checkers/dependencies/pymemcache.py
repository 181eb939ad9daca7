"""pymemcache: waits for ever unless the client is given `timeout`; the socket's own errors come through."""

from __future__ import annotations

from quality_gate_checkers.dependencies import Call, Deadline, Library

_CLIENTS = (
    "pymemcache.client.base.Client",
    "pymemcache.client.base.PooledClient",
    "pymemcache.client.hash.HashClient",
)
_WAITS = Deadline(keyword="", on_client="timeout")
_READS = ("get", "get_many", "get_multi", "gets", "gets_many")
_WRITES = (
    "add",
    "append",
    "cas",
    "decr",
    "delete",
    "delete_many",
    "flush_all",
    "incr",
    "prepend",
    "replace",
    "set",
    "set_many",
    "set_multi",
    "touch",
)
_BASE = "pymemcache.exceptions.MemcacheError"
_CLIENT = "pymemcache.exceptions.MemcacheClientError"
_SERVER = "pymemcache.exceptions.MemcacheServerError"


def _on_clients(methods: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"{client}.{method}" for client in _CLIENTS for method in methods)


LIBRARY = Library(
    name="pymemcache",
    kind="cache",
    modules=("pymemcache",),
    source="https://pymemcache.readthedocs.io/en/latest/apidoc/pymemcache.client.html",
    calls=(
        Call(names=_on_clients(_READS), deadline=_WAITS),
        Call(names=_on_clients(_WRITES), effect="write", deadline=_WAITS),
    ),
    aliases={
        "pymemcache.Client": "pymemcache.client.base.Client",
        "pymemcache.client.Client": "pymemcache.client.base.Client",
        "pymemcache.PooledClient": "pymemcache.client.base.PooledClient",
        "pymemcache.client.PooledClient": "pymemcache.client.base.PooledClient",
        "pymemcache.HashClient": "pymemcache.client.hash.HashClient",
        "pymemcache.client.HashClient": "pymemcache.client.hash.HashClient",
        **{
            f"pymemcache.{name}": f"pymemcache.exceptions.{name}"
            for name in ("MemcacheError", "MemcacheClientError", "MemcacheServerError")
        },
    },
    exceptions={
        _BASE: ("builtins.Exception",),
        _CLIENT: (_BASE,),
        "pymemcache.exceptions.MemcacheUnknownCommandError": (_CLIENT,),
        "pymemcache.exceptions.MemcacheIllegalInputError": (_CLIENT,),
        _SERVER: (_BASE,),
        "pymemcache.exceptions.MemcacheUnexpectedCloseError": (_SERVER,),
        "pymemcache.exceptions.MemcacheUnknownError": (_BASE,),
    },
    rejects=(_CLIENT,),
    unavailable=(_SERVER, "builtins.TimeoutError", "builtins.ConnectionRefusedError", "builtins.OSError"),
    idempotent=("add", "delete", "delete_many", "flush_all", "replace", "set", "set_many", "set_multi", "touch"),
)
"""What the gate knows of pymemcache."""
