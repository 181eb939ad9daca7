"""Row 41: evidence that was committed, made for another version of the source, or speaks of lines that are not there.

What the caller names on the command line the caller vouches for; what lies in the tree is anybody's word.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from foreign_files import ARCS, PAY, data_file, json_file, lcov_file, project, xml_file
from gate_process import gate
from git_scratch import Scratch
from quality_gate.errors import Missing
from quality_gate.evidence.coverage.foreign_coverage import read_coverage
from quality_gate.evidence.runs.recorded import read_recorded
from quality_gate_recorder.evidence_file import Evidence, Function
from quality_gate_recorder.fingerprints import fingerprints_of, lines_to_bytes
from recorded_evidence import evidence, save, write_files

SOURCE = "def charge(order):\n    if order:\n        return 1\n    return 2\n"
OTHER = "def charge(order):\n    return bank.take(order)\n"


def recorded(root: Path) -> Evidence:
    ran = {("", "none"): {"pay.py": [-1, 1, -1]}, ("t.py::t", "call"): {"pay.py": [-1, 2, 3, -1]}}
    return evidence(root, {"pay.py": SOURCE}, ran, {"t.py": "def t(): pass\n"})  # type: ignore[arg-type]


def read_own(root: Path, *, tracked: bool = False) -> str:
    with pytest.raises(Missing) as caught:
        read_recorded(root, tracked=tracked).file("pay.py")
    return caught.value.what


def test_committed_evidence_is_refused(tmp_path: Path) -> None:
    save(recorded(tmp_path), tmp_path)
    assert read_own(tmp_path, tracked=True) == "evidence that was not committed: git tracks .quality-gate/"


def test_committed_evidence_never_makes_the_gate_kept(tmp_path: Path) -> None:
    """The whole way: git tracks the evidence, the critical path is unproven."""
    scratch = Scratch(tmp_path)
    save(recorded(tmp_path), tmp_path)
    scratch.write("pyproject.toml", '[tool.quality-gate.practices]\ncritical-path-coverage = "enforce"\n')
    with (tmp_path / "pyproject.toml").open("a") as file:
        file.write('[tool.quality-gate.critical-paths.payments]\nwhy = "Money."\nentry = ["pay:charge"]\n')
    scratch.git("add", "--force", "--all")
    scratch.git("commit", "--quiet", "--message=all")
    done = gate(tmp_path, "check", "--stage", "ci")
    assert done.returncode == 3, done.stdout + done.stderr
    assert b"git tracks .quality-gate/" in done.stdout


def test_committed_coverage_is_refused(tmp_path: Path) -> None:
    place = json_file(tmp_path / "coverage.json")
    with pytest.raises(Missing, match=r"coverage that was not committed: git tracks coverage\.json"):
        read_coverage(place, tmp_path, project(tmp_path), tracked=True)


def test_evidence_of_another_version_is_stale_whatever_its_names(tmp_path: Path) -> None:
    save(recorded(tmp_path), tmp_path)
    write_files(tmp_path, {"pay.py": OTHER})
    found = read_recorded(tmp_path, tracked=False)
    assert found.stale("pay.py", "charge") == "it has changed since the tests were run"
    file = found.file("pay.py")
    assert file is not None
    assert 2 not in file.run


def test_a_digest_without_the_lines_gives_nothing(tmp_path: Path) -> None:
    """Who forges the digest of today's function and keeps the lines of another has no line run."""
    found = recorded(tmp_path)
    write_files(tmp_path, {"pay.py": OTHER})
    today = fingerprints_of(OTHER)["charge"]
    found.files["pay.py"].functions["charge"] = Function(1, 4, today.digest, lines_to_bytes([1, 2, 3, 4]))
    save(found, tmp_path)
    file = read_recorded(tmp_path, tracked=False).file("pay.py")
    assert file is not None
    assert file.run <= {1}


def test_lines_beyond_the_end_are_refused(tmp_path: Path) -> None:
    found = recorded(tmp_path)
    found.files["pay.py"].add("t.py::t", "call", [(3, 400)])
    save(found, tmp_path)
    assert "it has something run on line 400 of pay.py, which ends before" in read_own(tmp_path)


def test_lines_that_are_no_statements_are_not_run(tmp_path: Path) -> None:
    found = recorded(tmp_path)
    found.files["pay.py"].add("t.py::t", "call", [(5, 4)])
    save(found, tmp_path)
    file = read_recorded(tmp_path, tracked=False).file("pay.py")
    assert file is not None
    assert file.run <= file.statements
    assert file.taken <= {(line, end) for line, ends in file.branches.items() for end in ends}


SHIFTED = PAY.replace("import bank\n", "import bank\n#\n#\n#\n")

BEYOND = {"": [(-1, 1), (1, 900)]}


@pytest.mark.parametrize(
    "make",
    [
        lambda root: data_file(root / "c", {"shop/pay.py": BEYOND}),
        lambda root: json_file(root / "c", {"shop/pay.py": {"executed_lines": [1, 900]}}),
        lambda root: xml_file(root / "c", '<line number="900" hits="1"/>'),
        lambda root: lcov_file(root / "c", "SF:shop/pay.py\nDA:900,1\nend_of_record\n"),
    ],
)
def test_foreign_lines_beyond_the_end_are_refused(tmp_path: Path, make) -> None:
    found = read_coverage(make(tmp_path), tmp_path, project(tmp_path), tracked=False)
    with pytest.raises(Missing, match="it tells of line 900, and the file has 14"):
        found.file("shop/pay.py")


@pytest.mark.parametrize(
    "make",
    [
        lambda root: data_file(root / "c", {"shop/pay.py": ARCS}),
        lambda root: json_file(root / "c"),
        lambda root: xml_file(root / "c"),
        lambda root: lcov_file(root / "c"),
    ],
)
def test_foreign_lines_of_another_version_are_refused(tmp_path: Path, make) -> None:
    files = project(tmp_path, {"shop/__init__.py": "", "shop/pay.py": SHIFTED})
    found = read_coverage(make(tmp_path), tmp_path, files, tracked=False)
    with pytest.raises(Missing, match="it was made of another version of the file"):
        found.file("shop/pay.py")
