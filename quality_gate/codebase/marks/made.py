"""Objects that test code makes: a fixture hands them out, and what they can do its tests can."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from quality_gate.codebase.marks import Marked, marks
from quality_gate_checkers.model import Module, Role
from quality_gate_checkers.reading.handlers import called_name
from quality_gate_checkers.reading.tests_in import functions_of, tests_of
from quality_gate_checkers.reading.walks import walk


@marks("made", triggers=("def ",), roles=frozenset({Role.TESTS}))
def made(module: Module) -> Iterator[Marked]:
    """A function of test code that is no test and makes objects; `names` are their classes by dotted name."""
    tests = {test.node for test in tests_of(module)}
    for function in functions_of(module):
        if function in tests:
            continue
        calls = (node for part in function.body for node in walk(part) if isinstance(node, ast.Call))
        likely = (call for call in calls if called_name(call).lstrip("_")[:1].isupper())
        names = {name for call in likely if (name := module.names.resolve(call.func)) is not None}
        if names:
            yield Marked(function, names=tuple(sorted(names)), function=function)
