"""Lines that run because something failed."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from quality_gate.codebase.marks import Marked, marks
from quality_gate_checkers.model import Module


@marks("handler", triggers=("except",))
def handler(module: Module) -> Iterator[Marked]:
    """The body of an `except`."""
    for found in module.nodes(ast.ExceptHandler):
        yield Marked(found.body[0], until=found.body[-1])
