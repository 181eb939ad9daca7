# --- nothing is looked at after the call
# path: tests/test_pay.py
from shop.pay import pay


def test_pay_by_card():  # QG306
    pay({"id": 7})

# --- the result is compared and the comparison is dropped
# path: tests/test_pay.py
import unittest

from shop.pay import Order


class TestPay(unittest.TestCase):
    def test_state_after_payment(self):  # QG306
        order = Order(7)
        order.pay()
        order.state == "paid"

# --- a helper and a fixture of the module check nothing either
# path: tests/test_pay.py
import pytest

from shop.pay import Order, pay


@pytest.fixture
def order():
    yield Order(7)


def pay_twice_a_day(order):
    pay(order)


def test_pay_order(order):  # QG306
    pay_twice_a_day(order)

# --- what comes back from the code under test is called, and nothing is said of it
# path: shop/tests/test_mail.py
from shop.mail import Outbox


async def test_outbox_sends(tmp_path):  # QG306
    outbox = Outbox(tmp_path)
    for letter in await outbox.letters():
        await letter.send()

# --- the mock is asked for what it was told
# path: tests/test_bank.py
from unittest.mock import MagicMock


def test_balance():
    bank = MagicMock()
    bank.balance.return_value = 100
    assert bank.balance() == 100  # QG306

# --- assert True holds whatever happens
# path: tests/test_pay.py
from shop.pay import pay


def test_pay_by_card():  # QG306
    pay({"id": 7})
    assert True

# --- trap: a helper asserts
# path: tests/test_pay.py
from shop.pay import pay


def settled(order):
    assert order["state"] == "settled"


def test_pay_by_card():
    order = {"id": 7}
    pay(order)
    settled(order)

# --- trap: a fixture asserts when it ends
# path: tests/test_mail.py
import pytest

from shop.mail import outbox, send


@pytest.fixture
def letters():
    yield outbox
    assert len(outbox) == 1


def test_send(letters):
    send("a@b.example")

# --- trap: a fixture of another module may assert
# path: tests/test_mail.py
from shop.mail import send


def test_send(mail_server):
    send("a@b.example")

# --- trap: a helper of another module may assert
# path: tests/test_mail.py
from shop.mail import send

from .letters import delivered


def test_send():
    send("a@b.example")
    delivered("a@b.example")

# --- trap: a base class of another module may assert
# path: tests/test_mail.py
from shop.mail import send
from tests.base import MailTests


class TestSend(MailTests):
    def test_send(self):
        send("a@b.example")
        self.delivered()

# --- trap: what the test demands stands in a keyword
# path: tests/test_api.py
from shop.web import TestApp


def test_orders_need_a_login():
    TestApp().get("/orders", status=401)

# --- trap: a number of queries
# path: tests/test_orders.py
from django.test import TestCase

from shop.orders import newest


class OrderTests(TestCase):
    def test_newest(self):
        with self.assertNumQueries(1):
            newest()

# --- trap: that nothing is raised is what it shows
# path: tests/test_config.py
from contextlib import nullcontext as does_not_raise

from shop.config import read


def test_read():
    with does_not_raise():
        read("shop.toml")


def test_empty_file_is_accepted():
    read("empty.toml")


def test_old_file():
    """An old file must not fail."""
    read("old.toml")

# --- trap: hypothesis tries to break it
# path: tests/test_money.py
from hypothesis import given, strategies

from shop.money import parse


@given(strategies.text())
def test_parse(text):
    parse(text)

# --- trap: the only answer of a validator is to raise
# path: tests/test_orders.py
from shop.orders import validate_order


def test_order_of_today():
    validate_order({"id": 7})

# --- trap: the mock is looked at after the code has used it
# path: tests/test_bank.py
from unittest.mock import Mock

from shop.pay import settle


def test_settle():
    bank = Mock()
    bank.pay.return_value = 5
    assert settle(bank) == bank.pay()

# --- trap: a helper of the package that is not collected
# path: tests/helpers.py
from shop.pay import pay


def test_connection():
    pay({"id": 7})

# --- trap: it does not run
# path: tests/test_pay.py
import pytest

from shop.pay import pay


@pytest.mark.skip(reason="the sandbox is down, PAY-812")
def test_pay_by_card():
    pay({"id": 7})

