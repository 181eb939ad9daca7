"""Settings that put every view into a transaction."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from quality_gate.codebase.marks import Marked, marks
from quality_gate_checkers.model import Module

_SETTING = "ATOMIC_REQUESTS"


@marks("atomic-requests", triggers=(_SETTING,))
def atomic_requests(module: Module) -> Iterator[Marked]:
    """`"ATOMIC_REQUESTS": True` in a dict, `DATABASES["default"]["ATOMIC_REQUESTS"] = True`; only a literal counts."""
    for held in module.mentioning(ast.Dict, (_SETTING,)):
        for key, value in zip(held.keys, held.values, strict=True):
            if _is_setting(key) and _is_true(value):
                yield Marked(value, _SETTING)
    for keyword in module.mentioning(ast.keyword, (_SETTING,)):
        if keyword.arg == _SETTING and _is_true(keyword.value):
            yield Marked(keyword.value, _SETTING)
    for assigned in module.nodes(ast.Assign):
        if _is_true(assigned.value) and any(
            isinstance(target, ast.Subscript) and _is_setting(target.slice) for target in assigned.targets
        ):
            yield Marked(assigned, _SETTING)


def _is_setting(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and node.value == _SETTING


def _is_true(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is True
