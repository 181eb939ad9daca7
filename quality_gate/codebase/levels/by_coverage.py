"""What a coverage file shows of failure paths: it knows lines, neither what failed nor what tests check."""

from __future__ import annotations

from quality_gate.codebase.levels.validation import only_proof
from quality_gate.failure_levels import Level, ShownPath
from quality_gate.failure_paths import FailurePath
from quality_gate.runs import DATA_ITSELF, FileRuns

_TELLING = frozenset({"raise", "re-raise", "validation", "error return", "handler", "cancellation"})
"""Kinds of paths of which lines tell that they did not happen."""

_NO_FAILURE = "a coverage file does not tell what failed: type quality-gate test"
_NO_CHECK = "a coverage file does not tell what tests check: type quality-gate test"


def lines_of(path: FailurePath) -> range:
    """The lines of a path, those that it shares with what stands before it included."""
    return range(path.shared_from or path.line, path.last + 1)


def by_coverage(path: FailurePath, held: FileRuns | None) -> ShownPath:
    """A path as a coverage file shows it, without the tests that ran it.

    Args:
        held: what it says of the path's file, None where it says nothing.
    """
    proof = only_proof(path)
    level, why = _level(path, held)
    return ShownPath(path=path, level=level, why=why or proof or _NO_CHECK, only_proof=bool(proof))


def _level(path: FailurePath, held: FileRuns | None) -> tuple[Level, str]:
    tells = path.kind in _TELLING
    has_run = held is not None and any(line in held.run for line in lines_of(path))
    called = path.call is not None and held is not None and path.call.line not in held.run
    if (tells and not has_run) or called:
        own = (*lines_of(path), *((path.call.line,) if path.call is not None else ()))
        if held is not None and not held.untold.isdisjoint(own):
            return "unknown", f"the coverage report leaves it out: {DATA_ITSELF}"
        return "not run", "no test makes it happen"
    return ("run", "") if tells and _is_sure(path) else ("unknown", _NO_FAILURE)


def _is_sure(path: FailurePath) -> bool:
    """Whether a line that was run is all that it takes."""
    handler = path.handler
    if path.leaves_by == "call" or path.shared_from:
        return False
    return handler is None or (len(handler.caught) < 2 and handler.line < path.line)
