"""Row 39: JSON that nests without end, has a key twice, numbers that are none, or is too large."""

from __future__ import annotations

from pathlib import Path

import pytest

from foreign_files import project
from quality_gate.errors import Missing
from quality_gate.evidence.coverage import coverage_json
from quality_gate.evidence.coverage.foreign_coverage import read_coverage

PAY = '"shop/pay.py": {"executed_lines": [1, 4, 5, 9], "missing_lines": [6]}'


def report(files: str = PAY, more: str = "") -> str:
    return f'{{"meta": {{"format": 3, "branch_coverage": false}}, {more}"files": {{{files}}}}}'


def read(root: Path, content: str | bytes) -> None:
    place = root / "coverage.json"
    place.write_bytes(content if isinstance(content, bytes) else content.encode())
    assert read_coverage(place, root, project(root), tracked=False).file("shop/pay.py") is not None


def test_the_plain_report_is_read(tmp_path: Path) -> None:
    read(tmp_path, report())
    read(tmp_path, b"\xef\xbb\xbf"[:0] + report(more='"totals": {"a": ["}", {"b": 1}]}, ').encode())


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('{"a": ' * 100_000, "it is no report"),
        ("{" + '"a": [' + "[" * 100_000, "it is no report"),
        (report(PAY.replace("9]", "NaN]")), "it is no report"),
        (report(PAY.replace("9]", "Infinity]")), "it is no report"),
        (report(PAY.replace("9]", "9" * 5000 + "]")), "it is no report"),
        (report(PAY.replace("9]", "-9]")), "it is no report"),
        (report(PAY.replace("9]", "9.5]")), "it is no report"),
        (report(PAY.replace("9]", '"9"]')), "it is no report"),
        (report(PAY.replace("9]", "true]")), "it is no report"),
        (report(PAY.replace("9]", "99999999]")), "it is no report"),
        (report().replace("3", '"3"', 1), "it is no report"),
        (report() + "{}", "it is no report"),
        (report()[:-1], "it is no report"),
        (report(PAY.replace("pay", r"\ud800")), "it is no report"),
        (report().encode().replace(b"pay", b"\xff"), "it is no report"),
        (report().encode("utf-16"), "it is neither"),
        ('{"meta": {"format": 1}, "files": {}}', "it is of format 1, and formats 2 and 3 are read"),
        ('{"meta": {"format": 4}, "files": {}}', "it is of format 4, and formats 2 and 3 are read"),
        ('{"meta": {}, "files": {}}', "it is of format 1"),
        (report(PAY[:-1] + ', "contexts": {"nine": ["a"]}}'), "it tells of a line 'nine'"),
    ],
)
def test_what_is_no_report(tmp_path: Path, content: str | bytes, said: str) -> None:
    with pytest.raises(Missing) as caught:
        read(tmp_path, content)
    assert said in caught.value.what


FORGED = PAY.replace("9]", "9, 6]")


@pytest.mark.parametrize(
    "content",
    [
        report(f"{PAY}, {FORGED}"),
        report(f"{PAY}, {FORGED.replace('shop', 's' + chr(92) + 'u0068op')}"),
        report(PAY[:-1] + ', "executed_lines": [6]}'),
        report(more=f'"files": {{{FORGED}}}, '),
        report(more='"note": "a \\" b", "note": {}, '),
    ],
)
def test_a_key_that_comes_twice_is_refused(tmp_path: Path, content: str) -> None:
    with pytest.raises(Missing, match="twice in one object"):
        read(tmp_path, content)


def test_a_report_too_large_is_told_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coverage_json, "_MOST_BYTES", 50)
    with pytest.raises(Missing, match=r"name the \.coverage file itself, or write the report without contexts"):
        read(tmp_path, report())
