"""FastAPI and Starlette: routes, dependencies, background tasks, and what only looks like them."""

from __future__ import annotations

import pytest

from framework_cases import edges, entries, project


def test_routers_answer_below_their_own_prefix_and_that_of_where_they_are_included() -> None:
    shop = project(
        shop__orders="""
            from fastapi import APIRouter
            router = APIRouter(prefix="/orders")

            @router.get("/{number}")
            async def order(number: int): ...
            @router.post("")
            def create(): ...
        """,
        shop__main="""
            from fastapi import FastAPI
            from .orders import router as orders
            app = FastAPI()
            app.include_router(orders, prefix="/v1")

            @app.websocket("/live")
            async def live(socket): ...
        """,
    )
    assert entries(shop) == {
        "GET /v1/orders/{number}": "shop.orders.order",
        "POST /v1/orders": "shop.orders.create",
        "WEBSOCKET /live": "shop.main.live",
    }


METHODS = {
    **{method: method.upper() for method in ("get", "post", "put", "patch", "delete", "head", "options", "trace")},
    "api_route": "GET",
    "route": "GET",
    "websocket": "WEBSOCKET",
    "websocket_route": "WEBSOCKET",
}


@pytest.mark.parametrize(("decorator", "shown"), METHODS.items(), ids=METHODS)
def test_every_method(decorator: str, shown: str) -> None:
    head = "from fastapi import FastAPI\napp = FastAPI()\n"
    assert entries(project(shop=f"{head}@app.{decorator}('/x')\nasync def f(): ...\n")) == {f"{shown} /x": "shop.f"}


def test_routes_added_by_call() -> None:
    shop = project(
        shop="""
            from fastapi import FastAPI
            def build() -> FastAPI:
                app = FastAPI()
                app.add_api_route("/orders", orders, methods=["PUT"])
                return app
            def orders(): ...
        """
    )
    assert entries(shop) == {"PUT /orders": "shop.orders"}


def test_routes_of_starlette() -> None:
    shop = project(
        shop="""
            from starlette.applications import Starlette
            from starlette.endpoints import HTTPEndpoint
            from starlette.routing import Route, WebSocketRoute
            async def home(request): ...
            async def live(socket): ...
            async def plain(request): ...
            async def cleaned(): ...
            class Orders(HTTPEndpoint):
                async def post(self, request): ...
            routes = [Route("/", home), Route("/orders", Orders), WebSocketRoute("/live", live)]
            app = Starlette(routes=routes, on_shutdown=[cleaned])
            app.add_route("/plain", plain)
        """
    )
    assert entries(shop) == {
        "GET /": "shop.home",
        "POST /orders": "shop.Orders.post",
        "WEBSOCKET /live": "shop.live",
        "GET /plain": "shop.plain",
        "shutdown": "shop.cleaned",
    }


DEPENDENCIES = {
    "default": "def order(user=Depends(signed_in)): ...",
    "annotated": "def order(user: Annotated[str, Depends(signed_in)]): ...",
    "security": "def order(user=Security(signed_in, scopes=['a'])): ...",
    "keyword only": "def order(*, user: str = Depends(signed_in)): ...",
    "alias": "User = Annotated[str, Depends(signed_in)]\ndef order(user: User): ...",
    "route": "@router.get('/x', dependencies=[Depends(signed_in)])\ndef order(): ...",
}


@pytest.mark.parametrize("source", DEPENDENCIES.values(), ids=DEPENDENCIES)
def test_a_dependency_is_called_by_whoever_has_it(source: str) -> None:
    head = """
from typing import Annotated
from fastapi import APIRouter, Depends, Security
router = APIRouter()
def signed_in(): ...
"""
    shop = project(shop=head + source)
    assert edges(shop, "shop.order") == {"shop.signed_in": "fastapi-depends"}


def test_an_alias_of_another_module_is_followed() -> None:
    shop = project(
        shop__deps="""
            from typing import Annotated
            from fastapi import Depends
            def session(): ...
            Session = Annotated[object, Depends(session)]
        """,
        shop__views="""
            from shop.deps import Session
            def order(session: Session): ...
        """,
    )
    assert edges(shop, "shop.views.order") == {"shop.deps.session": "fastapi-depends"}


def test_a_class_stands_for_itself_and_an_instance_for_its_call() -> None:
    shop = project(
        shop="""
            from fastapi import Depends
            class Paging:
                def __init__(self, page: int = 1): ...
            class Allowed:
                def __init__(self, role): ...
                def __call__(self): ...
            def orders(paging: Paging = Depends(), allowed=Depends(Allowed("clerk"))): ...
        """
    )
    assert edges(shop, "shop.orders") == {
        "shop.Paging.__init__": "fastapi-depends",
        "shop.Allowed.__call__": "fastapi-depends",
    }


