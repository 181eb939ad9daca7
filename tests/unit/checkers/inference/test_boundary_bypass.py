"""QG502: calls of a vendor's client outside declared boundaries."""

from __future__ import annotations

import pytest

NAME = "boundary-bypass"
BOUNDARIES = ("shop.gateways.**",)
OUTSIDE = "shop/views.py"

GOES_ROUND = {
    "a function": "def pay(u):\n    requests.post(u)\n",
    "a session that is handed in": "def pay(u, http: requests.Session):\n    http.post(u)\n",
    "a session of the module": "http = requests.Session()\n\ndef pay(u):\n    return [http.get(one) for one in u]\n",
    "a coroutine": "import aiohttp\n\nasync def pay(u, http: aiohttp.ClientSession):\n    await http.get(u)\n",
    "a method": "class Pay:\n    def pay(self, u):\n        requests.post(u)\n",
}
STAYS = {
    "the same name of something else": "def pay(u, bank):\n    bank.post(u)\n",
    "only its exceptions and types": "def pay(u) -> requests.Session:\n    raise requests.Timeout(u)\n",
    "a cache": "import redis\n\ndef pay(u, cache: redis.Redis):\n    cache.get(u)\n",
    "Python's own": "import urllib.request\n\ndef pay(u):\n    urllib.request.urlopen(u)\n",
    "a framework's database, though its mail is a vendor's": "from django.db import models\n\nclass Order(models.Model): ...\n\ndef pay():\n    Order.objects.get(id=7)\n",
    "a gateway": "from shop.gateways import bank\n\ndef pay(u):\n    bank.post(u)\n",
}


@pytest.mark.parametrize("title", GOES_ROUND)
def test_a_call_goes_round_the_boundary(hits, installed, title):
    ((_, message),) = hits(NAME, f"import requests\n{GOES_ROUND[title]}", OUTSIDE, BOUNDARIES)
    assert "and shop.views is no declared boundary" in message


@pytest.mark.parametrize("title", STAYS)
def test_what_is_no_vendors_client_is_left_alone(hits, installed, title):
    assert hits(NAME, f"import requests\n{STAYS[title]}", OUTSIDE, BOUNDARIES) == []


@pytest.mark.parametrize("path", ["shop/gateways/bank.py", "tests/test_pay.py"])
def test_boundaries_and_tests_may_call(hits, installed, path):
    assert hits(NAME, f"import requests\n{GOES_ROUND['a function']}", path, BOUNDARIES) == []


def test_a_boundary_is_known_by_its_path_too(hits, installed):
    source = f"import requests\n{GOES_ROUND['a function']}"
    assert hits(NAME, source, "shop/gateways/bank.py", BOUNDARIES, module="bank") == []


def test_without_declared_boundaries_it_is_silent(hits, installed):
    assert hits(NAME, f"import requests\n{GOES_ROUND['a function']}", OUTSIDE) == []


def test_a_function_has_one_finding_for_each_vendor_at_its_first_call(hits, installed):
    source = "import requests, aiohttp\n\nasync def pay(u, http: aiohttp.ClientSession):\n    requests.get(u)\n    requests.post(u)\n    await http.get(u)\n"
    assert [line for line, _ in hits(NAME, source, OUTSIDE, BOUNDARIES)] == [4, 6]


def test_a_function_inside_another_has_its_own(hits, installed):
    source = "import requests\n\ndef pay(u):\n    def again():\n        requests.post(u)\n    return again\n"
    assert len(hits(NAME, source, OUTSIDE, BOUNDARIES)) == 1
