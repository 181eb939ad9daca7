"""Which runs stay beside the evidence of a part."""

from __future__ import annotations

import json
import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from quality_gate_recorder.evidence_file import Evidence, Meta, read_file, write
from quality_gate_recorder.evidence_file import Test as Outcome
from quality_gate_recorder.keeping import MOST_KEPT, drop, others_beside, set_aside, settle

A, B, C = "tests/test_a.py::test", "tests/test_b.py::test", "tests/test_c.py::test"


class Folder:
    """Runs one after the other, as the recorder writes them."""

    def __init__(self, path: Path) -> None:
        self.place = path / "evidence.db"
        self._clock = 0

    def run(self, *tests: str, chosen: str = "1", end: str = "0", finish: bool = True, **more: object) -> Evidence:
        """A run from its beginning to its end."""
        self._clock += 1
        begun = Meta(started=f"{self._clock}.000", arguments=str(more.get("arguments", json.dumps(tests))))
        set_aside(self.place)
        write(Evidence(begun, ["the run did not end"]), self.place)
        if not finish:
            return read_file(self.place)
        outcome = str(more.get("outcome", "passed"))
        found = Evidence(begun, tests={test: Outcome("", outcome, 0.1) for test in tests})
        found.meta = begun._replace(finished="9", exit_status=end, chosen=chosen)
        found.meta = found.meta._replace(beside=settle(self.place, found))
        write(found, self.place)
        return found

    def whole(self, **more: object) -> Evidence:
        """A run of all tests."""
        return self.run(A, B, C, chosen="0", **more)  # type: ignore[arg-type]  # whatever a test gives

    @property
    def beside(self) -> list[list[str]]:
        """The tests of each run that counts together with the last one, oldest first."""
        told = read_file(self.place).meta.beside
        kept = [read_file(self.place.with_name(f"evidence-{number}.db")) for number in range(len(self.kept))]
        assert not told or json.loads(told) == [one.meta.started for one in kept]
        return [sorted(one.tests) for one in kept] if told else []

    @property
    def kept(self) -> list[str]:
        """Files that are kept."""
        return sorted(path.name for path in self.place.parent.glob("evidence-*"))


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


def test_a_part_leaves_the_whole_run(folder: Folder) -> None:
    folder.whole()
    folder.run(A)
    assert folder.beside == [[A, B, C]]
    assert others_beside(folder.place) == ("1.000", 2)


def test_a_whole_run_keeps_nothing(folder: Folder) -> None:
    folder.whole()
    folder.run(A)
    folder.whole()
    assert (folder.kept, others_beside(folder.place)) == ([], None)


def test_a_part_alone_is_as_it_was(folder: Folder) -> None:
    folder.run(A)
    folder.run(B)
    assert (folder.kept, folder.beside, others_beside(folder.place)) == ([], [], None)


def test_parts_add_up_and_a_part_that_was_run_anew_is_replaced(folder: Folder) -> None:
    folder.whole()
    folder.run(A, end="1", outcome="failed")
    folder.run(B)
    assert folder.beside == [[A, B, C], [A]]
    folder.run(B, C)
    assert folder.beside == [[A, B, C], [A]]
    folder.run(A, B, C)
    assert folder.beside == [[A, B, C]]


def test_no_more_parts_are_kept_than_can_be_read_in_time(folder: Folder) -> None:
    folder.whole()
    for number in range(MOST_KEPT):
        folder.run(f"{A}{number}")
    assert len(folder.beside) == MOST_KEPT
    folder.run(B)
    assert (folder.kept, folder.beside) == ([], [])


def test_a_run_that_did_not_end_is_no_evidence_and_loses_the_others_until_it_is_run_anew(folder: Folder) -> None:
    folder.whole()
    folder.run(A, finish=False)
    assert others_beside(folder.place) is None
    folder.run(A)
    assert folder.beside == [[A, B, C]], "the same was run anew"
    folder.run(A, finish=False)
    folder.run(B)
    assert (folder.kept, folder.beside) == ([], []), "what A does now is not known"


