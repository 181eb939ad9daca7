"""Forms of Django and serializers of Django REST framework: what validating and saving call."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from quality_gate.codebase.frameworks import Called, Calls, Fact
from quality_gate.codebase.frameworks._reading import receiver
from quality_gate.codebase.graph import Confidence, Edge

_FORMS = ("django.forms.", "django.contrib.auth.forms.", "django.contrib.admin.forms.")
_SERIALIZERS = ("rest_framework.serializers.",)


def _kind(ancestors: tuple[str, ...]) -> str:
    if any(name.startswith(_FORMS) for name in ancestors):
        return "form"
    return "serializer" if any(name.startswith(_SERIALIZERS) for name in ancestors) else ""


def _called_by_validation(kind: str, method: str) -> bool:
    if kind == "form":
        return method in {"clean", "full_clean", "_clean_fields", "_post_clean"} or method.startswith("clean_")
    return method in {"validate", "to_internal_value", "run_validation"} or method.startswith("validate_")


def _validated(found: Called) -> Iterator[Fact]:
    """`form.is_valid()`."""
    yield from _calls(found, _called_by_validation)


def _called_by_saving(kind: str, method: str) -> bool:
    return kind == "serializer" and method in {"create", "update"}


def saved(found: Called) -> Iterator[Fact]:
    """`serializer.save()`, where the project has no `save` of its own."""
    yield from _calls(found, _called_by_saving)


def _calls(found: Called, wanted: Callable[[str, str], bool]) -> Iterator[Fact]:
    site, target = found.site, receiver(found.call)
    for name in site.types(target) if target is not None else ():
        kind = _kind(site.ancestors(name))
        if not kind or site.member(name, found.name) is not None:
            continue
        for method in site.members(name):
            if wanted(kind, method.rpartition(".")[2]):
                place = found.call.line, found.call.column
                yield Calls(Edge(site.scope, method, *place, Confidence.CERTAIN, f"django-{kind}"))


CALLS = {"is_valid": _validated, "full_clean": _validated}
