"""Row 38: XML that grows, refers to other files, nests without end, or has a tag without end."""

from __future__ import annotations

import resource
import time
from pathlib import Path

import pytest

from foreign_files import LINES, project, xml_file
from quality_gate.errors import Missing
from quality_gate.evidence.coverage import cobertura
from quality_gate.evidence.coverage.foreign_coverage import read_coverage

HEAD = "<coverage line-rate='1' branches-valid='0'><packages>"


def laughs() -> str:
    entities = "".join(f'<!ENTITY e{level} "{f"&e{level - 1};" * 10}">' for level in range(1, 12))
    return f'<!DOCTYPE coverage [<!ENTITY e0 "ha">{entities}]>{HEAD}&e11;</packages></coverage>'


BOMBS = {
    "billion laughs": (laughs, "it declares entities"),
    "quadratic": (
        lambda: f'<!DOCTYPE c [<!ENTITY a "{"a" * 50_000}">]>{HEAD}{"&a;" * 50_000}</packages></coverage>',
        "it declares entities",
    ),
    "another file": (
        lambda: f'<!DOCTYPE c [<!ENTITY a SYSTEM "file:///etc/passwd">]>{HEAD}&a;</packages></coverage>',
        "it declares entities",
    ),
    "parameters": (
        lambda: f'<!DOCTYPE c [<!ENTITY % a SYSTEM "file:///etc/passwd"> %a;]>{HEAD}</packages></coverage>',
        "it declares entities",
    ),
    "depth": (lambda: HEAD + "<a>" * 100_000 + "</a>" * 100_000, "its tags are nested more than 32 deep"),
    "a tag without end": (lambda: HEAD + '<class filename="' + "a" * 5_000_000, "it has a tag of more than 1024 KiB"),
    "attributes": (
        lambda: HEAD + "<a " + " ".join(f'a{number}="1"' for number in range(200_000)) + "/></packages></coverage>",
        "it has a tag of more than 1024 KiB",
    ),
    "a long name": (lambda: HEAD + f'<class filename="{"a" * 5000}"/>', "it has a class without a file's name"),
    "folders": (lambda: HEAD + "<source>/a</source>" * 2000, "it names more than 1000 folders"),
    "a long folder": (lambda: HEAD + f"<source>{'a' * 500_000}</source>", "it names a folder too long"),
    "no end": (lambda: HEAD, "it is no XML: no element found"),
    "two roots": (lambda: HEAD + "</packages></coverage><coverage/>", "it is no XML: junk after document element"),
    "unknown coding": (lambda: '<?xml version="1.0" encoding="nonsense"?>' + HEAD, "it is no XML: unknown encoding"),
    "NUL": (lambda: HEAD + "\0", "it is no XML"),
}


@pytest.mark.parametrize("name", BOMBS)
def test_bombs_are_refused_at_once(tmp_path: Path, name: str) -> None:
    make, said = BOMBS[name]
    place = tmp_path / "coverage.xml"
    place.write_text(make())
    before, started = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    with pytest.raises(Missing) as caught:
        read_coverage(place, tmp_path, project(tmp_path), tracked=False)
    assert said in caught.value.what
    assert time.process_time() - started < 5
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200 * 1024


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('number="1"', 'number="-1"', "it tells of a line"),
        ('number="1"', f'number="{"9" * 5000}"', "it tells of a line"),
        ('hits="0"', 'hits="NaN"', "it counts"),
        ('hits="0"', "", "it counts"),
        ("50% (1/2)", "most of them", "it does not tell how many ways on"),
        ("50% (1/2)", "50% (9999999/2)", "it does not tell how many ways on"),
    ],
)
def test_values_that_cannot_be(tmp_path: Path, old: str, new: str, said: str) -> None:
    place = xml_file(tmp_path / "coverage.xml", LINES.replace(old, new))
    with pytest.raises(Missing) as caught:
        read_coverage(place, tmp_path, project(tmp_path), tracked=False)
    assert said in caught.value.what


def test_a_file_too_large_is_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cobertura, "_MOST_BYTES", 100)
    with pytest.raises(Missing, match="no more than"):
        read_coverage(xml_file(tmp_path / "coverage.xml"), tmp_path, project(tmp_path), tracked=False)
