"""QG217 wait-without-deadline."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from quality_gate_checkers.dependencies import catalogue
from quality_gate_checkers.model import Hit, Module, rule
from quality_gate_checkers.model.roles import Role
from quality_gate_checkers.reading.arguments import argument, is_none, options_of, origin
from quality_gate_checkers.reading.deadlines import limited_from_outside
from quality_gate_checkers.reading.handlers import called_name, written
from quality_gate_checkers.reading.remembering import of_module
from quality_gate_checkers.reading.serving import MANY, Serving, served_by

_REMOTE = {
    "psycopg2.connect": "connect_timeout",
    "ftplib.FTP": "timeout",
    "ftplib.FTP_TLS": "timeout",
    "paramiko.SSHClient.connect": "timeout",
    "socket.create_connection": "timeout",
    "ssl.get_server_certificate": "timeout",
}
"""Calls to another machine that no other rule judges, and that wait for ever -> the argument that ends them."""

_LOCAL = {
    **dict.fromkeys(("subprocess.run", "subprocess.call", "subprocess.check_call", "subprocess.check_output"), None),
    **dict.fromkeys(("subprocess.Popen.wait", "threading.Event.wait", "threading.Condition.wait"), 0),
    **dict.fromkeys(("threading.Thread.join", "multiprocessing.Process.join", "threading.Barrier.wait"), 0),
    **dict.fromkeys(("celery.result.AsyncResult.get", "celery.result.AsyncResult.wait"), 0),
    **dict.fromkeys(("celery.result.GroupResult.get", "celery.result.GroupResult.join", "grpc.Future.result"), 0),
    **dict.fromkeys(("queue.Queue.get", "multiprocessing.Queue.get", "queue.SimpleQueue.get"), 1),
    "subprocess.Popen.communicate": 1,
    "concurrent.futures.Future.result": 0,
}
"""Waits for something of this machine -> where `timeout` is among the arguments, None for keyword only."""

_TELL_ELSEWHERE = frozenset({"dsn", "options", "service", "async", "async_", "connection_factory"})
"""Arguments of psycopg2.connect in which a limit may hide, or that make it return at once."""

_NAMES = frozenset(name.rpartition(".")[2] for name in (*_REMOTE, *_LOCAL)) | {"lock"}
_SUBMITS = frozenset({"submit", "run_coroutine_threadsafe"})
_REDIS = frozenset(
    {"redis.Redis.lock", "redis.StrictRedis.lock", "redis.asyncio.Redis.lock", "redis.client.Redis.lock"}
)


@rule(
    "QG217",
    "wait-without-deadline",
    severity="warning",
    triggers=(
        b"subprocess", b"psycopg2", b"ftplib", b"paramiko", b"create_connection", b"get_server_certificate",
        b"threading", b"multiprocessing", b"queue", b"celery", b"futures", b"submit", b"run_coroutine_threadsafe",
        b"redis", b"grpc",
    ),
    elsewhere=tuple(name.lower().encode() for name in sorted(_NAMES)),
    roles=frozenset({Role.SOURCE}),
)  # fmt: skip
def wait_without_deadline(module: Module) -> Iterator[Hit]:
    """A wait that nothing ends, where a request or a message waits with it.

    Anywhere: a connection to a database (psycopg2), a host (ssh, ftp, a socket) or a call of a generated gRPC stub
    without a timeout, and a lock in redis that never expires. In a route, a view or a task, or in a function of the
    same module that one of these calls: a child process, a future, a queue, an event, a thread or another task's
    result, waited for without `timeout`. Calls over HTTP and mail are `call-without-deadline`.

    ## In production
    The child hangs on a prompt or a dead mount, the worker hangs with it, and so does the next one, until none is left.

    ## Bad
    ```python
    import subprocess

    from celery import shared_task

    @shared_task
    def render(order_id):
        subprocess.run(["render-invoice", str(order_id)], check=True)
    ```
    ```python
    import psycopg2

    def connect(settings):
        return psycopg2.connect(host=settings.host, dbname="shop", user="shop")
    ```
    ```python
    import redis

    def settle(store: redis.Redis, order):
        with store.lock(f"order-{order.id}"):
            order.settle()
    ```

    ## Good
    ```python
    import subprocess

    from celery import shared_task

    @shared_task
    def render(order_id):
        subprocess.run(["render-invoice", str(order_id)], check=True, timeout=60)
    ```
    ```python
    import psycopg2

    def connect(settings):
        return psycopg2.connect(host=settings.host, dbname="shop", user="shop", connect_timeout=3)
    ```
    ```python
    import redis

    def settle(store: redis.Redis, order):
        with store.lock(f"order-{order.id}", timeout=30, blocking_timeout=5):
            order.settle()
    ```

    ## When not to use it
    Where the wait is what the process is for, say why:
    `# quality-gate: allow[wait-without-deadline] reason="the supervisor kills us after an hour"`.
    Silent by design here: loops of consumers, command lines and scripts, functions under a time limit
    (`@shared_task(time_limit=60)`, `asyncio.timeout`), modules that set a default for sockets or speak of gRPC's
    interceptors, connection strings and `**options`, in which a limit may hide, and futures that are done.

    ## What other linters see
    None of ruff, pylint, bugbear, flake8-async and bandit asks these for a deadline.

    ## Known missed alarms
    Statements of a database without `statement_timeout`, celery tasks without a time limit (both are usually set
    where no module sees it), waits two calls away from the request, clients of redis before 8.1 without
    `socket_timeout`.

    ## Measured
    13 hits in 7.7 M lines of 53 public projects, 13 read, 12 true: 6 stubs of gRPC, 3 connections, 3 child processes in
    views, 1 lock. The doubtful one waits for an `rm`. The 2.9 M lines of 18 projects that were not looked at while the
    rule was made have none left: one of them had 50, all in one class whose channel may be intercepted; a stub that is
    never given a deadline is one finding since, and modules that speak of an interceptor have none. Most of it was
    mended on these hits, so this does not block. None in 520,000 lines of 6 further projects.
    """
    for call in module.mentioning(ast.Call, _NAMES):
        if called_name(call) in _NAMES:
            yield from _known(module, call)
    lowered = module.text.lower()
    if "_pb2_grpc" in lowered and "intercept" not in lowered and "method_config" not in lowered:
        yield from _of_stubs(module)


def _known(module: Module, call: ast.Call) -> Iterator[Hit]:
    name = module.names.callee(call)
    known = catalogue().canonical(name) if name else ""
    if called_name(call) == "result" and _is_own_future(module, call):
        known = "concurrent.futures.Future.result"
    if known in _REMOTE:
        yield from _remote(module, call, known)
    elif known in _LOCAL:
        yield from _local(module, call, _LOCAL[known])
    elif known in _REDIS:
        options = options_of(module, call)
        if not options.open and not options.given("timeout") and len(call.args) < 2:
            problem = f"{written(call.func)}() never expires: when the holder of the lock dies, nobody gets it again"
            yield Hit(call, problem, "pass timeout= in seconds, longer than the work, and blocking_timeout=")


def _is_own_future(module: Module, call: ast.Call) -> bool:
    made = origin(module, call.func.value) if isinstance(call.func, ast.Attribute) else None
    return isinstance(made, ast.Call) and called_name(made) in _SUBMITS


# -- other machines


def _remote(module: Module, call: ast.Call, known: str) -> Iterator[Hit]:
    keyword = _REMOTE[known]
    options = options_of(module, call)
    deadline = next((found.deadline for found in [catalogue().fallible(known)] if found), None)
    value = argument(call, options, keyword, deadline.position if deadline else None)
    if value is not None and not is_none(value):
        return
    if options.open or "setdefaulttimeout" in module.text or limited_from_outside(module, call):
        return
    if known == "psycopg2.connect" and (call.args or options.values.keys() & _TELL_ELSEWHERE):
        return
    if known.startswith("ftplib.FTP") and not call.args and "host" not in options.values:
        return
    yield Hit(
        call,
        f"{written(call.func)}() has no deadline: a host that does not answer is waited for without end",
        f"pass {keyword}=5, in seconds",
    )


def _of_stubs(module: Module) -> Iterator[Hit]:
    """`stub.Charge(request)` of stubs that protoc has made; a stub that is never given a deadline is one finding."""
    by_stub: dict[str, list[ast.Call]] = {}
    for call in module.nodes(ast.Call):
        stub = _stub(module, call)
        if stub is not None and len(by_stub.setdefault(stub, [])) < MANY:
            by_stub[stub].append(call)
    for calls in by_stub.values():
        once = [call for call in calls if not _is_stream(module, call)]
        endless = [call for call in once if _is_endless(module, call)]
        if len(endless) < len(once):
            yield from (_stub_hit(call, "") for call in endless)
        elif endless:
            yield _stub_hit(endless[0], f", nor have {len(endless) - 1} more of this stub" if len(endless) > 1 else "")


def _stub_hit(call: ast.Call, more: str) -> Hit:
    problem = f"{written(call.func)}() has no deadline{more}: gRPC waits for ever unless told otherwise"
    return Hit(call, problem, "pass timeout=5, in seconds, or give the channel an interceptor that sets a deadline")


def _stub(module: Module, call: ast.Call) -> str | None:
    """The class of the stub that a call with one answer is a method of."""
    if not called_name(call)[:1].isupper() or not isinstance(call.func, ast.Attribute) or not call.args:
        return None
    stub = module.names.type_of(call.func.value) or ""
    return stub if "_pb2_grpc." in stub and stub.endswith("Stub") else None


def _is_endless(module: Module, call: ast.Call) -> bool:
    options = options_of(module, call)
    given = options.open or "timeout" in options.values or len(call.args) > 1
    return not given and not limited_from_outside(module, call)


def _is_stream(module: Module, call: ast.Call) -> bool:
    """Whether what comes back is gone through or read piece by piece: a stream is meant to stay open."""
    parent = module.parent(call)
    if isinstance(parent, ast.For | ast.AsyncFor | ast.Attribute | ast.comprehension):
        return True
    if not isinstance(parent, ast.Assign) or not isinstance(parent.targets[0], ast.Name):
        return False
    return parent.targets[0].id in of_module(module, _gone_through)


def _gone_through(module: Module) -> frozenset[str]:
    """Names that some loop of the module goes through."""
    loops: list[ast.For | ast.AsyncFor] = [*module.nodes(ast.For), *module.nodes(ast.AsyncFor)]
    return frozenset(loop.iter.id for loop in loops if isinstance(loop.iter, ast.Name))


# -- this machine


def _local(module: Module, call: ast.Call, position: int | None) -> Iterator[Hit]:
    options = options_of(module, call)
    if options.open or options.given("timeout") or "block" in options.values:
        return
    if call.args and position is not None and (len(call.args) > position or called_name(call) == "get"):
        return
    function = module.enclosing_function(call)
    serving = served_by(module, function) if function is not None else None
    if serving is None or _is_consuming(module, call) or limited_from_outside(module, call):
        return
    if serving.call is not None and limited_from_outside(module, serving.call):
        return
    yield Hit(call, _problem(call, serving), "pass timeout= in seconds, and say what happens when it is over")


def _problem(call: ast.Call, serving: Serving) -> str:
    through = "" if serving.call is None else f"{serving.function}() "
    who = through or "this function "
    return f"{written(call.func)}() has no deadline: {who}serves a {serving.what}, and its worker hangs as long"


def _is_consuming(module: Module, call: ast.Call) -> bool:
    """Whether it stands in a `while`: a consumer waits because that is what it is for."""
    return any(isinstance(above, ast.While) for above in module.ancestors(call))
