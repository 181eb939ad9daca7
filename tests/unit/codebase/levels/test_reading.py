"""What test code checks, which exceptions it expects, and what only looks like a check."""

from __future__ import annotations

import textwrap

import pytest

from quality_gate.codebase.levels.checks import FileChecks, decode, encode
from quality_gate.codebase.levels.reading import checks_of
from quality_gate_checkers.settings import Settings

HEAD = (
    "import pytest, respx, responses, shop; from pytest import raises as expect_error\nfrom unittest.mock import Mock\n"
)


def read(source: str, settings: Settings | None = None) -> FileChecks:
    return checks_of("tests/test_pay.py", (HEAD + textwrap.dedent(source)).encode(), settings or Settings())


def asked(found: FileChecks) -> list[int]:
    """Where checks begin, those among them that are some by their names."""
    return sorted({span.first for span in (*found.checks, *(one.span for one in found.named))})


def body(source: str) -> str:
    return "def test_pay(self, bank):\n" + textwrap.indent(textwrap.dedent(source), "    ")


@pytest.mark.parametrize(
    "source",
    [
        "assert shop.pay() == 'paid'",
        "self.assertEqual(shop.pay(), 'paid')",
        "self.assertContains(self.client.get('/pay'), 'paid')",
        "answer.raise_for_status()",
        "client.post('/pay', expected_status=402)",
        "app.post('/pay', status=402)",
        "bank.take.assert_called_once_with(7)",
        "bank.take.assert_called_once()",
        "bank.take.assert_not_called()",
        "responses.assert_call_count('http://bank', 1)",
        "respx.calls.assert_called_once()",
        "with pytest.warns(UserWarning):\n    shop.pay()",
        "with self.assertLogs('shop') as logs:\n    shop.pay()",
        "with responses.RequestsMock() as bank:\n    shop.pay()",
        "with respx.mock:\n    shop.pay()",
        "if shop.pay() != 'paid':\n    pytest.fail('unpaid')",
        "snapshot.assert_match(shop.pay())",
        "if shop.pay() != 'paid':\n    raise AssertionError('unpaid')",
        "assert shop.pay() == 'paid' or False",
        "assert bank.check()",
        "assert len(bank.calls) == 1",
        "self.assertTrue(shop.pay())",
        "self.assertPaid(7)",
    ],
)
def test_a_check(source) -> None:
    assert asked(read(body(source))) == [4]


@pytest.mark.parametrize(
    "source",
    [
        "shop.pay()",
        "assert True",
        "assert 1 == 1",
        "bank.take.return_value = 5\nassert bank.take() == 5",
        "pay = Mock()\npay()\npay.assert_called()",
        "order.refresh_from_db()",
        "with does_not_raise():\n    shop.pay()",
        "def take():\n    raise ConnectionError",
        "with responses.RequestsMock(assert_all_requests_are_fired=False):\n    shop.pay()",
        "with respx.mock(assert_all_called=False):\n    shop.pay()",
        "assert shop.pay() or True",
        "assert len([1]) == 1",
        "amount = 5\nshop.pay(amount)\nassert amount == 5",
        "amounts = [5]\nshop.pay()\nassert amounts == [5]",
        "amount = 5\nshop.pay()\nif amount == 5:\n    assert amount == 5",
        "found = shop.pay()\nassert found == found",
        "assert shop is not None",
        "gw = Mock()\nassert gw",
        "gw = Mock()\ngw.check()\ngw.bank.compare(1)\ngw.raise_for_status()",
        "gw = Mock()\ngw.pay.side_effect = KeyError\nassert gw.pay.side_effect is KeyError",
        "gw = Mock()\ngw.pay.return_value = 5\nassert gw.pay.return_value == 5",
        "gw = Mock(return_value=5)\nassert gw() == 5",
        "gw = Mock()\ngw.pay.return_value = 5\nanswer = gw.pay()\nassert answer == 5",
        "self.assertTrue(True)",
        "self.assertEqual(1, 1)",
        "self.assertFalse(False)",
        "self.assertIsNotNone(shop)",
        "with pytest.raises(KeyError) as failure:\n    shop.pay()\nassert failure.value is not None",
        "try:\n    shop.pay()\nexcept KeyError as failure:\n    assert failure",
    ],
)
def test_what_only_looks_like_one(source) -> None:
    assert asked(read(body(source))) == []


