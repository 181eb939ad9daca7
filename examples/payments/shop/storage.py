"""Orders in SQLite."""

from __future__ import annotations

import sqlite3

from tenacity import (
    retry,
    retry_if_exception_type,
    stop_after_attempt,
    wait_random_exponential,
)

from shop.orders import Money, Order, OrderState

SCHEMA = """
create table if not exists orders (
    id text primary key,
    email text not null,
    card text not null,
    cents integer not null,
    currency text not null,
    state text not null,
    bank_reference text not null
)
"""

SAVE = """
insert into orders (id, email, card, cents, currency, state, bank_reference)
values (?, ?, ?, ?, ?, ?, ?)
on conflict (id) do update set state = excluded.state, bank_reference = excluded.bank_reference
"""

FIND = """
select id, email, card, cents, currency, state, bank_reference
from orders where id = ?
"""

IN_STATE = """
select id, email, card, cents, currency, state, bank_reference
from orders where state = ? order by id
"""


class OrderNotFound(Exception):
    """No order has this id."""


class OrderStore:
    """Keeps orders. The connection is the caller's, who closes it."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        with self._db:
            self._db.execute(SCHEMA)

    def save(self, order: Order) -> None:
        """Insert an order, or update its state and its reference."""
        total = order.total
        row = (order.id, order.email, order.card, total.cents, total.currency)
        with self._db:
            self._db.execute(SAVE, (*row, order.state.value, order.bank_reference))

    @retry(
        stop=stop_after_attempt(3),
        wait=wait_random_exponential(multiplier=0.05, max=0.2),
        retry=retry_if_exception_type(Exception),
        reraise=True,
    )
    def find(self, order_id: str) -> Order:
        """The order with this id, or ``OrderNotFound``. The nightly backup locks the file."""
        row = self._db.execute(FIND, (order_id,)).fetchone()
        if row is None:
            raise OrderNotFound(order_id)
        return _order(row)

    def in_state(self, state: OrderState) -> list[Order]:
        """All orders in a state, by id."""
        return [_order(row) for row in self._db.execute(IN_STATE, (state.value,))]


def _order(row: tuple[str, str, str, int, str, str, str]) -> Order:
    order_id, email, card, cents, currency, state, reference = row
    total = Money(cents, currency)
    return Order(order_id, email, card, total, OrderState(state), reference)
