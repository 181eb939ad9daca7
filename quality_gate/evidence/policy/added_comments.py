"""Comments that a change adds, told from those whose line it edits."""

from __future__ import annotations

import os
import re
from functools import cached_property
from pathlib import Path

from quality_gate.evidence.git.revisions import NotReadable
from quality_gate.evidence.policy.policy_at_base import BasePolicy
from quality_gate.evidence.sources import read_regular
from quality_gate_checkers.model.text import MAXIMUM_BYTES

_COMMENT = re.compile(rb"#.*")


class AddedComments:
    """Comments of one file.

    Args:
        base: the merge base, where the file may have had another name. root: the project's. file: from there.
    """

    def __init__(self, base: BasePolicy, root: Path, file: str) -> None:
        self._base = base
        self._place = f"{root}{os.sep}{file}"
        self._file = base.folder + file

    def holds(self, line: int) -> bool:
        """Whether the comment on a line has come to the file: it stands there more often than before."""
        lines = self._now
        found = _COMMENT.search(lines[line - 1]) if line <= len(lines) else None
        if found is None:
            return True
        written = found[0].strip()
        return sum(one.strip().endswith(written) for one in lines) > sum(
            one.strip().endswith(written) for one in self._before
        )

    @cached_property
    def _now(self) -> list[bytes]:
        return (read_regular(self._place, MAXIMUM_BYTES) or b"").split(b"\n")

    @cached_property
    def _before(self) -> list[bytes]:
        try:
            was = self._base.revision.renamed.get(self._file, self._file)
            return (self._base.revision.read(was, MAXIMUM_BYTES) or b"").split(b"\n")
        except NotReadable:
            return []
