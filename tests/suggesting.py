"""Suggested tests, tried: a project is linked, run and recorded for real, and run again with what was suggested."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path

from failure_listing import lister
from linking import link
from quality_gate.codebase.levels.checks import FileChecks
from quality_gate.codebase.levels.levels import Levels
from quality_gate.codebase.levels.reading import checks_of
from quality_gate.codebase.suggesting.nouns import Known, Skeleton
from quality_gate.codebase.suggesting.placing import placed
from quality_gate.codebase.suggesting.sources import source_of
from quality_gate.codebase.suggesting.suggest import paths_in, suggested
from quality_gate.evidence.runs.recorded import read_recorded
from quality_gate.runs import Runs
from quality_gate_checkers.settings import Settings
from recorded_project import RECORDER, Project

HERE = re.compile(r"  # here$", re.MULTILINE)


class Tried:
    """A project whose tests have been run.

    Args:
        folder: is made. files: of the project, by path; a line that ends with `# here` is one to ask for.
        installed: files of packages that the project uses.
    """

    def __init__(self, folder: Path, files: Mapping[str, str], installed: Mapping[str, str]) -> None:
        self._folder = folder
        self.files = dict(files)
        for path, text in installed.items():
            place = folder / "installed" / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text, encoding="utf-8")
        self.output = self._run("before", self.files)

    def _run(self, name: str, files: Mapping[str, str], *tests: str) -> str:
        project = Project(self._folder / name, dict(files))
        paths = f"{RECORDER}:{self._folder / 'installed'}:{project.folder}"
        options = ("-q", "--tb=short", "-rfE", "-p", "quality_gate_recorder")
        return project.plain(*options, *tests, PYTHONPATH=paths, COLUMNS="400").stdout.decode()

    def _runs(self, name: str) -> Runs:
        return read_recorded(self._folder / name, tracked=False)

    @cached_property
    def known(self) -> Known:
        """What suggestions stand on."""
        python = {path: text for path, text in self.files.items() if path.endswith(".py")}
        settings = Settings()
        tests = tuple(path for path in python if path.startswith("tests/"))

        def source(path: str):
            return source_of(path, python[path].encode()) if path in python else None

        def checks(path: str) -> FileChecks:
            return checks_of(path, python[path].encode(), settings)

        codebase, listing, runs = link(python, settings), lister(python, settings), self._runs("before")
        levels = Levels(codebase, listing, runs, checks)
        return Known(codebase, runs, listing, source, tests, levels)

    def at(self, path: str, line: int) -> tuple[Skeleton, ...]:
        """What is suggested for a line."""
        every = [(name, one) for name, one in paths_in(path, self.known) if one.stands_at(line)]
        return suggested(every, self.known)[0]

    def marked(self, path: str) -> tuple[Skeleton, ...]:
        """What is suggested for the line that is marked."""
        text = self.files[path]
        found = HERE.search(text)
        assert found is not None, path
        return self.at(path, text.count("\n", 0, found.start()) + 1)

    def tried(self, skeletons: Sequence[Skeleton], *, filled: bool) -> tuple[str, Runs]:
        """What pytest says of tests put into their files, and what they did."""
        name = f"filled{filled}"
        files = dict(self.files)
        for one in skeletons:
            files[one.file] = placed(files[one.file], one, filled_in="pass" if filled else None)
        return self._run(name, files, *map(id_of, skeletons)), self._runs(name)


def id_of(skeleton: Skeleton) -> str:
    """Id of a test once it is in its file."""
    return "::".join([skeleton.file, *([skeleton.holder] if skeleton.holder else []), skeleton.name])


def enters(skeleton: Skeleton, runs: Runs) -> bool:
    """Whether a test was recorded at the failure path that it is for; before Python 3.12 only that it came there."""
    path, test = skeleton.path, id_of(skeleton)
    if path.call is not None and sys.version_info >= (3, 12):
        return any(
            seen.line == path.call.line and seen.test.partition("[")[0] == test for seen in runs.failures_of(path.path)
        )
    lines = range(path.line, path.last + 1)
    return any(test == one.partition("[")[0] for line in lines for one in runs.tests_of(path.path, line))
