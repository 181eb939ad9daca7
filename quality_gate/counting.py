"""Numbers of things, in words for people."""

from __future__ import annotations


def counted(number: int, one: str, several: str = "") -> str:
    """A number with its noun: `1 day`, `2,000 days`.

    Args:
        one: the noun. several: its plural, where that is not the noun with an s.
    """
    return f"{number:,} {one if number == 1 else several or f'{one}s'}"
