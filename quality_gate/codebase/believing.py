"""What is left of the levels of failure paths where the evidence is not whole."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import msgspec

from quality_gate.codebase.later_tests import Since
from quality_gate.failure_levels import ShownPath


class Believed:
    """What can be believed of a path whose evidence is not whole.

    What a run that went wrong did not see, nobody knows: a test that failed, or never ran, may make it happen; where
    only a part of the tests was chosen another one may check more than these; and so may one that nobody has recorded.

    Args:
        problems: of the run, a clause each. partial: that only a part was chosen, as a clause.
    """

    def __init__(self, problems: Sequence[str], partial: str, since: Since) -> None:
        self._problem = next(iter(problems), "")
        self._partial = partial
        self._since = cache(since)

    def of(self, one: ShownPath) -> ShownPath:
        """A path as far as it can be believed."""
        if one.level == "unknown":
            return one
        if self._problem:
            return _unknown(one, self._problem) if one.level == "not run" else one
        if self._partial:
            return one if one.is_kept else _unknown(one, self._partial)
        if one.in_part or (one.is_kept and len(one.path.families) < 2):
            return one
        why = self._since(one.path.path, one.path.function)
        if one.is_kept:  # one of its failures may be shown by these tests alone
            return msgspec.structs.replace(one, in_part=why)
        return msgspec.structs.replace(_unknown(one, why), stale=True) if why else one


def _unknown(one: ShownPath, why: str) -> ShownPath:
    return msgspec.structs.replace(one, level="unknown", tests=(), why=why)
