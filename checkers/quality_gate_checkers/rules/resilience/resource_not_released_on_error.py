"""QG213 resource-not-released-on-error."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import msgspec

from quality_gate_checkers.dependencies import lookup
from quality_gate_checkers.model import Hit, Module, rule
from quality_gate_checkers.model.roles import Role
from quality_gate_checkers.model.scopes import FunctionNode
from quality_gate_checkers.reading.handlers import called_name, caught_types, is_broad, written
from quality_gate_checkers.reading.holding import Holding, holdings
from quality_gate_checkers.reading.logs import log_level
from quality_gate_checkers.reading.walks import walk_now

_SAFE = frozenset(
    f"builtins.{name}"
    for name in ("len", "print", "str", "int", "bool", "repr", "isinstance", "list", "dict", "set", "tuple", "range",
                 "sorted", "min", "max", "sum", "enumerate", "zip", "getattr", "hasattr", "id", "type")
)  # fmt: skip
"""Functions that a reader does not expect to raise."""

_SAFE_METHODS = frozenset(
    {"append", "get", "items", "keys", "values", "time", "monotonic", "release", "close", "locked", "format", "join",
     "split", "strip", "setdefault", "discard", "add", "clear", "notify", "notify_all", "set", "is_set", "copy",
     "upper", "lower", "encode", "set_attribute", "set_attributes", "add_event", "set_status"}
)  # fmt: skip
_FINAL = frozenset(
    {"callback", "push", "enter_context", "push_async_callback", "addfinalizer", "addCleanup", "finalize", "register",
     "closing", "add_done_callback", "aclosing", "enter_async_context"}
)  # fmt: skip
"""What is told to give something back later."""


@rule(
    "QG213",
    "resource-not-released-on-error",
    severity="warning",
    triggers=(
        b"acquire", b"getconn", b"start_span", b"connect", b"tempfile", b"paramiko", b"clientsession", b"asyncclient",
        b"sqlalchemy",
    ),
    elsewhere=(b"close", b"dispose"),
    roles=frozenset({Role.SOURCE}),
)  # fmt: skip
def resource_not_released_on_error(module: Module) -> Iterator[Hit]:
    """What a function gives back only when nothing fails.

    A lock or semaphore that is acquired and released, a connection borrowed from a pool and put back, a database
    connection, session or client that is opened and closed, a span that is started and ended, a temporary file or
    directory that is deleted: by the same function, and neither in `finally` nor by `with`, with a call in between that
    can raise.

    ## In production
    After the first failure the lock stays locked, the pool is one connection short, the disk fills with leftovers.

    ## Bad
    ```python
    from psycopg2.pool import ThreadedConnectionPool

    class Orders:
        def __init__(self, pool: ThreadedConnectionPool):
            self.pool = pool

        def paid(self):
            connection = self.pool.getconn()
            cursor = connection.cursor()
            cursor.execute("select id from orders where paid")
            found = cursor.fetchall()
            self.pool.putconn(connection)
            return found
    ```
    ```python
    import threading

    lock = threading.Lock()

    def book(ledger, order):
        lock.acquire()
        ledger.book(order)
        lock.release()
    ```

    ## Good
    ```python
    from psycopg2.pool import ThreadedConnectionPool

    class Orders:
        def __init__(self, pool: ThreadedConnectionPool):
            self.pool = pool

        def paid(self):
            connection = self.pool.getconn()
            try:
                cursor = connection.cursor()
                cursor.execute("select id from orders where paid")
                return cursor.fetchall()
            finally:
                self.pool.putconn(connection)
    ```
    ```python
    import threading

    lock = threading.Lock()

    def book(ledger, order):
        with lock:
            ledger.book(order)
    ```

    ## When not to use it
    Where the process ends with the failure, say so:
    `# quality-gate: allow[resource-not-released-on-error] reason="one-shot job, the container goes"`.
    Silent by design here: what is returned, yielded or kept for somebody else, `ExitStack` and `closing`, calls whose
    failure is caught before the release, scripts and command lines, and what CPython closes by itself as soon as the
    function is left (files, sockets, sqlite3).

    ## What other linters see
    pylint R1732 (consider-using-with) asks for `with` at a fixed list of constructors and at `acquire()` of
    threading's locks, whether or not something can fail; ruff SIM115 at `open()`. Neither knows pools and sessions.

    ## Known missed alarms
    What is released in another function or never; releases by other names than the library's.

    ## Measured
    12 hits in 8.0 M lines of 54 public projects, 12 read, 12 true: 4 spans, 3 locks, 3 temporary files or directories,
    2 database connections. On the 3.1 M lines of 19 projects that were not looked at while the rule was made: 7 hits,
    all true, 4 of them spans of one project that lose the very steps that failed. A first version judged sockets, SMTP
    and sqlite3 too (7 hits more); CPython closes those as soon as the function is left, and a reviewer would not stop a
    merge for them.
    """
    functions: list[FunctionNode] = [*module.nodes(ast.FunctionDef), *module.nodes(ast.AsyncFunctionDef)]
    for function in functions:
        taken = list(holdings(module, function))
        body = _Body.of(function) if taken else None
        for held in taken:
            risky = _risk(module, function, body, held) if body is not None else None
            if risky is not None:
                yield Hit(
                    held.taken,
                    f"{held.name}, {held.what}, is given back by {written(held.given_back[-1].func)}() only when"
                    f" nothing fails: {written(risky.func)}() in between can raise",
                    "take it with `with`, or give it back in `finally`",
                    also=(risky, held.given_back[-1]),
                )


class _Body(msgspec.Struct, frozen=True):
    """What is asked of a function once for all that it holds.

    Args:
        calls: in source order.
        names: every reading of a local name, by the name.
    """

    calls: list[ast.Call]
    names: dict[str, list[ast.Name]]

    @classmethod
    def of(cls, function: FunctionNode) -> _Body:
        """Read a function's own body."""
        calls, names = list[ast.Call](), dict[str, list[ast.Name]]()
        for node in walk_now(function.body):
            if isinstance(node, ast.Call):
                calls.append(node)
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
                names.setdefault(node.id, []).append(node)
        return cls(sorted(calls, key=lambda node: (node.lineno, node.col_offset)), names)


