"""Failures that are answers: exceptions that say what was asked, functions that ask whether something works."""

from __future__ import annotations

from quality_gate_checkers.model import Module
from quality_gate_checkers.reading.handlers import HARMLESS
from quality_gate_checkers.regexes import regex

_ANSWER = regex(
    r"NotFound|NoSuch|DoesNotExist|NotExist|NoResult|MultipleResults|MultipleObjects|AlreadyExists|ObjectExists|Conflict|Duplicate|Integrity|"
    r"UniqueViolation|Declined|CardError|Invalid|Validation|NotModified|LockNotOwned|WatchError|Http404|JSONDecodeError|SameFile|Empty$|Full$|StopIteration|Cancelled"
)


def is_answer(name: str | None) -> bool:
    """Whether an exception, by its dotted name, says that a thing is not there, is there already or is refused.

    Args:
        name: None for one that does not resolve; that one tells nothing.
    """
    return name is not None and (name in HARMLESS or _ANSWER.search(name.rpartition(".")[2]) is not None)


def are_answers(module: Module, types: list[str | None]) -> bool:
    """Whether a handler takes answers alone; what the configuration declares as a dependency's failure is none.

    Args:
        types: dotted names of what it catches.
    """
    declared = {
        name.replace(":", ".")
        for dependency in module.settings.dependencies.values()
        for name in (*dependency.rejects, *dependency.unavailable)
    }
    return all(is_answer(name) and name not in declared for name in types)


_PREDICATE = regex(
    r"^_*(?:is|are|has|have|can|could|should|needs?|does|supports?|ping|check|checks|verify|validate|test|try|maybe|"
    r"probe|exists|safe)(?:_|$)|health|alive|reachable|available|_ready|_exists|_or_none|_or_default|_or_empty|"
    r"_safe(?:ly)?$|_if_|optional|best_effort|_checks?$|_probe$"
)
"""Names of functions whose answer is whether something worked, or that say that they may come back empty-handed."""


def is_asking(function: str) -> bool:
    """Whether a function's answer is that something works or does not: `is_up`, `has_ipv6`, `check_bank`, `ping`."""
    return _PREDICATE.search(function) is not None
