# --- tenacity whose default is no wait
from requests.exceptions import ConnectionError
from tenacity import AsyncRetrying, retry, retry_if_exception_type, stop_after_attempt, stop_after_delay, wait_fixed, wait_none

TRANSIENT = retry_if_exception_type(ConnectionError)


@retry(stop=stop_after_attempt(5), retry=TRANSIENT)  # QG212
def rates(http):
    return http.get("/rates", timeout=2)


@retry(stop=stop_after_delay(30), retry=TRANSIENT, wait=wait_none())  # QG212
def prices(http):
    return http.get("/prices", timeout=2)


@retry(stop=stop_after_attempt(4), retry=TRANSIENT, wait=wait_fixed(0))  # QG212
def fees(http):
    return http.get("/fees", timeout=2)


async def taxes(http):
    async for attempt in AsyncRetrying(stop=stop_after_attempt(3), retry=TRANSIENT):  # QG212
        with attempt:
            return await http.get("/taxes")

# --- a policy that asks nothing is two faults
from tenacity import retry, stop_after_attempt


@retry(stop=stop_after_attempt(3))  # QG203 QG212
def rates(http):
    return http.get("/rates", timeout=2)

# --- urllib3 and the adapter of requests
import requests
from requests.adapters import HTTPAdapter
from urllib3.util.retry import Retry

POLICY = Retry(total=5, status_forcelist=[502, 503])  # QG212
DEFAULT_TOTAL = Retry(connect=3, read=3)  # QG212
OFF = Retry(3, backoff_factor=0)  # QG212


def session():
    made = requests.Session()
    made.mount("https://", HTTPAdapter(max_retries=4))  # QG212
    return made

# --- celery, retrying, retry and rq
from celery import shared_task
from retry import retry as again
from retrying import retry
from rq import Retry


@shared_task(autoretry_for=(ConnectionError,), max_retries=5, default_retry_delay=0)  # QG212
def settle(order):
    order.settle()


@shared_task(autoretry_for=(ConnectionError,), retry_kwargs={"max_retries": 5, "countdown": 0})  # QG212
def publish(event):
    event.publish()


@retry(stop_max_attempt_number=5, retry_on_exception=lambda failure: isinstance(failure, OSError))  # QG212
def rates(http):
    return http.get("/rates", timeout=2)


@again(OSError, tries=4)  # QG212
def prices(http):
    return http.get("/prices", timeout=2)


@again(exceptions=OSError, tries=4)  # QG212
def fees(http):
    return http.get("/fees", timeout=2)


def enqueue(queue, order):
    queue.enqueue(settle, order, retry=Retry(max=5))  # QG212

# --- a loop written by hand around an injected client
import logging

import httpx

log = logging.getLogger(__name__)


class Rates:
    def __init__(self, http: httpx.Client):
        self.http = http

    def today(self, attempts: int):
        last = None
        for attempt in range(attempts):
            try:
                answer = self.http.get("/rates")  # QG212
                answer.raise_for_status()
                return answer.json()
            except httpx.HTTPError as failure:
                log.warning("attempt %d: no rates", attempt, exc_info=True)
                last = failure
        raise RuntimeError("no rates") from last

    def tomorrow(self):
        tries = 0
        while True:
            try:
                found = self.http.get("/rates/tomorrow")  # QG212
            except httpx.TransportError:
                tries += 1
                if tries == 5:
                    raise
                continue
            return found.json()

# --- only the handler tells that the call is a remote one
import requests


def send(order, bank, retries=4):
    for attempt in range(retries):
        try:
            bank.pay(order)  # QG212
            break
        except requests.exceptions.ConnectionError:
            if attempt == retries - 1:
                raise

# --- trap: a pause, whoever makes it
import random
import time

import httpx
from tenacity import retry, retry_if_exception_type, stop_after_attempt, wait_fixed
from urllib3 import Retry

from shop.pace import calm_down

POLICY = Retry(total=5, backoff_factor=0.5)
TRANSIENT = retry_if_exception_type(httpx.TransportError)


@retry(stop=stop_after_attempt(5), wait=wait_fixed(2), retry=TRANSIENT)
def rates(client: httpx.Client):
    return client.get("/rates")


@retry(stop=stop_after_attempt(5), retry=TRANSIENT, before_sleep=calm_down)
def prices(client: httpx.Client):
    return client.get("/prices")


@retry(stop=stop_after_attempt(5), retry=TRANSIENT)
def fees(client: httpx.Client):
    try:
        return client.get("/fees")
    except httpx.TransportError:
        time.sleep(random.uniform(1, 3))
        raise


