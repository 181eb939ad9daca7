"""The catalogue of fallible calls: sound in itself, true of the standard library, and found from code."""

from __future__ import annotations

import ast
import builtins
import importlib
import sys
from collections import Counter
from types import ModuleType

import pytest

from quality_gate_checkers.dependencies import Call, Catalogue, Deadline, Library, catalogue, lookup
from quality_gate_checkers.inspection import inspect
from quality_gate_checkers.model import Module
from quality_gate_checkers.pins import WANTED, Pin
from quality_gate_checkers.settings import Dependency, Settings

LIBRARIES = catalogue().libraries
EACH_LIBRARY = pytest.mark.parametrize("library", LIBRARIES, ids=lambda library: library.name)
STANDARD = [library for library in LIBRARIES if set(library.modules) <= {*sys.stdlib_module_names, "open"}]


def names_of(library: Library) -> list[str]:
    calls = [name.removesuffix(".*") for call in library.calls for name in call.names]
    return [*calls, *library.factories]


def is_builtin_exception(name: str) -> bool:
    found = getattr(builtins, name.removeprefix("builtins."), None) if name.startswith("builtins.") else None
    return isinstance(found, type) and issubclass(found, BaseException)


# -- sound in itself


@pytest.mark.parametrize("table", ["aliases", "factories", "exceptions"])
def test_no_two_libraries_say_something_of_the_same_name(table: str) -> None:
    counted = Counter(name for library in LIBRARIES for name in getattr(library, table))
    assert [name for name, times in counted.items() if times > 1] == []


def test_a_call_that_two_libraries_know_is_refused() -> None:
    library = Library(name="a", kind="http", modules=("a",), source="", calls=(Call(names=("a.get",)),))
    with pytest.raises(ValueError, match=r"a: a\.get is in the catalogue twice"):
        Catalogue([library, library])


@EACH_LIBRARY
def test_names_are_the_ones_that_aliases_lead_to(library: Library) -> None:
    facts = catalogue()
    used = [*names_of(library), *library.exceptions, *library.rejects, *library.unavailable]
    made = [name for name in library.factories.values() if "{0}" not in name]
    told = [base for bases in library.exceptions.values() for base in bases]
    ends = [*used, *made, *told, *library.aliases.values()]
    assert [name for name in ends if facts.canonical(name) != name] == []


@EACH_LIBRARY
def test_every_base_of_an_exception_is_known(library: Library) -> None:
    known = {name for other in LIBRARIES for name in other.exceptions}
    bases = {base for told in library.exceptions.values() for base in told}
    assert {base for base in bases - known if not is_builtin_exception(base)} == set()
    assert all("builtins.BaseException" in catalogue().lineage(name) for name in library.exceptions)


@EACH_LIBRARY
def test_what_tells_of_a_failure_is_a_known_exception(library: Library) -> None:
    known = {name for other in LIBRARIES for name in other.exceptions}
    told = {*library.rejects, *library.unavailable}
    assert told
    for call in library.calls:
        told |= {*(call.rejects or ()), *(call.unavailable or ())}
        assert call.rejects != () or call.unavailable != ()
    assert {name for name in told - known if not is_builtin_exception(name)} == set()


@EACH_LIBRARY
def test_modules_let_every_name_be_seen_in_a_file(library: Library) -> None:
    tops = {name.partition(".")[0] for name in (*names_of(library), *library.aliases)}
    exceptions = {"json", "concurrent"}  # aliases of exceptions alone
    assert tops - {"builtins"} - exceptions <= set(library.modules)


@EACH_LIBRARY
def test_classes_in_capitals_are_made_by_a_factory(library: Library) -> None:
    """`smtplib.SMTP()` does not look like a class to the ladder."""
    holders = {name.rpartition(".")[0] for call in library.calls for name in call.names}
    shouted = {holder for holder in holders if holder.rpartition(".")[2].isupper()}
    assert shouted <= set(library.factories.values())


@EACH_LIBRARY
def test_deadlines_say_something(library: Library) -> None:
    for call in library.calls:
        deadline = call.deadline
        if deadline is not None:
            assert deadline.keyword or deadline.on_client or deadline.default
            assert deadline.default is None or deadline.default > 0
            assert deadline.position is None or deadline.keyword
        assert bool(call.excluding) == any(name.endswith(".*") for name in call.names)
    assert library.source.startswith("https://")