@pytest.mark.parametrize(
    "source",
    [
        "amounts = [5]\nshop.pay(amounts)\nassert amounts == [5]",
        "unit = ''\nif shop.pay():\n    pass\nelse:\n    assert not unit",
        "unit = 1\nmatch shop.pay():\n    case 1:\n        assert unit",
        "paid = False\nfor _ in shop.pay():\n    paid = True\nassert paid",
        "paid = False\ndef settle():\n    nonlocal paid\n    paid = True\nshop.pay(settle)\nassert paid",
        "amount = 5\namount += shop.pay()\nassert amount == 7",
        "amount, rest = 5, shop.pay()\nassert rest == 5",
        "gw = Mock()\nshop.pay(gw)\nassert gw.called",
        "gw = Mock()\nshop.pay(gw)\nassert gw.state == 'paid'",
        "gw = Mock()\ngw.pay.return_value = 5\nassert shop.settle(gw) == gw.pay.return_value",
        "gw = Mock(side_effect=shop.pay)\nassert gw(1) == 5",
        "gw = Mock(wraps=shop)\nassert gw.pay() == 5",
        "gw = Mock()\ngw.get = shop.get\nshop.pay()\nassert gw.get(1) is None",
        "gw = Mock()\nshop.pay(gw)\ngiven = gw.pay.call_args.kwargs\nassert given.get('amount') == 5",
        "gw = Mock()\nshop.pay(gw)\ngiven = gw.pay.call_args_list[0]\nassert given == 5",
        "gw = Mock()\nshop.pay(gw)\nassert gw.pay.call_args.kwargs.get('amount') == 5",
        "gw = Mock()\nshop.pay(gw)\nstate = gw.state\nassert state == 'paid'",
        "gw = Mock(side_effect=shop.pay)\nanswer = gw(1)\nassert answer == 5",
        "with shop.archive() as zip:\n    shop.pay()\nassert 'paid' in zip.namelist()",
        "type = shop.pay()\nassert type == 'paid'",
        "with pytest.raises(Exception) as failure:\n    shop.pay()\nassert isinstance(failure.value, KeyError)",
    ],
)
def test_what_looks_settled_and_is_not(source) -> None:
    assert len(asked(read(body(source)))) == 1


def test_a_parameter_that_the_test_is_given_is_its_own() -> None:
    source = "@pytest.mark.parametrize('wanted', [5])\ndef test_pay(wanted):\n    shop.pay()\n    assert wanted == 5\n"
    assert asked(read(source)) == []
    assert asked(read(source.replace("[5])", "[5], indirect=True)"))) == [6]


@pytest.mark.parametrize("given", ["Mock()", "Mock().bank", "mocker.patch('shop.bank')"])
def test_a_mock_from_a_fixture_checks_nothing_by_a_name(given) -> None:
    source = f"@pytest.fixture\ndef gw(mocker):\n    return {given}\ndef test_pay(gw):\n    gw.check()\n    gw.verify_all()\n"
    assert asked(read(source)) == []


def test_a_patch_hands_its_mock_to_the_test() -> None:
    source = "@patch('shop.bank')\n@patch('shop.mail')\ndef test_pay(mail, bank, other):\n    bank.check()\n    other.check()\n"
    assert asked(read(f"from unittest.mock import patch\n{source}")) == [8]


def test_a_statement_over_several_lines_is_one_check() -> None:
    (span,) = read(body("assert shop.pay() == (\n    'paid'\n)")).checks
    assert (span.first, span.last) == (4, 6)


def test_what_decorates_is_run_on_import_and_checks_nothing() -> None:
    assert read("@pytest.mark.parametrize('x', [check(expected=1)])\ndef test_pay(x):\n    shop.pay()\n").checks == ()


def test_the_configuration_names_checks_of_the_teams_own() -> None:
    source = "from shop.robots import follow\ndef test_pay():\n    follow(shop.pay())\n"
    assert read(source).checks == ()
    assert [span.first for span in read(source, Settings(oracles=("shop.robots.follow",))).checks] == [5]


