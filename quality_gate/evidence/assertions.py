"""What the tests of one file assert. Everything is loaded when the first file is asked for: commits never ask."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from quality_gate_checkers.settings import Settings

if TYPE_CHECKING:
    from quality_gate.codebase.assertions import TestAssertions


def assertions_in(root: Path, path: str, settings: Settings) -> tuple[TestAssertions, ...]:
    """The assertions of the tests of a file; nothing where it cannot be read: its own finding says so.

    Args:
        root: the project's root.
        path: relative to it.
        settings: the project's.
    """
    from quality_gate.codebase.assertions import assertions_of
    from quality_gate.evidence.inspections import within_time
    from quality_gate.evidence.sources import read_regular
    from quality_gate_checkers.dependencies import catalogue
    from quality_gate_checkers.model import Module, NotAnalysable, decode, parse
    from quality_gate_checkers.model.text import MAXIMUM_BYTES

    content = read_regular(f"{root}{os.sep}{path}", MAXIMUM_BYTES)
    if content is None or b"assert" not in content:
        return ()

    def found() -> tuple[TestAssertions, ...]:
        text = decode(content)
        return tuple(assertions_of(Module(path, text, parse(text), settings, catalogue().made_by)))

    try:
        return within_time(found) or ()
    except (NotAnalysable, RecursionError, MemoryError, ValueError, OverflowError):
        return ()
