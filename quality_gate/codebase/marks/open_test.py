"""Tests in which their own module shows nothing that checks the outcome, and which leave something open."""

from __future__ import annotations

from collections.abc import Iterator

from quality_gate.codebase.marks import Marked, marks
from quality_gate_checkers.model import Module, Role
from quality_gate_checkers.reading.unchecked import unchecked_tests


@marks("open-test", triggers=("def test",), roles=frozenset({Role.TESTS}))
def open_test(module: Module) -> Iterator[Marked]:
    """A test whose helpers, fixtures or bases in other modules decide whether it checks anything; `names` are these:
    `fixture NAME`, `given NAME`, `import DOTTED`, `base DOTTED`, `self NAME`.
    """
    for found in unchecked_tests(module):
        if found.open:
            yield Marked(found.test.node, found.test.node.name, found.open, function=found.test.node)
