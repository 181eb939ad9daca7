"""Critical paths in a report for people: what for, whose, how much of it is run, and where to begin."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from quality_gate.formats._failures import Ink, failure_lines
from quality_gate.model import CriticalPathFacts, FunctionCoverage, LineRange, Measure, Outcome, Verdict
from quality_gate.neutral import neutral

MOST_FUNCTIONS = 5
"""Of a path; the rest is counted."""

_MOST_SPANS = 4
_MOST_ENTRIES = 3


def counted(verdict: Verdict) -> str:
    """The counts of a verdict, measured of demanded: `84 lines of 90 demanded, 25 branches of 24 demanded`; `22 of 29
    files` where all of it is demanded.
    """
    measures = verdict.measures or (
        Measure(unit=verdict.unit, measured=verdict.measured, demanded=verdict.demanded, of=verdict.of),
    )
    return ", ".join(_of_demanded(one) for one in measures if one.of)


def _of_demanded(one: Measure) -> str:
    if one.demanded in (0, one.of):
        return f"{one.measured:,} of {one.of:,} {one.unit}"
    unit = one.unit.removesuffix("es" if one.unit.endswith("ches") else "s") if one.measured == 1 else one.unit
    return f"{one.measured:,} {unit} of {one.demanded:,} demanded"


def blocks(verdicts: Sequence[Verdict], ink: Ink) -> Iterator[str]:
    """A block of lines for each critical path whose members are known: what is run of it, then how it can fail."""
    by_path: dict[str, list[Verdict]] = {}
    for verdict in verdicts:
        if verdict.critical_path is not None and verdict.subject is not None:
            by_path.setdefault(verdict.subject, []).append(verdict)
    for name, held in by_path.items():
        yield "\n".join(_block(name, held, ink))


def _block(name: str, verdicts: Sequence[Verdict], ink: Ink) -> Iterator[str]:
    known = [verdict.critical_path for verdict in verdicts if verdict.critical_path is not None]
    facts = next((one for one in known if one.entries), known[0])
    owner = f"   {neutral(facts.owner)}" if facts.owner else ""
    yield f"{ink(f'Critical path {neutral(name)}', '1')}{owner}"
    if facts.why:
        yield f"   {neutral(facts.why)}"
    yield f"   {_members(facts)}"
    for verdict, one in zip(verdicts, known, strict=True):
        yield from _coverage(verdict, one, ink)
    if facts.unresolved:
        calls = "call" if facts.unresolved == 1 else "calls"
        yield ink(neutral(f"   {facts.unresolved} {calls} not resolved: quality-gate paths {name}"), "2")
    for verdict, one in zip(verdicts, known, strict=True):
        yield from failure_lines(one, verdict.demanded, ink)


def _coverage(verdict: Verdict, facts: CriticalPathFacts, ink: Ink) -> Iterator[str]:
    if verdict.practice == "failure-scenarios":
        return
    if verdict.outcome is not Outcome.UNPROVEN or verdict.of:
        yield from (f"   {_measured(measure)}" for measure in verdict.measures)
        if facts.otherwise:
            yield f"   {_otherwise(facts)}"
    yield from _functions(facts.functions, ink)


def _members(facts: CriticalPathFacts) -> str:
    entries = ", ".join(neutral(entry) for entry in facts.entries[:_MOST_ENTRIES])
    more = len(facts.entries) - _MOST_ENTRIES
    others = f" and {more} more" if more > 0 else ""
    functions = "function" if facts.members == 1 else "functions"
    return f"{facts.members} {functions}, from {entries}{others}" if entries else f"{facts.members} {functions}"


def _measured(measure: Measure) -> str:
    return f"{measure.unit:8} {measure.measured:,} run, {measure.demanded:,} demanded, {measure.of:,} in all"


def _otherwise(facts: CriticalPathFacts) -> str:
    others = "all tests together" if facts.counted_tests == "unit" else "unit tests alone"
    counts = ", ".join(f"{one.measured:,} of {one.of:,} {one.unit}" for one in facts.otherwise)
    counted = "unit tests count" if facts.counted_tests == "unit" else "all tests count"
    return f"{others} run {counts} ({counted})"


def _functions(functions: Sequence[FunctionCoverage], ink: Ink) -> Iterator[str]:
    if not functions:
        return
    shown = functions[:MOST_FUNCTIONS]
    yield "   Worst first:"
    names = [neutral(".".join(found.function.split(".")[-2:])) for found in shown]
    counts = [", ".join(f"{one.measured} of {one.of} {one.unit}" for one in found.measures) for found in shown]
    widths = max(map(len, names)), max(map(len, counts))
    for found, name, count in zip(shown, names, counts, strict=True):
        missing = _missing(found)
        yield f"     {name:{widths[0]}}   {count:{widths[1]}}   {ink(missing, '36')}".rstrip()
    if len(functions) > MOST_FUNCTIONS:
        yield ink(f"     and {len(functions) - MOST_FUNCTIONS} more below the demand", "2")


def _missing(found: FunctionCoverage) -> str:
    if not found.missing:
        return neutral(f"{found.path}:{found.line}")
    shown = ",".join(_span(span) for span in found.missing[:_MOST_SPANS])
    more = len(found.missing) - _MOST_SPANS
    return neutral(f"{found.path}:{shown}") + (f" and {more} more" if more > 0 else "")


def _span(span: LineRange) -> str:
    return str(span.first) if span.first == span.last else f"{span.first}-{span.last}"
