"""Evidence files for tests, written as the recorder writes them, without running anything."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hashlib import blake2b
from itertools import pairwise
from pathlib import Path

from quality_gate.evidence.coverage._structure import Structure
from quality_gate_recorder.evidence_file import Call, Evidence, File, Function, Meta, Phase, Test, TestFile, bits, write
from quality_gate_recorder.fingerprints import digest_of, fingerprints_of, lines_to_bytes

META = Meta(
    python="3.11.7",
    started="1795329000.0",
    finished="1795329060.0",
    exit_status="0",
    collected="",
    commit="1f2e3d4c5b6a79881f2e3d4c5b6a79881f2e3d4c",
    dirty="0",
)
"""Of a run that went well on 2026-11-22 06:30."""


def write_files(root: Path, files: Mapping[str, str]) -> None:
    """Write files below a folder."""
    for path, source in files.items():
        place = root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(source.encode())


def measured(source: str) -> File:
    """A file of the project, not yet run."""
    content = source.encode()
    structure = Structure(content)
    return File(
        digest=blake2b(content, digest_size=16).digest(),
        statements=bits(structure.statements),
        branches={line: sorted(ends) for line, ends in structure.branches.items()},
        functions={
            name: Function(one.first, one.last, one.digest, lines_to_bytes(one.lines))
            for name, one in fingerprints_of(content).items()
        },
    )


def code_of_tests(source: str, kind: str) -> TestFile:
    """A file of test code."""
    content = source.encode()
    return TestFile(digest_of(content), kind, blake2b(content, digest_size=16).digest())


def arcs_through(lines: Iterable[int]) -> list[tuple[int, int]]:
    """The jumps of a run that comes by some lines one after the other."""
    return list(pairwise(lines))


def evidence(
    root: Path,
    sources: Mapping[str, str],
    ran: Mapping[tuple[str, Phase], Mapping[str, Iterable[int]]],
    tests: Mapping[str, str],
    *,
    meta: Meta = META,
    helpers: Mapping[str, str] = {},
    outcomes: Mapping[str, str] = {},
    calls: Iterable[Call] = (),
) -> Evidence:
    """Evidence of a run, whose files are written below the root as they were then.

    Args:
        sources: files of the project. tests: files of tests and conftest.py. helpers: what tests import.
        ran: for a test and phase, the lines that it came by one after the other, by file; ("", "none") is the import.
        outcomes: where they are not "passed".
    """
    write_files(root, {**sources, **tests, **helpers})
    found = Evidence(meta, files={path: measured(source) for path, source in sources.items()}, calls=set(calls))
    for (nodeid, phase), lines in ran.items():
        for path, some in lines.items():
            found.files[path].add(nodeid, phase, arcs_through(some))
        if nodeid:
            path = nodeid.partition("::")[0]
            found.tests[nodeid] = Test(path, outcomes.get(nodeid, "passed"), 0.1)
    for path, source in tests.items():
        found.test_files[path] = code_of_tests(source, "conftest" if path.endswith("conftest.py") else "test")
    for path, source in helpers.items():
        found.test_files[path] = code_of_tests(source, "other")
    return found


def save(found: Evidence, root: Path) -> Path:
    """Put evidence where the gate looks for it."""
    folder = root / ".quality-gate"
    folder.mkdir(exist_ok=True)
    write(found, folder / "evidence.db")
    return folder / "evidence.db"
