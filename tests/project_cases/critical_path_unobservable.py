"""Cases of critical-path-unobservable; see tests/project_cases_of.py for how they are read."""

# --- a handler keeps the failure, and nobody hears of it
# shop/pay.py
import requests


# quality-gate: critical[payments]
def charge(order):  # QG401
    return send(order)


def send(order):
    try:
        answer = requests.post("https://bank.example/charges", timeout=5)
    except requests.ConnectionError:
        order.state = "unknown"
        return None
    return answer.json()

# --- a failure that rises is written down by whoever called
# shop/pay.py
import requests


# quality-gate: critical[payments]
def charge(order):
    return requests.post("https://bank.example/charges", timeout=5).json()

# --- a view whose handler keeps the failure from the framework
# shop/views.py
import flask
import requests

app = flask.Flask(__name__)


# quality-gate: critical[payments]
@app.post("/charges")
def charge():  # QG401
    try:
        answer = requests.post("https://bank.example/charges", timeout=5)
    except requests.ConnectionError:
        return "try again", 503
    return answer.json()

# --- two entry points, one finding each, and one that keeps nothing
# shop/pay.py
import requests


# quality-gate: critical[payments]
def charge(order):  # QG401
    try:
        return requests.post("https://bank.example/charges", timeout=5).json()
    except requests.ConnectionError:
        return None


# quality-gate: critical[payments]
def refund(order):  # QG401
    try:
        return requests.post("https://bank.example/refunds", timeout=5).json()
    except Exception:
        return None


# quality-gate: critical[payments]
def balance():
    return requests.get("https://bank.example/balance", timeout=5).json()

# --- suppressed
# shop/pay.py
from contextlib import suppress

import requests


# quality-gate: critical[payments]
def charge(order):  # QG401
    with suppress(requests.RequestException):
        requests.post("https://bank.example/charges", timeout=5)

# --- a log, far below
# shop/pay.py
import logging

import requests

log = logging.getLogger(__name__)


# quality-gate: critical[payments]
def charge(order):
    return send(order)


def send(order):
    try:
        answer = requests.post("https://bank.example/charges", timeout=5)
    except requests.ConnectionError:
        log.warning("the bank does not answer", exc_info=True)
        order.state = "unknown"
        return None
    return answer.json()

# --- a function of the team's that tells
# shop/pay.py
import requests

from shop.telemetry import track_failure


# quality-gate: critical[payments]
def charge(order):
    try:
        answer = requests.post("https://bank.example/charges", timeout=5)
    except requests.ConnectionError:
        track_failure(order)
        order.state = "unknown"
        return None
    return answer.json()

# shop/telemetry.py
def track_failure(order):
    print(order)

# --- a watcher of the whole service
# shop/pay.py
import requests


# quality-gate: critical[payments]
def charge(order):
    try:
        return requests.post("https://bank.example/charges", timeout=5).json()
    except requests.ConnectionError:
        return None

# shop/settings.py
import sentry_sdk

sentry_sdk.init()

# --- what the framework calls is logged by it
# shop/views.py
import flask
import requests

app = flask.Flask(__name__)


# quality-gate: critical[payments]
@app.post("/charges")
def charge():
    return requests.post("https://bank.example/charges", timeout=5).json()

# --- nothing can fail
# shop/pay.py
# quality-gate: critical[payments]
def total(order):
    return sum(order.lines)

# --- no critical path
# shop/pay.py
import requests


def charge(order):
    try:
        return requests.post("https://bank.example/charges", timeout=5).json()
    except requests.ConnectionError:
        return None

# --- a handler that takes an answer
# shop/pay.py
# quality-gate: critical[payments]
def price(prices, name):
    try:
        return prices[name]
    except KeyError:
        return 0
