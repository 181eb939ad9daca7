# --- a charge, then a mail
import smtplib

import requests


def pay(order, mail: smtplib.SMTP):
    try:
        requests.post("https://bank.example/charges", json=order.bill, timeout=5).raise_for_status()
        mail.send_message(order.receipt)
    except Exception:  # QG106
        order.mark_failed()

# --- committed, then told to the cache, and the answer is no
import logging

import redis
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

log = logging.getLogger(__name__)


class Orders:
    def __init__(self, session: Session, cache: redis.Redis):
        self._session = session
        self._cache = cache

    def place(self, order):
        try:
            self._session.add(order)
            self._session.commit()
            self._cache.delete(order.key)
        except (SQLAlchemyError, redis.RedisError):  # QG106
            log.exception("order %s", order.id)
            self._session.rollback()
            return False
        return True

# --- Flask's session, then another service
import httpx

from shop.extensions import db


def refund(order, client: httpx.Client):
    answer = None
    try:
        order.refund()
        db.session.commit()
        answer = client.post("/refunds", json=order.bill)
    except Exception as error:  # QG106
        order.note = str(error)
    return answer

# --- within branches that meet again
import httpx
import redis


async def reserve(client: httpx.AsyncClient, cache: redis.Redis, item):
    try:
        if item.remote:
            await client.put("/reservations", json=item.data)
        cache.incr(item.key)
    except (httpx.HTTPError, redis.RedisError) as error:  # QG106
        item.state = "free"
        item.reason = str(error)

# --- trap: a try for each
import logging
import smtplib

import requests

log = logging.getLogger(__name__)


def pay(order, mail: smtplib.SMTP):
    try:
        requests.post("https://bank.example/charges", json=order.bill, timeout=5).raise_for_status()
    except requests.RequestException:
        order.mark_failed()
        return
    try:
        mail.send_message(order.receipt)
    except smtplib.SMTPException:
        log.exception("order %s: no receipt", order.id)

# --- trap: a handler for each
import smtplib

import requests


def pay(order, mail: smtplib.SMTP):
    try:
        requests.post("https://bank.example/charges", json=order.bill, timeout=5).raise_for_status()
        mail.send_message(order.receipt)
    except requests.RequestException:
        order.mark_failed()
    except Exception:
        order.mark_untold()

# --- trap: it raises, it only logs
import logging
import smtplib

import requests

log = logging.getLogger(__name__)


class NotPaid(Exception):
    pass


def pay(order, mail: smtplib.SMTP):
    try:
        requests.post("https://bank.example/charges", json=order.bill, timeout=5).raise_for_status()
        mail.send_message(order.receipt)
    except Exception as error:
        order.touch()
        raise NotPaid(order.id) from error


def remind(order, mail: smtplib.SMTP):
    try:
        requests.post("https://bank.example/reminders", json=order.bill, timeout=5)
        mail.send_message(order.reminder)
    except Exception:
        log.exception("order %s", order.id)
        return

# --- trap: the handler asks how far it came, or what failed
import smtplib

import requests


def pay(order, mail: smtplib.SMTP):
    charged = False
    try:
        requests.post("https://bank.example/charges", json=order.bill, timeout=5).raise_for_status()
        charged = True
        mail.send_message(order.receipt)
    except Exception:
        if not charged:
            order.mark_failed()


def repay(order, mail: smtplib.SMTP):
    try:
        requests.post("https://bank.example/refunds", json=order.bill, timeout=5).raise_for_status()
        mail.send_message(order.receipt)
    except Exception as error:
        if isinstance(error, requests.RequestException):
            order.mark_failed()

# --- trap: reads first, the write is the last step
import requests
from sqlalchemy.orm import Session


def place(session: Session, order):
    try:
        order.price = requests.get("https://prices.example", timeout=5).json()
        session.add(order)
        session.commit()
    except Exception:
        session.rollback()
        order.state = "unplaced"

# --- trap: what was written is rolled back
import requests
from sqlalchemy.orm import Session


def place(session: Session, order):
    try:
        session.bulk_save_objects([order])
        requests.post("https://events.example", json=order.data, timeout=5)
    except Exception:
        session.rollback()
        order.state = "unplaced"

# --- trap: one branch or the other
import httpx
import redis


def tell(client: httpx.Client, cache: redis.Redis, item):
    try:
        if item.remote:
            client.put("/reservations", json=item.data)
        else:
            cache.incr(item.key)
    except Exception:
        item.state = "free"


def tell_once(client: httpx.Client, cache: redis.Redis, item):
    try:
        if item.remote:
            client.put("/reservations", json=item.data)
            return
        cache.incr(item.key)
    except Exception:
        item.state = "free"

# --- trap: the same dependency twice, two databases of one transaction
import httpx
import psycopg
from sqlalchemy.orm import Session


def move(client: httpx.Client, item):
    try:
        client.delete(f"/here/{item.id}")
        client.put(f"/there/{item.id}", json=item.data)
    except httpx.HTTPError:
        item.state = "lost"


def copy(session: Session, other: psycopg.Connection, item):
    try:
        session.commit()
        other.execute("insert into items values (%s)", item.data)
    except Exception:
        item.state = "lost"

# --- trap: an inner try has answered for the second
import logging
import smtplib

import requests

log = logging.getLogger(__name__)


def pay(order, mail: smtplib.SMTP):
    try:
        requests.post("https://bank.example/charges", json=order.bill, timeout=5).raise_for_status()
        try:
            mail.send_message(order.receipt)
        except smtplib.SMTPException:
            log.exception("order %s: no receipt", order.id)
    except Exception:
        order.mark_failed()

# --- trap: letting go of both
import redis
import requests


def close(order, cache: redis.Redis):
    try:
        requests.delete("https://bank.example/sessions/1", timeout=5)
        cache.delete(order.key)
    except Exception:
        order.state = "closed"

# --- both in one branch, the first in a question
import httpx
import redis


def reserve(client: httpx.Client, cache: redis.Redis, item):
    try:
        if item.remote:
            client.put("/reservations", json=item.data)
            cache.incr(item.key)
    except Exception:  # QG106
        item.state = "free"


def give_back(client: httpx.Client, cache: redis.Redis, item):
    try:
        if cache.delete(item.key):
            client.delete("/reservations/1")
    except Exception:  # QG106
        item.state = "reserved"

# --- trap: what is no commit, and what is not sent yet
import httpx
import redis
from sqlalchemy.orm import Session


def reserve(client: httpx.Client, session: Session, item):
    try:
        item.note("reserving")
        client.put("/reservations", json=item.data)
    except Exception:
        item.state = "free"


def prepare(cache: redis.Redis, session: Session, item):
    try:
        session.begin_nested()
        cache.incr(item.key)
    except Exception:
        item.state = "free"
