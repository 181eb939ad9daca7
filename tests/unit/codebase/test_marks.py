"""Every kind of mark: which lines of which function it marks, and what must not be marked."""

from __future__ import annotations

import pytest

from quality_gate.codebase.graph import Mark
from quality_gate.codebase.marks import marks_of, readers
from quality_gate_checkers.dependencies import catalogue
from quality_gate_checkers.model import Module, decode, parse
from quality_gate_checkers.settings import Settings


def marked(source: str, path: str = "shop/case.py") -> tuple[Mark, ...]:
    text = decode(source.encode())
    return marks_of(Module(path, text, parse(text), Settings(), catalogue().made_by))


def told(kind: str, source: str, path: str = "shop/case.py") -> list[tuple[str, int, int]]:
    """Function, first and last line of every mark of a kind."""
    return [(mark.function, mark.first, mark.last) for mark in marked(source, path) if mark.kind == kind]


def names(kind: str, source: str) -> list[tuple[str, ...]]:
    return [mark.names for mark in marked(source) if mark.kind == kind]


# fmt: off
CASES = [
    ("transaction", "a with", "from django.db import transaction\ndef f(o):\n    with transaction.atomic():\n        o.save()\n    o.tell()\n", [("f", 3, 4)]),
    ("transaction", "a with on a name", "from django.db.transaction import atomic\nclass A:\n    def f(self, o):\n        with atomic(using='b') as held, o:\n            o.save()\n", [("A.f", 4, 5)]),
    ("transaction", "a decorator", "from django.db import transaction\n@transaction.atomic\ndef f(o):\n    o.save()\n", [("f", 3, 4)]),
    ("transaction", "a method decorator", "from django.db import transaction\nfrom django.utils.decorators import method_decorator\nclass V:\n    @method_decorator(transaction.atomic)\n    def post(self, o):\n        o.save()\n", [("V.post", 5, 6)]),
    ("transaction", "a session by annotation", "from sqlalchemy.orm import Session\ndef f(s: Session):\n    with s.begin():\n        s.add(1)\n", [("f", 3, 4)]),
    ("transaction", "an asynchronous session", "from sqlalchemy.ext.asyncio import AsyncSession\nasync def f(s: AsyncSession):\n    async with s.begin():\n        s.add(1)\n", [("f", 3, 4)]),
    ("transaction", "an atomic of the project's own", "from shop.counter import atomic\ndef f(o):\n    with atomic():\n        o.save()\n", []),
    ("transaction", "a game that begins", "def f(game):\n    with game.begin():\n        game.turn()\n", []),
    ("transaction", "in a test", "# path\nfrom django.db import transaction\ndef test_f(o):\n    with transaction.atomic():\n        o.save()\n", [], "tests/test_case.py"),
    ("begun", "of something that is imported", "from shop.db import db\ndef f(o):\n    with db.session.begin():\n        o.save()\n    o.tell()\n", [("f", 3, 4)]),
    ("begun", "a transaction that this module tells", "from sqlalchemy.orm import Session\ndef f(s: Session):\n    with s.begin():\n        s.add(1)\n", []),
    ("dropped", "nothing is said", "def f(o):\n    try:\n        o.pay()\n    except ValueError:\n        pass\n    o.ship()\n", [("f", 3, 3)]),
    ("dropped", "it is said", "import logging\ndef f(o):\n    try:\n        o.pay()\n    except ValueError:\n        logging.exception(1)\n    o.ship()\n", []),
    ("elsewhere", "on_commit over lines", "from django.db import transaction\ndef f(o):\n    transaction.on_commit(\n        lambda: o.tell()\n    )\n", [("f", 3, 5)]),
    ("elsewhere", "sync_to_async with both pairs of brackets", "from asgiref.sync import sync_to_async\nasync def f(o):\n    await sync_to_async(o)(\n        1\n    )\n", [("f", 3, 5)]),
    ("elsewhere", "a plain call", "def f(o):\n    o.tell()\n", []),
    ("handled", "a handler that keeps it", "def f(o):\n    try:\n        o.a()\n        o.b()\n    except ValueError:\n        return None\n", [("f", 3, 4)]),
    ("handled", "a handler that raises", "def f(o):\n    try:\n        o.a()\n    except ValueError as e:\n        raise KeyError from e\n", []),
    ("handled", "a handler that asks for another try", "def f(self, o):\n    try:\n        o.a()\n    except ValueError as e:\n        self.retry(exc=e)\n", []),
    ("handled", "suppress", "from contextlib import suppress\ndef f(o):\n    with suppress(OSError):\n        o.a()\n", [("f", 4, 4)]),
    ("handler", "a body", "def f(o):\n    try:\n        o.a()\n    except ValueError:\n        o.b()\n        o.c()\n", [("f", 5, 6)]),
    ("boundary", "an error handler of Flask", "@app.errorhandler(OSError)\ndef f(error):\n    return 'no', 500\n", [("f", 2, 3)]),
    ("boundary", "an exception handler of FastAPI over lines", "@app.exception_handler(\n    OSError,\n)\ndef f(request, error):\n    return no()\n", [("f", 4, 5)]),
    ("boundary", "registered by a call", "def f(error):\n    return 'no', 500\ndef make(app):\n    app.register_error_handler(OSError, f)\n", [("make", 4, 4)]),
    ("boundary", "a middleware of Django", "class M:\n    def process_exception(self, request, exception):\n        return no()\n", [("M.process_exception", 2, 3)]),
    ("boundary", "a function that is called so", "def process_exception(error):\n    return errorhandler(error)\n", []),
    ("atomic-requests", "in a dict", 'DATABASES = {\n    "default": {\n        "ATOMIC_REQUESTS": True,\n    }\n}\n', [("", 3, 3)]),
    ("atomic-requests", "as a keyword", "DATABASES = dict(default=dict(ATOMIC_REQUESTS=True))\n", [("", 1, 1)]),
    ("atomic-requests", "by subscript", 'DATABASES = {}\nDATABASES["default"]["ATOMIC_REQUESTS"] = True\n', [("", 2, 2)]),
    ("atomic-requests", "switched off", 'DATABASES = {"default": {"ATOMIC_REQUESTS": False}}\n', []),
    ("atomic-requests", "from the environment", 'import os\nDATABASES = {"default": {"ATOMIC_REQUESTS": os.environ.get("A")}}\n', []),
    ("retried", "a decorator of tenacity", "from tenacity import retry, stop_after_attempt\n@retry(stop=stop_after_attempt(3))\ndef f(o):\n    o.a()\n", [("f", 3, 4)]),
    ("retried", "a bare decorator", "from tenacity import retry\n@retry\ndef f(o):\n    o.a()\n", [("f", 3, 4)]),
    ("retried", "a policy with a name", "from tenacity import retry, stop_after_attempt\ntwice = retry(stop=stop_after_attempt(2))\n@twice\ndef f(o):\n    o.a()\n", [("f", 4, 5)]),
    ("retried", "a loop over Retrying", "from tenacity import Retrying, stop_after_attempt\ndef f(o):\n    for attempt in Retrying(stop=stop_after_attempt(3)):\n        with attempt:\n            o.a()\n", [("f", 3, 5)]),
    ("retried", "a task that asks for another try", "from celery import shared_task\n@shared_task(bind=True)\ndef f(self, o):\n    try:\n        o.a()\n    except OSError as e:\n        raise self.retry(exc=e)\n", [("f", 5, 5)]),
    ("retried", "retry of something else", "def f(self, o):\n    try:\n        o.a()\n    except OSError as e:\n        self.page.retry(e)\n", []),
    ("retried", "a loop that is left when it worked", "def f(o):\n    for _ in range(3):\n        try:\n            return o.a()\n        except OSError:\n            continue\n", [("f", 4, 4)]),
    ("retried", "a loop through different things", "def f(o):\n    for page in range(3):\n        try:\n            return o.a(page)\n        except OSError:\n            continue\n", []),
    ("retried", "a loop that goes on when it worked", "def f(o):\n    for _ in range(3):\n        try:\n            o.a()\n        except OSError:\n            o.b()\n", []),
    ("retried", "a loop without end", "def f(o):\n    while True:\n        try:\n            return o.a()\n        except OSError:\n            continue\n", [("f", 4, 4)]),
    ("retried", "a loop that counts by itself", "def f(o):\n    tries = 0\n    while tries < 3:\n        try:\n            a = o.a()\n            break\n        except OSError:\n            tries += 1\n    return a\n", [("f", 5, 6)]),
    ("retried", "a loop that asks whether it worked", "def f(o):\n    done = False\n    while not done:\n        try:\n            o.a()\n            done = True\n        except OSError:\n            o.b()\n", [("f", 5, 6)]),
    ("retried", "a loop that asks for something else", "def f(o):\n    while o.runs:\n        try:\n            o.a()\n            done = True\n        except OSError:\n            o.b()\n", []),
    ("retried", "a loop that takes the next thing", "def f(o):\n    while True:\n        try:\n            job = o.queue.get(timeout=1)\n            return o.a(job)\n        except OSError:\n            continue\n", []),
    ("retried", "a loop that asks a person", "def f(o):\n    while True:\n        try:\n            return o.a(input())\n        except OSError:\n            continue\n", []),
    ("retried", "a loop that changes what it tries", "def f(o):\n    host = o.first\n    while True:\n        try:\n            return o.a(host)\n        except OSError:\n            host = o.other(host)\n", []),
    ("retried", "a loop that never ends", "def f(o):\n    while True:\n        try:\n            o.a()\n        except OSError:\n            continue\n", []),
    ("retried", "a long loop", "def f(o):\n    while True:\n        o.b()\n        o.c()\n        o.d()\n        o.e()\n        o.g()\n        o.h()\n        try:\n            return o.a()\n        except OSError:\n            continue\n", []),
    ("retried", "a loop that gives up at once", "def f(o):\n    for _ in range(3):\n        try:\n            return o.a()\n        except OSError:\n            return None\n", []),
    ("sent", "a task", "def f(o):\n    tell.delay(o)\n    tell.apply_async(\n        [o]\n    )\n", [("f", 2, 2), ("f", 3, 5)]),
    ("sent", "a signature", "def f(o):\n    tell.s(o).set(queue='a')\n", []),
    ("brief", "a millisecond", "import time\ndef f():\n    time.sleep(0.001)\n", [("f", 3, 3)]),
    ("brief", "a second", "import time\ndef f():\n    time.sleep(1)\n", []),
    ("brief", "whatever it is told", "import time\ndef f(s):\n    time.sleep(s)\n", []),
    ("muted", "told not to", "def f(o):\n    o.save(broadcast=False)\n    o.save()\n", [("f", 2, 2)]),
    ("muted", "told to", "def f(o, no=False):\n    o.save(broadcast=True)\n", []),
    ("if-given", "under a question", "def f(o, to=None):\n    o.a()\n    if to:\n        o.b()\n        o.c()\n    o.d()\n", [("f", 4, 5)]),
    ("if-given", "with another one", "def f(o, *, to=None):\n    for a in o:\n        if a and to is not None:\n            a.b()\n", [("f", 4, 4)]),
    ("if-given", "after the way out", "def f(o, to=None):\n    if to is None:\n        return o\n    o.b()\n    o.c()\n", [("f", 4, 5)]),
    ("if-given", "in the other branch", "def f(o, at=False):\n    if not at:\n        o.a()\n    else:\n        o.b()\n", [("f", 5, 5)]),
    ("if-given", "without a default", "def f(o, to):\n    if to:\n        o.b()\n", []),
    ("if-given", "on by default", "def f(o, to=True, no=None):\n    if to:\n        o.b()\n", []),
    ("if-given", "nought is not None", "def f(o, n=0, at=False):\n    if n is not None:\n        o.b()\n    if at is None:\n        return\n    o.c()\n", []),
    ("if-given", "or another one", "def f(o, to=None):\n    if to or o:\n        o.b()\n", []),
    ("if-given", "set by the function", "def f(o, to=None):\n    if to is None:\n        to = o.to\n    if to:\n        o.b()\n", []),
    ("untold", "what a request holds", "import pytest\n@pytest.fixture\ndef a(request):\n    return request.param\n", [("a", 3, 4)], "tests/conftest.py"),
    ("untold", "another fixture's", "import pytest\n@pytest.fixture\ndef a(b):\n    return b.a()\n", [("a", 3, 4)], "tests/conftest.py"),
    ("untold", "the code under test", "import pytest\nfrom shop import Order\n@pytest.fixture\ndef a(b):\n    b.c()\n    yield Order(1)\n", [], "tests/conftest.py"),
    ("request", "a post", "def f(http):\n    return http.post('/charges')\n", [("f", 2, 2)]),
    ("request", "a get", "def f(http):\n    return http.get('/charges')\n", []),
    ("once-only", "a header", "HEADERS = {'Idempotency-Key': 'a'}\n", [("", 1, 1)]),
    ("once-only", "nothing of the kind", "HEADERS = {'Accept': 'a'}\n", []),
    ("enqueue-override", "a task class that waits", "from django.db import transaction\nclass T(Task):\n    def apply_async(self, *a):\n        transaction.on_commit(lambda: super().apply_async(*a))\n", [("T.apply_async", 3, 4)]),
    ("enqueue-override", "another method that waits", "from django.db import transaction\nclass T:\n    def save(self):\n        transaction.on_commit(self.tell)\n", []),
    ("telling", "one mark a function", "def f(logger):\n    logger.info('a')\n    logger.info('b')\n", [("f", 2, 2)]),
    ("telling", "a metric", "def f(statsd):\n    statsd.incr('a')\n", [("f", 2, 2)]),
    ("telling", "a decorator", "@tracer.wrap_trace\ndef f(o):\n    o.a()\n", [("f", 1, 1)]),
    ("telling", "a blog", "def f(blog):\n    blog.publish('a')\n    blog.login('b')\n", []),
    ("instrumented", "an import", "import sentry_sdk\n", [("", 1, 1)]),
    ("instrumented", "an import from a part", "def f():\n    from opentelemetry.trace import tracer\n", [("f", 2, 2)]),
    ("instrumented", "an installed application", "INSTALLED_APPS = ['shop', 'raven.contrib.django']\n", [("", 1, 1)]),
    ("instrumented", "a word in a text", "ABOUT = 'we do not use sentry_sdk here'\n", []),
    ("open-test", "a fixture of elsewhere", "def test_f(order):\n    order.pay()\n", [("test_f", 1, 2)], "tests/test_case.py"),
    ("open-test", "nothing is left open", "from shop.pay import pay\ndef test_f():\n    pay(1)\n", [], "tests/test_case.py"),
    ("open-test", "an assertion", "def test_f(order):\n    assert order.pay()\n", [], "tests/test_case.py"),
    ("oracle", "a helper that asserts", "def paid(o):\n    assert o.paid\ndef test_f(o):\n    assert o\n", [("paid", 1, 2)], "tests/test_case.py"),
    ("oracle", "a helper that does not", "def paid(o):\n    return o.paid\n", [], "tests/test_case.py"),
    ("oracle", "production code", "def paid(o):\n    assert o.paid\n", []),
    ("fixture", "a fixture by another name", "import pytest\n@pytest.fixture(name='order')\ndef _order():\n    return 1\n", [("_order", 3, 4)], "tests/conftest.py"),
    ("fixture", "a plain function", "import pytest\nfixture = 1\ndef order():\n    return 1\n", [], "tests/conftest.py"),
    ("case-class", "a class of test code", "from shop import A\nclass T(A):\n    x = 1\n", [("T", 2, 3)], "tests/base.py"),
    ("case-class", "a class of production code", "class T:\n    x = 1\n", []),
    ("made", "a fixture hands out an object", "from shop import Client\ndef client():\n    return Client()\n", [("client", 2, 3)], "tests/conftest.py"),
    ("made", "a test makes one", "from shop import Client\ndef test_f():\n    return Client()\n", [], "tests/test_case.py"),
    ("generator", "a generator", "def f(o):\n    def g():\n        return 1\n    yield o\n", [("f", 1, 4)]),
    ("generator", "a context manager", "import contextlib\n@contextlib.contextmanager\ndef f(o):\n    yield o\n", []),
    ("first-time", "an attribute that is kept", "class A:\n    def f(self):\n        if self._c is None:\n            self._c = connect()\n        return self._c\n", [("A.f", 4, 4)]),
    ("first-time", "an early return of a global", "_c = None\ndef f():\n    global _c\n    if _c:\n        return _c\n    _c = connect()\n    return _c\n", [("f", 6, 7)]),
    ("first-time", "a local name", "def f(c=None):\n    if c is None:\n        c = connect()\n    return c\n", []),
    ("first-time", "another attribute", "class A:\n    def f(self):\n        if self._c is None:\n            self._d = connect()\n", []),
    ("program", "a command line tool", "import argparse\nif __name__ == '__main__':\n    argparse.ArgumentParser()\n", [("", 1, 1)]),
    ("program", "a server that can be started", "if __name__ == '__main__':\n    serve()\n", []),
    ("network", "always made", "import requests\ndef f():\n    url = 'https://a.example'\n    return requests.get(url)\n", [("f", 4, 4)]),
    ("network", "within a try", "import requests\ndef f():\n    try:\n        return requests.get('https://a.example')\n    except OSError:\n        return None\n", [("f", 4, 4)]),
    ("network", "behind a condition", "import requests\ndef f(a):\n    if a:\n        return requests.get('https://a.example')\n", []),
    ("network", "after a way out", "import requests\ndef f(a):\n    if a:\n        return None\n    return requests.get('https://a.example')\n", []),
    ("network", "in a lambda", "import requests\ndef f(a):\n    return lambda: requests.get('https://a.example')\n", []),
    ("network", "in a loop", "import requests\ndef f(a):\n    for x in a:\n        requests.get(x)\n", []),
    ("network", "of a session", "import requests\ndef f(s: requests.Session):\n    return s.get('https://a.example')\n", []),
    ("double", "a patch", "def test_a(monkeypatch):\n    pass\n", [("", 1, 1)], "tests/test_case.py"),
    ("double", "nothing stands in", "def test_a():\n    assert euro(1)\n", [], "tests/test_case.py"),
    ("double", "not in a test", "def a(monkeypatch):\n    pass\n", []),
]
# fmt: on


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case[0]}: {case[1]}")
def test_lines_that_are_marked(case) -> None:
    kind, _, source, wanted, *path = case
    assert told(kind, source, *path) == wanted


