from datetime import date

import httpx
import pytest

from shop.orders import Money
from shop.rates import Converter, NoRate

DAY = date(2026, 3, 2)


@pytest.fixture
def asked():
    return []


@pytest.fixture
def converter(asked):
    def rates(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        return httpx.Response(200, json={"USD": "1.0850", "JPY": "162.5"})

    with httpx.Client(base_url="https://rates.test", transport=httpx.MockTransport(rates)) as http:
        yield Converter(http)


def test_convert_rounds_half_to_even(converter):
    assert converter.convert(Money(100, "EUR"), "USD", DAY) == Money(108, "USD")
    assert converter.convert(Money(300, "EUR"), "USD", DAY) == Money(326, "USD")


def test_rates_of_a_day_are_asked_for_once(converter, asked):
    converter.convert(Money(100, "EUR"), "USD", DAY)
    converter.convert(Money(100, "EUR"), "JPY", DAY)

    assert asked == ["/rates/2026-03-02/EUR"]


def test_same_currency_needs_no_rate(converter, asked):
    assert converter.convert(Money(100, "EUR"), "EUR", DAY) == Money(100, "EUR")
    assert asked == []


def test_unknown_currency(converter):
    with pytest.raises(NoRate, match="EUR to XAU"):
        converter.convert(Money(100, "EUR"), "XAU", DAY)