# -- true of the standard library


def real(name: str) -> object:
    top, *parts = name.split(".")
    found: object = importlib.import_module(top)
    for part in parts:
        if isinstance(found, ModuleType) and not hasattr(found, part):
            importlib.import_module(f"{found.__name__}.{part}")
        found = getattr(found, part)
    return found


def test_the_standard_library_is_in_the_catalogue() -> None:
    wanted = {"files", "ftplib", "smtplib", "sockets", "sqlite3", "subprocess", "urllib.request"}
    assert {library.name for library in STANDARD} == wanted


@pytest.mark.parametrize("library", STANDARD, ids=lambda library: library.name)
def test_names_of_the_standard_library_exist(library: Library) -> None:
    assert all(callable(real(name)) for name in names_of(library))
    assert all(isinstance(real(name), type) for name in library.factories.values())
    for alias, target in library.aliases.items():
        below = [""] if not isinstance(real(alias), ModuleType) else [f".{name}" for name in ("Error", "connect")]
        assert all(real(alias + rest) is real(target + rest) for rest in below), alias


@pytest.mark.parametrize("library", STANDARD, ids=lambda library: library.name)
def test_exceptions_of_the_standard_library_have_these_bases(library: Library) -> None:
    for name in library.exceptions:
        exception = real(name)
        assert isinstance(exception, type)
        lineage = catalogue().lineage(name)
        assert {real(base) for base in lineage} <= set(exception.__mro__), name
        builtin = {base for base in exception.__mro__ if base.__module__ == "builtins" and base is not object}
        assert {f"builtins.{base.__name__}" for base in builtin} <= lineage, name


# -- looked up


@pytest.mark.parametrize(
    ("name", "canonical"),
    [
        ("requests.sessions.Session.get", "requests.Session.get"),
        ("requests.api.get", "requests.get"),
        ("sqlalchemy.orm.session.Session.commit", "sqlalchemy.orm.Session.commit"),
        ("mypy_boto3_sqs.client.SQSClient.send_message_batch", "botocore.client.sqs.send_message_batch"),
        ("types_boto3_sqs.SQSClient.send_message", "botocore.client.sqs.send_message"),
        ("mypy_boto3_dynamodb.service_resource.Table.put_item", "boto3.resources.dynamodb.Table.put_item"),
        ("asyncpg.exceptions.UniqueViolationError", "asyncpg.UniqueViolationError"),
        ("shop.bank.Gateway.charge", "shop.bank.Gateway.charge"),
        ("requestsx.sessions.Session", "requestsx.sessions.Session"),
        ("", ""),
    ],
)
def test_canonical(name: str, canonical: str) -> None:
    assert catalogue().canonical(name) == canonical


def call(text: str) -> ast.Call:
    found = ast.parse(text, mode="eval").body
    assert isinstance(found, ast.Call)
    return found


@pytest.mark.parametrize(
    ("name", "text", "made"),
    [
        ("boto3.client", "boto3.client('sqs')", "botocore.client.sqs"),
        ("boto3.session.Session.client", "session.client('s3', region_name=r)", "botocore.client.s3"),
        ("boto3.client", "boto3.client(name)", None),
        ("boto3.client", "boto3.client(1)", None),
        ("boto3.client", "boto3.client(service_name='sqs')", "botocore.client.sqs"),
        ("boto3.client", "boto3.client()", None),
        ("redis.from_url", "redis.from_url(url)", "redis.Redis"),
        ("redis.client.Redis.from_url", "Redis.from_url(url)", "redis.Redis"),
        ("smtplib.SMTP", "smtplib.SMTP(host)", "smtplib.SMTP"),
        ("shop.bank.gateway", "gateway()", None),
    ],
)
def test_made_by(name: str, text: str, made: str | None) -> None:
    assert catalogue().made_by(name, call(text)) == made


def test_objects_is_a_manager_of_a_class_only() -> None:
    facts = catalogue()
    assert facts.canonical("shop.models.Order.objects.get") == "django.db.models.Manager.get"
    for other in ("shop.objects.get", "shop.Order.objects", "shop.Order.my_objects.get", "objects.get", ".objects.x"):
        assert facts.canonical(other) == other


