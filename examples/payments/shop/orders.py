"""Orders, and the states that an order may go through."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class OrderState(StrEnum):
    """Where an order stands with regard to its money."""

    OPEN = "open"
    PAID = "paid"
    DECLINED = "declined"
    UNKNOWN = "unknown"
    """The bank was asked and did not answer: settlement decides, never a guess."""
    REFUNDED = "refunded"


ALLOWED: dict[OrderState, frozenset[OrderState]] = {
    OrderState.OPEN: frozenset({OrderState.PAID, OrderState.DECLINED, OrderState.UNKNOWN}),
    OrderState.DECLINED: frozenset(),
    OrderState.UNKNOWN: frozenset({OrderState.PAID, OrderState.DECLINED}),
    OrderState.PAID: frozenset({OrderState.REFUNDED}),
    OrderState.REFUNDED: frozenset(),
}


class IllegalTransition(Exception):
    """An order was asked to skip a step, for example to be refunded before it was paid."""


@dataclass(frozen=True)
class Money:
    """An amount in the currency's smallest unit: ``Money(1250, "EUR")`` is 12.50 euros."""

    cents: int
    currency: str

    def __post_init__(self) -> None:
        if self.cents < 0:
            raise ValueError(f"an amount cannot be negative: {self.cents}")

    def __str__(self) -> str:
        return f"{self.cents // 100}.{self.cents % 100:02} {self.currency}"


@dataclass
class Order:
    """What a customer buys, for how much, and whether it is paid. The card is the bank's token."""

    id: str
    email: str
    card: str
    total: Money
    state: OrderState = OrderState.OPEN
    bank_reference: str = ""

    def mark_paid(self) -> None:
        """The bank has taken the money."""
        self._move_to(OrderState.PAID)

    def mark_declined(self) -> None:
        """The bank has refused the card: no money moved."""
        self._move_to(OrderState.DECLINED)

    def mark_unknown(self) -> None:
        """The bank was asked and did not answer: the money may have moved."""
        self._move_to(OrderState.UNKNOWN)

    def mark_refunded(self) -> None:
        """The bank has given the money back."""
        self._move_to(OrderState.REFUNDED)

    def _move_to(self, state: OrderState) -> None:
        if state not in ALLOWED[self.state]:
            raise IllegalTransition(f"order {self.id} is {self.state}, it cannot become {state}")
        self.state = state
