# --- gather over what a caller hands in, the client injected
import asyncio

import httpx


class Prices:
    def __init__(self, http: httpx.AsyncClient):
        self.http = http

    async def one(self, sku):
        return (await self.http.get(f"/prices/{sku}")).json()

    async def all(self, skus):
        return await asyncio.gather(*(self.one(sku) for sku in skus))  # QG215

    async def direct(self, skus):
        return await asyncio.gather(*[self.http.get(f"/prices/{sku}") for sku in skus])  # QG215

    async def mapped(self, skus):
        return await asyncio.gather(*map(self.one, set(skus)))  # QG215

# --- tasks that are collected first
import asyncio

import aiohttp


async def send(session: aiohttp.ClientSession, event):
    async with session.post("https://hooks.example", json=event) as answer:
        answer.raise_for_status()


async def send_all(session: aiohttp.ClientSession, events):
    tasks = []
    for event in events:
        tasks.append(asyncio.create_task(send(session, event)))
    await asyncio.gather(*tasks)  # QG215


async def send_both(session: aiohttp.ClientSession, queue):
    tasks = [asyncio.create_task(send(session, event)) for event in await queue.all()]
    await asyncio.wait(tasks)  # QG215

# --- work that stands elsewhere and is handed the client
import asyncio

import httpx

from shop.hooks import deliver


async def deliver_all(subscribers, event):
    async with httpx.AsyncClient() as client:
        await asyncio.gather(*(deliver(client, subscriber, event) for subscriber in subscribers))  # QG215

# --- trap: the attachments of one message
import asyncio

import httpx


async def fetch(client: httpx.AsyncClient, url):
    return (await client.get(url)).content


async def fetch_all(client: httpx.AsyncClient, message):
    return await asyncio.gather(*(fetch(client, found.url) for found in message.attachments))

# --- a task group in a loop
import asyncio

import redis.asyncio


async def forget(store: redis.asyncio.Redis, key):
    await store.delete(key)


async def forget_all(store: redis.asyncio.Redis, keys):
    async with asyncio.TaskGroup() as group:
        for key in keys:
            group.create_task(forget(store, key))  # QG215

# --- as many threads as there are things
from concurrent.futures import ThreadPoolExecutor

import requests


def fetch(url):
    return requests.get(url, timeout=5)


def fetch_all(urls):
    with ThreadPoolExecutor(max_workers=len(urls)) as pool:  # QG215
        return list(pool.map(fetch, urls))

# --- trap: a semaphore, wherever it is held
import asyncio

import httpx

few = asyncio.Semaphore(5)


async def price(client: httpx.AsyncClient, sku):
    async with few:
        return (await client.get(f"/prices/{sku}")).json()


async def prices(client: httpx.AsyncClient, skus):
    return await asyncio.gather(*(price(client, sku) for sku in skus))

# --- trap: the client has a limit of its own
import asyncio

import httpx

client = httpx.AsyncClient(limits=httpx.Limits(max_connections=10))


async def price(sku):
    return (await client.get(f"/prices/{sku}")).json()


async def prices(skus):
    return await asyncio.gather(*(price(sku) for sku in skus))

# --- trap: few of them, or a part at a time
import asyncio

import httpx

HOSTS = ("a.example", "b.example")


async def price(client: httpx.AsyncClient, sku):
    return (await client.get(f"/prices/{sku}")).json()


async def prices(client: httpx.AsyncClient, skus):
    await asyncio.gather(*(price(client, host) for host in HOSTS))
    await asyncio.gather(price(client, "a"), price(client, "b"))
    await asyncio.gather(*(price(client, number) for number in range(5)))
    for start in range(0, len(skus), 10):
        await asyncio.gather(*(price(client, sku) for sku in skus[start : start + 10]))
    names = ["rates", "fees"]
    await asyncio.gather(*(price(client, name) for name in names))


async def in_batches(client: httpx.AsyncClient, batch):
    await asyncio.gather(*(price(client, sku) for sku in batch))

# --- trap: nothing leaves the machine, or nothing here tells
import asyncio
from concurrent.futures import ThreadPoolExecutor

import requests

from shop.bank import settle


async def total(order):
    return sum(line.price for line in order.lines)


async def totals(orders):
    await asyncio.gather(*(settle(order) for order in orders))
    return await asyncio.gather(*(total(order) for order in orders))


def fetch_all(urls):
    with ThreadPoolExecutor(max_workers=8) as pool:
        return list(pool.map(requests.get, urls))

# --- tasks that have a name before they are collected
import asyncio

import aiohttp


async def price(session: aiohttp.ClientSession, sku):
    async with session.get(f"/prices/{sku}") as answer:
        return await answer.json()


async def prices(session: aiohttp.ClientSession, skus):
    tasks: list[asyncio.Task] = []
    for sku in skus:
        task = asyncio.create_task(price(session, sku))
        tasks.append(task)
    return await asyncio.gather(*tasks)  # QG215

# --- trap: what is collected may be one thing or another
import asyncio

import aiohttp


async def price(session: aiohttp.ClientSession, sku):
    async with session.get(f"/prices/{sku}") as answer:
        return await answer.json()


async def prices(session: aiohttp.ClientSession, skus, known):
    tasks = []
    for sku in skus:
        task = asyncio.create_task(price(session, sku))
        if sku in known:
            task = asyncio.create_task(known[sku])
        tasks.append(task)
    return await asyncio.gather(*tasks)

# --- trap: so many workers, each of which takes one piece of work after the other
import asyncio

import httpx


async def work(client: httpx.AsyncClient, skus):
    while skus:
        await client.get(f"/prices/{skus.pop()}")


async def prices(client: httpx.AsyncClient, skus, workers):
    tasks = []
    for _ in range(workers):
        tasks.append(asyncio.create_task(work(client, skus)))
    await asyncio.gather(*tasks)

# --- as many workers as there is work
import asyncio

import httpx


async def work(client: httpx.AsyncClient, skus):
    await client.get(f"/prices/{skus.pop()}")


async def prices(client: httpx.AsyncClient, skus):
    await asyncio.gather(*(work(client, skus) for _ in range(len(skus))))  # QG215
