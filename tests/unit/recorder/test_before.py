"""What was recorded before a run, while it goes on."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from quality_gate_recorder.before import Before, evidence_before


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "evidence.db").write_text("all")
    (tmp_path / "evidence-0.db").write_text("kept")
    return tmp_path / "evidence.db"


def contents(place: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in place.parent.iterdir() if path.is_file()}


def replace(place: Path, text: str) -> None:
    """As evidence is written."""
    aside = place.with_name("aside")
    aside.write_text(text)
    os.replace(aside, place)


def test_it_counts_while_the_run_goes_on(place: Path) -> None:
    assert evidence_before(place) is None
    with Before(place):
        replace(place, "begun")
        held = evidence_before(place)
        assert held is not None
        assert (held.read_text(), held.with_name("evidence-0.db").read_text()) == ("all", "kept")
    assert evidence_before(place) is None
    assert contents(place) == {"evidence.db": "begun", "evidence-0.db": "kept"}
    assert not (place.parent / "before").exists()


def test_it_is_put_back(place: Path) -> None:
    before = contents(place)
    with Before(place) as held:
        os.replace(place, place.with_name("evidence-1.db"))
        replace(place, "begun")
        held.put_back()
    assert contents(place) == before


def test_where_nothing_was_there_nothing_is_put_back(tmp_path: Path) -> None:
    place = tmp_path / "evidence.db"
    with Before(place) as held:
        replace(place, "begun")
        assert evidence_before(place) is None
        held.put_back()
    assert list(tmp_path.iterdir()) == []


def test_a_second_run_at_the_same_time_changes_nothing(place: Path) -> None:
    with Before(place):
        replace(place, "begun")
        with Before(place) as second:
            second.put_back()
        held = evidence_before(place)
        assert held is not None
        assert (held.read_text(), place.read_text()) == ("all", "begun")


def test_of_a_run_that_was_killed_nothing_older_counts(place: Path) -> None:
    source = (
        "import os, pathlib, sys\nfrom quality_gate_recorder.before import Before\n"
        "Before(pathlib.Path(sys.argv[1])).hold(); os._exit(9)"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    assert subprocess.run([sys.executable, "-c", source, str(place)], env=environment, check=False).returncode == 9
    assert (place.parent / "before" / "evidence.db").exists()
    assert evidence_before(place) is None
    replace(place, "broke off")
    with Before(place) as held:
        assert (place.parent / "before" / "evidence.db").read_text() == "broke off"
        held.put_back()
    assert contents(place) == {"evidence.db": "broke off", "evidence-0.db": "kept"}


def test_a_link_in_its_place_is_not_followed(place: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "evidence.db").write_text("forged")
    (tmp_path / "before").symlink_to(other)
    with Before(place) as held:
        assert evidence_before(place) is None
        held.put_back()
    assert (other / "evidence.db").read_text() == "forged"
    assert contents(place)["evidence.db"] == "all"
