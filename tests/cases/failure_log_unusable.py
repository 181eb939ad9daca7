# --- fixed words around a request
import logging

import requests

log = logging.getLogger(__name__)


def publish(event):
    try:
        requests.post("https://events.example", json=event, timeout=5)
    except requests.RequestException:
        log.error("event not published")  # QG402

# --- an injected session, a broad handler, an answer for the caller
import logging

from sqlalchemy.orm import Session

log = logging.getLogger(__name__)


class Ledger:
    def __init__(self, session: Session):
        self._session = session

    def settle(self, day):
        try:
            self._session.commit()
        except Exception:
            log.critical("the day could not be settled")  # QG402
            self._session.rollback()
            return False
        return True

# --- loguru, in an async with
import httpx
from loguru import logger


async def capture(order):
    try:
        async with httpx.AsyncClient() as client:
            await client.post("https://bank.example/captures", json=order, timeout=3)
    except httpx.HTTPError:
        logger.warning("capture failed")  # QG402
        order["state"] = "unknown"

# --- structlog with words only, and exc_info switched off
import redis
import structlog

log = structlog.get_logger()
QUEUE = "mails"


def take(cache: redis.Redis, job):
    try:
        cache.lpush("mails", job)
    except redis.RedisError:
        log.error("job_lost", queue=QUEUE, exc_info=False)  # QG402

# --- a level as an argument, a translated sentence
import logging
from gettext import gettext as _

import requests

logger = logging.getLogger(__name__)


def refresh(url):
    try:
        requests.get(url, timeout=5).raise_for_status()
    except requests.RequestException:
        logger.log(logging.ERROR, _("%s could not be loaded") % "rates")  # QG402

# --- trap: the traceback is kept
import logging

import requests

log = logging.getLogger(__name__)


def publish(event):
    try:
        requests.post("https://events.example", json=event, timeout=5)
    except requests.RequestException:
        log.warning("event not published", exc_info=True)
    try:
        requests.post("https://audit.example", json=event, timeout=5)
    except requests.RequestException:
        log.exception("event not audited")

# --- trap: an identifier is kept
import logging

import requests

log = logging.getLogger(__name__)


def publish(event):
    try:
        requests.post("https://events.example", json=event, timeout=5)
    except requests.RequestException:
        log.error("event not published", extra={"event": event["id"]})
    try:
        requests.post("https://audit.example", json=event, timeout=5)
    except requests.RequestException:
        log.error(f"event {event['id']} not audited")

# --- trap: loguru and structlog carry it in the logger
import httpx
from loguru import logger


def publish(client: httpx.Client, event):
    try:
        client.post("https://events.example", json=event)
    except httpx.HTTPError:
        logger.opt(exception=True).error("event not published")
    try:
        client.post("https://audit.example", json=event)
    except httpx.HTTPError:
        logger.bind(event=event["id"]).error("event not audited")

# --- trap: bound earlier
import httpx
import structlog

log = structlog.get_logger()


def publish(client: httpx.Client, event):
    event_log = log.bind(event=event["id"])
    try:
        client.post("https://events.example", json=event)
    except httpx.HTTPError:
        event_log.error("not_published")

# --- trap: bound for everything that is logged from here on
import httpx
import structlog

log = structlog.get_logger()


def publish(client: httpx.Client, event):
    with structlog.contextvars.bound_contextvars(event=event["id"]):
        try:
            client.post("https://events.example", json=event)
        except httpx.HTTPError:
            log.error("not_published")

# --- binding a socket binds no logger
import logging
import socket

log = logging.getLogger(__name__)


def greet(host, port):
    connection = socket.socket()
    connection.bind(("", 0))
    try:
        connection.connect((host, port))
    except OSError:
        log.error("no connection")  # QG402

# --- trap: the caller gets the exception and logs it
import logging

import requests

log = logging.getLogger(__name__)


def publish(event):
    try:
        requests.post("https://events.example", json=event, timeout=5)
    except requests.RequestException:
        log.error("event not published")
        raise

# --- trap: the exception is kept elsewhere
import logging

import requests

log = logging.getLogger(__name__)


def publish(event, failures):
    try:
        requests.post("https://events.example", json=event, timeout=5)
    except requests.RequestException as error:
        log.error("event not published")
        failures.append(error)

# --- trap: an exception of one meaning
import logging

import requests

log = logging.getLogger(__name__)


def publish(event):
    try:
        requests.post("https://events.example", json=event, timeout=5)
    except requests.Timeout:
        log.error("the event broker did not answer in five seconds")

# --- trap: the handler has looked at what came back
import logging

import requests

log = logging.getLogger(__name__)


def label(url, known):
    try:
        requests.post(url, json={"name": "paid"}, timeout=5).raise_for_status()
    except requests.HTTPError:
        if "paid" in known:
            log.warning("the label is there already")

# --- trap: a logger that was handed in may be bound
import requests


def publish(event, log):
    try:
        requests.post("https://events.example", json=event, timeout=5)
    except requests.RequestException:
        log.error("event not published")

# --- trap: nothing tells what the object is
import logging


def publish(client, event):
    try:
        client.post(event)
    except Exception:
        logging.error("event not published")

# --- trap: closing
import logging
import smtplib


def stop(mail: smtplib.SMTP):
    try:
        mail.sendmail("shop@shop.example", "a@b.example", "good bye")
    except smtplib.SMTPException:
        logging.warning("the mail server did not hear the goodbye")

# --- trap: an error tracker takes the exception by itself
import logging

import requests
import sentry_sdk

log = logging.getLogger(__name__)


def publish(event):
    try:
        requests.post("https://events.example", json=event, timeout=5)
    except requests.RequestException:
        log.error("event not published")
        sentry_sdk.capture_exception()

# --- words put together from words
import logging

import requests

log = logging.getLogger(__name__)


def publish(event):
    try:
        requests.post("https://events.example", json=event, timeout=5)
    except requests.RequestException:
        log.error("event of {} not published".format("shop"), extra={"tags": ["events", ("a", "b")]})  # QG402
    try:
        requests.post("https://audit.example", json=event, timeout=5)
    except requests.RequestException:
        logging.getLogger(__name__).error(f"event not audited by {__name__}", exc_info=None)  # QG402

# --- trap: a value in the middle of the words, and one that a function gives
import logging

import requests

log = logging.getLogger(__name__)


def publish(event, current_request):
    try:
        requests.post("https://events.example", json=event, timeout=5)
    except requests.RequestException:
        log.error("event of {} not published".format(event["shop"]))
    try:
        requests.post("https://audit.example", json=event, timeout=5)
    except requests.RequestException:
        log.error("event not audited in " + current_request())

# --- the more specific rules speak: a failure that is cached, a name that is not bound
import functools
import logging

import requests

log = logging.getLogger(__name__)


@functools.lru_cache
def rates(url):
    try:
        return requests.get(url, timeout=5).json()
    except requests.RequestException:  # QG102
        log.error("no rates")
        return {}


def first(url):
    try:
        answer = requests.get(url, timeout=5)
    except requests.RequestException:  # QG103
        log.error("no answer")
    return answer.json()[0]

# --- a log that depends on a level, then the reason is lost
import logging

import requests

log = logging.getLogger(__name__)


def publish(event):
    try:
        requests.post("https://events.example", json=event, timeout=5)
    except (requests.Timeout, requests.HTTPError):
        log.log(logging.WARNING, "event not published")  # QG402
