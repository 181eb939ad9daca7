"""Raises and handlers that a change adds or touches, outside of every critical path (failure-paths.md, 2.3)."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Sequence

from quality_gate.codebase.graph import Codebase, functions_in
from quality_gate.codebase.later_tests import Since, nothing_since
from quality_gate.codebase.path_failures import holds
from quality_gate.errors import Missing
from quality_gate.failure_levels import ShownPath, ShownPaths
from quality_gate.failure_paths import FailureKind, FailurePath
from quality_gate.model import Change
from quality_gate.runs import Runs

_LOOKED_AT: frozenset[FailureKind] = frozenset({"raise", "re-raise", "handler", "validation"})

ShownIn = Callable[[Sequence[str]], ShownPaths]
"""Names of functions -> their failure paths that count, with how far tests show them."""


def changed_failures(
    codebase: Codebase,
    change: Change,
    files: Iterable[str],
    critical: frozenset[str],
    runs: Runs | Missing,
    shown_in: ShownIn,
    today: datetime.date,
    since: Since = nothing_since,
) -> tuple[ShownPath, ...]:
    """Those of which it is known how far tests show them; none where the evidence is not whole, or everything is new.

    Args:
        files: of production code. critical: names of all members of critical paths, which are told with these.
        today: the day on which waivers are looked at.
        since: what tests that nobody has recorded may show is not known.
    """
    if isinstance(runs, Missing) or runs.problems or runs.partial or change.everything:
        return ()
    names = [
        one.name
        for file in files
        if change.holds(file)
        for one in functions_in(codebase, file)
        if one.name not in critical and change.touches(file, one.first, one.last)
    ]
    found = shown_in(list(dict.fromkeys(names))).shown if names else ()
    known = (one for one in found if one.level != "unknown" and _is_meant(one.path, change, today))
    return tuple(one for one in known if one.is_kept or not since(one.path.path, one.path.function))


def _is_meant(path: FailurePath, change: Change, today: datetime.date) -> bool:
    is_one = path.kind in _LOOKED_AT and path.leaves_by != "return" and not holds(path.waiver, today)
    return is_one and any(change.touches(path.path, first, last) for first, last in path.spans)
