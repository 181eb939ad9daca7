"""Which tests make a failure path happen, as the evidence has it: only they can notice its mutants."""

from __future__ import annotations

from quality_gate.failure_paths import FailurePath, Handler
from quality_gate.runs import Runs


def covering(path: FailurePath, runs: Runs) -> tuple[str, ...]:
    """Ids of passed tests whose call phase came by a path, sorted.

    Of a handler that catches the failure of a call: those in which that call failed. Of one of several types of a
    handler: without those that are known to have shown it another one only.

    Raises:
        Missing: what is recorded of the file cannot be believed.
    """
    found = _on_its_lines(path, runs)
    if path.kind == "handler call":
        found &= _failed_at(path, runs)
    elif path.handler is not None and path.kind != "re-raise":
        found -= _entered_by_others(path, path.handler, runs)
    return tuple(sorted(test for test in found if runs.tests.get(test) == "passed"))


def not_told(path: FailurePath, runs: Runs) -> str | None:
    """Why the evidence cannot tell that no test makes a path happen, as a clause; None where it can.

    Of a path that no test covers.
    """
    if path.kind != "handler call":
        return None
    passed = [test for test in _on_its_lines(path, runs) if runs.tests.get(test) == "passed"]
    reasons = sorted({reason for reason in map(runs.unseen, passed) if reason is not None})
    return f"which call failed in the tests that run its handler is not known: {reasons[0]}" if reasons else None


def _on_its_lines(path: FailurePath, runs: Runs) -> set[str]:
    return {test for line in range(path.line, path.last + 1) for test in runs.tests_of(path.path, line)}


def _entered_by_others(path: FailurePath, handler: Handler, runs: Runs) -> set[str]:
    """Tests that made a handler of several types take exceptions of its other types alone."""
    if len(handler.caught) < 2:
        return set()
    own = set(map(_last, path.types))
    others = set(map(_last, handler.caught)) - own
    taken: dict[str, set[bool]] = {}
    for one in runs.failures_of(path.path):
        if one.handled == handler.line and one.phase == "call":
            names = set(map(_last, (one.exception, *one.bases)))
            taken.setdefault(one.test, set()).add(bool(names & others) and not names & own)
    return {test for test, told in taken.items() if told == {True} and runs.unseen(test) is None}


def _last(name: str) -> str:
    return name.rpartition(".")[2]


def _failed_at(path: FailurePath, runs: Runs) -> set[str]:
    """Tests in which the call of a path failed and its handler was entered."""
    call, handler = path.call, path.handler
    if call is None or handler is None:
        return set()
    seen = {
        one.test
        for one in runs.failures_of(path.path)
        if one.phase == "call"
        and one.handled == handler.line
        and call.line <= one.line <= call.end_line
        and (one.column == 0 or call.line != call.end_line or call.column <= one.column < call.end_column)
    }
    lines = range(call.line, call.end_line + 1)
    arcs = runs.arcs_of(path.path)
    jumped = {test for test, found in arcs.items() if any((line, handler.line) in found for line in lines)}
    return seen | {test for test in jumped if runs.unseen(test) is not None}
