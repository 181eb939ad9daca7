"""QG202 unbounded-retry."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from quality_gate_checkers.dependencies import lookup
from quality_gate_checkers.model import Hit, Module, rule
from quality_gate_checkers.reading.deadlines import limited_from_outside
from quality_gate_checkers.reading.handlers import called_name, caught_types, is_harmless, written
from quality_gate_checkers.reading.retries import Policy, policies
from quality_gate_checkers.reading.walks import names_bound, names_read, walk_now

_REMEDIES = {
    "tenacity": "pass stop=stop_after_attempt(3) | stop_after_delay(30)",
    "backoff": "pass max_tries= or max_time=",
    "celery": "set max_retries to a number, and say what happens to the work after the last attempt",
    "urllib3": "give total= a number",
    "requests": "give total= a number",
    "stamina": "give attempts= or timeout= a number",
    "retrying": "pass stop_max_attempt_number= or stop_max_delay=",
    "retry": "pass tries=",
}
_SLEEPS = frozenset({"time.sleep", "asyncio.sleep", "anyio.sleep", "trio.sleep", "gevent.sleep", "eventlet.sleep"})
_ASKS_AGAIN = frozenset(
    {"builtins.input", "builtins.next", "getpass.getpass", "click.prompt", "click.confirm", "typer.prompt",
     "random.choice", "random.randint", "uuid.uuid4", "secrets.token_hex", "secrets.token_urlsafe",
     "tempfile.mktemp", "builtins.int", "builtins.float"}
)  # fmt: skip
"""What makes the next attempt another one: a person, a generator, chance."""

_CONTENTION = (
    "conflict",
    "watch",
    "integrity",
    "concurren",
    "exist",
    "duplicate",
    "taken",
    "collision",
    "locked",
    "stale",
    "unique",
    "empty",
    "stop",
)
"""In an exception's name: losing a race is answered by trying again, and somebody has won each time."""

_WAITING = frozenset(
    {"wait", "await", "poll", "loop", "forever", "watch", "listen", "consume", "serve", "prompt", "ask"}
)
"""Words in a function's name: it promises to wait, or is meant not to end."""


@rule(
    "QG202",
    "unbounded-retry",
    severity="warning",
    triggers=(b"tenacity", b"backoff", b"stamina", b"retry", b"max_retries", b"except"),
)
def unbounded_retry(module: Module) -> Iterator[Hit]:
    """A retry that neither attempts nor time ever end.

    `tenacity.retry` without `stop=` (its default is never), `backoff` without `max_tries` and `max_time`, urllib3's
    `Retry(total=None)` without another limit, celery's `max_retries=None`, `stamina` with both limits off,
    `retrying.retry` and `retry.retry` without a limit, and `while True:` around a `try` that repeats the same call
    whatever happens.

    ## In production
    The other side stays down, every request waits for ever, and when it comes back all of them arrive at once.

    ## Bad
    ```python
    import httpx
    from tenacity import retry, retry_if_exception_type, wait_exponential

    @retry(wait=wait_exponential(max=60), retry=retry_if_exception_type(httpx.TransportError))
    def rates(client: httpx.Client):
        return client.get("/rates").json()
    ```
    ```python
    import time

    import httpx

    def rates(client: httpx.Client):
        while True:
            try:
                return client.get("/rates").json()
            except httpx.TransportError:
                time.sleep(1)
    ```

    ## Good
    ```python
    import httpx
    from tenacity import retry, retry_if_exception_type, stop_after_attempt, stop_after_delay, wait_exponential

    @retry(
        stop=stop_after_attempt(3) | stop_after_delay(8),
        wait=wait_exponential(max=2),
        retry=retry_if_exception_type(httpx.TransportError),
    )
    def rates(client: httpx.Client):
        return client.get("/rates").json()
    ```

    ## When not to use it
    Where waiting for ever is meant, at the start of a service or in its background loop, say why:
    `# quality-gate: allow[unbounded-retry] reason="nothing can start before the broker is there"`.

    Silent by design here: loops that carry on after success (consumers, daemons), prompts, functions called
    `wait...`, races lost to somebody else (conflict, duplicate), retries that count by themselves, and `**POLICY`
    where this module does not spell it out.

    ## What other linters see
    None of ruff, pylint, bugbear, flake8-async and bandit reads a retry policy; wemake WPS457 flags every `while True`.

    ## Known missed alarms
    Limits that are configured absurdly high; loops whose body does more than one attempt; recursion. By their names
    exempt are functions that promise to wait or not to end: `wait`, `await`, `poll`, `loop`, `forever`, `watch`,
    `listen`, `consume`, `serve`, `prompt` or `ask` as a word of it.

    ## Measured
    4 hits in 4.1 M lines of 19 public projects, 4 read, 2 true. The two others poll in functions called
    `wait_for...`, which are exempt since; with so few hits, and mended on them, this must not block. No loop written
    by hand was found there, and no hit of any kind in 195,000 further lines of 3 projects.
    """
    for policy in policies(module):
        if policy.ends is False and not _is_meant(module, policy.node):
            yield Hit(policy.node, _problem(policy), _REMEDIES[policy.library])
    for loop in module.nodes(ast.While):
        if isinstance(loop.test, ast.Constant) and loop.test.value:
            yield from _in_loop(module, loop)


