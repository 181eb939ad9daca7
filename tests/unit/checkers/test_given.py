"""What a fixture gives, as far as its module tells."""

from __future__ import annotations

import pytest

from quality_gate_checkers.model import Module
from quality_gate_checkers.model.text import parse
from quality_gate_checkers.reading.given import origins_of
from quality_gate_checkers.reading.tests_in import functions_of
from quality_gate_checkers.settings import Settings

PATH = "tests/test_shop.py"


def origins(body: str, parameters: str = "") -> frozenset[str] | None:
    text = f"from shop import Order\n\ndef thing({parameters}):\n    " + body.replace("\n", "\n    ") + "\n"
    module = Module(PATH, text, parse(text), Settings())
    (function,) = functions_of(module)
    return origins_of(module, function)


@pytest.mark.parametrize(
    "body",
    ["pass", "return Order(7)", "yield [Order(7)]", "order = Order(7)\nyield order.lines[0]", "return len('x')",
     "for one in Order.all():\n    yield one", "return client.login()", "return lambda: 7"],
)  # fmt: skip
def test_what_an_import_or_a_literal_gives_is_told(body):
    assert origins(body, "client, db") == frozenset()


@pytest.mark.parametrize("body", ["return bank.robot()", "robot = bank.robot()\nyield robot", "yield from bank"])
def test_other_fixtures_tell_what_theirs_is(body):
    assert origins(body.replace("yield from bank", "for one in bank:\n    yield one"), "bank, shop") == {"bank"}


@pytest.mark.parametrize("body", ["return request.param", "return request.config.robot()", "return unknown()"])
def test_nothing_tells_what_a_request_holds(body):
    assert origins(body, "request, bank") is None


def test_a_name_that_is_bound_over_and_over_is_followed_once():
    body = "text = bank.text()\n" + "text = text.replace(text, text + text)\n" * 60 + "return text"
    assert origins(body, "bank") == {"bank"}
