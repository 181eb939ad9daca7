# --- a task that waits for a child process
import subprocess

from celery import shared_task


@shared_task
def render(order_id):
    subprocess.run(["render", str(order_id)], check=True)  # QG217


@shared_task(bind=True)
def publish(self, order_id):
    child = subprocess.Popen(["publish", str(order_id)])
    child.wait()  # QG217


@shared_task
def sign(order_id):
    child = subprocess.Popen(["sign", str(order_id)])
    return child.communicate(b"go")  # QG217

# --- a route, and a function that a route calls
import asyncio
import queue
from concurrent.futures import ThreadPoolExecutor

from fastapi import FastAPI

app = FastAPI()
pool = ThreadPoolExecutor(4)
done: queue.Queue = queue.Queue(maxsize=10)


@app.get("/rates")
def rates(bank):
    future = pool.submit(bank.rates)
    return future.result()  # QG217


@app.post("/orders")
def order(body: dict):
    return ask(body)


def ask(body):
    done.put(body)
    return done.get()  # QG217


@app.post("/settle")
def settle(body: dict, loop: asyncio.AbstractEventLoop, bank):
    return asyncio.run_coroutine_threadsafe(bank.settle(body), loop).result()  # QG217

# --- a view that waits for another task, a thread or an event
import threading

from celery import shared_task
from django.http import HttpRequest, JsonResponse

ready = threading.Event()


@shared_task
def total(order_id):
    return order_id


def summary(request: HttpRequest):
    answer = total.delay(3)
    return JsonResponse({"total": answer.get()})  # QG217


def report(request: HttpRequest):
    worker = threading.Thread(target=total, args=(3,))
    worker.start()
    worker.join()  # QG217
    ready.wait()  # QG217
    return JsonResponse({})

# --- connections to other machines, wherever they are made
import ftplib
import socket

import paramiko
import psycopg2


class Store:
    def __init__(self, settings):
        self.connection = psycopg2.connect(host=settings.host, dbname="shop")  # QG217

    def fetch(self, host):
        client = paramiko.SSHClient()
        client.connect(host, username="shop")  # QG217
        return client

    def listing(self, host):
        with ftplib.FTP(host) as ftp:  # QG217
            return ftp.nlst()

    def ask(self, host):
        return socket.create_connection((host, 443))  # QG217

# --- a stub that protoc has made, and a lock that nobody frees
import grpc
import redis

from shop.bank_pb2_grpc import BankStub


class Bank:
    def __init__(self, target, store: redis.Redis):
        self.bank = BankStub(grpc.insecure_channel(target))
        self.store = store

    def pay(self, payment):
        with self.store.lock("payments"):  # QG217
            return self.bank.Charge(payment)  # QG217

# --- a stub that has deadlines elsewhere, and one that is never given any
import grpc

from shop import bank_pb2_grpc, post_pb2_grpc

channel = grpc.insecure_channel("shop:50051")
bank = bank_pb2_grpc.BankStub(channel)
post = post_pb2_grpc.PostStub(channel)


def pay(payment):
    bank.Charge(payment, timeout=3)
    return bank.Settle(payment)  # QG217


def send(parcel):
    post.Collect(parcel)  # QG217
    return post.Deliver(parcel)

# --- trap: an interceptor sets the deadline
import grpc

from shop.bank_pb2_grpc import BankStub
from shop.deadlines import default_deadline

bank = BankStub(grpc.intercept_channel(grpc.insecure_channel("bank:50051"), default_deadline))


def pay(payment):
    return bank.Charge(payment)

# --- trap: a deadline of its own or around it
import subprocess

import psycopg2
import redis
from celery import shared_task
from fastapi import FastAPI

from shop.bank_pb2_grpc import BankStub

app = FastAPI()


@shared_task
def render(order_id):
    subprocess.run(["render", str(order_id)], check=True, timeout=60)


@shared_task(time_limit=60)
def publish(order_id):
    subprocess.run(["publish", str(order_id)], check=True)


@app.get("/orders")
def orders(options: dict):
    child = subprocess.Popen(["orders"])
    child.wait(5)
    return subprocess.run(["orders"], **options)


def connect(settings, store: redis.Redis, bank: BankStub):
    psycopg2.connect(settings.dsn)
    psycopg2.connect(host=settings.host, connect_timeout=3)
    psycopg2.connect(**settings.database)
    store.lock("payments", timeout=30)
    bank.Charge(settings.payment, timeout=3)
    for event in bank.Watch(settings.payment):
        print(event)
    events = bank.Follow(settings.payment)
    for event in events:
        print(event)
    psycopg2.connect(host=settings.host, async_=True)

# --- trap: a daemon's own loop, and nobody waits with it
import queue
import subprocess
import threading

jobs: queue.Queue = queue.Queue()


def work():
    while True:
        job = jobs.get()
        job.run()


def build():
    subprocess.run(["make"], check=True)


def start():
    worker = threading.Thread(target=work)
    worker.start()
    worker.join()

# --- trap: a consumer that is started by a task
import queue

from celery import shared_task

jobs: queue.Queue = queue.Queue()


@shared_task
def drain():
    while not jobs.empty():
        jobs.get().run()
    jobs.get(False)
    jobs.get(block=False)

# --- trap: command lines
# path: shop/cli/deploy.py
import subprocess

import psycopg2


def deploy(task):
    subprocess.run(["deploy"], check=True)
    psycopg2.connect(host="db")

# --- trap: futures that are done, things that only look alike
from concurrent.futures import ThreadPoolExecutor, as_completed

from fastapi import FastAPI

app = FastAPI()
pool = ThreadPoolExecutor(4)


@app.get("/rates")
def rates(bank, settings: dict, text: str):
    futures = [pool.submit(bank.rates) for _ in range(3)]
    found = [future.result() for future in as_completed(futures)]
    settings.get("rates")
    return ",".join(found) + text.join(found)

# --- trap: sockets with a default for the whole process
import socket

socket.setdefaulttimeout(10)


def ask(host):
    return socket.create_connection((host, 443))
