"""Keeps a run of all tests, and the parts that were run since, beside the evidence of the last run.

`evidence.db` is the last run. Where that was one of a part, `evidence-0.db` is the run of all tests before it and
`evidence-1.db` and so on are the parts between them, in their order; `Meta.beside` of the last one names them by when
they began, so that evidence from elsewhere is never taken together with what lies here.
"""

from __future__ import annotations

import json
import os
import sqlite3
import stat
from collections.abc import Iterator, Mapping
from contextlib import closing, suppress
from pathlib import Path
from typing import NamedTuple

from quality_gate_recorder.evidence_file import Evidence, Meta, read_head
from quality_gate_recorder.packing import name_from_blob

MOST_KEPT = 9
"""A run of all tests and eight parts: each is read whenever anybody asks."""

_WENT_WELL = frozenset({"0", "1"})
"""pytest's exit codes of runs that came to their end, failed tests or not."""

_RAN_NOTHING = frozenset({"4", "5"})
"""Of a run that was called wrongly, or found no test."""

_STEPS = 100_000
_LEAST_STEPS = 100


class _Run(NamedTuple):
    """What is to be known of a run to keep it. `tests` are their outcomes by id."""

    meta: Meta
    problems: list[str]
    tests: Mapping[str, str]

    @property
    def is_part(self) -> bool:
        return self.meta.chosen == "1"

    @property
    def went_well(self) -> bool:
        """Whether it tells of all tests that it began with."""
        ended = bool(self.meta.finished) and self.meta.exit_status in _WENT_WELL
        return ended and not self.problems and "unknown" not in self.tests.values()

    @property
    def did_nothing(self) -> bool:
        """Whether it came to its end before any test: a name was misspelt, nothing is marked so."""
        return bool(self.meta.finished) and not self.tests and self.meta.exit_status in _RAN_NOTHING


class Others(NamedTuple):
    """What is kept beside a part: when the run of all tests began, and how many tests are not in the part."""

    started: str
    tests: int


def kept_at(place: Path, number: int) -> Path:
    """Where the run of all tests (0) or a part since lies.

    Args:
        place: of the last run's evidence.
    """
    return place.with_name(f"{place.stem}-{number}{place.suffix}")


def set_aside(place: Path) -> None:
    """Move the last run's evidence aside, before another run writes its own.

    Raises:
        OSError: it cannot be moved.
    """
    last = _run_in(place)
    if last is not None and last.did_nothing:
        return
    if last is None or (last.meta.finished and not last.is_part):
        drop(place)
    if last is None:
        return
    kept = sum(1 for _ in kept_in(place))
    is_whole = last.went_well and not last.is_part
    if is_whole or 0 < kept < MOST_KEPT:
        os.replace(place, kept_at(place, kept))
    elif kept:
        drop(place)


def settle(place: Path, last: Evidence) -> str:
    """Leave of what was kept what can be taken together with a run that is about to be written; for `Meta.beside`.

    Args:
        last: that run; its own `beside` does not count.
    """
    run = _Run(last.meta, last.problems, {nodeid: test.outcome for nodeid, test in last.tests.items()})
    if not run.is_part and not run.did_nothing:
        drop(place)
        return ""
    if not run.went_well:  # what it was about to tell is not known; the next part may tell it
        return ""
    begun = _run_in(place)
    if begun is None or begun.meta.started != last.meta.started:  # another run has begun meanwhile
        drop(place)
        return ""
    try:
        return _settled(place, run)
    except OSError:
        drop(place)
        return ""


def _settled(place: Path, last: _Run) -> str:
    kept = [(at, _run_in(at)) for at in kept_in(place)]
    stay = [(at, run) for number, (at, run) in enumerate(kept) if not number or not _is_replaced(run, last)]
    runs = [run for _, run in stay if run is not None and run.went_well]
    if not runs or len(runs) < len(stay) or [run.is_part for run in runs] != [False] + [True] * (len(runs) - 1):
        drop(place)
        return ""
    for at, _ in kept:
        if at not in {one for one, _ in stay}:
            at.unlink()
    for number, (at, _) in enumerate(stay):
        os.replace(at, kept_at(place, number))
    return json.dumps([run.meta.started for run in runs])


def _is_replaced(run: _Run | None, by: _Run) -> bool:
    """Whether all that a part told, or was about to tell, is told anew."""
    if run is None:
        return False
    same = run.went_well or run.meta.arguments == by.meta.arguments
    return same and (run.is_part or not run.meta.finished) and run.tests.keys() <= by.tests.keys()


def others_beside(place: Path) -> Others | None:
    """What is kept beside the last run; None where nothing is."""
    last = _run_in(place)
    if last is None or not last.meta.beside:
        return None
    runs = [run for run in map(_run_in, kept_in(place)) if run is not None]
    known = {nodeid for run in runs for nodeid in run.tests}
    return Others(runs[0].meta.started, len(known - last.tests.keys())) if runs else None


def drop(place: Path) -> None:
    """Keep nothing; what cannot be removed stands in no `Meta.beside` any more."""
    for at in list(kept_in(place)):
        with suppress(OSError):
            at.unlink()


def kept_in(place: Path) -> Iterator[Path]:
    """The files that are kept beside the last run's."""
    number = 0
    while os.path.lexists(at := kept_at(place, number)):
        yield at
        number += 1


def _run_in(place: Path) -> _Run | None:
    """None where nothing lies that can be read, in a time that its size allows."""
    try:
        found = os.lstat(place)
        if not stat.S_ISREG(found.st_mode):
            return None
        with closing(sqlite3.connect(f"{place.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
            left = iter(range(_LEAST_STEPS + found.st_size // _STEPS))
            connection.set_progress_handler(lambda: next(left, None) is None, _STEPS)
            meta, problems = read_head(connection)
            tests = {name_from_blob(nodeid): outcome for nodeid, outcome in connection.execute(_TESTS)}
            return _Run(meta, problems, tests)
    except (OSError, ValueError, TypeError, AttributeError, sqlite3.Error, sqlite3.Warning):
        return None


_TESTS = "SELECT nodeid, outcome FROM test"
