"""How each kind of question between pieces of code is answered."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from quality_gate.codebase.linking import annotated, arguments, decorators, injected, members, names, results, stored
from quality_gate.codebase.linking.field_factories import field_factories
from quality_gate.codebase.linking.things import Value

if TYPE_CHECKING:
    from quality_gate.codebase.linking.linker import Linker

ANSWERS: dict[str, Callable[[Linker, str, str, int], Value]] = {
    "accessor": members.accessor,
    "alias": annotated.aliased,
    "callees": arguments.callees,
    "callers": arguments.callers,
    "class": members.class_level,
    "constructed": arguments.constructed,
    "decorated": decorators.decorated,
    "decorator": decorators.decorator_value,
    "default": arguments.default_of,
    "having": stored.having,
    "factories": field_factories,
    "function": stored.set_on_function,
    "injected": injected.injected,
    "made_at": arguments.made_at,
    "name": names.value_of_module_name,
    "parameter": arguments.given,
    "put_by": stored.put_by,
    "put_in": stored.put_in,
    "returns": results.returned,
    "said_in": stored.said_in,
    "set_by": stored.set_by,
    "site": arguments.given_at,
    "stands_in": injected.stands_in,
    "stored": stored.stored,
    "stored_in": stored.stored_in,
}
"""By kind; they are given the subject, what it is about, and the level."""
