"""Code that tells a product's makers how it is used: nobody who runs it waits for that."""

from __future__ import annotations

import ast
import re

from quality_gate_checkers.model import Module
from quality_gate_checkers.model.scopes import FUNCTIONS

_WORD = re.compile(
    r"telemetry|usage_?(?:stats?|statistics|report)|phone_?home|(?:^|[_.])(?:census|analytics)(?:[_.]|$)", re.IGNORECASE
)


def reports_usage(module: Module, node: ast.AST) -> bool:
    """Whether a node stands where a function, a class or the module says that it reports how the product is used."""
    if _WORD.search(module.name):
        return True
    return any(
        isinstance(above, (*FUNCTIONS, ast.ClassDef)) and is_usage_report(above.name)
        for above in module.ancestors(node)
    )


def is_usage_report(name: str) -> bool:
    """Whether a function's or a class's name says so: `send_telemetry`, `UsageStats`."""
    return _WORD.search(name) is not None
