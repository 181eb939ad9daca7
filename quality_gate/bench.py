"""What lies before the practices, and the shape of a practice."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import TypeAlias

from quality_gate.model import Change, Finding, Mode, PracticeName, Stage, Verdict
from quality_gate_checkers.model.inspection import Inspection
from quality_gate_checkers.model.violation import Severity
from quality_gate_checkers.plug import Page, page


class Bench:
    """Everything laid before the practices in one run. What is not asked for is never fetched.

    Args:
        stage: where the gate stands.
        whole: judge all the code whatever the mode (`report`), or what the mode asks for (`check`).
        today: the day on which suppressions are looked at.
        critical_paths: names of the declared critical paths.
        change: how to learn what is new.
        inspections: how to learn what each judged file holds, by path relative to the project's root.
    """

    def __init__(
        self,
        *,
        stage: Stage,
        whole: bool,
        today: datetime.date,
        critical_paths: tuple[str, ...],
        change: Callable[[], Change],
        inspections: Callable[[], Mapping[str, Inspection]],
    ) -> None:
        self.stage = stage
        self.whole = whole
        self.today = today
        self.critical_paths = critical_paths
        self._change = change
        self._inspections = inspections

    @cached_property
    def change(self) -> Change:
        """What is new."""
        return self._change()

    @cached_property
    def inspections(self) -> Mapping[str, Inspection]:
        """What each judged file holds."""
        return self._inspections()


Judge: TypeAlias = Callable[[Bench, Mode], Iterator[Verdict]]


class Practice:
    """The unit of adoption: one file, one decorated pure function, its docstring the page.

    Args:
        name: one of `PRACTICES`.
        judge: the function.
    """

    __slots__ = ("judge", "name")

    def __init__(self, name: PracticeName, judge: Judge) -> None:
        self.name = name
        self.judge = judge

    @property
    def page(self) -> Page:
        """The practice's documentation."""
        return page(self.judge.__doc__)


def practice(name: PracticeName) -> Callable[[Judge], Practice]:
    """Make a practice of a function whose docstring is its page."""

    def made(judge: Judge) -> Practice:
        return Practice(name, judge)

    return made


ProjectCheck: TypeAlias = Callable[[Bench], Iterator[Finding]]


class ProjectRule:
    """A rule that needs the linked codebase, evidence or the change: one file, one decorated pure function.

    Args:
        code, name, severity: as of every rule.
        check: the function, over the whole bench.
    """

    __slots__ = ("check", "code", "name", "severity")

    def __init__(self, code: str, name: str, severity: Severity, check: ProjectCheck) -> None:
        self.code = code
        self.name = name
        self.severity = severity
        self.check = check

    @property
    def page(self) -> Page:
        """The rule's documentation."""
        return page(self.check.__doc__)


def project_rule(code: str, name: str, *, severity: Severity = "error") -> Callable[[ProjectCheck], ProjectRule]:
    """Make a project rule of a function whose docstring is its page."""

    def made(check: ProjectCheck) -> ProjectRule:
        return ProjectRule(code, name, severity, check)

    return made
