"""Practices are run over the bench; what they could not be given makes them UNPROVEN, here and nowhere else."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import TypeAlias

import msgspec

from quality_gate import practices
from quality_gate.bench import Bench, Practice
from quality_gate.errors import Missing
from quality_gate.model import (
    PRACTICES,
    Mode,
    NotAnalysed,
    Outcome,
    PracticeName,
    Stage,
    Verdict,
)
from quality_gate_checkers.plug import collect

NEVER_BLOCKS = frozenset({"impact-review"})


def known_practices() -> list[Practice]:
    """The practices of this installation, in the order of `PRACTICES`."""
    found = collect(practices, Practice)
    return sorted(found, key=lambda practice: PRACTICES.index(practice.name))


Timed: TypeAlias = Callable[[str], AbstractContextManager[None]]
"""Measures what is done inside, by name."""


def _untimed(name: str) -> AbstractContextManager[None]:
    return nullcontext()


def run(bench: Bench, modes: Mapping[str, Mode], timed: Timed = _untimed) -> tuple[Verdict, ...]:
    """Every verdict on what lies on the bench.

    Args:
        modes: what the configuration says of each practice; a practice that it names and that this version does not
            have is UNPROVEN, never left out.
        timed: is told when a practice begins and ends.
    """
    verdicts: list[Verdict] = []
    present = known_practices()
    for practice in present:
        mode = modes.get(practice.name, Mode.OBSERVE)
        with timed(practice.name):
            verdicts += (_decided(verdict) for verdict in _judged(practice, bench, mode))
    absent = [name for name in PRACTICES if name in modes and name not in {practice.name for practice in present}]
    verdicts += (
        _decided(_not_in_this_version(name, modes[name], bench.stage))
        for name in absent
        if modes[name] is not Mode.OBSERVE
    )
    if bench.stage is Stage.CI and not bench.whole:
        from quality_gate.practices._policy_verdict import policy_verdict

        verdicts += policy_verdict(bench)
    return tuple(verdicts)


def _judged(practice: Practice, bench: Bench, mode: Mode) -> list[Verdict]:
    try:
        return list(practice.judge(bench, mode))
    except Missing as missing:
        return [_unproven(practice.name, mode, missing.clause, missing.remedy, bench.stage)]


def _not_in_this_version(name: PracticeName, mode: Mode, stage: Stage) -> Verdict:
    return _unproven(name, mode, "this version cannot judge it", f'write {name} = "observe", or take it out', stage)


def _unproven(name: str, mode: Mode, what: str, remedy: str, stage: Stage) -> Verdict:
    """Missing evidence blocks at the ci stage only (product.md, Stages)."""
    return Verdict(
        practice=name,
        subject=None,
        mode=mode,
        outcome=Outcome.UNPROVEN,
        measured=0,
        demanded=0,
        of=0,
        unit="",
        reason=f"{what}; {remedy}",
        not_looked_at=(what,),
        decides=stage is Stage.CI,
    )


def _decided(verdict: Verdict) -> Verdict:
    decides = verdict.decides and verdict.mode is not Mode.OBSERVE and verdict.practice not in NEVER_BLOCKS
    return verdict if decides == verdict.decides else msgspec.structs.replace(verdict, decides=decides)


def worst(verdicts: Iterable[Verdict]) -> Outcome:
    """The outcome of a report: the worst of the verdicts that decide, EMPTY where none does."""
    order = list(Outcome)
    return min((verdict.outcome for verdict in verdicts if verdict.decides), key=order.index, default=Outcome.EMPTY)


def not_analysed(bench: Bench) -> NotAnalysed:
    """What of the judged files was not analysed."""
    inspections = bench.inspections.values()
    files = sum(inspection.fault is not None for inspection in inspections)
    return NotAnalysed(files=files, calls=sum(inspection.not_resolved for inspection in inspections))


__all__ = ["known_practices", "not_analysed", "run", "worst"]
