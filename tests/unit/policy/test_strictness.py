"""Which of two names of code is the wider one."""

from __future__ import annotations

import pytest

from quality_gate.policy.strictness import in_definition


@pytest.mark.parametrize(
    ("name", "wider", "wanted"),
    [
        ("shop.pay.Checkout.place", "shop.pay.Checkout", True),
        ("shop.pay.Checkout.place", "shop.pay.Checkout.*", True),
        ("shop.pay.Checkout.place", "shop.**", True),
        ("shop.*.fee", "shop.**", True),
        ("shop.pay.Checkouts", "shop.pay.Checkout", False),
        ("shop.pay.Checkout.place", "shop.pay.*", False),
        ("shop.**.fee", "shop.*.fee", False),
        ("shop.pay.Checkout.*", "shop.pay.Checkout.place", False),
    ],
)
def test_what_names_no_less(name: str, wider: str, wanted: bool) -> None:
    assert in_definition(name, wider) is wanted
