"""Django and Django REST framework: URLs and views, signals, middleware, commands, forms, serializers, admin.

URLs are followed through `include` and routers to functions and class-based views, whose handlers and well-known hooks
are entry points. A signal that the project sends calls its receivers; saving or deleting a model calls the receivers of
`pre_save`, `post_save` and their like that have no `sender`, or that model; `get_model("shop", "Order")` is the class
`Order` below a package `shop`. Of a sender that nothing tells the call is only possible. `is_valid` of a form or
serializer calls its `clean` or `validate` methods, `save` of a serializer its `create` and `update`. Paths made at run
time are shown as `...`.
"""

from __future__ import annotations

from collections.abc import Iterator

from quality_gate.codebase.frameworks import Decorated, Fact, Framework
from quality_gate.codebase.frameworks._django_forms import CALLS as FORM_CALLS
from quality_gate.codebase.frameworks._django_parts import ASSIGNMENTS as SETTINGS
from quality_gate.codebase.frameworks._django_parts import BASES as PARTS
from quality_gate.codebase.frameworks._django_parts import DECORATORS as TAGS
from quality_gate.codebase.frameworks._django_parts import admin_function, command
from quality_gate.codebase.frameworks._django_signals import CALLS as SIGNAL_CALLS
from quality_gate.codebase.frameworks._django_signals import DECORATORS as SIGNAL_DECORATORS
from quality_gate.codebase.frameworks._django_urls import ASSIGNMENTS as URLS
from quality_gate.codebase.frameworks._django_urls import CALLS as URL_CALLS
from quality_gate.codebase.frameworks._django_urls import MADE
from quality_gate.codebase.frameworks._django_views import DECORATORS as VIEW_DECORATORS
from quality_gate.codebase.frameworks._django_views import action


def _action(found: Decorated) -> Iterator[Fact]:
    """`@action` of a view set, or of the admin."""
    yield from action(found)
    yield from admin_function(found)


DJANGO = Framework(
    "django",
    __doc__,
    calls={**SIGNAL_CALLS, **URL_CALLS, **FORM_CALLS},
    decorators={**SIGNAL_DECORATORS, **TAGS, **VIEW_DECORATORS, "action": _action},
    bases=PARTS,
    classes={"Command": command},
    assignments={**URLS, **SETTINGS},
    made=MADE,
)
