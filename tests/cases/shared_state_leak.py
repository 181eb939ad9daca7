# --- an object that the application makes once
# path: tests/test_orders.py
from shop.limits import limiter


def test_orders_are_not_limited(client):
    limiter.enabled = False  # QG302
    assert client.post("/orders").status_code == 201

# --- the environment
# path: tests/test_region.py
import os

from shop.rates import region


def test_region():
    os.environ["REGION"] = "eu"  # QG302
    assert region() == "eu"


def test_no_region():
    os.environ.pop("REGION", None)  # QG302
    assert region() is None

# --- a method of a class
# path: tests/test_pay.py
from unittest import TestCase
from unittest.mock import Mock

from shop.bank import Gateway
from shop.pay import pay


class PayTest(TestCase):
    def test_pay(self):
        Gateway.capture = Mock(return_value="ok")  # QG302
        self.assertEqual(pay(7), "ok")

# --- settings of Django, and a constant of a module
# path: tests/test_mail.py
from django.conf import settings

from shop import mail


def test_sender():
    settings.DEFAULT_FROM_EMAIL = "a@b.example"  # QG302
    mail.RETRIES = 1  # QG302
    assert mail.sender() == "a@b.example"

# --- overrides of FastAPI
# path: tests/test_orders.py
from shop.app import app, database


def test_orders(client):
    app.dependency_overrides[database] = dict  # QG302
    assert client.get("/orders").json() == []

# --- trap: monkeypatch puts it back
# path: tests/test_orders.py
from shop.limits import limiter


def test_orders_are_not_limited(client, monkeypatch):
    monkeypatch.setattr(limiter, "enabled", True)
    limiter.enabled = False
    assert client.post("/orders").status_code == 201

# --- trap: a finally puts it back
# path: tests/test_orders.py
import os

from shop.limits import limiter


def test_orders_are_not_limited(client):
    limiter.enabled = False
    os.environ["LIMITS"] = "off"
    try:
        assert client.post("/orders").status_code == 201
    finally:
        limiter.enabled = True
        del os.environ["LIMITS"]

# --- trap: a tear-down and a cleanup put it back
# path: tests/test_orders.py
from unittest import TestCase

from shop import limits
from shop.limits import limiter


class OrderTests(TestCase):
    def tearDown(self):
        limiter.enabled = True

    def test_orders_are_not_limited(self):
        limiter.enabled = False
        self.addCleanup(setattr, limits, "BURST", limits.BURST)
        limits.BURST = 1
        self.assertEqual(limits.left(), 1)

# --- trap: a fixture puts it back after its yield
# path: tests/test_orders.py
import pytest

from shop.app import app, database


@pytest.fixture(autouse=True)
def clean():
    yield
    app.dependency_overrides.clear()


def test_orders(client):
    app.dependency_overrides[database] = dict
    assert client.get("/orders").json() == []

# --- trap: a patch holds it
# path: tests/test_region.py
import os
from unittest import mock

from shop import rates
from shop.rates import region


@mock.patch.dict(os.environ)
def test_region():
    os.environ["REGION"] = "eu"
    assert region() == "eu"


@mock.patch.object(rates, "Table")
def test_table(table):
    rates.Table.rows = [1]
    assert region() == "eu"

# --- trap: what the test makes is its own
# path: tests/test_orders.py
from flask import g
from shop.orders import Order


class Fake:
    rate = 1


def test_order(settings):
    order = Order()
    order.state = "paid"
    Fake.rate = 2
    settings.DEBUG = True
    g.user = order
    assert order.is_paid

# --- trap: a cache is emptied
# path: tests/test_machine.py
from shop.machine import Machine


def test_machine():
    Machine._current = None
    assert Machine.current()

# --- trap: Django empties the outbox before each test
# path: tests/test_mail.py
from django.core import mail


def test_receipt(order):
    mail.outbox = []
    order.send_receipt()
    assert len(mail.outbox) == 1

# --- one thing that many tests of a file change is told once
# path: tests/test_lock.py
from shop import jobs


def test_taken():
    jobs.SKIP_LOCKED = False  # QG302
    assert jobs.take()


def test_taken_twice():
    jobs.SKIP_LOCKED = False
    assert jobs.take() != jobs.take()

# --- trap: a fixture of another file may put it back
# path: tests/test_case.py
import os

import pytest

from shop.rates import region


def test_region(os_environ):
    os.environ["REGION"] = "eu"
    assert region() == "eu"


@pytest.mark.usefixtures("clean_environment")
def test_region_once_more():
    os.environ["REGION_2"] = "eu"
    assert region() == "eu"


@pytest.fixture
def shop(os_environ):
    return "shop"


def test_region_of_a_shop(shop):
    os.environ["REGION_3"] = "eu"
    assert region() == "eu"

# --- what the test is given is no fixture, and well-known ones put nothing back
# path: tests/test_case.py
import os
from unittest.mock import patch

import pytest

from shop.rates import region


@pytest.mark.parametrize("name, other", [("eu", "us")])
def test_region(name, other, tmp_path):
    os.environ["REGION"] = name  # QG302
    assert region() == "eu"


@patch("shop.rates.fetch")
def test_region_once_more(fetch):
    os.environ["REGION_2"] = "eu"  # QG302
    assert region() == "eu"

# --- trap: the set-up of the class sets it before each of its tests
# path: tests/test_limits.py
import unittest

from shop.limits import limiter


class LimitsTest(unittest.TestCase):
    def setUp(self):
        limiter.enabled = True

    def test_orders_are_not_limited(self):
        limiter.enabled = False
        assert self.order() == 201

# --- the set-up of another class, and of something else
# path: tests/test_limits.py
import unittest

from shop.limits import limiter


class LimitsTest(unittest.TestCase):
    def setUp(self):
        limiter.enabled = True


class OrdersTest(unittest.TestCase):
    def setUp(self):
        limiter.most = 7

    def test_orders_are_not_limited(self):
        limiter.enabled = False  # QG302
        assert self.order() == 201