@pytest.mark.parametrize("kind", [reader.kind for reader in readers()])
def test_every_kind_has_cases_of_both_sorts(kind) -> None:
    wanted = [case[3] for case in CASES if case[0] == kind]
    assert any(wanted), "what it must mark"
    if kind != "handler":
        assert not all(wanted), "and what it must not"


@pytest.mark.parametrize("reader", readers(), ids=lambda reader: reader.kind)
def test_every_kind_says_what_it_means(reader) -> None:
    assert reader.page.summary.endswith(".")


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        ("@retry(stop=stop_after_attempt(3), reraise=True)", ("tenacity", "3", "reraise", "builtins.Exception")),
        ("@retry(stop=stop_after_attempt(3))", ("tenacity", "3", "", "builtins.Exception")),
        ("@retry", ("tenacity", "", "", "builtins.Exception")),
        (
            "@retry(retry=retry_if_exception_type((OSError, requests.Timeout)) | retry_if_exception_type(KeyError))",
            ("tenacity", "", "", "builtins.OSError", "requests.Timeout", "builtins.KeyError"),
        ),
        ("@retry(retry=retry_if_result(bool))", ("tenacity", "", "", "?")),
        ("@retry(retry=retry_if_exception(transient))", ("tenacity", "", "", "?")),
        ("@retry(**POLICY)", ("tenacity", "", "reraise", "?")),
        ("@backoff.on_exception(backoff.expo, OSError, max_tries=4)", ("backoff", "4", "reraise", "builtins.OSError")),
        ("@stamina.retry(on=requests.Timeout, attempts=5)", ("stamina", "5", "reraise", "requests.Timeout")),
        (
            "@shared_task(autoretry_for=(OSError,), max_retries=2)",
            ("celery", "3", "reraise", "builtins.OSError"),
        ),
    ],
)
def test_what_a_policy_says(source, wanted) -> None:
    head = "import backoff, requests, stamina\nfrom celery import shared_task\nfrom tenacity import *\n"
    head += (
        "from tenacity import retry, retry_if_exception, retry_if_exception_type, retry_if_result, stop_after_attempt\n"
    )
    assert names("retried", f"{head}{source}\ndef f(o):\n    o.a()\n") == [wanted]