@pytest.mark.parametrize(
    ("source", "kind", "types"),
    [
        ("with pytest.raises(ValueError):\n    shop.pay()", "block", ["builtins.ValueError"]),
        ("with pytest.raises(shop.Declined, match='no') as e:\n    shop.pay()", "block", ["shop.Declined"]),
        ("with pytest.raises((ValueError, shop.Down)):\n    shop.pay()", "block", ["builtins.ValueError", "shop.Down"]),
        ("with pytest.raises(expected_exception=KeyError):\n    shop.pay()", "block", ["builtins.KeyError"]),
        ("with open('x'), pytest.raises(KeyError):\n    shop.pay()", "block", ["builtins.KeyError"]),
        ("pytest.raises(KeyError, shop.pay, 1)", "call", ["builtins.KeyError"]),
        ("self.assertRaises(KeyError, shop.pay)", "call", ["builtins.KeyError"]),
        ("self.assertRaisesRegex(KeyError, 'no', shop.pay)", "call", ["builtins.KeyError"]),
        ("with self.assertRaisesRegex(KeyError, 'no'):\n    shop.pay()", "block", ["builtins.KeyError"]),
        ("with self.assertRaisesMessage(KeyError, 'no'):\n    shop.pay()", "block", ["builtins.KeyError"]),
        ("with pytest.raises(self.error):\n    shop.pay()", "block", ["?"]),
        ("expected = pytest.raises(KeyError)\nwith expected:\n    shop.pay()", "block", ["builtins.KeyError"]),
        ("for e in (KeyError, OSError):\n    with pytest.raises(e):\n        shop.pay()", "block",
         ["builtins.KeyError", "builtins.OSError"]),
        ("try:\n    shop.pay()\nexcept KeyError:\n    pass", "except", ["builtins.KeyError"]),
        ("with ExitStack() as s:\n    s.enter_context(pytest.raises(KeyError))\n    shop.pay()", "block",
         ["builtins.KeyError"]),
        ("with expect_error(KeyError):\n    shop.pay()", "block", ["builtins.KeyError"]),
    ],
)  # fmt: skip
def test_an_expected_exception(source, kind, types) -> None:
    (taking,) = read(body(source)).takings
    assert (taking.kind, list(taking.types)) == (kind, types)


def test_a_group_of_exceptions_is_expected_as_a_group() -> None:
    (taking,) = read(body("with pytest.RaisesGroup(ValueError):\n    shop.pay()")).takings
    assert "builtins.ExceptionGroup" in taking.types


@pytest.mark.parametrize(
    "rows",
    [
        "'n, error', [(1, KeyError), (2, OSError)]",
        "('n', 'error'), [(1, KeyError), pytest.param(2, OSError, id='two')]",
    ],
)
def test_exceptions_that_are_parameters(rows) -> None:
    source = f"@pytest.mark.parametrize({rows})\ndef test_pay(n, error):\n    with pytest.raises(error):\n        shop.pay(n)\n"
    (taking,) = read(source).takings
    assert set(taking.types) == {"builtins.KeyError", "builtins.OSError"}


@pytest.mark.parametrize(
    ("rows", "named"),
    [
        ("[does_not_raise(), pytest.raises(KeyError)]", ""),
        ("[does_not_raise(), pytest.param(pytest.raises(KeyError), id='no')]", "CASES"),
    ],
)
def test_expectations_that_are_parameters(rows, named) -> None:
    source = "def test_pay(expectation):\n    with expectation:\n        shop.pay()\n"
    source = f"CASES = {rows}\n@pytest.mark.parametrize('expectation', {named or rows})\n{source}"
    (taking,) = read(source).takings
    assert taking.types == ("builtins.KeyError",)


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        (
            "@pytest.fixture\ndef bank():\n    bank = Mock()\n    yield bank\n    bank.take.assert_called_with(1)\n",
            True,
        ),
        ("@pytest.fixture\ndef bank():\n    bank = Mock()\n    assert bank\n    yield bank\n", False),
        ("@pytest.fixture\ndef bank():\n    assert shop.bank\n    return shop.bank\n", False),
        ("class TestPay:\n    def teardown_method(self):\n        assert shop.closed\n", True),
        ("@respx.mock\ndef test_pay():\n    shop.pay()\n", True),
    ],
)
def test_what_checks_when_the_test_is_over(source, wanted) -> None:
    assert any(one.checks_at_end for one in read(source).functions) is wanted


def test_a_fixture_that_the_configuration_names_checks() -> None:
    (test,) = read("def test_pay(robot):\n    shop.pay()\n", Settings(oracles=("robot",))).functions
    assert test.checks_at_end


@pytest.mark.parametrize("content", [b"def f(:\n", b"x = " + b"(" * 5_000, b"\xff\xfe\x00", b"x = 1" + b"0" * 5_000])
def test_a_file_that_cannot_be_read_says_why_or_checks_nothing(content) -> None:
    found = checks_of("tests/test_pay.py", content, Settings())
    assert found.checks == ()
    assert found.fault is not None or content.startswith(b"x = 1")


def test_what_the_cache_keeps_is_what_was_read() -> None:
    found = read(body("with pytest.raises(KeyError):\n    shop.pay()\nassert shop.state"))
    assert decode(encode(found)) == found
    assert decode(b"\xc1") is None
