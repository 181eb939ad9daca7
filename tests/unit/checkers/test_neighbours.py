"""The ladder over several modules: what an imported name leads to, and what an answer stands on.

Every `shop/pay.py` calls `.probe()` on something; the expectation is what it belongs to, as in test_names.py.
"""

from __future__ import annotations

import ast

import pytest

from quality_gate_checkers.model import Module, parse
from quality_gate_checkers.model.module import dotted_name
from quality_gate_checkers.model.neighbours import Neighbours
from quality_gate_checkers.model.outside import Outside
from quality_gate_checkers.settings import Settings

PAY = "shop/pay.py"


class Project:
    """Modules by path; `pay` is the module that asks."""

    def __init__(self, **sources: str) -> None:
        self.sources = {f"shop/{name.replace('__in__', '__init__')}.py": text for name, text in sources.items()}
        self.read: list[str] = []
        self.neighbours = Neighbours({dotted_name(path): path for path in self.sources}, self._read)

    def _read(self, path: str, outside: Outside) -> Module | None:
        self.read.append(path)
        try:
            return self._module(path, outside)
        except SyntaxError:
            return None

    def _module(self, path: str, outside: Outside) -> Module:
        return Module(path, self.sources[path], ast.parse(self.sources[path]), Settings(), outside=outside)

    def probe(self) -> str | None:
        module = self._module(PAY, self.neighbours.seen_from(PAY))
        (call,) = [
            call
            for call in module.nodes(ast.Call)
            if isinstance(call.func, ast.Attribute) and call.func.attr == "probe"
        ]
        found = module.names.callee(call)
        return found.removesuffix(".probe") if found else None


SESSION = "import requests\nsession = requests.Session()\n"
CLIENT = "import requests\nclass Client(requests.Session):\n    def own(self): ...\n"

CASES = {
    "an instance": ({"http": SESSION}, "from shop.http import session\nsession.probe()", "requests.Session"),
    "an instance, through its module": (
        {"http": SESSION},
        "from shop import http\nhttp.session.probe()",
        "requests.Session",
    ),
    "an instance, by the module's whole name": (
        {"__in__": "", "http": SESSION},
        "import shop.http\nshop.http.session.probe()",
        "requests.Session",
    ),
    "an instance, relative": ({"http": SESSION}, "from .http import session\nsession.probe()", "requests.Session"),
    "an instance that is passed on": (
        {"http": SESSION, "__in__": "from shop.http import session as web\n"},
        "from shop import web\nweb.probe()",
        "requests.Session",
    ),
    "an instance by another name": (
        {"http": SESSION, "web": "from shop import http\nweb = http.session\n"},
        "from shop.web import web\nweb.probe()",
        "requests.Session",
    ),
    "an annotated one": (
        {"http": "import redis\ncache: redis.Redis = make()\n"},
        "from shop.http import cache\ncache.probe()",
        "redis.Redis",
    ),
    "a library, passed on": (
        {"compat": "try:\n    import httpx\nexcept ImportError:\n    httpx = None\n"},
        "from shop.compat import httpx\nhttpx.probe()",
        "httpx",
    ),
    "a class of a library, inherited": (
        {"http": CLIENT},
        "from shop.http import Client\nClient().probe()",
        "requests.Session",
    ),
    "its annotation": (
        {"http": CLIENT},
        "from shop.http import Client\ndef f(client: Client): client.probe()",
        "requests.Session",
    ),
    "its own method stays its own": (
        {"http": CLIENT.replace("own", "probe")},
        "from shop.http import Client\nClient().probe()",
        "shop.http.Client",
    ),
    "inherited twice over": (
        {"http": CLIENT, "bank": "from shop.http import Client\nclass Bank(Client): ...\n"},
        "from shop.bank import Bank\nBank().probe()",
        "requests.Session",
    ),
    "inherited by a class of one's own": (
        {"http": CLIENT},
        "from shop.http import Client\nclass Bank(Client):\n    def f(self): self.probe()",
        "requests.Session",
    ),
    "what a function gives": (
        {"http": "from redis import Redis\ndef cache() -> Redis | None: ...\n"},
        "from shop.http import cache\ncache().probe()",
        "redis.Redis",
    ),
    "what a method gives": (
        {"http": "from redis import Redis\nclass Pool:\n    def get(self) -> Redis: ...\npool = Pool()\n"},
        "from shop.http import pool\npool.get().probe()",
        "redis.Redis",
    ),
    "what a context manager gives": (
        {
            "http": "from contextlib import contextmanager\nfrom typing import Iterator\nfrom redis import Redis\n"
            "@contextmanager\ndef cache() -> Iterator[Redis]: ...\n"
        },
        "from shop.http import cache\nwith cache() as held: held.probe()",
        "redis.Redis",
    ),
    "an attribute of a class": (
        {"http": "import redis\nclass Bank:\n    def __init__(self): self.cache = redis.Redis()\n"},
        "from shop.http import Bank\ndef f(bank: Bank): bank.cache.probe()",
        "redis.Redis",
    ),
    "an attribute that a base sets": (
        {"http": "import redis\nclass Bank:\n    def __init__(self, cache: redis.Redis): self.cache = cache\n"},
        "from shop.http import Bank\nclass Own(Bank):\n    def f(self): self.cache.probe()",
        "redis.Redis",
    ),
    "nobody tells": (
        {"http": "session = make()\n"},
        "from shop.http import session\nsession.probe()",
        "shop.http.session",
    ),
    "two answers are none": (
        {"http": SESSION + "session = object()\n"},
        "from shop.http import session\nsession.probe()",
        "shop.http.session",
    ),
    "a name that is not there": ({"http": ""}, "from shop.http import session\nsession.probe()", "shop.http.session"),
    "a module that is not there": ({}, "from shop.gone import session\nsession.probe()", "shop.gone.session"),
    "a module that does not parse": (
        {"http": "def ("},
        "from shop.http import session\nsession.probe()",
        "shop.http.session",
    ),
    "a library": ({"requests": "get = 1\n"}, "import requests\nrequests.probe()", "requests"),
    "modules that pass a name round": (
        {"a": "from shop.b import x\n", "b": "from shop.a import x\n"},
        "from shop.a import x\nx.probe()",
        "shop.a.x",
    ),
    "classes that inherit from each other": (
        {"a": "from shop.b import B\nclass A(B): ...\n", "b": "from shop.a import A\nclass B(A): ...\n"},
        "from shop.a import A\nA().probe()",
        "shop.a.A",
    ),
}


