"""QG202 unbounded-retry."""

from __future__ import annotations

from collections.abc import Iterator

from quality_gate_checkers.model import Hit, Module, rule
from quality_gate_checkers.reading.endless import endless_retries, is_meant
from quality_gate_checkers.reading.handlers import written
from quality_gate_checkers.reading.retries import Policy, policies

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
        if policy.ends is False and not is_meant(module, policy.node):
            yield Hit(policy.node, _problem(policy), _REMEDIES[policy.library])
    for found in endless_retries(module).values():
        what = f"{written(found.call.func)}() is repeated for ever while it fails"
        yield Hit(
            found.call,
            f"{what}: nothing limits the attempts or the time",
            "count the attempts or watch the clock, and raise when they are used up",
            also=(found.loop, found.handler),
        )


def _problem(policy: Policy) -> str:
    what = ", and on any exception" if policy.any_exception else ""
    return f"{policy.written} retries for ever{what}: nothing limits its attempts or its time"
