"""Cases of network-reachable-in-unit-test; see tests/project_cases_of.py for how they are read."""

# --- through a function of the project
# tests/test_rates.py
from shop.rates import euro


def test_euro():
    assert euro(100) > 0  # QG340

# shop/rates.py
import requests


def euro(cents):
    answer = requests.get("https://rates.example/eur", timeout=5)
    return cents * answer.json()["rate"]

# --- a method of a class that is made in the test
# tests/test_rates.py
from shop.rates import Rates


class TestRates:
    def test_euro(self):
        assert Rates().euro(100) > 0  # QG340

# shop/rates.py
import httpx


class Rates:
    def euro(self, cents):
        return cents * httpx.get("https://rates.example/eur").json()["rate"]

# --- urlopen
# tests/test_rates.py
from shop.rates import euro


def test_euro():
    assert euro(100) > 0  # QG340

# shop/rates.py
import json
from urllib.request import urlopen


def euro(cents):
    return cents * json.loads(urlopen("https://rates.example/eur", timeout=5).read())["rate"]

# --- the test asks by itself
# tests/test_up.py
import requests


def test_up():
    assert requests.get("https://shop.example/health", timeout=5).ok  # QG340

# --- something stands in
# tests/test_rates.py
import requests

from shop.rates import euro


def test_euro(monkeypatch):
    monkeypatch.setattr(requests, "get", lambda *args, **kwargs: {"rate": 2})
    assert euro(100) == 200

# shop/rates.py
import requests


def euro(cents):
    return cents * requests.get("https://rates.example/eur", timeout=5)["rate"]

# --- a fixture of a conftest above stands in
# tests/shop/test_rates.py
from shop.rates import euro


def test_euro():
    assert euro(100) == 200

# tests/conftest.py
import pytest
import requests


@pytest.fixture(autouse=True)
def no_network(monkeypatch):
    monkeypatch.delattr(requests, "get")

# shop/rates.py
import requests


def euro(cents):
    return cents * requests.get("https://rates.example/eur", timeout=5).json()["rate"]

# --- a client that is handed in
# tests/test_rates.py
from shop.rates import euro


class Answering:
    def get(self, url, timeout):
        return {"rate": 2}


def test_euro():
    assert euro(100, Answering()) == 200

# shop/rates.py
import requests


def euro(cents, http: requests.Session):
    return cents * http.get("https://rates.example/eur", timeout=5)["rate"]

# --- only under a condition
# tests/test_rates.py
from shop.rates import euro


def test_euro():
    assert euro(100) == 100

# shop/rates.py
import requests

ASK = False


def euro(cents):
    if not ASK:
        return cents
    return cents * requests.get("https://rates.example/eur", timeout=5).json()["rate"]

# --- a suite that means to ask
# tests/integration/test_rates.py
from shop.rates import euro


def test_euro():
    assert euro(100) > 0

# shop/rates.py
import requests


def euro(cents):
    return cents * requests.get("https://rates.example/eur", timeout=5).json()["rate"]

# --- far away, where much may keep it from being made
# tests/test_orders.py
from shop.orders import place


def test_place():
    assert place(100) == 100

# shop/orders.py
from shop.rates import euro


def place(cents):
    return euro(cents) if cents > 1000 else cents

# shop/rates.py
import requests


def euro(cents):
    return cents * requests.get("https://rates.example/eur", timeout=5).json()["rate"]
