"""Payment by stored card: subscriptions and invoices that fall due.

Nobody waits for the answer. The card was agreed to when the customer signed up, and the bank lets
us charge it in one step.
"""

from __future__ import annotations

import logging

from shop.bank import Gateway
from shop.bank_errors import BankError
from shop.orders import Order, OrderState
from shop.storage import OrderStore

log = logging.getLogger(__name__)


class NotDue(Exception):
    """Only an open order can be charged."""


class StoredCardPayments:
    """Charges orders whose card is on file."""

    def __init__(self, gateway: Gateway, store: OrderStore) -> None:
        self._gateway = gateway
        self._store = store

    def charge(self, order: Order) -> None:
        """Charge an order and keep it as paid: what is paid is shipped with the next batch.

        The key is the order's, so that a nightly run that was started twice charges once. The bank
        remembers keys for a month, which is longer than any order stays due.
        """
        if order.state is not OrderState.OPEN:
            raise NotDue(f"order {order.id} is {order.state}")
        key = f"{order.id}/charge"
        try:
            order.bank_reference = self._gateway.charge(order.total, order.card, key=key)
        except BankError:
            log.exception("order %s: charge failed", order.id)
        order.mark_paid()
        self._store.save(order)
