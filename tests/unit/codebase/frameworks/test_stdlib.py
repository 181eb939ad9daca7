"""Python's own library: which methods of the project it calls by their names."""

from __future__ import annotations

import pytest

from framework_cases import edges, entries, project

SOURCES = {
    "a thread": (
        "import threading\nclass T(threading.Thread):\n    def run(self): ...\ndef f():\n    T().start()\n",
        {"shop.T.run"},
    ),
    "a thread that starts itself in its own way": (
        "import threading\nclass T(threading.Thread):\n    def run(self): ...\n    def start(self): ...\n"
        "def f():\n    T().start()\n",
        set(),
    ),
    "a mapping": (
        "from collections.abc import MutableMapping\nclass M(MutableMapping):\n"
        "    def __getitem__(self, key): ...\n    def __setitem__(self, key, value): ...\n"
        "def f():\n    M().setdefault('a', 1)\n",
        {"shop.M.__getitem__", "shop.M.__setitem__"},
    ),
    "a mapping with a get of its own": (
        "from collections.abc import Mapping\nclass M(Mapping):\n    def __getitem__(self, key): ...\n"
        "    def get(self, key): ...\ndef f():\n    M().get('a')\n",
        set(),
    ),
    "a stream": (
        "import io\nclass S(io.RawIOBase):\n    def readinto(self, b): ...\ndef f(s: S):\n    s.readall()\n",
        {"shop.S.readinto"},
    ),
    "a parser": (
        "from html.parser import HTMLParser\nclass P(HTMLParser):\n    def handle_data(self, d): ...\n"
        "    def helper(self): ...\ndef f():\n    p = P()\n    p.feed('<a>')\n",
        {"shop.P.handle_data"},
    ),
    "a visitor that is inherited": (
        "import ast\nclass B(ast.NodeVisitor):\n    def visit_Name(self, n): ...\nclass V(B):\n"
        "    def visit_Call(self, n): ...\ndef f(t):\n    V().visit(t)\n",
        {"shop.B.visit_Name", "shop.V.visit_Call"},
    ),
    "an encoder": (
        "import json\nclass E(json.JSONEncoder):\n    def default(self, o): ...\ndef f(o):\n    json.dumps(o, cls=E)\n",
        {"shop.E.default"},
    ),
    "a stack": (
        "from contextlib import ExitStack\nclass L:\n    def __enter__(self): ...\n    def __exit__(self, *e): ...\n"
        "def f():\n    with ExitStack() as s:\n        s.enter_context(L())\n",
        {"shop.L.__enter__", "shop.L.__exit__"},
    ),
    "a copy": (
        "import copy\nclass O:\n    def __deepcopy__(self, memo): ...\n    def __copy__(self): ...\n"
        "def f():\n    copy.deepcopy(O())\n",
        {"shop.O.__deepcopy__"},
    ),
    "a search": (
        "from bisect import insort\nclass B:\n    def __getitem__(self, at): ...\n    def insert(self, at, x): ...\n"
        "    def pop(self): ...\ndef f(x):\n    insort(B(), x)\n",
        {"shop.B.__getitem__", "shop.B.insert"},
    ),
    "what only has the name": (
        "class T:\n    def run(self): ...\n    def __getitem__(self, key): ...\n    def default(self, o): ...\n"
        "def f(t):\n    T().start()\n    T().get('a')\n    t.dumps(1, cls=T)\n",
        set(),
    ),
}


@pytest.mark.parametrize(("source", "called"), SOURCES.values(), ids=SOURCES)
def test_the_library_calls_by_name(source: str, called: set[str]) -> None:
    assert {name for name, rung in edges(project(shop=source), "shop.f").items() if rung == "stdlib-template"} == called


def test_handlers_are_entry_points() -> None:
    shop = project(
        shop="""
            import argparse, logging
            from http.server import BaseHTTPRequestHandler
            class Page(BaseHTTPRequestHandler):
                def do_GET(self): ...
                def helper(self): ...
            class Sent(logging.Handler):
                def emit(self, record): ...
            class Shout(argparse.Action):
                def __call__(self, *given): ...
            class Plain:
                def emit(self): ...
                def do_POST(self): ...
        """
    )
    assert entries(shop) == {
        "GET request": "shop.Page.do_GET",
        "log handler Sent": "shop.Sent.emit",
        "option Shout": "shop.Shout.__call__",
    }


DISPATCHED = {
    "by annotation": "@pay.register\ndef pay_card(x: int): ...\n",
    "by class": "@pay.register(int)\ndef pay_card(x): ...\n",
}


@pytest.mark.parametrize("source", DISPATCHED.values(), ids=DISPATCHED)
def test_a_generic_function_runs_what_is_registered_with_it(source: str) -> None:
    head = "import functools\n@functools.singledispatch\ndef pay(x): ...\ndef f(x):\n    pay(x)\n"
    shop = project(shop=head + source)
    assert edges(shop, "shop.pay") == {"shop.pay_card": "stdlib-singledispatch"}


def test_a_generic_method_runs_what_is_registered_with_it() -> None:
    shop = project(
        shop="""
            from functools import singledispatchmethod
            class Bank:
                @singledispatchmethod
                def pay(self, x): ...
                @pay.register
                def _card(self, x: int): ...
        """
    )
    assert edges(shop, "shop.Bank.pay") == {"shop.Bank._card": "stdlib-singledispatch"}


def test_what_is_registered_elsewhere_is_not_run_by_a_function() -> None:
    shop = project(shop="def pay(x): ...\n@pay.register\ndef pay_card(x: int): ...\n")
    assert edges(shop, "shop.pay") == {}
