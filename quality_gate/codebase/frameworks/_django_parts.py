"""What else Django calls: middleware, backends and processors that settings name, commands, admin, template tags."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from quality_gate.codebase.frameworks import Assigned, ClassDefined, Decorated, Entry, Fact, Site
from quality_gate.codebase.frameworks._reading import first_name, is_one, owner, text
from quality_gate.codebase.tree import Attribute, Call, Expr, below

_MIDDLEWARE = ("__call__", "__init__", "process_request", "process_view", "process_response", "process_exception",
               "process_template_response")  # fmt: skip
_BACKEND = ("authenticate", "get_user", "has_perm", "get_all_permissions", "user_can_authenticate")
_PERMISSION = ("has_permission", "has_object_permission")
_LIBRARY = frozenset({"django.template.Library", "django.template.library.Library"})
_TAGS = ("filter", "simple_tag", "inclusion_tag", "tag", "simple_block_tag")
_ADMIN = tuple(
    f"django.contrib.admin.{name}"
    for name in ("ModelAdmin", "StackedInline", "TabularInline", "SimpleListFilter", "options.ModelAdmin",
                 "options.StackedInline", "options.TabularInline", "AdminSite")
)  # fmt: skip
_APPS = ("django.apps.AppConfig", "django.apps.config.AppConfig")
_PERMISSIONS = ("rest_framework.permissions.BasePermission", "rest_framework.permissions.IsAuthenticated")
_AUTHENTICATION = ("rest_framework.authentication.BaseAuthentication",
                   "rest_framework.authentication.TokenAuthentication")  # fmt: skip


def _named_in(site: Site, value: Expr) -> Iterator[str]:
    """Definitions of the project that strings anywhere in a value name."""
    waiting = [value]
    while waiting:
        node = waiting.pop()
        name = text(node) or ""
        if "." in name and site.definition(name) is not None:
            yield name
        waiting.extend(below(node))


def _middleware(found: Assigned) -> Iterator[Fact]:
    """`MIDDLEWARE = ["shop.middleware.Timing"]`."""
    for name in _named_in(found.site, found.value):
        yield from _entries(found.site, name, _MIDDLEWARE, "middleware")


def _backends(found: Assigned) -> Iterator[Fact]:
    for name in _named_in(found.site, found.value):
        yield from _entries(found.site, name, _BACKEND, "authentication by")


def _templates(found: Assigned) -> Iterator[Fact]:
    for name in _named_in(found.site, found.value):
        yield from _entries(found.site, name, (), "context processor")


def _rest(found: Assigned) -> Iterator[Fact]:
    """`REST_FRAMEWORK = {"EXCEPTION_HANDLER": "shop.api.failed"}`."""
    for name in _named_in(found.site, found.value):
        yield from _entries(found.site, name, (), "setting of the REST framework")


def _entries(site: Site, name: str, methods: tuple[str, ...], what: str) -> Iterator[Fact]:
    definition = site.definition(name)
    if definition is not None and definition.kind == "function":
        yield Entry(name, "django", f"{what} {name.rpartition('.')[2]}")
    yield from _methods(site, name, methods, f"{what} {name.rpartition('.')[2]}")


def _methods(site: Site, name: str, methods: tuple[str, ...], what: str) -> Iterator[Fact]:
    for method in methods:
        member = site.member(name, method)
        if member is not None:
            yield Entry(member, "django", what)


def command(found: ClassDefined) -> Iterator[Fact]:
    """A class `Command` below `management/commands`, whatever its bases."""
    module = owner(found.definition.name)
    if "/management/commands/" in f"/{found.definition.path}":
        what = f"command {module.rpartition('.')[2]}"
        yield from _methods(found.site, found.definition.name, ("handle", "add_arguments"), what)


def _application(found: ClassDefined) -> Iterator[Fact]:
    yield from _methods(
        found.site, found.definition.name, ("ready",), f"start of {owner(owner(found.definition.name))}"
    )


def _admin(found: ClassDefined) -> Iterator[Fact]:
    """Every method: the lists of a page name them, or Django does."""
    shown = found.definition.name.rpartition(".")[2]
    for member in found.site.members(found.definition.name):
        if not member.rpartition(".")[2].startswith("_") and owner(member) == found.definition.name:
            yield Entry(member, "django", f"admin {shown}")


def _asked(methods: tuple[str, ...], what: str) -> Callable[[ClassDefined], Iterator[Fact]]:
    def read(found: ClassDefined) -> Iterator[Fact]:
        shown = found.definition.name.rpartition(".")[2]
        yield from _methods(found.site, found.definition.name, methods, f"{what} {shown}")

    return read


def _tag(found: Decorated) -> Iterator[Fact]:
    """`@register.filter`, `@register.simple_tag(name="total")`."""
    target = found.decorator.func if isinstance(found.decorator, Call) else found.decorator
    if isinstance(target, Attribute) and is_one(found.site, target.value, _LIBRARY):
        what = "template filter" if found.name == "filter" else "template tag"
        yield Entry(found.definition.name, "django", f"{what} {found.definition.name.rpartition('.')[2]}")


def admin_function(found: Decorated) -> Iterator[Fact]:
    """`@admin.action` on a function."""
    target = found.decorator.func if isinstance(found.decorator, Call) else found.decorator
    name = first_name(found.site, target)
    if name in {"django.contrib.admin.action", "django.contrib.admin.display"}:
        yield Entry(found.definition.name, "django", f"admin {found.name} {found.definition.name.rpartition('.')[2]}")


ASSIGNMENTS = {
    "MIDDLEWARE": _middleware,
    "MIDDLEWARE_CLASSES": _middleware,
    "AUTHENTICATION_BACKENDS": _backends,
    "TEMPLATES": _templates,
    "REST_FRAMEWORK": _rest,
}
BASES = {
    **dict.fromkeys(_APPS, _application),
    **dict.fromkeys(_ADMIN, _admin),
    **dict.fromkeys(_PERMISSIONS, _asked(_PERMISSION, "permission")),
    **dict.fromkeys(_AUTHENTICATION, _asked(("authenticate",), "authentication by")),
}
DECORATORS = {
    **dict.fromkeys(_TAGS, _tag),
    "display": admin_function,
}
