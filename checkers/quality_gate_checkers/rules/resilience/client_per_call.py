"""QG216 client-per-call."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import islice

import msgspec

from quality_gate_checkers.dependencies import catalogue
from quality_gate_checkers.model import Hit, Module, rule
from quality_gate_checkers.model.scopes import COMPREHENSIONS, FUNCTIONS, FunctionNode
from quality_gate_checkers.reading.handlers import called_name, written
from quality_gate_checkers.reading.memoising import memoised_by
from quality_gate_checkers.reading.serving import MANY, calls_of, serves
from quality_gate_checkers.reading.walks import walk_now

_POOLS = {
    "httpx.Client": "connections", "httpx.AsyncClient": "connections", "aiohttp.ClientSession": "connections",
    "requests.Session": "connections", "requests.session": "connections", "urllib3.PoolManager": "connections",
    "boto3.client": "connections", "boto3.resource": "connections",
    "grpc.insecure_channel": "a channel", "grpc.secure_channel": "a channel",
    "grpc.aio.insecure_channel": "a channel", "grpc.aio.secure_channel": "a channel",
    "sqlalchemy.create_engine": "a pool", "sqlalchemy.ext.asyncio.create_async_engine": "a pool",
    "redis.Redis": "connections", "redis.StrictRedis": "connections", "redis.from_url": "connections",
    "redis.Redis.from_url": "connections", "redis.asyncio.from_url": "connections",
    "redis.asyncio.Redis": "connections", "redis.asyncio.Redis.from_url": "connections",
    "redis.ConnectionPool": "a pool", "redis.ConnectionPool.from_url": "a pool",
    "pymongo.MongoClient": "a pool and its watching threads", "asyncpg.create_pool": "a pool",
    "motor.motor_asyncio.AsyncIOMotorClient": "a pool", "pymongo.AsyncMongoClient": "a pool",
    "psycopg_pool.ConnectionPool": "a pool", "psycopg_pool.AsyncConnectionPool": "a pool",
    "elasticsearch.Elasticsearch": "connections", "elasticsearch.AsyncElasticsearch": "connections",
    "kafka.KafkaProducer": "connections and a sending thread", "confluent_kafka.Producer": "connections and a thread",
    "openai.OpenAI": "connections", "openai.AsyncOpenAI": "connections", "anthropic.Anthropic": "connections",
    "anthropic.AsyncAnthropic": "connections", "google.cloud.storage.Client": "connections",
}  # fmt: skip
"""What makes a client with connections of its own -> what each of them opens."""

_LAST_NAMES = frozenset(name.rpartition(".")[2] for name in _POOLS)
_SHARED = frozenset({"connection_pool", "poolclass", "transport", "connector", "http_client", "app"})
"""Arguments through which a client is given connections that outlive it, or says that it wants none."""


_DEPTH = 2
"""How many local names a literal may have gone through."""

_LARGE = 40
"""Nodes of a literal that is not looked through any more."""


class _Place(msgspec.Struct, frozen=True):
    """What runs the same making again and again.

    Args:
        node: the loop, or the function that is called for each request.
        how: as a reader says it.
    """

    node: ast.AST
    how: str


@rule(
    "QG216",
    "client-per-call",
    severity="warning",
    triggers=tuple(last.lower().encode() for last in sorted(_LAST_NAMES)),
)
def client_per_call(module: Module) -> Iterator[Hit]:
    """A client with a pool of its own, made anew for each request or each round of a loop, always the same.

    Sessions of requests, clients of httpx, aiohttp, boto3, redis, pymongo, elasticsearch and OpenAI, gRPC channels,
    engines and pools: made in a route, a view or a `for` loop (or in a function of the same module that one of
    these calls), from arguments that are the same each time. A client whose arguments come from the request, one that
    is kept or cached, one that shares somebody's pool, and one made once by a background task are in order.

    ## In production
    Every request pays for a new connection and its TLS handshake; under load ports and file descriptors run out.

    ## Bad
    ```python
    import httpx
    from fastapi import APIRouter

    router = APIRouter()

    @router.get("/rates")
    async def rates():
        async with httpx.AsyncClient(base_url="https://bank.example") as client:
            answer = await client.get("/rates")
        return answer.json()
    ```
    ```python
    import boto3

    def store(invoices):
        for invoice in invoices:
            boto3.client("s3").put_object(Bucket="invoices", Key=invoice.name, Body=invoice.text)
    ```

    ## Good
    ```python
    import httpx
    from fastapi import APIRouter, Request

    router = APIRouter()

    @router.get("/rates")
    async def rates(request: Request):
        client: httpx.AsyncClient = request.app.state.bank
        answer = await client.get("/rates")
        return answer.json()
    ```
    ```python
    import boto3

    def store(invoices):
        s3 = boto3.client("s3")
        for invoice in invoices:
            s3.put_object(Bucket="invoices", Key=invoice.name, Body=invoice.text)
    ```

    ## When not to use it
    Where the call is rare and the client must not outlive it, say why:
    `# quality-gate: allow[client-per-call] reason="once a night, credentials rotate"`.

    ## What other linters see
    None of ruff, pylint, bugbear, flake8-async, wemake and bandit looks where a client is made.

    ## Known missed alarms
    Clients made two calls away from the request, or in another module; clients whose arguments only seem to change.

    ## Measured
    21 hits in 8.0 M lines of 54 public projects, 21 read, 19 true; 15 of the hits are in two of them. The two others: a
    view whose answer is cached, so that its client is rarely made, and a loop over a handful of hosts. On the 3.1 M
    lines of 19 projects that were not looked at while the rule was made: 14 hits, 13 true. Tasks of celery were judged
    at first (11 hits, most of them nightly or rare) and are left out since. In 520,000 lines of 6 projects never looked
    at before: 2 hits, both true, a client for each worker of a loop.
    """
    candidates = [call for call in module.mentioning(ast.Call, _LAST_NAMES) if called_name(call) in _LAST_NAMES]
    shared = _shared_names(module) if candidates else set()
    for call in candidates[:MANY]:
        name = _client(module, call)
        if name is None or not _is_always_the_same(module, call) or _is_kept(module, call, shared):
            continue
        place = _repeated(module, call)
        if place is not None:
            yield Hit(
                call,
                f"{written(call.func)}() is made anew {place.how}: each one opens {_POOLS[name]} of its own",
                "make it once, at start-up or module level, and share it",
                also=(place.node,) if not isinstance(place.node, FUNCTIONS) else (),
            )


def _client(module: Module, call: ast.Call) -> str | None:
    name = module.names.resolve(call.func)
    known = catalogue().canonical(name) if name else ""
    return next((found for found in (name, known) if found in _POOLS), None)


# -- the same each time


def _is_always_the_same(module: Module, call: ast.Call) -> bool:
    """Whether the arguments say the same whenever the call runs: literals, names of the module, their attributes."""
    if any(keyword.arg is None or keyword.arg in _SHARED for keyword in call.keywords):
        return False
    given = [*call.args, *(keyword.value for keyword in call.keywords)]
    return all(_is_constant(module, node) for part in given for node in ast.walk(part))


def _is_constant(module: Module, node: ast.AST, depth: int = 0) -> bool:
    if isinstance(node, ast.Await | ast.Yield | ast.Lambda | ast.Starred):
        return False
    if not isinstance(node, ast.Name):
        return True
    found = module.names.bindings(node)
    value = found[0].value if len(found) == 1 and found[0].kind == "value" else None
    parts = list(islice(ast.walk(value), _LARGE)) if value is not None and depth < _DEPTH else []
    if 0 < len(parts) < _LARGE:
        return all(_is_constant(module, part, depth + 1) for part in parts)
    return all(
        binding.kind != "parameter" and isinstance(module.names.scope_node(binding.node), ast.Module)
        for binding in found
    )


# -- where it goes


def _is_kept(module: Module, call: ast.Call, shared: set[str]) -> bool:
    """Whether somebody may use it again: an attribute, a container, a global name, a cached function's answer."""
    function = module.enclosing_function(call)
    if function is not None and memoised_by(module, function) is not None:
        return True
    node: ast.AST = call
    parent = module.parent(node)
    while isinstance(parent, ast.Await | ast.BoolOp | ast.IfExp | ast.NamedExpr):
        node, parent = parent, module.parent(parent)
    if isinstance(parent, ast.keyword | ast.Call | ast.Dict | ast.List | ast.Tuple | ast.Lambda):
        return True
    if not isinstance(parent, ast.Assign | ast.AnnAssign):
        return False
    targets = parent.targets if isinstance(parent, ast.Assign) else [parent.target]
    return function is None or any(not isinstance(target, ast.Name) or target.id in shared for target in targets)


