# --- a dropped future of an injected executor
from concurrent.futures import Executor


class Worker:
    def __init__(self, pool: Executor, mail) -> None:
        self._pool = pool
        self._mail = mail

    def order_paid(self, order):
        self._pool.submit(self._mail.send, order)  # QG204

# --- a dropped map, and a list that nobody reads
from concurrent.futures import ThreadPoolExecutor


def publish_all(warehouse, events):
    with ThreadPoolExecutor() as pool:
        pool.map(warehouse.publish, events)  # QG204
        futures = [pool.submit(warehouse.publish, event) for event in events]  # QG204

# --- the work stands here and handles nothing
from concurrent.futures import ThreadPoolExecutor

pool = ThreadPoolExecutor()


def order_paid(order):
    pool.submit(deliver, order)  # QG204


def deliver(order):
    order.warehouse.deliver(order)
    order.customer.tell(order)

# --- tasks that are dropped or kept where nobody asks
import asyncio


async def order_paid(mail, order):
    asyncio.create_task(mail.send(order))  # QG204
    task = asyncio.ensure_future(mail.send(order))  # QG204
    loop = asyncio.get_running_loop()
    loop.create_task(mail.send(order))  # QG204
    loop.run_in_executor(None, mail.send_slowly, order)  # QG204

# --- a loop in the background that dies unseen
import asyncio


class Prices:
    def __init__(self, source) -> None:
        self._source = source
        self._refreshing = None

    def start(self):
        self._refreshing = asyncio.create_task(self._refresh())  # QG204

    def stop(self):
        if self._refreshing is not None and not self._refreshing.done():
            self._refreshing.cancel()

    async def _refresh(self):
        while True:
            await asyncio.sleep(60)
            await self._source.read()

# --- answers of a gather that nobody looks at
import asyncio


async def settle_all(bank, days):
    await asyncio.gather(*(bank.settle(day) for day in days), return_exceptions=True)  # QG204


async def settle_both(bank, ledger):
    tasks = [bank.settle()]
    tasks.append(ledger.settle())
    await asyncio.gather(*tasks, return_exceptions=True)  # QG204

# --- a thread that calls another machine
import threading

import requests


def start():
    threading.Thread(target=refresh, daemon=True).start()  # QG204


def refresh():
    store(requests.get("https://rates.example", timeout=5).json())


def store(rates):
    print(rates)

# --- trap: somebody looks
import asyncio
from concurrent.futures import ThreadPoolExecutor, as_completed

pool = ThreadPoolExecutor()


def report(done):
    print(done.exception())


def order_paid(mail, order):
    pool.submit(mail.send, order).add_done_callback(report)
    futures = [pool.submit(mail.send, copy) for copy in order.copies]
    for future in as_completed(futures):
        future.result()
    return list(pool.map(mail.send, order.copies))


async def settle_all(bank, days):
    answers = await asyncio.gather(*map(bank.settle, days), return_exceptions=True)
    task = asyncio.create_task(bank.settle(days[0]))
    await task
    return answers

# --- trap: the work answers for itself
import asyncio
import functools
import logging
import threading
from concurrent.futures import ThreadPoolExecutor

import requests

log = logging.getLogger(__name__)
pool = ThreadPoolExecutor()


def order_paid(order):
    pool.submit(deliver, order)
    pool.submit(functools.partial(deliver, order))
    pool.submit(lambda: deliver(order))
    threading.Thread(target=refresh).start()


def deliver(order):
    with order.lock:
        try:
            order.warehouse.deliver(order)
        except Exception:
            log.exception("order %s not delivered", order.id)


def refresh():
    while True:
        try:
            requests.get("https://rates.example", timeout=5)
        except requests.RequestException:
            log.exception("no rates")


async def start(order):
    asyncio.create_task(run(order))


async def run(order):
    await run_safely(order)


async def run_safely(order):
    try:
        await order.run()
    except Exception:
        log.exception("order %s stopped", order.id)

# --- trap: a decorator that may handle it
from concurrent.futures import ThreadPoolExecutor

from shop.errors import logged

pool = ThreadPoolExecutor()


def order_paid(order):
    pool.submit(deliver, order)


@logged
def deliver(order):
    order.warehouse.deliver(order)

