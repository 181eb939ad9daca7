"""QG209 nested-retry."""

from __future__ import annotations

from collections.abc import Iterator

from quality_gate.bench import Bench, project_rule
from quality_gate.codebase.graph import Edge, ExternalCall
from quality_gate.model import Finding
from quality_gate.project_rules._findings import Found, findings_of
from quality_gate.project_rules.linked._chains import Chain, Reach, shown
from quality_gate.project_rules.linked._retries import ANY, Retried, kept_below, overlap, retried

_LIBRARIES = frozenset({"tenacity", "backoff", "stamina", "retrying", "retry"})
"""Whose decorators let the last failure out; what a loop written by hand does at its end nothing here tells."""

_GIVEN_UP = ("tenacity.RetryError",)


@project_rule("QG209", "nested-retry", severity="warning", linked=True)
def nested_retry(bench: Bench) -> Iterator[Finding]:
    """A retried function calls another one that is retried for the same failures: the attempts multiply.

    Read are decorators of tenacity, backoff, stamina, retrying and retry below, and these, Celery's `autoretry_for`
    and `self.retry`, and hand-written loops above. Both must retry an exception in common, and no handler between them
    may keep it. It is new when the change touches a call on the way.

    ## In production
    A service that is down gets 4 x 4 = 16 times the calls, and whoever waits for it waits as long.

    ## Bad
    ```python
    # shop/billing.py
    from tenacity import retry, stop_after_attempt

    from shop.bank import balance


    @retry(stop=stop_after_attempt(4))
    def statement(account):
        return [account, balance(account)]

    # shop/bank.py
    import requests
    from tenacity import retry, stop_after_attempt


    @retry(stop=stop_after_attempt(4))
    def balance(account):
        return requests.get(f"https://bank.example/{account}", timeout=5).json()
    ```

    ## Good
    ```python
    # shop/billing.py
    from shop.bank import balance


    def statement(account):
        return [account, balance(account)]

    # shop/bank.py
    import requests
    from tenacity import retry, stop_after_attempt


    @retry(stop=stop_after_attempt(4))
    def balance(account):
        return requests.get(f"https://bank.example/{account}", timeout=5).json()
    ```

    ## When not to use it
    Where the outer retry is meant for something else that fails alike, and the inner one gives up fast.

    ## What it cannot see
    Retries of clients: urllib3's `Retry` in an adapter, those of AWS and database clients. Retries inside libraries.
    tenacity's `RetryError`, which an inner policy without `reraise=True` raises, counts only where the outer policy
    retries it. Policies whose exceptions the module does not spell out are in common with none but "any".

    ## Measured
    10 hits in 32,000 files of 43 public backend projects, 3 of them with hits; 10 read, 10 true; three of them on
    purpose, with a limit.
    """
    yield from findings_of(bench, nested_retry, _found(bench))


def _found(bench: Bench) -> Iterator[Found]:
    regions = list(retried(bench))
    inner = {region.function: region for region in regions if region.library in _LIBRARIES}
    for outer in regions if len(regions) > 1 else ():

        def is_sink(name: str, call: ExternalCall | Edge, outer: Retried = outer) -> bool:
            found = inner.get(name)
            return found is not None and name != outer.function and _multiplies(outer, found)

        reach = Reach(bench.codebase, bench.settings, is_sink)
        for chain in reach.chains(outer.function, outer.first, outer.last):
            found = inner[chain[-1].callee]
            if not kept_below(bench.codebase, outer, chain, _raised(found)):
                yield _breach(bench, outer, found, chain)


def _multiplies(outer: Retried, inner: Retried) -> bool:
    return bool(outer.types & ANY) or overlap(outer.types, _raised(inner))


def _raised(inner: Retried) -> tuple[str, ...]:
    """What comes out of a retried function when it gives up."""
    return tuple(sorted(inner.types)) if inner.reraises else _GIVEN_UP


def _breach(bench: Bench, outer: Retried, inner: Retried, chain: Chain) -> Found:
    first = chain[0]
    times = f": {outer.attempts} x {inner.attempts} attempts" if outer.attempts and inner.attempts else ""
    return Found(
        path=first.path,
        line=first.line,
        column=first.column,
        message=f"{outer.policy} retries what {inner.policy} has retried{times}: {shown(bench.codebase, chain)}",
        remedy="retry at one layer only, the one that knows how long the caller will wait",
        function=outer.function,
        text=" -> ".join(link.callee for link in chain),
        touching=((outer.path, outer.first), *((link.path, link.line) for link in chain)),
    )
