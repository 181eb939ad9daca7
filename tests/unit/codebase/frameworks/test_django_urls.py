"""Django and its REST framework: which function answers which URL, and where it hangs."""

from __future__ import annotations

import pytest

from framework_cases import entries, project

VIEWS = """
    from django.views.generic import View
    def home(request): ...
    class Orders(View):
        def get(self, request): ...
        def post(self, request): ...
        def helper(self): ...
"""


def test_functions_and_classes() -> None:
    shop = project(
        shop__views=VIEWS,
        shop__urls="""
            from django.urls import path, re_path
            from . import views
            urlpatterns = [
                path("", views.home),
                path("orders/", views.Orders.as_view(), name="orders"),
                re_path(r"^old/(?P<number>\\d+)$", views.home),
            ]
        """,
    )
    assert entries(shop) == {
        "/": "shop.views.home",
        "GET /orders/": "shop.views.Orders.get",
        "POST /orders/": "shop.views.Orders.post",
        "/old/(?P<number>\\d+)": "shop.views.home",
    }


def test_included_urls_hang_below() -> None:
    shop = project(
        shop__views=VIEWS,
        shop__urls="from django.urls import path\nfrom shop.views import home\nurlpatterns = [path('home/', home)]\n",
        site__urls="""
            from django.urls import include, path
            from shop.views import Orders
            api = [path("orders/", Orders.as_view())]
            urlpatterns = [
                path("shop/", include("shop.urls")),
                path("api/", include((api, "api"))),
                path("v2/", include([path("inner/", include(api))])),
            ]
        """,
    )
    assert entries(shop) == {
        "/shop/home/": "shop.views.home",
        "GET /api/orders/": "shop.views.Orders.get",
        "POST /api/orders/": "shop.views.Orders.post",
        "GET /v2/inner/orders/": "shop.views.Orders.get",
        "POST /v2/inner/orders/": "shop.views.Orders.post",
    }


WRAPPED = {
    "a decorator": "login_required(home)",
    "two decorators": "cache_page(60)(login_required(home))",
    "a dotted name": "'shop.views.home'",
    "a variable": "kept",
}


@pytest.mark.parametrize("view", WRAPPED.values(), ids=WRAPPED)
def test_a_view_is_found_behind_what_it_is_wrapped_in(view: str) -> None:
    urls = f"""
from django.conf.urls import url
from django.contrib.auth.decorators import login_required
from django.views.decorators.cache import cache_page
from shop.views import home
kept = login_required(home)
urlpatterns = [url(r"^home/$", {view})]
"""
    assert entries(project(shop__views=VIEWS, shop__urls=urls)) == {"/home/": "shop.views.home"}


def test_a_class_under_a_decorator_in_a_variable() -> None:
    shop = project(
        shop__views=VIEWS,
        shop__urls="""
            from django.urls import path
            from django.views.decorators.cache import never_cache
            from shop.views import Orders
            orders = never_cache(Orders.as_view())
            urlpatterns = [path("orders/", orders)]
        """,
    )
    assert set(entries(shop)) == {"GET /orders/", "POST /orders/"}


def test_urls_added_later_and_translated() -> None:
    shop = project(
        shop__views=VIEWS,
        shop__urls="""
            from django.conf.urls.i18n import i18n_patterns
            from django.urls import path
            from django.utils.translation import gettext_lazy as _
            from shop.views import home
            urlpatterns = [path("a/", home)]
            urlpatterns += [path("b/", home)]
            urlpatterns += i18n_patterns(path(_("c/"), home))
        """,
    )
    assert set(entries(shop)) == {"/a/", "/b/", "/c/"}


def test_urls_in_a_function() -> None:
    shop = project(
        shop__admin="""
            from django.conf.urls import url
            from django.contrib import admin
            from django.urls import path, re_path
            def export(request): ...
            class OrderAdmin(admin.ModelAdmin):
                def get_urls(self):
                    own = [path("a/", export), re_path("^b/$", export), url("^c/$", export)]
                    return [*own, *super().get_urls()]
        """
    )
    assert {what for what, name in entries(shop).items() if name == "shop.admin.export"} == {"/a/", "/b/", "/c/"}


