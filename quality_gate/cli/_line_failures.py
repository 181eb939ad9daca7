"""What can fail at one line, and which test says what happens then, for `explain FILE:LINE`."""

from __future__ import annotations

from collections.abc import Iterator

from quality_gate.bench import Bench
from quality_gate.codebase.path_failures import cells_of, holds
from quality_gate.errors import Missing
from quality_gate.failure_levels import ShownPath
from quality_gate.failure_paths import Waiver
from quality_gate.neutral import neutral
from quality_gate.project_rules.failures._words import called, can_fail, line_of, typed

_MOST_TESTS = 5


def failures_text(bench: Bench, path: str, line: int) -> Iterator[str]:
    """The failure paths of critical code at a line: what each is, how far tests show it, by which tests, and why no
    further.

    Args:
        path: relative to the project's root.
    """
    try:
        found = bench.path_failures
    except Missing as missing:
        yield neutral(f"    Failures: {missing.clause}; {missing.remedy}")
        return
    every = [one for failures in found for one in (*failures.shown, *failures.waived)]
    shown = {one.path.id: one for one in every if one.path.path == path and one.path.stands_at(line)}
    never = {one.id: one for failures in found for one in failures.never if one.path == path and one.stands_at(line)}
    for one in shown.values():
        yield from _shown_text(bench, one)
    for spared in never.values():
        yield neutral(f"    Failure path ({spared.kind}): `{spared.text}`: never counted: {spared.never}")
    for one in [*shown.values()][:1]:
        place = typed(one.path)
        yield neutral(f"    Begin a test for it: quality-gate explain {place} --suggest · quality-gate prove {place}")


def _shown_text(bench: Bench, one: ShownPath) -> Iterator[str]:
    path = one.path
    yield neutral(f"    Failure path ({path.kind}, line {line_of(path)}): {can_fail(path)}")
    for dependency, name in cells_of(path, {}):
        yield neutral(f"        {called(dependency)}: {name}")
    if path.waiver is not None and holds(path.waiver, bench.today):
        yield neutral(
            f"        Not demanded: waived {_until(path.waiver)}by the comment on line {path.waiver.line}: "
            f"{path.waiver.reason}"
        )
    demanded = "as demanded" if one.is_kept else f"{one.demanded} is demanded"
    yield f"        Level: {one.level}, {demanded}"
    if one.tests:
        more = f" and {len(one.tests) - _MOST_TESTS} more" if len(one.tests) > _MOST_TESTS else ""
        yield neutral(f"        Shown by: {', '.join(one.tests[:_MOST_TESTS])}{more}")
    count = len(one.running)
    yield f"        {count} {'test runs' if count == 1 else 'tests run'} the function"
    if one.types:
        yield neutral(f"        Seen: {', '.join(one.types)}")
    if one.why:
        yield neutral(f"        No more because: {one.why}")


def _until(waiver: Waiver) -> str:
    return f"until {waiver.until} " if waiver.until else ""
