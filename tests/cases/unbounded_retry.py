# --- tenacity never stops by itself
from tenacity import retry, wait_exponential


@retry(wait=wait_exponential(max=60))  # QG202
def rates(http):
    return http.get("/rates")

# --- bare tenacity is reported once
import tenacity


@tenacity.retry  # QG202
def rates(http):
    return http.get("/rates")

# --- stop_never, and a policy spelled out elsewhere in the module
from tenacity import retry, retry_if_exception_type, stop_never, wait_fixed

POLICY = {"wait": wait_fixed(2), "retry": retry_if_exception_type(ConnectionError)}


@retry(stop=stop_never, retry=retry_if_exception_type(OSError))  # QG202
def rates(http):
    return http.get("/rates")


@retry(**POLICY)  # QG202
def prices(http):
    return http.get("/prices")

# --- a loop over attempts
import tenacity


async def rates(http):
    async for attempt in tenacity.AsyncRetrying(wait=tenacity.wait_fixed(1)):  # QG202
        with attempt:
            return await http.get("/rates")

# --- backoff, with and without an explicit None
import backoff


@backoff.on_exception(backoff.expo, ConnectionError)  # QG202
def rates(http):
    return http.get("/rates")


@backoff.on_exception(backoff.expo, ConnectionError, max_tries=None, max_time=None)  # QG202
def prices(http):
    return http.get("/prices")

# --- urllib3 without any limit
from requests.adapters import HTTPAdapter
from urllib3.util.retry import Retry

adapter = HTTPAdapter(max_retries=Retry(total=None, backoff_factor=1))  # QG202

# --- a task that asks for another attempt for ever
from celery import shared_task


@shared_task(bind=True, max_retries=None)  # QG202
def settle(self, order):
    try:
        order.settle()
    except ConnectionError as error:
        raise self.retry(exc=error, countdown=60)

# --- stamina with both limits off, retry without tries
import stamina
from retry import retry


@stamina.retry(on=ConnectionError, attempts=None, timeout=None)  # QG202
def rates(http):
    return http.get("/rates")


@retry(ConnectionError, delay=2)  # QG202
def prices(http):
    return http.get("/prices")

# --- a loop by hand around a call that is not known
import logging
import time

log = logging.getLogger(__name__)


def charge(gateway, order):
    delay = 1
    while True:
        try:
            return gateway.charge(order)  # QG202
        except ConnectionError:
            log.warning("bank is away, once more")
            time.sleep(delay)
            delay = min(delay * 2, 60)

# --- a loop by hand: the other exceptions leave, this one never does
import httpx


def rates(http: httpx.Client):
    while True:
        try:
            answer = http.get("/rates")  # QG202
            break
        except httpx.HTTPStatusError:
            raise
        except httpx.TransportError:
            continue
    return answer.json()

# --- trap: limits of every kind
import backoff
import stamina
from celery import shared_task
from requests.exceptions import ConnectTimeout
from retry import retry as again
from tenacity import Retrying, retry, retry_if_exception_type, stop_after_attempt, stop_after_delay, wait_random


@retry(stop=stop_after_attempt(3) | stop_after_delay(8), wait=wait_random(), retry=retry_if_exception_type(ConnectTimeout))
def rates(http):
    return http.get("/rates")


@backoff.on_exception(backoff.expo, ConnectTimeout, max_time=30)
def prices(http):
    return http.get("/prices")


@backoff.on_exception(backoff.constant, ConnectTimeout, interval=[1, 2, 5])
def fees(http):
    return http.get("/fees")


@stamina.retry(on=ConnectTimeout)
def taxes(http):
    return http.get("/taxes")


@again(ConnectTimeout, tries=3, delay=2)
def dues(http):
    return http.get("/dues")


@shared_task(autoretry_for=(ConnectTimeout,))
def settle(order):
    order.settle()


connects_only = Retry(total=None, connect=3, backoff_factor=1)
default = Retry(backoff_factor=1)

# --- trap: policies that this module does not spell out
from tenacity import retry, retry_if_exception_type, wait_fixed

from shop.policies import LIMITS, POLICY


@retry(**POLICY)
def rates(http):
    return http.get("/rates")


@retry(stop=LIMITS, retry=retry_if_exception_type(ConnectionError), wait=wait_fixed(1))
def prices(http, options):
    return retry(**options)(http.get)

# --- trap: it counts by itself
from celery import shared_task
from tenacity import retry, wait_fixed


def few(state):
    return state.attempt_number < 5


@retry(retry=few, wait=wait_fixed(1))
def rates(http):
    return http.get("/rates")


@shared_task(bind=True, max_retries=None)
def settle(self, order):
    if self.request.retries > 5:
        order.give_up()
    self.retry(countdown=60)


@shared_task(max_retries=None)
def publish(event):
    event.publish()

# --- trap: consumers and daemons carry on after success
import time

import httpx


def run(http: httpx.Client, handle):
    while True:
        try:
            handle(http.get("/next"))
        except httpx.TransportError:
            time.sleep(5)

# --- trap: a prompt, and the next candidate
import os
import time


def quantity():
    while True:
        try:
            return int(input("How many? "))
        except ValueError:
            time.sleep(0.1)


def folder(names):
    while True:
        try:
            name = next(names)
            os.mkdir(name)
            return name
        except OSError:
            time.sleep(0.1)

# --- trap: a limit by hand
import time


def charge(gateway, order):
    attempts = 0
    while True:
        try:
            return gateway.charge(order)
        except ConnectionError:
            attempts += 1
            if attempts > 3:
                raise
            time.sleep(1)

# --- trap: another address each time
import time


def charge(gateways, order):
    gateway = gateways.first()
    while True:
        try:
            return gateway.charge(order)
        except ConnectionError:
            gateway = gateways.after(gateway)
            time.sleep(1)

# --- trap: a race that somebody else has won
import time


class VersionConflict(Exception):
    pass


def add(store, order):
    while True:
        try:
            return store.replace(store.read(order.id).plus(order))
        except VersionConflict:
            time.sleep(0.01)

# --- trap: a function that promises to wait, and a limit from outside
import asyncio
import time


def wait_for_database(connect):
    while True:
        try:
            return connect()
        except ConnectionError:
            time.sleep(1)


async def charge(gateway, order):
    async with asyncio.timeout(10):
        while True:
            try:
                return await gateway.charge(order)
            except ConnectionError:
                await asyncio.sleep(1)

# --- trap: a decorated function that promises to wait
from tenacity import retry, retry_if_exception_type, wait_fixed


class NotFinished(Exception):
    pass


@retry(wait=wait_fixed(2), retry=retry_if_exception_type(NotFinished))
def wait_for_statement(bank, statement):
    if not bank.is_ready(statement):
        raise NotFinished
