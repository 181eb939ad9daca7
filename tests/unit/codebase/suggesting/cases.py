"""Code that calls something that can fail, with tests of all the styles that projects have; no case is a real project's.

`(code, tests, what the suggestion holds)`; the line to ask for ends with `# here`.
"""

from __future__ import annotations

INSTALLED = {
    "requests/__init__.py": """\
from requests import exceptions
from requests.exceptions import RequestException

class Response:
    def __init__(self, status_code=200, text=None):
        self.status_code = status_code
        self.text = text
    def raise_for_status(self):
        if self.status_code >= 400:
            raise exceptions.HTTPError(self.status_code)
    def json(self):
        if self.text is not None:
            raise exceptions.JSONDecodeError(self.text, "", 0)
        return {"id": 7}

answers = {}

def post(url, **options):
    answer = answers.get(url, Response())
    if isinstance(answer, Exception):
        raise answer
    return answer

get = post
""",
    "requests/exceptions.py": """\
class RequestException(OSError):
    def __init__(self, *args, response=None):
        super().__init__(*args)
        self.response = response

class HTTPError(RequestException): pass
class Timeout(RequestException): pass
class ReadTimeout(Timeout): pass
class ConnectionError(RequestException): pass
class ConnectTimeout(ConnectionError, Timeout): pass
class JSONDecodeError(RequestException): pass
""",
    "responses.py": """\
import requests
POST = "POST"

calls = []

def add(method, url, body=None, status=200, json=None):
    calls.append(url)
    requests.answers[url] = body if isinstance(body, Exception) else requests.Response(status, body)
""",
    "vendor/__init__.py": """\
class Unsigned(Exception):
    def __init__(self, says, header):
        super().__init__(says, header)

def check(order):
    if not order:
        raise Unsigned("no order", "x-order")
""",
    "redis/__init__.py": """\
from redis import exceptions

class Redis:
    def blpop(self, key, timeout=None):
        raise exceptions.ConnectionError(key)
""",
    "redis/exceptions.py": """\
class RedisError(Exception): pass
class ConnectionError(RedisError): pass
class TimeoutError(RedisError): pass
class DataError(RedisError): pass
class ResponseError(RedisError): pass
""",
    "boto3/__init__.py": "def client(name): raise RuntimeError(name)\n",
    "botocore/__init__.py": "",
    "botocore/exceptions.py": """\
class ClientError(Exception):
    def __init__(self, answer, operation):
        super().__init__(answer, operation)

class ConnectTimeoutError(Exception):
    def __init__(self, *, endpoint_url):
        super().__init__(endpoint_url)
""",
    "django/__init__.py": "",
    "django/test.py": """\
import unittest

class Client:
    def post(self, url, data=None):
        from shop import django_case
        return django_case.pay(data)

class TestCase(unittest.TestCase):
    def setUp(self):
        self.client = Client()
""",
}

CONFTEST = """\
from unittest import mock
import pytest

class Ledger:
    def __init__(self):
        self.lines = []

    def book(self, line):
        self.lines.append(line)

@pytest.fixture
def ledger():
    return Ledger()

class Mocker:
    def __init__(self):
        self.started = []

    def patch(self, target, **options):
        patcher = mock.patch(target, **options)
        self.started.append(patcher)
        return patcher.start()

@pytest.fixture
def mocker():
    made = Mocker()
    yield made
    for patcher in made.started:
        patcher.stop()
"""

WITH_MONKEYPATCH = """
def test_with_monkeypatch(monkeypatch):
    monkeypatch.setattr("os.sep", ":")
"""

POSTS = """\
import requests


class NotTold(Exception):
    def __init__(self, order: str, reason: str) -> None:
        super().__init__(order, reason)


def tell(order):
    try:
        answer = requests.post("https://x.test", json=order, timeout=5)  # here
    except requests.RequestException as error:
        raise NotTold(order, str(error)) from error
    return answer.json()["id"]
"""

