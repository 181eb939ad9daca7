"""QG212 retry-without-backoff."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from quality_gate_checkers.model import Hit, Module, rule
from quality_gate_checkers.model.scopes import FUNCTIONS
from quality_gate_checkers.reading.answers import is_answer
from quality_gate_checkers.reading.arguments import argument, options_of, origin
from quality_gate_checkers.reading.attempts import Attempts, attempts
from quality_gate_checkers.reading.endless import endless_retries
from quality_gate_checkers.reading.handlers import called_name, caught_types, written
from quality_gate_checkers.reading.pauses import lets_time_pass, number, pauses_never
from quality_gate_checkers.reading.retries import Policy, policies
from quality_gate_checkers.reading.walks import walk_now

_REMEDIES = {
    "tenacity": "pass wait=wait_random_exponential(max=10)",
    "urllib3": "pass backoff_factor=0.5, and backoff_jitter= where urllib3 is 2",
    "requests": "pass backoff_factor=0.5, and backoff_jitter= where urllib3 is 2",
    "celery": "leave the delay out or pass retry_backoff=True: its jitter is on by default",
    "retrying": "pass wait_exponential_multiplier= and wait_exponential_max=",
    "retry": "pass delay=1, backoff=2, jitter=(0, 1)",
    "backoff": "use backoff.expo, whose jitter is on by default",
}
_BY_HAND = "sleep between the attempts, longer each time and by chance: random.uniform(0, 0.5 * 2**attempt)"

_CONTENTION = (
    "conflict", "watch", "integrity", "concurren", "exist", "duplicate", "taken", "collision", "lock", "stale",
    "unique", "serializ", "operationalerror", "transaction", "assertion", "valueerror", "typeerror", "keyerror",
    "attributeerror", "validation", "parse", "decode", "parser", "indexerror", "version", "precondition",
)  # fmt: skip
"""In an exception's name: a race that somebody else has won, or an answer of the wrong form: asking again cures."""


@rule(
    "QG212",
    "retry-without-backoff",
    severity="warning",
    triggers=(b"tenacity", b"backoff", b"retry", b"max_retries", b"except"),
)
def retry_without_backoff(module: Module) -> Iterator[Hit]:
    """Three attempts or more with no time between them.

    tenacity without `wait=` (its default is none), urllib3's `Retry` without `backoff_factor` (its default is 0) and
    `HTTPAdapter(max_retries=3)`, `retrying.retry` without a `wait_...`, `retry.retry` without `delay`, celery's
    `default_retry_delay=0`, rq's `Retry(max=3)` without `interval`, and a loop written by hand that makes the same
    remote call again as soon as it has failed. What never ends is reported by `unbounded-retry` alone.

    ## In production
    All attempts are used up within the second in which the other side stumbles, and every client at once makes it fall.

    ## Bad
    ```python
    from requests.exceptions import ConnectionError
    from tenacity import retry, retry_if_exception_type, stop_after_attempt

    @retry(stop=stop_after_attempt(5), retry=retry_if_exception_type(ConnectionError))
    def rates(http):
        return http.get("/rates", timeout=2).json()
    ```
    ```python
    from urllib3.util.retry import Retry

    POLICY = Retry(total=5, status_forcelist=[502, 503, 504])
    ```
    ```python
    import logging

    import httpx

    log = logging.getLogger(__name__)

    def rates(client: httpx.Client):
        for attempt in range(5):
            try:
                return client.get("/rates").json()
            except httpx.TransportError:
                log.warning("no rates at attempt %d", attempt, exc_info=True)
        raise RuntimeError("no rates")
    ```

    ## Good
    ```python
    from requests.exceptions import ConnectionError
    from tenacity import retry, retry_if_exception_type, stop_after_attempt, wait_random_exponential

    @retry(
        stop=stop_after_attempt(5),
        wait=wait_random_exponential(max=10),
        retry=retry_if_exception_type(ConnectionError),
    )
    def rates(http):
        return http.get("/rates", timeout=2).json()
    ```
    ```python
    from urllib3.util.retry import Retry

    POLICY = Retry(total=5, status_forcelist=[502, 503, 504], backoff_factor=0.5)
    ```

    ## When not to use it
    Where an attempt at once is meant, say why:
    `# quality-gate: allow[retry-without-backoff] reason="each attempt goes to another replica"`.
    Silent by design here: one second attempt (it answers a connection that had gone stale), a constant pause, races
    for a row or a lock, answers of the wrong form, handlers that reconnect or choose another host, and policies whose
    hooks or functions sleep.

    ## What other linters see
    None of ruff, pylint, bugbear, flake8-async, wemake and bandit reads a retry policy.

    ## Known missed alarms
    Pauses that are too short; recursion; loops whose call nothing in the module resolves; `**POLICY`.

    ## Measured
    8 hits in 7.7 M lines of 53 public projects, 8 read, 7 true: 3 adapters and urllib3 policies, 1 of tenacity, 4
    loops. The doubtful one makes two attempts unless its caller asks for more. On the 2.9 M lines of 18 projects that
    were not looked at while the rule was made: 2 hits, both true.
    """
    for policy in policies(module):
        if policy.ends and pauses_never(module, policy) and not _is_right(module, policy):
            yield Hit(policy.node, _problem(policy.written), _REMEDIES[policy.library])
    for call in module.mentioning(ast.Call, ("HTTPAdapter", "Retry")):
        yield from _of_other_library(module, call)
    endless = endless_retries(module)
    for found in attempts(module):
        if found.loop not in endless and not _is_contention(found.types) and not lets_time_pass([found.loop]):
            yield _by_hand(found)


