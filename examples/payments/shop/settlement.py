"""Settlement: what the bank says that we earned, against what we think that we earned."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import httpx
from tenacity import retry, retry_if_exception_type, wait_exponential

from shop.orders import Order, OrderState

log = logging.getLogger(__name__)

AT_ONCE = 4
"""How many statements the bank lets us download at the same time."""


@dataclass(frozen=True)
class Statement:
    """A day's payments in one currency, as the bank saw them."""

    id: str
    day: date
    currency: str
    references: frozenset[str]


class StatementsMissing(Exception):
    """Some statements of a day could not be had; without all of them nothing is settled."""


class Settlement:
    """Collects the bank's statements of a day."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http

    async def collect(self, day: date, currencies: Sequence[str]) -> list[Statement]:
        """All statements of a day, in the order of the currencies, or ``StatementsMissing``."""
        slots = asyncio.Semaphore(AT_ONCE)

        async def in_a_slot(currency: str) -> Statement:
            async with slots:
                return await self.download(day, currency)

        answers = await asyncio.gather(*map(in_a_slot, currencies), return_exceptions=True)
        statements: list[Statement] = []
        missing: list[str] = []
        for currency, answer in zip(currencies, answers, strict=True):
            if isinstance(answer, BaseException):
                log.error("no %s statement of %s", currency, day, exc_info=answer)
                missing.append(currency)
            else:
                statements.append(answer)
        if missing:
            raise StatementsMissing(f"{day}: {', '.join(missing)}")
        return statements

    @retry(wait=wait_exponential(max=60), retry=retry_if_exception_type(httpx.TransportError))
    async def download(self, day: date, currency: str) -> Statement:
        """The statement of a day in one currency. The bank's file server restarts at night."""
        response = await self._http.get(f"/statements/{day.isoformat()}/{currency}")
        response.raise_for_status()
        answer = response.json()
        return Statement(answer["id"], day, currency, frozenset(answer["references"]))

    async def acknowledge(self, statement: Statement) -> None:
        """Tell the bank that a statement is settled; it pays out what was acknowledged."""
        try:
            response = await self._http.post(f"/statements/{statement.id}/acknowledgement")
            response.raise_for_status()
        except httpx.HTTPError:
            log.debug("statement %s was not acknowledged", statement.id, exc_info=True)


def unsettled(orders: Iterable[Order], statements: Iterable[Statement]) -> list[Order]:
    """The orders that we hold for paid and that no statement knows."""
    settled: set[str] = set()
    for statement in statements:
        settled |= statement.references
    return [
        order
        for order in orders
        if order.state is OrderState.PAID and order.bank_reference not in settled
    ]
