"""The bank's payment API.

Every call that moves money carries an ``Idempotency-Key``, so that asking twice with the same key
moves the money once.
"""

from __future__ import annotations

import httpx

from shop.bank_errors import BankError, BankTimeout, BankUnavailable, CardDeclined, RequestRejected
from shop.orders import Money
from shop.rate_limit import TokenBucket


class Gateway:
    """Asks the bank to move money. Answers are the bank's references; failures are ``BankError``.

    The client is handed in: it knows the bank's address, our credentials and the deadline.
    """

    def __init__(self, http: httpx.Client, limit: TokenBucket) -> None:
        self._http = http
        self._limit = limit

    def authorise(self, amount: Money, card: str, *, key: str) -> str:
        """Reserve the amount on the card; ``capture`` takes it."""
        return self._post("/authorisations", _body(amount, card=card), key)

    def capture(self, authorisation: str, amount: Money, *, key: str) -> str:
        """Take an amount that was reserved."""
        return self._post(f"/authorisations/{authorisation}/captures", _body(amount), key)

    def charge(self, amount: Money, card: str, *, key: str) -> str:
        """Reserve and take in one step, for cards that are on file."""
        return self._post("/charges", _body(amount, card=card), key)

    def refund(self, payment: str, amount: Money, *, key: str) -> str:
        """Give back all or a part of a payment."""
        return self._post(f"/payments/{payment}/refunds", _body(amount), key)

    def _post(self, path: str, body: dict[str, str | int], key: str) -> str:
        if not self._limit.take():
            raise BankUnavailable("our own limit of requests to the bank is reached")
        try:
            response = self._http.post(path, json=body, headers={"Idempotency-Key": key})
        except httpx.TimeoutException as exc:
            raise BankTimeout(f"no answer to {path}, key {key}") from exc
        except httpx.TransportError as exc:  # pragma: no cover
            raise BankUnavailable(f"no connection for {path}, key {key}") from exc
        return _reference(response)


def _body(amount: Money, **more: str) -> dict[str, str | int]:
    return {"amount": amount.cents, "currency": amount.currency, **more}


def _reference(response: httpx.Response) -> str:
    """The bank's reference for what it did, or the failure that its answer stands for."""
    if response.is_server_error or response.status_code == httpx.codes.TOO_MANY_REQUESTS:
        raise BankUnavailable(f"the bank answered {response.status_code}")
    try:
        answer = response.json()
        if response.status_code == httpx.codes.PAYMENT_REQUIRED:
            raise CardDeclined(answer["reason"])
        if response.is_error:
            raise RequestRejected(answer["message"])
        return str(answer["reference"])
    except (ValueError, KeyError) as exc:
        raise BankError(f"the bank's answer is not readable: {response.text[:200]}") from exc