# --- trap: nothing tells what is called
# path: tests/test_pay.py
from shop.pay import *


def test_pay_by_card():
    pay({"id": 7})

# --- trap: another test demands that the same call raises
# path: tests/test_pay.py
import pytest

from shop.pay import CardValidator, provider


def test_provider_of_cards():
    provider("card")


def test_provider_that_is_not_there():
    with pytest.raises(KeyError, match="cheque"):
        provider("cheque")


def test_card_of_another_bank():
    validator = CardValidator(banks=[])
    for number in ("4111", "5500"):
        validator(number)


def test_card_that_is_none(self):
    validator = CardValidator(banks=[])
    with pytest.raises(ValueError):
        validator("x")

# --- trap: another test demands that it raises, and a helper makes the call for this one
# path: tests/test_shop.py
import unittest

from shop.networks import Networks


class TestNetworks(unittest.TestCase):
    def _settled(self, config):
        Networks().settle(config)

    def test_networks_of_two_regions(self):
        self._settled({"north": 1, "south": 2})

    def test_networks_of_one_region(self):
        with self.assertRaises(ValueError):
            Networks().settle({"north": 1})

# --- trap: unittest demands it, of a method of something that nothing tells
# path: tests/test_pay.py
import unittest

from shop.pay import plugins


class TestPay(unittest.TestCase):
    def test_refund_when_switched_off(self):
        plugin = plugins()["bank"]
        plugin.refund_order(7)

    def test_refund_of_nothing(self):
        plugin = plugins()["bank"]
        self.assertRaises(ValueError, plugin.refund_order, None)

# --- another test demands that a call raises, and this one compares for nothing after the same call
# path: tests/test_pay.py
import pytest

from shop.pay import settings_of


def test_bank_of_the_shop():  # QG306
    settings = settings_of({"bank": "north"})
    settings.bank == "north"


def test_bank_that_is_not_there():
    with pytest.raises(KeyError):
        settings_of({"bank": "south"})

# --- another test demands that what comes before raises
# path: tests/test_pay.py
import pytest

from shop.pay import order, pay


def test_pay_by_card():  # QG306
    pay(order(7))


def test_order_of_nothing():
    with pytest.raises(ValueError):
        order(None)

# --- trap: a robot that nothing tells is driven, and may look for itself
# path: tests/test_shop.py
import pytest


@pytest.fixture
def robot(request):
    return request.config.robot()


@pytest.fixture
def buyer(robot):
    yield robot.buyer("ada")


def test_buyer_sees_the_receipt(buyer):
    buyer.pays(7)
    buyer.sees("receipt")


def test_shop_of_the_buyer(robot):
    shop = robot.shop()
    shop.serves(7)

# --- trap: what the fixture gives sounds as if it checked
# path: tests/test_shop.py
import pytest

from shop.pages import open_page


@pytest.fixture
def page():
    return open_page("/cart")


def test_total_of_the_cart(page):
    page.add(7)
    page.total_must_be(1999)

# --- what the fixture gives is the code under test
# path: tests/test_shop.py
import pytest

from shop.orders import Order, open_order


@pytest.fixture
def order():
    order = Order(7)
    yield order


@pytest.fixture
def orders():
    return [open_order(7)]


def test_pay_order(order):  # QG306
    order.pay()


def test_pay_orders(orders):  # QG306
    for one in orders:
        one.pay()

# --- trap: an inherited test that is switched off
# path: tests/test_clients.py
from shop.clients import AsyncClient, Client


class TestClient:
    def test_request(self):
        assert Client().request() == 200

    def test_timeout(self):
        assert Client().request(timeout=1) == 408


class TestPlain(TestClient):
    pass


class TestAsyncClient(TestPlain):
    def test_request(self):
        pass

    def test_timeout(self):
        """Nothing to wait for."""

# --- an empty test that is nobody else's
# path: tests/test_clients.py
class TestClient:
    def test_request(self):
        assert 200 == 2 * 100


class TestAsyncClient(TestClient):
    def test_stream(self):  # QG306
        pass

# --- trap: the name says that it is enough that it compiles
# path: tests/test_receipts.py
from shop.receipts import template


def test_receipt_template_compiles():
    template("receipt.txt")
