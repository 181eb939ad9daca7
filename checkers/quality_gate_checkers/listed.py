"""Rules that are known and not loaded: what decides whether a file needs them is told without their code."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from quality_gate_checkers import rules
from quality_gate_checkers.model import Hit, Module, Role, Rule
from quality_gate_checkers.model.violation import Severity
from quality_gate_checkers.plug import modules_of, plug_of


class ListedRule(msgspec.Struct, frozen=True, array_like=True):
    """A rule without what it does.

    Args:
        module: the one that holds it. The others: as of `Rule`.
    """

    module: str
    code: str
    name: str
    severity: Severity
    triggers: tuple[bytes, ...]
    elsewhere: tuple[bytes, ...]
    roles: frozenset[Role]
    diff_only: bool
    version: int

    def rule(self) -> Rule:
        """The rule, which is loaded with the first file that needs it."""
        return Rule(
            self.code,
            self.name,
            self.severity,
            self.triggers,
            self.roles,
            _Later(self.module),
            elsewhere=self.elsewhere,
            diff_only=self.diff_only,
            version=self.version,
        )


class _Later:
    """The check of a rule that is loaded when it is called."""

    def __init__(self, module: str) -> None:
        self._module = module
        self._rule: Rule | None = None

    def __call__(self, module: Module) -> Iterator[Hit]:
        if self._rule is None:
            self._rule = plug_of(self._module, Rule)
        return self._rule.check(module)


def rule_modules() -> Iterator[str]:
    """The modules that hold rules, none of which is loaded for it."""
    return modules_of(rules)


def listed_rules(loaded: Iterable[Rule]) -> tuple[ListedRule, ...]:
    """What is to be kept of rules that are loaded."""
    return tuple(
        ListedRule(
            rule.check.__module__,
            rule.code,
            rule.name,
            rule.severity,
            rule.triggers,
            rule.elsewhere,
            rule.roles,
            rule.diff_only,
            rule.version,
        )
        for rule in loaded
    )
