"""Signals of blinker and of Flask: who is connected, and who sends."""

from __future__ import annotations

import pytest

from framework_cases import edges, entries, project

HEAD = """
import flask
from blinker import Namespace, signal
signals = Namespace()
paid = signals.signal("paid")
refunded = signal("refunded")
shop = object()
def receipt(sender, order=None): ...
def pay(order):
    paid.send(shop, order=order)
"""
CONNECTED = {
    "by a call": "paid.connect(receipt)",
    "by a decorator": "@paid.connect\ndef receipt(sender, order=None): ...",
    "by a decorator, of one sender": "@paid.connect_via(shop)\ndef receipt(sender, order=None): ...",
}


@pytest.mark.parametrize("source", CONNECTED.values(), ids=CONNECTED)
def test_who_sends_a_signal_calls_who_is_connected(source: str) -> None:
    shop = project(shop=HEAD + source)
    assert edges(shop, "shop.pay") == {"shop.receipt": "blinker-signal"}
    assert entries(shop) == {"signal paid": "shop.receipt"}


def test_a_signal_is_known_in_another_module() -> None:
    shop = project(
        shop__signals="from blinker import signal\npaid = signal('paid')\n",
        shop__pay="from shop.signals import paid\ndef pay(order):\n    paid.send(order)\n",
        shop__mail="from shop.signals import paid\n@paid.connect\ndef receipt(order): ...\n",
    )
    assert edges(shop, "shop.pay.pay") == {"shop.mail.receipt": "blinker-signal"}


def test_one_signal_is_not_another() -> None:
    assert edges(project(shop=HEAD + "refunded.connect(receipt)"), "shop.pay") == {}


def test_signals_of_flask_are_sent_by_flask() -> None:
    shop = project(shop=HEAD + "flask.request_finished.connect(receipt)")
    assert entries(shop) == {"signal request_finished": "shop.receipt"}


def test_what_else_is_connected_is_no_signal() -> None:
    shop = project(shop=HEAD + "bus = make()\nbus.connect(receipt)\n@bus.connect\ndef other(): ...\n")
    assert entries(shop) == {}
