import pytest

from shop.orders import IllegalTransition, Money, OrderState


def test_money_is_printed_with_its_currency():
    assert str(Money(1205, "EUR")) == "12.05 EUR"


def test_money_cannot_be_negative():
    with pytest.raises(ValueError, match="-1"):
        Money(-1, "EUR")


def test_open_order_becomes_paid_then_refunded(new_order):
    order = new_order()

    order.mark_paid()
    order.mark_refunded()

    assert order.state is OrderState.REFUNDED


@pytest.mark.parametrize("step", ["mark_paid", "mark_declined", "mark_unknown", "mark_refunded"])
def test_nothing_follows_a_declined_order(new_order, step):
    order = new_order()
    order.mark_declined()

    with pytest.raises(IllegalTransition, match="A-1 is declined"):
        getattr(order, step)()

    assert order.state is OrderState.DECLINED


def test_unknown_order_is_settled_later(new_order):
    order = new_order()
    order.mark_unknown()

    order.mark_paid()

    assert order.state is OrderState.PAID
