"""Coverage that somebody else's tool measured, named by `--coverage FILE`; the kind is told by the content.

It has no hashes of what it was measured on, so it counts only because the caller names it and vouches for it
(product.md, Freshness). Statements and branches come from the source as it is, so nothing that was excluded is hidden,
and data that cannot be of that source is refused.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping, Sequence, Set
from functools import cached_property
from pathlib import Path

from quality_gate.counting import counted
from quality_gate.errors import Missing, UsageError
from quality_gate.evidence._path_map import PathMap, map_paths, named
from quality_gate.evidence._present import Present
from quality_gate.evidence._untrusted import Unreadable, beginning_of, looks_like_database
from quality_gate.evidence.coverage._foreign import ForeignFile
from quality_gate.evidence.coverage._structure import Structure
from quality_gate.evidence.coverage._test_names import tests_among
from quality_gate.evidence.other_files import runs_of_other
from quality_gate.runs import FileRuns, LineOfTests, ObservedCall, SeenFailure, TestOutcome, Touched

_BEGINNING = 4096
"""Bytes that tell the kind."""

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"

_NONE: Mapping[str, int] = {}

_REMEDY = "write it anew from this checkout, or type quality-gate test"


def read_coverage(
    file: Path, root: Path, files: Collection[str], *, tracked: bool, others: Mapping[str, int] = _NONE
) -> ForeignRuns:
    """What a coverage file tells of the project: coverage.py's data or JSON, Cobertura XML, LCOV.

    Args:
        file: an absolute path. root: the project's, absolute.
        files: the judged files, relative to the root.
        others: files of other languages on critical paths, with their number of lines.
        tracked: whether git tracks the file; then it is the author's word and no measurement, and refused.

    Raises:
        UsageError: there is no such file.
        Missing: it cannot be believed, or tells of no file of the project.
    """
    shown = _shown(file, root)
    refuse_absent(file, shown)
    if tracked:
        raise Missing(f"coverage that was not committed: git tracks {shown}", f"type git rm --cached {shown}")
    try:
        found = _opened(file, files)
    except Unreadable as error:
        raise Missing(f"readable coverage in {shown}: {error}", _REMEDY, f"{shown} cannot be used: {error}") from error
    runs = ForeignRuns(found, shown, root, files, others)
    if not runs.measured:
        raise Missing(f"coverage of this project: {shown} tells of other files ({named(found.names)})", _REMEDY)
    return runs


def refuse_absent(file: Path, shown: str) -> None:
    """Ask for a file that is there.

    Raises:
        UsageError: there is no such file.
    """
    if not os.path.lexists(file):
        remedy = "name a coverage file, or type quality-gate test"
        raise UsageError(f"--coverage {shown}", "there is no such file", remedy)


def _shown(file: Path, root: Path) -> str:
    return file.relative_to(root).as_posix() if file.is_relative_to(root) else str(file)


def _opened(file: Path, files: Collection[str]) -> ForeignFile:
    beginning = beginning_of(file, _BEGINNING)
    if looks_like_database(beginning):
        from quality_gate.evidence.coverage.coverage_data import CoverageData

        return CoverageData(file)
    return _reader(beginning, files)(file)


def _reader(beginning: bytes, files: Collection[str]) -> Callable[[Path], ForeignFile]:
    text = beginning.removeprefix(_BYTE_ORDER_MARK).lstrip()
    if text.startswith(b"{"):
        from quality_gate.evidence.coverage.coverage_json import read_coverage_json

        return read_coverage_json
    if text.startswith((b"<", b"\xff\xfe<", b"\xfe\xff\0<")):
        from quality_gate.evidence.coverage.cobertura import read_cobertura

        return read_cobertura
    if text.startswith((b"TN:", b"SF:")):
        if any("\n" in path or "\r" in path for path in files):
            raise Unreadable(
                "the project has a file with a line break in its name, which LCOV cannot tell from a record"
            )
        from quality_gate.evidence.coverage.lcov import read_lcov

        return read_lcov
    raise Unreadable("it is neither coverage.py's data, nor coverage JSON, nor Cobertura XML, nor LCOV")


class ForeignRuns:
    """Runs that a foreign coverage file tells of; implements `quality_gate.runs.Runs`.

    Args:
        found: the file. shown: its name, for people. root: the project's, absolute. files: the judged ones.
        others: see `read_coverage`.
    """

    def __init__(
        self, found: ForeignFile, shown: str, root: Path, files: Collection[str], others: Mapping[str, int] = _NONE
    ) -> None:
        self._found = found
        self._shown = shown
        self._present = Present(root)
        self._others = others
        known = {*files, *others}
        self._map: PathMap = map_paths({name: found.places(name) for name in found.names}, root.as_posix(), known)
        self._structures: dict[str, Structure] = {}
        self._known: dict[str, FileRuns] = {}

    @property
    def measured(self) -> Set[str]:
        """The files of the project that it tells of, those included where it is not sure which one it means."""
        return self._map.names.keys() | self._map.ambiguous.keys()

    @property
    def tells_of_python(self) -> bool:
        """Whether it tells of a Python file of the project."""
        return not self.measured <= self._others.keys()

    @cached_property
    def description(self) -> str:
        """See `Runs`."""
        about = [f"{self._shown} ({self._found.kind})", counted(len(self._map.names), "file")]
        if self._map.ambiguous:
            about.append(f"{counted(len(self._map.ambiguous), 'file')} not told apart")
        if self._map.outside:
            outside = counted(len(self._map.outside), "other")
            about.append(f"{outside} outside the project: {named(self._map.outside)}")
        return ", ".join(about)

    @property
    def problems(self) -> tuple[str, ...]:
        """See `Runs`; what is wrong with one file is said when that file is asked for."""
        return ()

    @property
    def partial(self) -> str:
        """See `Runs`: the caller vouches for it."""
        return ""

    @property
    def tests(self) -> Mapping[str, TestOutcome]:
        """See `Runs`: coverage does not tell how a test ended."""
        return {}

    @property
    def observed_calls(self) -> tuple[ObservedCall, ...]:
        """See `Runs`."""
        return ()

    def file(self, path: str) -> FileRuns | None:
        """See `Runs`.

        Raises:
            Missing: what is told of the file cannot be believed.
        """
        if path in self._map.ambiguous:
            names = " and ".join(self._map.ambiguous[path][:2])
            raise Missing(
                f"coverage of {path}: which file {names} in {self._shown} means cannot be told",
                "measure in one place, or join the paths with coverage combine and [tool.coverage.paths]",
            )
        if path not in self._map.names:
            return None
        if path not in self._known:
            self._known[path] = self._read(path, self._map.names[path])
        return self._known[path]

    def stale(self, path: str, function: str) -> str | None:
        """See `Runs`: the caller vouches for it."""
        return None

    def in_part(self, path: str, function: str) -> str:
        """See `Runs`."""
        return ""

    def tests_of(self, path: str, line: int) -> tuple[str, ...]:
        """See `Runs`.

        Raises:
            Missing: what is told of the file cannot be believed.
        """
        if path not in self._map.names or path in self._others:
            return ()
        try:
            lines = self._structure(path).lines_of(line)
            return tests_among(self._found.contexts(self._map.names[path], lines))
        except Unreadable as error:
            raise self._refused(path, error) from error

    def failures_of(self, path: str) -> tuple[SeenFailure, ...]:
        """See `Runs`."""
        return ()

    def arcs_of(self, path: str) -> Mapping[str, frozenset[tuple[int, int]]]:
        """See `Runs`: of a foreign source what ran is known, and not in which order."""
        return {}

    def ran_in(self, test: str) -> tuple[LineOfTests, ...]:
        """See `Runs`."""
        return ()

    def test_lines(self, path: str) -> frozenset[int] | None:
        """See `Runs`."""
        return None

    def unseen(self, test: str) -> str | None:
        """See `Runs`."""
        return "coverage does not tell what failed"

    @property
    def touched(self) -> Touched | None:
        """See `Runs`: coverage does not tell."""
        return None

    def _read(self, path: str, name: str) -> FileRuns:
        try:
            told = self._found.told(name)
            if path in self._others:
                return runs_of_other(path, told, self._others[path])
            return self._structure(path).runs(path, told)
        except Unreadable as error:
            raise self._refused(path, error) from error

    def _structure(self, path: str) -> Structure:
        if path not in self._structures:
            self._structures[path] = Structure(self._present.content(path) or b"")
        return self._structures[path]

    def _refused(self, path: str, error: Unreadable) -> Missing:
        return Missing(f"coverage of {path} from {self._shown}: {error}", _REMEDY)


__all__: Sequence[str] = ("ForeignRuns", "read_coverage", "refuse_absent")