def test_lineage_of_what_is_not_known_is_itself() -> None:
    assert catalogue().lineage("shop.bank.Declined") == {"shop.bank.Declined"}
    assert catalogue().lineage("builtins.open") == {"builtins.open"}


@pytest.mark.parametrize(
    ("caught", "raised", "catches"),
    [
        ("requests.RequestException", "requests.exceptions.ReadTimeout", True),
        ("builtins.OSError", "requests.exceptions.ReadTimeout", True),
        ("builtins.IOError", "builtins.FileNotFoundError", True),
        ("builtins.TimeoutError", "requests.exceptions.ReadTimeout", False),
        ("builtins.ConnectionError", "requests.exceptions.ConnectionError", False),
        ("builtins.TimeoutError", "redis.exceptions.TimeoutError", False),
        ("builtins.ConnectionError", "redis.ConnectionError", False),
        ("builtins.TimeoutError", "sqlalchemy.exc.TimeoutError", False),
        ("builtins.TimeoutError", "aiohttp.ServerTimeoutError", True),
        ("asyncio.TimeoutError", "aiohttp.ServerTimeoutError", True),
        ("socket.timeout", "builtins.TimeoutError", True),
        ("psycopg.OperationalError", "psycopg.errors.QueryCanceled", True),
        ("psycopg2.OperationalError", "psycopg2.errors.SerializationFailure", True),
        ("celery.exceptions.CeleryError", "celery.exceptions.Retry", True),
        ("botocore.exceptions.BotoCoreError", "botocore.exceptions.ClientError", False),
        ("grpc.RpcError", "grpc.aio.AioRpcError", True),
        ("builtins.ConnectionResetError", "http.client.RemoteDisconnected", True),
        ("builtins.Exception", "stripe.error.CardError", True),
        ("shop.bank.Declined", "shop.bank.Declined", True),
        ("builtins.Exception", "shop.bank.Declined", False),
    ],
)
def test_catches(caught: str, raised: str, catches: bool) -> None:
    assert catalogue().catches(caught, raised) is catches


def test_a_class_with_all_its_methods_leaves_out_the_local_ones() -> None:
    facts = catalogue()
    known = facts.fallible("redis.Redis.xautoclaim")
    assert known is not None
    assert (known.effect, known.dependency, known.remote) == ("depends", "redis", True)
    assert facts.fallible("redis.Redis.pipeline") is None
    assert facts.fallible("redis.Redis.__init__") is None
    assert facts.fallible("botocore.client.sqs.get_waiter") is None


def test_a_method_named_by_itself_says_more_than_its_class() -> None:
    known = catalogue().fallible("redis.Redis.publish")
    assert known is not None
    assert known.effect == "write"


def test_files_and_processes_are_not_remote() -> None:
    local = ["builtins.open", "subprocess.run", "sqlite3.connect", "os.remove"]
    found = [catalogue().fallible(name) for name in local]
    assert [known.remote for known in found if known] == [False] * len(local)


OWN = Settings(
    dependencies={
        "bank": Dependency(
            calls=("shop.bank.Gateway.*", "requests.post"),
            rejects=("shop.bank:Declined",),
            unavailable=("shop.bank.Unreachable",),
        )
    }
)


@pytest.mark.parametrize("name", ["shop.bank.Gateway.charge", "requests.post"])
def test_what_the_project_says_comes_first(name: str) -> None:
    known = lookup(name, OWN)
    assert known is not None
    assert (known.name, known.dependency, known.kind, known.effect) == (name, "bank", "own", "depends")
    assert known.raises == ("shop.bank.Declined", "shop.bank.Unreachable")
    assert known.remote


def test_then_comes_the_catalogue() -> None:
    known = lookup("requests.sessions.Session.get", OWN)
    assert known is not None
    assert (known.name, known.dependency, known.effect) == ("requests.Session.get", "requests", "read")
    assert "requests.exceptions.Timeout" in known.raises
    assert not known.rejects, "an answer that says no is an answer"
    assert lookup("requests.Session.mount", OWN) is None
    assert lookup("shop.cart.add", OWN) is None


# -- found from code

