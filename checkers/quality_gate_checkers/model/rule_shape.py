"""The shape of a rule: one file, one decorated pure function, its docstring the page."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from typing import TypeAlias

from quality_gate_checkers.model.inspection import pylint_id
from quality_gate_checkers.model.module import Module
from quality_gate_checkers.model.roles import Role
from quality_gate_checkers.model.violation import Location, Severity, Violation
from quality_gate_checkers.plug import Page, page
from quality_gate_checkers.settings import printable

PRODUCTION = frozenset({Role.SOURCE, Role.COMMAND_LINE})
"""Where rules about production code look."""

EVERYWHERE = frozenset(Role)

OWN_CALLS = b"\0"
"""A trigger that stands in no file: it is there where a call of a `[tool.quality-gate.dependencies.NAME]` may be."""

LONGEST = 600
"""Characters of a message, of a remedy, and of a function's name in a finding."""


class Hit:
    """What a rule's function yields; the rule adds its code and the enclosing function.

    Args:
        node: what is wrong; its place is the finding's unless `location` says otherwise.
        message: what is wrong, in the project's own names; one line without a full stop.
        remedy: what to write instead, an imperative clause.
        also: further nodes that make it a breach: the finding is new when one of their lines is new.
        location: a place that is not a node's (a comment, the head of a handler).
        severity: where one hit weighs more or less than its rule.
    """

    __slots__ = ("also", "location", "message", "node", "remedy", "severity")

    def __init__(
        self,
        node: ast.AST,
        message: str,
        remedy: str,
        also: tuple[ast.AST, ...] = (),
        location: Location | None = None,
        severity: Severity | None = None,
    ) -> None:
        self.node = node
        self.message = message
        self.remedy = remedy
        self.also = also
        self.location = location
        self.severity = severity


Check: TypeAlias = Callable[[Module], Iterator[Hit]]


class Rule:
    """A static check that needs a single module.

    Args:
        code: `QG` and three digits, the first of them the topic.
        name: the thing flagged, kebab case.
        severity: `error` only when at least 90 % of the hits read on real code were true.
        triggers: lower-case words one of which stands in the code of every file that can break the rule: the others are
            not asked. A word that its shape does not demand, as the name of a variable, would decide instead of it.
        elsewhere: likewise for files that break it by what other modules tell, e.g. of a client that one of them makes.
        roles: parts that a file must play to be judged.
        check: the pure function.
        diff_only: the rule speaks of new lines only, in every mode; flake8 and pylint know no change and leave it out.
        version: one more whenever the rule finds old code in another way, so that baselines can tell.
    """

    __slots__ = ("check", "code", "diff_only", "elsewhere", "name", "roles", "severity", "triggers", "version")

    def __init__(
        self,
        code: str,
        name: str,
        severity: Severity,
        triggers: tuple[bytes, ...],
        roles: frozenset[Role],
        check: Check,
        *,
        elsewhere: tuple[bytes, ...] = (),
        diff_only: bool = False,
        version: int = 1,
    ) -> None:
        self.code = code
        self.name = name
        self.severity = severity
        self.triggers = triggers
        self.roles = roles
        self.check = check
        self.elsewhere = elsewhere
        self.diff_only = diff_only
        self.version = version

    @property
    def page(self) -> Page:
        """The rule's documentation."""
        return page(self.check.__doc__)

    @property
    def pylint_id(self) -> str:
        """The id in pylint: always W, 91 for the first hundred, then the code's last two digits. Never written down."""
        return pylint_id(self.code)

    @property
    def consequence(self) -> str:
        """One sentence: what happens in production."""
        return self.page.first_paragraph("In production")

    def violations(self, module: Module) -> Iterator[Violation]:
        """All breaches in a module."""
        for hit in self.check(module):
            location = hit.location or module.location(hit.node)
            spans = [(location.line, location.end_line), *(_span(node) for node in hit.also)]
            touching = (min(first for first, _ in spans), max(last for _, last in spans))
            yield Violation(
                self.code,
                self.name,
                hit.severity or self.severity,
                self.diff_only,
                location,
                printable(hit.message, LONGEST),
                printable(hit.remedy, LONGEST),
                _cut(module.function_name(hit.node) or "") or None,
                touching,
            )


def _cut(text: str) -> str:
    """A name can be as long as a file, and every finding below it would repeat it."""
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _span(node: ast.AST) -> tuple[int, int]:
    first = int(getattr(node, "lineno", 1))
    return first, int(getattr(node, "end_lineno", None) or first)


def rule(
    code: str,
    name: str,
    *,
    severity: Severity = "error",
    triggers: tuple[bytes, ...],
    elsewhere: tuple[bytes, ...] = (),
    roles: frozenset[Role] = PRODUCTION,
    diff_only: bool = False,
    version: int = 1,
) -> Callable[[Check], Rule]:
    """Make a rule of a function whose docstring is its page. See `Rule` for the arguments."""

    def made(check: Check) -> Rule:
        return Rule(
            code, name, severity, triggers, roles, check, elsewhere=elsewhere, diff_only=diff_only, version=version
        )

    return made
