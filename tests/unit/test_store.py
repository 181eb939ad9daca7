"""The cache: losing it costs time, never truth (row 48 has the whole gate; here is the database itself)."""

from __future__ import annotations

import os
import sqlite3
import stat

import msgspec
import pytest

from quality_gate import store as module
from quality_gate.store import FOLDER, Seen, Store, digest, keyed

NOW = 1_700_000_000_000_000_000
LONG_AGO = NOW - 3_600_000_000_000
SEEN = Seen(12, LONG_AGO, LONG_AGO, 7, b"digest")


def filled(root, key="build") -> None:
    with Store(root, key) as store:
        assert store.problem is None
        store.remember_result(b"k", b"v")
        store.remember_file("a.py", SEEN, NOW)


def recorded(root, key, keys) -> dict[bytes, bytes]:
    with Store(root, key) as store:
        return store.results(keys)


def database(root):
    return root / FOLDER / "cache.db"


def test_what_is_remembered_is_there_in_the_next_run(tmp_path):
    filled(tmp_path)
    with Store(tmp_path, "build") as store:
        assert store.results([b"k", b"other"]) == {b"k": b"v"}
        assert store.files(["a.py", "b.py"]) == {"a.py": SEEN}


def test_results_of_another_build_are_not_seen_and_files_are(tmp_path):
    filled(tmp_path)
    with Store(tmp_path, "another") as store:
        assert store.results([b"k"]) == {}
        assert store.files(["a.py"]) == {"a.py": SEEN}
        store.remember_result(b"k", b"w")
    with Store(tmp_path, "build") as store:
        assert store.results([b"k"]) == {b"k": b"v"}


def test_results_of_the_last_six_builds_are_kept(tmp_path):
    for build in "abcdefgh":
        filled(tmp_path, build)
    kept = [build for build in "abcdefgh" if recorded(tmp_path, build, [b"k"])]
    assert kept == list("cdefgh")


def test_thousands_at_once(tmp_path):
    names = [f"{number}.py" for number in range(2_500)]
    with Store(tmp_path, "build") as store:
        for name in names:
            store.remember_result(name.encode(), name.encode())
            store.remember_file(name, SEEN, NOW)
    with Store(tmp_path, "build") as store:
        assert len(store.results([name.encode() for name in names])) == 2_500
        assert len(store.files(names)) == 2_500


def test_names_that_are_not_utf8(tmp_path):
    name = os.fsdecode(b"caf\xe9.py")
    with Store(tmp_path, "build") as store:
        store.remember_file(name, SEEN, NOW)
    with Store(tmp_path, "build") as store:
        assert store.files([name]) == {name: SEEN}


@pytest.mark.parametrize(
    ("modified", "changed", "trusted"),
    [
        (NOW - 2_000_000_001, NOW - 2_000_000_001, True),
        (NOW - 2_000_000_000, LONG_AGO, False),
        (LONG_AGO, NOW - 2_000_000_000, False),
        (NOW, NOW, False),
        (NOW + 10**15, LONG_AGO, False),
        (0, 0, True),
    ],
)
def test_a_file_touched_within_two_seconds_is_not_trusted(tmp_path, modified, changed, trusted):
    with Store(tmp_path, "build") as store:
        store.remember_file("a.py", Seen(1, modified, changed, 1, b"d"), NOW)
    with Store(tmp_path, "build") as store:
        assert bool(store.files(["a.py"])) is trusted


@pytest.mark.parametrize("field", ["st_size", "st_mtime_ns", "st_ctime_ns", "st_ino"])
def test_any_difference_on_disk_is_a_difference(tmp_path, field):
    file = tmp_path / "a.py"
    file.write_text("x")
    found = file.stat()
    same = Seen(found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino, b"d")
    assert same.matches(found)
    position = ["st_size", "st_mtime_ns", "st_ctime_ns", "st_ino"].index(field)
    other = [*msgspec.structs.astuple(same)]
    other[position] += 1
    assert not Seen(*other).matches(found)


def test_an_error_on_the_way_writes_nothing(tmp_path):
    with pytest.raises(KeyboardInterrupt), Store(tmp_path, "build") as store:
        store.remember_result(b"k", b"v")
        raise KeyboardInterrupt
    assert recorded(tmp_path, "build", [b"k"]) == {}


def test_the_folder_ignores_itself(tmp_path):
    filled(tmp_path)
    ignore = tmp_path / FOLDER / ".gitignore"
    assert ignore.read_text().endswith("\n*\n")
    ignore.unlink()
    filled(tmp_path)
    assert ignore.exists(), "a run that was killed early may not have come to it"