CODE = {
    "requests.Session.post": "import requests\ndef pay(http: requests.Session): http.post(url)",
    "httpx.AsyncClient.get": "import httpx\nasync def f():\n async with httpx.AsyncClient() as c: await c.get(url)",
    "smtplib.SMTP.send_message": "from smtplib import SMTP\nwith SMTP(host, timeout=5) as s: s.send_message(m)",
    "psycopg.Cursor.execute": "import psycopg\nwith psycopg.connect(d).cursor() as cur: cur.execute(q)",
    "psycopg2.extensions.cursor.execute": "import psycopg2\ncur = psycopg2.connect(d).cursor()\ncur.execute(q)",
    "asyncpg.Connection.fetch": "import asyncpg\nasync def f():\n c = await asyncpg.connect(d)\n await c.fetch(q)",
    "sqlite3.Connection.commit": "import sqlite3\ndb = sqlite3.connect(path)\ndb.commit()",
    "sqlalchemy.orm.Session.commit": "from sqlalchemy.orm import Session\nwith Session(e) as s: s.commit()",
    "sqlalchemy.orm.Query.all": "from sqlalchemy.orm import Session\ndef f(s: Session): s.query(A).filter(x).all()",
    "sqlalchemy.Connection.execute": "from sqlalchemy import create_engine as c\nwith c(u).begin() as b: b.execute(q)",
    "sqlalchemy.ext.asyncio.AsyncSession.flush": (
        "from sqlalchemy.ext.asyncio import AsyncSession\nasync def f(s: AsyncSession): await s.flush()"
    ),
    "pymongo.collection.Collection.insert_one": (
        "import pymongo\npymongo.MongoClient(u).get_database('a').get_collection('b').insert_one(d)"
    ),
    "redis.Redis.set": "import redis\nr = redis.from_url(u)\nr.set(k, v)",
    "redis.client.Pipeline.execute": "from redis import Redis\nwith Redis().pipeline() as p: p.execute()",
    "pymemcache.client.base.Client.get": "from pymemcache import Client\nClient(server).get(k)",
    "celery.result.AsyncResult.get": "from celery import Celery\nCelery().send_task('t').get(timeout=3)",
    "kafka.KafkaProducer.send": "from kafka import KafkaProducer\np = KafkaProducer()\np.send(t, v)",
    "confluent_kafka.Producer.flush": "from confluent_kafka import Producer\np = Producer(c)\np.flush(5)",
    "pika.adapters.blocking_connection.BlockingChannel.basic_publish": (
        "import pika\nch = pika.BlockingConnection(p).channel()\nch.basic_publish(x, k, b)"
    ),
    "rq.Queue.enqueue": "from rq import Queue\nq = Queue(connection=c)\nq.enqueue(f)",
    "botocore.client.sqs.send_message_batch": "import boto3\ns = boto3.client('sqs')\ns.send_message_batch(Entries=e)",
    "botocore.client.kinesis.put_records": (
        "import boto3\nclass A:\n def __init__(self): self.k = boto3.Session().client('kinesis')\n"
        " def f(self): self.k.put_records(Records=r)"
    ),
    "botocore.client.s3.delete_objects": (
        "from mypy_boto3_s3 import S3Client\ndef f(s3: S3Client): s3.delete_objects(Bucket=b)"
    ),
    "boto3.resources.dynamodb.Table.put_item": (
        "import boto3\nt = boto3.resource('dynamodb').Table('t')\nt.put_item(Item=i)"
    ),
    "boto3.resources.s3.Object.put": "import boto3\nboto3.resource('s3').Bucket('b').Object('k').put(Body=b)",
    "subprocess.Popen.communicate": "import subprocess\np = subprocess.Popen(a)\np.communicate()",
    "socket.socket.sendall": "import socket\ns = socket.create_connection(a)\ns.sendall(b)",
    "grpc.Future.result": "import grpc\ngrpc.channel_ready_future(grpc.insecure_channel(t)).result(timeout=3)",
    "paramiko.SFTPClient.put": (
        "import paramiko\nc = paramiko.SSHClient()\nwith c.open_sftp() as sftp: sftp.put(a, b)"
    ),
    "ftplib.FTP.storbinary": "from ftplib import FTP\nwith FTP(host) as ftp: ftp.storbinary(c, f)",
    "builtins.open": "with open(path) as f: pass",
    "pathlib.Path.write_text": "from pathlib import Path\nPath(a).with_suffix('.x').write_text(t)",
    "stripe.PaymentIntent.create": "import stripe\nstripe.PaymentIntent.create(amount=1)",
    "django.db.models.Manager.get": "from shop.models import Order\ndef f(): return Order.objects.get(pk=1)",
    "django.db.models.QuerySet.update": (
        "from shop import models\ndef f(): models.Order.objects.filter(a=1).exclude(b=2).update(c=3)"
    ),
    "django.db.backends.utils.CursorWrapper.execute": (
        "from django.db import connection\nwith connection.cursor() as c: c.execute(q)"
    ),
    "django.core.cache.cache.set": "from django.core.cache import cache\ncache.set(k, v)",
    "django.core.mail.EmailMessage.send": "from django.core.mail import EmailMessage\nEmailMessage(s, b).send()",
    "elasticsearch.Elasticsearch.index": "from elasticsearch import Elasticsearch\nElasticsearch(u).index(index=i)",
}