CASES: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "plain": (
        POSTS,
        """\
from shop.plain import tell

def test_tell():
    order = "A-1"

    assert tell(order) == 7

def test_with_monkeypatch(monkeypatch):
    monkeypatch.setattr("os.sep", ":")
""",
        (
            'def test_tell_when_requests_is_unavailable(monkeypatch):\n    order = "A-1"\n',
            'failure = requests.exceptions.ReadTimeout("requests does not answer")\n',
            'monkeypatch.setattr("shop.plain.requests.post", failing_post)',
            "with pytest.raises(NotTold):\n        tell(order)",
            'pytest.fail("say what must hold when requests is unavailable: state, message, no second post")',
        ),
    ),
    "in_class": (
        POSTS,
        """\
import pytest
from unittest.mock import patch
from shop import in_class

class TestTell:
    def setup_method(self):
        self.order = "A-1"

    @pytest.mark.parametrize("suffix", ["a", "b"])
    def test_tell(self, suffix):
        text = \"\"\"
several
    lines
\"\"\"
        with patch("shop.in_class.print", create=True) as printed:
            found = in_class.tell(self.order + suffix + text)
        assert found == 7
""",
        (
            '@pytest.mark.parametrize("suffix", ["a", "b"])\n',
            "with patch('shop.in_class.print', create=True) as printed:",
            'failure = requests.exceptions.ReadTimeout("requests does not answer")\n',
            'with patch("shop.in_class.requests.post", side_effect=failure):',
            "with pytest.raises(in_class.NotTold):",
            '"""\nseveral\n    lines\n"""',
        ),
    ),
    "under_unittest": (
        POSTS,
        """\
import unittest
from shop.under_unittest import tell

class Telling(unittest.TestCase):
    def setUp(self):
        self.order = "A-1"

    def test_tell(self):
        self.assertEqual(tell(self.order), 7)
""",
        (
            'with mock.patch("shop.under_unittest.requests.post", side_effect=failure):',
            "with self.assertRaises(NotTold) as raised:\n            tell(self.order)",
            'self.fail("say what must hold',
        ),
    ),
    "raised_as_it_is": (
        """\
import requests


def tell(order):
    return requests.post("https://x.test", json=order, timeout=5).json()["id"]  # here
""",
        """\
import unittest
from shop.raised_as_it_is import tell

class Telling(unittest.TestCase):
    def test_tell(self):
        failure = "A-1"
        self.assertEqual(tell(failure), 7)
""",
        ("    assert failure_ is raised.exception or failure_.__traceback__, ",),
    ),
    "django_case": (
        """\
import requests


def pay(data):
    try:
        requests.post("https://x.test", json=data, timeout=5)  # here
    except requests.RequestException:
        return 502
    return 200
""",
        """\
from django.test import TestCase

class PayTests(TestCase):
    def test_paid(self):
        response = self.client.post("/pay", {"order": 1})
        self.assertEqual(response, 200)
""",
        (
            '        response = self.client.post("/pay", {"order": 1})\n\n'
            '    assert failure.__traceback__, "requests.post() has not failed"\n    self.fail(',
        ),
    ),
    "awaited": (
        """\
import asyncio


class BankTimeout(Exception):
    pass


class Bank:
    async def charge(self, order):
        if order is None:
            raise BankTimeout(order)
        return 7


async def pay(order):
    try:
        return await Bank().charge(order)  # here
    except BankTimeout:
        return None
""",
        """\
import unittest
from shop.awaited import pay

class Paying(unittest.IsolatedAsyncioTestCase):
    async def test_pay(self):
        self.assertEqual(await pay("A-1"), 7)
""",
        ("async def test_pay_when_", "result = await pay(", 'mock.patch("shop.awaited.Bank.charge"'),
    ),
    "in_a_loop": (
        """\
class BankTimeout(Exception):
    pass


class Bank:
    async def charge(self, order):
        if order is None:
            raise BankTimeout(order)
        return 7


class Payments:
    def __init__(self, bank: Bank):
        self._bank = bank

    async def pay(self, order):
        try:
            return await self._bank.charge(order)  # here
        except BankTimeout:
            return None
""",
        """\
import asyncio
from shop.in_a_loop import Bank, Payments

def run(work):
    return asyncio.run(work(Payments(Bank())))

def test_pay():
    assert run(lambda payments: payments.pay("A-1")) == 7

def test_with_monkeypatch(monkeypatch):
    monkeypatch.setattr("os.sep", ":")
""",
        (
            "async def failing_charge(*args, **kwargs):\n        raise failure\n\n    failure = BankTimeout(",
            'result = run(lambda payments: payments.pay("A-1"))',
        ),
    ),
    "with_mocker": (
        POSTS,
        """\
import pytest
import requests
from shop.with_mocker import NotTold, tell

@pytest.fixture
def client(mocker):
    mocker.patch("shop.with_mocker.requests.get")
    return tell

def test_tell(client):
    assert client("A-1") == 7
""",
        (
            "def test_tell_when_requests_is_unavailable(client, mocker):",
            'mocker.patch("shop.with_mocker.requests.post", side_effect=failure)',
            'with pytest.raises(NotTold):\n        client("A-1")',
        ),
    ),
    "on_a_mock": (
        """\
class Lost(Exception):
    pass


class Bank:
    def charge(self, order):
        if not order:
            raise Lost(order)
        return 1


def pay(bank: Bank, order):
    return bank.charge(order) + 1  # here
""",
        """\
from unittest import mock
from shop.on_a_mock import pay

def test_pay():
    bank = mock.Mock()
    bank.charge.return_value = 7
    assert pay(bank, "A-1") == 8
""",
        (
            '    failure = Lost("made to fail")\n    bank.charge.side_effect = failure\n\n'
            '    with pytest.raises(Lost):\n        pay(bank, "A-1")\n\n    assert failure.__traceback__, ',
        ),
    ),
    "with_a_fake": (
        """\
import boto3


class Events:
    def __init__(self):
        self._sqs = boto3.client("sqs")

    def publish(self, order):
        self._sqs.send_message(QueueUrl="q", MessageBody=order)  # here
        return True
""",
        """\
from shop.with_a_fake import Events

class FakeSqs:
    def __init__(self):
        self.sent = []

    def send_message(self, **message):
        self.sent.append(message)

def test_publish():
    events = Events.__new__(Events)
    events._sqs = FakeSqs()
    assert events.publish("A-1")
    assert events._sqs.sent

def test_with_monkeypatch(monkeypatch):
    monkeypatch.setattr("os.sep", ":")
""",
        (
            'monkeypatch.setattr(events._sqs, "send_message", failing_send_message)',
            'failure = botocore.exceptions.ClientError({"Error": {"Code":',
            'with pytest.raises(botocore.exceptions.ClientError):\n        events.publish("A-1")',
        ),
    ),
    "from_conftest": (
        """\
class Full(Exception):
    pass


class Ledger:
    def book(self, line):
        if not line:
            raise Full(line)


def note(ledger: Ledger, line):
    try:
        ledger.book(line)  # here
    except Full:
        return False
    return True
""",
        """\
from shop.from_conftest import note

def test_note(ledger):
    assert note(ledger, "x") is True
    assert ledger.lines == ["x"]

def test_with_monkeypatch(monkeypatch):
    monkeypatch.setattr("os.sep", ":")
""",
        ('monkeypatch.setattr(ledger, "book", failing_book)\n\n    result = note(ledger, "x")',),
    ),
    "written_in_c": (
        """\
import sqlite3


class Store:
    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def save(self, order: str) -> None:
        self._db.execute("SELECT ?", (order,))  # here
""",
        """\
import sqlite3
from shop.written_in_c import Store

def test_save():
    store = Store(sqlite3.connect(":memory:"))
    store.save("A-1")
    assert store
""",
        (
            "db = mock.MagicMock(wraps=store._db)\n",
            'failure = sqlite3.IntegrityError("sqlite3 says no")\n',
            'failure = sqlite3.OperationalError("sqlite3 does not answer")\n',
            "db.execute.side_effect = failure\n",
        ),
    ),
    "answered": (
        """\
import requests


def tell(order):
    answer = requests.post("https://answered.test", json=order, timeout=5)
    answer.raise_for_status()  # here
    return answer.json()["id"]
""",
        """\
import responses
from shop.answered import tell

def test_tell():
    responses.add(responses.POST, "https://answered.test", json={"id": 7})
    found = tell("A-1")
    assert found == 7
""",
        (
            "responses.add(responses.POST, 'https://answered.test', status=402, json={})",
            "pytest.raises(requests.exc",
            "    if not responses.calls:\n        raise AssertionError(",
        ),
    ),
    "unanswered": (
        """\
import requests


def tell(order):
    answer = requests.post("https://unanswered.test", json=order, timeout=5)  # here
    return answer.json()["id"]
""",
        """\
import responses
from shop.unanswered import tell

def test_tell():
    responses.add(responses.POST, "https://unanswered.test", json={"id": 7})
    found = tell("A-1")
    assert found == 7
""",
        (
            '    failure = requests.exceptions.ReadTimeout("requests does not answer")\n'
            "    responses.add(responses.POST, 'https://unanswered.test', body=failure)\n",
        ),
    ),
    "guarded_by_a_call": (
        """\
class Limited(Exception):
    pass


class Limit:
    def take(self):
        return True


class Bank:
    def __init__(self, limit: Limit):
        self._limit = limit

    def charge(self, order):
        if not self._limit.take():
            raise Limited(order)  # here
        return 7
""",
        """\
from shop.guarded_by_a_call import Bank, Limit

def test_charge():
    bank = Bank(Limit())
    assert bank.charge("A-1") == 7

def test_with_monkeypatch(monkeypatch):
    monkeypatch.setattr("os.sep", ":")
""",
        (
            "def test_charge_raises_limited(monkeypatch):",
            "    def other_take(*args, **kwargs):\n        asked.append(args)\n        return False\n",
            "    if not asked:\n        raise AssertionError(",
            'with pytest.raises(Limited):\n        bank.charge("A-1")',
        ),
    ),
    "guarded_by_an_argument": (
        """\
class Bank:
    def charge(self, order, amount, currency="EUR"):
        if amount <= 0 or not order:
            raise ValueError(amount)  # here
        return 7
""",
        """\
from shop.guarded_by_an_argument import Bank

def test_charge():
    assert Bank().charge("A-1", 12) == 7
""",
        ('with pytest.raises(ValueError):\n        Bank().charge("A-1", 0)',),
    ),
    "guarded_by_what_came_back": (
        """\
import requests


def tell(order):
    answer = requests.get("https://x.test", timeout=5)
    if answer is None:
        return False  # here
    return True
""",
        """\
from shop.guarded_by_what_came_back import tell

def test_tell():
    assert tell("A-1") is True

def test_with_monkeypatch(monkeypatch):
    monkeypatch.setattr("os.sep", ":")
""",
        (
            "def test_tell_returns_false(monkeypatch):",
            "    def other_get(*args, **kwargs):\n        asked.append(args)\n        return None\n",
            'result = tell("A-1")',
        ),
    ),
    "left_by_a_with": (
        """\
class Torn(Exception):
    pass


class Line:
    def close(self):
        if self is None:
            raise Torn


class Session:
    def __init__(self, line: Line):
        self.line = line

    def __enter__(self):
        return self.line

    def __exit__(self, *exc_info):
        self.line.close()  # here


def session(line):
    return Session(line)
""",
        """\
from shop.left_by_a_with import Line, Session

def test_session():
    with Session(Line()) as line:
        assert line
        str(line)
"""
        + WITH_MONKEYPATCH,
        ("    with pytest.raises(Torn):\n        with Session(Line()) as line:\n            str(line)\n",),
    ),
    "a_name_that_others_have": (
        """\
class Full(Exception):
    pass


class Shelf:
    def put(self, thing):
        if thing is None:
            raise Full(thing)


class Store:
    def __init__(self, shelf: Shelf):
        self._shelf = shelf

    def put(self, thing):
        try:
            self._shelf.put(thing)  # here
        except Full:
            return False
        return True
""",
        """\
import queue
from shop.a_name_that_others_have import Shelf, Store

def test_put():
    things = queue.Queue()
    things.put("A-1")
    assert Store(Shelf()).put(things.get())
"""
        + WITH_MONKEYPATCH,
        ('    things.put("A-1")\n\n    def failing_put', "result = Store(Shelf()).put(things.get())"),
    ),
    "made_of_a_class": (
        """\
class Price:
    def __init__(self, cents):
        if cents < 0:
            raise ValueError(cents)
        self.cents = cents


def price(cents):
    if isinstance(cents, Price):
        return cents
    return Price(cents)  # here
""",
        """\
from shop.made_of_a_class import price

def test_price():
    assert price(12).cents == 12
"""
        + WITH_MONKEYPATCH,
        ('monkeypatch.setattr("shop.made_of_a_class.Price.__init__", failing_price)',),
    ),
    "overridden": (
        """\
class Lost(Exception):
    pass


class Sender:
    def send(self, text):
        raise Lost(text)


class Mail(Sender):
    def send(self, text):
        if not text:
            raise Lost(text)
        return len(text)


class Letter(Sender):
    def send(self, text):
        if not text:
            raise Lost(text)
        return 1


def tell(sender: Sender, text):
    return sender.send(text)  # here
""",
        """\
from shop.overridden import Mail, tell

def test_tell():
    assert tell(Mail(), "x") == 1
"""
        + WITH_MONKEYPATCH,
        ('monkeypatch.setattr("shop.overridden.Mail.send", failing_send)',),
    ),
    "given_to_each_object": (
        """\
class Printer:
    def __call__(self, order):
        if not order:
            raise ValueError(order)
        return f"bill {order}"


class Till:
    def __init__(self, printer: Printer):
        self.printer = printer

    def bill(self, order):
        return self.printer(order)  # here
""",
        """\
from shop.given_to_each_object import Printer, Till

def test_bill():
    assert Till(Printer()).bill(3) == "bill 3"
"""
        + WITH_MONKEYPATCH,
        ('monkeypatch.setattr("shop.given_to_each_object.Printer.__call__", failing_printer)',),
    ),
    "asked_through_a_client": (
        """\
import requests


class App:
    warm = False

    def tell(self, path):
        return requests.post("https://x.test" + path, timeout=5).json()["id"]  # here


class Client:
    def __init__(self, app: App):
        self.ask = app.tell
        if app.warm:
            app.tell("/")

    def get(self, path):
        return getattr(self, "ask")(path)
""",
        """\
from shop.asked_through_a_client import App, Client

def test_tell():
    client = Client(App())
    answer = client.get("/orders")
    assert answer == 7
"""
        + WITH_MONKEYPATCH,
        ("    client = Client(App())\n\n    def failing_post(", 'client.get("/orders")'),
    ),
    "set_on_an_object": (
        """\
class Cart:
    @property
    def lines(self):
        return self._lines

    @lines.setter
    def lines(self, lines):
        self._lines = counted(lines)  # here


def counted(lines):
    if not lines:
        raise ValueError(lines)
    return list(lines)
""",
        """\
from shop.set_on_an_object import Cart

def test_lines():
    cart = Cart()
    cart.lines = (1, 2)
    assert cart.lines == [1, 2]
"""
        + WITH_MONKEYPATCH,
        ("with pytest.raises(ValueError):\n        cart.lines = (1, 2)",),
    ),
    "read_in_an_assertion": (
        """\
class Cart:
    def __init__(self, lines):
        self._lines = lines

    @property
    def total(self):
        return counted(self._lines)  # here


def counted(lines):
    if not lines:
        raise ValueError(lines)
    return len(lines)
""",
        """\
from shop.read_in_an_assertion import Cart

def test_total():
    cart = Cart((1, 2))
    assert cart.total == 2
"""
        + WITH_MONKEYPATCH,
        ("with pytest.raises(ValueError):\n        cart.total\n",),
    ),
    "under_another_name": (
        POSTS,
        """\
import pytest
from shop.under_another_name import tell

@pytest.fixture
def requests():
    return {}

class TestTell:
    def test_tell(self, requests):
        requests["order"] = "A-1"
        assert tell(requests["order"]) == 7
"""
        + WITH_MONKEYPATCH,
        ('failure = ReadTimeout("requests does not answer")', "with pytest.raises(NotTold):"),
    ),
    "behind_a_patch": (
        """\
import requests


def tell(order):
    answer = requests.post("https://x.test", json=order, timeout=5)
    answer.raise_for_status()  # here
    return answer.json()["id"]
""",
        """\
from unittest.mock import MagicMock, patch
from shop.behind_a_patch import tell

@patch("time.time")
@patch("requests.post")
def test_tell(post, now):
    found = MagicMock()
    found.json.return_value = {"id": 7}
    post.return_value = found
    assert tell("A-1") == 7
""",
        (
            "    post.return_value.raise_for_status.side_effect = failure\n\n"
            "    with pytest.raises(requests.exceptions.HTTPError):",
        ),
    ),
    "behind_what_stands_in": (
        """\
import requests


def tell(order):
    with requests.Session() as session:
        session.post("https://x.test", json=order, timeout=5).raise_for_status()
    answer = requests.post("https://x.test", json=order, timeout=5)
    answer.raise_for_status()  # here
    return True
""",
        """\
from unittest import mock
from shop import behind_what_stands_in

class Answer:
    def raise_for_status(self):
        return None

def test_tell():
    with mock.patch.object(behind_what_stands_in, "requests"), mock.patch("requests.post") as post:
        behind_what_stands_in.requests.post = post
        post.return_value = Answer()
        assert behind_what_stands_in.tell("A-1")
""",
        ('with mock.patch.object(Answer, "raise_for_status", side_effect=failure):',),
    ),
    "set_on_the_object": (
        """\
import redis


class Store:
    def __init__(self, url):
        self.conn = redis.Redis.from_url(url)

    def wait(self, key):
        try:
            found = self.conn.blpop(key, timeout=1)  # here
        except redis.exceptions.ConnectionError:
            return False
        return found is not None
""",
        """\
from unittest import mock
from shop.set_on_the_object import Store

def test_wait():
    store = Store.__new__(Store)
    keys = []

    class Conn:
        def blpop(self, key, timeout=None):
            keys.append(key)

    store.conn = Conn()
    assert not store.wait("k")
    with mock.patch("os.sep", ":"):
        assert keys == ["k"]
""",
        ('with mock.patch.object(store.conn, "blpop", side_effect=failure):\n        result = store.wait("k")',),
    ),
    "made_of_more": (
        """\
import vendor


def note(order):
    try:
        vendor.check(order)
    except vendor.Unsigned:  # here
        return False
    return True
""",
        """\
import vendor
from shop.made_of_more import note

def test_note():
    assert note("A-1")
"""
        + WITH_MONKEYPATCH,
        (
            "    # its constructor is not called: give it what the code reads of it\n"
            '    failure = vendor.Unsigned.__new__(vendor.Unsigned, "made to fail")\n',
        ),
    ),
    "asked_through_a_client_with_an_annotation": (
        """\
import requests


class App:
    warm = False

    def tell(self, path):
        return requests.post("https://x.test" + path, timeout=5).json()["id"]  # here


class Client:
    def __init__(self, app: App):
        self.ask = app.tell
        if app.warm:
            app.tell("/")

    def get(self, path):
        return getattr(self, "ask")(path)
""",
        """\
from shop.asked_through_a_client_with_an_annotation import App, Client

def test_tell():
    client: Client = Client(App())
    answer = client.get("/orders")
    assert answer == 7
"""
        + WITH_MONKEYPATCH,
        ("    client: Client = Client(App())\n\n    def failing_post(", 'client.get("/orders")'),
    ),
    "called_as_an_application": (
        """\
import operator

import requests


class App:
    def __init__(self, routes, verb):
        self.routes, self.verb = routes, verb

    def __call__(self, path):
        return operator.methodcaller(self.verb)(self.routes[path])


class Route:
    def tell(self):
        return requests.post("https://x.test", timeout=5).json()["id"]  # here
""",
        """\
from shop.called_as_an_application import App, Route

def test_tell(tmp_path):
    with (tmp_path / "page").open("w") as file:
        file.write("page")
    app = App({"/": Route()}, "tell")
    answer = app("/")
    assert answer == 7
"""
        + WITH_MONKEYPATCH,
        ('    app = App({"/": Route()}, "tell")\n\n    def failing_post(', "with pytest.raises(requests."),
    ),
    "over_a_connection": (
        """\
import requests


class App:
    def receive_text(self):
        return requests.post("https://x.test", timeout=5).json()["id"]  # here


class Client:
    def __init__(self, app: App):
        self.app = app

    def websocket_connect(self, path):
        return Session(getattr(self, "app"))


class Session:
    def __init__(self, app):
        self.app = app

    def __enter__(self):
        self.heard = self.app.receive_text()
        return self

    def __exit__(self, *failure):
        return None

    def receive_text(self):
        return self.heard
""",
        """\
from shop.over_a_connection import App, Client

def test_receive_text():
    client = Client(App())
    with client.websocket_connect("/orders") as session:
        assert session.receive_text() == 7
"""
        + WITH_MONKEYPATCH,
        ("    client = Client(App())\n\n    def failing_post(", ":\n        with client.websocket_connect("),
    ),
    "of_what_is_held": (
        """\
import collections.abc


class Headers(collections.abc.Mapping):
    def __init__(self, held):
        self.held = held

    def __getitem__(self, name):
        if name not in self.held:
            raise KeyError(name)
        return self.held[name]

    def __iter__(self):
        return iter(self.held)

    def __len__(self):
        return len(self.held)


def host(headers: Headers):
    return headers.get("host", "").split(":")[0]  # here
""",
        """\
from shop.of_what_is_held import Headers, host

def test_host():
    assert host(Headers({"host": "x.test:80"})) == "x.test"
"""
        + WITH_MONKEYPATCH,
        ('Headers.get", failing_get)',),
    ),
    "of_the_call_that_can": (
        """\
class Voucher:
    class DoesNotExist(Exception):
        pass


def model():
    return globals()["Voucher"]


Coupon = model()


class Manager:
    def get(self, code):
        return code


Coupon.objects = Manager()


def redeem(attrs):
    try:
        code = attrs.get("code")
        return Coupon.objects.get(code)
    except Coupon.DoesNotExist:  # here
        return "unknown"
""",
        """\
from shop.of_the_call_that_can import redeem

def test_redeem():
    assert redeem({"code": 7}) == 7
"""
        + WITH_MONKEYPATCH,
        ("Coupon.DoesNotExist(", 'Coupon.objects.get", failing_get)', "result = redeem("),
    ),
    "of_the_first_of_two_kinds": (
        """\
import requests
from requests.exceptions import HTTPError, Timeout


def pay(order):
    try:
        answer = requests.post("https://x.test", json=order, timeout=5)
        answer.raise_for_status()
    except (Timeout, HTTPError):  # here
        return 502
    return 200
""",
        """\
from shop.of_the_first_of_two_kinds import pay

def test_pay():
    assert pay(1) == 200
"""
        + WITH_MONKEYPATCH,
        ("requests_rejects(", 'HTTPError("requests says no", response', 'Timeout("requests does not answer")'),
    ),
    "taken_on_its_way": (
        """\
import contextlib

import requests


def ask(order):
    answer = requests.post("https://x.test", json=order, timeout=5)  # here
    return answer.status_code


def part(order):
    return ask(order)


def pay(order):
    with contextlib.suppress(OSError):
        return part(order)
    return 502
""",
        """\
from shop.taken_on_its_way import pay

def test_pay():
    assert pay(1) == 200
"""
        + WITH_MONKEYPATCH,
        ("    result = pay(1)",),
    ),
    "raised_after_the_loop": (
        """\
import requests


class Down(Exception):
    pass


def pay(order):
    for attempt in range(3):
        try:
            return requests.post("https://x.test", json=order, timeout=5)  # here
        except requests.RequestException:
            continue
    raise Down(order)
""",
        """\
from shop.raised_after_the_loop import pay

def test_pay():
    assert pay(1).status_code == 200
"""
        + WITH_MONKEYPATCH,
        ("    with pytest.raises(Down):\n        pay(1)",),
    ),
    "read_as_json": (
        """\
import requests


def find(order):
    answer = requests.get(f"https://x.test/{order}", timeout=5)
    return answer.json()  # here
""",
        """\
import responses

from shop.read_as_json import find

def test_find():
    responses.add(responses.POST, "https://x.test/9", json={"id": 7})
    assert find(9)["id"] == 7
""",
        ('body="no JSON")\n', "with pytest.raises(requests.exceptions.JSONDecodeError):"),
    ),
    "checked_in_a_try": (
        """\
import requests


class Page:
    @property
    def status(self):
        return requests.post("https://x.test", timeout=5).status_code  # here
""",
        """\
import unittest

from shop.checked_in_a_try import Page

class Pages(unittest.TestCase):
    def test_status(self):
        page = Page()
        try:
            self.assertEqual(200, page.status)
        except AssertionError:
            raise
"""
        + WITH_MONKEYPATCH,
        (":\n            page.status\n",),
    ),
    "taken_from_a_generator": (
        """\
import requests


def statuses(orders):
    for order in orders:
        yield requests.post("https://x.test", json=order, timeout=5).status_code  # here
""",
        """\
from shop.taken_from_a_generator import statuses

def test_statuses():
    assert len(list(statuses([1]))) == 1
"""
        + WITH_MONKEYPATCH,
        ("        list(statuses([1]))",),
    ),
    "behind_a_proxy": (
        """\
class LocalProxy:
    def __init__(self, find):
        self.__dict__["find"] = find

    def __getattr__(self, name):
        return getattr(self.find(), name)


class Mails:
    def check(self, address):
        if "@" not in address:
            raise ValueError(address)
        return address


class Box:
    mails: Mails


boxes: list[Box] = []
box: Box = LocalProxy(lambda: boxes[-1])


def sign_in(address):
    return box.mails.check(address)  # here
""",
        """\
from shop.behind_a_proxy import Box, Mails, boxes, sign_in

def started():
    made = Box()
    made.mails = Mails()
    boxes.append(made)

def test_sign_in():
    started()
    assert sign_in("a@b") == "a@b"
"""
        + WITH_MONKEYPATCH,
        ("Mails.check", "pytest.raises(ValueError)"),
    ),
}
