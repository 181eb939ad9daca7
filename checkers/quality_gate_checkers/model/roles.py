"""Which part a file plays, decided by path and configuration and never by what is in it."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from functools import lru_cache

from quality_gate_checkers.patterns import PathPatterns
from quality_gate_checkers.settings import DEFAULT_TESTS, Roles, Settings


class Role(enum.StrEnum):
    """The part of a file; rules about production code look at SOURCE and COMMAND_LINE only, unless they say more."""

    SOURCE = "source"
    TESTS = "tests"
    MIGRATIONS = "migrations"
    SCRIPTS = "scripts"
    COMMAND_LINE = "command line"
    VENDORED = "vendored"


@lru_cache(maxsize=8)
def _patterns(tests: tuple[str, ...], roles: Roles) -> tuple[tuple[Role, PathPatterns], ...]:
    return (
        (Role.VENDORED, PathPatterns(roles.vendored)),
        (Role.TESTS, PathPatterns(tests or DEFAULT_TESTS)),
        (Role.MIGRATIONS, PathPatterns(roles.migrations)),
        (Role.SCRIPTS, PathPatterns(roles.scripts)),
        (Role.COMMAND_LINE, PathPatterns(roles.command_lines)),
    )


def is_test(path: str, settings: Settings) -> bool:
    """Whether a file's role is that of tests; what follows them in the order is not looked at.

    Args:
        path, settings: as of `role_of`.
    """
    return bool(tests_among((path,), settings))


def tests_among(paths: Iterable[str], settings: Settings) -> list[str]:
    """Those of some files whose role is that of tests.

    Args:
        paths, settings: as of `role_of`.
    """
    (_, vendored), (_, tests), *_ = _patterns(settings.tests, settings.roles)
    return [path for path in paths if tests.match(path) and not vendored.match(path)]


def role_of(path: str, settings: Settings) -> Role:
    """The role of a file.

    Args:
        path: relative to the project's root, with forward slashes.
        settings: whose `tests` and `roles` decide.
    """
    return _role_of(path, settings.tests, settings.roles)


@lru_cache(maxsize=16)
def _role_of(path: str, tests: tuple[str, ...], roles: Roles) -> Role:
    """Several ask about one file in a row."""
    for role, patterns in _patterns(tests, roles):
        if patterns.match(path):
            return role
    return Role.SOURCE
