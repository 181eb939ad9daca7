"""Which failure paths `prove` is asked about, with their mutants and the tests that make them happen."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache

from quality_gate.cli._assemble import Run
from quality_gate.codebase.graph import functions_in
from quality_gate.codebase.levels.sightings import Sighted
from quality_gate.codebase.mutants.edits import Source
from quality_gate.codebase.mutants.making import Mutants, why_none
from quality_gate.codebase.mutants.planning import Answer, Asked, to_try
from quality_gate.codebase.path_failures import holds
from quality_gate.errors import UsageError
from quality_gate.evidence.inspections import read_limited
from quality_gate.failure_levels import Proof
from quality_gate.failure_paths import FailurePath, counted
from quality_gate.project_rules.failures._telling import is_touched
from quality_gate.runs import remedy_of
from quality_gate_checkers.model import NotAnalysable, decode


class Provable:
    """Failure paths of one project.

    Args:
        run: over all of its code.
    """

    def __init__(self, run: Run) -> None:
        self._run = run
        self._listing = run.linking.listing
        self.sources: dict[str, Source] = {}
        """Of files that have mutants, by path."""
        self._mutants = cache(self._read)
        self._looked_at: Sequence[str] = ()
        self._members: set[str] = set()

    def chosen(self, subject: str | None, *, new: bool) -> list[FailurePath]:
        """The failure paths that count, each once.

        Args:
            subject: a critical path's name, a file or folder, FILE:LINE or a function; None for all critical paths.
            new: only those that the change adds or touches.

        Raises:
            UsageError: nothing is called so.
        """
        found = {(path.path, path.id): path for path in self._counted(subject)}
        today = self._run.bench.today
        return [
            path
            for path in found.values()
            if not holds(path.waiver, today) and (not new or is_touched(self._run.bench, path))
        ]

    def _counted(self, subject: str | None) -> Iterable[FailurePath]:
        """Those that a demand is measured against: a failure that passes through several of the functions is proven
        where it begins."""
        self._members.clear()
        paths = list(self._named(subject))
        return counted(paths, frozenset(self._members))

    def _named(self, subject: str | None) -> Iterable[FailurePath]:
        critical = self._run.bench.critical.paths if self._run.bench.has_critical_paths else ()
        if subject is None or subject in {path.name for path in critical}:
            wanted = [path for path in critical if subject in (None, path.name)]
            self._looked_at = self._run.everything if wanted else ()  # what cannot be read may belong to any of them
            self._members.update(member.name for path in wanted for member in path.members)
            return [found for path in wanted for found in self._listing.of_members(path)]
        file, line = _split(subject)
        if file is not None:
            return self._in_files(subject, file, line)
        name = subject.replace(":", ".")
        if name in self._run.bench.codebase.definitions:
            return self._inside(name)
        raise self._unknown(subject, [path.name for path in critical])

    def unread(self) -> list[str]:
        """What could not be looked at among the files in which something was chosen, a clause each."""
        inspections = self._run.bench.inspections
        held = ((path, inspections[path].fault) for path in self._looked_at if path in inspections)
        return [f"{path}:{fault.line}: {fault.reason}" for path, fault in held if fault is not None]

    def _inside(self, name: str) -> Iterator[FailurePath]:
        """Of a function and those inside it; of a class its methods."""
        codebase = self._run.bench.codebase
        for one in codebase.definitions_in(codebase.definitions[name].path):
            if one.kind == "function" and (one.name == name or one.name.startswith(f"{name}.")):
                self._members.add(one.name)
                yield from self._listing.of(one.name)

    def _in_files(self, subject: str, file: str, line: int | None) -> list[FailurePath]:
        place = os.path.relpath(os.path.realpath(file), self._run.root).replace(os.sep, "/")
        inside = "" if place == "." else f"{place}/"
        files = [path for path in self._run.everything if path == place or path.startswith(inside)]
        if not files:
            raise UsageError(subject, "no Python file of the project is there", "see quality-gate report -v")
        self._looked_at = files
        files = [path for path in files if path == place or not self._run.bench.is_test(path)]
        found = self._all_of(files)
        if line is None:
            self._members.update(one.name for path in files for one in functions_in(self._run.bench.codebase, path))
            return found
        here = [path for path in found if path.stands_at(line)]
        if not here:
            near = sorted({first for path in found for first, _ in path.spans}, key=lambda one: abs(one - line))
            remedy = f"the nearest is on line {near[0]}" if near else "the file has none"
            raise UsageError(subject, "no failure path is on this line", remedy)
        return here

    def _all_of(self, files: Iterable[str]) -> list[FailurePath]:
        codebase = self._run.bench.codebase
        return [path for file in files for one in functions_in(codebase, file) for path in self._listing.of(one.name)]

    def _unknown(self, subject: str, critical: list[str]) -> UsageError:
        import difflib

        names = [*critical, *self._run.bench.codebase.definitions]
        near = difflib.get_close_matches(subject.replace(":", "."), names, n=1)
        remedy = f"did you mean {near[0]}?" if near else "name a critical path, a file, FILE:LINE or a function"
        return UsageError(subject, "no critical path, file or function is called so", remedy)

    def asked(self, paths: Sequence[FailurePath]) -> list[Asked]:
        """What is to be tried of paths, or what is known of them already.

        Raises:
            Missing: there is no evidence, what is recorded of their files cannot be believed, or what was proven.
        """
        every = self._all_of(dict.fromkeys(path.path for path in paths))
        sighted = self._run.linking.levels.sighted(paths, every)
        return [self._asked(path, found) for path, found in zip(paths, sighted, strict=True)]

    def _asked(self, path: FailurePath, sighted: Sighted) -> Asked:
        mutants = self._mutants(path.path)
        found = mutants.of(path) if mutants is not None else ()
        if not found:
            return Asked(path=path, answer=Answer(path=path, found="not provable", why=why_none(path)))
        tests = to_try(path, sighted)
        if not tests:
            since = self._run.linking.later_tests(path.path, path.function)
            return Asked(path=path, answer=_without_tests(path, sighted.unsure or since))
        telling = self._run.linking.levels.telling(path, sighted, tests)
        proof = self._run.linking.proofs.of(path)
        if proof is not None and (telling.issuperset(proof.killed_by) if proof.killed_by else proof.tests == tests):
            return Asked(path=path, tests=tests, answer=_kept(path, proof))
        ordered = tuple(sorted(tests, key=lambda test: (test not in telling, test)))
        return Asked(path=path, mutants=found, tests=ordered, telling=telling)

    def _read(self, path: str) -> Mutants | None:
        try:
            source = Source(decode(read_limited(self._run.root, path)))
        except (OSError, ValueError, NotAnalysable):
            return None
        self.sources[path] = source
        return Mutants(source, self._run.config.settings)


def _without_tests(path: FailurePath, unsure: str) -> Answer:
    if unsure:
        why = f"whether a test makes this happen is not known: {unsure}"
        return Answer(path=path, found="no answer", why=why, remedy=remedy_of(unsure))
    remedy = "type quality-gate explain FILE:LINE --suggest for a test to begin with"
    return Answer(path=path, found="not run", why="no test that passes makes this happen", remedy=remedy)


def _kept(path: FailurePath, proof: Proof) -> Answer:
    return Answer(path=path, found="survived" if proof.survived else "proven", proof=proof, kept=True)


def _split(subject: str) -> tuple[str | None, int | None]:
    """A file or folder, and a line of it; None where there is no such file."""
    if os.path.exists(subject):
        return subject, None
    file, colon, number = subject.rpartition(":")
    if colon and re.fullmatch("[0-9]{1,9}", number) and os.path.exists(file):
        return file, int(number)
    return None, None
