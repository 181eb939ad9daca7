"""What verdicts on critical paths share: their outcomes, who decides, and what is said where there is nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING

from quality_gate.bench import Bench
from quality_gate.model import Finding, Mode, Outcome, PracticeName, Stage, Verdict

if TYPE_CHECKING:  # the commit hook of a project without critical paths needs none of it
    from quality_gate.codebase.critical_paths import ResolvedPath

MEND_OR_STOP = "mend it, or end the path before it with `stop`"
"""What to do about a file that cannot be analysed."""

_MOST = 3
"""Problems in a reason."""

_LONGEST = 120
"""Characters of a problem in a reason: names of failed tests can be many."""


def outcome_of(blocking: Sequence[Finding], unproven: str) -> Outcome:
    """BROKEN where a finding counts, else UNPROVEN where something is, else WAIVED where findings are suppressed."""
    if any(finding.suppressed is None for finding in blocking):
        return Outcome.BROKEN
    if unproven:
        return Outcome.UNPROVEN
    return Outcome.WAIVED if blocking else Outcome.KEPT


def and_known(findings: Sequence[Finding]) -> str:
    """How many findings the baseline holds, as the end of a reason; empty where it holds none."""
    known = sum(finding.known for finding in findings)
    return f"; {known} known in the baseline" if known else ""


def and_deleted(bench: Bench, path: ResolvedPath) -> str:
    """Which tests of a critical path the change deletes, as the end of a reason; empty where it deletes none."""
    about = [test for test in bench.deleted_tests if any(test.speaks_of(member.name) for member in path.members)]
    if not about:
        return ""
    more = len(about) - 1
    return f"; the change deletes {about[0].id}{f' and {more} more' if more else ''}, which named functions of it"


def of_unread(path: ResolvedPath, among: Collection[str] | None = None) -> tuple[str, ...]:
    """Why a path is not known whole, a clause for each file that could not be analysed.

    Args:
        among: of these files only; None for all.
    """
    return tuple(one.clause for one in path.unread if among is None or one.path in among)


def decides(outcome: Outcome, stage: Stage) -> bool:
    """What could not be judged blocks at the ci stage only (product.md, Stages)."""
    return outcome is not Outcome.UNPROVEN or stage is Stage.CI


def counted(problems: Sequence[str]) -> str:
    """Some problems, short, and how many more there are; `not_looked_at` has them whole."""
    more = len(problems) - _MOST
    shown = ", ".join(map(_short, problems[:_MOST]))
    return shown + (f", and {more} more {'problem' if more == 1 else 'problems'}" if more > 0 else "")


def _short(problem: str) -> str:
    if len(problem) <= _LONGEST:
        return problem
    first = problem.partition(": ")[0]
    return first if len(first) <= _LONGEST else f"{problem[: _LONGEST - 1]}…"


def of_part(partial: str) -> tuple[str, ...]:
    """What is said beside a verdict where more may be run than is known: only a part of the tests was chosen, say."""
    if not partial:
        return ()
    from quality_gate.runs import remedy_of  # no run of tests is read on the way to a commit

    return (f"{partial}; {remedy_of(partial)}",)


def observed(said: str, mode: Mode) -> str:
    """A reason, with the word that nothing blocks where that is so."""
    return f"{said}; observed: nothing blocks yet" if mode is Mode.OBSERVE else said


def nothing_declared(practice: PracticeName, mode: Mode) -> Verdict:
    """The verdict where the project declares no critical path."""
    return _none(practice, None, mode, Outcome.EMPTY, "critical paths", "nothing to measure: no critical path declared")


def named_and_not_found(bench: Bench, practice: PracticeName, mode: Mode, unit: str) -> Iterator[Verdict]:
    """Critical paths that only a comment names which stands on no definition."""
    if bench.critical.remembered is not None:
        return
    known = {path.name for path in bench.critical.paths}
    for name, places in sorted(_commented(bench).items()):
        if name not in known:
            reason = f"its comment in {places[0]} stands on no function or class: write it on the line of the `def`"
            unseen = f"critical path {name}: its comment stands on no function or class"
            yield _none(practice, name, mode, Outcome.UNPROVEN, unit, reason, unseen)


def _none(
    practice: PracticeName, subject: str | None, mode: Mode, outcome: Outcome, unit: str, reason: str, *unseen: str
) -> Verdict:
    return Verdict(
        practice=practice,
        subject=subject,
        mode=mode,
        outcome=outcome,
        measured=0,
        demanded=0,
        of=0,
        unit=unit,
        reason=reason,
        not_looked_at=unseen,
    )


def _commented(bench: Bench) -> dict[str, Sequence[str]]:
    found: dict[str, list[str]] = {}
    for path, held in sorted(bench.inspections.items()):
        if held.critical and not bench.is_test(path):
            for name in held.critical:
                found.setdefault(name, []).append(path)
    return dict(found)
