"""Is the catalogue of fallible calls true? Every entry is held against the real packages: `make catalogue`.

Checked are names of calls, arguments and seconds of deadlines, exceptions and all their bases, aliases, and what
factories make. Where a version has brought a deadline, the seconds are read in what is installed: today's version in
one environment, in another the last one without it. Nothing leaves the machine. Exit code 1 when an entry is wrong.
What is not installed is named as not checked, and what cannot be seen from outside (arguments behind `**kwargs`,
functions written in C, what only a server makes) is counted apart: neither is ever called right.
"""

from __future__ import annotations

import argparse
import asyncio
import http.client
import http.server
import importlib
import importlib.metadata
import importlib.util
import inspect
import re
import socket
import sqlite3
import ssl
import subprocess
import sys
import tempfile
import threading
import types
import urllib.request
import warnings
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from typing import Any, TypeVar

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "checkers"))

from quality_gate_checkers.dependencies import Call, Catalogue, Deadline, Library, Since, catalogue
from quality_gate_checkers.pins import Pin

OTHER_VERSIONS: dict[str, tuple[str, tuple[int, ...], str]] = {
    "kafka.errors.NoBrokersAvailable": ("kafka-python", (3,), "<"),
}
"""Names of other versions than today's -> distribution, version, `<` or `>=`; not checked outside of those."""

KEYWORD_ONLY_SINCE_3_12 = frozenset({"ftplib.FTP_TLS", "smtplib.SMTP_SSL", "http.client.HTTPSConnection"})
"""Deadlines that Python 3.11 also takes as the sixth argument or later."""


class Missing(Exception):
    """The package is installed and has no such name."""


class Unseen(Exception):
    """It cannot be looked at: a package is not installed, does not import, or is of another version."""


@dataclass
class Tally:
    """What came of one library."""

    library: Library
    checked: int = 0
    wrong: list[str] = field(default_factory=list)
    unseen: list[str] = field(default_factory=list)
    absent: set[str] = field(default_factory=set)

    def judge(self, right: bool, problem: str) -> None:
        """Count one fact."""
        if right:
            self.checked += 1
        else:
            self.wrong.append(problem)

    def find(self, name: str) -> Any | None:
        """The object of a name, or None after it has been counted as wrong or unseen."""
        try:
            return find(name)
        except Missing as error:
            self.wrong.append(str(error))
        except Unseen as error:
            self.miss(name, str(error))
        return None

    def miss(self, name: str, why: str) -> None:
        """Count what could not be checked; packages that are not installed are named by themselves."""
        top = name.partition(".")[0]
        if is_absent(top):
            self.absent.add(top)
        else:
            self.unseen.append(f"{name}: {why}")


# -- finding things


@cache
def is_absent(top: str) -> bool:
    return top not in sys.modules and importlib.util.find_spec(top) is None


@cache
def find(name: str) -> Any:
    """The object that a dotted name means, walked as Python walks it.

    Raises:
        Missing: its package has no such name.
        Unseen: its package cannot be asked.
    """
    top, *parts = name.split(".")
    if is_absent(top):
        raise Unseen("not installed")
    if name.startswith(("botocore.client.", "boto3.resources.")) and len(parts) > 1:
        return _find_in_aws(name)
    try:
        found: Any = importlib.import_module(top)
        if top == "django":
            _django()
        for part in parts:
            found = _step(found, part)
    except AttributeError:
        if _is_of_other_version(name):
            raise Unseen("of another version") from None
        raise Missing(f"{name}: there is no such name") from None
    except ImportError as error:
        raise Unseen(f"does not import: {error}") from error
    return found


def _step(holder: Any, part: str) -> Any:
    try:
        return getattr(holder, part)
    except AttributeError:
        if not isinstance(holder, types.ModuleType):
            raise
    try:
        return importlib.import_module(f"{holder.__name__}.{part}")
    except ModuleNotFoundError as error:
        raise AttributeError(part) from error


def _is_of_other_version(name: str) -> bool:
    for prefix, (distribution, version, relation) in OTHER_VERSIONS.items():
        if name == prefix or name.startswith(f"{prefix}."):
            installed = importlib.metadata.version(distribution)
            numbers = tuple(int(number) for number in re.findall(r"\d+", installed)[: len(version)])
            return numbers >= version if relation == "<" else numbers < version
    return False


