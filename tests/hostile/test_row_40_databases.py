"""Row 40 and D2: databases that are none, newer, lead out of the project, compute for ever, or have a forged journal."""

from __future__ import annotations

import os
import resource
import sqlite3
import struct
import time
from collections.abc import Callable
from contextlib import suppress
from itertools import pairwise
from pathlib import Path

import pytest

from foreign_files import ARCS, data_file, project
from quality_gate.errors import Missing
from quality_gate.evidence._untrusted import Database
from quality_gate.evidence.coverage.foreign_coverage import read_coverage
from quality_gate.evidence.runs.recorded import read_recorded
from quality_gate_recorder.keeping import kept_at
from recorded_evidence import META, evidence, save

SOURCE = "x = 1\n"


def recorded(root: Path) -> Path:
    """Our own evidence of a project of one file."""
    return save(evidence(root, {"a.py": SOURCE}, {("t.py::t", "call"): {"a.py": [-1, 1]}}, {"t.py": ""}), root)


def read_own(root: Path) -> None:
    assert read_recorded(root, tracked=False).file("a.py") is not None


def foreign(root: Path) -> Path:
    """Data of coverage.py of such a project."""
    return data_file(root / ".coverage", {str(root / "a.py"): {"": [(-1, 1)]}})


def read_foreign(root: Path) -> None:
    files = project(root, {"a.py": SOURCE})
    assert read_coverage(root / ".coverage", root, files, tracked=False).file("a.py") is not None


def kept(root: Path) -> Path:
    """A run of all tests that counts together with the last one, which ran a part."""
    place = recorded(root)
    aside = kept_at(place, 0)
    os.replace(place, aside)
    meta = META._replace(chosen="1", beside=f'["{META.started}"]')
    save(evidence(root, {"a.py": SOURCE}, {("t.py::u", "call"): {"a.py": [-1, 1]}}, {"t.py": ""}, meta=meta), root)
    return aside


KINDS = {"recorded": (recorded, read_own), "kept": (kept, read_own), "foreign": (foreign, read_foreign)}


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> tuple[Callable[[Path], Path], Callable[[Path], None]]:
    """How a database is made, and how it is read."""
    return KINDS[request.param]


def refused(read: Callable[[Path], None], root: Path) -> str:
    with pytest.raises(Missing) as caught:
        read(root)
    return caught.value.what


def forge_journal(database: Path, victim: Path) -> None:
    """A hot journal of a transaction over several files: sqlite deletes the file that it names."""
    page = struct.unpack(">H", database.read_bytes()[16:18])[0]
    name = str(victim).encode()
    magic = b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7"
    header = magic + struct.pack(">IIIII", 0, 0, database.stat().st_size // page, 512, page)
    record = struct.pack(">I", 1 << 30) + name + struct.pack(">II", len(name), sum(name)) + magic
    Path(f"{database}-journal").write_bytes(header.ljust(512, b"\0") + record)


def test_nothing_is_wrong_with_the_plain_one(tmp_path: Path, kind: tuple) -> None:
    make, read = kind
    make(tmp_path)
    read(tmp_path)


def test_what_is_kept_is_read_with_the_plain_one(tmp_path: Path) -> None:
    kept(tmp_path)
    assert read_recorded(tmp_path, tracked=False).tests == {"t.py::t": "passed", "t.py::u": "passed"}


def test_a_forged_journal_deletes_nothing(tmp_path: Path, kind: tuple) -> None:
    make, read = kind
    place = make(tmp_path)
    victim = tmp_path / "victim"
    victim.write_bytes(b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7" + b"\0" * 24)
    forge_journal(place, victim)
    journal = Path(f"{place}-journal").read_bytes()
    assert f"{place.name}-journal lies beside it" in refused(read, tmp_path)
    assert victim.exists()
    assert Path(f"{place}-journal").read_bytes() == journal


def test_a_journal_that_comes_while_it_is_read_is_left_alone(tmp_path: Path) -> None:
    place = foreign(tmp_path)
    database = Database(place)
    forge_journal(place, tmp_path / "victim")
    with database.opened() as connection:
        assert connection.execute("SELECT count(*) FROM file").fetchone() == (1,)
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            connection.execute("DELETE FROM file")
    assert Path(f"{place}-journal").exists()


def test_the_trap_of_the_journal_is_armed(tmp_path: Path) -> None:
    place = foreign(tmp_path)
    forge_journal(place, tmp_path / "victim")
    connection = sqlite3.connect(place)
    connection.execute("SELECT * FROM file").fetchall()
    connection.close()
    assert not Path(f"{place}-journal").exists()  # sqlite has rolled it back


@pytest.mark.parametrize("ending", ["-wal", "-shm", "-journal"])
def test_what_another_process_writes_is_not_read(tmp_path: Path, kind: tuple, ending: str) -> None:
    make, read = kind
    place = make(tmp_path)
    os.symlink("/nowhere", f"{place}{ending}")
    assert f"{place.name}{ending} lies beside it" in refused(read, tmp_path)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "it is empty"),
        (b"SQLite format 3\0", "it cannot be read"),
        (b"SQLite format 3\0" + b"\xff" * 5000, "it cannot be read"),
        (b"SQLite format 3\0" + b"\0" * 5000, "it cannot be read"),
    ],
)
def test_no_database(tmp_path: Path, kind: tuple, content: bytes, said: str) -> None:
    make, read = kind
    make(tmp_path).write_bytes(content)
    assert said in refused(read, tmp_path)


