"""QG306 test-without-oracle."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from quality_gate_checkers.model import Hit, Module, Role, rule
from quality_gate_checkers.model.scopes import FunctionNode
from quality_gate_checkers.reading.unchecked import unchecked_tests


@rule("QG306", "test-without-oracle", severity="warning", triggers=(b"test",), roles=frozenset({Role.TESTS}))
def test_without_oracle(module: Module) -> Iterator[Hit]:
    """A test that checks nothing: whatever the code does, short of raising, it passes.

    No assertion is reached by the test, by what it calls in its module, by its fixtures, its set-up or its base
    classes. What counts as one: `assert`, `raises` and `warns`, everything called `assert...` (unittest, mock, numpy,
    Django ...), calls that fail on a wrong answer (`raise_for_status()`, `check=True`, `expected_status=404`),
    deadlines (`wait_for`), snapshots, `hypothesis.given`. An assertion that only reads back the `return_value` that the
    same test gave a mock does not. Where other modules decide, this rule is silent and `test-without-oracle-in-reach`,
    which follows calls through the project, speaks.

    ## In production
    The build is green and the coverage is high, whatever the code does.

    ## Bad
    ```python
    from shop.pay import pay

    def test_pay_by_card():
        pay({"id": 7, "cents": 1999})
    ```
    ```python
    from unittest.mock import Mock

    def test_balance_of_the_bank():
        bank = Mock()
        bank.balance.return_value = 100
        assert bank.balance() == 100
    ```

    ## Good
    ```python
    from contextlib import nullcontext as does_not_raise

    from shop.pay import pay, prepare

    def test_pay_by_card():
        order = {"id": 7, "cents": 1999}
        assert pay(order).state == "paid"

    def test_prepare():
        with does_not_raise():
            prepare({"id": 7, "lines": []})
    ```

    ## Options
    ```toml
    [tool.quality-gate]
    oracles = ["shop.testing.Robot.*", "mail_guard"]   # what checks and does not look like it: functions, fixtures
    ```

    ## When not to use it
    A test that ends in a call which another test of its module demands to raise (`with raises(...)`) is in order: it
    shows that this time it does not. So is one that only drives something of which nothing tells what it is, as a
    fixture does that returns `request.config.robot()`. Else, where not raising is all that counts, say so:
    `with does_not_raise():`, a docstring (`must not fail on an empty file`), or a name: `test_..._is_accepted`,
    `..._does_not_raise`, `..._works`, `smoke_...`.

    ## What other linters see
    semgrep's test-is-missing-assert is about `==` as a statement, as is ruff B015; flake8-pytest-style refused the rule
    as undecidable in one module.

    ## Known missed alarms
    A check in a helper that is never reached, an assertion in `setUp`, helpers whose names sound like a check and that
    nobody can see, and calls on objects whose origin nothing tells: these are counted as calls not resolved.

    ## Measured
    33 hits in 4.8 million lines of 35 public backend projects, 33 read, 27 true; the others show by other words
    than these that not raising is the point. No mock that is only read back was met. Drawn anew from 2.6 M lines of
    18 projects, 6 of them never looked at before: 16 hits, 16 read, 11 true. Three of the others end in a call that
    another test demands to raise, and are silent since, as is a fourth that was true; of the 12 left 10 are true.
    `python benchmarks/ecosystem.py DIR... --rule test-without-oracle --sheet FILE` prints the sheet that was read.
    """
    for found in unchecked_tests(module):
        if not found.open:
            yield _echo(found.test.node, found.echo) if found.echo is not None else _nothing(module, found.test.node)


def _nothing(module: Module, function: FunctionNode) -> Hit:
    return Hit(
        function,
        f"{function.name}() checks nothing: whatever the code does, short of raising, it passes",
        "assert the outcome; where not raising is all that counts, say so: `with does_not_raise():`",
        also=(function,),
        location=module.header(function),
    )


def _echo(function: FunctionNode, assertion: ast.Assert) -> Hit:
    return Hit(
        assertion,
        f"{function.name}() only reads back what it gave the mock itself",
        "call the code that uses the mock, and assert what that returns or does",
        also=(function,),
    )