def _find_in_aws(name: str) -> Any:
    """Clients and resources are classes that boto3 makes from descriptions when they are asked for."""
    kind, service, *parts = name.removeprefix("botocore.").removeprefix("boto3.").split(".")
    if service not in _aws_session().get_available_services():
        raise Missing(f"{name}: AWS has no such service")
    made: Any = _aws_client(service) if kind == "client" else _aws_resource(service)
    for part in parts:
        try:
            found = getattr(made, part)
        except AttributeError:
            raise Missing(f"{name}: there is no such name") from None
        made = _aws_child(found) if part[:1].isupper() else found
    return made if callable(made) else type(made)


def _aws_child(factory: Callable[..., object]) -> object:
    for identifiers in (("x",), ("x", "x"), ("x", "x", "x")):
        try:
            return factory(*identifiers)
        except ValueError:
            continue
    raise Missing(f"{factory}: makes nothing")


@cache
def _django() -> Any:
    """A model of our own; without settings most of Django cannot be asked anything."""
    from django import setup
    from django.conf import settings
    from django.db import models

    settings.configure(DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}})
    setup()
    meta = type("Meta", (), {"app_label": "things"})
    return type("Thing", (models.Model,), {"__module__": __name__, "Meta": meta, "at": models.DateTimeField()})


_AWS = {"region_name": "us-east-1", "aws_access_key_id": "x", "aws_secret_access_key": "x"}


@cache
def _aws_session() -> Any:
    return importlib.import_module("boto3").Session(**_AWS)


@cache
def _aws_client(service: str) -> Any:
    return _aws_session().client(service)


@cache
def _aws_resource(service: str) -> Any:
    return _aws_session().resource(service)


# -- calls and deadlines


def check_calls(tally: Tally, facts: Catalogue) -> None:
    for call in tally.library.calls:
        for name in call.names:
            found = tally.find(name.removesuffix(".*"))
            if found is None:
                continue
            if name.endswith(".*"):
                tally.judge(inspect.isclass(found), f"{name}: is not a class")
            else:
                tally.judge(callable(found), f"{name}: cannot be called")
            if call.deadline is not None:
                check_deadline(tally, name, found, call.deadline, facts)
        _check_excluding(tally, call)
        for name in (*(call.rejects or ()), *(call.unavailable or ())):
            found = tally.find(name)
            if found is not None:
                tally.judge(isinstance(found, type) and issubclass(found, BaseException), f"{name}: is no exception")
    for name in tally.library.idempotent:
        _check_idempotent(tally, name)


def _check_idempotent(tally: Tally, name: str) -> None:
    """That it is true cannot be seen from outside; that there is such a method can."""
    methods = [called for call in tally.library.calls for called in call.names if called.endswith(f".{name}")]
    tally.judge(any(_exists(called) for called in methods) or _exists(name), f"{name}: idempotent, but nowhere there")


def _check_excluding(tally: Tally, call: Call) -> None:
    holders = [name.removesuffix(".*") for name in call.names if name.endswith(".*")]
    if any(_exists(holder) for holder in holders):
        for method in call.excluding:
            known = any(_exists(f"{holder}.{method}") for holder in holders)
            tally.judge(known, f"{method}: excluded, but nowhere there")


def _exists(name: str) -> bool:
    try:
        find(name)
    except (Missing, Unseen):
        return False
    return True


# -- deadlines that a version has brought


def versions(facts: Catalogue) -> dict[Since, float]:
    """Every version that brought a deadline, and its seconds."""
    deadlines = (call.deadline for library in facts.libraries for call in library.calls)
    return {one.since: one.default for one in deadlines if one and one.since and one.default is not None}


def _asked_of_psycopg() -> float | None:
    for holder in ("psycopg.conninfo", "psycopg.Connection"):
        if _exists(f"{holder}._DEFAULT_CONNECT_TIMEOUT"):
            return float(find(f"{holder}._DEFAULT_CONNECT_TIMEOUT"))
    return None


