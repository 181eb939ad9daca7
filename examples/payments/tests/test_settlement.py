import asyncio
from datetime import date

import httpx
import pytest

from shop.settlement import Settlement, Statement, StatementsMissing, unsettled

DAY = date(2026, 3, 2)
EUROS = Statement("st-EUR", DAY, "EUR", frozenset({"pay-1", "pay-2"}))
DOLLARS = Statement("st-USD", DAY, "USD", frozenset())


class FileServer:
    """Has the statements in euros and dollars, and takes acknowledgements."""

    def __init__(self):
        self.acknowledged = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        match request.url.path.split("/")[1:]:
            case ["statements", statement, "acknowledgement"]:
                self.acknowledged.append(statement)
                return httpx.Response(204)
            case ["statements", "2026-03-02", "EUR"]:
                return httpx.Response(200, json={"id": "st-EUR", "references": ["pay-1", "pay-2"]})
            case ["statements", "2026-03-02", "USD"]:
                return httpx.Response(200, json={"id": "st-USD", "references": []})
        return httpx.Response(404)


@pytest.fixture
def server():
    return FileServer()


def run(server, work):
    """Run ``work(settlement)`` against the server."""

    async def session():
        transport = httpx.MockTransport(server)
        async with httpx.AsyncClient(base_url="https://files.test", transport=transport) as http:
            return await work(Settlement(http))

    return asyncio.run(session())


def test_collect_keeps_the_order_of_the_currencies(server):
    statements = run(server, lambda settlement: settlement.collect(DAY, ["USD", "EUR"]))

    assert statements == [DOLLARS, EUROS]


def test_one_missing_statement_settles_nothing(server):
    with pytest.raises(StatementsMissing, match="2026-03-02: SEK"):
        run(server, lambda settlement: settlement.collect(DAY, ["EUR", "SEK"]))


def test_acknowledge(server):
    run(server, lambda settlement: settlement.acknowledge(EUROS))

    assert server.acknowledged == ["st-EUR"]


def test_unsettled_are_the_paid_orders_that_no_statement_knows(new_order):
    orders = [new_order(f"A-{n}") for n in (1, 2, 3)]
    for n, order in enumerate(orders, start=1):
        order.bank_reference = f"pay-{n}"
        order.mark_paid()

    assert unsettled([*orders, new_order("A-4")], [EUROS, DOLLARS]) == [orders[2]]
