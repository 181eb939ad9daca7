"""What the answers of one file stand on."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from quality_gate.codebase.linking.things import Value

Question: TypeAlias = tuple[str, str, str, int]
"""Kind, subject, about what, and at which level."""


class Log:
    """What was asked while one file was linked, and while it answered the questions of others.

    Attributes:
        asked: numbers of questions about pieces of code, the file's own too.
        units: names of definitions that were looked at.
        members: names of modules and classes that were looked at: scope and name.
        owners: classes and attributes whose binding class was looked for.
        looked: (kind, name) that were looked up among all files, or looked at: see `pieces`.
        broad: files of which anything may have mattered.
        made, cut: what was found out for this file about attributes of things and names of modules.
    """

    __slots__ = ("asked", "broad", "cut", "looked", "made", "members", "owners", "units")

    def __init__(self) -> None:
        self.asked: set[int] = set()
        self.units: set[str] = set()
        self.members: set[tuple[str, str]] = set()
        self.owners: set[tuple[str, str]] = set()
        self.looked: set[tuple[str, str]] = set()
        self.broad: set[str] = set()
        self.made: dict[tuple[Hashable, str], tuple[Value, int]] = {}
        self.cut: dict[tuple[tuple[Hashable, str], int], Value] = {}