def _asked_of_redis() -> float | None:
    """What its clients have when nothing is given; all of them must agree."""
    made = [find(f"redis{kind}.{one}") for kind in ("", ".asyncio") for one in ("Redis", "from_url")]
    clients = [one("redis://localhost") if inspect.isroutine(one) else one() for one in made]
    seconds = {client.connection_pool.make_connection().socket_timeout for client in clients}
    return seconds.pop() if len(seconds) == 1 else -1


BY_ITSELF: dict[str, Callable[[], float | None]] = {"psycopg": _asked_of_psycopg, "redis": _asked_of_redis}
"""Package -> the seconds that the installed version waits without being told."""

INSTALLED_AS = {"psycopg": "psycopg[binary]"}


def check_versions(facts: Catalogue) -> bool:
    """Whether what is installed waits as long as the catalogue says of its version; prints what it saw."""
    right = True
    for since, seconds in versions(facts).items():
        installed = importlib.metadata.version(since.package)
        said = None if Pin(installed).is_before(since.version) else seconds
        real = BY_ITSELF[since.package]()
        right = right and real == said
        verdict = "right" if real == said else "wrong"
        print(
            f"{verdict}: {since.package} {installed} waits {real} s, the catalogue says {said} (since {since.version})"
        )
    return right


def check_deadline(tally: Tally, name: str, found: Any, deadline: Deadline, facts: Catalogue) -> None:
    if deadline.keyword and not name.endswith(".*"):
        _check_argument(tally, name, found, deadline)
    if deadline.on_client is not None:
        _check_client(tally, name, deadline, facts)
    special = DEFAULTS.get(tally.library.name)
    if special is not None and deadline.default is not None and name not in special.elsewhere:
        _check_special(tally, name, special, deadline)


def _check_special(tally: Tally, name: str, special: Special, deadline: Deadline) -> None:
    try:
        real = special.seconds()
    except (Missing, Unseen) as error:
        tally.miss(name, f"its {deadline.default} s are not to be seen: {error}")
    else:
        tally.judge(real == deadline.default, f"{name}: waits {real} s by default, not {deadline.default}")


def _check_argument(tally: Tally, name: str, found: Any, deadline: Deadline) -> None:
    parameters = parameters_of(name, found)
    if parameters is None:
        tally.miss(name, "has no signature to look at")
        return
    parameter = parameters.get(deadline.keyword)
    if parameter is None:
        _check_hidden(tally, name, parameters, deadline.keyword)
        return
    tally.checked += 1
    by_place = [one for one, held in parameters.items() if held.kind is not held.KEYWORD_ONLY]
    place = by_place.index(deadline.keyword) if deadline.keyword in by_place else None
    if name not in KEYWORD_ONLY_SINCE_3_12 and parameter.kind is not parameter.VAR_KEYWORD:
        before = [held for held in parameters.values() if held.kind is held.VAR_POSITIONAL]
        place = None if before else place
        tally.judge(place == deadline.position, f"{name}: `{deadline.keyword}` is at {place}, not {deadline.position}")
    _check_seconds(tally, name, parameter.default, deadline)


def _check_hidden(tally: Tally, name: str, parameters: dict[str, inspect.Parameter], keyword: str) -> None:
    """What goes through `**kwargs` is looked for in the function that they are handed to."""
    if not any(one.kind is one.VAR_KEYWORD for one in parameters.values()):
        tally.wrong.append(f"{name}: has no argument `{keyword}`")
    elif any(keyword in (parameters_of(to, find(to)) or ()) for to in HANDED_ON.get(tally.library.name, ())):
        tally.checked += 1
    else:
        tally.miss(name, f"`{keyword}` goes through **kwargs")


HANDED_ON = {
    "asyncpg": ("asyncpg.connect",),
    "aiohttp": ("aiohttp.ClientSession._request",),
    "redis": ("redis.Redis",),
    "requests": ("requests.Session.request", "requests.adapters.HTTPAdapter.send"),
    "urllib3": ("urllib3.HTTPConnectionPool", "urllib3.HTTPConnectionPool.urlopen"),
    "subprocess": ("subprocess.call",),
}
"""Library -> the functions that get what its other functions take as `**kwargs`."""


