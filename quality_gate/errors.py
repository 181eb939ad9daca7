"""All that a user can do wrong, in one shape: where, what is wrong, what to type next."""

from __future__ import annotations

from collections.abc import Sequence


class UsageError(Exception):
    """The command line or the configuration cannot be acted on; ends with exit code 2.

    Args:
        where: a file and key (`pyproject.toml: tool.quality-gate.base`), an option or an argument.
        problem: what is wrong with it, in the user's own names.
        remedy: what to write or type instead.
    """

    def __init__(self, where: str, problem: str, remedy: str) -> None:
        super().__init__(f"{where}: {problem}")
        self.where = where
        self.problem = problem
        self.remedy = remedy


class UsageErrors(Exception):
    """Several of them, reported together so that nobody mends one at a time.

    Args:
        errors: at least one, in the order of the file.
    """

    def __init__(self, errors: Sequence[UsageError]) -> None:
        super().__init__(f"{len(errors)} errors in the configuration")
        self.errors = tuple(errors)


class Missing(Exception):
    """Something on the bench could not be had; the engine turns it into UNPROVEN, practices never catch it.

    Args:
        what: what is missing, as a noun phrase.
        remedy: the command or the setting that brings it.
        clause: that it is missing, where there is a plainer word than that it cannot be had.
    """

    def __init__(self, what: str, remedy: str, clause: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.remedy = remedy
        self.clause = clause or f"{what} cannot be had"


def nothing_recorded() -> Missing:
    """No test run was ever recorded: what a new user meets first."""
    return Missing("evidence of a test run", "type quality-gate test", "no tests recorded yet")
