"""What the critical paths and the evidence tell of one line, for `explain FILE:LINE`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from quality_gate.bench import Bench
from quality_gate.cli._line_failures import failures_text
from quality_gate.codebase.critical_paths import INSIDE, Member, ResolvedPath, Step
from quality_gate.codebase.path_coverage import MemberCoverage, PathCoverage
from quality_gate.errors import Missing
from quality_gate.neutral import neutral
from quality_gate.runs import WITHOUT_ARGUMENTS

_MOST_TESTS = 5
_MOST_MEMBERS = 8


def critical_text(bench: Bench, path: str, line: int) -> Iterator[str]:
    """Which critical paths a line is on and by which calls, what they demand, which tests ran it, what is unknown.

    Args:
        path: relative to the project's root.
    """
    on = [(coverage, found) for coverage in bench.coverage for found in _holding(coverage, path, line)]
    if not on:
        yield "On no critical path."
        return
    for coverage, found in on:
        yield from _path_text(coverage.path, found.member)
    yield from _evidence_text(bench, on[0][0], on[0][1], line)
    yield from failures_text(bench, path, line)
    yield from _unresolved_text(bench, on[0][1].member)


def members_text(bench: Bench, path: str) -> Iterator[str]:
    """Which critical paths a file is on, with its functions on them.

    Args:
        path: relative to the project's root.
    """
    on = {found.name: [one.qualified for one in found.members if one.path == path] for found in bench.critical.paths}
    for name, members in on.items():
        if members:
            yield neutral(f"Critical path {name}: {', '.join(members[:_MOST_MEMBERS])}{_and_more(members)}")
    if not any(on.values()):
        yield "On no critical path."


def _and_more(members: Sequence[str]) -> str:
    more = len(members) - _MOST_MEMBERS
    return f" and {more} more" if more > 0 else ""


def _holding(coverage: PathCoverage, path: str, line: int) -> Iterator[MemberCoverage]:
    """The member that owns the line, its head included."""
    for found in coverage.members:
        definition = found.member.definition
        head = definition.kind != "module" and definition.first <= line <= definition.line
        if found.member.path == path and (head or found.member.owns(line)):
            yield found
            return


def _path_text(path: ResolvedPath, member: Member) -> Iterator[str]:
    declared = path.declared
    owner = f" ({declared.owner})" if declared.owner else ""
    yield neutral(f"Critical path {path.name}{owner}: {declared.why}".rstrip(": "))
    yield (
        f"    Demanded: {declared.line} % of its lines and {declared.branch} % of its branches, together; "
        f"{declared.failure} % of its failure paths"
    )
    chain = path.chain(member)
    yield neutral(f"    From {chain[0].caller if chain else member.name}")
    yield from (neutral(f"      -> {_step(step)}") for step in chain)


def _step(step: Step) -> str:
    if step.how == INSIDE:
        return f"{step.callee}, which stands in it"
    return f"{step.callee}, called at {step.path}:{step.line} ({step.how})"


def _evidence_text(bench: Bench, coverage: PathCoverage, found: MemberCoverage, line: int) -> Iterator[str]:
    for problem in coverage.problems:
        yield neutral(f"    Evidence: {problem}; {coverage.remedy}")
    if found.unproven is not None:
        if not coverage.problems:
            yield neutral(f"    Evidence of {found.member.name}: {found.unproven}; {coverage.remedy}")
        return
    if found.in_part:
        yield neutral(f"    Evidence of {found.member.name}: {found.in_part}; {WITHOUT_ARGUMENTS}")
    yield _line_text(bench, found, line)
    missed = sorted(to for at, to in found.branches - found.taken if at == line)
    if missed:
        yield f"    Branches never taken: to {', '.join(_destination(to) for to in missed)}"
    count = found.line_count
    yield f"    The function: {count.measured} of {count.of} lines, {_branches(found)}"


def _branches(found: MemberCoverage) -> str:
    count = found.branch_count
    return f"{count.measured} of {count.of} branches" if count.of else "no branch"


def _destination(to: int) -> str:
    return f"line {to}" if to > 0 else "the end"


def _line_text(bench: Bench, found: MemberCoverage, line: int) -> str:
    if line not in found.lines:
        return "    This line cannot be run on its own: it is a head, a comment, a continuation or left out."
    if line not in found.run:
        return f"    No test{' that was run anew' if found.in_part else ''} runs this line."
    try:
        tests = bench.runs.tests_of(found.member.path, line)
    except Missing:
        tests = ()
    if not tests:
        return "    This line was run; by which tests the evidence cannot tell."
    more = f" and {len(tests) - _MOST_TESTS} more" if len(tests) > _MOST_TESTS else ""
    shown = ", ".join(neutral(test) for test in tests[:_MOST_TESTS])
    return f"    Run by {len(tests)} {'test' if len(tests) == 1 else 'tests'}: {shown}{more}"


def _unresolved_text(bench: Bench, member: Member) -> Iterator[str]:
    for call in bench.codebase.unresolved_calls(member.name):
        yield neutral(f"    Not resolved, line {call.line}: {call.text}: {call.reason}")
