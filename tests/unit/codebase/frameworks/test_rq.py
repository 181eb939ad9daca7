"""RQ: who puts which function into a queue."""

from __future__ import annotations

import pytest

from framework_cases import edges, entries, project
from quality_gate.codebase.graph import Confidence

JOBS = "def settle(order): ...\n"
PUT = {
    "enqueue": "Queue('low').enqueue(settle, 1)",
    "in a variable": "queue.enqueue(settle, 1)",
    "at a time": "queue.enqueue_at(when, settle, 1)",
    "in a while": "queue.enqueue_in(when, settle)",
    "by keyword": "queue.enqueue_call(func=settle, args=(1,))",
    "of a scheduler": "Scheduler().schedule(when, settle)",
    "by keyword, of a scheduler": "Scheduler().cron('* * * * *', func=settle)",
    "by name": "queue.enqueue('shop.jobs.settle', 1)",
    "django-rq": "django_rq.enqueue(settle, 1)",
    "a queue of django-rq": "django_rq.get_queue('low').enqueue(settle)",
}


@pytest.mark.parametrize("call", PUT.values(), ids=PUT)
def test_whoever_puts_a_function_into_a_queue_calls_it(call: str) -> None:
    views = f"""
import django_rq
from rq import Queue
from rq_scheduler import Scheduler
from shop.jobs import settle
queue = Queue()
def pay(when):
    {call}
"""
    shop = project(shop__jobs=JOBS, shop__views=views)
    assert edges(shop, "shop.views.pay") == {"shop.jobs.settle": "rq-enqueue"}
    assert entries(shop) == {"job shop.jobs.settle": "shop.jobs.settle"}


def test_jobs_under_a_decorator() -> None:
    shop = project(
        shop="""
            from rq.decorators import job
            @job("low", connection=None)
            def settle(order): ...
            def pay():
                settle.delay(1)
        """
    )
    assert entries(shop) == {"job shop.settle": "shop.settle"}
    assert edges(shop, "shop.pay") == {"shop.settle": "rq-job"}


def test_a_queue_that_nothing_tells_of_makes_a_possible_call() -> None:
    shop = project(shop="def settle(): ...\ndef pay(queue):\n    queue.enqueue(settle)\n")
    found = {edge.rung: edge.confidence for edge in shop.calls_from("shop.pay")}
    assert found["rq-enqueue"] is Confidence.POSSIBLE
    assert entries(shop) == {}


def test_a_queue_of_the_projects_own() -> None:
    shop = project(
        shop="""
            class Line:
                def enqueue(self, f): ...
            def job(f): return f
            def settle(): ...
            @job
            def refund(): ...
            def pay():
                Line().enqueue(settle)
                refund.delay()
        """
    )
    assert edges(shop, "shop.pay") == {}
    assert entries(shop) == {}