def test_a_request_says_its_method_and_its_words() -> None:
    source = "def f(http, order):\n    http.request('post', f'{BASE}/charges/new', json=order.body)\n"
    (mark,) = (mark for mark in marked(source) if mark.kind == "request")
    assert mark.detail == "POST"
    assert {"charges", "new", "base", "json", "order", "body"} <= set(mark.names)


def test_marks_stand_in_source_order_and_know_their_column() -> None:
    source = "def f(o, http):\n    o.x; http.post('/a'); http.post('/b')\n"
    assert [mark.column for mark in marked(source)] == [10, 27]


def test_a_module_without_any_trigger_is_not_asked() -> None:
    text = "x = 1\n"
    module = Module("shop/case.py", text, parse(text), Settings(), catalogue().made_by)
    assert marks_of(module) == ()
    assert "index" not in vars(module)


def told_of(kind: str, source: str, path: str) -> list[tuple[str, tuple[str, ...]]]:
    return [(mark.detail, mark.names) for mark in marked(source, path) if mark.kind == kind]


def test_an_open_test_says_what_is_left_open() -> None:
    source = "from tests.base import B\nfrom tests.h import paid\nclass TestA(B):\n    def test_a(self, order):\n        paid(self.x())\n"
    (found,) = told_of("open-test", source, "tests/test_case.py")
    assert found == ("test_a", ("base tests.base.B", "fixture order", "import tests.h.paid", "self x"))


def test_a_fixture_says_its_name_and_what_it_asks_for() -> None:
    source = "import pytest\n@pytest.fixture(name='order')\ndef _order(cents):\n    return cents\n"
    assert told_of("fixture", source, "tests/conftest.py") == [("order", ("cents",))]


def test_a_class_of_test_code_says_its_bases() -> None:
    assert told_of("case-class", "from shop import A\nclass T(A, x.Y):\n    pass\n", "tests/b.py") == [
        ("T", ("shop.A", "?"))
    ]


def test_a_trigger_that_another_is_part_of_is_not_looked_for() -> None:
    for reader in readers():
        assert [one for one in reader.triggers for other in reader.triggers if other != one and other in one] == []
        assert reader.triggers


def test_first_time_compares_the_whole_target() -> None:
    source = "class A:\n    def f(self, o):\n        if self.a.made is None:\n            self.b.made = o()\n"
    assert told("first-time", source) == []
    assert told("first-time", source.replace("self.b", "self.a")) == [("A.f", 4, 4)]
