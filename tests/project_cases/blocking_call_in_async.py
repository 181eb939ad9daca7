"""Cases of blocking-call-in-async; see tests/project_cases_of.py for how they are read."""

# --- through a synchronous function of another module
# shop/login.py
from shop.trail import audit


async def login(form):
    audit(form)  # QG207
    return form.user

# shop/trail.py
import requests


def audit(form):
    store(form)


def store(form):
    requests.post("https://audit.example/logins", timeout=5)

# --- a method of a client that is held in self
# shop/login.py
import redis


class Limiter:
    def __init__(self, cache: redis.Redis):
        self.cache = cache

    async def allow(self, user):
        return self.cache.incr(user) < 10  # QG207

# --- a session of SQLAlchemy by annotation
# shop/users.py
from sqlalchemy.orm import Session


async def rename(session: Session, user, name):
    user.name = name
    session.commit()  # QG207

# --- sleeping, and a process that is waited for
# shop/poll.py
import subprocess
import time


async def poll(job):
    time.sleep(1)  # QG207
    return subprocess.run(["status", job], check=True, timeout=5)  # QG207

# --- a client that is made and used is told of once
# shop/mail.py
import smtplib


async def send(message):
    with smtplib.SMTP("mail.example", timeout=5) as client:  # QG207
        client.login("shop", "secret")
        client.send_message(message)

# --- handed to a thread in every way that is usual
# shop/login.py
import asyncio
from functools import partial

from asgiref.sync import sync_to_async
from fastapi.concurrency import run_in_threadpool

from shop.trail import audit


async def login(form):
    await asyncio.to_thread(audit, form)
    await asyncio.to_thread(lambda: audit(form))
    await asyncio.get_running_loop().run_in_executor(None, audit, form)
    await asyncio.get_running_loop().run_in_executor(None, partial(audit, form))
    await sync_to_async(audit)(form)
    await run_in_threadpool(audit, form)

# shop/trail.py
import requests


def audit(form):
    requests.post("https://audit.example/logins", timeout=5)

# --- clients for asyncio
# shop/login.py
import asyncio

import httpx
import redis.asyncio
from sqlalchemy.ext.asyncio import AsyncSession


async def login(form, http: httpx.AsyncClient, cache: redis.asyncio.Redis, session: AsyncSession):
    await asyncio.sleep(1)
    await http.post("https://audit.example/logins", timeout=5)
    await cache.incr(form.user)
    await session.commit()

# --- a synchronous endpoint runs in a thread of its own
# shop/login.py
from fastapi import APIRouter

from shop.trail import audit

router = APIRouter()


@router.post("/login")
def login(form):
    audit(form)

# shop/trail.py
import requests


def audit(form):
    requests.post("https://audit.example/logins", timeout=5)

# --- before the first request nobody waits
# shop/app.py
from contextlib import asynccontextmanager

import redis


@asynccontextmanager
async def app_lifespan(app):
    redis.Redis().ping()
    yield


async def main():
    redis.Redis().ping()

# --- a session that an asynchronous one lends
# shop/users.py
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session


def count(session: Session):
    return session.execute("SELECT 1")


async def users(session: AsyncSession):
    return await session.run_sync(count)

# --- a coroutine that is awaited has its own finding
# shop/login.py
import time


async def login(form):
    await check(form)


async def check(form):
    time.sleep(1)  # QG207

# --- a program that does one thing after the other
# shop/translate.py
import argparse
import asyncio
import subprocess


async def translate(word):
    return subprocess.run(["translate", word], check=True, timeout=5)


if __name__ == "__main__":
    argparse.ArgumentParser().parse_args()
    asyncio.run(translate("shop"))

# --- what is awaited does not block, whatever it is called
# shop/login.py
import asyncio

import httpx
import redis


async def login(form, cache: redis.Redis, http: httpx.AsyncClient):
    await cache.incr(form.user)
    return await asyncio.gather(http.get("https://a.example"), http.get("https://b.example"))

# --- trap: FastAPI runs a synchronous dependency in a thread
# shop/api.py
from fastapi import APIRouter, Depends

from shop.limits import limited

router = APIRouter()


@router.get("/orders")
async def orders(user=Depends(limited)):
    return user.orders

# shop/limits.py
import requests


def limited():
    return requests.get("https://limits.example", timeout=5).json()

# --- trap: Django's asynchronous methods
# shop/orders.py
from django.db import models


class Order(models.Model):
    pass


