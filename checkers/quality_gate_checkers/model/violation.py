"""What a rule yields: a place and two sentences."""

from __future__ import annotations

from typing import Literal

import msgspec

Severity = Literal["error", "warning"]
"""`error` may block a commit; `warning` is shown and never changes the exit code."""


class Location(msgspec.Struct, frozen=True, array_like=True):
    """A place in a file.

    Args:
        line, end_line: 1-based.
        column, end_column: 0-based, in code points (never in UTF-8 bytes, as `ast` counts); the end is exclusive.
    """

    line: int
    column: int
    end_line: int
    end_column: int


class Violation(msgspec.Struct, frozen=True, array_like=True):
    """One breach of one rule, before suppressions are applied.

    Args:
        code, name, severity: the rule's.
        location: what an editor underlines.
        message: what is wrong, in the project's own names; one line.
        remedy: what to write instead; one line.
        function: qualified name of the enclosing function or class, None in module code.
        diff_only: the rule speaks of new lines only, in every mode: hosts, which know no change, leave it out.
        touching: first and last line of all that makes it a breach; it is new when a line of these is new.
    """

    code: str
    name: str
    severity: Severity
    diff_only: bool
    location: Location
    message: str
    remedy: str
    function: str | None
    touching: tuple[int, int]
