"""Cases of unsafe-retry; see tests/project_cases_of.py for how they are read."""

# --- a charge in another module, retried whatever was raised
# shop/billing.py
from tenacity import retry, stop_after_attempt

from shop.bank import charge


@retry(stop=stop_after_attempt(3), reraise=True)
def settle(order):
    return charge(order)  # QG208

# shop/bank.py
import requests


def charge(order):
    return requests.post("https://bank.example/charges", json={"amount": order.amount}, timeout=5)

# --- a task that is run again when the mail's answer is lost
# shop/tasks.py
import smtplib

from celery import shared_task


@shared_task(autoretry_for=(smtplib.SMTPException, OSError), max_retries=3)
def send_receipt(mail):
    with smtplib.SMTP("mail.example", timeout=5) as client:
        client.send_message(mail)  # QG208

# --- a task whose handler asks for another try
# shop/tasks.py
import requests
from celery import shared_task


@shared_task(bind=True)
def order_stock(self, item):
    try:
        requests.post("https://supplier.example/orders", json={"item": item}, timeout=5)  # QG208
    except requests.Timeout as error:
        raise self.retry(exc=error)

# --- a loop written by hand
# shop/sms.py
import time

import httpx


def send_sms(number, text):
    for _ in range(3):
        try:
            return httpx.post("https://sms.example/messages", json={"to": number, "text": text})  # QG208
        except httpx.TransportError:
            time.sleep(1)
    return None

# --- money at Stripe
# shop/pay.py
import backoff
import stripe


@backoff.on_exception(backoff.expo, stripe.APIConnectionError, max_tries=3)
def pay(order):
    return stripe.PaymentIntent.create(amount=order.amount, currency="eur")  # QG208

# --- with a key by which the other side knows the second attempt
# shop/bank.py
import requests
from tenacity import retry, stop_after_attempt


@retry(stop=stop_after_attempt(3), reraise=True)
def charge(order):
    key = {"Idempotency-Key": order.key}
    return requests.post("https://bank.example/charges", json={"amount": order.amount}, headers=key, timeout=5)

# --- only what failed before it was sent
# shop/bank.py
import httpx
from tenacity import retry, retry_if_exception_type, stop_after_attempt


@retry(stop=stop_after_attempt(3), retry=retry_if_exception_type((httpx.ConnectError, httpx.ConnectTimeout)))
def charge(order):
    return httpx.post("https://bank.example/charges", json={"amount": order.amount})

# --- only what the bank has refused
# shop/bank.py
import requests
from tenacity import retry, retry_if_exception_type, stop_after_attempt


class TooMany(Exception):
    pass


@retry(stop=stop_after_attempt(3), retry=retry_if_exception_type(TooMany))
def charge(order):
    answer = requests.post("https://bank.example/charges", json={"amount": order.amount}, timeout=5)
    if answer.status_code == 429:
        raise TooMany
    return answer

# --- a POST that asks
# shop/find.py
import requests
from tenacity import retry, stop_after_attempt


@retry(stop=stop_after_attempt(3), reraise=True)
def search_orders(words):
    return requests.post("https://search.example/orders/_search", json={"words": words}, timeout=5).json()


@retry(stop=stop_after_attempt(3), reraise=True)
def login(user):
    return requests.post("https://bank.example/oauth/token", json={"user": user}, timeout=5).json()

# --- a PUT sets what is set already
# shop/bank.py
import requests
from tenacity import retry, stop_after_attempt


@retry(stop=stop_after_attempt(3), reraise=True)
def save_order(order):
    return requests.put(f"https://bank.example/orders/{order.id}", json={"amount": order.amount}, timeout=5)

# --- the failure is kept below
# shop/billing.py
import requests
from tenacity import retry, stop_after_attempt


@retry(stop=stop_after_attempt(3), reraise=True)
def settle(order):
    if tell(order) is None:
        order.mark_untold()
    return order.close()


def tell(order):
    try:
        return requests.post("https://bank.example/orders", json={"amount": order.amount}, timeout=5)
    except Exception as error:
        order.error = error
        return None

# --- the policy does not say what it retries
# shop/bank.py
import requests
from tenacity import retry

from shop.policies import POLICY


@retry(**POLICY)
def charge(order):
    return requests.post("https://bank.example/charges", json={"amount": order.amount}, timeout=5)

# --- a handler whose exception nothing tells may keep the failure
# shop/billing.py
import requests
from tenacity import retry, stop_after_attempt


@retry(stop=stop_after_attempt(3), reraise=True)
def settle(order, failures):
    return charge(order, failures)


def charge(order, failures):
    try:
        return requests.post("https://bank.example/charges", json={"amount": order.amount}, timeout=5)
    except failures.Lost as error:
        order.error = error
        return None

# --- a POST whose words say nothing
# shop/poke.py
import requests
from tenacity import retry, stop_after_attempt


@retry(stop=stop_after_attempt(3), reraise=True)
def poke(thing):
    return requests.post("https://things.example/poked", json={"thing": thing}, timeout=5)

# --- a loop of a session that the object holds
# shop/bank.py
import logging

import requests

log = logging.getLogger(__name__)


class Gateway:
    def __init__(self, url):
        self.url = url
        self.session = requests.Session()

    def charge(self, number, amount):
        for attempt in range(5):
            try:
                answer = self.session.post(f"{self.url}/charges", json={"order": number}, timeout=10)  # QG208
                answer.raise_for_status()
                return answer.json()["reference"]
            except requests.Timeout:
                log.warning("order %s not charged", number, exc_info=True)
        raise RuntimeError("the bank did not answer")

# --- trap: a session is what is asked for
# shop/bank.py
import requests


class Gateway:
    def __init__(self, url):
        self.url = url
        self.http = requests.Session()

    def pay_desk(self):
        for attempt in range(5):
            try:
                return self.http.post(f"{self.url}/session", timeout=10)
            except requests.Timeout:
                continue
        raise RuntimeError("the bank did not answer")

# --- loops that go on until it has worked
# shop/bank.py
import time

import requests


def charge(order):
    while True:
        try:
            return requests.post("https://bank.example/charges", json={"amount": order.amount}, timeout=5)  # QG208
        except requests.Timeout:
            time.sleep(1)


def refund(order):
    failed = 0
    while failed < 3:
        try:
            requests.post("https://bank.example/refunds", json={"amount": order.amount}, timeout=5)  # QG208
            break
        except requests.RequestException:
            failed += 1


def settle(order):
    paid = False
    while not paid:
        try:
            requests.post("https://bank.example/payments", json={"amount": order.amount}, timeout=5)  # QG208
            paid = True
        except requests.Timeout:
            continue

# --- trap: a worker takes the next order, a person is asked anew, the connection failed before anything was sent
# shop/bank.py
import requests


def work(queue):
    while True:
        try:
            order = queue.get(timeout=1)
            return requests.post("https://bank.example/charges", json={"amount": order.amount}, timeout=5)
        except requests.Timeout:
            continue


def run(orders):
    while orders:
        order = orders.pop()
        try:
            requests.post("https://bank.example/charges", json={"amount": order.amount}, timeout=5)
            break
        except requests.Timeout:
            continue


def desk():
    while True:
        try:
            requests.post("https://bank.example/charges", json={"card": input("card: ")}, timeout=5)
            break
        except requests.Timeout:
            continue


def charge(order):
    while True:
        try:
            return requests.post("https://bank.example/charges", json={"amount": order.amount}, timeout=5)
        except requests.ConnectTimeout:
            continue
