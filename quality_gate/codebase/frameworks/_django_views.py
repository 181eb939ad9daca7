"""Views of Django and Django REST framework: what of a class answers a request."""

from __future__ import annotations

from collections.abc import Iterator

from quality_gate.codebase.frameworks import Decorated, Fact, Route, Site
from quality_gate.codebase.frameworks._reading import VERBS, argument, first_name, owner, text, texts
from quality_gate.codebase.tree import Call, Expr, Mapping

_ACTIONS = {
    "list": ("GET", ""),
    "create": ("POST", ""),
    "retrieve": ("GET", "{pk}/"),
    "update": ("PUT", "{pk}/"),
    "partial_update": ("PATCH", "{pk}/"),
    "destroy": ("DELETE", "{pk}/"),
}
_HOOKS = {
    "dispatch": "", "setup": "", "http_method_not_allowed": "", "initial": "", "handle_exception": "",
    "get_queryset": "", "get_object": "", "get_context_data": "", "get_template_names": "", "render_to_response": "",
    "get_form": "", "get_form_class": "", "get_form_kwargs": "", "get_initial": "", "form_valid": "POST",
    "form_invalid": "POST", "get_success_url": "POST", "get_redirect_url": "", "get_paginate_by": "",
    "get_ordering": "", "test_func": "", "has_permission": "", "handle_no_permission": "", "get_login_url": "",
    "get_serializer": "", "get_serializer_class": "", "get_serializer_context": "", "get_permissions": "",
    "get_authenticators": "", "get_throttles": "", "filter_queryset": "", "paginate_queryset": "",
    "check_permissions": "", "check_object_permissions": "", "finalize_response": "", "perform_create": "POST",
    "perform_update": "PUT", "perform_destroy": "DELETE", "items": "", "item_title": "", "item_description": "",
}  # fmt: skip
"""What the generic views call of their subclasses, and for which method; empty for any."""

_REQUIRED = {
    "django.views.decorators.http.require_POST": "POST",
    "django.views.decorators.http.require_GET": "GET",
    "django.views.decorators.http.require_safe": "GET",
}
_RESTRICTING = frozenset(
    {*_REQUIRED, "django.views.decorators.http.require_http_methods", "rest_framework.decorators.api_view"}
)


def restricted(site: Site, name: str) -> bool:
    """Whether decorators of a view say which methods it answers: then they make its routes."""
    definition = site.definition(name)
    return definition is not None and not _RESTRICTING.isdisjoint(definition.decorators)


def routes_of_class(site: Site, name: str) -> Iterator[Fact]:
    """What of a class answers requests, wherever it hangs. Its bases are not asked: whoever says `as_view()` has said
    that it is a view, and most bases stand outside the project.
    """
    members = {member.rpartition(".")[2]: member for member in site.members(name)}
    for verb in VERBS:
        if verb in members:
            yield Route(name, members[verb], verb.upper(), "", "django", loose=True)
    for hook, method in _HOOKS.items():
        if hook in members:
            yield Route(name, members[hook], method, "", "django", loose=True)


def routes_of_set(site: Site, name: str) -> Iterator[Fact]:
    """The same for a view set, which answers by actions."""
    for action, (method, path) in _ACTIONS.items():
        member = site.member(name, action)
        if member is not None:
            yield Route(name, member, method, path, "django", loose=True)
    yield from routes_of_class(site, name)


def _function(found: Decorated) -> Iterator[Fact]:
    """`@require_http_methods(["POST"])`, `@api_view(["POST"])`, `@require_POST` on a function."""
    call = found.decorator if isinstance(found.decorator, Call) else None
    target = first_name(found.site, call.func if call is not None else found.decorator)
    if target not in _RESTRICTING:
        return
    given = argument(call, 0, "request_method_list", "http_method_names") if call is not None else None
    methods = [_REQUIRED[target]] if target in _REQUIRED else texts(given) or ["GET"]
    for method in methods:
        yield Route(found.definition.name, found.definition.name, method.upper(), "", "django", loose=True)


def action(found: Decorated) -> Iterator[Fact]:
    """`@action(detail=True, methods=["post"])` on a method of a view set; its path is shown without the row's key."""
    call = found.decorator
    if not isinstance(call, Call) or not any(
        name.startswith("rest_framework.decorators.") for name in found.site.names(call.func)
    ):
        return
    path = text(argument(call, -1, "url_path")) or found.definition.name.rpartition(".")[2]
    for method in _verbs(argument(call, 0, "methods")) or ["GET"]:
        yield Route(owner(found.definition.name), found.definition.name, method, f"{path}/", "django", loose=True)


def _verbs(given: Expr | None) -> list[str]:
    keys = [text(key) or "" for key in given.keys] if isinstance(given, Mapping) else texts(given)
    return [verb.upper() for verb in keys]


DECORATORS = {
    **dict.fromkeys(("require_POST", "require_GET", "require_safe", "require_http_methods", "api_view"), _function),
    **dict.fromkeys(("detail_route", "list_route"), action),
}
