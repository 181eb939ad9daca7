# --- the charge fails and the order is paid
import logging

from shop.bank import BankError, Gateway

log = logging.getLogger(__name__)


class Payments:
    def __init__(self, gateway: Gateway):
        self._gateway = gateway

    def charge(self, order):
        try:
            order.reference = self._gateway.charge(order.total, order.card)
        except BankError:  # QG103
            log.exception("order %s: charge failed", order.id)
        order.mark_paid()

# --- a gateway that was handed in, and a state that is assigned
import logging

log = logging.getLogger(__name__)


def settle(gateway, invoice):
    try:
        gateway.capture(invoice)
    except Exception as error:  # QG103
        log.error("invoice %s: %s", invoice.id, error)
    invoice.status = "paid"
    invoice.save()

# --- the answer is used although there is none
import requests


def shipment(number):
    try:
        response = requests.get(f"https://parcels.example/{number}", timeout=5)
    except requests.HTTPError:  # QG103
        pass
    return response.json()

# --- a message that was not sent is marked as sent
import logging

import httpx

log = logging.getLogger(__name__)


class Outbox:
    def __init__(self, http: httpx.Client):
        self._http = http

    def deliver(self, message):
        try:
            self._http.post("/messages", json=message.payload)
        except httpx.TransportError:  # QG103
            log.warning("message %s not delivered", message.id)
        message.sent_at = now()

# --- within a transaction, with a status method
import logging

from django.db import transaction

from shop.bank import BankError

log = logging.getLogger(__name__)


class Refunds:
    def __init__(self, bank):
        self.bank = bank

    def refund(self, payment):
        with transaction.atomic():
            try:
                self.bank.refund(payment.reference)
            except BankError:  # QG103
                log.exception("refund of %s failed", payment.id)
        payment.set_status(PaymentStatus.REFUNDED)

# --- part of the handler raises, the rest goes on without the answer
import requests


def labels(url):
    try:
        response = requests.get(url, timeout=5)
        found = response.json()
    except requests.RequestException as error:  # QG103
        if "expired" in str(error):
            raise LookupError(url) from error
    return [label["name"] for label in found]

# --- trap: the handler leaves
import logging

from shop.bank import BankError

log = logging.getLogger(__name__)


class Payments:
    def __init__(self, gateway):
        self._gateway = gateway

    def charge(self, order):
        try:
            self._gateway.charge(order)
        except BankError:
            log.exception("order %s: charge failed", order.id)
            return
        order.mark_paid()

# --- trap: success is in else, or has left already
import logging

from shop.bank import BankError

log = logging.getLogger(__name__)


class Payments:
    def __init__(self, gateway):
        self._gateway = gateway

    def charge(self, order):
        try:
            self._gateway.charge(order)
        except BankError:
            log.exception("order %s: charge failed", order.id)
        else:
            order.mark_paid()

    def charge_again(self, order):
        try:
            self._gateway.charge(order)
            return
        except BankError:
            log.exception("order %s: charge failed", order.id)
        order.set_status("paid by hand, approved")

# --- trap: the state tells of the failure
import logging

from shop.bank import BankError

log = logging.getLogger(__name__)


def charge(gateway, order):
    try:
        return gateway.charge(order)
    except BankError:
        log.exception("order %s: charge failed", order.id)
    order.mark_failed()


def hold(gateway, order):
    try:
        gateway.reserve(order)
    except BankError:
        log.exception("order %s: not reserved", order.id)
    order.status = "pending"

# --- trap: telling somebody is best effort
import logging

log = logging.getLogger(__name__)


def finish(order, mailer):
    try:
        mailer.send_confirmation(order)
    except Exception:
        log.exception("order %s: nobody was told", order.id)
    order.mark_paid()

# --- trap: a flag that is looked at
import logging

from shop.bank import BankError

log = logging.getLogger(__name__)


def charge(gateway, order):
    failed = False
    try:
        gateway.charge(order)
    except BankError:
        log.exception("order %s: charge failed", order.id)
        failed = True
    if failed:
        return
    order.mark_paid()

# --- trap: each item for itself
import logging

from shop.bank import BankError

log = logging.getLogger(__name__)


def charge_all(gateway, run, orders):
    for order in orders:
        try:
            gateway.charge(order)
        except BankError:
            log.exception("order %s: charge failed", order.id)
    run.mark_complete()

# --- trap: another object
import logging

log = logging.getLogger(__name__)


def import_prices(gateway, job, shop):
    try:
        gateway.sync(shop)
    except Exception:
        log.exception("prices of %s were not read", shop)
    job.mark_complete()