async def totals():
    found = [order.total async for order in Order.objects.all().aiterator()]
    async for order in Order.objects.filter(paid=True).aiterator():
        found.append(order.total)
    return found

# --- several coroutines that come to one call share a finding
# shop/login.py
from shop.trail import audit


async def login(form):
    audit(form)  # QG207


async def logout(form):
    audit(form)

# shop/trail.py
import requests


def audit(form):
    requests.post("https://audit.example", timeout=5)

# --- the same client called in two places by itself is two findings
# shop/login.py
import requests


async def login(form):
    requests.post("https://audit.example", timeout=5)  # QG207


async def logout(form):
    requests.post("https://audit.example", timeout=5)  # QG207

# --- trap: a decorator's wrapper calls whatever it was put around, and this call means another function
# shop/known.py
from collections.abc import Callable
from functools import wraps


def known(function: Callable):
    @wraps(function)
    def wrapper(*arguments, **named):
        if not arguments:
            raise ValueError("who?")
        return function(*arguments, **named)

    return wrapper

# shop/orders.py
import requests

from shop.known import known


@known
def export(user):
    requests.post("https://orders.example", json=user, timeout=5)


@known
async def remember(user):
    return user


async def greet(user):
    return await remember(user)

# --- a wrapper around one function only means that one
# shop/orders.py
import requests


def known(function):
    def wrapper(user):
        return function(user)

    return wrapper


@known
def export(user):
    requests.post("https://orders.example", json=user, timeout=5)


async def end_of_day(user):
    export(user)  # QG207

# --- trap: what blocks is only asked for with a parameter that this call leaves out
# shop/pay.py
from shop.bank import account_of, name_of, opened


async def pay(order):
    return name_of(order.account), account_of(order), opened(order)

# shop/bank.py
import requests


def name_of(account=None, link=None):
    if link:
        account = requests.get(link, timeout=5).json()
    return account.name


def account_of(order, *, refresh=False, at=None):
    if refresh and order.is_open:
        requests.get(order.link, timeout=5)
    elif at is not None:
        requests.get(at, timeout=5)
    return order.account


def opened(order, link=None):
    if link is None:
        return order.account
    return requests.get(link, timeout=5)

# --- what blocks stands beside such a question, or the default asks for it
# shop/pay.py
from shop.bank import account_of, name_of, opened, sent


async def pay(order):
    name_of(order.account)  # QG207
    account_of(order)  # QG207
    opened(order)  # QG207
    return sent(order)  # QG207

# shop/bank.py
import requests
import smtplib
import subprocess
import time


def name_of(account, link=None):
    if link is None:
        link = account.link
    if link:
        return requests.get(link, timeout=5).json()


def account_of(order, refresh=True):
    if refresh:
        time.sleep(5)
    return order.account


def opened(order, link=None):
    if link:
        return order.account
    return subprocess.run(["open", order.link], check=True, timeout=5)


def sent(order, to=None):
    if not to:
        smtplib.SMTP("mail.example", timeout=5)

# --- a parameter of the coroutine itself can be given by anybody
# shop/pay.py
import requests


async def pay(order, link=None):
    if link:
        requests.get(link, timeout=5)  # QG207
    return order

# --- a class overrides what its base would call
# shop/clients.py
import httpx
import requests


class Base:
    def refresh(self, url):
        return self._refresh(url)

    def _refresh(self, url):
        return requests.post(url, timeout=3)


class Sync(Base):
    async def ensure(self, url):
        self.refresh(url)  # QG207


class Async(Base, httpx.AsyncClient):
    async def ensure(self, url):
        await self.refresh(url)

    async def _refresh(self, url):
        return await self.post(url, timeout=3)


class Slow(Base):
    async def ensure(self, url):
        self.refresh(url)  # QG207

    def _refresh(self, url):
        return requests.put(url, timeout=3)

# --- ok: a synchronous task after the answer, and a synchronous dependency, run in a thread
# shop/web.py
from fastapi import BackgroundTasks, Depends, FastAPI
from shop.rates import fetch_rate, rate
from starlette.background import BackgroundTask
from starlette.responses import JSONResponse

app = FastAPI()


@app.post("/orders")
async def order(tasks: BackgroundTasks, rate=Depends(rate)):
    tasks.add_task(fetch_rate, "EUR")
    return rate


async def answer():
    return JSONResponse({}, background=BackgroundTask(fetch_rate, "EUR"))

# shop/rates.py
import requests


def fetch_rate(currency):
    return requests.get(f"https://rates.example/{currency}", timeout=5).json()


def rate():
    return fetch_rate("EUR")
