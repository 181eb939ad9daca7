"""Row 23: a newline in a file's name writes records of its author's liking into an LCOV file."""

from __future__ import annotations

from pathlib import Path

import pytest

from foreign_files import RECORD, lcov_file, project
from quality_gate.errors import Missing
from quality_gate.evidence.coverage.foreign_coverage import read_coverage

FORGED = "SF:shop/pay.py\nDA:1,1\nDA:4,1\nDA:5,1\nDA:6,1\nDA:9,1\nend_of_record\n"


def refused(root: Path, records: str, files: list[str] | None = None) -> str:
    with pytest.raises(Missing) as caught:
        found = read_coverage(lcov_file(root / "coverage.lcov", records), root, files or project(root), tracked=False)
        found.file("shop/pay.py")
    return caught.value.what


def test_the_forged_record_would_be_believed(tmp_path: Path) -> None:
    """What the tests below guard against does count where it stands alone."""
    place = lcov_file(tmp_path / "coverage.lcov", FORGED)
    found = read_coverage(place, tmp_path, project(tmp_path), tracked=False).file("shop/pay.py")
    assert found is not None
    assert 6 in found.run


@pytest.mark.parametrize(
    "records",
    [
        f"SF:a\nend_of_record\n{FORGED}{RECORD}",
        f"{RECORD}SF:a\nend_of_record\n{FORGED}",
        f"TN:\n{RECORD}TN:forged\n{FORGED}",
    ],
)
def test_a_second_record_of_a_file_makes_both_worthless(tmp_path: Path, records: str) -> None:
    assert "it has more than one record of the file, so one may be forged" in refused(tmp_path, records)


@pytest.mark.parametrize("letter", ["\n", "\r"])
def test_where_such_a_name_exists_lcov_is_refused_altogether(tmp_path: Path, letter: str) -> None:
    files = [*project(tmp_path), f"a{letter}end_of_record{letter}SF:shop/pay.py.py"]
    assert "which LCOV cannot tell from a record" in refused(tmp_path, FORGED, files)


@pytest.mark.parametrize(
    ("records", "said"),
    [
        (f"{RECORD.removesuffix('end_of_record' + chr(10))}{FORGED}", "not where it may stand (its line 15)"),
        (f"{RECORD}.py\n", "it has a line that is not LCOV"),
        (f"{RECORD}DA:1,1\n", "not where it may stand"),
        (f"{RECORD}end_of_record\n", "a record ends that has not begun"),
        ("SF:shop/pay.py\nDA:1,1\n", "it ends within a record"),
        ("SF:shop/pay.py\nDA:1,1\x0bDA:6,1\nend_of_record\n", "it counts"),
        ("SF:shop/\x1b[2Jpay.py\nend_of_record\n", "it names a file with control characters"),
        ("SF:shop/pay.py\nDA:one,1\nend_of_record\n", "it tells of a line"),
        ("SF:shop/pay.py\nDA:1,many\nend_of_record\n", "it counts"),
        ("SF:shop/pay.py\nDA:99999999999999999999,1\nend_of_record\n", "it tells of a line"),
        ("SF:shop/pay.py\nDA:0,1\nend_of_record\n", "it tells of a line"),
        ("SF:shop/pay.py\nDA:٣,1\nend_of_record\n", "it tells of a line"),
        ("SF:" + "a" * 100_000 + "\nend_of_record\n", "it has a line of more than 64 KiB"),
    ],
)
def test_every_line_is_one_that_the_format_knows(tmp_path: Path, records: str, said: str) -> None:
    assert said in refused(tmp_path, records)