def _check_client(tally: Tally, name: str, deadline: Deadline, facts: Catalogue) -> None:
    """The argument must be one of the class's constructor or of a function that makes the class."""
    holder = name.rpartition(".")[0]
    makers = [factory for factory, made in tally.library.factories.items() if _makes(made, holder)]
    hidden: dict[str, inspect.Parameter] = {}
    for maker in (holder, *makers):
        try:
            parameters = parameters_of(maker, find(maker))
        except (Missing, Unseen):
            continue
        if parameters is None:
            continue
        parameter = parameters.get(str(deadline.on_client))
        if parameter is not None:
            tally.checked += 1
            _check_seconds(tally, maker, parameter.default, deadline)
            return
        hidden |= parameters
    _check_hidden(tally, holder, hidden, str(deadline.on_client))


def _makes(made: str, holder: str) -> bool:
    return made == holder or ("{0}" in made and holder.startswith(made.partition("{0}")[0]))


def _check_seconds(tally: Tally, name: str, default: object, deadline: Deadline) -> None:
    """A number in the signature must be ours; negative ones, None and sentinels mean something else."""
    if isinstance(default, int | float) and not isinstance(default, bool) and default > 0:
        tally.judge(default == deadline.default, f"{name}: waits {default} s by default, not {deadline.default}")


def parameters_of(name: str, found: Any) -> dict[str, inspect.Parameter] | None:
    """Arguments as a caller gives them, without `self`; for functions in C, as their docstring has them."""
    try:
        parameters = list(inspect.signature(found).parameters.values())
    except (TypeError, ValueError):
        return _documented_parameters(name, found)
    if parameters and parameters[0].name == "self":
        parameters = parameters[1:]
    return {parameter.name: parameter for parameter in parameters}


def _documented_parameters(name: str, found: Any) -> dict[str, inspect.Parameter] | None:
    """What C functions carry as text, or write on top: `.. py:function:: flush([timeout])` (confluent_kafka)."""
    wanted = re.escape(name.rpartition(".")[2])
    on_top = re.search(rf"^(?:\.\. py:function::? )?{wanted}\(([^()]*)\)", inspect.getdoc(found) or "", re.MULTILINE)
    text = getattr(found, "__text_signature__", None) or (on_top.group(1) if on_top else None)
    if text is None:
        return None
    kind: Any = inspect.Parameter.POSITIONAL_OR_KEYWORD
    parameters: dict[str, inspect.Parameter] = {}
    for part in text.strip("()").split(","):
        one, _, default = re.sub(r"[\[\]\s]", "", part).partition("=")
        kind = inspect.Parameter.KEYWORD_ONLY if one == "*" else kind
        if one.isidentifier():
            parameters[one] = inspect.Parameter(one, kind, default=_seconds(default))
    return parameters


def _seconds(text: str) -> object:
    try:
        return float(text)
    except ValueError:
        return text


@dataclass(frozen=True)
class Special:
    """Where a library keeps the seconds that no signature shows.

    Args:
        seconds: reads them.
        elsewhere: calls with a default of their own, which their signature shows.
    """

    seconds: Callable[[], float | None]
    elsewhere: frozenset[str] = frozenset()


def _elastic() -> float | None:
    seconds: float | None = find("elastic_transport.NodeConfig")("http", "localhost", 9200).request_timeout
    return seconds


DEFAULTS = {
    "aiohttp": Special(lambda: find("aiohttp.client.DEFAULT_TIMEOUT").total),
    "boto3": Special(lambda: _aws_client("sqs").meta.config.read_timeout),
    "elasticsearch": Special(_elastic, frozenset({"elasticsearch.helpers.scan"})),
    "httpx": Special(lambda: find("httpx.Client")().timeout.read),
    "stripe": Special(lambda: find("stripe.RequestsClient")()._timeout),
}


# -- exceptions


def check_exceptions(tally: Tally, facts: Catalogue) -> None:
    known = {found: name for name, found in _known_exceptions(facts)}
    for name in tally.library.exceptions:
        found = tally.find(name)
        if found is None:
            continue
        if not (isinstance(found, type) and issubclass(found, BaseException)):
            tally.wrong.append(f"{name}: is not an exception")
            continue
        real = {base for kind in found.__mro__ if (base := _name_of(kind, known)) is not None}
        said = {base for base in facts.lineage(name) if _exists(base)} - {name}
        tally.judge(said <= real, f"{name}: is no {_listed(said - real)}")
        tally.judge(real <= said | {name}, f"{name}: is also {_listed(real - said - {name})}")
    for name in (*tally.library.rejects, *tally.library.unavailable):
        tally.find(name)


