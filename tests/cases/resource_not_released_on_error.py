# --- locks of every kind
import asyncio
import threading


class Ledger:
    def __init__(self):
        self._lock = threading.Lock()
        self._few = asyncio.Semaphore(3)

    def book(self, order):
        self._lock.acquire()  # QG213
        if order is None:
            raise ValueError("no order")
        self._write(order)
        self._lock.release()

    async def settle(self, order):
        await self._few.acquire()  # QG213
        await order.settle()
        self._few.release()

    def refresh(self):
        if self._lock.acquire(blocking=False):  # QG213
            self._write(None)
            self._lock.release()

    def _write(self, order):
        print(order)

# --- what a pool lends
import asyncpg
from psycopg2.pool import ThreadedConnectionPool


class Orders:
    def __init__(self, pool: ThreadedConnectionPool):
        self.pool = pool

    def paid(self):
        connection = self.pool.getconn()  # QG213
        with connection.cursor() as cursor:
            cursor.execute("select 1")
        self.pool.putconn(connection)


async def open_orders(pool: asyncpg.Pool):
    connection = await pool.acquire()  # QG213
    found = await connection.fetch("select 1")
    await pool.release(connection)
    return found

# --- connections, sessions and clients that are closed at the end
import aiohttp
import psycopg2
from sqlalchemy import create_engine, text
from sqlalchemy.orm import sessionmaker

engine = create_engine("postgresql://db/shop")
Session = sessionmaker(engine)


def count(dsn):
    connection = psycopg2.connect(dsn, connect_timeout=3)  # QG213
    cursor = connection.cursor()
    cursor.execute("select count(*) from orders")
    found = cursor.fetchone()
    connection.close()
    return found


def paid():
    session = Session()  # QG213
    found = session.execute(text("select 1")).all()
    session.close()
    return found


async def rates(urls):
    http = aiohttp.ClientSession()  # QG213
    found = [await http.get(url) for url in urls]
    await http.close()
    return found

# --- a span, which is lost with the very step that failed
def settle(tracer, order):
    span = tracer.start_span("settle")  # QG213
    span.set_attribute("order", order.id)
    order.settle()
    span.end()


def look(tracer, order):
    span = tracer.start_span("look")
    span.set_attribute("order", order.id)
    span.end()

# --- temporary files and directories
import os
import shutil
import tempfile


def invoice(render, order):
    handle, path = tempfile.mkstemp(suffix=".pdf")  # QG213
    os.close(handle)
    render(order, path)
    os.unlink(path)


def archive(orders, pack):
    folder = tempfile.mkdtemp()  # QG213
    pack(orders, folder)
    shutil.rmtree(folder)


def upload(store, text):
    file = tempfile.NamedTemporaryFile(delete=False)  # QG213
    store.send(file.name, text)
    os.remove(file.name)

# --- a failure that leaves before the release is reached
import threading

lock = threading.Lock()


def book(ledger, order):
    lock.acquire()  # QG213
    try:
        ledger.book(order)
    except Exception as failure:
        raise RuntimeError("not booked") from failure
    lock.release()

# --- trap: given back whatever happens
import tempfile
import shutil
import threading
from contextlib import ExitStack, closing

import psycopg2

lock = threading.Lock()


def book(ledger, order):
    lock.acquire()
    try:
        ledger.book(order)
    finally:
        lock.release()


def archive(orders, pack):
    folder = tempfile.mkdtemp()
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, folder)
        pack(orders, folder)
        shutil.rmtree(folder)


def count(dsn):
    connection = psycopg2.connect(dsn, connect_timeout=3)
    with closing(connection):
        connection.cursor().execute("select 1")
    connection.close()


def paid(dsn):
    connection = psycopg2.connect(dsn, connect_timeout=3)
    try:
        connection.cursor().execute("select 1")
    except Exception:
        connection.close()
        raise
    connection.close()

# --- trap: somebody else gives it back
import psycopg2
from psycopg2.pool import ThreadedConnectionPool


class Orders:
    def __init__(self, pool: ThreadedConnectionPool):
        self.pool = pool

    def connect(self, dsn):
        connection = psycopg2.connect(dsn, connect_timeout=3)
        if not self.is_alive(connection):
            connection.close()
            return None
        return connection

    def is_alive(self, connection):
        return connection.closed == 0

    def __enter__(self):
        connection = self.pool.getconn()
        self.held = connection
        connection.set_session(readonly=True)
        self.pool.putconn(connection)

# --- trap: nothing in between can fail, or its failure is caught
import threading

lock = threading.Lock()
count = 0


def add(seen, key):
    lock.acquire()
    seen[key] = len(seen)
    lock.release()


def book(ledger, order, log):
    lock.acquire()
    try:
        ledger.book(order)
    except Exception:
        log.exception("not booked")
    lock.release()


def choose(ledger, other):
    if other is None:
        lock.acquire()
    else:
        ledger.book(other)
    lock.release()

# --- trap: what CPython closes by itself, and a program that ends
# path: shop/cli/report.py
import socket
import threading

lock = threading.Lock()


def ask(host):
    connection = socket.create_connection((host, 443), timeout=3)
    connection.sendall(b"hello")
    connection.close()


def book(ledger, order):
    lock.acquire()
    ledger.book(order)
    lock.release()

# --- trap: sockets and files
import socket
import sqlite3


def ask(host):
    connection = socket.create_connection((host, 443), timeout=3)
    connection.sendall(b"hello")
    connection.close()


def count(path):
    connection = sqlite3.connect(path)
    found = connection.execute("select 1").fetchone()
    connection.close()
    return found
