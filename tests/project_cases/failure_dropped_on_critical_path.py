# --- a failure of the project's own, logged below warning
# shop/pay.py
import logging

from shop.bank import PaymentError

log = logging.getLogger(__name__)


# quality-gate: critical[payments]
def place(order, gateway, warehouse):
    try:
        gateway.charge(order)
    except PaymentError as error:  # QG110
        log.info("order %s: %s", order.number, error)
    warehouse.ship(order)

# shop/bank.py
class PaymentError(Exception):
    pass

# --- anything around a call that ends in a remote one
# shop/pay.py
import logging

from shop.checkout import Checkout


# quality-gate: critical[payments]
def place(order, warehouse):
    logging.info("order %s", order.number)
    checkout = Checkout()
    try:
        checkout.pay(order)
    except Exception:  # QG110
        pass
    warehouse.ship(order)

# shop/checkout.py
from shop.bank import Bank


class Checkout:
    def __init__(self):
        self.bank = Bank()

    def pay(self, order):
        self.bank.charge(order)

# shop/bank.py
import requests


class Bank:
    def charge(self, order):
        requests.post("https://bank.example/charges", json={"order": order.number}, timeout=5)

# --- a member further down the path, and no comment excuses
# shop/pay.py
from shop.bank import BankTimeout


# quality-gate: critical[payments]
def place(order, gateway, warehouse):
    charge(order, gateway)
    warehouse.ship(order)


def charge(order, gateway):
    try:
        gateway.charge(order)
    except BankTimeout:  # QG110
        # the bank is often slow on Mondays
        pass

# shop/bank.py
class BankTimeout(Exception):
    pass

# --- the card is declined, and the order is shipped
# shop/pay.py
from shop.bank import CardDeclined


# quality-gate: critical[payments]
def place(order, gateway, warehouse):
    try:
        gateway.charge(order)
    except CardDeclined:  # QG110
        pass
    warehouse.ship(order)

# shop/bank.py
class CardDeclined(Exception):
    pass

# --- trap: off the critical path
# shop/pay.py
from shop.bank import PaymentError


def place(order, gateway, warehouse):
    try:
        gateway.charge(order)
    except PaymentError:
        pass
    warehouse.ship(order)


# quality-gate: critical[refunds]
def refund(order, gateway):
    gateway.refund(order)

# shop/bank.py
class PaymentError(Exception):
    pass

# --- trap: said loudly, remembered, or returned
# shop/pay.py
import logging

from shop.bank import PaymentError

log = logging.getLogger(__name__)


# quality-gate: critical[payments]
def place(order, gateway, warehouse):
    try:
        gateway.charge(order)
    except PaymentError:
        log.warning("not paid: %s", order.number)
    try:
        gateway.capture(order)
    except PaymentError:
        order.state = "unpaid"
    try:
        warehouse.ship(order)
    except PaymentError as error:
        return error
    return None

# shop/bank.py
class PaymentError(Exception):
    pass

# --- trap: answers, closing, and calls that end in nothing remote
# shop/pay.py
import logging

from shop.bank import CardInvalid, OrderNotFound, Total


# quality-gate: critical[payments]
def place(order, gateway, warehouse):
    logging.info("order %s", order.number)
    try:
        gateway.find(order)
    except OrderNotFound:
        pass
    try:
        gateway.hint(order)
    except CardInvalid:
        pass
    try:
        gateway.close()
    except Exception:
        pass
    try:
        order.total = Total().of(order)
    except Exception:
        pass
    warehouse.ship(order)

# shop/bank.py
class OrderNotFound(Exception):
    pass


class CardInvalid(Exception):
    pass


class Total:
    def of(self, order):
        return sum(order.lines)

# --- trap: what is called keeps the failure to itself
# shop/pay.py
from shop.bank import charge


# quality-gate: critical[payments]
def place(order, warehouse):
    try:
        charge(order)
    except Exception:
        pass
    warehouse.ship(order)

# shop/bank.py
import logging

import requests


def charge(order):
    try:
        requests.post("https://bank.example/charges", json={"order": order.number}, timeout=5)
    except requests.RequestException:
        logging.exception("not charged: %s", order.number)

# --- trap: what Python raises is not the project's exception of the same name
# shop/pay.py
import logging

from shop import steps


# quality-gate: critical[payments]
def place(order, warehouse):
    try:
        steps.send(order)
    except ConnectionError:
        logging.info("not sent")
    warehouse.ship(order)

# shop/errors.py
class ConnectionError(Exception):
    pass

# shop/steps.py
def send(order):
    order.sent = True

# --- trap: no is taken for an answer, something is taken away, something is measured
# shop/pay.py
from shop.bank import BankError, CannotBookError, OrderNotFound, ReadOnlyModeError


# quality-gate: critical[payments]
def place(order, gateway, warehouse):
    try:
        gateway.charge(order)
    except (BankError, OrderNotFound):
        pass
    try:
        gateway.book(order)
    except CannotBookError:
        pass
    try:
        gateway.stamp(order)
    except ReadOnlyModeError:
        pass
    try:
        gateway.draft_delete(order)
    except BankError:
        pass
    warehouse.ship(order)


# quality-gate: critical[payments]
def count_metrics(gateway, order):
    try:
        gateway.book(order)
    except BankError:
        pass
    order.counted()

# shop/bank.py
class BankError(Exception):
    pass


class OrderNotFound(BankError):
    pass


class CannotBookError(Exception):
    pass


class ReadOnlyModeError(Exception):
    pass

# --- what Python looks up beside it, and a refusal, are no such answers
# shop/pay.py
from shop.bank import BankError, CardDeclined


# quality-gate: critical[payments]
def place(order, gateway, warehouse):
    try:
        gateway.charge(order)
    except (BankError, KeyError, AttributeError):  # QG110
        pass
    try:
        gateway.book(order)
    except (BankError, CardDeclined):  # QG110
        pass
    warehouse.ship(order)

# shop/bank.py
class BankError(Exception):
    pass


class CardDeclined(Exception):
    pass
