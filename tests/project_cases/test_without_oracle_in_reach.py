"""Cases of test-without-oracle-in-reach; see tests/project_cases_of.py for how they are read."""

# --- a fixture of a conftest above it
# tests/conftest.py
import pytest

from shop.orders import Order


@pytest.fixture
def order(cents):
    return Order(cents)


@pytest.fixture
def cents():
    return 7

# tests/pay/test_pay.py
from shop.pay import pay


def test_pay_by_card(order):  # QG341
    pay(order)

# shop/pay.py
def pay(order):
    assert order.cents
    order.state = "paid"

# shop/orders.py
class Order:
    def __init__(self, cents):
        self.cents = cents

# --- a helper of another file
# tests/helpers.py
from shop.pay import pay


def paid(order):
    pay(order)
    return order

# tests/test_pay.py
from shop.orders import refund
from tests.helpers import paid


def test_refund_after_payment():  # QG341
    refund(paid({"id": 7}))

# shop/orders.py
def refund(order):
    order["state"] = "refunded"

# shop/pay.py
def pay(order):
    order["state"] = "paid"

# --- a base class of another file
# tests/base.py
from unittest import TestCase


class ShopCase(TestCase):
    def setUp(self):
        self.order = {"id": 7}

    def pay(self):
        self.order["state"] = "paid"

# tests/test_pay.py
from shop.mail import send
from tests.base import ShopCase


class PayTest(ShopCase):
    def test_mail_after_payment(self):  # QG341
        self.pay()
        send(self.order)

# shop/mail.py
def send(order):
    return order

# --- a factory, through a package that hands it on
# tests/factories/__init__.py
from tests.factories.orders import OrderFactory

# tests/factories/orders.py
class OrderFactory:
    def __init__(self, **given):
        self.given = given

# tests/test_pay.py
from shop.pay import pay
from tests.factories.orders import OrderFactory


def test_pay_by_card():  # QG341
    pay(OrderFactory(cents=7))

# shop/pay.py
def pay(order):
    order.state = "paid"

# --- trap: the helper asserts, two calls away
# tests/helpers.py
def settled(order):
    _seen(order)


def _seen(order):
    assert order["state"] == "settled"

# tests/test_pay.py
from shop.pay import pay
from tests.helpers import settled


def test_pay_by_card():
    order = {"id": 7}
    pay(order)
    settled(order)

# shop/pay.py
def pay(order):
    order["state"] = "settled"

# --- trap: a fixture that another fixture asks for asserts when it ends
# tests/conftest.py
import pytest


@pytest.fixture
def outbox(mail):
    return mail


@pytest.fixture
def mail():
    letters = []
    yield letters
    assert len(letters) == 1

# tests/test_mail.py
from shop.mail import send


def test_send(outbox):
    send(outbox)

# shop/mail.py
def send(outbox):
    outbox.append("a@b.example")

# --- trap: a base class asserts when it tears down
# tests/base.py
from unittest import TestCase


class Tidy(TestCase):
    def tearDown(self):
        self.assertEqual(self.left, [])

# tests/test_mail.py
from shop.mail import send
from tests.base import Tidy


class MailTest(Tidy):
    def test_send(self):
        self.left = send()

# shop/mail.py
def send():
    return []

# --- trap: a method of the base checks
# tests/base.py
from unittest import TestCase


class Pages(TestCase):
    def show(self, path):
        self.assertEqual(self.client.get(path).status_code, 200)

# tests/test_pages.py
from tests.base import Pages


class HomeTest(Pages):
    def test_home(self):
        self.show("/")

# --- trap: the fixture of a plugin that nobody knows
# tests/test_mail.py
from shop.mail import send


def test_send(postman):
    send()

# shop/mail.py
def send():
    return []

# --- trap: the client that a fixture hands out checks every answer
# tests/conftest.py
import pytest

from tests.clients import Client


@pytest.fixture
def api():
    return Client()

# tests/clients.py
class Client:
    def get(self, path, status=200):
        answer = self.ask(path)
        assert answer.status == status
        return answer

    def ask(self, path):
        return path

# tests/test_orders.py
def test_orders(api):
    api.get("/orders")

# --- trap: the helper cannot be found
# tests/test_mail.py
from shop.mail import send
from shop_testing.letters import delivered


def test_send():
    send()
    delivered()

# shop/mail.py
def send():
    return []

# --- trap: the fixture of a conftest gives a robot that nothing tells
# tests/conftest.py
import pytest


@pytest.fixture
def robot(request):
    return request.config.robot()

# tests/test_shop.py
def test_buyer_sees_the_receipt(robot):
    robot.pays(7)
    robot.sees("receipt")

# --- the fixture of a conftest gives the code under test
# tests/conftest.py
import pytest

from shop.orders import Order


@pytest.fixture
def order():
    made = Order(7)
    yield made

# tests/test_shop.py
def test_pay_order(order):  # QG341
    order.pay()

# shop/orders.py
class Order:
    def __init__(self, number):
        self.number = number

    def pay(self):
        self.state = "paid"

# --- trap: another test of the file demands that the same call raises
# tests/conftest.py
import pytest

from shop.orders import Order


@pytest.fixture
def orders():
    return [Order(7)]

# tests/test_shop.py
import pytest

from shop.orders import durations


def test_durations_of_two(orders):
    durations(orders)


def test_durations_of_one_that_is_not_paid(orders):
    with pytest.raises(AssertionError):
        durations(orders * 2)

# shop/orders.py
class Order:
    def __init__(self, number):
        self.number = number


def durations(orders):
    assert len(orders) < 2

# --- an empty test in the place of an inherited one
# tests/base.py
from shop.clients import Client


class ClientTests:
    def test_request(self):
        assert Client().request() == 200

# tests/test_clients.py
from tests.base import ClientTests


class TestAsyncClient(ClientTests):
    def test_request(self):
        pass

    def test_stream(self):  # QG341
        pass

# shop/clients.py
class Client:
    def request(self):
        return 200
