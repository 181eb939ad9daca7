"""QG203 retry-any-exception."""

from __future__ import annotations

from collections.abc import Iterator

from quality_gate_checkers.model import Hit, Module, rule
from quality_gate_checkers.reading.retries import policies

_REMEDIES = {
    "tenacity": "name the failures that pass by themselves: retry=retry_if_exception_type((ConnectTimeout, Busy))",
    "celery": "name the failures that pass by themselves: autoretry_for=(ConnectTimeout, Busy)",
    "retrying": "name the failures that pass by themselves: retry_on_exception=is_transient",
}


@rule(
    "QG203",
    "retry-any-exception",
    triggers=(b"tenacity", b"on_exception", b"autoretry_for", b"stamina", b"retry"),
)
def retry_any_exception(module: Module) -> Iterator[Hit]:
    """A retry that does not ask what failed: mistakes and refusals are repeated like outages.

    `tenacity.retry` without `retry=`, or with `retry_if_exception_type()` of nothing, of `Exception` or of
    `BaseException`; celery's `autoretry_for=(Exception,)`, `backoff.on_exception(..., Exception)` without `giveup`,
    `stamina.retry(on=Exception)`, `retrying.retry` without `retry_on_exception` and `retry.retry` without types. A
    policy that also never ends is reported by `unbounded-retry` alone.

    ## In production
    A bug or a declined request is tried again and again: the answer comes late, the logs fill, the other side is hit
    n times.

    ## Bad
    ```python
    from tenacity import retry, stop_after_attempt, wait_random_exponential

    @retry(stop=stop_after_attempt(3), wait=wait_random_exponential(max=2))
    def rates(http):
        return http.get("/rates", timeout=2).json()
    ```
    ```python
    from celery import shared_task

    @shared_task(autoretry_for=(Exception,), retry_backoff=True)
    def settle(order_id):
        print(order_id)
    ```

    ## Good
    ```python
    from requests.exceptions import ConnectTimeout
    from tenacity import retry, retry_if_exception_type, stop_after_attempt, wait_random_exponential

    @retry(
        stop=stop_after_attempt(3),
        wait=wait_random_exponential(max=2),
        retry=retry_if_exception_type(ConnectTimeout),
    )
    def rates(http):
        return http.get("/rates", timeout=2).json()
    ```

    ## When not to use it
    Where a second attempt is free and any failure may pass, say why:
    `# quality-gate: allow[retry-any-exception] reason="vendor raises bare Exception, PAY-77"`.
    Silent by design here: policies that exclude types (`retry_if_not_exception_type`, `dont_autoretry_for`, `giveup`),
    predicates of the project's own, and `**POLICY` where this module does not spell it out.

    ## What other linters see
    None of ruff, pylint, bugbear, flake8-async, wemake and bandit reads a retry policy.

    ## Known missed alarms
    Loops written by hand with `except Exception`; `self.retry()` in a broad handler; exceptions of the project's own
    that stand for everything; predicates that always say yes.

    ## Measured
    28 hits in 4.1 M lines of 19 public projects, all in 4 of them and 17 in one; 28 read, 28 true as this page
    defines it. No hit in 195,000 further lines of 3 projects. Drawn anew from 2.6 M lines of 18 projects: 5 hits, 5
    read, 5 true; none of them in the 6 that had never been looked at before.
    `python benchmarks/ecosystem.py DIR... --rule retry-any-exception --sheet FILE` prints the sheet that was read.
    """
    for policy in policies(module):
        if policy.ends is False or not policy.any_exception:
            continue
        how = "retries any exception" if policy.choice is not None else "retries any exception, for none is named"
        yield Hit(
            policy.choice or policy.node,
            f"{policy.written} {how}: mistakes and refusals are repeated like outages",
            _REMEDIES.get(policy.library, "name the exceptions that pass by themselves"),
            also=(policy.node,),
        )
