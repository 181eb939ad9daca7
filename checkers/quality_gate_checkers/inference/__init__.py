"""Rules for pylint only: they stand on astroid's inference in the project's own environment.

ONE FILE = ONE RULE: a pure generator over the nodes of one kind, its docstring the page. They ask installed libraries
for their real classes and signatures; where those are not installed, or nothing can be inferred, they are silent. They
come on top of the other rules, never instead of one, and no other host has them.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from functools import cache
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from quality_gate_checkers.inference._written import Written
from quality_gate_checkers.model.inspection import pylint_id
from quality_gate_checkers.model.roles import Role
from quality_gate_checkers.patterns import name_matches
from quality_gate_checkers.plug import Page, collect, page

if TYPE_CHECKING:
    from astroid import nodes


class Sight(NamedTuple):
    """What a rule knows beside the node.

    Args:
        role: the part that the file plays.
        settings: the project's.
        written: what the ladder knows of the module.
        boundaries: patterns of the modules that may know a vendor, from pylint's own configuration.
    """

    role: Role
    written: Written
    boundaries: tuple[str, ...] = ()

    def called(self, call: nodes.Call) -> list[str]:
        """Dotted names of all that a call may call: as the ladder has them, else as astroid does; empty if unknown."""
        from quality_gate_checkers.inference._real import called

        name = self.written.callee(call)
        return [name] if name is not None else called(call)

    def is_boundary(self, node: nodes.NodeNG) -> bool:
        """Whether a node's module is declared to stand between a vendor and the rest of the code.

        By the name that pylint gives it, or by its path: in folders without `__init__.py` pylint knows the file alone.
        """
        names = [node.root().name, *([self.written.module.name] if self.written.module is not None else [])]
        return any(name_matches(name, pattern) for name in names for pattern in self.boundaries)


class InferredHit(NamedTuple):
    """What a rule yields: see `quality_gate_checkers.model.Hit`."""

    node: nodes.NodeNG
    message: str
    remedy: str


Check: TypeAlias = "Callable[[nodes.NodeNG, Sight], Iterator[InferredHit]]"


class InferenceRule(NamedTuple):
    """A static check that needs astroid's inference.

    Args:
        code: `QG` and three digits, the first of them the topic.
        name: the thing flagged, kebab case.
        visits: the kinds of nodes it is handed, as pylint calls them: `try`, `call`.
        roles: parts that a file must play to be judged.
        check: the pure function.
    """

    code: str
    name: str
    visits: tuple[str, ...]
    roles: frozenset[Role]
    check: Check

    @property
    def page(self) -> Page:
        """The rule's documentation."""
        return page(self.check.__doc__)

    @property
    def pylint_id(self) -> str:
        """The id in pylint, derived as all ids of ours are."""
        return pylint_id(self.code)


def inferring(
    code: str, name: str, *, visits: tuple[str, ...], roles: frozenset[Role]
) -> Callable[[Check], InferenceRule]:
    """Make a rule of a function whose docstring is its page. See `InferenceRule` for the arguments."""

    def made(check: Check) -> InferenceRule:
        return InferenceRule(code, name, visits, roles, check)

    return made


@cache
def inference_rules() -> tuple[InferenceRule, ...]:
    """Every rule that needs inference, in code order. Loads astroid.

    Raises:
        PlugError: a file does not import, or does not hold exactly one rule.
    """
    return tuple(sorted(collect(sys.modules[__name__], InferenceRule), key=lambda rule: rule.code))