def test_dependencies_of_a_whole_router_are_entry_points() -> None:
    shop = project(
        shop="""
            from fastapi import APIRouter, Depends
            def signed_in(): ...
            router = APIRouter(dependencies=[Depends(signed_in)])
        """
    )
    assert entries(shop) == {"dependency of all routes": "shop.signed_in"}


def test_what_routers_share_is_called_for_each_of_their_routes() -> None:
    shop = project(
        shop__orders="""
            from fastapi import APIRouter, Depends
            def signed_in(): ...
            router = APIRouter(prefix="/orders", dependencies=[Depends(signed_in)])
            @router.post("/")
            def place(): ...
            def cancel(): ...
            router.add_api_route("/cancel", cancel, methods=["POST"])
        """,
        shop__app="""
            from fastapi import APIRouter, Depends, FastAPI
            from shop.orders import router
            def limited(): ...
            def audited(): ...
            def open_to_all(): ...
            app = FastAPI(dependencies=[Depends(limited)])
            app.include_router(router, dependencies=[Depends(audited)])
            @app.get("/")
            def home(): ...
            other = FastAPI(dependencies=[Depends(open_to_all)])
            app.mount("/other", other)
            @other.get("/")
            def apart(): ...
        """,
    )
    of_orders = {"shop.orders.signed_in", "shop.app.limited", "shop.app.audited"}
    assert set(edges(shop, "shop.orders.place")) == set(edges(shop, "shop.orders.cancel")) == of_orders
    assert set(edges(shop, "shop.app.home")) == {"shop.app.limited"}
    assert set(edges(shop, "shop.app.apart")) == {"shop.app.open_to_all"}


def test_background_tasks_are_called_by_who_gives_them() -> None:
    shop = project(
        shop="""
            from fastapi import BackgroundTasks
            def send_receipt(order): ...
            def pay(order, tasks: BackgroundTasks):
                tasks.add_task(send_receipt, order)
        """
    )
    assert edges(shop, "shop.pay") == {"shop.send_receipt": "fastapi-background"}


def test_applications_hang_in_applications() -> None:
    shop = project(
        shop="""
            from fastapi import FastAPI
            api = FastAPI()
            app = FastAPI()
            app.mount("/v1", api)
            @api.get("/x")
            def x(): ...
        """
    )
    assert entries(shop) == {"GET /v1/x": "shop.x"}


def test_handlers_given_by_call() -> None:
    shop = project(
        shop="""
            from fastapi import FastAPI
            from starlette.background import BackgroundTask
            from starlette.responses import Response
            class Declined(Exception): ...
            class Raw:
                def __call__(self, scope, receive, send): ...
            def declined(request, error): ...
            def connect(): ...
            def send_receipt(): ...
            app = FastAPI()
            app.add_exception_handler(Declined, declined)
            app.add_event_handler("startup", connect)
            app.add_middleware(Raw)
            def pay():
                return Response(background=BackgroundTask(send_receipt))
        """
    )
    assert entries(shop) == {
        "error Declined": "shop.declined",
        "startup": "shop.connect",
        "middleware Raw": "shop.Raw.__call__",
    }
    assert edges(shop, "shop.pay") == {"shop.send_receipt": "fastapi-background"}


def test_handlers_middleware_and_events() -> None:
    shop = project(
        shop="""
            from contextlib import asynccontextmanager
            from fastapi import FastAPI
            from starlette.middleware.base import BaseHTTPMiddleware
            class Declined(Exception): ...
            class Timing(BaseHTTPMiddleware):
                async def dispatch(self, request, call_next): ...
            @asynccontextmanager
            async def running(app): yield
            app = FastAPI(lifespan=running)

            @app.exception_handler(Declined)
            async def declined(request, error): ...
            @app.middleware("http")
            async def stamp(request, call_next): ...
            @app.on_event("startup")
            async def connect(): ...
            app.add_middleware(Timing)
        """
    )
    assert entries(shop) == {
        "lifespan": "shop.running",
        "error Declined": "shop.declined",
        "middleware": "shop.stamp",
        "startup": "shop.connect",
        "middleware Timing": "shop.Timing.dispatch",
    }


def test_what_only_looks_like_fastapi() -> None:
    shop = project(
        shop="""
            class Cache:
                def get(self, key): return lambda f: f
                def add_task(self, f): ...
            cache = Cache()
            def Depends(f): return f
            def helper(): ...

            @cache.get("/orders")
            def orders(): ...

            def pay(tasks: Cache, user=None):
                tasks.add_task(helper)
        """
    )
    assert entries(shop) == {}
    assert edges(shop, "shop.pay") == {}
