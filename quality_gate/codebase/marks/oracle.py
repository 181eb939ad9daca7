"""Functions of test code that check something on a test's behalf."""

from __future__ import annotations

from collections.abc import Iterator

from quality_gate.codebase.marks import Marked, marks
from quality_gate_checkers.model import Module, Role
from quality_gate_checkers.reading.oracles import decorated_oracle, is_asserting, oracles_in
from quality_gate_checkers.reading.tests_in import functions_of, tests_of


@marks("oracle", triggers=("def ",), roles=frozenset({Role.TESTS}))
def oracle(module: Module) -> Iterator[Marked]:
    """A helper, a fixture or a method of test code with an oracle in it; `detail` is the kind of its first one."""
    tests = {test.node for test in tests_of(module)}
    for function in functions_of(module):
        if function in tests:
            continue
        found = next(oracles_in(function.body), None) or decorated_oracle(function.decorator_list)
        if found is not None or is_asserting(function.name):
            yield Marked(function, found.kind if found is not None else "method", function=function)