def _known_exceptions(facts: Catalogue) -> Iterator[tuple[str, object]]:
    for library in facts.libraries:
        for name in library.exceptions:
            if _exists(name):
                yield name, find(name)


def _name_of(base: type, known: dict[object, str]) -> str | None:
    if base in known:
        return known[base]
    return f"builtins.{base.__name__}" if base.__module__ == "builtins" and base is not object else None


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))


# -- aliases and factories


def check_aliases(tally: Tally, facts: Catalogue) -> None:
    names = [name.removesuffix(".*") for library in facts.libraries for name in _all_names(library)]
    for alias, target in tally.library.aliases.items():
        below = [name.removeprefix(target) for name in names if name.startswith(f"{target}.")]
        try:
            one, other = find(alias), find(target)
        except Missing as error:
            tally.wrong.append(str(error))
            continue
        except Unseen as error:
            tally.miss(alias if is_absent(alias.partition(".")[0]) else target, str(error))
            continue
        if one is other:
            tally.checked += 1
        elif isinstance(one, types.ModuleType) or target.startswith(("botocore.client.", "boto3.resources.")):
            _check_prefix(tally, alias, target, below)
        else:
            tally.wrong.append(f"{alias}: is not {target}")


def _check_prefix(tally: Tally, alias: str, target: str, below: list[str]) -> None:
    """A module, or a class of a stub package, stands for another when what both have is the same."""
    if target.startswith(("botocore.client.", "boto3.resources.")):
        members = {rest.split(".")[1] for rest in below} - {"*"}
        missing = [member for member in members if not _exists(f"{alias}.{member}")]
        tally.judge(bool(members) and not missing, f"{alias}: does not have {_listed(missing)}")
        return
    common = [rest for rest in below if _exists(alias + rest) and _exists(target + rest)]
    tally.judge(bool(common), f"{alias}: has nothing of {target}")
    for rest in common:
        tally.judge(find(alias + rest) is find(target + rest), f"{alias}{rest}: is not {target}{rest}")


def _all_names(library: Library) -> Iterator[str]:
    for call in library.calls:
        yield from call.names
    yield from library.exceptions
    yield from library.factories


def check_attributes(tally: Tally) -> None:
    """Attributes that are one thing wherever they stand: asked of a model of our own."""
    for attribute, kind in tally.library.attributes.items():
        wanted = tally.find(kind)
        if wanted is not None:
            tally.judge(isinstance(getattr(_django(), attribute), wanted), f"{attribute}: is no {kind}")


def check_factories(tally: Tally) -> None:
    for name, made in tally.library.factories.items():
        if "{0}" in made:
            _check_aws_factory(tally, name, made)
            continue
        factory, result = tally.find(name), tally.find(made)
        if factory is None or result is None:
            continue
        if not inspect.isclass(result):
            tally.wrong.append(f"{name}: makes {made}, which is not a class")
        else:
            _check_factory(tally, name, factory, result)


def _check_aws_factory(tally: Tally, name: str, made: str) -> None:
    try:
        tally.judge(callable(find(name)) and inspect.isclass(find(made.format("sqs"))), f"{name}: makes no {made}")
    except Unseen as error:
        tally.miss(name, str(error))


def _check_factory(tally: Tally, name: str, factory: Any, result: type) -> None:
    if factory is result:
        tally.checked += 1
        return
    sample = SAMPLES.get(name)
    if sample is not None:
        try:
            real = sample()
        except Exception as error:  # noqa: BLE001 - whatever a library raises here, the entry was not seen
            tally.miss(name, f"could not be made: {error!r}")
            return
        alike = isinstance(real, result) or set(_public(result)) <= set(dir(real))
        tally.judge(alike, f"{name}: makes {type(real)}, not {result}")
        return
    words = _returned(factory)
    if words & _names_of(result) or ("Self" in words and _is_method_of(name, result)):
        tally.checked += 1
    else:
        tally.miss(name, f"makes {result.__name__}; nothing to see it by")


