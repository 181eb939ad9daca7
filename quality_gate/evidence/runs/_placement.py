"""Where the lines of a measured file stand now: functions move and gain comments while their evidence stays good."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from quality_gate.evidence.runs._recorded_file import Arc, RecordedFile
from quality_gate.runs import Executed, FileRuns
from quality_gate_recorder.evidence_file import numbers
from quality_gate_recorder.fingerprints import Fingerprint

_MODULE_EXIT = -1


class Placement:
    """Lines of then and of now.

    Args:
        now: present line by recorded line; what is not in it belongs to source that has changed.
            None: the file is as it was.
    """

    def __init__(self, now: Mapping[int, int] | None) -> None:
        self._now = now
        self._then = None if now is None else {present: recorded for recorded, present in now.items()}

    def now(self, line: int) -> int | None:
        """Where a recorded line stands now."""
        return line if self._now is None else self._now.get(line)

    def then(self, line: int) -> int | None:
        """Where a present line stood."""
        return line if self._then is None else self._then.get(line)

    def lines(self, recorded: Iterable[int]) -> frozenset[int]:
        """Present lines, without those that are not known any more."""
        return frozenset(line for line in map(self.now, recorded) if line is not None)

    def end(self, recorded: int) -> int:
        """Present end of an arc; a negative one is the exit of what begins at that line.

        0 for what is gone, so that a branch to it still counts.
        """
        if recorded == _MODULE_EXIT:
            return recorded
        return (self.now(recorded) or 0) if recorded > 0 else -(self.now(-recorded) or 0)


UNCHANGED = Placement(None)


def placed(recorded: RecordedFile, present: Mapping[str, Fingerprint]) -> Placement:
    """Where the lines of the functions stand that have not changed.

    Args:
        present: fingerprints of the file as it is now.
    """
    now: dict[int, int] = {}
    for name, function in recorded.functions.items():
        same = present.get(name)
        # One digest means the same statements in the same lines' order; a forged list of lines is of another length.
        if same is not None and same.digest == function.digest and len(same.lines) == len(function.lines):
            now.update(zip(function.lines, same.lines, strict=True))
        elif same is not None and same.lines and function.lines:  # module-level code may lead to its first line
            now.setdefault(function.lines[0], same.lines[0])
    return Placement(now)


class Choice(msgspec.Struct, frozen=True):
    """Which tests do not count, by their numbers.

    Args:
        without: those. otherwise: those that would not count with the other choice; None where there is no other.
    """

    without: frozenset[int] = frozenset()
    otherwise: frozenset[int] | None = None


def runs_now(
    path: str, recorded: RecordedFile, placement: Placement, choice: Choice, *, has_branches: bool
) -> FileRuns:
    """What was run of a file, in its present lines."""
    branches = _branches(recorded.branches, placement) if has_branches else {}
    counted = _executed(recorded, placement, branches, choice.without)
    other = None if choice.otherwise is None else _executed(recorded, placement, branches, choice.otherwise)
    return FileRuns(
        path=path,
        statements=placement.lines(recorded.statements),
        excluded=placement.lines(recorded.excluded),
        run=counted.run,
        branches=branches,
        taken=counted.taken,
        has_branches=has_branches,
        otherwise=other,
    )


def arcs_now(recorded: RecordedFile, placement: Placement) -> dict[int, frozenset[Arc]]:
    """Arcs that the call phase of each test ran, by its number, in present lines."""
    together: dict[int, int] = {}
    for execution in recorded.executions:
        if execution.test and execution.phase == "call":
            together[execution.test] = together.get(execution.test, 0) | execution.arcs
    return {test: _arcs((recorded.arcs[bit] for bit in numbers(arcs)), placement) for test, arcs in together.items()}


def _executed(
    recorded: RecordedFile, placement: Placement, branches: Mapping[int, frozenset[int]], without: frozenset[int]
) -> Executed:
    run = recorded.arcs_run(without)
    taken = _arcs(run, placement) if branches else frozenset()
    return Executed(
        run=placement.lines(recorded.statements & {end for arc in run for end in arc}),
        taken=frozenset(arc for arc in taken if arc[1] in branches.get(arc[0], ())),
    )


def _branches(recorded: Mapping[int, frozenset[int]], placement: Placement) -> dict[int, frozenset[int]]:
    found: dict[int, frozenset[int]] = {}
    for line, ends in recorded.items():
        present = placement.now(line)
        if present is not None:
            found[present] = frozenset(map(placement.end, ends))
    return found


def _arcs(recorded: Iterable[Arc], placement: Placement) -> frozenset[Arc]:
    return frozenset((placement.end(start), placement.end(end)) for start, end in recorded)
