"""How to make what a factory makes without a network, where no annotation says what it is."""

from __future__ import annotations

import asyncio
import http.client
import http.server
import socket
import sqlite3
import ssl
import subprocess
import sys
import tempfile
import threading
import urllib.request
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from typing import Any

from finding import aws_client, aws_resource, django_model, find


@cache
def _server() -> tuple[str, int]:
    """A web server of our own on this machine, for clients that make nothing without an answer."""

    class Answer(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()

        do_HEAD = do_OPTIONS = do_POST = do_PUT = do_PATCH = do_DELETE = do_GET

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return "127.0.0.1", server.server_port


def _url() -> str:
    return f"http://127.0.0.1:{_server()[1]}/"


def _aiohttp(method: str) -> object:
    async def ask() -> object:
        async with find("aiohttp.ClientSession")() as session:
            arguments = ("GET", _url()) if method == "request" else (_url(),)
            async with getattr(session, method)(*arguments) as answer:
                return answer

    return asyncio.run(ask())


def _aiohttp_alone() -> object:
    async def ask() -> object:
        async with find("aiohttp.request")("GET", _url()) as answer:
            return answer

    return asyncio.run(ask())


def _answer() -> object:
    connection = http.client.HTTPConnection(*_server())
    connection.request("GET", "/")
    return connection.getresponse()


def _child(name: str, *arguments: str) -> object:
    async def run() -> object:
        process = await getattr(asyncio, name)(*arguments)
        await process.wait()
        return process

    return asyncio.run(run())


def _path(method: str, *arguments: str) -> object:
    """On a file that exists, on a link where one is wanted."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "file")
        file.touch()
        if method == "readlink":
            file = Path(folder, "link")
            file.symlink_to("file")
        return getattr(file, method)(*(argument.format(folder) for argument in arguments))


def _echo(name: str = "") -> str:
    return name


@cache
def _task() -> Any:
    return find("celery.Celery")(broker="memory://", backend="cache+memory://").task(_echo)


def _celery(make: Callable[[Any], object]) -> Callable[[], object]:
    return lambda: make(_task())


def _group() -> Any:
    return find("celery.group")(_task().s(""))


def _paginator(service: str) -> object:
    client = aws_client(service)
    return client.get_paginator(next(one for one in client.meta.method_to_api_mapping if client.can_paginate(one)))


def _waiter(service: str) -> object:
    return aws_client(service).get_waiter(aws_client(service).waiter_names[0])


def _grpc_channel() -> Any:
    return find("grpc.insecure_channel")("unix:/nowhere")


def _sentinel() -> Any:
    return find("redis.sentinel.Sentinel")([("localhost", 1)])


def _sqlite(holder: str, method: str) -> object:
    connection = sqlite3.connect(":memory:")
    connection.execute("create table t (x)")
    others: dict[str, tuple[Any, ...]] = {"cursor": (), "executemany": ("insert into t values (?)", [])}
    arguments = others.get(method, ("select 1",))
    return getattr(connection if holder == "Connection" else connection.cursor(), method)(*arguments)


def _query(holder: str, method: str) -> object:
    arguments = {"dates": ("at", "day"), "datetimes": ("at", "day"), "using": ("default",)}.get(method, ())
    objects = django_model().objects
    others = {"difference", "intersection", "union"}
    held = objects if holder == "Manager" else objects.all()
    return getattr(held, method)(*((objects.all(),) if method in others else arguments))


def _django_cursor() -> object:
    django_model()
    from django.db import connection

    return connection.cursor()


_QUIET = (sys.executable, "-c", "")
_EXECUTE = ("execute", "executemany", "executescript")
_SHAPES = ("unary_unary", "unary_stream", "stream_unary", "stream_stream")
_CHAIN = (
    *("alias", "all", "annotate", "dates", "datetimes", "defer", "difference", "distinct", "exclude", "extra"),
    *("filter", "intersection", "none", "only", "order_by", "prefetch_related", "reverse", "select_for_update"),
    *("select_related", "union", "using", "values", "values_list"),
)
_ALONE = ("absolute", "cwd", "expanduser", "home", "readlink", "resolve")

SAMPLES: dict[str, Callable[[], object]] = {
    "aiohttp.request": _aiohttp_alone,
    **{
        f"aiohttp.ClientSession.{one}": partial(_aiohttp, one)
        for one in ("get", "head", "options", "post", "put", "patch", "delete", "request")
    },
    "boto3.resources.s3.Bucket.Object": lambda: aws_resource("s3").Bucket("x").Object("x"),
    **{
        f"botocore.client.{one}.get_paginator": partial(_paginator, one)
        for one in ("sqs", "kinesis", "dynamodb", "s3", "sns", "events", "lambda", "ses")
    },
    **{
        f"botocore.client.{one}.get_waiter": partial(_waiter, one)
        for one in ("kinesis", "dynamodb", "s3", "lambda", "ses")
    },
    "celery.app.task.Task.delay": _celery(lambda task: task.delay("")),
    "celery.app.task.Task.apply_async": _celery(lambda task: task.apply_async([""])),
    "celery.app.task.Task.s": _celery(lambda task: task.s("")),
    "celery.app.task.Task.si": _celery(lambda task: task.si("")),
    "celery.app.task.Task.signature": _celery(lambda task: task.signature([""])),
    "celery.Celery.send_task": _celery(lambda task: task.app.send_task(task.name, [""])),
    "celery.Celery.signature": _celery(lambda task: task.app.signature(task.name)),
    "celery.canvas.signature": _celery(lambda task: find("celery.signature")(task.name, app=task.app)),
    "celery.canvas.Signature.delay": _celery(lambda task: task.s().delay("")),
    "celery.canvas.Signature.apply_async": _celery(lambda task: task.s("").apply_async()),
    "celery.canvas.group.delay": lambda: _group().delay(),
    "celery.canvas.group.apply_async": lambda: _group().apply_async(),
    "django.db.connection.cursor": _django_cursor,
    **{
        f"django.db.models.{kind}.{one}": partial(_query, kind, one)
        for kind in ("Manager", "QuerySet")
        for one in _CHAIN
    },
    "elasticsearch.Elasticsearch.options": lambda: find("elasticsearch.Elasticsearch")("http://x:1").options(),
    "grpc.insecure_channel": _grpc_channel,
    "grpc.secure_channel": lambda: find("grpc.secure_channel")("unix:/x", find("grpc.ssl_channel_credentials")()),
    "grpc.intercept_channel": lambda: find("grpc.intercept_channel")(_grpc_channel()),
    **{f"grpc.Channel.{one}": partial(lambda shape: getattr(_grpc_channel(), shape)("/x"), one) for one in _SHAPES},
    "redis.Redis.lock": lambda: find("redis.Redis")().lock("x"),
    "redis.Redis.pubsub": lambda: find("redis.Redis")().pubsub(),
    "redis.sentinel.Sentinel.master_for": lambda: _sentinel().master_for("x"),
    "redis.sentinel.Sentinel.slave_for": lambda: _sentinel().slave_for("x"),
    "sqlite3.connect": lambda: sqlite3.connect(":memory:"),
    "sqlite3.Connection.cursor": partial(_sqlite, "Connection", "cursor"),
    **{f"sqlite3.{kind}.{one}": partial(_sqlite, kind, one) for kind in ("Connection", "Cursor") for one in _EXECUTE},
    "socket.create_connection": lambda: socket.create_connection(_server(), timeout=5),
    "ssl.create_default_context": ssl.create_default_context,
    "ssl.SSLContext.wrap_socket": lambda: ssl.create_default_context().wrap_socket(
        socket.socket(), server_hostname="x"
    ),
    "subprocess.run": lambda: subprocess.run(_QUIET, check=True),
    "asyncio.create_subprocess_exec": partial(_child, "create_subprocess_exec", *_QUIET),
    "asyncio.create_subprocess_shell": partial(_child, "create_subprocess_shell", "true"),
    "urllib.request.build_opener": urllib.request.build_opener,
    "urllib.request.urlopen": lambda: urllib.request.urlopen(_url()),
    "urllib.request.OpenerDirector.open": lambda: urllib.request.build_opener().open(_url()),
    "http.client.HTTPConnection.getresponse": _answer,
    **{f"pathlib.Path.{one}": partial(_path, one) for one in _ALONE},
    **{
        f"pathlib.Path.{one}": partial(_path, one, "other.x")
        for one in ("__rtruediv__", "__truediv__", "joinpath", "with_name", "with_stem")
    },
    **{f"pathlib.Path.{one}": partial(_path, one, "{0}/other") for one in ("rename", "replace")},
    "pathlib.Path.relative_to": partial(_path, "relative_to", "{0}"),
    "pathlib.Path.with_suffix": partial(_path, "with_suffix", ".x"),
}
