"""Row 44: nothing collected, nothing run, nothing measured, all skipped: never green by absence."""

from __future__ import annotations

from pathlib import Path

import pytest

from foreign_files import data_file, json_file, lcov_file, project, xml_file
from quality_gate.errors import Missing
from quality_gate.evidence.coverage.foreign_coverage import read_coverage
from quality_gate.evidence.runs.recorded import read_recorded
from quality_gate_recorder.evidence_file import Evidence
from recorded_evidence import META, evidence, save

SOURCE = "def charge():\n    return 1\n"
TEST = "t.py::t"


def of_one_test(root: Path, **more: object) -> Evidence:
    ran = {(TEST, "call"): {"pay.py": [-1, 2, -1]}}
    return evidence(root, {"pay.py": SOURCE}, ran, {"t.py": "def t(): pass\n"}, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (lambda root: Evidence(META), "no test was run"),
        (lambda root: Evidence(META._replace(exit_status="5")), "no test was collected"),
        (lambda root: Evidence(META._replace(exit_status="")), "the test run did not end"),
        (lambda root: Evidence(), "the test run did not end"),
        (lambda root: of_one_test(root, meta=META._replace(exit_status="5")), "no test was collected"),
        (lambda root: of_one_test(root, meta=META._replace(collected="9")), "1 of 9 collected tests were run"),
        (lambda root: of_one_test(root, outcomes={TEST: "unknown"}), f"1 of 1 tests did not end: {TEST}"),
    ],
)
def test_a_run_without_tests_is_a_problem(tmp_path: Path, found, said: str) -> None:
    save(found(tmp_path), tmp_path)
    assert said in read_recorded(tmp_path, tracked=False).problems


def test_skipped_tests_run_nothing(tmp_path: Path) -> None:
    found = evidence(tmp_path, {"pay.py": SOURCE}, {(TEST, "call"): {}}, {"t.py": ""}, outcomes={TEST: "skipped"})  # type: ignore[arg-type]
    save(found, tmp_path)
    file = read_recorded(tmp_path, tracked=False).file("pay.py")
    assert file is not None
    assert file.statements
    assert not file.run


def test_a_file_that_nobody_measured_is_unknown_and_not_covered(tmp_path: Path) -> None:
    save(of_one_test(tmp_path), tmp_path)
    (tmp_path / "new.py").write_text(SOURCE)
    assert read_recorded(tmp_path, tracked=False).file("new.py") is None


@pytest.mark.parametrize(
    "make",
    [
        lambda root: data_file(root / "c", {}),
        lambda root: json_file(root / "c", {}),
        lambda root: lcov_file(root / "c", "TN:\n"),
        lambda root: xml_file(root / "c", name="elsewhere.py"),
        lambda root: data_file(root / "c", {"/usr/lib/other.py": {"": [(-1, 1)]}}),
    ],
)
def test_coverage_of_nothing_is_missing(tmp_path: Path, make) -> None:
    with pytest.raises(Missing):
        read_coverage(make(tmp_path), tmp_path, project(tmp_path, {"pay.py": SOURCE}), tracked=False)


@pytest.mark.parametrize(
    "make",
    [
        lambda root: data_file(root / "c", {"pay.py": {}}),
        lambda root: json_file(root / "c", {"pay.py": {"executed_lines": []}}),
        lambda root: lcov_file(root / "c", "SF:pay.py\nend_of_record\n"),
        lambda root: xml_file(root / "c", "", source="/app"),
    ],
)
def test_a_file_of_which_nothing_is_told_was_not_run(tmp_path: Path, make) -> None:
    files = project(tmp_path, {"pay.py": SOURCE})
    file = read_coverage(make(tmp_path), tmp_path, files, tracked=False).file("pay.py")
    assert file is not None
    assert file.statements == {1, 2}
    assert not file.run