def taxes(client: httpx.Client):
    for attempt in range(5):
        try:
            return client.get("/taxes")
        except httpx.TransportError:
            backoff(attempt)


def backoff(attempt):
    time.sleep(2**attempt)

# --- trap: one second attempt answers a connection that had gone stale
import httpx
import requests
from requests.adapters import HTTPAdapter
from tenacity import retry, retry_if_exception_type, stop_after_attempt
from urllib3 import Retry

ONCE = Retry(total=1)
NEVER = Retry(0)
REDIRECTS = Retry(connect=0, read=0, redirect=5)


@retry(stop=stop_after_attempt(2), retry=retry_if_exception_type(httpx.TransportError))
def rates(client: httpx.Client):
    return client.get("/rates")


def prices(client: httpx.Client):
    for _ in range(2):
        try:
            return client.get("/prices")
        except httpx.TransportError:
            continue


def session():
    made = requests.Session()
    made.mount("https://", HTTPAdapter(max_retries=1))
    return made

# --- trap: a race is won by trying again
import redis
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from tenacity import retry, retry_if_exception_type, stop_after_attempt

from shop.errors import VersionConflict


def take(store: redis.Redis, key):
    for attempt in range(5):
        try:
            return store.incr(key)
        except redis.exceptions.WatchError:
            continue


@retry(stop=stop_after_attempt(5), retry=retry_if_exception_type(VersionConflict))
def book(session: Session, seat):
    session.flush()


def slug(session: Session, retries=5):
    for attempt in range(retries):
        try:
            session.flush()
            return
        except IntegrityError:
            session.rollback()

# --- no word of the file says that it tries again
import redis


class Tokens:
    def __init__(self, store: redis.Redis):
        self.store = store

    def owner(self, token):
        for _ in range(4):
            try:
                found = self.store.get(token)  # QG212
                break
            except Exception:
                continue
        else:
            return None
        return found

# --- a limit that has a name, and a handler that counts
import redis

MOST = 3


def owner(store: redis.Redis, token):
    failures = 0
    while True:
        try:
            return store.get(token)  # QG212
        except redis.ConnectionError:
            failures += 1
            if failures >= MOST:
                raise

# --- trap: one second attempt, by a number that has a name
import redis

MOST = 2


def owner(store: redis.Redis, token):
    failures = 0
    while True:
        try:
            return store.get(token)
        except redis.ConnectionError:
            failures += 1
            if failures >= MOST:
                raise


def owner_in_range(store: redis.Redis, token):
    for _ in range(MOST):
        try:
            return store.get(token)
        except redis.ConnectionError:
            print("not yet")


def owner_while(store: redis.Redis, token):
    failures = 0
    while failures < MOST:
        try:
            return store.get(token)
        except redis.ConnectionError:
            failures += 1

# --- trap: the connection is let go of, and the next attempt makes a new one
import redis


class Tokens:
    store: redis.Redis

    def owner(self, token):
        for _ in range(5):
            try:
                return self.store.get(token)
            except redis.ConnectionError:
                del self.store

    def owner_again(self, token):
        for _ in range(5):
            try:
                return self.store.get(token)
            except redis.ConnectionError:
                self.store = None

# --- trap: each attempt is another one
import httpx

HOSTS = ["a.example", "b.example", "c.example"]


def rates(client: httpx.Client, retries=5):
    for attempt in range(retries):
        try:
            return client.get(f"https://{HOSTS[attempt % 3]}/rates")
        except httpx.TransportError:
            continue


class Prices:
    def __init__(self, client: httpx.Client):
        self.client = client

    def today(self, retries=5):
        for _ in range(retries):
            try:
                return self.client.get("/prices")
            except httpx.TransportError:
                self.reconnect()

    def reconnect(self):
        self.client = httpx.Client()


def pages(client: httpx.Client, retries: int):
    for page in range(retries):
        try:
            answer = client.get("/orders", params={"page": page})
            if not answer.json():
                break
        except httpx.TransportError:
            break

# --- trap: a policy that nobody here spells out
import tenacity
from retry import retry
from tenacity import stop_after_attempt

from shop.policies import POLICY, pause


@tenacity.retry(stop=stop_after_attempt(3), **POLICY)
def rates(http):
    return http.get("/rates", timeout=2)


@tenacity.retry(stop=stop_after_attempt(3), retry=tenacity.retry_if_exception_type(OSError), wait=pause)
def prices(http):
    return http.get("/prices", timeout=2)


@retry(times=3)
def fees(http):
    return http.get("/fees", timeout=2)
