"""QG215 unbounded-fanout."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache

import msgspec

from quality_gate_checkers.dependencies import catalogue, lookup
from quality_gate_checkers.model import Hit, Module, rule
from quality_gate_checkers.model.scopes import COMPREHENSIONS, FunctionNode
from quality_gate_checkers.reading.arguments import origin
from quality_gate_checkers.reading.handlers import called_name, written
from quality_gate_checkers.reading.remembering import of_module
from quality_gate_checkers.reading.walks import walk_now
from quality_gate_checkers.reading.workers import definition_of, work_of
from quality_gate_checkers.regexes import regex

_STARTS = frozenset({"asyncio.gather", "asyncio.wait", "asyncio.as_completed", "asyncio.tasks.gather"})
_STARTING = frozenset({"gather", "wait", "as_completed", "create_task", "ThreadPoolExecutor"})
_UNWRAPPED = frozenset({"list", "set", "tuple", "sorted", "enumerate", "zip", "reversed", "items", "keys", "values"})
_DEPTH = 3
"""Functions between the work and the call that leaves the machine, the work's own included."""

_MANY = 100
"""Places of one module that are judged: more is no code that people write, and would take for ever."""

_SMALL = 20
"""So many at once anybody can serve."""

_LIMITED = regex(r"semaphore|limiter|throttl|tcpconnector\(|limits=|max_concurren")
"""One of these in a module: somebody has thought of it, and where it holds nothing here tells."""

_PART = regex(
    r"batch|chunk|page|slice|window|few|some|replica|shard|worker|provider|region|backend|attachment|file",
    re.IGNORECASE,
)
"""In the name of what is gone through: a part of the whole, or a thing of which a project has a handful."""


class _Fan(msgspec.Struct, frozen=True):
    """One piece of work for each of many.

    Args:
        work: the call or function that is started.
        many: what is gone through.
    """

    work: ast.expr
    many: ast.expr


@rule(
    "QG215",
    "unbounded-fanout",
    severity="warning",
    triggers=(b"gather", b"asyncio", b"as_completed", b"create_task", b"max_workers"),
)
def unbounded_fanout(module: Module) -> Iterator[Hit]:
    """A remote call for each of many at once, however many there are.

    `asyncio.gather`, `wait`, `as_completed` or a `TaskGroup` over a list whose length only the run knows, and
    `ThreadPoolExecutor(max_workers=len(...))`, where each piece of work calls another machine: itself, or in a function
    of the same module, or because it is handed an HTTP client. Nothing limits how many run at the same time.

    ## In production
    Ten thousand rows open ten thousand calls at once: the other side answers 429 or falls, and our sockets run out.

    ## Bad
    ```python
    import asyncio

    import httpx

    async def price(client: httpx.AsyncClient, sku):
        return (await client.get(f"/prices/{sku}")).json()

    async def prices(client: httpx.AsyncClient, skus):
        return await asyncio.gather(*(price(client, sku) for sku in skus))
    ```

    ## Good
    ```python
    import asyncio

    import httpx

    few = asyncio.Semaphore(10)

    async def price(client: httpx.AsyncClient, sku):
        async with few:
            return (await client.get(f"/prices/{sku}")).json()

    async def prices(client: httpx.AsyncClient, skus):
        return await asyncio.gather(*(price(client, sku) for sku in skus))
    ```

    ## When not to use it
    Where the number is small by nature, say so:
    `# quality-gate: allow[unbounded-fanout] reason="one call for each of our four warehouses"`.
    Silent by design here: lists spelled out, slices and batches, attachments, names in capitals, executors with a fixed
    number of workers, and modules that speak of a semaphore, a limiter or a client's limits anywhere.

    ## What other linters see
    None of ruff, pylint, bugbear, flake8-async and bandit.

    ## Known missed alarms
    Work whose remote call stands in another module; queues that are filled without end; limits that are too high.

    ## Measured
    3 hits in 8.0 M lines of 54 public projects, 3 read, 2 true; the third asks a handful of servers. They are what is
    left of 6: three more fetched the attachments of one message, which are few, and are exempt since. Of some 200
    gathers over a list, nothing in the module tells for most that they leave the machine. Mended on these hits, and so
    few of them: this must not block. None in 520,000 lines of 6 projects never looked at before. Of seven gathers that
    a search of public code gave, written anew, four were found at first and six are now; nothing tells what the
    session of the seventh is.
    """
    if _LIMITED.search(module.text.lower()):
        return
    starting = [call for call in module.mentioning(ast.Call, _STARTING) if called_name(call) in _STARTING]
    for call in starting[:_MANY]:
        for fan in _fans(module, call):
            if _is_bounded(module, fan.many):
                continue
            remote = _remote(module, fan.work)
            if remote is not None:
                yield Hit(
                    call,
                    f"{written(call.func)}() starts {remote}() for every one of {_shown(fan.many)} at once: nothing"
                    " limits how many run together",
                    "hold an asyncio.Semaphore(10) in each, or go through them in batches",
                    also=(fan.work, fan.many),
                )
                break


