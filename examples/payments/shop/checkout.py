"""Checkout: the customer is present and waits for an answer."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from shop.bank import Gateway
from shop.bank_errors import BankTimeout, BankUnavailable, CardDeclined
from shop.orders import Order
from shop.retries import bank_retry
from shop.storage import OrderStore
from shop.telemetry import Telemetry

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Paid:
    """The money is ours."""

    reference: str


@dataclass(frozen=True)
class Declined:
    """The bank refused the card; the customer may order again with another one."""

    reason: str


class Checkout:
    """Takes the money for an order."""

    def __init__(self, gateway: Gateway, store: OrderStore, telemetry: Telemetry) -> None:
        self._gateway = gateway
        self._store = store
        self._telemetry = telemetry

    def place(self, order: Order) -> Paid | Declined:
        """Reserve the money, then take it.

        A refused card is an answer, not an accident: it comes back as ``Declined``. When the bank
        does not answer, the order is kept as *unknown* until settlement, and the failure is raised.
        """
        try:
            order.bank_reference = self._take(order)
        except CardDeclined as exc:
            log.warning("order %s: declined: %s", order.id, exc.reason)
            order.mark_declined()
            self._store.save(order)
            self._telemetry.count("checkout.declined")
            return Declined(exc.reason)
        except (BankTimeout, BankUnavailable):
            log.warning("order %s: no answer from the bank", order.id, exc_info=True)
            order.mark_unknown()
            self._store.save(order)
            raise
        order.mark_paid()
        self._store.save(order)
        self._telemetry.count("checkout.paid")
        return Paid(order.bank_reference)

    @bank_retry
    def _take(self, order: Order) -> str:
        authorisation = self._gateway.authorise(
            order.total, order.card, key=f"{order.id}/authorise"
        )
        return self._gateway.capture(authorisation, order.total, key=f"{order.id}/capture")
