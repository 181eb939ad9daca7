"""Row 42: lines that the author of a change excludes from coverage count as lines, and as not run where nobody knows."""

from __future__ import annotations

from pathlib import Path

import pytest

from foreign_files import data_file, json_file, lcov_file, project, xml_file
from quality_gate.evidence.coverage.foreign_coverage import read_coverage
from quality_gate.runs import FileRuns

SOURCE = """def charge(order):  # pragma: no cover
    if order > 3:  # pragma: no branch
        raise ValueError(order)
    return order


def free():
    return 0
"""

STATEMENTS = {1, 2, 3, 4, 7, 8}
TOLD = {"executed_lines": [7, 8], "missing_lines": [], "excluded_lines": [1, 2, 3, 4]}
LINES = '<line number="7" hits="1"/><line number="8" hits="1"/>'

REPORTS = {
    "json": lambda root: json_file(root / "c", {"pay.py": TOLD}),
    "xml": lambda root: xml_file(root / "c", LINES, source="/app"),
    "lcov": lambda root: lcov_file(
        root / "c", "SF:pay.py\nDA:7,1\nDA:8,1\nBRDA:8,0,jump to line 7,1\nBRDA:8,0,exit,1\nend_of_record\n"
    ),
}


def read(root: Path, place: Path) -> FileRuns:
    found = read_coverage(place, root, project(root, {"pay.py": SOURCE}), tracked=False).file("pay.py")
    assert found is not None
    return found


@pytest.mark.parametrize("kind", REPORTS)
def test_excluded_lines_of_a_report_are_lines_that_were_not_run(tmp_path: Path, kind: str) -> None:
    file = read(tmp_path, REPORTS[kind](tmp_path))
    assert file.statements == STATEMENTS
    assert file.excluded == {1, 2, 3, 4}
    assert file.run == {7, 8}
    assert file.branches == {2: {3, 4}}
    assert not file.taken


def test_a_data_file_knows_what_was_run_of_them(tmp_path: Path) -> None:
    ran = {"": [(-1, 1), (1, 7), (7, -1)], "t|run": [(-1, 2), (2, 4), (4, -1)]}
    file = read(tmp_path, data_file(tmp_path / "c", {"pay.py": ran}))
    assert file.statements == STATEMENTS
    assert file.run == {1, 2, 4, 7}
    assert file.branches == {2: {3, 4}}
    assert file.taken == {(2, 4)}


@pytest.mark.parametrize(
    "setting",
    [
        "[tool.coverage.report]\nexclude_also = ['def ']\n",
        "[tool.coverage.run]\nomit = ['*']\n",
        "[tool.coverage.report]\nskip_covered = true\npartial_branches = ['if']\n",
    ],
)
def test_settings_of_the_project_hide_nothing(tmp_path: Path, setting: str, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pyproject.toml").write_text(setting)
    monkeypatch.chdir(tmp_path)
    ran = {"": [(-1, 1), (1, 7), (7, -1)]}
    file = read(tmp_path, data_file(tmp_path / "c", {"pay.py": ran}))
    assert file.statements == STATEMENTS
    assert file.branches == {2: {3, 4}}
