"""An evidence file in short says what it says at length."""

from __future__ import annotations

import sqlite3

import pytest

from quality_gate_recorder.evidence_file import Evidence, File, Meta, write
from quality_gate_recorder.evidence_file import Test as Outcome
from quality_gate_recorder.summary import summary_of


@pytest.fixture
def place(tmp_path):
    return tmp_path / "evidence.db"


def test_what_is_counted(place):
    run, unrun = File(), File()
    run.add("t", "call", [(1, 2)])
    run.add("t", "setup", [(1, 2)])
    tests = {name: Outcome("t.py", "passed", 0.0) for name in ("t", "u", "v")}
    write(Evidence(Meta(finished="1"), ["it rained"], {"a.py": run, "b.py": unrun}, tests), place)
    assert summary_of(place) == (Meta(finished="1"), ["it rained"], 3, 2, 1, {"passed"})


def test_a_run_that_did_not_begin(place):
    write(Evidence(Meta(started="1"), ["the run did not begin"]), place)
    assert summary_of(place) == (Meta(started="1"), ["the run did not begin"], 0, 0, 0, frozenset())


def test_another_format(place):
    write(Evidence(), place)
    with sqlite3.connect(place) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(ValueError, match="99"):
        summary_of(place)
