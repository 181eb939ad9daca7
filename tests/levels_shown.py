"""How far tests show the failure paths of sources that a test holds in its hands, or has recorded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from failure_listing import lister
from linking import link
from quality_gate.codebase.levels.checks import FileChecks, decode, encode
from quality_gate.codebase.levels.levels import Levels
from quality_gate.codebase.levels.reading import checks_of
from quality_gate.errors import Missing
from quality_gate.evidence.runs.recorded import read_recorded
from quality_gate.failure_levels import Proofs, ShownPath
from quality_gate.failure_paths import FailurePath
from quality_gate.runs import FileRuns, LineOfTests, ObservedCall, Runs, SeenFailure, TestOutcome
from quality_gate_checkers.settings import Settings

WHY_311 = "Python 3.11 does not tell which exceptions pass, 3.12 does"


@dataclass
class Told:
    """Evidence that a test writes down itself; implements `quality_gate.runs.Runs`.

    Args:
        tests: outcomes by id. lines: tests by (path, line). failures: by path.
        ran: lines of test code by test. unknown: why not all that failed in a test is known, "" for all tests.
        old: why the evidence of a function does not hold, by its name. files: what was run of a file.
    """

    tests: Mapping[str, TestOutcome]
    lines: Mapping[tuple[str, int], Iterable[str]] = field(default_factory=dict)
    failures: Mapping[str, tuple[SeenFailure, ...]] = field(default_factory=dict)
    arcs: Mapping[str, Mapping[str, frozenset[tuple[int, int]]]] = field(default_factory=dict)
    ran: Mapping[str, tuple[LineOfTests, ...]] = field(default_factory=dict)
    unknown: Mapping[str, str] = field(default_factory=dict)
    old: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, FileRuns] = field(default_factory=dict)
    description: str = "written down"
    problems: tuple[str, ...] = ()
    partial: str = ""
    anew: Mapping[str, str] = field(default_factory=dict)
    """That a function was run anew by a part of the tests, by its name."""
    observed_calls: tuple[ObservedCall, ...] = ()

    def file(self, path: str) -> FileRuns | None:
        """See `Runs`."""
        return self.files.get(path)

    def stale(self, path: str, function: str) -> str | None:
        """See `Runs`."""
        return self.old.get(function)

    def in_part(self, path: str, function: str) -> str:
        """See `Runs`."""
        return self.anew.get(function, "")

    def tests_of(self, path: str, line: int) -> tuple[str, ...]:
        """See `Runs`."""
        return tuple(sorted(self.lines.get((path, line), ())))

    def failures_of(self, path: str) -> tuple[SeenFailure, ...]:
        """See `Runs`."""
        return self.failures.get(path, ())

    def arcs_of(self, path: str) -> Mapping[str, frozenset[tuple[int, int]]]:
        """See `Runs`."""
        return self.arcs.get(path, {})

    def ran_in(self, test: str) -> tuple[LineOfTests, ...]:
        """See `Runs`."""
        return self.ran.get(test, ())

    def test_lines(self, path: str) -> frozenset[int] | None:
        """See `Runs`."""
        return None

    def unseen(self, test: str) -> str | None:
        """See `Runs`."""
        return self.unknown.get(test, self.unknown.get(""))


class WithoutExceptions:
    """Evidence as Python 3.11 would have left it: lines and jumps, and no exception."""

    def __init__(self, runs: Runs) -> None:
        self._runs = runs

    def __getattr__(self, name: str) -> object:
        return getattr(self._runs, name)

    def failures_of(self, path: str) -> tuple[SeenFailure, ...]:
        """See `Runs`."""
        return ()

    def unseen(self, test: str) -> str | None:
        """See `Runs`."""
        return WHY_311


def levels(
    files: Mapping[str, str],
    tests: Mapping[str, str],
    runs: Runs | Missing,
    proofs: Proofs | None = None,
    settings: Settings | None = None,
    not_counted: Iterable[str] = (),
) -> Levels:
    """What finds levels, over files of the project and of test code; what it reads has been through the cache."""
    known = settings or Settings()

    @cache
    def read(path: str) -> FileChecks:
        found = decode(encode(checks_of(path, {**files, **tests}.get(path, "").encode(), known)))
        assert found is not None
        return found

    return Levels(link({**files, **tests}, known), lister(files, known), runs, read, proofs, frozenset(not_counted))


def paths_of(files: Mapping[str, str], settings: Settings | None = None) -> list[FailurePath]:
    """All failure paths of all functions that are not class U."""
    known = settings or Settings()
    codebase, paths = link(files, known), lister(files, known)
    names = dict.fromkeys(one.name for path in files for one in codebase.definitions_in(path) if one.kind == "function")
    return [path for name in names for path in paths.of(name) if path.never is None]


def shown(
    files: Mapping[str, str],
    tests: Mapping[str, str],
    runs: Runs | Missing,
    proofs: Proofs | None = None,
    settings: Settings | None = None,
    not_counted: Iterable[str] = (),
) -> dict[str, ShownPath]:
    """Every path with its level, by `function kind text`; `function kind text @ handler` where a handler is part of it."""
    found, _ = levels(files, tests, runs, proofs, settings, not_counted).shown(paths_of(files, settings))
    return {key_of(one.path): one for one in found}


def key_of(path: FailurePath) -> str:
    """A path as tests name it."""
    caught = (
        path.handler.caught[0].rpartition(".")[2] if path.handler is not None and path.kind == "handler call" else ""
    )
    return f"{path.function} {path.kind}: {path.text}{f' @ {caught}' if caught else ''}"


def recorded(folder: Path, *, with_exceptions: bool = True) -> dict[str, ShownPath]:
    """The same of a project whose tests were recorded: production code below `shop`, test code below `tests`."""
    files = _below(folder, "shop")
    runs = read_recorded(folder, tracked=False)
    told: Runs = runs if with_exceptions else WithoutExceptions(runs)  # type: ignore[assignment]
    return shown(files, _below(folder, "tests"), told)


def _below(folder: Path, part: str) -> dict[str, str]:
    found = sorted((folder / part).rglob("*.py"))
    return {file.relative_to(folder).as_posix(): file.read_text(encoding="utf-8") for file in found}
