"""Classes of test code, and what they inherit from."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from quality_gate.codebase.marks import Marked, marks
from quality_gate_checkers.model import Module, Role


@marks("case-class", triggers=("class ",), roles=frozenset({Role.TESTS}))
def case_class(module: Module) -> Iterator[Marked]:
    """A class of test code; `names` are its bases by dotted name, `?` for one that nothing tells."""
    for node in module.nodes(ast.ClassDef):
        yield Marked(node, node.name, tuple(module.names.resolve(base) or "?" for base in node.bases), function=node)
