"""What is to be proven, as `quality-gate prove` hands it to the process that runs the project's tests; and what comes
back, a line of JSON a mutant."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field
from typing import Literal, NamedTuple

VARIABLE = "QUALITY_GATE_PROVING"
"""Environment variable that names the job's file."""

LEAST = 5.0
"""Seconds that a mutant's tests have at least."""

TIMES = 5
"""So many times what they took without it."""

End = Literal["killed", "survived", "alike", "unknown"]
"""`alike`: it survived, and fails with the same exception wherever a test comes to it."""


class Change(NamedTuple):
    """A mutant.

    Args:
        place: absolute path of the file. start, end: bytes of its text in UTF-8 that `text` replaces.
        within: the function that is changed and those around it: name and first line.
        tests: places in `Job.tests`. seconds: what these took when they were recorded.
        telling: so many of them, from the first, are run before the others.
        taken: last names of the exceptions that are not raised any more; where the function ends with one of them all
            the same, that is told.
    """

    place: str
    start: int
    end: int
    text: str
    within: list[tuple[str, int]]
    tests: list[int]
    seconds: float
    telling: int = 0
    taken: tuple[str, ...] = ()


@dataclass(slots=True)
class Job:
    """All that is to be proven in one run.

    Args:
        scratch: a folder of its own, absolute.
        tests: ids of all tests that may be asked for.
        sources: text by absolute path, as the changes were made for it.
        forks: whether to fork; else each mutant has a process that collects anew.
        least: see `LEAST`.
    """

    scratch: str
    tests: list[str]
    sources: dict[str, str]
    changes: list[Change] = field(default_factory=list)
    forks: bool = hasattr(os, "fork")
    least: float = LEAST

    @property
    def results(self) -> str:
        """The file that is added to."""
        return os.path.join(self.scratch, "results")

    def save(self) -> str:
        """Write it into its scratch folder and return the file's name."""
        place = os.path.join(self.scratch, "proving.json")
        with open(place, "w", encoding="ascii") as file:
            json.dump(asdict(self), file)
        return place


def load(place: str) -> Job:
    """Read a job that `save` has written."""
    with open(place, encoding="ascii") as file:
        job = Job(**json.load(file))
    job.changes = [Change(*change) for change in job.changes]
    return job


@dataclass(slots=True)
class Result:
    """What became of a mutant.

    Args:
        number: its place in `Job.changes`.
        by: the test that failed with it. tests: those that were run with it.
        why: of an unknown end, as a clause; of a killed one how the test failed, where it did not just fail.
    """

    number: int
    end: End
    by: str = ""
    tests: list[str] = field(default_factory=list)
    why: str = ""

    def line(self) -> str:
        """As it is written down."""
        return json.dumps(asdict(self)) + "\n"
