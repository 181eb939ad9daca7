"""QG210 enqueue-before-commit."""

from __future__ import annotations

from collections.abc import Iterator

from quality_gate.bench import Bench, project_rule
from quality_gate.codebase.graph import Codebase, Edge, ExternalCall
from quality_gate.model import Finding
from quality_gate.project_rules._findings import Found, findings_of
from quality_gate.project_rules.linked._chains import Chain, Link, shown
from quality_gate.project_rules.linked._outside import publishes
from quality_gate.project_rules.linked._transactions import Region, breach, in_transactions, of_requests

_NEAR = 3
"""Calls from a transaction to what sends a task off; further away, conditions that no call shows decide too often."""

_SENT = frozenset({"celery-task", "rq-enqueue", "rq-job"})
"""Calls by which frameworks know a task that is sent off, or made ready for it."""


@project_rule("QG210", "enqueue-before-commit", severity="warning", linked=True)
def enqueue_before_commit(bench: Bench) -> Iterator[Finding]:
    """A task is sent off inside a database transaction that has not been committed yet.

    Transactions are those of `remote-call-in-transaction`, and every view of Django that writes by itself (`save`,
    `create`, `update`, `delete` ...) where a settings module of the project says `ATOMIC_REQUESTS: True`. Sending off
    is `delay`, `apply_async` and `send_task` of Celery, the enqueuing methods of RQ, and publishing with pika, Kafka,
    SQS, SNS, Kinesis and EventBridge. It is new when the change touches the transaction's first line or a call on the
    way.

    ## In production
    The worker is faster than the commit and finds no such row, or does its work for one that was rolled back.

    ## Bad
    ```python
    # shop/orders.py
    from django.db import transaction

    from shop.tasks import send_receipt


    @transaction.atomic
    def place(order):
        order.save()
        send_receipt.delay(order.pk)

    # shop/tasks.py
    from celery import shared_task


    @shared_task
    def send_receipt(pk):
        print(pk)
    ```

    ## Good
    ```python
    # shop/orders.py
    from django.db import transaction

    from shop.tasks import send_receipt


    @transaction.atomic
    def place(order):
        order.save()
        transaction.on_commit(lambda: send_receipt.delay(order.pk))

    # shop/tasks.py
    from celery import shared_task


    @shared_task
    def send_receipt(pk):
        print(pk)
    ```

    ## When not to use it
    Where the task neither reads what the transaction writes nor minds that it may be rolled back. What is sent from an
    `except` (a mail that something failed) is left alone: `on_commit` would be thrown away with the transaction.

    ## What it cannot see
    Transactions that a session begins by itself. What is more than three calls away, receivers of signals, and calls
    that are told not to (`save(notify=False)`). Task classes that wait for the commit by themselves silence the rule
    where they are the project's (a method `delay`, `apply_async` ... that speaks of `on_commit`). Brokers in the same
    database, where a task is rolled back with the rest.

    ## Measured
    7 hits in 32,000 files of 43 public backend projects, 3 of them with hits; 7 read, 6 true. Further than three calls
    away 2 of 4 were false.
    """
    yield from findings_of(bench, enqueue_before_commit, _found(bench))


def _found(bench: Bench) -> Iterator[Found]:
    codebase = bench.codebase
    sent = codebase.marks("sent")

    def is_sink(name: str, call: ExternalCall | Edge) -> bool:
        if isinstance(call, ExternalCall):
            return publishes(name, bench.settings)
        return call.rung in _SENT and any(
            (mark.first, mark.column) == (call.line, call.column) for mark in sent.get(call.caller, ())
        )

    if any(codebase.marks("enqueue-override").values()):
        return
    for region, chain in in_transactions(bench, is_sink, also=of_requests, later=True):
        if len(chain) <= _NEAR and not any(_after_a_failure(codebase, link) for link in chain):
            yield _breach(bench, region, chain)


def _after_a_failure(codebase: Codebase, link: Link) -> bool:
    marks = codebase.marks("handler").get(link.caller, ())
    return any(mark.first <= link.line <= mark.last for mark in marks)


def _breach(bench: Bench, region: Region, chain: Chain) -> Found:
    message = f"{chain[-1].callee}() is called before {region.begun} is committed: {shown(bench.codebase, chain)}"
    return breach(region, chain, message, "hand it to `transaction.on_commit`, or send it after the transaction")
