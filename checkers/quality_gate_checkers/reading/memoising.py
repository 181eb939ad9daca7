"""What keeps a function's result for later calls."""

from __future__ import annotations

import ast

from quality_gate_checkers.model import Module
from quality_gate_checkers.model.scopes import FunctionNode

_KEEPERS = frozenset(
    {
        "functools.lru_cache",
        "functools.cache",
        "cachetools.cached",
        "cachetools.cachedmethod",
        "cachetools.func.lru_cache",
        "cachetools.func.ttl_cache",
        "cachetools.func.lfu_cache",
        "cachetools.func.fifo_cache",
        "cachetools.func.rr_cache",
        "async_lru.alru_cache",
        "asyncache.cached",
        "aiocache.cached",
        "cache_memoize.cache_memoize",
        "streamlit.cache_data",
        "django.views.decorators.cache.cache_page",
        "fastapi_cache.decorator.cache",
        "beaker.cache.cache_region",
    }
)
_KEEPING_METHODS = frozenset({"memoize", "memoise", "cached", "cache_on_arguments", "cache_multi_on_arguments"})
"""Methods of a cache object of the project's own: flask-caching, django-caching, dogpile, diskcache, joblib."""

_SECONDS = frozenset({"timeout", "ttl", "expire", "expires", "expiration_time"})
_SECONDS_FIRST = frozenset({"cache_page", "memoize", "cache_on_arguments"})
_SHORT = 600
"""A failure that is kept for minutes was meant to be kept: it spares a service that is down."""


def memoised_by(module: Module, function: FunctionNode) -> str | None:
    """The decorator that keeps a function's results, as a reader knows it; None where nothing does or not for long."""
    for decorator in function.decorator_list:
        called = decorator.func if isinstance(decorator, ast.Call) else decorator
        name = module.names.resolve(called) or ""
        if (name in _KEEPERS or _is_keeping_method(called, name)) and not _is_short(decorator, name.rpartition(".")[2]):
            return name.rpartition(".")[2]
    return None


def _is_keeping_method(called: ast.expr, name: str) -> bool:
    holder, _, method = name.rpartition(".")
    return (
        isinstance(called, ast.Attribute)
        and method in _KEEPING_METHODS
        and ("cache" in holder.lower() or "region" in holder.lower())
    )


def _is_short(decorator: ast.expr, name: str) -> bool:
    """Whether results are kept for minutes: `@cached(TTLCache(100, ttl=30))`, `@cache_page(30)`."""
    if not isinstance(decorator, ast.Call):
        return False
    stores = [given for given in decorator.args if isinstance(given, ast.Call)]
    seconds = [keyword.value for call in (decorator, *stores) for keyword in call.keywords if keyword.arg in _SECONDS]
    seconds += [store.args[1] for store in stores if len(store.args) > 1]
    seconds += decorator.args[:1] if name in _SECONDS_FIRST else []
    return any(_is_brief(found) for found in seconds)


def _is_brief(value: ast.expr) -> bool:
    """Whether a time is short, or cannot be told: `5 * 60` can, `settings.TTL` cannot."""
    seconds = _number(value)
    return seconds is None or 0 < seconds <= _SHORT


def _number(value: ast.expr) -> float | None:
    factors = [value.left, value.right] if isinstance(value, ast.BinOp) and isinstance(value.op, ast.Mult) else [value]
    product = 1.0
    for factor in factors:
        if isinstance(factor, ast.BinOp) and factor is not value:
            inner = _number(factor)
            if inner is None:
                return None
            product *= inner
        elif isinstance(factor, ast.Constant) and isinstance(factor.value, int | float):
            product *= factor.value
        else:
            return None
    return product
