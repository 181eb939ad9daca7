"""QG206 remote-call-in-transaction."""

from __future__ import annotations

from collections.abc import Iterator

from quality_gate.bench import Bench, project_rule
from quality_gate.codebase.graph import Edge, ExternalCall
from quality_gate.model import Finding
from quality_gate.project_rules._findings import Found, findings_of
from quality_gate.project_rules.linked._chains import Chain, shown
from quality_gate.project_rules.linked._outside import waits_for_network
from quality_gate.project_rules.linked._transactions import Region, breach, in_transactions


@project_rule("QG206", "remote-call-in-transaction", linked=True)
def remote_call_in_transaction(bench: Bench) -> Iterator[Finding]:
    """A database transaction is held open while another service is asked over the network.

    Transactions are those of Django (`transaction.atomic`), SQLAlchemy (`session.begin()`, `begin_nested()`,
    `engine.begin()`, Flask-SQLAlchemy's `db.session`), psycopg, asyncpg, Peewee, Tortoise and Pony, as a `with` or as
    a decorator. Calls are followed through the project's
    functions. HTTP, mail, clouds' APIs and the dependencies of your own configuration count as network; databases and
    caches do not, and queues are the matter of `enqueue-before-commit`. It is new when the change touches the
    transaction's first line or a call on the way.

    ## In production
    The other service becomes slow, rows stay locked, the pool of connections runs dry and every page hangs; and what
    the other side has done stays done when the transaction is rolled back.

    ## Bad
    ```python
    # shop/plans.py
    from django.db import transaction

    from shop.billing import stop_billing


    @transaction.atomic
    def archive(plan):
        plan.save()
        stop_billing(plan)

    # shop/billing.py
    import requests


    def stop_billing(plan):
        requests.delete(f"https://bank.example/plans/{plan.pk}", timeout=5)
    ```

    ## Good
    ```python
    # shop/plans.py
    from django.db import transaction

    from shop.billing import stop_billing


    def archive(plan):
        with transaction.atomic():
            plan.save()
        stop_billing(plan)

    # shop/billing.py
    import requests


    def stop_billing(plan):
        requests.delete(f"https://bank.example/plans/{plan.pk}", timeout=5)
    ```
    ```python
    # shop/plans.py
    import requests
    from django.db import transaction


    def archive(plan):
        with transaction.atomic():
            plan.save()
            transaction.on_commit(lambda: requests.delete(f"https://bank.example/plans/{plan.pk}", timeout=5))
    ```

    ## When not to use it
    Where a lock is held on purpose while the one call it protects is made, with a key that makes a second attempt
    harmless: say so with `# quality-gate: allow[remote-call-in-transaction] reason="..."`, at the call or at any call
    of the chain.

    ## What it cannot see
    Transactions that a session begins by itself, without `begin()`, and ends with `commit()`. Functions that a
    framework or a library calls (receivers of signals, too), overrides that may be meant, and calls whose target
    nothing tells. Functions that remember their answer
    (`lru_cache`) are not looked into.

    ## Measured
    19 hits in 32,000 files of 43 public backend projects, 5 of them with hits; 19 read, 18 true. The one false alarm
    followed a method that the class at hand does not have.
    """
    yield from findings_of(bench, remote_call_in_transaction, _found(bench))


def _found(bench: Bench) -> Iterator[Found]:
    def is_sink(name: str, call: ExternalCall | Edge) -> bool:
        return waits_for_network(name, bench.settings)

    for region, chain in in_transactions(bench, is_sink):
        yield _breach(bench, region, chain)


def _breach(bench: Bench, region: Region, chain: Chain) -> Found:
    message = f"{region.begun} is held open while {chain[-1].callee}() is waited for: {shown(bench.codebase, chain)}"
    return breach(
        region,
        chain,
        message,
        "make the call before the transaction or after its commit, or write down in it what is to be sent",
    )
