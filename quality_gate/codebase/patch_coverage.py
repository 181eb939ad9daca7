"""Coverage of changed lines: which of them can be run, which a test ran, and which lie on a critical path."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import msgspec

from quality_gate.codebase.critical_paths import CriticalPaths, Member, member_of
from quality_gate.codebase.graph import Definition
from quality_gate.codebase.later_tests import Since, nothing_since
from quality_gate.codebase.path_coverage import Count, NeverRun, lines_within, untold_among
from quality_gate.errors import Missing
from quality_gate.model import Change, LineRange
from quality_gate.runs import FileRuns, Runs, left_out, remedy_of

DEMAND = 80
"""Percent of the changed lines."""

FEW = 20
"""With fewer changed lines no ratio is judged: every changed line on a critical path must be run."""

DefinitionsIn = Callable[[str], Sequence[Definition]]


class ChangedLine(msgspec.Struct, frozen=True, array_like=True):
    """A changed line that can be run.

    Args:
        function: the name of the definition whose own it is.
        critical: critical paths that it lies on.
    """

    path: str
    line: int
    function: str
    run: bool
    critical: tuple[str, ...] = ()


class UnprovenPart(msgspec.Struct, frozen=True, array_like=True):
    """Changed lines of one function of which nothing is known.

    Args:
        lines: how many source lines of it changed: no fewer than can be run.
        reason: as a clause.
    """

    path: str
    function: str
    lines: int
    reason: str


class PatchCoverage(msgspec.Struct, frozen=True):
    """What tests ran of a change.

    Args:
        lines: changed lines that can be run and whose evidence holds.
        unproven: the others.
        problems: why the numbers cannot be trusted, a clause each. remedy: what to type then.
    """

    lines: tuple[ChangedLine, ...] = ()
    unproven: tuple[UnprovenPart, ...] = ()
    problems: tuple[str, ...] = ()
    remedy: str = "type quality-gate test"

    @property
    def most(self) -> int:
        """No more lines than this have changed."""
        return len(self.lines) + sum(part.lines for part in self.unproven)

    @property
    def is_small(self) -> bool:
        """Whether the change is certainly too small for a ratio."""
        return self.most < FEW

    @property
    def is_large(self) -> bool:
        """Whether a ratio is certainly judged."""
        return len(self.lines) >= FEW

    @property
    def all_count(self) -> Count:
        """Changed lines run."""
        return Count(sum(line.run for line in self.lines), len(self.lines))

    @property
    def critical_count(self) -> Count:
        """Changed lines on critical paths run."""
        critical = [line for line in self.lines if line.critical]
        return Count(sum(line.run for line in critical), len(critical))

    @property
    def is_below(self) -> bool:
        """Whether the ratio is missed whatever the unproven lines would bring."""
        rest = self.most - len(self.lines)
        return self.is_large and not self.all_count.plus(Count(rest, rest)).reaches(DEMAND)

    @property
    def is_missed(self) -> bool:
        """Whether what is demanded of the change is missed, by its ratio or by critical lines."""
        return self.is_below or (self.is_small and not self.critical_count.reaches(100))


def measure_patch(
    change: Change,
    paths: Iterable[str],
    critical: CriticalPaths,
    definitions_in: DefinitionsIn,
    runs: Runs | Missing,
    never_run: NeverRun,
    since: Since = nothing_since,
) -> PatchCoverage:
    """Lay the evidence over a change.

    Args:
        paths: files of production code that are judged.
        definitions_in: what a file defines, the module first.
        since: asked only about functions of which a changed line is not run.
    """
    changed = sorted(path for path in paths if change.holds(path))
    if isinstance(runs, Missing):
        reason = runs.clause
        touched = any(change.everything or change.lines.get(path) for path in changed)
        return PatchCoverage((), (), (reason,) if touched else (), runs.remedy)
    measuring = _Measuring(change, critical, runs, never_run, since)
    for path in changed:
        measuring.file(path, definitions_in(path))
    found = PatchCoverage(tuple(measuring.lines), tuple(measuring.unproven), measuring.problems)
    found = _run_in_part(found, measuring.open)
    if not runs.partial or not found.is_missed:
        return found
    return PatchCoverage(found.lines, found.unproven, (*found.problems, runs.partial), remedy_of(runs.partial))


def _run_in_part(found: PatchCoverage, may_run: Mapping[tuple[str, int], str]) -> PatchCoverage:
    """What is known to be run of functions of which more may be counts where it is enough; where it is not, those other
    lines are not known.

    Args:
        may_run: why a line that is not known to be run may be, by its file and number.
    """
    if not may_run or not found.is_missed:
        return found
    whys = [may_run.get((line.path, line.line), "") for line in found.lines]
    counts = Counter((line.path, line.function, why) for line, why in zip(found.lines, whys, strict=True) if why)
    unproven = tuple(UnprovenPart(path, function, count, why) for (path, function, why), count in counts.items())
    lines = tuple(line for line, why in zip(found.lines, whys, strict=True) if not why)
    return PatchCoverage(lines, (*found.unproven, *unproven), found.problems, remedy_of(" ".join(whys)))


class _Measuring:
    """Gathers changed lines, file by file."""

    def __init__(self, change: Change, critical: CriticalPaths, runs: Runs, never_run: NeverRun, since: Since) -> None:
        self._change = change
        self._since = since
        self._runs = runs
        self._never_run = never_run
        self._critical: dict[tuple[str, str], list[str]] = {}
        for path in critical.paths:
            for member in path.members:
                self._critical.setdefault((member.path, member.name), []).append(path.name)
        self.lines: list[ChangedLine] = []
        self.unproven: list[UnprovenPart] = []
        self.open: dict[tuple[str, int], str] = {}
        """Why a line that is not known to be run may be, by its file and number."""

    @property
    def problems(self) -> tuple[str, ...]:
        """What is wrong with the run, where the change has anything to do with it."""
        return self._runs.problems if self.lines or self.unproven else ()

    def file(self, path: str, held: Sequence[Definition]) -> None:
        """Add every changed line of a file, or why nothing is known of those of a function.

        Args:
            held: what the file defines, the module first; nothing where it could not be analysed.
        """
        spans = self._change.lines.get(path, ())
        if self._change.everything and held:
            spans = (LineRange(1, held[0].last),)
        evidence, reason = self._evidence(path) if spans else (None, "")
        by_name = {one.name: one for one in reversed(held) if one.kind in ("module", "function")}
        for definition in reversed(by_name.values()):
            self._function(member_of(held, definition), spans, evidence, reason)

    def _evidence(self, path: str) -> tuple[FileRuns | None, str]:
        try:
            return self._runs.file(path), "no test run has seen its file"
        except Missing as missing:
            return None, missing.clause

    def _function(self, member: Member, spans: Sequence[LineRange], evidence: FileRuns | None, reason: str) -> None:
        common = tuple(_common(member.own, spans))
        if not common:
            return
        stale = self._runs.stale(member.path, member.qualified) if evidence is not None else reason
        if evidence is None or stale is not None:
            size = sum(span.last - span.first + 1 for span in common)
            self.unproven.append(UnprovenPart(member.path, member.name, size, stale or reason))
            return
        critical = tuple(self._critical.get((member.path, member.name), ()))
        why = self._runs.in_part(member.path, member.qualified)
        lines = self._counted(member.path, evidence, common, critical=bool(critical))
        if not why and not evidence.run.issuperset(lines):
            why = self._since(member.path, member.qualified)
        own = lines_within(sorted(evidence.statements), member.own) if evidence.untold else frozenset()
        untold = untold_among(own, evidence)
        for line in lines:
            self.lines.append(ChangedLine(member.path, line, member.name, line in evidence.run, critical))
            if line not in evidence.run and (why or line in untold):
                self.open[member.path, line] = why or left_out(len(untold))

    def _counted(self, path: str, evidence: FileRuns, common: Sequence[LineRange], *, critical: bool) -> list[int]:
        """Lines that can be run; what the team excludes is left out outside critical paths only."""
        lines = lines_within(sorted(evidence.statements), common)
        hidden = lines & evidence.excluded
        if critical and hidden:
            hidden = lines_within(sorted(hidden), self._never_run(path))
        return sorted(lines - hidden)


def _common(own: Sequence[LineRange], spans: Sequence[LineRange]) -> Iterator[LineRange]:
    for one in own:
        for span in spans:
            if one.first <= span.last and span.first <= one.last:
                yield LineRange(max(one.first, span.first), min(one.last, span.last))
