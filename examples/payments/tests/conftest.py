"""A bank that answers what the test says, without a network."""

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import httpx
import pytest

from shop.bank import Gateway
from shop.orders import Money, Order
from shop.rate_limit import TokenBucket
from shop.storage import OrderStore
from shop.telemetry import Telemetry


@dataclass
class FakeBank:
    """Says yes to everything, unless an answer is prepared; remembers what it was asked."""

    answers: dict[str, httpx.Response] = field(default_factory=dict)
    asked: list[httpx.Request] = field(default_factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        yes = httpx.Response(201, json={"reference": f"ref-{len(self.asked)}"})
        return self.answers.get(request.url.path, yes)

    @property
    def keys(self) -> list[str]:
        return [request.headers["Idempotency-Key"] for request in self.asked]

    def decline(self, path: str, reason: str) -> None:
        self.answers[path] = httpx.Response(402, json={"reason": reason})


@pytest.fixture
def bank() -> FakeBank:
    return FakeBank()


@pytest.fixture
def gateway(bank: FakeBank) -> Iterator[Gateway]:
    transport = httpx.MockTransport(bank)
    with httpx.Client(base_url="https://bank.test", transport=transport) as http:
        yield Gateway(http, TokenBucket(rate=50, burst=50))


@pytest.fixture
def store() -> Iterator[OrderStore]:
    db = sqlite3.connect(":memory:")
    yield OrderStore(db)
    db.close()


@pytest.fixture
def counted() -> list[str]:
    """What was counted, as the collector received it."""
    return []


@pytest.fixture
def telemetry(counted: list[str]) -> Iterator[Telemetry]:
    def collect(request: httpx.Request) -> httpx.Response:
        counted.append(request.content.decode())
        return httpx.Response(204)

    telemetry = Telemetry("http://collector.test", httpx.MockTransport(collect))
    yield telemetry
    telemetry.close()


@pytest.fixture
def new_order() -> Callable[..., Order]:
    def new_order(order_id: str = "A-1", cents: int = 1250) -> Order:
        return Order(order_id, "ada@example.org", "card-token", Money(cents, "EUR"))

    return new_order