def test_decorators_say_the_methods() -> None:
    shop = project(
        shop="""
            from django.urls import path
            from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe
            from rest_framework.decorators import api_view
            @require_POST
            def pay(request): ...
            @require_http_methods(["PUT", "PATCH"])
            def change(request): ...
            @api_view()
            def show(request): ...
            @require_GET
            def read(request): ...
            @require_safe
            def look(request): ...
            urlpatterns = [
                path("pay/", pay), path("change/", change), path("show/", show), path("read/", read), path("look/", look),
            ]
        """
    )
    assert entries(shop) == {
        "POST /pay/": "shop.pay",
        "PUT /change/": "shop.change",
        "PATCH /change/": "shop.change",
        "GET /show/": "shop.show",
        "GET /read/": "shop.read",
        "GET /look/": "shop.look",
    }


def test_view_sets_answer_by_their_actions_where_the_router_hangs() -> None:
    shop = project(
        shop__api="""
            from rest_framework import viewsets
            from rest_framework.decorators import action, detail_route, list_route
            class OrderViewSet(viewsets.ModelViewSet):
                def create(self, request): ...
                def retrieve(self, request, pk): ...
                def perform_destroy(self, order): ...
                @action(detail=True, methods=["post"])
                def settle(self, request, pk): ...
                @detail_route(methods=["put"])
                def close(self, request, pk): ...
                @list_route(url_path="all")
                def every(self, request): ...
        """,
        shop__urls="""
            from django.urls import include, path
            from rest_framework.routers import DefaultRouter
            from shop.api import OrderViewSet
            router = DefaultRouter()
            router.register(r"orders", OrderViewSet)
            urlpatterns = [path("api/", include(router.urls))]
        """,
    )
    assert entries(shop) == {
        "POST /api/orders": "shop.api.OrderViewSet.create",
        "GET /api/orders/{pk}/": "shop.api.OrderViewSet.retrieve",
        "DELETE /api/orders": "shop.api.OrderViewSet.perform_destroy",
        "POST /api/orders/settle/": "shop.api.OrderViewSet.settle",
        "PUT /api/orders/close/": "shop.api.OrderViewSet.close",
        "GET /api/orders/all/": "shop.api.OrderViewSet.every",
    }


def test_view_sets_by_hand() -> None:
    shop = project(
        shop="""
            from django.urls import path
            from rest_framework.viewsets import ViewSet
            class Orders(ViewSet):
                def every(self, request): ...
            urlpatterns = [path("orders/", Orders.as_view({"get": "every"}))]
        """
    )
    assert entries(shop) == {"GET /orders/": "shop.Orders.every"}


def test_hooks_of_generic_views_answer_too() -> None:
    shop = project(
        shop="""
            from django.urls import path
            from django.views.generic.edit import CreateView
            class Buy(CreateView):
                def get_queryset(self): ...
                def form_valid(self, form): ...
            urlpatterns = [path("buy/", Buy.as_view())]
        """
    )
    assert entries(shop) == {"/buy/": "shop.Buy.get_queryset", "POST /buy/": "shop.Buy.form_valid"}


def test_the_urls_of_a_router_alone() -> None:
    shop = project(
        shop="""
            from rest_framework.routers import SimpleRouter
            from rest_framework.viewsets import ViewSet
            class Orders(ViewSet):
                def list(self, request): ...
            router = SimpleRouter()
            router.register("orders", Orders)
            urlpatterns = router.urls
        """,
        site__urls="from django.urls import include, path\nurlpatterns = [path('api/', include('shop'))]\n",
    )
    assert entries(shop) == {"GET /api/orders": "shop.Orders.list"}


@pytest.mark.parametrize("code", ["400", "403", "404", "500"])
def test_handlers_of_errors(code: str) -> None:
    for value in ("failed", "'shop.urls.failed'"):
        shop = project(shop__urls=f"def failed(request): ...\nhandler{code} = {value}\n")
        assert entries(shop) == {f"error {code}": "shop.urls.failed"}


def test_what_only_looks_like_urls() -> None:
    shop = project(
        shop="""
            from os import path
            def helper(): ...
            def route(name, f): ...
            class Base:
                def get(self): ...
            class Desk:
                def register(self, name, cls): ...
            where = path.join("a", "b")
            def build():
                return [route("x", helper), path("x", helper)]
        """
    )
    assert entries(shop) == {}


def test_lists_that_include_themselves_are_survived() -> None:
    urls = """
from django.urls import include, path
def home(request): ...
urlpatterns = [path("again/", include("shop.urls")), path("home/", home)]
"""
    assert list(entries(project(shop__urls=urls)).values()) == ["shop.urls.home"]
