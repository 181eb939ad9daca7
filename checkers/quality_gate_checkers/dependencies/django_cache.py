"""Django's cache: what fails, and how long it is waited for, is the backend's (redis-py's, pymemcache's)."""

from __future__ import annotations

from quality_gate_checkers.dependencies import Call, Library, with_async

_CACHE = "django.core.cache.cache"
_READS = ("get", "get_many", "has_key")
_WRITES = (
    "add",
    "clear",
    "decr",
    "decr_version",
    "delete",
    "delete_many",
    "get_or_set",
    "incr",
    "incr_version",
    "set",
    "set_many",
    "touch",
)
_TWICE = ("add", "clear", "delete", "delete_many", "get_or_set", "set", "set_many", "touch")


LIBRARY = Library(
    name="Django cache",
    kind="cache",
    modules=("django",),
    source="https://docs.djangoproject.com/en/stable/topics/cache/",
    calls=(
        Call(names=tuple(f"{_CACHE}.{method}" for method in with_async(_READS))),
        Call(names=tuple(f"{_CACHE}.{method}" for method in with_async(_WRITES)), effect="write"),
    ),
    rejects=("redis.exceptions.ResponseError", "pymemcache.exceptions.MemcacheIllegalInputError"),
    unavailable=(
        "redis.exceptions.ConnectionError",
        "redis.exceptions.TimeoutError",
        "pymemcache.exceptions.MemcacheError",
        "builtins.ConnectionError",
    ),
    idempotent=with_async(_TWICE),
)
"""What the gate knows of Django's cache."""
