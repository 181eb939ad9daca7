"""URLs of Django: `urlpatterns`, lists that are included, routers of Django REST framework."""

from __future__ import annotations

import re
from collections.abc import Iterator

from quality_gate.codebase.frameworks import Assigned, Called, Entry, Fact, Mount, Route, Site
from quality_gate.codebase.frameworks._django_views import restricted, routes_of_class, routes_of_set
from quality_gate.codebase.frameworks._reading import (
    argument,
    classes,
    elements,
    entry_of,
    first_name,
    functions,
    last,
    named,
    path_text,
    receiver,
    text,
)
from quality_gate.codebase.tree import Attribute, Call, Expr, Sequence

_PATHS = frozenset({"path", "re_path", "url"})
_WRAPPERS = frozenset({"i18n_patterns", "format_suffix_patterns", "patterns", "static", "decorator_include"})
_DEEPEST = 30
"""Lists within lists: deeper ones are not looked at."""

_MOST = 50
"""Expressions that are looked at for one view: decorators, and what they are given."""


def _patterns(found: Assigned) -> Iterator[Fact]:
    module = found.site.module
    router = module if found.name == "urlpatterns" else f"{module}.{found.name}"
    yield from _listed(found.site, found.value, router, 0)


def _listed(site: Site, value: Expr, router: str, depth: int) -> Iterator[Fact]:
    for element in elements(value) if depth < _DEEPEST else ():
        if isinstance(element, Call) and last(element.func) in _PATHS:
            yield from _path(site, element, router, depth)
        elif isinstance(element, Call) and last(element.func) in _WRAPPERS:
            for given in element.args:
                yield from _listed(site, given, router, depth + 1)
        else:
            yield from _hung(site, element, router, "")


def _hung(site: Site, element: Expr, router: str, path: str) -> Iterator[Fact]:
    """Another list or router in the place of a pattern: `urlpatterns += router.urls`."""
    target = element.value if isinstance(element, Attribute) and element.attr == "urls" else element
    for name in site.names(target):
        if name not in {router, f"{router}.urlpatterns"} and not name.startswith("django."):
            yield Mount(router, path, name.removesuffix(".urlpatterns"))


def _path(site: Site, call: Call, router: str, depth: int) -> Iterator[Fact]:
    """`path("orders/", view)`."""
    route, view = _shown(argument(call, 0, "route", "regex")), argument(call, 1, "view")
    if isinstance(view, Call) and last(view.func) in {"include", "decorator_include"}:
        yield from _included(site, view, router, route, depth)
    elif view is not None and not (isinstance(view, Attribute) and view.attr == "urls"):
        yield from _viewed(site, view, router, route)
    elif view is not None:
        yield from _hung(site, view, router, route)


def _shown(node: Expr | None) -> str:
    """A route as people read it: a regular expression without its anchors."""
    return re.sub(r"^\^|\$$|\\Z$", "", path_text(node))


def _included(site: Site, call: Call, router: str, route: str, depth: int) -> Iterator[Fact]:
    given = argument(call, 0, "arg") if last(call.func) == "include" else argument(call, -1, "urls") or call.args[-1]
    module = text(given)
    if module is not None:
        yield Mount(router, route, module)
    elif isinstance(given, Sequence):
        inner = given.elements[0] if given.kind == "tuple" and given.elements else given
        module = text(inner)
        if module is not None:
            yield Mount(router, route, module)
        elif isinstance(inner, Sequence):
            here = f"{router}#{call.line}:{call.column}"
            yield Mount(router, route, here)
            yield from _listed(site, inner, here, depth + 1)
        else:
            yield from _hung(site, inner, router, route)
    elif given is not None:
        yield from _hung(site, given, router, route)


def _viewed(site: Site, view: Expr, router: str, route: str) -> Iterator[Fact]:
    """A view: a function, `Orders.as_view()`, either under decorators or in a variable, a dotted name, an instance."""
    waiting: list[tuple[Site, Expr]] = [(site, view)]
    seen: set[Expr] = set()
    while waiting:
        place, node = waiting.pop()
        if node in seen or len(seen) > _MOST:
            continue
        seen.add(node)
        if isinstance(node, Call) and last(node.func) == "as_view" and isinstance(node.func, Attribute):
            yield from _class_viewed(place, node, node.func.value, router, route)
            continue
        found = functions(place, node) if text(node) is None else named(place, text(node) or "")
        for name in found:
            yield Mount(router, route, name) if restricted(place, name) else Route(router, name, "", route, "django")
        waiting += _behind(place, node, found)


def _behind(site: Site, view: Expr, found: list[str]) -> list[tuple[Site, Expr]]:
    """What a view's decorators are given, or what the variable was assigned that a view stands in."""
    if isinstance(view, Call):
        return [(site, wrapped) for wrapped in view.args]
    assigned = site.assigned(view) if not found else None
    return [assigned] if assigned is not None else []


def _class_viewed(site: Site, call: Call, target: Expr, router: str, route: str) -> Iterator[Fact]:
    actions = list(entry_of(argument(call, 0, "actions")))
    for name in classes(site, target):
        yield Mount(router, route, name)
        yield from routes_of_class(site, name)
        for verb, action in actions:
            handler = site.member(name, text(action) or "")
            if handler is not None:
                yield Route(router, handler, verb.upper(), route, "django")


def _path_in_function(found: Called) -> Iterator[Fact]:
    """A `path()` in a `get_urls()`, whose list the module's own do not show."""
    names = found.site.names(found.call.func)
    if found.site.scope != found.site.module and any(name.startswith("django.") for name in names):
        yield from _path(found.site, found.call, found.site.module, 0)


def _handler_of_errors(found: Assigned) -> Iterator[Fact]:
    """`handler404 = "shop.views.missing"`."""
    written = text(found.value)
    for name in functions(found.site, found.value) if written is None else named(found.site, written):
        yield Entry(name, "django", f"error {found.name.removeprefix('handler')}")


def _registered(found: Called) -> Iterator[Fact]:
    """`router.register("orders", OrderViewSet)`, whatever the class of the router."""
    path = text(argument(found.call, 0, "prefix"))
    target = receiver(found.call)
    if path is None or target is None:
        return
    router = first_name(found.site, target) or f"{found.site.scope}.{last(target)}"
    for name in classes(found.site, argument(found.call, 1, "viewset")):
        yield Mount(router, _shown(found.call.args[0]) if found.call.args else path, name)
        yield from routes_of_set(found.site, name)


ASSIGNMENTS = {
    "urlpatterns": _patterns,
    **dict.fromkeys(("handler400", "handler403", "handler404", "handler500"), _handler_of_errors),
}
MADE = dict.fromkeys((*_PATHS, "i18n_patterns"), _patterns)
CALLS = {"register": _registered, **dict.fromkeys(_PATHS, _path_in_function)}
