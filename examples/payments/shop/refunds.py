"""Money back."""

from __future__ import annotations

import logging

from shop.bank import Gateway
from shop.bank_errors import BankTimeout
from shop.orders import Order, OrderState
from shop.retries import bank_retry
from shop.storage import OrderStore

log = logging.getLogger(__name__)


class NotRefundable(Exception):
    """Only an order that was paid can be refunded."""


class Refunds:
    """Gives the customer the money back."""

    def __init__(self, gateway: Gateway, store: OrderStore) -> None:
        self._gateway = gateway
        self._store = store

    def refund(self, order: Order) -> str:
        """Give back the whole amount; the answer is the bank's reference of the refund.

        The order stays *paid* unless the bank has said yes, so that a refund can be asked for
        again: the key makes sure that the money moves once.
        """
        if order.state is not OrderState.PAID:
            raise NotRefundable(f"order {order.id} is {order.state}")
        try:
            reference = self._give_back(order)
        except BankTimeout:
            # TODO: ask the bank for the state of the refund, support does it by hand today
            log.warning("order %s: the bank did not answer the refund", order.id)
            raise
        order.mark_refunded()
        self._store.save(order)
        return reference

    @bank_retry
    def _give_back(self, order: Order) -> str:
        return self._gateway.refund(order.bank_reference, order.total, key=f"{order.id}/refund")