def _shared_names(module: Module) -> set[str]:
    """Names that are declared global or nonlocal anywhere, or whose value is bound to another name too."""
    declared: list[ast.Global | ast.Nonlocal] = [*module.nodes(ast.Global), *module.nodes(ast.Nonlocal)]
    handed_on = (node.value.id for node in module.nodes(ast.Assign) if isinstance(node.value, ast.Name))
    return {name for node in declared for name in node.names}.union(handed_on)


# -- how often


def _repeated(module: Module, call: ast.Call) -> _Place | None:
    loop = _loop_around(module, call)
    if loop is not None:
        return _Place(loop, "in every round of the loop")
    function = module.enclosing_function(call)
    if function is None:
        return None
    if serves(module, function) == "request":
        return _Place(function, f"for every request that {function.name}() serves")
    return _through_caller(module, function)


def _through_caller(module: Module, function: FunctionNode) -> _Place | None:
    """The loop or the serving function of this module that calls the one that makes the client."""
    for use in calls_of(module, function):
        loop = _loop_around(module, use)
        if loop is not None:
            return _Place(use, "for every round of the loop that calls it")
        caller = module.enclosing_function(use)
        if caller is not None and serves(module, caller) == "request":
            return _Place(use, f"for every request that {caller.name}() serves")
    return None


def _loop_around(module: Module, node: ast.AST) -> ast.AST | None:
    """The innermost `for` or comprehension whose every round runs a node."""
    child: ast.AST = node
    for above in module.ancestors(node):
        if isinstance(above, (*FUNCTIONS, ast.Lambda, ast.ClassDef)):
            return None
        if isinstance(above, ast.For | ast.AsyncFor) and child in above.body and not _ends_soon(above):
            return above
        if isinstance(above, COMPREHENSIONS) and child is not above.generators[0]:
            return above
        child = above
    return None


def _ends_soon(loop: ast.For | ast.AsyncFor) -> bool:
    """Whether a loop ends with the first success: then it is made again only after a failure."""
    return any(isinstance(node, ast.Break | ast.Return) for node in walk_now(loop.body))
