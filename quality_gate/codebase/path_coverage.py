"""Coverage of critical paths: the members' own lines and branches against what test runs did.

Excluded lines (`pragma: no cover`, `exclude_also`, `omit`) count like others: nobody hides critical code. Only what, as
everybody knows, no test can run (class U of failure paths) may stay excluded.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property

import msgspec

from quality_gate.codebase.critical_paths import Member, ResolvedPath
from quality_gate.codebase.later_tests import Since, nothing_since
from quality_gate.config import CriticalPath
from quality_gate.errors import Missing
from quality_gate.model import LineRange
from quality_gate.runs import DATA_ITSELF, WITHOUT_ARGUMENTS, Executed, FileRuns, Runs, left_out, remedy_of

NeverRun = Callable[[str], tuple[LineRange, ...]]
"""A file's path -> the lines of statements that no test can run."""


class Count(msgspec.Struct, frozen=True):
    """So many of so many; decisions are made on these and never on a ratio."""

    measured: int
    of: int

    def demanded(self, percent: int) -> int:
        """How many a demand in percent comes to, rounded up."""
        return -(-self.of * percent // 100)

    def reaches(self, percent: int) -> bool:
        """Whether the demand is met."""
        return self.measured * 100 >= self.of * percent

    def short_of(self, percent: int) -> int:
        """How many are missing to the demand."""
        return max(0, self.demanded(percent) - self.measured)

    def plus(self, other: Count) -> Count:
        """Both together."""
        return Count(self.measured + other.measured, self.of + other.of)


NOTHING = Count(0, 0)


class MemberCoverage(msgspec.Struct, frozen=True, dict=True):
    """What tests ran of one member.

    Args:
        unproven: why nothing is known of it, as a clause; then the rest is empty.
        lines: its own executable lines; `run` those that were run, `excluded` those that the team's own report leaves
            out, `untold` those of which nobody tells whether they were run, each a part of `lines`.
        branches: (line, destination) of its branches; `taken` those that were taken.
        otherwise: what of these was run and taken with the other choice of tests; None where there is no other.
        in_part: why more of it may be run: only a part of the tests has run it anew, as `Runs.in_part` has it, or a
            coverage report does not tell of all of it.
    """

    member: Member
    unproven: str | None = None
    lines: frozenset[int] = frozenset()
    run: frozenset[int] = frozenset()
    excluded: frozenset[int] = frozenset()
    branches: frozenset[tuple[int, int]] = frozenset()
    taken: frozenset[tuple[int, int]] = frozenset()
    otherwise: Executed | None = None
    in_part: str = ""
    untold: frozenset[int] = frozenset()

    @property
    def line_count(self) -> Count:
        """Lines run of its lines."""
        return Count(len(self.run), len(self.lines))

    @property
    def branch_count(self) -> Count:
        """Branches taken of its branches."""
        return Count(len(self.taken), len(self.branches))

    @property
    def is_run(self) -> bool:
        """Whether nothing of it is left to run."""
        return self.unproven is None and self.run == self.lines and self.taken == self.branches

    @property
    def is_wholly_unrun(self) -> bool:
        """Whether it has a branch and no line of it was run: no path is kept with such a member."""
        return bool(self.branches and self.lines and not self.run)

    @cached_property
    def missing(self) -> tuple[LineRange, ...]:
        """Lines that were not run; what lies between two of them and cannot be run does not part them."""
        return tuple(spans_of(self.lines - self.run - self.untold, self.lines))

    def short_of(self, declared: CriticalPath) -> int:
        """How many lines and branches it alone is short of the path's demand."""
        return self.line_count.short_of(declared.line) + self.branch_count.short_of(declared.branch)


class PathCoverage(msgspec.Struct, frozen=True, dict=True):
    """What tests ran of a critical path.

    Args:
        members: in the path's order; lambdas are part of the function that they stand in.
        has_branches: whether the evidence knows branches.
        problems: why the numbers cannot be trusted, a clause each.
        remedy: what to type then.
        partial: that only a part of the tests was chosen; one of the problems where the others could meet the demand.
        in_part: why more of some members may be run, which are proven where what was run of them is enough.
    """

    path: ResolvedPath
    members: tuple[MemberCoverage, ...]
    has_branches: bool = True
    problems: tuple[str, ...] = ()
    remedy: str = "type quality-gate test"
    partial: str = ""
    in_part: str = ""

    @cached_property
    def proven(self) -> tuple[MemberCoverage, ...]:
        """Members whose evidence holds."""
        return tuple(found for found in self.members if found.unproven is None)

    @cached_property
    def unproven(self) -> tuple[MemberCoverage, ...]:
        """Members whose evidence is missing or stale."""
        return tuple(found for found in self.members if found.unproven is not None)

    @cached_property
    def lines(self) -> Count:
        """Lines of all proven members together."""
        return _sum(found.line_count for found in self.proven)

    @cached_property
    def branches(self) -> Count:
        """Branches of all proven members together."""
        return _sum(found.branch_count for found in self.proven)

    @cached_property
    def otherwise(self) -> tuple[Count, Count] | None:
        """Lines and branches with the other choice of tests (`counted-tests`); None where there is no other."""
        if not any(found.otherwise is not None for found in self.proven):
            return None
        runs = [found.otherwise or Executed(found.run, found.taken) for found in self.proven]
        lines, branches = sum(len(one.run) for one in runs), sum(len(one.taken) for one in runs)
        return Count(lines, self.lines.of), Count(branches, self.branches.of)

    @property
    def is_below(self) -> bool:
        """Whether it misses its demand whatever the unproven members would bring."""
        declared = self.path.declared
        if self.path.unread:
            return False  # nobody knows how many lines more it has
        if self.unproven:
            most = sum(span.last - span.first + 1 for found in self.unproven for span in found.member.own)
            return not self.lines.plus(Count(most, most)).reaches(declared.line)
        return not (self.lines.reaches(declared.line) and self.branches.reaches(declared.branch))

    @property
    def is_kept(self) -> bool:
        """Whether nothing that is known of it breaks it."""
        return not self.is_below and not any(found.is_wholly_unrun for found in self.proven)

    @property
    def worst(self) -> list[MemberCoverage]:
        """Members below the demand: wholly unrun ones with a branch first, then by how much they fall short."""
        short = [(found.short_of(self.path.declared), found) for found in self.proven]
        below = [(missing, found) for missing, found in short if missing or found.is_wholly_unrun]
        below.sort(key=lambda one: (not one[1].is_wholly_unrun, -one[0], one[1].member.name))
        return [found for _, found in below]


def _sum(counts: Iterable[Count]) -> Count:
    total = NOTHING
    for count in counts:
        total = total.plus(count)
    return total


def measure(
    path: ResolvedPath, runs: Runs | Missing, never_run: NeverRun, since: Since = nothing_since
) -> PathCoverage:
    """Lay the evidence over a critical path.

    Args:
        runs: the evidence, or why there is none.
        never_run: asked only about files of which the team's own report leaves something out.
        since: asked only about functions that are not run, where that decides.
    """
    members = [member for member in path.members if member.definition.kind != "lambda"]
    if isinstance(runs, Missing):
        reason = runs.clause
        return PathCoverage(
            path, tuple(MemberCoverage(member, reason) for member in members), True, (reason,), runs.remedy
        )
    files = _Files(runs, never_run)
    found = tuple(files.member(member) for member in members)
    if path.problems:
        return PathCoverage(path, found, files.have_branches, path.problems, "mend it: the gate cannot read it")
    known = _of_later_tests(PathCoverage(path, found, files.have_branches, runs.problems), since)
    return _of_part(_run_in_part(known), runs.partial)


def _of_later_tests(found: PathCoverage, since: Since) -> PathCoverage:
    """What is not kept is not known where tests may run it that nobody has recorded."""
    if found.is_kept:
        return found
    members = tuple(
        MemberCoverage(one.member, why)
        if one.unproven is None and not one.is_run and (why := since(one.member.path, one.member.qualified))
        else one
        for one in found.members
    )
    return msgspec.structs.replace(found, members=members)


def _run_in_part(found: PathCoverage) -> PathCoverage:
    """What is run of members of which more may be run counts where it is enough; where it is not, no more is known of
    them."""
    remedies = {remedy_of(member.unproven or "") for member in found.unproven}
    for remedy in remedies.intersection((WITHOUT_ARGUMENTS, DATA_ITSELF)):
        found = msgspec.structs.replace(found, remedy=remedy)
    told = [f"{member.member.name}: {member.in_part}" for member in found.members if member.in_part]
    if not told:
        return found
    more = f" (and {len(told) - 1} more)" if len(told) > 1 else ""
    said = f"{told[0]}{more}"
    if found.is_kept or all(member.is_run or not member.in_part for member in found.members):
        return msgspec.structs.replace(found, in_part=said)
    members = tuple(
        MemberCoverage(member.member, member.in_part, in_part=member.in_part)
        if member.in_part and not member.is_run
        else member
        for member in found.members
    )
    return msgspec.structs.replace(found, members=members, in_part=said, remedy=remedy_of(" ".join(told)))


def _of_part(found: PathCoverage, partial: str) -> PathCoverage:
    """More tests can only run more: what a part of them does not keep is not known, what it keeps is kept."""
    if not partial:
        return found
    if found.is_kept:
        return msgspec.structs.replace(found, partial=partial)
    problems = (*found.problems, partial)
    return msgspec.structs.replace(found, problems=problems, remedy=remedy_of(partial), partial=partial)


class _Files:
    """The files' evidence, fetched once each."""

    def __init__(self, runs: Runs, never_run: NeverRun) -> None:
        self._runs = runs
        self._never_run = never_run
        self._known: dict[str, tuple[FileRuns | None, str]] = {}
        self._spared: dict[str, frozenset[int]] = {}
        self._statements: dict[str, list[int]] = {}
        self.have_branches = True

    def member(self, member: Member) -> MemberCoverage:
        """What is known of one member."""
        held, reason = self._file(member.path)
        if held is None:
            return MemberCoverage(member, reason)
        stale = self._runs.stale(member.path, member.qualified)
        if stale is not None:
            return MemberCoverage(member, stale)
        self.have_branches &= held.has_branches
        spared = self._spared_in(member.path, held)
        own = lines_within(self._sorted(member.path, held), member.own)
        untold = untold_among(own, held)
        why = self._runs.in_part(member.path, member.qualified)
        return _in_part(_member(member, held, own - spared, spared, untold), why or why_untold(own - spared, held))

    def _sorted(self, path: str, held: FileRuns) -> list[int]:
        if path not in self._statements:
            self._statements[path] = sorted(held.statements)
        return self._statements[path]

    def _file(self, path: str) -> tuple[FileRuns | None, str]:
        if path not in self._known:
            try:
                held, reason = self._runs.file(path), "no test run has seen its file"
            except Missing as missing:  # one file's evidence is unreadable: the other files keep theirs
                held, reason = None, missing.clause
            self._known[path] = held, reason
        return self._known[path]

    def _spared_in(self, path: str, held: FileRuns) -> frozenset[int]:
        """Excluded lines that no test can run."""
        if not held.excluded:
            return frozenset()
        if path not in self._spared:
            self._spared[path] = lines_within(sorted(held.excluded), self._never_run(path))
        return self._spared[path]


def untold_among(own: frozenset[int], held: FileRuns) -> frozenset[int]:
    """Lines of a function of which nobody tells whether they were run; none where it certainly was not.

    Args:
        own: all its executable lines.
    """
    first = min(own, default=0)
    is_entered = first in held.run or first in held.untold  # whoever calls it runs its first line
    return own & held.untold if is_entered else frozenset()


def why_untold(own: frozenset[int], held: FileRuns) -> str:
    """Why more of a function may be run than is told, as a clause; empty where all of it is told."""
    untold = untold_among(own, held)
    is_dark = any(line in own and line in held.run | untold for line, _ in held.untold_branches)
    return left_out(len(untold)) if untold or is_dark else ""


def _member(
    member: Member, held: FileRuns, lines: frozenset[int], spared: frozenset[int], untold: frozenset[int]
) -> MemberCoverage:
    branches = frozenset(_branches(held, lines, spared))
    other = held.otherwise
    return MemberCoverage(
        member,
        unproven=None,
        lines=lines,
        run=lines & held.run,
        excluded=lines & held.excluded,
        branches=branches,
        taken=branches & held.taken,
        otherwise=None if other is None else Executed(lines & other.run, branches & other.taken),
        untold=lines & untold,
    )


def _in_part(found: MemberCoverage, why: str) -> MemberCoverage:
    """A member of which more may be run than is known."""
    if not why:
        return found
    known = found.run or found.is_run
    return msgspec.structs.replace(found, in_part=why) if known else MemberCoverage(found.member, why)


def _branches(held: FileRuns, lines: frozenset[int], spared: frozenset[int]) -> Iterator[tuple[int, int]]:
    for line in lines & held.branches.keys():
        destinations = held.branches[line] - spared
        if len(destinations) > 1 or len(held.branches[line]) == 1:  # other languages count blocks, one way each
            yield from ((line, destination) for destination in destinations)


def lines_within(lines: Sequence[int], spans: Iterable[LineRange]) -> frozenset[int]:
    """The lines that lie in any of some spans.

    Args:
        lines: sorted.
    """
    return frozenset(
        line for span in spans for line in lines[bisect_left(lines, span.first) : bisect_right(lines, span.last)]
    )


def spans_of(wanted: Iterable[int], among: Iterable[int]) -> Iterator[LineRange]:
    """Runs of lines, in order.

    Args:
        wanted: the lines.
        among: the lines that part two runs where they are not wanted; all others do not.
    """
    chosen = frozenset(wanted)
    first: int | None = None
    last = 0
    for line in sorted(chosen.union(among)):
        if line in chosen:
            first = line if first is None else first
            last = line
        elif first is not None:
            yield LineRange(first, last)
            first = None
    if first is not None:
        yield LineRange(first, last)