@pytest.mark.parametrize("name", CODE)
def test_calls_are_found_in_code(name: str) -> None:
    tree = ast.parse(CODE[name])
    module = Module("shop/pay.py", CODE[name], tree, Settings(), catalogue().made_by)
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    found = {known.name for node in calls if (known := lookup(module.names.callee(node) or "", Settings()))}
    assert name in found


def test_every_library_is_found_in_code() -> None:
    found = {known.dependency for name in CODE if (known := lookup(name, Settings()))}
    silent = {"aiohttp", "memcache", "urllib.request", "urllib3"}  # nothing in them that the others have not
    assert found | silent == {library.name for library in LIBRARIES}


# -- how long, by the project's own version


def waits(name: str, **pins: Pin) -> float | None:
    known = lookup(name, Settings(pins=pins))
    assert known is not None
    assert known.deadline is not None
    return known.deadline.default


@pytest.mark.parametrize(
    ("pin", "seconds"),
    [
        (Pin("7.4.1"), None),
        (Pin("8.0.0"), 5.0),
        (Pin("8.1"), 5.0),
        (Pin("8", below=True), None),
        (Pin("8.0.1", below=True), 5.0),
    ],
)
def test_the_projects_pin_decides_what_a_library_does_by_itself(pin: Pin, seconds: float | None) -> None:
    assert waits("redis.Redis.get", redis=pin) == seconds
    assert waits("redis.asyncio.Redis.blpop", redis=pin) == seconds


def test_an_unknown_version_is_the_newest() -> None:
    assert waits("redis.Redis.get") == 5.0
    assert waits("redis.Redis.get", psycopg=Pin("3.1.12")) == 5.0
    assert waits("psycopg.connect", psycopg=Pin("3.1.12")) is None


def test_pins_are_read_of_the_packages_that_decide_something_and_of_no_others() -> None:
    named = {
        call.deadline.since.package
        for library in LIBRARIES
        for call in library.calls
        if call.deadline and call.deadline.since
    }
    assert named == WANTED
    assert all(name.isalnum() and name.islower() for name in WANTED)


# -- what may be made twice, and what fails in its own way


@pytest.mark.parametrize(
    ("name", "idempotent"),
    [
        ("requests.Session.get", True),
        ("requests.put", True),
        ("requests.post", False),
        ("requests.Session.request", None),
        ("redis.Redis.set", True),
        ("redis.Redis.incr", False),
        ("redis.Redis.xautoclaim", None),
        ("botocore.client.sqs.send_message", False),
        ("botocore.client.sqs.delete_message", True),
        ("pymongo.collection.Collection.delete_one", False),
        ("stripe.Charge.create", False),
        ("smtplib.SMTP.send_message", False),
        ("os.makedirs", True),
    ],
)
def test_idempotent(name: str, idempotent: bool | None) -> None:
    known = lookup(name, Settings())
    assert known is not None
    assert known.idempotent is idempotent


@EACH_LIBRARY
def test_what_is_called_idempotent_is_a_call_that_may_write(library: Library) -> None:
    writing = {name for call in library.calls if call.effect != "read" for name in call.names}
    methods = {name.rpartition(".")[2] for name in writing}
    assert [name for name in library.idempotent if name not in writing | methods] == []
    assert len(set(library.idempotent)) == len(library.idempotent)


