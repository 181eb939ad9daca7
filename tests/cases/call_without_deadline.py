# --- a function of requests
import requests


def rates():
    return requests.get("https://rates.example").json()  # QG201

# --- a session injected by annotation
import requests


class Bank:
    def __init__(self, http: requests.Session) -> None:
        self._http = http

    def charge(self, payment):
        return self._http.post("https://bank.example/charges", json=payment)  # QG201

# --- a session made in with
from requests import Session


def send(prepared):
    with Session() as http:
        return http.send(prepared)  # QG201

# --- a plain adapter brings retries, no deadline
import requests
from requests.adapters import HTTPAdapter

http = requests.Session()
http.mount("https://", HTTPAdapter(max_retries=1))


def charge(payment):
    return http.post("https://bank.example/charges", json=payment)  # QG201

# --- explicit None, and none for reading
import requests


def rates(url):
    requests.get(url, timeout=None)  # QG201
    requests.get(url, timeout=(3, None))  # QG201

# --- mail, urlopen and http.client of the standard library
import http.client
import smtplib
from urllib.request import urlopen


def send(message):
    with smtplib.SMTP("mail.example", 25) as server:  # QG201
        server.send_message(message)


def fetch(url):
    with urlopen(url) as answer:  # QG201
        return answer.read()


def connect():
    return http.client.HTTPSConnection("bank.example")  # QG201

# --- a pool of urllib3 whose constructor is seen
import urllib3

pool = urllib3.PoolManager(maxsize=10)


def fetch(url):
    return pool.request("GET", url)  # QG201

# --- httpx told to wait for ever: the client once, a call by itself
import httpx


class Rates:
    def __init__(self) -> None:
        self._http = httpx.AsyncClient(base_url="https://rates.example", timeout=None)  # QG201

    async def today(self):
        return await self._http.get("/today")


def once(url):
    return httpx.get(url, timeout=httpx.Timeout(None))  # QG201

# --- aiohttp without any limit
import aiohttp

FOREVER = aiohttp.ClientTimeout(total=None)


async def fetch(url):
    async with aiohttp.ClientSession(timeout=FOREVER) as http:  # QG201
        async with http.get(url) as answer:
            return await answer.text()


async def fetch_slowly(http: aiohttp.ClientSession, url):
    async with http.get(url, timeout=None) as answer:  # QG201
        return await answer.text()

# --- a wait_for without a limit ends nothing
import asyncio

import httpx


async def fetch(http: httpx.AsyncClient):
    return await asyncio.wait_for(http.get("/rates", timeout=None), None)  # QG201

# --- trap: deadlines given in every way
import smtplib
from urllib.request import urlopen

import requests


def all_of_them(http: requests.Session, url, limit, **options):
    requests.get(url, timeout=5)
    http.get(url, timeout=limit)
    http.get(url, **options)
    urlopen(url, None, 5)
    smtplib.SMTP("mail.example", 25, "me.example", 10)

# --- trap: defaults that end, and None that is a default
import aiohttp
import httpx


async def fetch(http: httpx.AsyncClient, url):
    await http.get(url)
    httpx.post(url)
    async with aiohttp.ClientSession(timeout=None) as session:
        await session.get(url)

# --- trap: one limit is a limit
import aiohttp
import httpx

streams = httpx.Client(timeout=httpx.Timeout(5, read=None))
feeds = httpx.Client(timeout=httpx.Timeout(None, connect=5))


async def fetch(url):
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=None, sock_read=60)) as session:
        await session.get(url)

# --- trap: an adapter of the project's own may hold a default
import requests

from shop.http import DeadlineAdapter

http = requests.Session()
http.mount("https://", DeadlineAdapter(timeout=5))


def rates():
    return http.get("https://rates.example")

# --- trap: a session of the project's own, and a partial request
import functools

import requests


class Patient(requests.Session):
    def request(self, method, url, **options):
        options.setdefault("timeout", 5)
        return super().request(method, url, **options)


def rates(http: Patient):
    return http.get("https://rates.example")


def rates_too():
    http = requests.Session()
    http.request = functools.partial(http.request, timeout=5)
    return http.get("https://rates.example")

# --- trap: limited from outside
import asyncio

import httpx


async def fetch(http: httpx.AsyncClient):
    async with asyncio.timeout(5):
        await http.get("/a", timeout=None)
    await asyncio.wait_for(http.get("/b", timeout=None), timeout=5)
    await asyncio.wait_for(slowly(http), 5)


async def slowly(http: httpx.AsyncClient):
    return await http.get("/c", timeout=None)

# --- trap: a time limit of the task
import requests
from celery import shared_task


@shared_task(time_limit=60)
def rates():
    return requests.get("https://rates.example").json()

# --- trap: the socket's default
import smtplib
import socket

socket.setdefaulttimeout(10)


def connect():
    return smtplib.SMTP("mail.example")

# --- trap: a pool of urllib3 with a limit, or made elsewhere
import urllib3

pool = urllib3.PoolManager(timeout=urllib3.Timeout(connect=2, read=5))


def fetch(url):
    return pool.request("GET", url)

# --- trap: a pool made elsewhere
import urllib3


def fetch(pool: urllib3.PoolManager, url):
    return pool.request("GET", url)

# --- trap: run by hand, local data, and other things called get
import requests
from urllib.request import urlopen


def read(options, picture):
    urlopen("data:text/plain,hello")
    return options.get("timeout")


if __name__ == "__main__":
    print(requests.get("https://rates.example").json())

# --- trap: a socket that stays open
import aiohttp


async def listen(url):
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=None)) as http:
        async with http.ws_connect(url) as socket:
            async for message in socket:
                print(message)

# --- trap: a private module that is called requests
from shop import requests


def rates():
    return requests.get("https://rates.example")

# --- trap: an address that holds its own answer
from urllib.request import urlopen


def parse_data_url(url):
    with urlopen(url) as reply:
        return reply.read()


def preview(url):
    if url.startswith("data:"):
        return urlopen(url).read()
    return None

# --- a function that a script calls: a worker begins like that too
from urllib.request import urlopen


def work():
    return urlopen("https://jobs.example/next").read()  # QG201


if __name__ == "__main__":
    work()