@pytest.mark.parametrize("seed", range(30))
def test_a_damaged_database_is_read_or_refused_and_nothing_else(tmp_path: Path, kind: tuple, seed: int) -> None:
    import random

    make, read = kind
    place = make(tmp_path)
    content = bytearray(place.read_bytes())
    chance = random.Random(seed)
    for _ in range(40):
        content[chance.randrange(100, len(content))] = chance.randrange(256)
    place.write_bytes(content if seed % 3 else content[: len(content) // 2])
    with suppress(Missing, AssertionError):  # or the file's name was hit, so that the file is not known
        read(tmp_path)


@pytest.mark.parametrize("schema", [1, 6, 8, 99])
def test_another_schema(tmp_path: Path, schema: int) -> None:
    data_file(tmp_path / ".coverage", {"a.py": {"": [(-1, 1)]}}, schema=schema)
    assert f"its schema is {schema}, and schema 7 is read" in refused(read_foreign, tmp_path)


@pytest.mark.parametrize(
    ("statements", "said"),
    [
        ("DELETE FROM coverage_schema", "its schema is no number"),
        ("INSERT INTO coverage_schema VALUES (8)", "its schema is 7"),
        ("DELETE FROM file", "it holds no measured file"),
        ("DROP TABLE arc", "it has no table arc"),
        ("DROP TABLE coverage_schema", "it is no data of coverage.py"),
        ("UPDATE arc SET fromno = 'one'", "it holds a jump that cannot be"),
        ("UPDATE arc SET fromno = 1 << 40", "it holds a jump that cannot be"),
        ("UPDATE arc SET fromno = NULL", "it holds a jump that cannot be"),
        ("UPDATE arc SET tono = 1000", "it tells of line 1000, and the file has"),
        ("UPDATE meta SET value = '0'; INSERT INTO line_bits VALUES (1, 1, 'bits')", "it holds lines that cannot be"),
        (
            "UPDATE meta SET value = '0'; INSERT INTO line_bits VALUES (1, 1, zeroblob(4000000))",
            "it holds lines that cannot be",
        ),
        ("UPDATE meta SET value = '0'; INSERT INTO line_bits VALUES (1, 1, x'00ff')", "it tells of line 15"),
        ("UPDATE file SET path = x'ff'", "it holds what cannot be"),
        ("DROP TABLE file; CREATE TABLE file (id, path); INSERT INTO file VALUES (1, 'a'), (2, 'a')", "lists a twice"),
    ],
)
def test_values_that_cannot_be(tmp_path: Path, statements: str, said: str) -> None:
    connection = sqlite3.connect(foreign(tmp_path))
    connection.executescript(statements)
    connection.close()
    assert said in refused(read_foreign, tmp_path)


FOR_EVER = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i AS id, 'a' AS path FROM n"


@pytest.mark.parametrize(
    "statements",
    [
        f"DROP TABLE file; CREATE VIEW file AS {FOR_EVER}",
        "DROP TABLE file; CREATE VIRTUAL TABLE file USING fts5(id, path)",
        "DROP TABLE file; CREATE TABLE file (id, path AS (zeroblob(100000000)))",
    ],
)
def test_tables_that_compute_are_refused(tmp_path: Path, statements: str) -> None:
    connection = sqlite3.connect(foreign(tmp_path))
    connection.executescript(statements)
    connection.close()
    started = time.process_time()
    assert "its file is no plain table" in refused(read_foreign, tmp_path)
    assert time.process_time() - started < 5


def pages_that_multiply(place: Path) -> None:
    """Let each of the children of the root of `file` be a page with as many children, and so on."""
    tables = ["file", "b", "c", "d", "e"]
    connection = sqlite3.connect(place)
    for table in tables:
        connection.execute(f"CREATE TABLE IF NOT EXISTS {table} (id integer primary key, path text)")
        rows = [(number, f"{number} {'x' * 100}") for number in range(2, 1000)]
        connection.executemany(f"INSERT INTO {table} VALUES (?, ?)", rows)
    connection.commit()
    found = connection.execute("SELECT name, rootpage FROM sqlite_master WHERE type = 'table'").fetchall()
    page = connection.execute("PRAGMA page_size").fetchone()[0]
    connection.close()
    content = bytearray(place.read_bytes())
    roots = [dict(found)[table] for table in tables]
    for root, child in pairwise(roots):
        inner = memoryview(content)[(root - 1) * page : root * page]
        assert inner[0] == 5  # an inner page of a table
        inner[8:12] = struct.pack(">I", child)
        for cell in range(struct.unpack(">H", inner[3:5])[0]):
            offset = struct.unpack(">H", inner[12 + 2 * cell : 14 + 2 * cell])[0]
            inner[offset : offset + 4] = struct.pack(">I", child)
    place.write_bytes(content)


def test_more_rows_than_bytes_are_left_in_time(tmp_path: Path) -> None:
    place = foreign(tmp_path)
    pages_that_multiply(place)
    before, started = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    assert "it cannot be read: interrupted" in refused(read_foreign, tmp_path)
    assert time.process_time() - started < 20
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 1000 * 1024


OUTSIDE = [
    "../../../etc/passwd",
    "/etc/passwd",
    "a/../../b.py",
    "\0",
    "..\\b.py",
    "/proc/self/environ",
    "~/b.py",
    "a\n.py",
]


@pytest.mark.parametrize("path", OUTSIDE)
def test_paths_that_lead_out_are_never_opened(tmp_path: Path, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    files = project(tmp_path, {"a.py": SOURCE})
    place = data_file(tmp_path / ".coverage", {str(tmp_path / "a.py"): ARCS, path: {"": [(-1, 1)]}})
    opened: list[str] = []
    monkeypatch.setattr("quality_gate.evidence._present.read_regular", lambda name, most: opened.append(name))
    found = read_coverage(place, tmp_path, files, tracked=False)
    assert found.file(path) is None
    assert found.tests_of(path, 1) == ()
    assert not opened
    assert "1 other outside the project" in found.description


@pytest.mark.parametrize("path", [path for path in OUTSIDE if path not in ("~/b.py", "..\\b.py", "a\n.py")])
def test_paths_of_our_own_evidence_that_lead_out_are_told(tmp_path: Path, path: str) -> None:
    place = recorded(tmp_path)
    connection = sqlite3.connect(place)
    connection.execute(
        "INSERT INTO file SELECT 99, ?, digest, statements, excluded, branches, arcs FROM file", [path.encode()]
    )
    connection.commit()
    connection.close()
    found = read_recorded(tmp_path, tracked=False)
    assert found.problems[0].startswith("the evidence names files outside the project: ")
    assert found.file(path) is None
    assert found.stale(path, "") == "the test run did not measure its file"


def test_links_are_not_followed(tmp_path: Path, kind: tuple) -> None:
    make, read = kind
    place = make(tmp_path)
    os.rename(place, tmp_path / "elsewhere")
    place.symlink_to(tmp_path / "elsewhere")
    assert "it is a symbolic link" in refused(read, tmp_path)


def test_our_folder_must_be_a_folder(tmp_path: Path) -> None:
    recorded(tmp_path)
    os.rename(tmp_path / ".quality-gate", tmp_path / "elsewhere")
    (tmp_path / ".quality-gate").symlink_to(tmp_path / "elsewhere")
    assert "which is no folder" in refused(read_own, tmp_path)
