import logging

import pytest

from shop.pay import NotDue
from shop.worker import Worker


class Recorder:
    """Stands for receipts, events and payments alike; notes what it was asked, fails on demand."""

    def __init__(self):
        self.noted = []
        self.failure = None

    def note(self, what):
        if self.failure is not None:
            raise self.failure
        self.noted.append(what)

    send = publish = charge = note


@pytest.fixture
def receipts():
    return Recorder()


@pytest.fixture
def events():
    return Recorder()


@pytest.fixture
def payments():
    return Recorder()


@pytest.fixture
def worker(receipts, events, payments):
    worker = Worker(receipts, events, payments, threads=2)
    yield worker
    worker.close()


def test_paid_order_gets_a_receipt_and_an_event(worker, receipts, events, new_order):
    order = new_order()

    worker.order_paid(order)
    worker.close()

    assert receipts.noted == [order]
    assert events.noted == [[order]]


def test_unpublished_event_is_reported(worker, events, new_order, caplog):
    events.failure = ConnectionError("no queue")

    with caplog.at_level(logging.ERROR):
        worker.order_paid(new_order())
        worker.close()

    assert "background work failed" in caplog.text
    assert "no queue" in caplog.text


def test_due_orders_are_charged(worker, payments, new_order):
    orders = [new_order("A-1"), new_order("A-2")]

    assert worker.charge_due(orders) == []
    assert payments.noted == orders


def test_orders_that_could_not_be_charged_are_named(worker, payments, new_order):
    payments.failure = NotDue("order A-1 is paid")

    assert worker.charge_due([new_order()]) == ["A-1"]
