"""Code that tells a product's makers how it is used: nobody who runs it waits for that."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from quality_gate_checkers.model import Module
from quality_gate_checkers.model.scopes import FUNCTIONS
from quality_gate_checkers.regexes import regex

_WORD = regex(
    r"telemetry|usage_?(?:stats?|statistics|report)|phone_?home|(?:^|[_.])(?:census|analytics)(?:[_.]|$)", re.IGNORECASE
)
_MEASURE = regex(r"(?:^|[_.])(?:metrics?|statsd|tracing)(?:[_.]|$)", re.IGNORECASE)


def reports_usage(module: Module, node: ast.AST) -> bool:
    """Whether a node stands where a function, a class or the module says that it reports how the product is used."""
    return any(map(is_usage_report, _places(module, node)))


def measures(module: Module, node: ast.AST) -> bool:
    """Whether a node stands where a function, a class or the module says that it counts what others do."""
    return any(map(_MEASURE.search, _places(module, node)))


def _places(module: Module, node: ast.AST) -> Iterator[str]:
    yield module.name.partition(".")[2] or module.name  # a product may itself be called so
    yield from (above.name for above in module.ancestors(node) if isinstance(above, (*FUNCTIONS, ast.ClassDef)))


def is_usage_report(name: str) -> bool:
    """Whether the name of a function, a class or a module says so: `send_telemetry`, `UsageStats`."""
    return _WORD.search(name) is not None