def _shown(many: ast.expr) -> str:
    text = ast.unparse(many)
    return text if len(text) <= 40 else f"{text[:39]}…"


# -- what is started


def _fans(module: Module, call: ast.Call) -> Iterator[_Fan]:
    last = called_name(call)
    if last in ("gather", "wait", "as_completed"):
        if module.names.resolve(call.func) in _STARTS:
            for given in call.args:
                yield from _of_argument(module, call, given.value if isinstance(given, ast.Starred) else given)
    elif last == "create_task" and isinstance(call.func, ast.Attribute) and call.args:
        if module.names.type_of(call.func.value) in ("asyncio.TaskGroup", "anyio.abc.TaskGroup"):
            many = _gone_through(module, call)
            if many is not None:
                yield _Fan(call.args[0], many)
    elif last == "ThreadPoolExecutor":
        yield from _of_executor(module, call)


def _of_argument(module: Module, call: ast.Call, given: ast.expr) -> Iterator[_Fan]:
    many = origin(module, given)
    if isinstance(many, ast.ListComp | ast.GeneratorExp | ast.SetComp):
        yield _Fan(_unwrapped(many.elt), many.generators[0].iter)
    elif isinstance(many, ast.Call) and called_name(many) == "map" and len(many.args) == 2:
        yield _Fan(many.args[0], many.args[1])
    elif isinstance(given, ast.Name) and isinstance(many, ast.List) and not many.elts:
        function = module.enclosing_function(call)
        yield from _appended(module, function, given.id) if function is not None else ()


def _unwrapped(started: ast.expr) -> ast.expr:
    if isinstance(started, ast.Call) and called_name(started) in ("create_task", "ensure_future") and started.args:
        return started.args[0]
    return started


def _appended(module: Module, function: FunctionNode, name: str) -> Iterator[_Fan]:
    """What a local list is filled with in a loop before it is waited for."""
    for node in of_module(module, _filled).get((function, name), ()):
        many = _gone_through(module, node)
        if many is not None:
            yield _Fan(_unwrapped(origin(module, node.args[0])), many)


def _filled(module: Module) -> dict[tuple[FunctionNode, str], tuple[ast.Call, ...]]:
    """The calls that add to a local list or set."""
    found: dict[tuple[FunctionNode, str], tuple[ast.Call, ...]] = {}
    for node in module.nodes(ast.Call):
        if called_name(node) in ("append", "add") and node.args and isinstance(node.func, ast.Attribute):
            function = module.enclosing_function(node)
            holder = node.func.value
            if function is not None and isinstance(holder, ast.Name):
                known = found.get((function, holder.id), ())
                if len(known) < _MANY:
                    found[function, holder.id] = (*known, node)
    return found


