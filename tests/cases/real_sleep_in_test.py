# --- waiting for a thread
# path: tests/test_mail.py
import time

from shop.mail import outbox, send_later


def test_mail_is_sent():
    send_later("a@b.example")
    time.sleep(2)  # QG303
    assert outbox == ["a@b.example"]

# --- imported by its own name, with a constant of the module
# path: tests/test_cache.py
from time import sleep
from unittest import TestCase

from shop.rates import euro

EXPIRY = 1.5


class RatesTest(TestCase):
    def test_rate_expires(self):
        first = euro()
        sleep(EXPIRY)  # QG303
        self.assertNotEqual(first, euro())

# --- in a coroutine
# path: tests/test_worker.py
import asyncio

from shop.worker import Worker


async def test_worker_takes_a_job():
    worker = Worker()
    worker.add(7)
    await asyncio.sleep(0.5)
    await asyncio.sleep(1)  # QG303
    assert worker.done == [7]

# --- before raises
# path: tests/test_token.py
import time

import pytest

from shop.tokens import Expired, issue, read


def test_token_expires():
    token = issue(seconds=1)
    time.sleep(1.1)  # QG303
    with pytest.raises(Expired):
        read(token)

# --- trap: it polls
# path: tests/test_mail.py
import time

from shop.mail import outbox, send_later


def test_mail_is_sent():
    send_later("a@b.example")
    deadline = time.monotonic() + 5
    while not outbox and time.monotonic() < deadline:
        time.sleep(0.1)
    assert outbox == ["a@b.example"]

# --- trap: sleep is patched
# path: tests/test_retry.py
import time

from shop.retry import again


def test_again(monkeypatch):
    monkeypatch.setattr(time, "sleep", lambda seconds: None)
    again()
    time.sleep(3)
    assert again.count == 3

# --- trap: the sleep is the work
# path: tests/test_deadline.py
import asyncio

import pytest

from shop.deadlines import within


async def test_deadline():
    async def work():
        await asyncio.sleep(5)

    with pytest.raises(TimeoutError):
        await within(0.01, work())
    with pytest.raises(TimeoutError):
        await within(0.01, asyncio.sleep(5))

# --- trap: it only lets others run
# path: tests/test_worker.py
import asyncio

from shop.worker import Worker


async def test_worker_takes_a_job():
    worker = Worker()
    worker.add(7)
    await asyncio.sleep(0)
    await asyncio.sleep(0.01)
    assert worker.done == [7]

# --- trap: a test against the real thing
# path: tests/integration/test_mail.py
import time

from shop.mail import outbox, send_later


def test_mail_is_sent():
    send_later("a@b.example")
    time.sleep(2)
    assert outbox == ["a@b.example"]

# --- trap: it is marked as slow
# path: tests/test_mail.py
import time

import pytest

from shop.mail import outbox, send_later


@pytest.mark.slow
def test_mail_is_sent():
    send_later("a@b.example")
    time.sleep(2)
    assert outbox == ["a@b.example"]

# --- trap: nothing is checked after it
# path: tests/test_mail.py
import time

from shop.mail import outbox, send_later


def test_mail_is_sent():
    outbox.clear()
    assert send_later("a@b.example")
    time.sleep(1)

# --- trap: somebody else's sleep
# path: tests/test_cat.py
from shop.cats import Cat


def test_sleep():
    cat = Cat()
    cat.sleep(8)
    assert cat.is_rested

# --- trap: the sleep is what is measured
# path: tests/test_clock.py
import time

from shop.clock import measured


def test_measured():
    with measured() as found:
        time.sleep(1)
    assert found.seconds >= 1
