"""Whose library a name belongs to."""

from __future__ import annotations

from quality_gate_checkers.dependencies import catalogue

_KINDS = frozenset({"http", "cloud", "queue", "cache"})
_FRAMEWORKS = frozenset({"celery", "rq", "Django cache"})
"""What the code itself is written in: `Retry` and `ObjectDoesNotExist` are meant to be seen everywhere."""

_STANDARD = frozenset({"builtins", "sqlite3", "urllib", "http", "socket", "ssl", "json"})


def vendor_of(name: str) -> str | None:
    """The library that a dotted name belongs to, where it is a vendor's; Python's own are nobody's."""
    if is_pythons_own(name):
        return None
    vendors = (one for one in catalogue().libraries if one.kind in _KINDS and one.name not in _FRAMEWORKS)
    return next((one.name for one in vendors if name.partition(".")[0] in one.modules), None)


def is_pythons_own(name: str) -> bool:
    """Whether a dotted name belongs to the standard library, as far as the catalogue knows it."""
    return name.partition(".")[0] in _STANDARD
