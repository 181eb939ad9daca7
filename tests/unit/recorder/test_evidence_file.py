"""The evidence file: what is written is what is read, whatever lies in its place."""

from __future__ import annotations

import sqlite3

import pytest

from quality_gate_recorder.evidence_file import (
    FORMAT,
    NO_TEST,
    Call,
    Evidence,
    File,
    Function,
    Meta,
    bits,
    from_blob,
    numbers,
    read,
    read_file,
    to_blob,
    write,
)
from quality_gate_recorder.evidence_file import (
    Test as OneTest,
)
from quality_gate_recorder.evidence_file import (
    TestFile as CodeOfTests,
)
from quality_gate_recorder.isolation_tables import Touch, Touches


def some_evidence() -> Evidence:
    """One of everything."""
    file = File(b"d" * 16, bits([1, 2, 3]), bits([3]), {2: [-1, 3]}, {"f": Function(1, 3, b"f" * 16, b"\1\1")})
    file.add("tests/t.py::one", "setup", [(-1, 2)])
    file.add("tests/t.py::one", "call", [(-1, 2), (2, 3)])
    file.add("tests/t.py::two", "call", [(2, 3), (-1, 2)])
    file.add(NO_TEST, "none", [(-1, 1)])
    return Evidence(
        Meta(python="3.11.7", commit="1f2e3d4", finished="2.5", exit_status="0"),
        ["a clause"],
        {"shop/pay.py": file, "shop/\udce9.py": File()},
        {
            "tests/t.py::one": OneTest("tests/t.py", "passed", 0.25),
            "tests/t.py::two": OneTest("tests/t.py", "failed", 0.5, ("integration", "slow")),
        },
        {"tests/t.py": CodeOfTests(b"t" * 16, "test", b"c" * 16)},
        {Call("shop/pay.py", "f", 2, "shop/pay.py", "g")},
        touches=Touches(
            {Touch("tests/t.py::one", "call", "sleep", "time.sleep", 0.5, "shop/\udce9.py", 3, "tests/t.py", 4)},
            {"module": {"too many", "nobody looked"}},
        ),
    )


class TestBits:
    @pytest.mark.parametrize("of", [[], [0], [1, 2, 3], [7, 8, 9], [1000]])
    def test_numbers_come_back(self, of):
        assert numbers(from_blob(to_blob(bits(of)))) == of

    def test_the_order_in_a_file_is_the_lowest_first(self):
        assert to_blob(bits([0, 9])) == b"\x01\x02"


class TestRoundTrip:
    def test_everything_comes_back(self, tmp_path):
        place = tmp_path / "evidence.db"
        write(some_evidence(), place)
        found, wanted = read_file(place), some_evidence()
        assert (found.meta, found.problems) == (wanted.meta, wanted.problems)
        assert (found.tests, found.test_files, found.calls) == (wanted.tests, wanted.test_files, wanted.calls)
        assert found.files == wanted.files

    def test_what_ran_in_a_test_without_an_outcome_stays_that_tests(self, tmp_path):
        evidence = some_evidence()
        del evidence.tests["tests/t.py::two"]
        write(evidence, tmp_path / "e.db")
        found = read_file(tmp_path / "e.db")
        assert found.tests["tests/t.py::two"].outcome == "unknown"
        assert found.files["shop/pay.py"].executed == evidence.files["shop/pay.py"].executed

    def test_same_arcs_are_stored_once(self, tmp_path):
        write(some_evidence(), tmp_path / "e.db")
        with sqlite3.connect(tmp_path / "e.db") as connection:
            assert connection.execute("SELECT count(*) FROM executed").fetchone() == (4,)
            assert connection.execute("SELECT count(*) FROM arc_set").fetchone() == (3,)
            assert connection.execute("PRAGMA user_version").fetchone() == (FORMAT,)
        connection.close()

    def test_1500_tests_take_a_few_megabytes(self, tmp_path):
        evidence = Evidence()
        for number in range(1500):
            for path in range(10):
                file = evidence.files.setdefault(f"shop/module_{path}.py", File())
                start = number * path % 60
                file.add(f"tests/test_shop.py::test_{number}", "call", [(line, line + 1) for line in range(start, 200)])
        write(evidence, tmp_path / "e.db")
        assert (tmp_path / "e.db").stat().st_size < 2_000_000

    def test_an_unknown_key_of_meta_is_of_no_matter(self, tmp_path):
        write(Evidence(Meta(python="3.11.7")), tmp_path / "e.db")
        with sqlite3.connect(tmp_path / "e.db") as connection:
            connection.execute("INSERT INTO meta VALUES ('later', 'x')")
        connection.close()
        assert read_file(tmp_path / "e.db").meta.python == "3.11.7"


class TestWriting:
    def test_it_replaces_what_lies_there(self, tmp_path):
        place = tmp_path / "evidence.db"
        place.write_text("old")
        write(Evidence(Meta(python="3.12.1")), place)
        assert read_file(place).meta.python == "3.12.1"
        assert [file.name for file in tmp_path.iterdir()] == ["evidence.db"]

    def test_a_link_is_replaced_and_not_followed(self, tmp_path):
        (tmp_path / "precious").write_text("kept")
        place = tmp_path / "evidence.db"
        place.symlink_to(tmp_path / "precious")
        write(Evidence(), place)
        assert (tmp_path / "precious").read_text() == "kept"
        assert not place.is_symlink()

    def test_what_cannot_be_written_leaves_the_old_file_and_nothing_aside(self, tmp_path):
        place = tmp_path / "evidence.db"
        write(Evidence(Meta(python="3.11.7")), place)
        broken = Evidence()
        broken.files["a.py"] = File(executed={("t", "no such phase"): 1})
        with pytest.raises(ValueError, match="not in tuple"):
            write(broken, place)
        assert read_file(place).meta.python == "3.11.7"
        assert [file.name for file in tmp_path.iterdir()] == ["evidence.db"]


class TestReading:
    def test_another_format_is_refused(self, tmp_path):
        write(Evidence(), tmp_path / "e.db")
        connection = sqlite3.connect(tmp_path / "e.db")
        connection.execute("PRAGMA user_version = 2")
        with pytest.raises(ValueError, match="format 2, where 1 is known"):
            read(connection)
        connection.close()

    def test_no_database_is_an_error(self, tmp_path):
        (tmp_path / "e.db").write_text("no database at all, but long enough to look at" * 10)
        with pytest.raises(sqlite3.DatabaseError):
            read_file(tmp_path / "e.db")


class TestMapArcs:
    def test_arcs_become_others_or_none(self):
        file = File()
        file.add("t", "call", [(1, 2), (2, 3), (3, 4)])
        file.add("u", "call", [(3, 4)])
        file.map_arcs({(1, 2): (1, 9), (3, 4): None})
        arcs = list(file.arcs)
        assert {key: {arcs[bit] for bit in numbers(found)} for key, found in file.executed.items()} == {
            ("t", "call"): {(1, 9), (2, 3)},
            ("u", "call"): set(),
        }
