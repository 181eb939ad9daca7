"""What a run's end is told from, without reading all that its tests did."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from quality_gate_recorder.evidence_file import Meta, read_head


class Summary(NamedTuple):
    """An evidence file in short.

    Args:
        tests, files: how many it knows. run: of how many files something was run.
        outcomes: the words for how its tests ended.
    """

    meta: Meta
    problems: list[str]
    tests: int
    files: int
    run: int
    outcomes: frozenset[str] = frozenset()

    @property
    def ran_nothing(self) -> str:
        """Why a run that came to its end tells nothing of any test, as a clause; empty where it does, or where it is
        the project's doing that there is none."""
        status = self.meta.exit_status
        if not self.meta.finished or self.problems:
            return ""
        if status == "4" and not self.tests:
            return "pytest was called wrongly"
        if status == "5" and not self.tests and self.meta.chosen == "1":
            return "pytest found no such test"
        if status != "0" or not self.tests or not self.outcomes <= {"unknown", "skipped"}:
            return ""
        return "all tests were skipped" if self.outcomes == {"skipped"} else "pytest ran no test"


def summary_of(place: Path) -> Summary:
    """Read a file of one's own.

    Raises:
        ValueError: it is of another format.
        sqlite3.Error: it is no such file.
    """
    with closing(sqlite3.connect(f"{place.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
        meta, problems = read_head(connection)
        counts = "(SELECT count(*) FROM test), (SELECT count(*) FROM file), count(DISTINCT file_id)"
        tests, files, run = connection.execute(f"SELECT {counts} FROM executed").fetchone()
        outcomes = frozenset(outcome for (outcome,) in connection.execute("SELECT DISTINCT outcome FROM test"))
        return Summary(meta, problems, tests, files, run, outcomes)