def _gone_through(module: Module, node: ast.AST) -> ast.expr | None:
    """What the innermost loop or comprehension around a node goes through."""
    for above in module.ancestors(node):
        if isinstance(above, ast.For | ast.AsyncFor):
            return above.iter
        if isinstance(above, COMPREHENSIONS):
            return above.generators[0].iter
        if isinstance(above, ast.FunctionDef | ast.AsyncFunctionDef | ast.While):
            return None
    return None


def _of_executor(module: Module, call: ast.Call) -> Iterator[_Fan]:
    workers = next((given.value for given in call.keywords if given.arg == "max_workers"), None)
    function = module.enclosing_function(call)
    if not (isinstance(workers, ast.Call) and called_name(workers) == "len" and workers.args) or function is None:
        return
    for node in walk_now(function.body):
        if isinstance(node, ast.Call) and called_name(node) in ("submit", "map") and node.args:
            yield _Fan(node.args[0], workers.args[0])


# -- how many, and what they do


def _is_bounded(module: Module, many: ast.expr) -> bool:
    made = origin(module, many)
    while isinstance(made, ast.Call) and called_name(made) in _UNWRAPPED:
        inner = made.args[0] if made.args else made.func.value if isinstance(made.func, ast.Attribute) else None
        if inner is None:
            return False
        made = origin(module, inner)
    if isinstance(made, ast.List | ast.Tuple | ast.Set | ast.Dict | ast.Constant):
        return not isinstance(made, ast.List) or bool(made.elts)
    if isinstance(made, ast.Subscript) and isinstance(made.slice, ast.Slice):
        return True
    if isinstance(made, ast.Call) and called_name(made) == "range":
        end = made.args[-1] if made.args else None
        if isinstance(end, ast.Constant) and isinstance(end.value, int):
            return end.value <= _SMALL
        return isinstance(end, ast.Name | ast.Attribute)  # so many workers
    name = called_name(made) if isinstance(made, ast.Call) else written(many)
    last = name.rpartition(".")[2]
    return last.isupper() or _PART.search(last) is not None


def _remote(module: Module, work: ast.expr) -> str | None:
    """The function that is started, as written, when it calls another machine."""
    if isinstance(work, ast.Call) and (_leaves_the_machine(module, work) or _is_given_client(module, work)):
        return written(work.func)
    definition = definition_of(module, work_of(work) if isinstance(work, ast.Call) else work)
    return definition.name if definition is not None and _calls_out(module, definition) else None


def _calls_out(module: Module, function: FunctionNode) -> bool:
    """Whether a function calls another machine, its callees in this module included; handled failures count too."""
    level, asked = [function], {function}
    for _ in range(_DEPTH):
        calls = [node for found in level for node in walk_now(found.body) if isinstance(node, ast.Call)]
        if any(_leaves_the_machine(module, call) for call in calls):
            return True
        inner = dict.fromkeys(found for call in calls if (found := definition_of(module, call.func)) is not None)
        level = [found for found in inner if found not in asked]
        asked.update(level)
    return False


def _leaves_the_machine(module: Module, call: ast.Call) -> bool:
    name = module.names.callee(call)
    known = lookup(name, module.settings) if name else None
    return known is not None and known.remote and known.kind != "socket"


def _is_given_client(module: Module, work: ast.Call) -> bool:
    """Whether a coroutine that stands elsewhere is handed a client: it will call with it."""
    given = [*work.args, *(keyword.value for keyword in work.keywords)]
    return any((made := module.names.type_of(part)) and catalogue().canonical(made) in _clients() for part in given)


@cache
def _clients() -> frozenset[str]:
    """Classes of HTTP clients."""
    holders = {
        name.rpartition(".")[0]
        for library in catalogue().libraries
        if library.kind == "http"
        for call in library.calls
        for name in call.names
    }
    return frozenset(holder for holder in holders if holder.endswith(("Client", "Session", "PoolManager")))
