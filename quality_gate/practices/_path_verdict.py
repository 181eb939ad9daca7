"""The verdict on one critical path: all of it, or what a change touches of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from quality_gate.bench import Bench
from quality_gate.codebase.critical_paths import Member, ResolvedPath, unresolved
from quality_gate.codebase.path_coverage import Count, MemberCoverage, PathCoverage
from quality_gate.model import (
    CriticalPathFacts,
    Finding,
    FunctionCoverage,
    Measure,
    Mode,
    Outcome,
    PracticeName,
    Verdict,
)
from quality_gate.practices._verdicts import (
    MEND_OR_STOP,
    and_deleted,
    and_known,
    counted,
    decides,
    observed,
    of_part,
    of_unread,
    outcome_of,
)
from quality_gate.project_rules.coverage._critical import touched
from quality_gate.project_rules.coverage.changed_critical_line_unrun import NAME as CHANGED

NAME: PracticeName = "critical-path-coverage"

_ON_HEAD = "no line but that of `def`, which runs on import; break the line"


def path_verdict(bench: Bench, mode: Mode, coverage: PathCoverage, findings: Sequence[Finding]) -> Verdict:
    """The verdict on a whole path."""
    own = [finding for finding in findings if finding.critical_path == coverage.path.name and not _of_change(finding)]
    unread = of_unread(coverage.path)
    unproven = _of_unread(unread) or _why_unproven(coverage, coverage.unproven)
    outcome = outcome_of([finding for finding in own if finding.severity == "error" and not finding.known], unproven)
    measures = _measures(coverage, coverage.lines, coverage.branches)
    return Verdict(
        practice=NAME,
        subject=coverage.path.name,
        mode=mode,
        outcome=outcome,
        measured=measures[0].measured,
        demanded=measures[0].demanded,
        of=measures[0].of,
        unit=measures[0].unit,
        reason=_reason(mode, outcome, coverage, unproven) + and_known(own) + and_deleted(bench, coverage.path),
        findings=tuple(own),
        not_looked_at=(*unread, *_not_looked_at(coverage, coverage.unproven, coverage.members)),
        measures=measures,
        critical_path=_facts(bench, coverage),
        decides=decides(outcome, bench.stage),
    )


def touched_verdict(bench: Bench, mode: Mode, coverage: PathCoverage, findings: Sequence[Finding]) -> Iterator[Verdict]:
    """The verdict on what a change touches of a path, a file that cannot be analysed too; none where it touches
    nothing of it."""
    members = [found for found in coverage.members if touched(bench, found.member)]
    unread = of_unread(coverage.path, None if bench.change.everything else bench.change.files)
    if not (members or unread):
        return
    names = {found.member.name for found in members}
    own = [
        finding
        for finding in findings
        if finding.critical_path == coverage.path.name and not _of_change(finding) and finding.function in names
    ]
    stale = [found for found in members if found.unproven is not None and not found.in_part]
    unproven = _of_unread(unread) or _why_unproven(coverage, stale, members, whole=False)
    blocking = [finding for finding in own if finding.severity == "error" and not finding.known and finding.new]
    outcome = outcome_of(blocking, unproven)
    yield Verdict(
        practice=NAME,
        subject=coverage.path.name,
        mode=mode,
        outcome=outcome,
        measured=sum(found not in stale and not found.is_wholly_unrun for found in members),
        demanded=len(members),
        of=len(members),
        unit="touched functions",
        reason=(unproven or f"new code: {bench.change.description}") + and_deleted(bench, coverage.path),
        findings=tuple(own),
        not_looked_at=(*unread, *_not_looked_at(coverage, stale, members)),
        critical_path=_facts(bench, coverage),
        decides=decides(outcome, bench.stage),
    )


def _of_change(finding: Finding) -> bool:
    return finding.name == CHANGED


def _of_touched(coverage: PathCoverage, members: Sequence[MemberCoverage]) -> tuple[str, ...]:
    """What is wrong with what is known of some members: a part of the tests is enough where it runs all of them."""
    if any(found.is_wholly_unrun for found in members):
        return coverage.problems
    return tuple(one for one in coverage.problems if one != coverage.partial)


def _of_unread(clauses: Sequence[str]) -> str:
    return f"{counted(clauses)}; {MEND_OR_STOP}" if clauses else ""


def _why_unproven(
    coverage: PathCoverage,
    stale: Sequence[MemberCoverage],
    members: Sequence[MemberCoverage] = (),
    *,
    whole: bool = True,
) -> str:
    """Why a path cannot be judged, with what to type; empty when it can."""
    problems = coverage.problems if whole else _of_touched(coverage, members)
    if problems:
        return f"{counted(problems)}; {coverage.remedy}"
    if stale:
        first = f"{stale[0].member.name}: {stale[0].unproven}"
        more = len(stale) - 1
        others = f", and {more} more {'function' if more == 1 else 'functions'}" if more else ""
        return f"{first}{others}; {coverage.remedy}"
    if not whole:
        return ""
    if not coverage.has_branches and coverage.path.declared.branch:
        return "the evidence knows no branches; record them: quality-gate test"
    if not coverage.lines.measured:
        if coverage.lines.of:
            return f"no test ran a line of it; {coverage.remedy}"
        on_head = any(_is_on_its_head(found.member) for found in coverage.members)
        return f"it has {_ON_HEAD}" if on_head else "no line of it can be run"
    return ""


def _measures(coverage: PathCoverage, lines: Count, branches: Count) -> tuple[Measure, ...]:
    declared = coverage.path.declared
    measured = _measure("lines", lines, declared.line)
    if not coverage.has_branches or not branches.of:
        return (measured,)
    return (measured, _measure("branches", branches, declared.branch))


def _measure(unit: str, count: Count, percent: int) -> Measure:
    return Measure(unit=unit, measured=count.measured, demanded=count.demanded(percent), of=count.of)


def _reason(mode: Mode, outcome: Outcome, coverage: PathCoverage, unproven: str) -> str:
    if outcome is Outcome.UNPROVEN:
        return unproven
    unrun = sum(found.is_wholly_unrun for found in coverage.proven)
    if outcome is Outcome.BROKEN and unrun:
        said = f"{unrun} {'function' if unrun == 1 else 'functions'} with branches run by no test"
    elif outcome is Outcome.BROKEN:
        said = "below its demand"
    else:
        said = f"{len(coverage.members)} {'function' if len(coverage.members) == 1 else 'functions'}"
    return observed(said, mode)


def _not_looked_at(
    coverage: PathCoverage, unproven: Sequence[MemberCoverage], members: Sequence[MemberCoverage]
) -> tuple[str, ...]:
    about = f"critical path {coverage.path.name}"
    of = f"of {len(members)} {'function' if len(members) == 1 else 'functions'}"
    problems = tuple(one for one in coverage.problems if one != coverage.partial)
    stale = unproven and not problems  # what is wrong with the whole run says it of every function
    said = [f"{about}: the coverage of {len(unproven)} {of}, whose evidence is missing or stale"] if stale else []
    flat = [found.member.name for found in members if _is_on_its_head(found.member)]
    if flat:
        more = f" and {len(flat) - 1} more" if len(flat) > 1 else ""
        said.append(f"{about}: whether {flat[0]}{more} ran: {_ON_HEAD}")
    return (*said, *problems, *of_part(coverage.partial or coverage.in_part))


def _is_on_its_head(member: Member) -> bool:
    """Whether it does something, all on the line of its `def`: no coverage can tell whether that was called."""
    definition = member.definition
    return definition.kind == "function" and not member.own and not definition.is_stub


def _facts(bench: Bench, coverage: PathCoverage) -> CriticalPathFacts:
    path = coverage.path
    if bench.critical.remembered is not None:
        return CriticalPathFacts(why=path.declared.why, owner=path.declared.owner, members=len(coverage.members))
    return CriticalPathFacts(
        why=path.declared.why,
        owner=path.declared.owner,
        members=len(coverage.members),
        entries=_entries(path),
        unresolved=sum(1 for _ in unresolved(bench.codebase, path)),
        left_out=tuple(one.sentence for one in path.left_out),
        functions=tuple(_function(found, coverage) for found in coverage.worst),
        counted_tests=bench.counted_tests,
        otherwise=() if coverage.otherwise is None else _measures(coverage, *coverage.otherwise),
    )


def _entries(path: ResolvedPath) -> tuple[str, ...]:
    """What is declared, as people wrote it: a class stays one name."""
    declared = [*(entry.replace(":", ".") for entry in path.declared.entry), *path.declared.include]
    commented = [member.name for member in path.entries if member.declared == "comment"]
    return tuple(dict.fromkeys([*declared, *commented]))


def _function(found: MemberCoverage, coverage: PathCoverage) -> FunctionCoverage:
    declared = coverage.path.declared
    counts = (("lines", found.line_count, declared.line), ("branches", found.branch_count, declared.branch))
    return FunctionCoverage(
        function=found.member.name,
        path=found.member.path,
        line=found.member.definition.line,
        measures=tuple(_measure(unit, count, percent) for unit, count, percent in counts if count.of),
        missing=found.missing,
    )
