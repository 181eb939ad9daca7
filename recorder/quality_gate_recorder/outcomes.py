"""Tests, how they ended, and the files that they are from."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from hashlib import blake2b
from typing import TYPE_CHECKING

import pytest

from quality_gate_recorder.evidence_file import Test, TestFile
from quality_gate_recorder.fingerprints import lines_to_bytes, outline_of
from quality_gate_recorder.remembered import Remembered

if TYPE_CHECKING:
    from quality_gate_recorder.recording import Recording

_RANK = ("unknown", "passed", "xpassed", "xfailed", "skipped", "rerun", "error", "failed")
"""Of several reports on one test the highest counts: its phases, and its subtests."""


class Outcomes:
    """What is known of tests."""

    def __init__(self) -> None:
        self.tests: dict[str, Test] = {}
        self.test_files: dict[str, TestFile] = {}
        self._reruns: set[str] = set()
        self._paths: dict[str, str] = {}
        self._deselected: set[str] = set()
        self.left_out: set[str] = set()
        """Ids of tests that were collected and are not going to run."""
        self.uncollected: set[str] = set()
        """Ids of files and folders whose tests could not be collected."""

    def collected(self, session: pytest.Session, root: str) -> None:
        """Note the tests that are about to run."""
        for item in session.items:
            path = _relative(os.fspath(item.path), root)
            self._paths[item.nodeid] = path
            self.tests.setdefault(item.nodeid, Test(path, "unknown", 0.0, _marks(item)))

    def deselected(self, items: Iterable[pytest.Item], root: str) -> None:
        """Note tests that are not going to run: their files are tests' files all the same."""
        for item in items:
            self._deselected.add(_relative(os.fspath(item.path), root))
            self.left_out.add(item.nodeid)

    def reported(self, report: pytest.TestReport) -> None:
        """Note how a phase of a test ended."""
        known = self.tests.get(report.nodeid) or Test(self._paths.get(report.nodeid, ""), "unknown", 0.0)
        outcome = _outcome(report)
        if outcome == "rerun":  # what went before does not count, except that it was not the first time
            self._reruns.add(report.nodeid)
            self.tests[report.nodeid] = known._replace(outcome="unknown", seconds=known.seconds + report.duration)
            return
        if outcome == "passed" and report.nodeid in self._reruns:
            outcome = "rerun"
        # The phases before and after the call pass where nothing is wrong, which says nothing of the test.
        if report.when in ("setup", "teardown") and outcome in ("passed", "rerun"):
            outcome = "unknown"
        worse = max(known.outcome, outcome, key=_RANK.index)
        self.tests[report.nodeid] = known._replace(outcome=worse, seconds=known.seconds + report.duration)

    def collect_test_code(self, config: pytest.Config, recording: Recording) -> None:
        """Note every file of test code in the project that the run has loaded, and each conftest.py above a test,
        loaded or not: one that comes to be there changes tests."""
        root, sources = recording.root, recording.sources
        tests = {path for path in {*self._paths.values(), *self._deselected} if path}
        paths = tests | {_relative(place, root) for place in _loaded(config)} | set(_conftests(tests, root))
        for path in sorted(paths - {""} - sources):
            kind = "conftest" if path.rpartition("/")[2] == "conftest.py" else "test" if path in tests else "other"
            self.test_files[path] = TestFile(b"", kind)


def with_digests(
    test_files: Mapping[str, TestFile], root: str, lines: dict[str, bytes], remembered: Remembered | None = None
) -> dict[str, TestFile]:
    """Test files with their digests; without those that are not there any more.

    Args:
        test_files: by path. root: the project's folder. lines: is given where their statements begin, packed.
        remembered: what was found before.
    """
    known = {}
    remembered = remembered or Remembered()
    for path, test_file in test_files.items():
        try:
            with open(os.path.join(root, path.replace("/", os.sep)), "rb") as file:
                content = file.read()
        except OSError:
            continue
        of_bytes = blake2b(content, digest_size=16).digest()
        digest, lines[path] = _outline(content, of_bytes, remembered)
        known[path] = TestFile(digest, test_file.kind, of_bytes)
    return known


def _outline(content: bytes, of_bytes: bytes, remembered: Remembered) -> tuple[bytes, bytes]:
    """A file's digest as parsed, and where its statements begin, packed."""
    match remembered.find("outline", of_bytes):
        case [str(digest), str(packed)]:
            return bytes.fromhex(digest), bytes.fromhex(packed)
    found, begins = outline_of(content)
    lines = lines_to_bytes(begins)
    remembered.note("outline", of_bytes, [found.hex(), lines.hex()])
    return found, lines


def _conftests(tests: Iterable[str], root: str) -> Iterator[str]:
    """Every conftest.py in a folder from the project's down to a test's."""
    folders = {""}
    for path in tests:
        parts = path.split("/")[:-1]
        folders.update("/".join(parts[: count + 1]) + "/" for count in range(len(parts)))
    for folder in folders:
        if os.path.isfile(os.path.join(root, folder, "conftest.py")):
            yield f"{folder}conftest.py"


def _marks(item: pytest.Item) -> tuple[str, ...]:
    """Names of a test's marks that are one word each, sorted: its own, and those of its class and module."""
    names = {mark.name for mark in item.iter_markers() if isinstance(mark.name, str)}
    return tuple(sorted(name for name in names if len(name.split()) == 1))


def _outcome(report: pytest.TestReport) -> str:
    """A word of `quality_gate.runs.TestOutcome`."""
    outcome: str = report.outcome  # plugins that run tests again add a word of their own
    expected_to_fail = hasattr(report, "wasxfail")
    if outcome == "skipped":
        return "xfailed" if expected_to_fail else "skipped"
    if outcome == "passed":
        return "xpassed" if expected_to_fail else "passed"
    if outcome == "rerun":
        return "rerun"
    return "error" if report.when in ("setup", "teardown") else "failed"


def _loaded(config: pytest.Config) -> Iterator[str]:
    """Files of all modules and plugins: helpers of tests lie anywhere."""
    modules = [*sys.modules.values(), *config.pluginmanager.get_plugins()]
    for module in modules:
        place = getattr(module, "__file__", None)
        if isinstance(place, str) and place.endswith(".py"):
            yield os.path.realpath(place)


def _relative(place: str, root: str) -> str:
    """A file's path from the project's folder; "" where it lies elsewhere, or in an installed package."""
    place = os.path.realpath(place)
    if not place.startswith(root.rstrip(os.sep) + os.sep):
        return ""
    path = os.path.relpath(place, root).replace(os.sep, "/")
    return "" if "/site-packages/" in f"/{path}" else path
