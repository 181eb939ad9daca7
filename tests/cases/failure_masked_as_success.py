# --- an outage looks like an empty list
import requests


def open_invoices(customer):
    try:
        response = requests.get(f"https://billing.example/{customer}", timeout=5)
        response.raise_for_status()
        return response.json()["invoices"]
    except requests.RequestException:  # QG102
        return []

# --- a day-long memo keeps the outage, however loudly it is logged
import logging

import httpx
from cachetools import TTLCache, cached

log = logging.getLogger(__name__)


@cached(TTLCache(maxsize=64, ttl=86400))
def rates(base: str) -> dict:
    try:
        answer = httpx.get(f"https://rates.example/{base}")
        answer.raise_for_status()
    except httpx.HTTPError:  # QG102
        log.exception("no rates for %s", base)
        return {}
    return answer.json()

# --- documented as Optional, and still kept for ever
import functools

import httpx


@functools.cache
def country_of(client: httpx.Client, address: str) -> str | None:
    try:
        return client.get(f"/countries/{address}").json()["code"]
    except httpx.HTTPError:  # QG102
        return None

# --- a variable stands in for the answer
import requests


class Prices:
    def __init__(self, http: requests.Session):
        self._http = http

    def totals(self, basket):
        try:
            discounts = self._http.get("https://promo.example/today", timeout=2).json()
        except requests.RequestException:  # QG102
            discounts = {}
        return [price(item, discounts) for item in basket]

# --- a client held in `async with`, and zero for a balance
import httpx


async def balance(account: str) -> int:
    async with httpx.AsyncClient(timeout=3) as bank:
        try:
            answer = await bank.get(f"https://bank.example/accounts/{account}")
            return answer.json()["cents"]
        except Exception:  # QG102
            return 0

# --- None where the signature promises a result
import requests


def profile(user: int) -> dict:
    try:
        return requests.get(f"https://crm.example/{user}", timeout=5).json()
    except requests.ConnectionError:  # QG102
        return None

# --- trap: a health check's very answer
import requests


def is_bank_up(url):
    try:
        return requests.get(url, timeout=1).json()["status"]
    except requests.RequestException:
        return ""

# --- trap: the signature says so
import requests


def avatar(user) -> bytes | None:
    try:
        return requests.get(user.avatar_url, timeout=5).content
    except requests.RequestException:
        return None

# --- trap: the docstring says so
import requests


def suggestions(text):
    """Words that may follow; empty when the service is not there."""
    try:
        return requests.get("https://words.example", params={"q": text}, timeout=1).json()
    except requests.RequestException:
        return []

# --- trap: logged loudly and kept by nobody
import logging

import requests

log = logging.getLogger(__name__)


def suggestions(text):
    try:
        return requests.get("https://words.example", params={"q": text}, timeout=1).json()
    except requests.RequestException:
        log.warning("no suggestions for %r", text, exc_info=True)
        return []

# --- trap: the variable is looked at
import requests


def totals(basket):
    try:
        discounts = requests.get("https://promo.example/today", timeout=2).json()
    except requests.RequestException:
        discounts = {}
    if not discounts:
        raise LookupError("no discounts today")
    return [price(item, discounts) for item in basket]

# --- trap: what is not there is an answer
import boto3


def receipt(key):
    s3 = boto3.client("s3")
    try:
        return s3.get_object(Bucket="receipts", Key=key)["Body"].read()
    except s3.exceptions.NoSuchKey:
        return b""

# --- trap: a cache that does not answer holds nothing
import redis


def remembered(store: redis.Redis, key: str):
    try:
        return store.get(key)
    except redis.RedisError:
        return None

# --- trap: kept for half a minute, to spare a service that is down
import httpx
from cachetools import TTLCache, cached


@cached(TTLCache(maxsize=64, ttl=30))
def banner() -> str | None:
    try:
        return httpx.get("https://news.example/banner").text
    except httpx.HTTPError:
        return None

# --- trap: a 404 is an answer, the rest rises
import httpx


def order(client: httpx.Client, number: str):
    try:
        answer = client.get(f"/orders/{number}")
        answer.raise_for_status()
    except httpx.HTTPStatusError as error:
        if error.response.status_code != 404:
            raise
        return {}
    return answer.json()

# --- trap: kept for minutes, and the signature says so
import httpx
from shop.caches import cache


@cache.memoize(timeout=5 * 60)
def banner() -> str | None:
    try:
        return httpx.get("https://news.example/banner").text
    except httpx.HTTPError:
        return None

# --- trap: an answer that cannot be read is not an outage
import requests


def discounts(http: requests.Session):
    answer = http.get("https://promo.example/today", timeout=2)
    try:
        return answer.json()
    except ValueError:
        return {}