def test_no_rollback_journal_is_ever_left(tmp_path):
    filled(tmp_path)
    names = {file.name for file in (tmp_path / FOLDER).iterdir()}
    assert names <= {".gitignore", "cache.db", "cache.db-wal", "cache.db-shm"}


# -- what is refused


def refused(root, **options) -> str:
    """The problem of a store that must not work and not fail either."""
    with Store(root, "build", **options) as store:
        assert store.results([b"k"]) == {}
        assert store.files(["a.py"]) == {}
        store.remember_result(b"k", b"v")
        store.remember_file("a.py", SEEN, NOW)
        assert store.problem
    return store.problem


def test_tracked_by_git(tmp_path):
    filled(tmp_path)
    assert "git rm -r --cached .quality-gate" in refused(tmp_path, tracked=True)
    assert recorded(tmp_path, "build", [b"k"]) == {b"k": b"v"}, "nothing was written or deleted"


def test_a_file_in_its_place(tmp_path):
    (tmp_path / FOLDER).write_text("mine")
    assert "is not a folder" in refused(tmp_path)
    assert (tmp_path / FOLDER).read_text() == "mine"


def test_a_symlink_in_its_place(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / FOLDER).symlink_to(tmp_path / "elsewhere")
    assert "is not a folder" in refused(tmp_path)
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_a_dangling_symlink_in_its_place(tmp_path):
    (tmp_path / FOLDER).symlink_to(tmp_path / "nowhere")
    assert "is not a folder" in refused(tmp_path)
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize("name", ["cache.db", "cache.db-wal", "cache.db-shm", "cache.db-journal"])
@pytest.mark.parametrize("there", [True, False])
def test_a_symlink_for_a_file_of_it(tmp_path, name, there):
    filled(tmp_path)
    victim = tmp_path / "victim"
    if there:
        victim.write_text("precious")
    (tmp_path / FOLDER / name).unlink(missing_ok=True)
    (tmp_path / FOLDER / name).symlink_to(victim)
    assert "is a symlink" in refused(tmp_path)
    assert victim.exists() is there
    assert not there or victim.read_text() == "precious"


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root may give files away")
def test_a_folder_of_another_user(tmp_path):
    filled(tmp_path)
    os.chown(tmp_path / FOLDER, 12345, 12345)
    assert "belongs to another user" in refused(tmp_path)


def test_a_folder_for_the_database(tmp_path):
    database(tmp_path).mkdir(parents=True)
    assert "running without a cache" in refused(tmp_path)


def test_a_read_only_folder(tmp_path, monkeypatch):
    filled(tmp_path)

    def read_only(file, **options):
        return real(f"file:{file}?mode=ro", uri=True, **options)

    real = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", read_only)
    with Store(tmp_path, "build") as store:
        assert store.results([b"k"]) == {b"k": b"v"}, "what is there can be read"
        store.remember_result(b"l", b"w")
    assert "readonly" in store.problem


def test_a_disk_that_refuses_the_folder(tmp_path, monkeypatch):
    def refuse(self, **options):
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr("pathlib.Path.mkdir", refuse)
    assert "Read-only file system" in refused(tmp_path)
    assert not (tmp_path / FOLDER).exists()