def _risk(module: Module, function: FunctionNode, body: _Body, held: Holding) -> ast.Call | None:
    """The first call after which the thing is not given back when it raises; None where somebody sees to it."""
    if any(_is_seen_to(module, function, back) for back in held.given_back):
        return None
    if _is_passed_on(module, body, held):
        return None
    last = held.given_back[-1]
    for call in body.calls:
        if not _is_between(held, call) or not _can_raise(module, call, held):
            continue
        return None if _is_answered(module, call, last) else call
    return None


def _is_between(held: Holding, call: ast.Call) -> bool:
    first = (held.taken.end_lineno or held.taken.lineno, held.taken.end_col_offset or 0)
    back = held.given_back[0]
    return first <= (call.lineno, call.col_offset) < (back.lineno, back.col_offset) and call is not held.taken


def _can_raise(module: Module, call: ast.Call, held: Holding) -> bool:
    if log_level(module, call) is not None or call in held.given_back or _excludes(module, held.taken, call):
        return False
    name = module.names.callee(call)
    if name is not None and lookup(name, module.settings) is not None:
        return True
    return name not in _SAFE and not (name or "").startswith("os.path.") and called_name(call) not in _SAFE_METHODS


def _excludes(module: Module, taken: ast.Call, call: ast.Call) -> bool:
    """Whether a call stands in the other branch of an `if` or `try` than the taking."""
    inside = {id(above): child for child, above in _ladder(module, taken)}
    for child, above in _ladder(module, call):
        if id(above) in inside:
            other = inside[id(above)]
            return isinstance(above, ast.If) and {_branch(above, child), _branch(above, other)} == {"then", "else"}
    return False


def _ladder(module: Module, node: ast.AST) -> Iterator[tuple[ast.AST, ast.AST]]:
    """A node and its parent, from the inside out."""
    child = node
    for above in module.ancestors(node):
        yield child, above
        child = above


def _branch(choice: ast.If, child: ast.AST) -> str:
    return "else" if child in choice.orelse else "test" if child is choice.test else "then"


def _is_seen_to(module: Module, function: FunctionNode, back: ast.Call) -> bool:
    """Whether a release stands where failures come along: `finally`, a handler, another time."""
    child: ast.AST = back
    for above in module.ancestors(back):
        if above is function:
            return False
        if isinstance(above, ast.ExceptHandler) or (isinstance(above, ast.Try) and child in above.finalbody):
            return True
        child = above
    return False


def _is_passed_on(module: Module, body: _Body, held: Holding) -> bool:
    """Whether somebody else may give it back: it is returned, yielded, stored, or entered by a `with`."""
    for node in body.names.get(held.name, ()):
        parent = module.parent(node)
        if isinstance(parent, ast.withitem | ast.Return | ast.Yield | ast.Assign | ast.AnnAssign | ast.Dict | ast.List):
            return True
        while isinstance(parent, ast.Attribute | ast.Tuple | ast.keyword):
            parent = module.parent(parent)
            if isinstance(parent, ast.Return | ast.Yield | ast.withitem):
                return not isinstance(module.parent(node), ast.Attribute) or isinstance(parent, ast.withitem)
        if isinstance(parent, ast.Call) and called_name(parent) in _FINAL:
            return True
    return False


def _is_answered(module: Module, call: ast.Call, back: ast.Call) -> bool:
    """Whether a failure of a call is caught, and the release is reached all the same."""
    for above in module.ancestors(call):
        if isinstance(above, ast.Try) and above.handlers and any(_holds(part, call) for part in above.body):
            if (above.end_lineno or 0) >= back.lineno:
                continue  # the release is skipped by the same failure
            broad = [handler for handler in above.handlers if is_broad(caught_types(module, handler.type))]
            chosen = broad or above.handlers
            return not any(_leaves(handler) for handler in chosen)
    return False


def _holds(part: ast.AST, call: ast.Call) -> bool:
    return (part.lineno, 0) <= (call.lineno, 0) <= (part.end_lineno or 0, 0) if isinstance(part, ast.stmt) else False


def _leaves(handler: ast.ExceptHandler) -> bool:
    return any(isinstance(node, ast.Raise | ast.Return) for node in walk_now(handler.body))
