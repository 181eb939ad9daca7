"""Which failure paths `prove` is asked about, with their mutants and the tests that make them happen."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterable, Iterator
from functools import cache, cached_property

from quality_gate.cli._assemble import Run
from quality_gate.codebase.failures.listing import FailurePaths
from quality_gate.codebase.mutants.covering import covering, not_told
from quality_gate.codebase.mutants.edits import Source
from quality_gate.codebase.mutants.making import Mutants, why_none
from quality_gate.codebase.mutants.planning import Answer, Asked
from quality_gate.errors import UsageError
from quality_gate.evidence.failures import Failures
from quality_gate.evidence.inspections import read_limited
from quality_gate.evidence.recorded import RecordedRuns
from quality_gate.failure_levels import Proof, Proofs
from quality_gate.failure_paths import FailurePath
from quality_gate.model import Stage
from quality_gate_checkers.model import NotAnalysable, decode


class Provable:
    """Failure paths of one project.

    Args:
        run: over all of its code.
    """

    def __init__(self, run: Run) -> None:
        self._run = run
        self.sources: dict[str, Source] = {}
        """Of files that have mutants, by path."""
        self._mutants = cache(self._read)

    @cached_property
    def _listing(self) -> FailurePaths:
        run = self._run
        settings = run.config.settings
        read = Failures(run.root, settings, run.linking_store, always_read=run.stage is Stage.CI, now_ns=time.time_ns())
        return FailurePaths(run.bench.codebase, read, settings)

    def chosen(self, subject: str | None, *, new: bool) -> list[FailurePath]:
        """The failure paths that count, each once.

        Args:
            subject: a critical path's name, a file or folder, FILE:LINE or a function; None for all critical paths.
            new: only those that the change adds or touches.

        Raises:
            UsageError: nothing is called so.
        """
        found = {(path.path, path.id): path for path in self._named(subject) if path.never is None}
        change = self._run.bench.change if new else None
        return [
            path
            for path in found.values()
            if not self._is_waived(path)
            and (change is None or any(change.touches(path.path, first, last) for first, last in _spans(path)))
        ]

    def _is_waived(self, path: FailurePath) -> bool:
        until = path.waiver.until if path.waiver is not None else ""
        return until is None or until >= self._run.bench.today.isoformat()

    def _named(self, subject: str | None) -> Iterable[FailurePath]:
        critical = self._run.bench.critical.paths if self._run.bench.has_critical_paths else ()
        if subject is None or subject in {path.name for path in critical}:
            wanted = [path for path in critical if subject in (None, path.name)]
            return [found for path in wanted for found in self._listing.of_members(path)]
        file, line = _split(subject)
        if file is not None:
            return self._in_files(subject, file, line)
        name = subject.replace(":", ".")
        if name in self._run.bench.codebase.definitions:
            return self._inside(name)
        raise self._unknown(subject, [path.name for path in critical])

    def _inside(self, name: str) -> Iterator[FailurePath]:
        """Of a function and those inside it; of a class its methods."""
        codebase = self._run.bench.codebase
        for one in codebase.definitions_in(codebase.definitions[name].path):
            if one.kind == "function" and (one.name == name or one.name.startswith(f"{name}.")):
                yield from self._listing.of(one.name)

    def _in_files(self, subject: str, file: str, line: int | None) -> list[FailurePath]:
        place = os.path.relpath(os.path.realpath(file), self._run.root).replace(os.sep, "/")
        inside = "" if place == "." else f"{place}/"
        files = [path for path in self._run.everything if path == place or path.startswith(inside)]
        if not files:
            raise UsageError(subject, "no Python file of the project is there", "see quality-gate report -v")
        codebase = self._run.bench.codebase
        functions = [one for path in files for one in codebase.definitions_in(path) if one.kind == "function"]
        found = [path for one in functions for path in self._listing.of(one.name)]
        if line is None:
            return found
        here = [path for path in found if any(first <= line <= last for first, last in _spans(path))]
        if not here:
            near = sorted({first for path in found for first, _ in _spans(path)}, key=lambda one: abs(one - line))
            remedy = f"the nearest is on line {near[0]}" if near else "the file has none"
            raise UsageError(subject, "no failure path is on this line", remedy)
        return here

    def _unknown(self, subject: str, critical: list[str]) -> UsageError:
        import difflib

        names = [*critical, *self._run.bench.codebase.definitions]
        near = difflib.get_close_matches(subject.replace(":", "."), names, n=1)
        remedy = f"did you mean {near[0]}?" if near else "name a critical path, a file, FILE:LINE or a function"
        return UsageError(subject, "no critical path, file or function is called so", remedy)

    def asked(self, path: FailurePath, runs: RecordedRuns, proofs: Proofs) -> Asked:
        """What is to be tried of a path, or what is known of it already.

        Raises:
            Missing: what is recorded of its file cannot be believed.
        """
        mutants = self._mutants(path.path)
        found = mutants.of(path) if mutants is not None else ()
        if not found:
            return Asked(path=path, answer=Answer(path=path, found="not provable", why=why_none(path)))
        stale = runs.stale(path.path, path.function)
        if stale is not None:
            why = f"the evidence does not hold any more: {stale}"
            return Asked(path=path, answer=_no_answer(path, why))
        tests = covering(path, runs)
        if not tests:
            return Asked(path=path, answer=_without_tests(path, runs))
        proof = proofs.of(path)
        if proof is not None and (proof.killed_by or proof.tests == tests):
            return Asked(path=path, tests=tests, answer=_kept(path, proof))
        return Asked(path=path, mutants=found, tests=tests)

    def _read(self, path: str) -> Mutants | None:
        try:
            source = Source(decode(read_limited(self._run.root, path)))
        except (OSError, ValueError, NotAnalysable):
            return None
        self.sources[path] = source
        return Mutants(source)


def _without_tests(path: FailurePath, runs: RecordedRuns) -> Answer:
    if not runs.is_whole:
        return _no_answer(path, "not all tests were run and recorded: whether one makes this happen is not known")
    reason = not_told(path, runs)
    if reason is not None:
        return _no_answer(path, reason)
    remedy = "type quality-gate explain FILE:LINE --suggest for a test to begin with"
    return Answer(path=path, found="not run", why="no test that passes makes this happen", remedy=remedy)


def _no_answer(path: FailurePath, why: str) -> Answer:
    return Answer(path=path, found="no answer", why=why, remedy="type quality-gate test")


def _kept(path: FailurePath, proof: Proof) -> Answer:
    return Answer(path=path, found="survived" if proof.survived else "proven", proof=proof, kept=True)


def _spans(path: FailurePath) -> Iterator[tuple[int, int]]:
    """The lines that a path is on."""
    yield path.line, path.last
    if path.handler is not None:
        yield path.handler.line, path.handler.line
    if path.call is not None:
        yield path.call.line, path.call.end_line


def _split(subject: str) -> tuple[str | None, int | None]:
    """A file or folder, and a line of it; None where there is no such file."""
    if os.path.exists(subject):
        return subject, None
    file, colon, number = subject.rpartition(":")
    if colon and re.fullmatch("[0-9]{1,9}", number) and os.path.exists(file):
        return file, int(number)
    return None, None
