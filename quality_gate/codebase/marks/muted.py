"""Calls that are told not to do something."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from quality_gate.codebase.marks import Marked, marks
from quality_gate_checkers.model import Module


@marks("muted", triggers=("=False", "= False"))
def muted(module: Module) -> Iterator[Marked]:
    """A call with a keyword that is literally False, as `order.save(broadcast=False)`: something may be left out."""
    for keyword in module.mentioning(ast.keyword, ("False",)):
        call, value = module.parent(keyword), keyword.value
        if keyword.arg and isinstance(call, ast.Call) and isinstance(value, ast.Constant) and value.value is False:
            yield Marked(call, keyword.arg)
