import json

import pytest

from shop.checkout import Checkout, Declined, Paid
from shop.orders import OrderState


@pytest.fixture
def checkout(gateway, store, telemetry):
    return Checkout(gateway, store, telemetry)


def test_money_is_reserved_then_taken(checkout, bank, new_order):
    assert checkout.place(new_order()) == Paid("ref-2")
    assert bank.asked[1].url.path == "/authorisations/ref-1/captures"
    assert bank.keys == ["A-1/authorise", "A-1/capture"]


def test_paid_order_is_kept(checkout, store, new_order):
    checkout.place(new_order())

    kept = store.find("A-1")
    assert kept.state is OrderState.PAID
    assert kept.bank_reference == "ref-2"


def test_paid_order_is_counted(checkout, counted, new_order):
    checkout.place(new_order())

    assert [json.loads(line) for line in counted] == [{"name": "checkout.paid", "amount": 1}]


def test_declined_card_leaves_no_paid_order(checkout, bank, store, new_order):
    bank.decline("/authorisations", "stolen card")

    assert checkout.place(new_order()) == Declined("stolen card")
    assert store.find("A-1").state is OrderState.DECLINED
    assert bank.keys == ["A-1/authorise"]
