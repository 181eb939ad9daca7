"""python-memcached: three seconds; a server that is down is a miss, so little of it is ever raised."""

from __future__ import annotations

from quality_gate_checkers.dependencies import Call, Deadline, Library

_THREE = Deadline(keyword="", default=3.0, on_client="socket_timeout")
_READS = ("get", "get_multi", "gets", "get_stats")
_WRITES = (
    "add",
    "append",
    "cas",
    "decr",
    "delete",
    "delete_multi",
    "flush_all",
    "incr",
    "prepend",
    "replace",
    "set",
    "set_multi",
    "touch",
)

LIBRARY = Library(
    name="memcache",
    kind="cache",
    modules=("memcache",),
    source="https://pypi.org/project/python-memcached/",
    calls=(
        Call(names=tuple(f"memcache.Client.{method}" for method in _READS), deadline=_THREE),
        Call(names=tuple(f"memcache.Client.{method}" for method in _WRITES), effect="write", deadline=_THREE),
    ),
    exceptions={
        "memcache.Client.MemcachedKeyError": ("builtins.Exception",),
        "memcache.Client.MemcachedKeyLengthError": ("memcache.Client.MemcachedKeyError",),
        "memcache.Client.MemcachedKeyCharacterError": ("memcache.Client.MemcachedKeyError",),
        "memcache.Client.MemcachedKeyNoneError": ("memcache.Client.MemcachedKeyError",),
        "memcache.Client.MemcachedKeyTypeError": ("memcache.Client.MemcachedKeyError",),
    },
    rejects=("memcache.Client.MemcachedKeyError",),
    idempotent=("add", "delete", "delete_multi", "flush_all", "replace", "set", "set_multi", "touch"),
)
"""What the gate knows of python-memcached."""