@pytest.mark.parametrize(("others", "pay", "wanted"), CASES.values(), ids=CASES)
def test_where_an_import_leads(others, pay, wanted):
    assert Project(pay=pay, **others).probe() == wanted


def test_only_what_is_asked_is_read_and_once():
    project = Project(pay="from shop.http import session\nsession.probe()", http=SESSION, other="import shop.http\n")
    project.probe()
    project.probe()
    assert project.read == ["shop/http.py"]


def test_few_modules_stay_read(monkeypatch):
    monkeypatch.setattr("quality_gate_checkers.model.neighbours.MOST_HELD", 2)
    project = Project(pay="", http=SESSION, bank=SESSION, mail=SESSION)
    asked = project.neighbours.seen_from(PAY)
    for name in ("http", "bank", "http", "mail", "http", "bank"):
        assert asked.type_of(f"shop.{name}.session") == "requests.Session"
    assert project.read == [f"shop/{name}.py" for name in ("http", "bank", "mail", "bank")]


def test_an_answer_stands_on_every_module_that_led_to_it():
    web = "from shop import http\nweb = http.session\n"
    project = Project(pay="import os\nfrom shop.web import web\nos.getcwd()\nweb.probe()", http=SESSION, web=web)
    project.probe()
    led, strangers = project.neighbours.asked_from(PAY)
    assert set(led.values()) == {"shop/web.py", "shop/http.py"}
    assert (led["shop.web.web"], strangers >= {"requests"}) == ("shop/web.py", True)


@pytest.mark.parametrize(
    "pay", ["from shop.again import DOWN\n", "from shop import again\n"], ids=["name", "attribute"]
)
def test_tuples_of_exceptions(pay):
    written = "DOWN" if "DOWN" in pay else "again.DOWN"
    errors = "import requests\nDOWN = (requests.Timeout, requests.ConnectionError)\n"
    again = "from shop.errors import DOWN\n"
    project = Project(pay=f"{pay}try: ...\nexcept {written}: ...\n", errors=errors, again=again)
    module = project._module(PAY, project.neighbours.seen_from(PAY))
    (handler,) = module.nodes(ast.ExceptHandler)
    assert module.names.members(handler.type) == ["requests.Timeout", "requests.ConnectionError"]


def test_alone_a_module_tells_what_it_would_have_asked():
    source = "import os, shop.http\nfrom requests import get\nget()\nos.getcwd()\nshop.http.x()\n"
    module = Module(PAY, source, parse(source), Settings())
    for call in module.nodes(ast.Call):
        module.names.callee(call)
    assert {name.partition(".")[0] for name in module.outside.asked} == {"os", "shop", "requests"}
