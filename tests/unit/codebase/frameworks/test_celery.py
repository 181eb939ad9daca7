"""Celery: what is a task, who sends it, and a `delay` that is none of Celery's."""

from __future__ import annotations

from textwrap import dedent

import pytest

from calls import unknown
from framework_cases import edges, entries, project

TASKS = """
    from celery import Celery, shared_task

    app = Celery("shop")

    @shared_task
    def settle(order): ...

    @app.task(bind=True, name="refund-order")
    def refund(self, order): ...
"""


def test_tasks_are_entry_points_under_their_own_names() -> None:
    shop = project(shop__tasks=TASKS)
    assert entries(shop) == {"task shop.tasks.settle": "shop.tasks.settle", "task refund-order": "shop.tasks.refund"}


SENT = {
    "delay": "tasks.settle.delay(1)",
    "apply_async": "tasks.settle.apply_async(args=[1], countdown=3)",
    "signature, later": "tasks.settle.s(1).apply_async()",
    "immutable signature": "chain(tasks.settle.si(1))()",
    "by name": "tasks.app.send_task('shop.tasks.settle', args=[1])",
    "by name, as signature": "signature('shop.tasks.settle')",
    "after the transaction": "tasks.settle.delay_on_commit(1)",
    "after the transaction, later": "tasks.settle.apply_async_on_commit(countdown=3)",
    "here and now": "tasks.settle.apply(args=[1])",
    "an old signature": "tasks.settle.subtask((1,))",
    "in chunks": "tasks.settle.chunks([(1,), (2,)], 1)()",
    "over a list": "tasks.settle.map([1, 2])()",
    "over a list of arguments": "tasks.settle.starmap([(1,), (2,)])()",
}


@pytest.mark.parametrize("call", SENT.values(), ids=SENT)
def test_whoever_sends_a_task_calls_it(call: str) -> None:
    views = f"from celery import chain, signature\nfrom shop import tasks\ndef pay():\n    {call}\n"
    shop = project(shop__tasks=TASKS, shop__views=views)
    assert edges(shop, "shop.views.pay") == {"shop.tasks.settle": "celery-task"}


def test_a_task_is_sent_by_the_name_that_it_was_given() -> None:
    views = "from shop.tasks import app, refund\ndef back():\n    app.send_task('refund-order')\n"
    shop = project(shop__tasks=TASKS, shop__views=views)
    assert edges(shop, "shop.views.back") == {}, "a name without a dot may be anybody's"


def test_an_application_that_another_package_made_of_celery() -> None:
    shop = project(
        shop="""
            from company.queues import CompanyCelery
            app = CompanyCelery()

            @app.task
            def settle(order): ...
        """
    )
    assert entries(shop) == {"task shop.settle": "shop.settle"}


@pytest.mark.parametrize("place", ["celery", "celery.app.task", "celery.task", "celery.task.base"])
def test_tasks_as_classes(place: str) -> None:
    head = f"from {place} import Task\n"
    shop = project(
        shop=head
        + dedent("""
            class Settle(Task):
                def run(self, order): ...
                def on_failure(self, *given): ...
            settle = Settle()
            def pay():
                settle.delay(1)
        """)
    )
    assert entries(shop) == {
        "task shop.Settle": "shop.Settle.run",
        "on_failure of task Settle": "shop.Settle.on_failure",
    }
    assert edges(shop, "shop.pay") == {"shop.Settle.run": "celery-task"}


def test_periodic_tasks() -> None:
    shop = project(shop="from celery.task import periodic_task\n@periodic_task(run_every=3)\ndef settle(): ...\n")
    assert entries(shop) == {"task shop.settle": "shop.settle"}


def test_signals_of_celery() -> None:
    shop = project(
        shop="""
            from celery.signals import task_failure, worker_ready
            @task_failure.connect
            def tell(**given): ...
            def warm(**given): ...
            worker_ready.connect(warm)
        """
    )
    assert entries(shop) == {"signal task_failure": "shop.tell", "signal worker_ready": "shop.warm"}


def test_what_only_looks_like_celery() -> None:
    shop = project(
        shop="""
            class Timer:
                def delay(self, seconds): ...
                def task(self, f): return f
                def s(self, text): ...
            timer = Timer()

            def plain(): ...

            @timer.task
            def later(): ...

            def pay():
                timer.delay(3)
                timer.s("x")
                plain.delay()
        """
    )
    assert entries(shop) == {}
    assert edges(shop, "shop.pay") == {}


@pytest.mark.parametrize("call", ["settle.delay(1)", "settle.apply_async(args=[1])"])
def test_a_task_that_is_sent_is_no_unresolved_call(call: str) -> None:
    source = f"from shop.tasks import settle\ndef act(other):\n    {call}\n    other.delay(1)\n"
    shop = project(shop__tasks=TASKS, shop__pay=source)
    assert unknown(shop, "shop.pay.act") == ["other.delay"]