def _problem(what: str) -> str:
    return f"{what} tries again at once: nothing lets time pass between its attempts"


def _by_hand(found: Attempts) -> Hit:
    problem = f"{written(found.call.func)}() is tried again at once when it fails: nothing lets time pass in between"
    return Hit(found.call, problem, _BY_HAND, also=(found.loop, found.handler))


# -- why it may be right


def _is_contention(types: list[str | None]) -> bool:
    names = [name.rpartition(".")[2] for name in types if name]
    return bool(names) and all(is_answer(name) or any(word in name.lower() for word in _CONTENTION) for name in names)


def _is_right(module: Module, policy: Policy) -> bool:
    """Whether what is retried is a race or a wrong answer, or the function that is retried sleeps by itself."""
    if policy.choice is not None and _is_contention(_types_in(module, policy.choice)):
        return True
    function = module.parent(policy.node)
    if not isinstance(function, FUNCTIONS) or policy.node not in function.decorator_list:
        return False
    failing = [node for node in walk_now(function.body) if isinstance(node, ast.ExceptHandler)]
    return lets_time_pass([function.body[0], *failing])


def _types_in(module: Module, choice: ast.expr) -> list[str | None]:
    """The exceptions that the argument of a policy names, wrapped in a condition or not."""
    made = origin(module, choice)
    if isinstance(made, ast.Call):
        types = argument(made, options_of(module, made), "exception_types", 0)
        made = origin(module, types) if types is not None else made
    if isinstance(made, ast.List | ast.Set):
        return [module.names.resolve(part) for part in made.elts]
    return caught_types(module, made)


# -- libraries whose policy is an argument of something else


def _of_other_library(module: Module, call: ast.Call) -> Iterator[Hit]:
    last = called_name(call)
    if last == "HTTPAdapter" and (module.names.resolve(call.func) or "").startswith("requests."):
        count = number(module, options_of(module, call).values.get("max_retries"))
        if count is not None and count > 1:
            yield Hit(call, _problem(f"HTTPAdapter(max_retries={count:.0f})"), _ADAPTER)
    elif last == "Retry" and (module.names.resolve(call.func) or "") in ("rq.Retry", "rq.job.Retry"):
        options = options_of(module, call)
        times, pause = argument(call, options, "max", 0), argument(call, options, "interval", 1)
        if not options.open and (number(module, times) or 2) > 1 and (pause is None or number(module, pause) == 0):
            yield Hit(call, _problem("rq's Retry()"), "pass interval=[10, 60, 300], seconds before each attempt")


_ADAPTER = "pass max_retries=Retry(total=3, backoff_factor=0.5) of urllib3.util.retry"