@pytest.mark.parametrize(("end", "outcome"), [("2", "passed"), ("0", "unknown"), ("3", "passed")])
def test_a_part_that_stopped_is_the_same(folder: Folder, end: str, outcome: str) -> None:
    folder.whole()
    folder.run(A, B, end=end, outcome=outcome)
    assert folder.beside == []
    folder.run(A)
    assert (folder.kept, folder.beside) == ([], []), "B was not run to its end"


def test_a_part_that_stopped_and_was_run_anew(folder: Folder) -> None:
    folder.whole()
    folder.run(A, B, end="2", outcome="unknown")
    folder.run(A, B)
    assert folder.beside == [[A, B, C]]


@pytest.mark.parametrize("chosen", ["0", "1"])
@pytest.mark.parametrize("end", ["4", "5"])
def test_a_misspelt_name_loses_nothing(folder: Folder, end: str, chosen: str) -> None:
    folder.whole()
    folder.run(end=end, chosen=chosen)
    assert folder.beside == []
    folder.run(A)
    assert folder.beside == [[A, B, C]]


@pytest.mark.parametrize(("end", "outcome"), [("2", "passed"), ("0", "unknown")])
def test_a_whole_run_that_stopped_is_not_kept(folder: Folder, end: str, outcome: str) -> None:
    folder.whole(end=end, outcome=outcome)
    folder.run(A)
    assert (folder.kept, folder.beside) == ([], [])


def test_a_whole_run_with_failed_tests_is_kept(folder: Folder) -> None:
    folder.whole(end="1", outcome="failed")
    folder.run(A)
    assert folder.beside == [[A, B, C]]


def test_what_the_recorder_could_not_see_is_not_kept(folder: Folder) -> None:
    folder.whole()
    told = read_file(folder.place)
    told.problems = ["what worker gw1 ran was not recorded"]
    write(told, folder.place)
    folder.run(A)
    assert (folder.kept, folder.beside) == ([], [])


def test_evidence_that_somebody_removed_takes_the_rest_with_it(folder: Folder) -> None:
    folder.whole()
    folder.run(A)
    folder.place.unlink()
    folder.run(B)
    assert (folder.kept, folder.beside) == ([], [])


def test_another_run_that_began_meanwhile(folder: Folder) -> None:
    folder.whole()
    set_aside(folder.place)
    write(Evidence(Meta(started="70")), folder.place)
    mine = Evidence(
        Meta(started="60", finished="9", exit_status="0", chosen="1"), tests={A: Outcome("", "passed", 0.1)}
    )
    assert settle(folder.place, mine) == ""
    assert folder.kept == []


@pytest.mark.parametrize("content", [b"", b"SQLite format 3\0" + b"x" * 200, b"text"])
def test_what_cannot_be_read_is_not_kept(folder: Folder, content: bytes) -> None:
    folder.place.write_bytes(content)
    folder.run(A)
    assert (folder.kept, folder.beside) == ([], [])
    folder.whole()
    folder.run(A)
    folder.place.with_name("evidence-0.db").write_bytes(content)
    folder.run(B)
    assert (folder.kept, folder.beside) == ([], [])


def test_a_link_is_not_followed_and_a_table_that_computes_for_ever_is_left(folder: Folder, tmp_path: Path) -> None:
    folder.whole()
    elsewhere = tmp_path / "elsewhere.db"
    os.replace(folder.place, elsewhere)
    folder.place.symlink_to(elsewhere)
    folder.run(A)
    assert (folder.kept, folder.beside, elsewhere.exists()) == ([], [], True)
    folder.whole()
    with closing(sqlite3.connect(folder.place)) as connection:
        connection.executescript(
            "DROP TABLE test; CREATE VIEW test AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
            "SELECT i AS nodeid, 'passed' AS outcome FROM n WHERE i < 0;"
        )
    folder.run(A)
    assert (folder.kept, folder.beside) == ([], [])


def test_dropping_leaves_the_last_run(folder: Folder) -> None:
    folder.whole()
    folder.run(A)
    drop(folder.place)
    assert folder.kept == []
    assert read_file(folder.place).tests.keys() == {A}
