"""Fixtures of pytest."""

from __future__ import annotations

from collections.abc import Iterator

from quality_gate.codebase.marks import Marked, marks
from quality_gate_checkers.model import Module, Role
from quality_gate_checkers.reading.tests_in import fixture_name, functions_of, is_fixture, parameters_of


@marks("fixture", triggers=("fixture",), roles=frozenset({Role.TESTS}))
def fixture(module: Module) -> Iterator[Marked]:
    """A fixture; `detail` is the name that tests ask for it by, `names` are the fixtures that it asks for itself."""
    for function in functions_of(module):
        if is_fixture(function):
            asked = tuple(parameter.arg for parameter in parameters_of(function))
            yield Marked(function, fixture_name(function), asked, function=function)
