"""What counts as an oracle, by kind, and what only looks like one."""

from __future__ import annotations

import ast

import pytest

from quality_gate_checkers.inspection import inspect
from quality_gate_checkers.reading.oracles import (
    decorated_oracle,
    echoes,
    is_checking,
    oracle_at,
    oracles_in,
    words,
)
from quality_gate_checkers.reading.vacuous import is_vacuous
from quality_gate_checkers.settings import Settings


def kinds(source: str) -> list[str]:
    return [found.kind for found in oracles_in(ast.parse(source).body)]


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        ("assert order.paid", "assert"),
        ("self.assertEqual(order.state, 'paid')", "method"),
        ("bank.pay.assert_called_once_with(7)", "method"),
        ("stack.callback(bank.pay.assert_called)", "method"),
        ("numpy.testing.assert_allclose(a, b)", "method"),
        ("with pytest.raises(Declined):\n    pay()", "raises"),
        ("with pytest.warns(UserWarning):\n    pay()", "raises"),
        ("with does_not_raise():\n    pay()", "harmless"),
        ("warnings.simplefilter('error')", "harmless"),
        ("answer.raise_for_status()", "status"),
        ("subprocess.run(['shop'], check=True)", "status"),
        ("api.get('/orders', _expected_status=404)", "status"),
        ("app.post('/orders', status=400)", "status"),
        ("connection.execute('select 1 from orders')", "there"),
        ("order.refresh_from_db()", "there"),
        ("await asyncio.wait_for(done.wait(), 5)", "deadline"),
        ("async with asyncio.timeout(5):\n    pass", "deadline"),
        ("raise AssertionError('unpaid')", "raise"),
        ("pytest.fail('unpaid')", "raise"),
        ("result.stdout.fnmatch_lines(['*1 passed*'])", "library"),
    ],
)
def test_an_oracle_by_its_kind(source, wanted) -> None:
    assert wanted in kinds(source)


@pytest.mark.parametrize(
    "source",
    [
        "pay(order)",
        "assert True",
        "assert 1",
        "assert 1 == 1",
        "assert failure.__traceback__ is not None, 'it was never raised'",
        "assert (order.paid, 'unpaid')",
        "order.state == 'paid'",
        "Order.objects.create(status='paid')",
        "subprocess.run(['shop'], check=False)",
        "warnings.simplefilter('ignore')",
        "connection.execute('insert into orders values (1)')",
        "timer.wait(5)",
        "bank.pay.return_value = 5",
    ],
)
def test_what_can_not_fail_is_none(source) -> None:
    assert kinds(source) == []


def test_an_oracle_stands_where_it_is_written() -> None:
    tree = ast.parse("pay()\nassert order.paid")
    found = oracle_at(tree.body[1])
    assert found is not None
    assert found.node is tree.body[1]


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        ("@given(text())", "property"),
        ("@expectedFailure", "library"),
        ("@pytest.mark.xfail", "library"),
        ("@slow_skip", "library"),
        ("@responses.activate(assert_all_requests_are_fired=True)", "library"),
        ("@mock.patch('shop.pay')", None),
        ("@pytest.mark.django_db", None),
    ],
)
def test_what_a_decorator_says(source, wanted) -> None:
    function = ast.parse(f"{source}\ndef test_a():\n    pass\n").body[0]
    assert isinstance(function, ast.FunctionDef)
    found = decorated_oracle(function.decorator_list)
    assert (found.kind if found else None) == wanted


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        ("m.pay.return_value = 5\nassert m.pay() == 5", 1),
        ("m.pay.return_value = 5\nassert 5 == m.pay()", 1),
        ("m.pay.return_value = 5\nassert m.pay() == 6", 0),
        ("m.pay.return_value = 5\nassert settle(m) == 5", 0),
        ("m.pay.return_value = 5\nassert m.pay() < 5", 0),
        ("assert m.pay() == 5", 0),
    ],
)
def test_a_mock_that_is_asked_for_what_it_was_told(source, wanted) -> None:
    assert len(echoes(ast.parse(source))) == wanted


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("checkOrder", True),
        ("verify_mail", True),
        ("_assert_paid", True),
        ("expect", True),
        ("checkout", False),
        ("pay", False),
        ("mustard", False),
    ],
)
def test_names_that_sound_like_a_check(name, wanted) -> None:
    assert is_checking(name) is wanted


def test_words_of_an_identifier() -> None:
    assert words("verifyMailOf2Orders") == "verify_mail_of2_orders"


def test_an_assertion_that_can_fail_is_not_vacuous() -> None:
    assert not is_vacuous(ast.parse("order.paid", mode="eval").body)
    assert not is_vacuous(ast.parse("0", mode="eval").body)


@pytest.mark.parametrize(
    ("source", "oracles"),
    [
        ("from shop.robots import Robot\ndef test_pay_by_card():\n    Robot().pay()\n", ("shop.robots.Robot",)),
        ("from shop.robots import pay\ndef test_pay_by_card():\n    pay()\n", ("shop.*.pay",)),
    ],
)
def test_the_configuration_names_oracles_of_the_teams_own(source, oracles) -> None:
    path = "tests/test_pay.py"
    assert [found.code for found in inspect(path, source.encode(), Settings()).violations] == ["QG306"]
    assert inspect(path, source.encode(), Settings(oracles=oracles)).violations == ()