def test_a_database_that_another_run_holds(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "_PATIENCE", 0.05)
    filled(tmp_path)
    holder = sqlite3.connect(database(tmp_path), isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    with Store(tmp_path, "build") as store:
        assert store.results([b"k"]) == {b"k": b"v"}, "readers do not wait for a writer"
        store.remember_result(b"l", b"w")
    assert "locked" in store.problem
    holder.execute("ROLLBACK")
    holder.close()
    assert recorded(tmp_path, "build", [b"k"]) == {b"k": b"v"}, "a lock is no reason to throw it away"


# -- what is made anew

GARBAGE = {
    "empty": b"",
    "text": b"hello",
    "zeros": b"\0" * 8192,
    "noise": bytes(range(256)) * 64,
    "a header and noise": b"SQLite format 3\0" + bytes(range(256)) * 64,
}


@pytest.mark.parametrize("content", GARBAGE.values(), ids=GARBAGE.keys())
def test_garbage_is_replaced(tmp_path, content):
    (tmp_path / FOLDER).mkdir()
    database(tmp_path).write_bytes(content)
    with Store(tmp_path, "build") as store:
        assert store.results([b"k"]) == {}
        store.remember_result(b"k", b"v")
    filled(tmp_path)
    assert recorded(tmp_path, "build", [b"k"]) == {b"k": b"v"}


def test_a_truncated_database_is_replaced_by_the_run_after(tmp_path):
    with Store(tmp_path, "build") as store:
        for number in range(3_000):
            store.remember_result(b"%d" % number, b"v" * 100)
    whole = database(tmp_path).read_bytes()
    assert len(whole) > 100_000
    for size in (1_000, 4_096, 10_000, len(whole) // 2, len(whole) - 100):
        for ending in ("-wal", "-shm"):
            database(tmp_path).with_name(f"cache.db{ending}").unlink(missing_ok=True)
        database(tmp_path).write_bytes(whole[:size])
        keys = [b"%d" % number for number in range(3_000)]
        with Store(tmp_path, "build") as store:
            assert set(store.results(keys).values()) <= {b"v" * 100}
            store.remember_result(b"k", b"v")
        filled(tmp_path)
        with Store(tmp_path, "build") as store:
            assert store.problem is None
            assert store.results([b"k"]) == {b"k": b"v"}


@pytest.mark.parametrize("version", [0, 2, 99])
def test_another_schema_is_replaced(tmp_path, version):
    (tmp_path / FOLDER).mkdir()
    connection = sqlite3.connect(database(tmp_path))
    connection.executescript(f"CREATE TABLE files (x); CREATE TABLE results (y); PRAGMA user_version = {version};")
    connection.close()
    filled(tmp_path)
    assert recorded(tmp_path, "build", [b"k"]) == {b"k": b"v"}


def test_a_database_that_only_says_that_it_is_ours(tmp_path):
    (tmp_path / FOLDER).mkdir()
    connection = sqlite3.connect(database(tmp_path))
    connection.execute(f"PRAGMA user_version = {module._SCHEMA}")
    connection.close()
    with Store(tmp_path, "build") as store:
        assert store.results([b"k"]) == {}
    assert "no such table" in store.problem
    filled(tmp_path)
    assert recorded(tmp_path, "build", [b"k"]) == {b"k": b"v"}


def test_values_of_other_types_are_not_seen(tmp_path):
    filled(tmp_path)
    connection = sqlite3.connect(database(tmp_path))
    with connection:
        for number, value in enumerate([1, 1.5, "text", 2**62]):
            connection.execute("INSERT OR REPLACE INTO results VALUES (?, ?, ?)", (b"build", b"%d" % number, value))
            connection.execute("INSERT OR REPLACE INTO files VALUES (?, ?)", (b"%d.py" % number, value))
        connection.execute("INSERT OR REPLACE INTO files VALUES (?, ?)", ("a.py", b"x"))
    connection.close()
    with Store(tmp_path, "build") as store:
        assert store.results([b"k", b"0", b"1", b"2", b"3"]) == {b"k": b"v"}
        assert store.files(["a.py", "0.py", "1.py", "2.py", "3.py"]) == {"a.py": SEEN}
        assert store.problem is None


@pytest.mark.parametrize("value", [b"", b"\0" * 30, b"v", b"12345678v"])
def test_a_spoilt_result_is_not_seen(tmp_path, value):
    filled(tmp_path)
    connection = sqlite3.connect(database(tmp_path))
    with connection:
        connection.execute("UPDATE results SET value = ?", (value,))
    connection.close()
    with Store(tmp_path, "build") as store:
        assert store.results([b"k"]) == {}
        assert store.problem is None


def test_a_result_under_another_key_is_not_seen(tmp_path):
    filled(tmp_path)
    connection = sqlite3.connect(database(tmp_path))
    with connection:
        connection.execute("UPDATE results SET key = ?", (b"l",))
    connection.close()
    assert recorded(tmp_path, "build", [b"l"]) == {}


@pytest.mark.parametrize(
    "value",
    [b"", b"\xc1", msgspec.msgpack.encode(SEEN)[:-3], msgspec.msgpack.encode([1, 2]), msgspec.msgpack.encode("x")],
)
def test_a_spoilt_identity_is_not_seen(tmp_path, value):
    filled(tmp_path)
    connection = sqlite3.connect(database(tmp_path))
    with connection:
        connection.execute("UPDATE files SET seen = ?", (value,))
    connection.close()
    with Store(tmp_path, "build") as store:
        assert store.files(["a.py"]) == {}


def test_keys_tell_paths_and_contents_apart():
    keys = {keyed(path, digest(content)) for path in ("a.py", "b.py") for content in (b"", b"x")}
    assert len(keys) == 4
    assert keyed("a.py", digest(b"x")) == keyed("a.py", digest(b"x"))


def test_what_is_made_is_not_open_to_the_group(tmp_path):
    filled(tmp_path)
    assert not stat.S_IMODE((tmp_path / FOLDER).stat().st_mode) & (stat.S_IWGRP | stat.S_IWOTH)
