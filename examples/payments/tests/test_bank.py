import json

import httpx
import pytest

from shop.bank import Gateway
from shop.bank_errors import BankUnavailable, CardDeclined, RequestRejected
from shop.orders import Money
from shop.rate_limit import TokenBucket

AMOUNT = Money(1250, "EUR")


def test_authorise_sends_amount_card_and_key(gateway, bank):
    reference = gateway.authorise(AMOUNT, "card-token", key="A-1/authorise")

    assert reference == "ref-1"
    (request,) = bank.asked
    assert request.url.path == "/authorisations"
    assert json.loads(request.content) == {"amount": 1250, "currency": "EUR", "card": "card-token"}
    assert bank.keys == ["A-1/authorise"]


def test_capture_names_the_authorisation(gateway, bank):
    gateway.capture("auth-7", AMOUNT, key="A-1/capture")

    assert bank.asked[0].url.path == "/authorisations/auth-7/captures"


def test_refund_names_the_payment(gateway, bank):
    assert gateway.refund("pay-7", AMOUNT, key="A-1/refund") == "ref-1"
    assert bank.asked[0].url.path == "/payments/pay-7/refunds"


def test_declined_card(gateway, bank):
    bank.decline("/charges", "insufficient funds")

    with pytest.raises(CardDeclined) as declined:
        gateway.charge(AMOUNT, "card-token", key="A-1/charge")

    assert declined.value.reason == "insufficient funds"


def test_rejected_request(gateway, bank):
    bank.answers["/charges"] = httpx.Response(422, json={"message": "unknown currency"})

    with pytest.raises(RequestRejected, match="unknown currency"):
        gateway.charge(AMOUNT, "card-token", key="A-1/charge")


def test_our_own_limit_keeps_the_bank_from_being_asked(bank):
    with httpx.Client(base_url="https://bank.test", transport=httpx.MockTransport(bank)) as http:
        gateway = Gateway(http, TokenBucket(rate=1, burst=1, clock=lambda: 0.0))
        gateway.charge(AMOUNT, "card-token", key="A-1/charge")

        with pytest.raises(BankUnavailable, match="our own limit"):
            gateway.charge(AMOUNT, "card-token", key="A-2/charge")

    assert bank.keys == ["A-1/charge"]
