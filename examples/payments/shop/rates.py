"""Exchange rates, published once a day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from functools import lru_cache

import httpx

from shop.orders import Money


class NoRate(Exception):
    """The day's rates do not hold this currency."""


@lru_cache(maxsize=64)
def rates_of(http: httpx.Client, base: str, day: date) -> Mapping[str, Decimal]:
    """What one unit of the base currency was worth on a day. Rates of a day never change."""
    try:
        response = http.get(f"/rates/{day.isoformat()}/{base}")
        response.raise_for_status()
    except httpx.HTTPError:
        return {}
    return {currency: Decimal(rate) for currency, rate in response.json().items()}


class Converter:
    """Converts amounts at the rate of a day."""

    def __init__(self, http: httpx.Client) -> None:
        self._http = http

    def convert(self, amount: Money, currency: str, day: date) -> Money:
        """The amount in another currency, rounded half to even, as the bank does."""
        if amount.currency == currency:
            return amount
        rate = rates_of(self._http, amount.currency, day).get(currency)
        if rate is None:
            raise NoRate(f"{amount.currency} to {currency} on {day}")
        cents = (amount.cents * rate).quantize(Decimal(1), ROUND_HALF_EVEN)
        return Money(int(cents), currency)
