import pytest

from shop.orders import OrderState
from shop.pay import NotDue, StoredCardPayments


@pytest.fixture
def payments(gateway, store):
    return StoredCardPayments(gateway, store)


def test_charged_order_is_paid(payments, store, new_order):
    payments.charge(new_order())

    kept = store.find("A-1")
    assert kept.state is OrderState.PAID
    assert kept.bank_reference == "ref-1"


def test_only_open_orders_are_charged(payments, bank, new_order):
    order = new_order()
    payments.charge(order)

    with pytest.raises(NotDue, match="A-1 is paid"):
        payments.charge(order)

    assert bank.keys == ["A-1/charge"]


def test_key_is_the_orders_so_that_a_second_run_charges_once(payments, bank, new_order):
    payments.charge(new_order())
    payments.charge(new_order())

    assert bank.keys == ["A-1/charge", "A-1/charge"]
