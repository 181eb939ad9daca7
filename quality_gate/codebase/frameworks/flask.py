"""Flask, and Flask-RESTful and Flask-RESTX on top of it: routes of applications and blueprints, their hooks.

Known are `route`, `get` and its like, `add_url_rule`, views as classes, `add_resource`, prefixes of blueprints and
where they are registered, error handlers, and functions that run before or after requests. An application whose class
nothing tells is not known; paths made at run time are shown as `...`.
"""

from __future__ import annotations

from collections.abc import Iterator

from quality_gate.codebase.frameworks import (
    Assigned,
    Called,
    Decorated,
    Entry,
    Fact,
    Framework,
    Mount,
    Route,
    Site,
)
from quality_gate.codebase.frameworks._reading import (
    VERBS,
    argument,
    classes,
    first_name,
    functions,
    is_one,
    last,
    path_text,
    receiver,
    text,
    texts,
)
from quality_gate.codebase.tree import Attribute, Call, Expr

_ROUTERS = frozenset(
    {
        "flask.Flask",
        "flask.Blueprint",
        "flask.app.Flask",
        "flask.blueprints.Blueprint",
        "quart.Quart",
        "quart.Blueprint",
        "flask_openapi3.OpenAPI",
        "flask_openapi3.APIBlueprint",
        "apiflask.APIFlask",
        "apiflask.APIBlueprint",
        "flask_restx.Namespace",
        "flask_restx.Api",
        "flask_restplus.Namespace",
        "flask_restplus.Api",
        "flask_restful.Api",
    }
)
_HOOKS = {
    "before_request": "before each request",
    "before_app_request": "before each request",
    "before_first_request": "before the first request",
    "before_app_first_request": "before the first request",
    "before_serving": "before serving",
    "after_serving": "after serving",
    "after_request": "after each request",
    "after_app_request": "after each request",
    "teardown_request": "after each request",
    "teardown_app_request": "after each request",
    "teardown_appcontext": "after each request",
    "context_processor": "context of templates",
    "app_context_processor": "context of templates",
    "template_filter": "template filter",
    "app_template_filter": "template filter",
    "template_global": "template function",
    "app_template_global": "template function",
    "template_test": "template test",
    "url_value_preprocessor": "before each request",
    "app_url_value_preprocessor": "before each request",
    "url_defaults": "making of URLs",
    "app_url_defaults": "making of URLs",
    "shell_context_processor": "shell",
}


def _router(site: Site, target: Expr) -> str | None:
    """The name of the application or blueprint whose method is meant, None where it is none; empty for a local one."""
    if not isinstance(target, Attribute) or not is_one(site, target.value, _ROUTERS):
        return None
    return first_name(site, target.value)


def _methods(call: Call | None) -> list[str]:
    return [verb.upper() for verb in texts(argument(call, -1, "methods"))] if call is not None else []


def _routed(found: Decorated) -> Iterator[Fact]:
    if not isinstance(found.decorator, Call):
        return
    router = _router(found.site, found.decorator.func)
    if router is None:
        return
    rule = path_text(argument(found.decorator, 0, "rule"))
    if found.definition.kind == "class":
        for path in [rule, *(path_text(more) for more in found.decorator.args[1:])]:
            yield Mount(router, path, found.definition.name)
        yield from _routes_of_class(found.site, found.definition.name)
        return
    methods = [found.name.upper()] if found.name in VERBS else _methods(found.decorator) or ["GET"]
    for method in methods:
        yield Route(router, found.definition.name, method, rule, "flask")


def _added_rule(found: Called) -> Iterator[Fact]:
    """`shop.add_url_rule("/orders", view_func=orders)`."""
    router = _router(found.site, found.call.func)
    if router is None:
        return
    view = argument(found.call, 2, "view_func")
    path = path_text(argument(found.call, 0, "rule"))
    if isinstance(view, Call) and isinstance(view.func, Attribute) and view.func.attr == "as_view":
        for name in classes(found.site, view.func.value):
            yield Mount(router, path, name)
            yield from _routes_of_class(found.site, name)
        return
    for name in functions(found.site, view):
        for method in _methods(found.call) or ["GET"]:
            yield Route(router, name, method, path, "flask")


