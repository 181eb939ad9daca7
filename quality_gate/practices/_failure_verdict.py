"""The verdict on the failure paths of one critical path: of all of them, or of those that a change adds or touches."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from quality_gate.bench import Bench
from quality_gate.codebase.path_coverage import Count
from quality_gate.codebase.path_failures import Cell, PathFailures
from quality_gate.failure_levels import ShownPath
from quality_gate.model import (
    CriticalPathFacts,
    DependencyFailures,
    FailureCell,
    FailureFacts,
    Finding,
    Measure,
    Mode,
    Outcome,
    Verdict,
)
from quality_gate.practices._unseen_calls import as_reason, as_sentences, unseen_calls
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
from quality_gate.practices.failure_scenarios import NAME, UNIT
from quality_gate.project_rules.failures._telling import is_touched
from quality_gate.project_rules.failures._words import DOES, called, function_of, line_of
from quality_gate.runs import NEWER_PYTHON, WITHOUT_ARGUMENTS, remedy_of

_CELLS = "dependency failures"
_MOST_CELLS = 2


def failures_verdict(
    bench: Bench, mode: Mode, failures: PathFailures, findings: Sequence[Finding]
) -> Iterator[Verdict]:
    """The verdict on a whole path."""
    own = [finding for finding in findings if finding.critical_path == failures.path.name]
    unread = of_unread(failures.path)
    unseen = unseen_calls(bench, failures)
    counts = bool(failures.shown or failures.demanded_cells)
    unproven = f"{counted(unread)}; {MEND_OR_STOP}" if unread else _why_unproven(failures)
    unproven = unproven or ("" if counts else as_reason(unseen))
    outcome = outcome_of([finding for finding in own if finding.severity == "error" and not finding.known], unproven)
    if outcome is Outcome.KEPT and not counts:
        outcome = Outcome.WAIVED if failures.waived else Outcome.EMPTY
    measures = _measures(failures)
    yield Verdict(
        practice=NAME,
        subject=failures.path.name,
        mode=mode,
        outcome=outcome,
        measured=measures[0].measured,
        demanded=measures[0].demanded,
        of=measures[0].of,
        unit=measures[0].unit,
        reason=_reason(mode, outcome, failures, own, unproven) + and_known(own) + and_deleted(bench, failures.path),
        findings=tuple(own),
        not_looked_at=(
            *unread,
            *_not_looked_at(failures, failures.unknown, len(failures.shown)),
            *as_sentences(failures.path.name, unseen),
        ),
        measures=measures,
        critical_path=_facts(bench, failures),
        decides=decides(outcome, bench.stage),
    )


def new_failures_verdict(
    bench: Bench, mode: Mode, failures: PathFailures, findings: Sequence[Finding]
) -> Iterator[Verdict]:
    """The verdict on the failure paths that a change adds or touches: all of them have to be shown; none where it
    touches none."""
    shown = [one for one in failures.shown if is_touched(bench, one.path)]
    own = [finding for finding in findings if finding.critical_path == failures.path.name and finding.new]
    if not shown and not own and not any(is_touched(bench, one.path) for one in failures.waived):
        return
    unknown = [one for one in shown if one.level == "unknown"]
    unproven = _of_problems(failures) or (_of_unknown(failures, unknown, len(shown)) if unknown else "")
    outcome = outcome_of([finding for finding in own if finding.severity == "error" and not finding.known], unproven)
    yield Verdict(
        practice=NAME,
        subject=failures.path.name,
        mode=mode,
        outcome=outcome,
        measured=sum(one.is_kept for one in shown),
        demanded=len(shown),
        of=len(shown),
        unit=f"touched {UNIT}",
        reason=(unproven or f"new code: {bench.change.description}") + and_deleted(bench, failures.path),
        findings=tuple(own),
        not_looked_at=_not_looked_at(failures, unknown, len(shown)),
        critical_path=_facts(bench, failures),
        decides=decides(outcome, bench.stage),
    )


# -- why it cannot be judged


def _why_unproven(failures: PathFailures) -> str:
    """Why a path cannot be judged, with what to type; empty when it can, or where nothing could help it."""
    if failures.problems or failures.is_certain:
        return _of_problems(failures)
    if failures.unknown:
        return _of_unknown(failures, failures.unknown, len(failures.shown))
    cells = failures.unknown_cells
    if not cells:
        return ""
    what = f"whether a test says what happens when {_spoken(cells[0])}"
    in_part = next((one.in_part for one in cells[0].shown if one.in_part), "")
    remedy = WITHOUT_ARGUMENTS if failures.partial else remedy_of(in_part) if in_part else NEWER_PYTHON
    return f"the evidence cannot tell {what}; {remedy}"


def _of_problems(failures: PathFailures) -> str:
    return f"{counted(failures.problems)}; {failures.remedy}" if failures.problems else ""


def _of_unknown(failures: PathFailures, unknown: Sequence[ShownPath], of: int) -> str:
    first = next((one for one in unknown if one.stale), unknown[0])
    remedy = _remedy(failures, first)
    why = f": {function_of(first.path)}: {first.why}" if first.why else ""
    return f"{len(unknown)} of {of} failure paths are unknown{why}; {remedy}"


def _remedy(failures: PathFailures, first: ShownPath) -> str:
    if failures.partial or first.in_part:
        return WITHOUT_ARGUMENTS
    if first.stale:
        return "type quality-gate test"
    proving = f"type quality-gate prove {failures.path.name}"
    remedy = remedy_of(first.why)
    return f"{proving}, or {remedy}" if remedy == NEWER_PYTHON else proving


def _not_looked_at(failures: PathFailures, unknown: Sequence[ShownPath], of: int) -> tuple[str, ...]:
    about = f"critical path {failures.path.name}"
    told = unknown and not failures.problems  # what is wrong with the whole run says it of every path
    said = [f"{about}: {len(unknown)} of {of} failure paths, of which the evidence cannot tell"] if told else []
    others = len(failures.path.other_files)
    if others:
        said.append(f"{about}: the failure paths of {others} {'file' if others == 1 else 'files'} of other languages")
    return (*said, *failures.problems, *of_part(failures.partial or failures.in_part))


# -- what is said of it


def _measures(failures: PathFailures) -> tuple[Measure, ...]:
    cells = (_measure(_CELLS, failures.cell_count, failures),) if failures.demanded_cells else ()
    if cells and not failures.shown:
        return cells
    return (_measure(UNIT, failures.count, failures), *cells)


def _measure(unit: str, count: Count, failures: PathFailures) -> Measure:
    demanded = count.demanded(failures.path.declared.failure)
    return Measure(unit=unit, measured=count.measured, demanded=demanded, of=count.of)


def _reason(mode: Mode, outcome: Outcome, failures: PathFailures, own: Sequence[Finding], unproven: str) -> str:
    match outcome:
        case Outcome.UNPROVEN:
            return unproven
        case Outcome.EMPTY:
            where = "in its Python" if failures.path.other_files else "on it"
            return f"nothing to measure: nothing {where} can fail"
        case Outcome.WAIVED:
            waived = sum(finding.suppressed is not None for finding in own) or len(failures.waived)
            said = f"{waived} waived by a comment"
        case Outcome.BROKEN:
            said = _missing(failures)
        case _:
            said = f"{len(failures.path.members)} {'function' if len(failures.path.members) == 1 else 'functions'}"
    return observed(said, mode)


def _missing(failures: PathFailures) -> str:
    cells = [cell for cell in failures.untested_cells if cell.is_demanded and cell.waived is None]
    if not cells:
        unrun = sum(one.level == "not run" for one in failures.shown)
        unchecked = sum(one.level == "run" and not one.is_kept for one in failures.shown)
        said = [f"{unrun} in no test"] * bool(unrun) + [f"{unchecked} not checked"] * bool(unchecked)
        return f"below its demand: {', '.join(said)}" if said else "what the change adds is not tested"
    more = f" and {len(cells) - _MOST_CELLS} more" if len(cells) > _MOST_CELLS else ""
    return f"no test says what happens when {', or '.join(map(_spoken, cells[:_MOST_CELLS]))}{more}"


def _spoken(cell: Cell) -> str:
    return f"{called(cell.dependency)} {DOES[cell.name]}"


# -- facts


def _facts(bench: Bench, failures: PathFailures) -> CriticalPathFacts:
    declared = failures.path.declared
    kept = [one for one in failures.shown if one.is_kept]
    return CriticalPathFacts(
        why=declared.why,
        owner=declared.owner,
        members=sum(member.definition.kind != "lambda" for member in failures.path.members),
        dependencies=tuple(_rows(bench, failures)),
        failures=tuple(map(_failure, [*failures.worst, *kept])),
        waived=len(failures.waived),
    )


def _rows(bench: Bench, failures: PathFailures) -> Iterator[DependencyFailures]:
    for dependency in dict.fromkeys(cell.dependency for cell in failures.cells):
        cells = tuple(_cell(bench, cell) for cell in failures.cells if cell.dependency == dependency)
        yield DependencyFailures(dependency=dependency, called=called(dependency), cells=cells)


def _cell(bench: Bench, cell: Cell) -> FailureCell:
    is_new = not bench.change.everything and any(is_touched(bench, one.path) for one in cell.shown)
    return FailureCell(
        name=cell.name,
        level=cell.level,
        is_demanded=cell.is_demanded,
        is_kept=cell.is_kept,
        tests=cell.tests,
        only_proof=cell.only_proof,
        waived=cell.waived,
        is_new=is_new,
    )


def _failure(one: ShownPath) -> FailureFacts:
    path = one.path
    return FailureFacts(
        id=path.id,
        kind=path.kind,
        text=path.text,
        path=path.path,
        line=line_of(path),
        function=path.function,
        level=one.level,
        demanded=one.demanded,
        is_kept=one.is_kept,
        tests=one.tests,
        why=one.why,
        only_proof=one.only_proof,
    )