# --- trap: the name has a value beforehand, or is asked about
import logging

import requests

log = logging.getLogger(__name__)


def shipment(number):
    found = None
    try:
        found = requests.get(f"https://parcels.example/{number}", timeout=5)
    except requests.RequestException:
        log.warning("no news of %s", number)
    return found

# --- trap: a look-up whose absence changes nothing
import logging

log = logging.getLogger(__name__)


def close(order, directory):
    try:
        directory.lookup(order.city)
    except Exception:
        log.warning("city of %s not known", order.id)
    order.mark_complete()

# --- the answer is used within another try
import json

import requests


def shipment(number):
    try:
        response = requests.get(f"https://parcels.example/{number}", timeout=5)
    except requests.RequestException:  # QG103
        pass
    try:
        return response.json()
    except json.JSONDecodeError:
        return {"number": number}

# --- trap: the second try answers for the missing name
import requests


def shipment(number):
    try:
        response = requests.get(f"https://parcels.example/{number}", timeout=5)
    except requests.RequestException as error:
        print(error)
    try:
        return response.json()
    except NameError:
        return {"number": number}

# --- trap: an exception that is a message and no failure
from shop.run import Delegate, Prepared, run


def main(order):
    try:
        run(order)
    except Prepared:
        pass
    order.mark_paid()

# --- three attempts, none of them works, and the order is paid
import logging
import time

import stripe

log = logging.getLogger(__name__)


def charge(order):
    for attempt in range(3):
        try:
            stripe.PaymentIntent.create(amount=order.total, currency="eur")
            break
        except stripe.APIConnectionError:  # QG103
            log.warning("attempt %d", attempt)
            time.sleep(2**attempt)
            continue
    order.mark_paid()

# --- the attempts end by a `break` behind the `try`, or of its `else`; a `while` that counts
import time

import stripe


def behind(order):
    for attempt in range(3):
        try:
            stripe.PaymentIntent.create(amount=order.total, currency="eur")
        except Exception:  # QG103
            time.sleep(2**attempt)
            continue
        break
    order.mark_paid()


def of_else(order):
    for attempt in range(3):
        try:
            stripe.PaymentIntent.create(amount=order.total, currency="eur")
        except Exception:  # QG103
            time.sleep(2**attempt)
        else:
            break
    order.mark_paid()


def counting(order):
    attempt = 0
    while attempt < 3:
        try:
            stripe.PaymentIntent.create(amount=order.total, currency="eur")
            break
        except Exception:  # QG103
            attempt += 1
            time.sleep(2**attempt)
    order.mark_paid()

# --- what the attempts have brought is used although they may have brought nothing
import time

import requests


def shipment(number):
    for attempt in range(3):
        try:
            response = requests.get(f"https://parcels.example/{number}", timeout=5)
            break
        except requests.ConnectionError:  # QG103
            time.sleep(2**attempt)
            continue
    return response.json()

# --- trap: the loop says what happens when every attempt has failed, or never ends
import time

import stripe


def with_else(order):
    for attempt in range(3):
        try:
            stripe.PaymentIntent.create(amount=order.total, currency="eur")
            break
        except stripe.APIConnectionError:
            time.sleep(2**attempt)
            continue
    else:
        raise RuntimeError("the bank does not answer")
    order.mark_paid()


def last_raises(order):
    for attempt in range(3):
        try:
            stripe.PaymentIntent.create(amount=order.total, currency="eur")
            break
        except stripe.APIConnectionError:
            if attempt == 2:
                raise
            time.sleep(2**attempt)
    order.mark_paid()


def asked_after(order):
    paid = False
    for attempt in range(3):
        try:
            stripe.PaymentIntent.create(amount=order.total, currency="eur")
            paid = True
            break
        except stripe.APIConnectionError:
            time.sleep(2**attempt)
            continue
    if paid:
        order.mark_paid()


def for_ever(order):
    while True:
        try:
            stripe.PaymentIntent.create(amount=order.total, currency="eur")  # QG202
            break
        except stripe.APIConnectionError:
            time.sleep(5)
            continue
    order.mark_paid()


def each_of_them(orders, day):
    for order in orders:
        try:
            stripe.PaymentIntent.create(amount=order.total, currency="eur")
        except stripe.APIConnectionError:
            time.sleep(5)
            continue
    day.mark_done()


def until_it_is_there(order, bank):
    while not bank.settled:
        try:
            bank.capture(order)
            break
        except stripe.APIConnectionError:
            time.sleep(5)
            continue
    order.mark_paid()
