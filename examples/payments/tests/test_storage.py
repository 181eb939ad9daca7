import pytest

from shop.orders import OrderState
from shop.storage import OrderNotFound


def test_saved_order_is_found(store, new_order):
    order = new_order()

    store.save(order)

    assert store.find("A-1") == order


def test_saving_again_updates_the_state(store, new_order):
    order = new_order()
    store.save(order)

    order.mark_paid()
    order.bank_reference = "ref-1"
    store.save(order)

    assert store.find("A-1") == order


def test_orders_in_a_state_by_id(store, new_order):
    for order_id in ("B-2", "A-1"):
        store.save(new_order(order_id))
    declined = new_order("C-3")
    declined.mark_declined()
    store.save(declined)

    assert [order.id for order in store.in_state(OrderState.OPEN)] == ["A-1", "B-2"]


def test_unknown_order(store):
    with pytest.raises(OrderNotFound, match="Z-9"):
        store.find("Z-9")
