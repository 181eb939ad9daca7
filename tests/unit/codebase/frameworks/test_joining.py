"""From facts to entry points: where routers hang, also where somebody has tied them into a knot."""

from __future__ import annotations

import time

from framework_cases import entries, project
from quality_gate.codebase.frameworks import Fact, Listens, Mount, Route, Sends, joined


def paths(*facts: Fact) -> list[str]:
    return [entry.what for entry in joined(facts)[0]]


def test_a_route_is_shown_below_all_that_its_router_hangs_on() -> None:
    orders = Route("orders", "f", "GET", "/<number>", "flask")
    assert paths(Mount("", "/own/", "orders"), Mount("app", "/shop", "orders"), orders) == ["GET /shop/own/<number>"]
    assert paths(Mount("", "/own", "orders"), Mount("app", "/shop", "orders", True), orders) == ["GET /shop/<number>"]
    assert paths(Mount("a", "/a", "orders"), Mount("b", "/b", "orders"), orders) == [
        "GET /a/<number>",
        "GET /b/<number>",
    ]


def test_a_loose_route_answers_only_where_it_hangs() -> None:
    loose = Route("shop.View", "f", "GET", "", "django", True)
    assert paths(loose) == []
    assert paths(Mount("urls", "x/", "shop.View"), loose) == ["GET /x/"]


def test_a_circle_of_routers_ends() -> None:
    facts = [Mount("a", "/1", "b"), Mount("b", "/2", "c"), Mount("c", "/3", "a"), Route("c", "f", "GET", "/x", "flask")]
    assert len(paths(*facts)) == 1


def test_many_roads_to_one_router_and_a_long_one_take_no_time() -> None:
    knot: list[Fact] = [Mount(f"r{n}", f"/{way}", f"r{n + 1}") for n in range(300) for way in range(8)]
    started = time.process_time()
    found = paths(*knot, Route("r300", "f", "GET", "/x", "flask"))
    assert len(found) == 8
    assert time.process_time() - started < 2


def test_what_is_sent_without_a_listener_is_no_call() -> None:
    sent = Sends("task shop.settle", "shop.pay", 3, 5, "celery-task")
    assert joined([sent])[1] == ()
    assert [edge.callee for edge in joined([sent, Listens("task shop.settle", "shop.settle")])[1]] == ["shop.settle"]


def test_views_in_variables_of_variables_are_not_looked_at_twice() -> None:
    lines = [f"v{n} = wrap(v{n + 1}, v{n + 1})" for n in range(40)]
    source = "\n".join(
        [
            "from django.urls import path",
            "def wrap(*given): ...",
            "def home(request): ...",
            "v40 = home",
            *reversed(lines),
        ]
    )
    shop = project(shop=f"{source}\nurlpatterns = [path('x/', v0)]\n")
    assert set(entries(shop)) <= {"/x/"}


def test_a_long_sum_of_lists() -> None:
    parts = " + ".join("[path('x/', home)]" for _ in range(80))
    shop = project(shop=f"from django.urls import path\ndef home(request): ...\nurlpatterns = {parts}\n")
    assert entries(shop) == {"/x/": "shop.home"}