def test_calls_that_fail_in_their_own_way() -> None:
    known = lookup("requests.Response.raise_for_status", Settings())
    assert known is not None
    assert known.raises == known.rejects == ("requests.exceptions.HTTPError",)
    published, waited = (
        lookup(f"celery.{name}", Settings()) for name in ("Celery.send_task", "result.AsyncResult.get")
    )
    assert published is not None
    assert waited is not None
    assert set(published.unavailable) == {"kombu.exceptions.OperationalError"}
    assert "celery.exceptions.TimeoutError" in waited.unavailable


def test_the_project_says_what_its_own_calls_do() -> None:
    bank = Dependency(
        calls=("shop.bank.Gateway.*",),
        effect="write",
        idempotent=("shop.bank:Gateway.cancel",),
        deadline="patience",
    )
    known = [lookup(f"shop.bank.Gateway.{name}", Settings(dependencies={"bank": bank})) for name in ("pay", "cancel")]
    assert [(one.effect, one.idempotent, one.deadline) for one in known if one] == [
        ("write", None, Deadline(keyword="patience")),
        ("write", True, Deadline(keyword="patience")),
    ]


OWN_CALL = "from shop.bank import Gateway\ndef pay(bank: Gateway):\n    bank.pay({})\n"


@pytest.mark.parametrize(
    ("deadline", "arguments", "hits"),
    [("patience", "", 1), ("patience", "patience=3", 0), ("patience", "patience=None", 1), ("other", "patience=3", 1)],
)
def test_a_call_of_the_projects_own_needs_the_deadline_that_the_project_names(deadline, arguments, hits) -> None:
    settings = Settings(dependencies={"bank": Dependency(calls=("shop.bank.Gateway.*",), deadline=deadline)})
    found = inspect("shop/pay.py", OWN_CALL.format(arguments).encode(), settings)
    assert [violation.name for violation in found.violations] == ["call-without-deadline"] * hits


def test_without_a_deadline_calls_of_the_projects_own_end_by_themselves() -> None:
    settings = Settings(dependencies={"bank": Dependency(calls=("shop.bank.Gateway.*",))})
    assert inspect("shop/pay.py", OWN_CALL.format("").encode(), settings).violations == ()


LOGGED = """\
import logging
from shop.bank import Gateway
from {module} import {caught}
log = logging.getLogger(__name__)
def pay(bank: Gateway, order):
    try:
        bank.pay(order)
    except {caught}:
        log.exception("charge failed")
    order.mark_paid()
"""


@pytest.mark.parametrize(
    ("module", "caught", "hits"),
    [
        ("shop.errors", "BankTimeout", 1),
        ("shop.errors", "BankError", 1),
        ("shop.stock", "OutOfStock", 0),
    ],
)
def test_an_exception_beside_the_declared_ones_answers_for_them(module, caught, hits) -> None:
    bank = Dependency(calls=("shop.bank.Gateway.*",), unavailable=("shop.errors.BankTimeout",))
    source = LOGGED.format(module=module, caught=caught)
    found = inspect("shop/pay.py", source.encode(), Settings(dependencies={"bank": bank}))
    assert [one.name for one in found.violations] == ["continue-after-failed-call"] * hits


SWALLOWED = """\
from shop.bank import Gateway
from shop.errors import {caught}


class Checkout:
    def __init__(self, gateway: Gateway):
        self.gateway = gateway

    def {name}(self, order):
        try:
            self.gateway.charge(order.total)
        except {caught}:
            pass
        order.state = "paid"
"""


@pytest.mark.parametrize(
    ("name", "caught", "declared", "hits"),
    [
        ("place", "CardDeclined", True, 1),
        ("place", "CardDeclined", False, 0),
        ("cancel", "BankDown", True, 1),
        ("cancel", "BankDown", False, 0),
    ],
)
def test_what_the_project_declares_is_no_answer_and_no_cleaning_up(name, caught, declared, hits) -> None:
    bank = Dependency(
        calls=("shop.bank.Gateway.*",), rejects=("shop.errors:CardDeclined",), unavailable=("shop.errors.BankDown",)
    )
    settings = Settings(dependencies={"bank": bank} if declared else {})
    found = inspect("shop/pay.py", SWALLOWED.format(name=name, caught=caught).encode(), settings)
    assert [one.name for one in found.violations] == ["continue-after-failed-call"] * hits
