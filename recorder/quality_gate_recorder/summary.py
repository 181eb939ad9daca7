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
    """

    meta: Meta
    problems: list[str]
    tests: int
    files: int
    run: int


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
        return Summary(meta, problems, tests, files, run)