def _added_resource(found: Called) -> Iterator[Fact]:
    """`api.add_resource(Orders, "/orders", "/orders/<id>")`, whatever the class of the api."""
    if len(found.call.args) < 2:
        return
    target = receiver(found.call)
    for name in classes(found.site, found.call.args[0]):
        yield from _routes_of_class(found.site, name)
        for path in found.call.args[1:]:
            yield Mount(first_name(found.site, target) or found.site.module, path_text(path), name)


def _routes_of_class(site: Site, name: str) -> Iterator[Fact]:
    """What of a class answers requests, wherever it hangs; whoever hangs it up says that it is a view."""
    for verb in VERBS:
        handler = site.member(name, verb)
        if handler is not None:
            yield Route(name, handler, verb.upper(), "", "flask", loose=True)
    dispatch = site.member(name, "dispatch_request")
    if dispatch is not None:
        yield Route(name, dispatch, "", "", "flask", loose=True)


def _hook(found: Decorated) -> Iterator[Fact]:
    target = found.decorator.func if isinstance(found.decorator, Call) else found.decorator
    if _router(found.site, target) is not None:
        yield Entry(found.definition.name, "flask", _HOOKS[found.name])


def _hooked(found: Called) -> Iterator[Fact]:
    """`app.before_request(load_user)`."""
    if _router(found.site, found.call.func) is not None:
        for name in functions(found.site, argument(found.call, 0)):
            yield Entry(name, "flask", _HOOKS[found.name])


def _error_handler(found: Decorated) -> Iterator[Fact]:
    if isinstance(found.decorator, Call) and _router(found.site, found.decorator.func) is not None:
        yield Entry(found.definition.name, "flask", _error(found.site, argument(found.decorator, 0)))


def _error_handled(found: Called) -> Iterator[Fact]:
    if _router(found.site, found.call.func) is not None:
        for name in functions(found.site, argument(found.call, 1, "f")):
            yield Entry(name, "flask", _error(found.site, argument(found.call, 0)))


def _error(site: Site, node: Expr | None) -> str:
    name = first_name(site, node).rpartition(".")[2]
    code = getattr(node, "value", None)
    return f"error {name or (code if isinstance(code, int) else 'handler')}"


def _registered(found: Called) -> Iterator[Fact]:
    """`app.register_blueprint(orders, url_prefix="/orders")`, `api.add_namespace(orders, path="/orders")`."""
    parent = receiver(found.call)
    child = first_name(found.site, argument(found.call, 0, "blueprint", "ns"))
    given = argument(found.call, 1 if found.name == "add_namespace" else -1, "url_prefix", "path")
    if parent is not None and child:
        above = first_name(found.site, parent) or f"{found.site.scope}.app"
        yield Mount(above, "" if given is None else path_text(given), child, instead=given is not None)


def _made(found: Assigned) -> Iterator[Fact]:
    """`orders = Blueprint("orders", __name__, url_prefix="/orders")`."""
    name, value = f"{found.site.module}.{found.name}", found.value
    if isinstance(value, Call):
        prefix = argument(value, -1, "url_prefix", "prefix", "path")
        if prefix is not None:
            yield Mount("", path_text(prefix), name)
        above = first_name(found.site, argument(value, 0, "app")) if value.args and text(value.args[0]) is None else ""
        if above and last(value.func) == "Api":
            yield Mount(above, "", name)


FLASK = Framework(
    "flask",
    __doc__,
    calls={
        "add_url_rule": _added_rule,
        "add_resource": _added_resource,
        "register_blueprint": _registered,
        "add_namespace": _registered,
        "register_error_handler": _error_handled,
        **dict.fromkeys(_HOOKS, _hooked),
    },
    decorators={
        "route": _routed,
        **dict.fromkeys(VERBS, _routed),
        "errorhandler": _error_handler,
        "app_errorhandler": _error_handler,
        **dict.fromkeys(_HOOKS, _hook),
    },
    made=dict.fromkeys(("Blueprint", "Namespace", "Api", "APIBlueprint"), _made),
)