# --- trap: parting
import asyncio


class Prices:
    async def aclose(self):
        await asyncio.gather(self._reader.drain(), self._writer.drain(), return_exceptions=True)

    async def restart(self, tasks):
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def prune(self, connections):
        await asyncio.gather(*(one.close_socket() for one in connections), return_exceptions=True)

# --- trap: those who have left do not answer
import asyncio


async def announce(listeners, price):
    await asyncio.gather(*(listener.send_json(price) for listener in listeners), return_exceptions=True)

# --- trap: tasks that are looked at later
import asyncio


async def settle_all(bank, days):
    tasks = [asyncio.create_task(bank.settle(day)) for day in days]
    await asyncio.gather(*tasks, return_exceptions=True)
    for task in tasks:
        if task.exception():
            raise task.exception()

# --- trap: a task group, a kept task that is awaited, a form that is submitted
import asyncio


class Prices:
    async def start(self, source, form):
        async with asyncio.TaskGroup() as group:
            group.create_task(source.read())
        self._task = asyncio.create_task(source.read())
        form.submit(source)

    async def stop(self):
        await self._task

# --- trap: work that has nothing to fail, or nothing left to break
import asyncio
import threading


async def stop(server, pool):
    asyncio.create_task(asyncio.sleep(1))
    asyncio.create_task(server.close())


def watch(prices):
    threading.Thread(target=count, args=(prices,)).start()


def count(prices):
    print(len(prices))

# --- trap: a helper that is handed its work
import asyncio
from concurrent.futures import Executor


def start(pool: Executor, work, order):
    pool.submit(work, order)


async def start_soon(coroutine):
    asyncio.create_task(coroutine)

# --- trap: a failure that is logged before it goes up, and work that only keeps books
import asyncio
import logging

log = logging.getLogger(__name__)


class Prices:
    def start(self):
        self._refreshing = asyncio.create_task(self._refresh())
        asyncio.create_task(self._count())

    def stop(self):
        self._refreshing.cancel()

    async def _refresh(self):
        while True:
            try:
                await self.source.read()
            except ConnectionError:
                log.exception("prices are not refreshed any more")
                raise

    async def _count(self):
        self.starts.add(self.name)

# --- trap: a loop over a method of the same class that handles its failures
import asyncio
import logging

log = logging.getLogger(__name__)


class Rates:
    def __init__(self, bank, seconds):
        self.bank = bank
        self.seconds = seconds

    async def start(self):
        asyncio.create_task(self._refresh_for_ever())

    async def _refresh_for_ever(self):
        while True:
            await self._refresh()
            await asyncio.sleep(self.seconds)

    async def _refresh(self):
        try:
            self.rates = await self.bank.rates()
        except Exception:
            log.exception("rates are stale")

# --- trap: two methods of the same class, both of which handle their failures
import logging
from concurrent.futures import ThreadPoolExecutor

log = logging.getLogger(__name__)
pool = ThreadPoolExecutor()


class Days:
    def end_day(self, day):
        pool.submit(self._end, day)

    def _end(self, day):
        self._settle(day)
        self._report(day)

    def _settle(self, day):
        try:
            self.bank.settle(day)
        except Exception:
            log.exception("%s not settled", day)

    def _report(self, day):
        try:
            self.mail.send(day)
        except Exception:
            log.exception("%s not reported", day)

# --- one of the methods that it calls handles nothing
import asyncio
import logging

log = logging.getLogger(__name__)


class Rates:
    async def start(self):
        asyncio.create_task(self._refresh_for_ever())  # QG204

    async def _refresh_for_ever(self):
        while True:
            await self._refresh()
            await self._publish()
            await asyncio.sleep(60)

    async def _refresh(self):
        try:
            self.rates = await self.bank.rates()
        except Exception:
            log.exception("rates are stale")

    async def _publish(self):
        await self.queue.put(self.rates)

# --- the method that it calls handles nothing, and calls it again
import asyncio


class Rates:
    async def start(self):
        asyncio.create_task(self._refresh())  # QG204

    async def _refresh(self):
        self.rates = await self.bank.rates()
        await self._again()

    async def _again(self):
        await asyncio.sleep(60)
        await self._refresh()
