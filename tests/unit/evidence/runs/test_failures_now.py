"""What failed in which test, read as untrusted data and placed in the lines of the present."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from graphs import SmallRuns
from quality_gate.errors import Missing
from quality_gate.evidence._untrusted import Unreadable
from quality_gate.evidence.runs.joined import JoinedRuns
from quality_gate.evidence.runs.recorded import RecordedRuns, read_recorded
from quality_gate.evidence.runs.shards import join, read_shard
from quality_gate.runs import LineOfTests, SeenFailure
from quality_gate_recorder.evidence_file import Evidence
from quality_gate_recorder.failure_tables import Failure, Place, Seen
from quality_gate_recorder.fingerprints import lines_to_bytes, outline_of
from recorded_evidence import evidence, save

PAY = "def charge(bank):\n    try:\n        é = bank.take(1)\n    except OSError:\n        return None\n    return é\n"
TEST = "from shop import pay\n\n\ndef test_it(bank):\n    bank.fails()\n    pay.charge(bank)\n    assert bank.told\n"
TEST_PATH, PAY_PATH, NODEID = "tests/test_pay.py", "shop/pay.py", "tests/test_pay.py::test_it"
CALL = Failure(
    path=PAY_PATH,
    line=3,
    column=13,
    end_line=3,
    end_column=25,
    exception="shop.bank.Down",
    source="outside",
    handled=4,
    called_from=(Place(TEST_PATH, 6),),
    reached=None,
    taken=False,
    moment=2,
    older_thread=False,
)
REACHED = CALL._replace(exception="KeyError", handled=0, reached=Place(TEST_PATH, 6), taken=True, older_thread=True)


def recorded(root: Path, *found: Failure) -> Evidence:
    """Evidence of one test in which something failed."""
    ran = {(NODEID, "call"): {PAY_PATH: [-1, 2, 3, 4, 5, -1]}}
    whole = evidence(root, {PAY_PATH: PAY}, ran, {TEST_PATH: TEST})
    whole.meta = whole.meta._replace(failures="1")
    places = tuple(Place(TEST_PATH, line) for line in (5, 6, 7))
    whole.failures.seen = [
        Seen(NODEID, "setup", places[:1], ()),
        Seen(NODEID, "call", places, found or (CALL, REACHED)),
    ]
    whole.failures.exceptions = {"shop.bank.Down": ("OSError", "Exception", "BaseException"), "KeyError": ()}
    whole.failures.lines = {TEST_PATH: lines_to_bytes(outline_of(TEST)[1])}
    return whole


def runs(root: Path, found: Evidence | None = None) -> RecordedRuns:
    save(found or recorded(root), root)
    return read_recorded(root, tracked=False)


def only(found: RecordedRuns) -> SeenFailure:
    first, _ = found.failures_of(PAY_PATH)
    return first


def at(*lines: int) -> tuple[LineOfTests, ...]:
    return tuple(LineOfTests(TEST_PATH, line) for line in lines)


def test_everything_that_is_known(tmp_path: Path) -> None:
    handled, reached = runs(tmp_path).failures_of(PAY_PATH)
    assert handled == SeenFailure(
        test=NODEID,
        phase="call",
        line=3,
        column=13,  # in code points, from 1: é has two bytes
        end_line=3,
        end_column=25,
        exception="shop.bank.Down",
        bases=("OSError", "Exception", "BaseException"),
        source="outside",
        handled=4,
        called_from=at(6),
        reached=None,
        taken=False,
        after=at(7),
        older_thread=False,
    )
    assert (reached.handled, reached.reached, reached.taken, reached.older_thread) == (None, *at(6), True, True)


def test_what_ran_of_test_code(tmp_path: Path) -> None:
    found = runs(tmp_path)
    assert found.ran_in(NODEID) == at(5, 6, 7)
    assert found.ran_in("another") == ()
    assert found.test_lines(TEST_PATH) == {5, 6, 7}
    assert found.test_lines("tests/test_other.py") is None


def test_jumps_by_test(tmp_path: Path) -> None:
    found = runs(tmp_path)
    assert found.arcs_of(PAY_PATH) == {NODEID: {(-1, 2), (2, 3), (3, 4), (4, 5), (5, -1)}}
    assert found.arcs_of("shop/other.py") == {}


def test_what_is_not_known_is_said(tmp_path: Path) -> None:
    whole = recorded(tmp_path)
    assert runs(tmp_path, whole).unseen(NODEID) is None
    whole.failures.not_all("", "this Python does not tell")
    whole.failures.not_all(NODEID, "a process is not watched")
    found = runs(tmp_path, whole)
    assert found.unseen(NODEID) == "this Python does not tell; a process is not watched"
    assert found.unseen("") == "this Python does not tell"


def test_functions_that_moved_keep_what_failed_in_them(tmp_path: Path) -> None:
    save(recorded(tmp_path), tmp_path)
    (tmp_path / PAY_PATH).write_text(f"# a comment\n\n{PAY}")
    found = only(read_recorded(tmp_path, tracked=False))
    assert (found.line, found.column, found.end_line, found.handled) == (5, 13, 5, 6)


def test_functions_that_changed_do_not(tmp_path: Path) -> None:
    save(recorded(tmp_path), tmp_path)
    (tmp_path / PAY_PATH).write_text(PAY.replace("None", "0"))
    assert read_recorded(tmp_path, tracked=False).failures_of(PAY_PATH) == ()


def test_lines_of_tests_move_too(tmp_path: Path) -> None:
    save(recorded(tmp_path), tmp_path)
    (tmp_path / TEST_PATH).write_text(TEST.replace("    assert", "    # told?\n    assert"))
    found = read_recorded(tmp_path, tracked=False)
    assert (only(found).called_from, only(found).after) == (at(6), at(8))
    assert found.test_lines(TEST_PATH) == {5, 6, 8}


def test_lines_of_tests_that_changed_are_not_known(tmp_path: Path) -> None:
    save(recorded(tmp_path), tmp_path)
    (tmp_path / TEST_PATH).write_text(TEST.replace("assert bank.told", "assert bank.sold"))
    found = read_recorded(tmp_path, tracked=False)
    assert (only(found).called_from, only(found).after, found.ran_in(NODEID)) == (at(0), (), ())
    assert found.test_lines(TEST_PATH) is None


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("DELETE FROM failure_place", "it names what it does not hold"),
        ("DELETE FROM exception", "it names what it does not hold"),
        ("DELETE FROM test_code", "it names what it does not hold"),
        ("UPDATE seen SET test_id = 99", "it names what it does not hold"),
        ("UPDATE seen SET phase = 4", "it holds what cannot be"),
        ("UPDATE seen SET places = x'80'", "it holds places that cannot be"),
        ("UPDATE failure SET source = -1", "it holds what cannot be"),
        ("UPDATE failure SET moment = 4", "something failed after more than the test ran"),
        ("UPDATE failure SET handled = 'x'", "it holds what cannot be"),
        ("UPDATE failure SET taken = 2", "it holds what cannot be"),
        ("UPDATE failure_place SET line = 0", "it holds what cannot be"),
        ("UPDATE failure_place SET path = CAST('../a.py' AS BLOB)", "something failed in a file outside the project"),
        ("UPDATE test_code SET path = CAST('/a.py' AS BLOB)", "something failed in a file outside the project"),
        ("UPDATE test_code SET lines = x'80'", "it holds lines that cannot be"),
        ("UPDATE exception SET bases = '[1]'", "it holds types that cannot be"),
        ("INSERT INTO unseen VALUES (7, 'x')", "it names what it does not hold"),
    ],
)
def test_values_that_cannot_be_are_refused(tmp_path: Path, statement: str, said: str) -> None:
    place = save(recorded(tmp_path), tmp_path)
    connection = sqlite3.connect(place)
    connection.executescript(statement)
    connection.close()
    with pytest.raises(Missing, match=said):
        read_recorded(tmp_path, tracked=False).failures_of(PAY_PATH)


@pytest.mark.parametrize("table", ["seen", "failure", "failure_place", "exception", "test_code", "unseen"])
def test_a_table_that_is_not_there_is_missed(tmp_path: Path, table: str) -> None:
    connection = sqlite3.connect(save(recorded(tmp_path), tmp_path))
    connection.execute(f"DROP TABLE {table}")
    connection.close()
    with pytest.raises(Missing, match=f"it has no table {table}"):
        read_recorded(tmp_path, tracked=False)


def test_columns_on_lines_that_are_not_there_are_not_known(tmp_path: Path) -> None:
    far = CALL._replace(end_line=900)
    (found,) = runs(tmp_path, recorded(tmp_path, far)).failures_of(PAY_PATH)
    assert (found.line, found.column, found.end_line, found.end_column) == (3, 0, 0, 0)


class TestShards:
    def test_all_that_any_of_them_saw(self, tmp_path: Path) -> None:
        whole = join([recorded(tmp_path, CALL), recorded(tmp_path, REACHED)]).evidence
        assert len(runs(tmp_path, whole).failures_of(PAY_PATH)) == 2

    def test_what_one_could_not_see_is_unknown_of_its_tests_alone(self, tmp_path: Path) -> None:
        blind = evidence(tmp_path, {PAY_PATH: PAY}, {("other", "call"): {}}, {})
        blind.failures.not_all("", "this Python does not tell")
        found = runs(tmp_path, join([recorded(tmp_path), blind]).evidence)
        assert (found.unseen(NODEID), found.unseen("other"), found.unseen("")) == (
            None,
            "this Python does not tell",
            None,
        )

    def test_a_forged_one_is_refused(self, tmp_path: Path) -> None:
        connection = sqlite3.connect(save(recorded(tmp_path), tmp_path))
        connection.executescript("UPDATE failure SET moment = 4")
        connection.close()
        with pytest.raises(Unreadable):
            read_shard(tmp_path / ".quality-gate" / "evidence.db")


class TestJoined:
    def test_what_any_source_knows(self, tmp_path: Path) -> None:
        known = runs(tmp_path)
        found = JoinedRuns([SmallRuns(), known])
        assert found.failures_of(PAY_PATH) == known.failures_of(PAY_PATH)
        assert found.arcs_of(PAY_PATH) == known.arcs_of(PAY_PATH)
        assert (found.ran_in(NODEID), found.test_lines(TEST_PATH)) == (at(5, 6, 7), {5, 6, 7})

    def test_what_one_source_knows_of_a_test_is_known(self, tmp_path: Path) -> None:
        known = runs(tmp_path)
        assert JoinedRuns([SmallRuns(unseen="it does not tell"), known]).unseen(NODEID) is None
        assert JoinedRuns([SmallRuns(unseen="it does not tell")]).unseen(NODEID) == "it does not tell"
