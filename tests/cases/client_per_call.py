# --- a route of FastAPI, in `with` and without
import httpx
import requests
from fastapi import APIRouter

router = APIRouter()
BANK = "https://bank.example"


@router.get("/rates")
async def rates():
    async with httpx.AsyncClient(base_url=BANK, timeout=5) as client:  # QG216
        return (await client.get("/rates")).json()


@router.post("/orders")
def order(body: dict):
    http = requests.Session()  # QG216
    http.headers.update(body)
    return http.post(f"{BANK}/orders", json=body, timeout=5).json()

# --- from a literal that has a name of its own
import httpx
from fastapi import APIRouter

from shop import settings

router = APIRouter()


@router.get("/ranks")
async def ranks():
    headers = {"User-Agent": settings.AGENT}
    async with httpx.AsyncClient(headers=headers) as client:  # QG216
        return (await client.get("https://ranks.example")).json()

# --- Django's views, functions and classes
import redis
from django.conf import settings
from django.http import HttpRequest
from django.views import View
from openai import OpenAI


def prices(request: HttpRequest):
    store = redis.Redis.from_url(settings.REDIS_URL)  # QG216
    return store.get("prices")


class Summary(View):
    def get(self, request):
        client = OpenAI(api_key=settings.OPENAI_KEY)  # QG216
        return client.responses.create(model="small", input="sum up")

# --- an engine for every request of Flask
from flask import Flask
from sqlalchemy import create_engine, text

app = Flask(__name__)


@app.route("/orders")
def orders():
    engine = create_engine(app.config["DATABASE"])  # QG216
    with engine.connect() as connection:
        return list(connection.execute(text("select 1")))

# --- in the rounds of a loop, and in a comprehension
import boto3
import grpc


def store(invoices):
    for invoice in invoices:
        s3 = boto3.client("s3", region_name="eu-west-1")  # QG216
        s3.put_object(Bucket="invoices", Key=invoice.name, Body=invoice.text)


def ask(names):
    return [grpc.insecure_channel("bank:50051").unary_unary(f"/bank/{name}") for name in names]  # QG216

# --- through a function of the module that a loop or a route calls
import asyncio

import aiohttp
import pymongo
from fastapi import FastAPI

app = FastAPI()


async def price(pair):
    async with aiohttp.ClientSession() as session:  # QG216
        async with session.get(f"https://rates.example/{pair}") as answer:
            return await answer.json()


async def prices(pairs):
    return await asyncio.gather(*(price(pair) for pair in pairs))  # QG215


def database():
    return pymongo.MongoClient("mongodb://db")["shop"]  # QG216


@app.get("/orders/{key}")
def order(key: str):
    return database().orders.find_one({"_id": key})

# --- trap: made once
from functools import lru_cache

import boto3
import httpx
from fastapi import Depends, FastAPI

client = httpx.Client(base_url="https://bank.example")
app = FastAPI()
_store = None


@lru_cache
def s3():
    return boto3.client("s3")


def store():
    global _store
    if _store is None:
        _store = boto3.client("s3")
    return _store


@app.get("/rates")
def rates():
    s3().list_buckets()
    store().list_buckets()
    return client.get("/rates").json()


@app.post("/start")
def start():
    app.state.http = httpx.AsyncClient()

# --- trap: another one each time
import httpx
from fastapi import APIRouter

router = APIRouter()


@router.get("/hooks/{host}")
async def hook(host: str, token: str):
    async with httpx.AsyncClient(base_url=f"https://{host}", headers={"Authorization": token}) as client:
        return (await client.get("/")).json()


def all_of(tenants):
    for tenant in tenants:
        with httpx.Client(base_url=tenant.url) as client:
            client.post("/ping")

# --- trap: somebody's pool is shared, or none is wanted
import redis
from flask import Flask
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

app = Flask(__name__)
POOL = redis.ConnectionPool()


@app.route("/prices")
def prices():
    create_engine("postgresql://db/shop", poolclass=NullPool).connect()
    return redis.Redis(connection_pool=POOL).get("prices")

# --- trap: a background task, a function nobody here calls, a new one after a failure
import time

import boto3
import httpx
from celery import shared_task


@shared_task
def nightly():
    boto3.client("s3").list_buckets()


def rates():
    with httpx.Client() as client:
        return client.get("https://rates.example").json()


def connect():
    for _ in range(3):
        try:
            client = httpx.Client(base_url="https://bank.example")
            client.get("/health").raise_for_status()
            return client
        except httpx.HTTPError:
            time.sleep(1)

# --- trap: kept by somebody else
import boto3
from fastapi import FastAPI

from shop.storage import Store

app = FastAPI()


@app.get("/orders")
def orders():
    return Store(boto3.client("s3")).orders()


def clients(regions):
    found = {}
    for region in regions:
        found[region] = boto3.client("s3")
    return found