def _problem(policy: Policy) -> str:
    what = ", and on any exception" if policy.any_exception else ""
    return f"{policy.written} retries for ever{what}: nothing limits its attempts or its time"


# -- loops written by hand


def _in_loop(module: Module, loop: ast.While) -> Iterator[Hit]:
    attempts = [statement for statement in loop.body if isinstance(statement, ast.Try | ast.TryStar)]
    others = [statement for statement in loop.body if not isinstance(statement, ast.Try | ast.TryStar)]
    if len(attempts) != 1 or attempts[0].finalbody or not all(_is_plain(statement) for statement in others):
        return
    attempt = attempts[0]
    call = _call_of_attempt(attempt)
    if call is None or module.enclosing_function(loop) is None:
        return
    if _is_another_attempt(module, loop, attempt) or _is_meant(module, loop):
        return
    for handler in attempt.handlers:
        if _repeats(module, handler) and (_sleeps(module, [handler, *others]) or _is_remote(module, attempt)):
            problem = (
                f"{written(call.func)}() is repeated for ever while it fails: nothing limits the attempts or the time"
            )
            yield Hit(
                call,
                problem,
                "count the attempts or watch the clock, and raise when they are used up",
                also=(loop, handler),
            )
            return


def _is_plain(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr | ast.Assign | ast.AugAssign | ast.AnnAssign | ast.Pass)


def _call_of_attempt(attempt: ast.Try | ast.TryStar) -> ast.Call | None:
    """The call whose success ends the loop: `return call()`, or `call()` and then `break` or `return`."""
    body = [*attempt.body, *attempt.orelse]
    if any(
        isinstance(
            node, ast.Raise | ast.Yield | ast.YieldFrom | ast.If | ast.While | ast.For | ast.AsyncFor | ast.Continue
        )
        for node in walk_now(body)
    ):
        return None
    if (
        not body
        or not isinstance(body[-1], ast.Return | ast.Break)
        or any(isinstance(node, ast.Return | ast.Break) for node in walk_now(body[:-1]))
    ):
        return None
    return next((node for node in walk_now(attempt.body) if isinstance(node, ast.Call)), None)


def _is_another_attempt(module: Module, loop: ast.While, attempt: ast.Try | ast.TryStar) -> bool:
    """Whether what is tried changes from one attempt to the next."""
    inside = names_bound(attempt.body)
    outside = names_bound([statement for statement in loop.body if statement is not attempt])
    outside |= {name for handler in attempt.handlers for name in names_bound(handler.body)}
    if names_read(attempt.body) & (outside - inside):
        return True
    calls = [node for node in walk_now(loop.body) if isinstance(node, ast.Call)]
    return any(module.names.callee(call) in _ASKS_AGAIN for call in calls)


def _is_meant(module: Module, node: ast.AST) -> bool:
    """Whether the function promises to wait, or something around it ends it in time."""
    function = module.enclosing_function(node)
    words = set(function.name.lower().split("_")) if function else set()
    return bool(words & _WAITING) or limited_from_outside(module, node)


def _repeats(module: Module, handler: ast.ExceptHandler) -> bool:
    """Whether a handler always leads back to the next attempt of the same call."""
    nodes = list(walk_now(handler.body))
    if any(
        isinstance(
            node, ast.Raise | ast.Return | ast.Break | ast.If | ast.Try | ast.IfExp | ast.Yield | ast.Match | ast.Assert
        )
        for node in nodes
    ):
        return False
    calls = [node for node in nodes if isinstance(node, ast.Call)]
    if any(called_name(call) in ("exit", "_exit", "fail", "abort", "kill", "check") for call in calls):
        return False
    types = caught_types(module, handler.type)
    names = " ".join(ast.unparse(handler.type).lower().split()) if handler.type else ""
    return not is_harmless(types) and not any(word in names for word in _CONTENTION)


def _sleeps(module: Module, nodes: list[ast.AST]) -> bool:
    return any(isinstance(node, ast.Call) and module.names.callee(node) in _SLEEPS for node in walk_now(nodes))


def _is_remote(module: Module, attempt: ast.Try | ast.TryStar) -> bool:
    for node in walk_now(attempt.body):
        name = module.names.callee(node) if isinstance(node, ast.Call) else None
        known = lookup(name, module.settings) if name else None
        if known is not None and known.remote:
            return True
    return False
