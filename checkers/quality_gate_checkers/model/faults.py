"""What is said of a file of which a reading came to nothing."""

from __future__ import annotations

from quality_gate_checkers.model.inspection import Fault
from quality_gate_checkers.model.text import NotAnalysable

UNREADABLE = (NotAnalysable, RecursionError, MemoryError, ValueError, OverflowError)
"""What reading a hostile file raises; a number of 5,000 digits parses and cannot be printed (row 32)."""


def fault_of(error: Exception, reader: str) -> Fault:
    """Why a file could not be read.

    Args:
        error: one of `UNREADABLE`.
        reader: for whom it could not be read: `the rules`.
    """
    if isinstance(error, NotAnalysable):
        return Fault(error.line, error.reason, error.remedy)
    if isinstance(error, RecursionError | MemoryError):
        return Fault(1, f"it nests too deep for {reader}", "break the deepest expression into parts")
    return Fault(1, f"{reader} cannot read it: {str(error)[:200]}", "mend it, or list it under `roles.vendored`")
