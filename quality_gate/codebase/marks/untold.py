"""Fixtures of which nothing tells what they give."""

from __future__ import annotations

from collections.abc import Iterator

from quality_gate.codebase.marks import Marked, marks
from quality_gate_checkers.model import Module, Role
from quality_gate_checkers.reading.given import origins_of
from quality_gate_checkers.reading.tests_in import fixture_name, functions_of, is_fixture


@marks("untold", triggers=("fixture",), roles=frozenset({Role.TESTS}))
def untold(module: Module) -> Iterator[Marked]:
    """A fixture whose module does not tell what it gives; `names` are the other fixtures that do, empty for none."""
    for function in functions_of(module):
        if is_fixture(function):
            origins = origins_of(module, function)
            if origins is None or origins:
                yield Marked(function, fixture_name(function), tuple(sorted(origins or ())), function=function)
