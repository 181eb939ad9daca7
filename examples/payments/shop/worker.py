"""Work that no customer waits for."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor

from shop.events import OrderEvents
from shop.orders import Order
from shop.pay import StoredCardPayments
from shop.receipts import Receipts

log = logging.getLogger(__name__)


class Worker:
    """Runs what follows a payment in the background, and the nightly charges."""

    def __init__(
        self,
        receipts: Receipts,
        events: OrderEvents,
        payments: StoredCardPayments,
        threads: int = 4,
    ) -> None:
        self._receipts = receipts
        self._events = events
        self._payments = payments
        self._pool = ThreadPoolExecutor(max_workers=threads, thread_name_prefix="shop")

    def order_paid(self, order: Order) -> None:
        """Send the receipt and tell the warehouse, without keeping the customer waiting."""
        self._pool.submit(self._receipts.send, order)
        self._pool.submit(self._events.publish, [order]).add_done_callback(_report)

    def charge_due(self, orders: Iterable[Order]) -> list[str]:
        """Charge the orders that are due. The answer: the ids of those that need a person."""
        failed: list[str] = []
        for order in orders:
            try:
                self._payments.charge(order)
            except Exception as exc:  # noqa: BLE001
                log.error("order %s: could not be charged: %s", order.id, exc)
                failed.append(order.id)
        return failed

    def close(self) -> None:
        """Finish what was begun, then stop."""
        self._pool.shutdown(wait=True)


def _report(done: Future[None]) -> None:
    error = done.exception()
    if error is not None:
        log.error("background work failed", exc_info=error)
