"""Flask: routes with their whole paths, hooks, and what only looks like a route."""

from __future__ import annotations

import pytest

from framework_cases import entries, project

ORDERS = """
    from flask import Blueprint

    orders = Blueprint("orders", __name__, url_prefix="/own")

    @orders.route("/<int:number>", methods=["GET", "POST"])
    def order(number): ...

    @orders.get("/")
    def every(): ...
"""


def test_an_application_answers_by_route_and_by_method() -> None:
    shop = project(
        shop="""
            from flask import Flask
            app = Flask(__name__)

            @app.route("/")
            def home(): ...

            @app.post("/orders")
            def create(): ...

            def late(): ...
            app.add_url_rule("/late", view_func=late, methods=["PUT"])
        """
    )
    assert entries(shop) == {"GET /": "shop.home", "POST /orders": "shop.create", "PUT /late": "shop.late"}


def test_a_blueprint_answers_where_it_is_registered_in_the_place_of_its_own_prefix() -> None:
    shop = project(
        shop__orders=ORDERS,
        shop__app="""
            from flask import Flask
            from shop import orders as pages

            def make():
                app = Flask(__name__)
                app.register_blueprint(pages.orders, url_prefix="/orders")
                return app
        """,
    )
    assert entries(shop) == {
        "GET /orders/<int:number>": "shop.orders.order",
        "POST /orders/<int:number>": "shop.orders.order",
        "GET /orders/": "shop.orders.every",
    }


def test_a_blueprint_keeps_its_own_prefix_where_none_is_given() -> None:
    shop = project(
        shop__orders=ORDERS,
        shop__app="""
            from flask import Flask
            from .orders import orders
            app = Flask(__name__)
            app.register_blueprint(orders)
        """,
    )
    assert entries(shop)["GET /own/"] == "shop.orders.every"


def test_blueprints_hang_in_blueprints() -> None:
    shop = project(
        shop="""
            from flask import Blueprint, Flask
            app = Flask(__name__)
            outer = Blueprint("outer", __name__)
            inner = Blueprint("inner", __name__)
            outer.register_blueprint(inner, url_prefix="/inner")
            app.register_blueprint(outer, url_prefix="/outer")

            @inner.get("/x")
            def x(): ...
        """
    )
    assert entries(shop) == {"GET /outer/inner/x": "shop.x"}


def test_a_blueprint_that_hangs_in_itself_is_survived() -> None:
    shop = project(
        shop="""
            from flask import Blueprint
            loop = Blueprint("loop", __name__)
            loop.register_blueprint(loop, url_prefix="/again")

            @loop.get("/x")
            def x(): ...
        """
    )
    assert list(entries(shop).values()) == ["shop.x"]


def test_views_as_classes_answer_by_their_methods_and_inherited_ones_too() -> None:
    shop = project(
        shop__base="""
            from flask.views import MethodView
            class Readable(MethodView):
                def get(self): ...
        """,
        shop__views="""
            from flask import Flask
            from .base import Readable
            app = Flask(__name__)
            class Orders(Readable):
                def post(self): ...
                def helper(self): ...
            app.add_url_rule("/orders", view_func=Orders.as_view("orders"))
        """,
    )
    assert entries(shop) == {"GET /orders": "shop.base.Readable.get", "POST /orders": "shop.views.Orders.post"}


def test_a_view_of_an_unknown_base() -> None:
    shop = project(
        shop="""
            from company.web import Page
            from flask import Flask
            app = Flask(__name__)
            class Orders(Page):
                def dispatch_request(self): ...
            app.add_url_rule("/orders", view_func=Orders.as_view("orders"))
        """
    )
    assert entries(shop) == {"/orders": "shop.Orders.dispatch_request"}


def test_restful_resources() -> None:
    shop = project(
        shop="""
            from flask import Flask
            from flask_restful import Api, Resource
            app = Flask(__name__)
            api = Api(app, prefix="/v1")
            class Order(Resource):
                def delete(self, number): ...
            api.add_resource(Order, "/order", "/order/<number>")
        """
    )
    assert entries(shop) == {
        "DELETE /v1/order": "shop.Order.delete",
        "DELETE /v1/order/<number>": "shop.Order.delete",
    }


def test_restx_namespaces_decorate_classes() -> None:
    shop = project(
        shop="""
            from flask_restx import Namespace, Resource
            orders = Namespace("orders", path="/orders")
            @orders.route("/<number>")
            class Order(Resource):
                def get(self, number): ...
        """
    )
    assert entries(shop) == {"GET /orders/<number>": "shop.Order.get"}


def test_hooks_and_error_handlers() -> None:
    shop = project(
        shop="""
            from flask import Blueprint, Flask
            class Declined(Exception): ...
            app = Flask(__name__)
            pages = Blueprint("pages", __name__)

            @app.before_request
            def load(): ...
            def audit(response): ...
            pages.after_request(audit)

            @app.errorhandler(Declined)
            def declined(error): ...
            @pages.app_errorhandler(404)
            def missing(error): ...
            def broken(error): ...
            app.register_error_handler(500, broken)
        """
    )
    assert entries(shop) == {
        "before each request": "shop.load",
        "after each request": "shop.audit",
        "error Declined": "shop.declined",
        "error 404": "shop.missing",
        "error 500": "shop.broken",
    }


HOOKS = {
    "before_request before_app_request url_value_preprocessor app_url_value_preprocessor": "before each request",
    "before_first_request before_app_first_request": "before the first request",
    "after_request after_app_request teardown_request teardown_app_request teardown_appcontext": "after each request",
    "context_processor app_context_processor": "context of templates",
    "template_filter app_template_filter": "template filter",
    "template_global app_template_global": "template function",
    "template_test": "template test",
    "url_defaults app_url_defaults": "making of URLs",
    "shell_context_processor": "shell",
    "before_serving": "before serving",
    "after_serving": "after serving",
}


@pytest.mark.parametrize(("hook", "what"), [(hook, what) for hooks, what in HOOKS.items() for hook in hooks.split()])
def test_every_hook_as_decorator_and_as_call(hook: str, what: str) -> None:
    head = "from flask import Blueprint\npages = Blueprint('pages', __name__)\n"
    under = project(shop=f"{head}@pages.{hook}\ndef run(): ...\n")
    given = project(shop=f"{head}def run(): ...\npages.{hook}(run)\n")
    assert entries(under) == entries(given) == {what: "shop.run"}


@pytest.mark.parametrize("method", ["get", "post", "put", "patch", "delete", "head", "options", "trace"])
def test_every_method(method: str) -> None:
    head = "from flask import Flask\napp = Flask(__name__)\n"
    assert entries(project(shop=f"{head}@app.{method}('/x')\ndef f(): ...\n")) == {f"{method.upper()} /x": "shop.f"}


def test_what_only_looks_like_flask() -> None:
    shop = project(
        shop="""
            class Planner:
                def route(self, path): return lambda f: f
                def get(self, path): return lambda f: f
                def before_request(self, f): return f
            planner = Planner()

            @planner.route("/home")
            def drive(): ...
            @planner.get("/x")
            def fetch(): ...
            @planner.before_request
            def hook(): ...

            class Plain:
                def get(self): ...
        """
    )
    assert entries(shop) == {}


def test_a_view_class_that_hangs_nowhere_answers_nothing() -> None:
    shop = project(
        shop="""
            from flask.views import MethodView
            class Base(MethodView):
                def get(self): ...
        """
    )
    assert entries(shop) == {}
