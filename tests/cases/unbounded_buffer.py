# --- queues that routes, views and tasks fill
import asyncio
import queue

from celery import shared_task
from fastapi import FastAPI

app = FastAPI()
jobs = queue.Queue()  # QG214
events: asyncio.Queue = asyncio.Queue(maxsize=0)  # QG214
mails = queue.SimpleQueue()  # QG214


@app.post("/orders")
def order(body: dict):
    jobs.put(body)


@app.post("/events")
async def event(body: dict):
    events.put_nowait(body)


@shared_task
def mail(address):
    mails.put(address)

# --- what a request leaves behind for ever
from collections import defaultdict, deque

from django.http import HttpRequest, JsonResponse

seen = {}  # QG214
visits = defaultdict(int)
last = deque()  # QG214
keys = set()  # QG214


def summary(request: HttpRequest, key: str):
    seen[key] = request.user
    last.append(request.path)
    remember(key)
    return JsonResponse({"seen": len(seen), "visits": visits[key]})


def remember(key):
    keys.add(key)

# --- a queue between a function of the module and its worker
import asyncio

notices: asyncio.Queue[str] = asyncio.Queue()  # QG214


def tell(text):
    notices.put_nowait(text)


async def work(mail):
    while True:
        await mail.send(await notices.get())

# --- a class of views fills it
from django.views import View

ANSWERS = {}  # QG214


class Answer(View):
    def get(self, request, key):
        if key not in ANSWERS:
            ANSWERS[key] = key.upper()
        return ANSWERS[key]

# --- caches without end
from functools import cache, lru_cache

from fastapi import FastAPI

app = FastAPI()


@cache  # QG214
def shout(name):
    return name.upper()


@lru_cache(maxsize=None)  # QG214
def whisper(name):
    return name.lower()


@app.get("/names/{name}")
def names(name: str):
    return [shout(name), whisper(name)]

# --- trap: bounded
import queue
from collections import deque
from functools import cache, lru_cache

from fastapi import FastAPI

app = FastAPI()
jobs = queue.Queue(1000)
events = queue.Queue(maxsize=100)
last = deque(maxlen=50)
last_two = deque((), 2)


@lru_cache(maxsize=128)
def shout(name):
    return name.upper()


@cache
def settings():
    return {}


@cache
def rate(currency):
    return len(currency)


@app.post("/orders/{name}")
def order(body: dict, name: str):
    jobs.put(body)
    events.put(body)
    last.append(body)
    last_two.append(body)
    return [shout(name), settings(), rate("EUR")]

# --- trap: somebody takes out what went in
from fastapi import FastAPI

app = FastAPI()
seen = {}
waiting = []
known = set()
rows = []


@app.post("/orders/{key}")
def order(key: str, body: dict):
    seen[key] = body
    waiting.append(body)
    known.add(key)
    rows.append(body)


def forget(key):
    del seen[key]


def work():
    while waiting:
        waiting.pop()
    known.clear()
    rows[:] = rows[-10:]

# --- trap: filled at import, or by what nobody calls for a request
import queue

from flask import Flask

app = Flask(__name__)
handlers = {}
stopped = queue.Queue()
plugins = []
stopped.put(None)


def handler(name):
    def register(function):
        handlers[name] = function
        return function

    return register


def start(job):
    plugins.append(job)


def run(job):
    answers = queue.Queue()
    answers.put(job)
    return answers.get()


@app.route("/plugins")
def listing():
    found = []
    found.append(len(plugins))
    return found

# --- trap: a key that is always the same, and a name that only looks alike
from flask import Flask

app = Flask(__name__)
state = {}
found = []


@app.route("/ready")
def ready():
    state["ready"] = True
    return "yes"


@app.route("/search")
def search(words):
    found = []
    for word in words:
        found.append(word)
    return found
