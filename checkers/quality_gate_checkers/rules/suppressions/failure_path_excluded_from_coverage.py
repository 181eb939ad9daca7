"""QG602 failure-path-excluded-from-coverage."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from quality_gate_checkers.model import Hit, Module, rule
from quality_gate_checkers.model.violation import Location
from quality_gate_checkers.reading.excluded import hidden_paths
from quality_gate_checkers.reading.logs import log_level


@rule("QG602", "failure-path-excluded-from-coverage", triggers=(b"pragma",))
def failure_path_excluded_from_coverage(module: Module) -> Iterator[Hit]:
    """A `pragma: no cover` without a reason takes a failure path out of every coverage report.

    Reported are an `except`, a `raise`, and an `if` that ends in a `raise`, whose line bears the pragma. What
    cannot run, or runs only elsewhere, may be left out: `NotImplementedError`, `AssertionError`, the last
    branch of a choice, what a type checker asks for (`is None`, `not isinstance` with RuntimeError or
    TypeError), optional imports, KeyboardInterrupt, platform and version branches, `TYPE_CHECKING`,
    `__main__`, abstract methods. A reason after the pragma settles it.

    ## In production
    The failure is handled by code that no test has ever run, and the coverage report shows 100 %.

    ## Bad
    ```python
    def capture(gateway, order):
        try:
            return gateway.capture(order)
        except GatewayError as error:  # pragma: no cover
            raise NotCaptured(order.id) from error
    ```
    ```python
    def authorise(card):
        if card.expired:  # pragma: no cover
            raise CardExpired(card.last4)
    ```

    ## Good
    ```python
    def capture(gateway, order):
        try:
            return gateway.capture(order)
        except GatewayError as error:
            raise NotCaptured(order.id) from error
    ```
    ```python
    def capture(gateway, order):
        if gateway.sealed:  # pragma: no cover - only on the hardware module, see the acceptance tests
            raise Sealed(gateway.serial)
    ```

    ## Severity
    An error; a warning where the handler only logs, passes or continues: there is little in it that a test could see.

    ## When not to use it
    Where the path runs in tests that coverage cannot see, write where after the pragma.

    ## What other linters see
    Nothing. coverage.py takes a pragma at its word, and nobody reviews what it no longer shows.

    ## Known missed alarms
    Whole functions and classes under a pragma, `else:` and `case` under a pragma, guards that return an error
    instead of raising it, and what the coverage configuration leaves out (`exclude_also`, `omit`). `pragma:
    no branch` hides no line.

    ## Measured
    32 hits in 2.04 M lines of 12 public backend projects, 32 read, 31 true; 27 of them stand in one project. The
    false one is an `except Exception: pass` around copying a file's times, with a comment that failing is all right.
    """
    for hidden in hidden_paths(module):
        line = hidden.lines[0]
        yield Hit(
            hidden.node,
            f"{hidden.what} is hidden from coverage and no reason is given",
            "remove the pragma and test it by making this happen, or write after it why no test can",
            location=Location(line, hidden.column, line, len(module.lines[line - 1].rstrip())),
            severity="warning" if _decides_nothing(module, hidden.node) else None,
        )


def _decides_nothing(module: Module, node: ast.AST) -> bool:
    """Whether a handler, or the one that a hidden statement stands in, only logs, passes or continues."""
    handler = node if isinstance(node, ast.ExceptHandler) else module.parent(node)
    return isinstance(handler, ast.ExceptHandler) and all(_is_idle(module, part) for part in handler.body)


def _is_idle(module: Module, statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Expr):
        call = statement.value
        return isinstance(call, ast.Constant) or (isinstance(call, ast.Call) and log_level(module, call) is not None)
    return isinstance(statement, ast.Pass | ast.Continue)
