import pytest

from shop.bank_errors import CardDeclined
from shop.orders import OrderState
from shop.refunds import NotRefundable, Refunds


@pytest.fixture
def refunds(gateway, store):
    return Refunds(gateway, store)


@pytest.fixture
def paid_order(new_order):
    order = new_order()
    order.bank_reference = "pay-7"
    order.mark_paid()
    return order


def test_refund(refunds, store, paid_order):
    assert refunds.refund(paid_order) == "ref-1"
    assert store.find("A-1").state is OrderState.REFUNDED


def test_only_paid_orders_are_refunded(refunds, bank, new_order):
    with pytest.raises(NotRefundable, match="A-1 is open"):
        refunds.refund(new_order())

    assert bank.asked == []


def test_order_stays_paid_when_the_card_takes_no_refund(refunds, bank, paid_order):
    bank.decline("/payments/pay-7/refunds", "card closed")

    with pytest.raises(CardDeclined):
        refunds.refund(paid_order)

    assert paid_order.state is OrderState.PAID
    assert len(bank.asked) == 1