def _public(kind: type) -> list[str]:
    return [name for name in dir(kind) if not name.startswith("_")]


def _returned(factory: Any) -> set[str]:
    """Words of the return annotation, and of what bounds its type variables."""
    try:
        annotation = inspect.signature(factory).return_annotation
    except (TypeError, ValueError):
        return set()
    if annotation is inspect.Signature.empty:
        return set()
    words = _words(annotation if isinstance(annotation, str) else inspect.formatannotation(annotation))
    module = sys.modules.get(inspect.unwrap(factory).__module__)
    variables = [found for word in words if isinstance(found := getattr(module, word, None), TypeVar)]
    return words.union(*(_words(str(variable.__bound__)) for variable in variables))


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text))


def _names_of(kind: type) -> set[str]:
    """What a class and its subclasses are called."""
    below: list[type] = type.__subclasses__(kind)
    return {kind.__name__}.union(*(_names_of(one) for one in below))


def _is_method_of(name: str, result: type) -> bool:
    holder = find(name.rpartition(".")[0])
    return holder is result or (inspect.isclass(holder) and issubclass(holder, result)) or inspect.ismodule(holder)


# -- what factories make, made


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
    client = _aws_client(service)
    return client.get_paginator(next(one for one in client.meta.method_to_api_mapping if client.can_paginate(one)))


def _waiter(service: str) -> object:
    return _aws_client(service).get_waiter(_aws_client(service).waiter_names[0])


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
    objects = _django().objects
    others = {"difference", "intersection", "union"}
    held = objects if holder == "Manager" else objects.all()
    return getattr(held, method)(*((objects.all(),) if method in others else arguments))


def _django_cursor() -> object:
    _django()
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
    "boto3.resources.s3.Bucket.Object": lambda: _aws_resource("s3").Bucket("x").Object("x"),
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
"""How to make what a factory makes without a network, where no annotation says what it is."""


# -- the table


def check(library: Library, facts: Catalogue) -> Tally:
    tally = Tally(library)
    tally.absent |= {module for module in library.modules if module != "open" and is_absent(module)}
    check_calls(tally, facts)
    check_exceptions(tally, facts)
    check_aliases(tally, facts)
    check_attributes(tally)
    check_factories(tally)
    return tally


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--unseen", action="store_true", help="list what could not be checked")
    parser.add_argument("--before", action="store_true", help="only print what to install to see older defaults")
    parser.add_argument("--versions", action="store_true", help="only check the defaults that a version has brought")
    options = parser.parse_args()
    facts = catalogue()
    if options.before:
        older = (f"{INSTALLED_AS.get(one.package, one.package)}<{one.version}" for one in versions(facts))
        print("\n".join(sorted(older)))
        return 0
    if options.versions:
        return 0 if check_versions(facts) else 1
    tallies = [check(library, facts) for library in facts.libraries]
    show(tallies, options.unseen)
    right = check_versions(facts)
    return 1 if any(tally.wrong for tally in tallies) or not right else 0


def show(tallies: list[Tally], unseen: bool) -> None:
    print(f"{'library':<18}{'checked':>9}{'wrong':>7}{'unseen':>8}  not installed, so not checked")
    for tally in tallies:
        looked_at = tally.checked or tally.wrong
        counts = _row(tally.checked, len(tally.wrong), len(tally.unseen)) if looked_at else f"{'not checked':>24}"
        print(f"{tally.library.name:<18}{counts}  {_listed(tally.absent) or '-'}")
    wrong, missed = (sum(len(getattr(tally, kind)) for tally in tallies) for kind in ("wrong", "unseen"))
    print(f"{'all':<18}{_row(sum(tally.checked for tally in tallies), wrong, missed)}")
    for tally in tallies:
        for problem in tally.wrong:
            print(f"wrong: {tally.library.name}: {problem}")
        for problem in tally.unseen if unseen else ():
            print(f"unseen: {tally.library.name}: {problem}")


def _row(checked: int, wrong: int, unseen: int) -> str:
    return f"{checked:>9}{wrong:>7}{unseen:>8}"


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    sys.exit(main())
