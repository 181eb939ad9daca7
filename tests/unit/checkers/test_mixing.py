"""Dependencies of the project's own, which cases cannot declare: what their calls do is told by how they are named."""

from __future__ import annotations

import pytest

from quality_gate_checkers.inspection import inspect
from quality_gate_checkers.settings import Dependency, Settings

SETTINGS = Settings(
    dependencies={
        "bank": Dependency(
            calls=("shop.bank.Gateway.*",), rejects=("shop.bank.Declined",), unavailable=("shop.bank.Down",)
        )
    }
)
SOURCE = """
import redis
from shop.bank import Gateway

def pay(bank: Gateway, cache: redis.Redis, order):
    try:
        bank.{call}(order)
        cache.incr(order.key)
    except Exception:
        order.mark_failed()
"""


@pytest.mark.parametrize(("call", "wanted"), [("charge", ["QG106"]), ("get_balance", [])])
def test_own_dependency_is_written_to_unless_the_name_says_read(call: str, wanted: list[str]) -> None:
    inspection = inspect("shop/pay.py", SOURCE.format(call=call).encode(), SETTINGS)
    assert [violation.code for violation in inspection.violations] == wanted
