"""Tries mutants: one run of the project's own pytest, which collects once and forks for each of them."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Literal

import msgspec

from quality_gate.cli._lending import environment_with, lay_out
from quality_gate.codebase.mutants.edits import Source
from quality_gate.codebase.mutants.making import Mutant
from quality_gate.codebase.mutants.planning import Asked, Trial
from quality_gate.errors import UsageError
from quality_gate.evidence.interpreters import Interpreter
from quality_gate_recorder import job as recording
from quality_gate_recorder import proving_job as jobs

_LOOK = 0.1
"""Seconds between two looks at what has been found."""

_FAREWELL = 10.0
"""Seconds that the tests' process has to end when it is told to."""

_MOST_SAID = 2000
"""Characters of what pytest said last."""

_LONGEST_LINE = 64 * 1024 * 1024

Progress = Callable[[int, int], None]


class _Line(msgspec.Struct, frozen=True):
    """A line of the results; see `proving_job.Result`."""

    number: int
    end: Literal["killed", "survived", "alike", "unknown"]
    by: str = ""
    tests: tuple[str, ...] = ()
    why: str = ""


class Proving:
    """One run over the mutants of some failure paths.

    Args:
        root: the project's, real and absolute. scratch: a folder of its own, likewise.
        sources: of the files that are changed, by path.
        seconds: what tests took when they were recorded.
    """

    def __init__(
        self,
        root: Path,
        scratch: Path,
        interpreter: Interpreter,
        environment: Mapping[str, str],
        sources: Mapping[str, Source],
        seconds: Callable[[Sequence[str]], float],
    ) -> None:
        self._root = root
        self._scratch = scratch
        self._interpreter = interpreter
        self._environment = environment
        self._sources = sources
        self._seconds = seconds
        self._numbers: dict[tuple[object, ...], int] = {}
        self._found: dict[int, Trial] = {}
        self._read = 0
        self.said = ""
        """What pytest said last, where it did not come to the end."""

    def trials(self, asked: Sequence[Asked], progress: Progress) -> None:
        """Try all mutants; those that are the same, with the same tests, once. What is found is there for `of`.

        Raises:
            KeyboardInterrupt: Ctrl-C; what had been found by then is there.
        """
        job = self._job(asked)
        if not job.changes:
            return
        self._run(job, self._files(job.tests), progress)
        if self._some_tests_are_missing():
            # Where pytest's root is another folder, or settings choose the tests, files alone do not find them.
            self._found.clear()
            with suppress(FileNotFoundError):
                os.unlink(job.results)
            self._read = 0
            self._run(job, [], progress)

    def of(self, asked: Asked) -> list[Trial]:
        """What became of the mutants of a path."""
        ended = Trial("unknown", why="the tests' process ended before it was tried")
        numbers = [self._numbers[_key(asked, mutant)] for mutant in asked.mutants]
        return [self._found.get(number, ended) for number in numbers]

    def is_complete(self, asked: Asked) -> bool:
        """Whether all mutants of a path were tried."""
        return all(self._numbers[_key(asked, mutant)] in self._found for mutant in asked.mutants)

    def _job(self, asked: Sequence[Asked]) -> jobs.Job:
        tests = sorted({test for one in asked for test in one.tests})
        number = {test: place for place, test in enumerate(tests)}
        places = {path: os.path.realpath(self._root / path) for path in self._sources}
        job = jobs.Job(str(self._scratch), tests, {places[path]: one.text for path, one in self._sources.items()})
        for one in asked:
            for mutant in one.mutants:
                key = _key(one, mutant)
                if key not in self._numbers:
                    self._numbers[key] = len(job.changes)
                    used = [number[test] for test in one.tests]
                    seconds = self._seconds(one.tests)
                    edit, place = mutant.edit, places[one.path.path]
                    within = [(held.name, held.line) for held in mutant.within]
                    told = len(one.telling)
                    change = jobs.Change(
                        place, edit.start, edit.end, edit.text, within, used, seconds, told, mutant.taken
                    )
                    job.changes.append(change)
        return job

    def _files(self, tests: Sequence[str]) -> list[str]:
        """The files of tests as arguments; none where they do not lie where pytest is started."""
        files = sorted({test.partition("::")[0] for test in tests})
        plain = all(not file.startswith("-") and (self._root / file).is_file() for file in files)
        return files if plain else []

    def _some_tests_are_missing(self) -> bool:
        return any("pytest does not find" in trial.why for trial in self._found.values())

    def _run(self, job: jobs.Job, files: Sequence[str], progress: Progress) -> None:
        command = [
            *(self._interpreter.executable, "-m", "pytest", "-q", "-p", "quality_gate_recorder.proving"),
            *("-o", f"cache_dir={self._scratch / 'cache'}"),
            *([f"--rootdir={self._root}"] if files else []),
            *files,
        ]
        environment = environment_with(lay_out(self._scratch, self._interpreter), self._environment)
        environment |= {jobs.VARIABLE: job.save(), recording.RECORDING: "1", "PYTHONDONTWRITEBYTECODE": "1"}
        place = self._scratch / "said"
        with place.open("wb") as said:
            try:
                process = subprocess.Popen(
                    command,
                    cwd=self._root,
                    env=environment,
                    stdin=subprocess.PIPE,
                    stdout=said,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                )
            except OSError as error:
                raise UsageError(
                    self._interpreter.executable, f"cannot be started: {error}", "name another `python`"
                ) from error
            self._watch(process, job, progress)
        if len(self._found) < len(job.changes):
            self.said = place.read_bytes().decode("utf-8", "replace")[-_MOST_SAID:]

    def _watch(self, process: subprocess.Popen[bytes], job: jobs.Job, progress: Progress) -> None:
        try:
            while process.poll() is None:
                time.sleep(_LOOK)
                self._gather(job)
                progress(len(self._found), len(job.changes))
        finally:
            _end(process)
            self._gather(job)
            progress(len(job.changes), len(job.changes))

    def _gather(self, job: jobs.Job) -> None:
        for line in self._lines(job.results):
            with suppress(msgspec.DecodeError, ValueError):
                told = msgspec.json.decode(line, type=_Line)
                if 0 <= told.number < len(job.changes):
                    self._found[told.number] = Trial(told.end, told.by, told.tests, told.why)

    def _lines(self, place: str) -> Iterator[bytes]:
        """Whole lines that have been added since."""
        try:
            with open(place, "rb") as file:
                file.seek(self._read)
                added = file.read(_LONGEST_LINE)
        except FileNotFoundError:
            return
        whole = added.rpartition(b"\n")[0]
        if whole:
            self._read += len(whole) + 1
            yield from whole.split(b"\n")


def _key(asked: Asked, mutant: Mutant) -> tuple[object, ...]:
    edit = mutant.edit
    return asked.path.path, edit.start, edit.end, edit.text, mutant.taken, asked.tests


def _end(process: subprocess.Popen[bytes]) -> None:
    """Have it end: it does when its standard input closes, with all that it has started."""
    if process.stdin is not None:
        with suppress(OSError):
            process.stdin.close()
    try:
        process.wait(_FAREWELL)
    except (subprocess.TimeoutExpired, KeyboardInterrupt):
        if hasattr(os, "killpg"):
            with suppress(OSError):
                os.killpg(process.pid, signal.SIGKILL)
        process.kill()
        process.wait()
