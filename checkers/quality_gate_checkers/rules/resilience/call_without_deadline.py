"""QG201 call-without-deadline."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache

from quality_gate_checkers.dependencies import Call, Fallible, Library, catalogue, lookup
from quality_gate_checkers.model import OWN_CALLS, Hit, Module, rule
from quality_gate_checkers.model.scopes import FunctionNode
from quality_gate_checkers.reading.arguments import argument, is_none, options_of, origin
from quality_gate_checkers.reading.deadlines import limited_from_outside
from quality_gate_checkers.reading.handlers import called_name, callee, written
from quality_gate_checkers.reading.remembering import remembered

_JUDGED = frozenset({"requests", "httpx", "aiohttp", "urllib3", "smtplib", "urllib.request"})
_AMBIGUOUS = frozenset({"get", "send", "open", "delete", "options", "head", "stream", "request", "put", "patch"})
"""Methods of too many things: one that does not resolve is no call that could not be analysed."""

_LIMITS = {
    "httpx.Timeout": ("timeout", "connect", "read", "write", "pool"),
    "aiohttp.ClientTimeout": ("total", "connect", "sock_read", "sock_connect"),
    "urllib3.Timeout": ("total", "connect", "read"),
}
"""Objects that hold limits, and their arguments in order. None in all of them is no limit (aiohttp: 0 too)."""

_SESSION_HOOKS = frozenset(
    {"request", "send", "get", "post", "put", "patch", "delete", "head", "merge_environment_settings"}
)
_REMEDIES = {
    "requests": "pass timeout=(3.05, 10), seconds to connect and between two bytes of the answer",
    "httpx": "give it a limit; a stream that may stay quiet needs one to connect: httpx.Timeout(10, read=None)",
    "aiohttp": "give it a limit; a stream needs one between two reads: aiohttp.ClientTimeout(total=None, sock_read=60)",
}


@rule(
    "QG201",
    "call-without-deadline",
    triggers=(
        b"requests", b"httpx", b"aiohttp", b"urllib", b"smtplib", b"httpconnection", b"httpsconnection", OWN_CALLS,
    ),
    elsewhere=(
        b"get", b"post", b"put", b"patch", b"delete", b"head", b"options", b"request", b"send", b"sendmail", b"stream",
        b"urlopen",
    ),
)  # fmt: skip
def call_without_deadline(module: Module) -> Iterator[Hit]:
    """A call to another machine that nothing ends when the answer does not come.

    requests, urllib3, smtplib, urllib.request and http.client wait for ever unless told otherwise; httpx and aiohttp
    give up by themselves unless `None` is put in place of their limit. Functions, sessions, clients held in `self`,
    made in `with` or injected by annotation are judged alike; a client told to wait for ever is reported once, where
    it is made. Calls of your own join with `deadline = "ARGUMENT"` in `[tool.quality-gate.dependencies.NAME]`.

    ## In production
    The other side accepts the connection and stays silent: one worker after the other hangs, until none is left.

    ## Bad
    ```python
    import requests

    class Bank:
        def __init__(self, http: requests.Session):
            self.http = http

        def pay(self, payment):
            return self.http.post("https://bank.example/charges", json=payment)
    ```
    ```python
    import httpx

    client = httpx.Client(base_url="https://bank.example", timeout=None)
    ```
    ```python
    import requests

    def rates():
        return requests.get("https://rates.example", timeout=(3, None)).json()
    ```

    ## Good
    ```python
    import requests

    class Bank:
        def __init__(self, http: requests.Session):
            self.http = http

        def pay(self, payment):
            return self.http.post("https://bank.example/charges", json=payment, timeout=(3.05, 10))
    ```
    ```python
    import httpx

    client = httpx.Client(base_url="https://bank.example", timeout=httpx.Timeout(10, connect=3))
    ```

    ## When not to use it
    Where the process is meant to wait as long as it takes, say why:
    `# quality-gate: allow[call-without-deadline] reason="long poll, the supervisor restarts us"`.
    Silent by design here: `**kwargs`, a timeout held in a variable, sessions with an adapter or a `request` of the
    project's own, calls inside `asyncio.timeout`, `wait_for` or another time limit, modules that call
    `socket.setdefaulttimeout`, addresses that were asked for `data:` or `file:` first, and what stands right under
    `if __name__ == "__main__":`. Functions that are called there are judged: workers begin like that too.

    ## What other linters see
    ruff S113 (0.17, measured) sees `requests.get(...)` and an explicit `timeout=None` of requests' functions and
    httpx' clients; sessions made in `with` or injected, `(3, None)`, smtplib and urlopen pass it. Not measured here:
    bandit B113 looks for the same as S113, pylint W3101 sees a session's methods where its option lists them.

    ## Known missed alarms
    Sessions whose class nothing tells; those that another module makes, where nothing is linked (commit, flake8,
    pylint); a limit on connecting alone (`httpx.Timeout(5, read=None)`). Databases, subprocesses, futures, queues,
    locks and gRPC are the matter of `wait-without-deadline`.

    ## Measured
    86 hits in 4.1 M lines of 19 public projects, 65 read, 63 true. The doubtful ones: a container's health check,
    which the container ends in time, and a load test. No hit in 195,000 further lines of 3 projects. In 520,000 lines
    of 6 projects never looked at before: 25 hits, 25 read, 25 true.
    `python benchmarks/ecosystem.py DIR... --rule call-without-deadline --sheet FILE` prints the sheet that was read.
    """
    if "setdefaulttimeout" in module.text:
        return
    names = _names()
    own = any(dependency.deadline for dependency in module.settings.dependencies.values())
    own_default: bool | None = None
    for call in module.nodes(ast.Call):
        last = called_name(call)
        if last in _clients_by_last_name():
            yield from _in_constructor(module, call)
        if last not in names and not own:
            continue
        known = _known(module, call, last)
        if known is None:
            continue
        if known.name.startswith("requests.Session."):
            own_default = _have_own_default(module) if own_default is None else own_default
            if own_default:
                continue
        yield from _in_call(module, call, known)


# -- which calls


def _judged() -> Iterator[tuple[Library, Call]]:
    return ((library, call) for library in catalogue().named(_JUDGED) for call in library.calls if call.deadline)


@cache
def _names() -> frozenset[str]:
    """Last parts of the names of all calls that may have a deadline."""
    return frozenset(name.rpartition(".")[2] for _, call in _judged() for name in call.names)


@cache
def _clients() -> frozenset[str]:
    """Classes whose constructor sets the limit of all their calls."""
    holders = {
        name.rpartition(".")[0]
        for _, call in _judged()
        if call.deadline and call.deadline.on_client
        for name in call.names
    }
    return frozenset(holder for holder in holders if holder.rpartition(".")[2][:1].isupper())


@cache
def _clients_by_last_name() -> frozenset[str]:
    return frozenset(client.rpartition(".")[2] for client in _clients())


def _known(module: Module, call: ast.Call, last: str) -> Fallible | None:
    name = module.names.callee(call) if last in _AMBIGUOUS or last not in _names() else callee(module, call)
    known = lookup(name, module.settings) if name else None
    if known is None or known.deadline is None or (known.kind != "own" and known.dependency not in _JUDGED):
        return None
    return known


# -- what is wrong with one


def _in_call(module: Module, call: ast.Call, known: Fallible) -> Iterator[Hit]:
    deadline = known.deadline
    if deadline is None:
        return
    options = options_of(module, call)
    value = argument(call, options, deadline.keyword, deadline.position)
    what = written(call.func)
    if value is not None:
        if not _is_no_limit(module, value) or known.name.endswith(".ws_connect"):
            return
        problem = f"{what}({deadline.keyword}={_shown(value)}) waits for ever"
    elif options.open or deadline.default is not None or _may_be_set_on_client(module, known):
        return
    else:
        problem = f"{what}() has no deadline: {known.dependency} waits for ever unless told otherwise"
    if not _is_excused(module, call):
        yield Hit(call, problem, _REMEDIES.get(known.dependency, f"pass {deadline.keyword}=10, in seconds"))


def _in_constructor(module: Module, call: ast.Call) -> Iterator[Hit]:
    name = module.names.resolve(call.func)
    client = catalogue().canonical(name) if name else ""
    if client not in _clients():
        return
    value = options_of(module, call).values.get("timeout")
    if value is None or not _is_no_limit(module, value) or _is_excused(module, call):
        return
    library = client.split(".")[0]
    if library == "aiohttp" and (is_none(value) or "ws_connect" in module.text):
        return  # None is its default there, which is five minutes; and a socket that stays open has no end to wait for
    problem = f"{written(call.func)}(timeout={_shown(value)}) lets every call of this client wait for ever"
    yield Hit(call, problem, _REMEDIES.get(library, "pass timeout=10, in seconds"))


def _is_no_limit(module: Module, value: ast.expr) -> bool:
    """`None`, `(3, None)`, `httpx.Timeout(None)`, `ClientTimeout(total=None)`; a variable may be anything."""
    if is_none(value):
        return True
    if isinstance(value, ast.Tuple):
        return len(value.elts) == 2 and is_none(value.elts[1])
    made = origin(module, value)
    if not isinstance(made, ast.Call):
        return False
    name = module.names.resolve(made.func) or ""
    library = name.split(".")[0]
    limits = _LIMITS.get(f"{library}.{name.rpartition('.')[2]}")
    options = options_of(module, made)
    if limits is None or options.open:
        return False
    given = [*made.args, *(options.values[limit] for limit in limits if limit in options.values)]
    return all(
        is_none(limit) or (library == "aiohttp" and isinstance(limit, ast.Constant) and limit.value == 0)
        for limit in given
    )


def _shown(value: ast.expr) -> str:
    text = ast.unparse(value)
    return text if len(text) <= 40 else f"{text[:39]}…"


# -- why it may be right


def _is_excused(module: Module, call: ast.Call) -> bool:
    first = call.args[0] if call.args else None
    if isinstance(first, ast.Constant) and isinstance(first.value, str) and first.value.startswith(("file:", "data:")):
        return True
    return limited_from_outside(module, call) or _is_run_by_hand(module, call) or _opens_no_connection(module, call)


def _opens_no_connection(module: Module, call: ast.Call) -> bool:
    function = module.enclosing_function(call)
    return function is not None and remembered(module, _is_about_other_addresses, function)


def _is_about_other_addresses(module: Module, function: FunctionNode) -> bool:
    """Whether a function is about `data:` or `file:` addresses: its name says so, or it asks for them."""
    if re.search(r"(?:data|file)_?ur[il]", function.name, re.IGNORECASE):
        return True
    asked = (node for node in ast.walk(function) if isinstance(node, ast.Call) and called_name(node) == "startswith")
    return any(
        isinstance(first, ast.Constant)
        and isinstance(first.value, str)
        and first.value in ("data:", "file:", "file://")
        for node in asked
        for first in node.args[:1]
    )


def _is_run_by_hand(module: Module, call: ast.Call) -> bool:
    """Whether it stands under `if __name__ == "__main__":`."""
    return any(
        isinstance(above, ast.If)
        and isinstance(above.test, ast.Compare)
        and getattr(above.test.left, "id", "") == "__name__"
        for above in module.ancestors(call)
    )


def _may_be_set_on_client(module: Module, known: Fallible) -> bool:
    """Whether the client's constructor sets the limit, or stands where we do not see it."""
    client, _, _ = known.name.rpartition(".")
    if known.deadline is None or known.deadline.on_client is None or client not in _clients():
        return False
    made = [
        options_of(module, call)
        for call in module.nodes(ast.Call)
        if module.names.type_of(call) and catalogue().canonical(module.names.type_of(call) or "") == client
    ]
    return not made or any(options.open or known.deadline.on_client in options.values for options in made)


def _have_own_default(module: Module) -> bool:
    """Whether a limit may hide in the sessions of a module, or of those that told what they are."""
    return any(map(_sessions_have_own_default, (module, *module.outside.behind())))


def _sessions_have_own_default(module: Module) -> bool:
    """Whether this module gives sessions an adapter, a method or a class of its own, in which a limit may hide."""
    for call in module.nodes(ast.Call):
        if (
            called_name(call) == "mount"
            and len(call.args) == 2
            and module.names.type_of(call.args[1]) != "requests.adapters.HTTPAdapter"
        ):
            return True
    for assign in module.nodes(ast.Assign):
        if any(isinstance(target, ast.Attribute) and target.attr in _SESSION_HOOKS for target in assign.targets):
            return True
    return any(_is_own_session(module, found) for found in module.nodes(ast.ClassDef))


def _is_own_session(module: Module, found: ast.ClassDef) -> bool:
    if not any(catalogue().canonical(base) == "requests.Session" for base in module.names.bases(found)):
        return False
    methods = {part.name for part in found.body if isinstance(part, ast.FunctionDef)}
    return not methods.isdisjoint({*_SESSION_HOOKS, "__init__", "get_adapter", "__getattribute__"})
