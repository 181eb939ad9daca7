"""Assertions that cannot fail, told apart from those that can."""

from __future__ import annotations

import ast

import pytest

from quality_gate_checkers.reading.vacuous import is_vacuous


def vacuous(source: str) -> bool:
    return is_vacuous(ast.parse(source, mode="eval").body)


@pytest.mark.parametrize(
    "source",
    [
        "True",
        "'paid'",
        "(paid, 'unpaid')",
        "[paid]",
        "f'paid {order}'",
        "not False",
        "1 == 1",
        "len([1]) == 1",
        "isinstance(3, int)",
        "'paid'.upper() == 'PAID'",
        "issubclass(KeyError, LookupError)",
        "paid or True",
        "not (paid and False)",
        "1 if paid else 2",
        "state == state",
        "order.state is order.state",
        "len(orders) >= 0",
        "len(orders) > -1",
        "isinstance(order, object)",
        "paid or not paid",
        "order is None or order is not None",
        "lambda: paid",
    ],
)
def test_it_holds_whatever_happens(source) -> None:
    assert vacuous(source)


@pytest.mark.parametrize(
    "source",
    [
        "False",
        "0",
        "order.paid",
        "paid and True",
        "paid or False",
        "not paid",
        "state == 'paid'",
        "state == old_state",
        "pay() == pay()",
        "state != state",
        "len(orders) > 0",
        "len(orders) == 1",
        "isinstance(order, Order)",
        "order is None or state is not None",
        "getattr(order, 'paid')",
        "all(order.paid for order in orders)",
        "{**order} == {}",
        "[*orders]",
        "str(order) == 'paid'",
    ],
)
def test_it_may_fail(source) -> None:
    assert not vacuous(source)
