"""Row 48 and D2: a cache that is lost, corrupt, poisoned, shared or killed costs time, never truth."""

from __future__ import annotations

import json
import os
import random
import resource
import signal
import sqlite3
import struct
import subprocess
import sys
import time

import msgspec
import pytest

from cases_of import all_cases
from gate_process import WAYS, gate
from git_scratch import Scratch
from quality_gate import store
from quality_gate.cli import run
from quality_gate.store import FOLDER, digest, keyed

BAD = "import requests\n\n\ndef publish(event):\n    try:\n        requests.post('https://x.example', timeout=5)\n    except Exception:\n        pass\n"
GOOD = BAD.replace("        pass\n", "        raise\n")
SOURCES = {"shop/bad.py": BAD, "shop/good.py": GOOD, "shop/faulty.py": "def f(:\n", "shop/__init__.py": ""}


@pytest.fixture
def shop(tmp_path):
    """A small project without git."""
    for path, text in SOURCES.items():
        file = tmp_path / path
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)
    return tmp_path


def judged(folder, *arguments: str, **options) -> tuple[int, list[object], list[str]]:
    """Exit code, verdicts and notes of a run in a process of its own."""
    done = gate(folder, "check", "--format", "json", *arguments, **options)
    assert done.stdout, done.stderr.decode()
    document = json.loads(done.stdout)
    return done.returncode, document["verdicts"], document["notes"]


@pytest.fixture
def here(capsysbinary, monkeypatch):
    """The same in this process: `here(folder)`; quicker, and what it calls can be looked at."""

    def judged_here(folder, *arguments: str) -> tuple[int, list[object], list[str]]:
        monkeypatch.chdir(folder)
        capsysbinary.readouterr()
        code = run(["check", "--format", "json", *arguments])
        document = json.loads(capsysbinary.readouterr().out)
        return code, document["verdicts"], document["notes"]

    return judged_here


@pytest.fixture
def patient(monkeypatch):
    """Trust files that were touched just now: the tests would have to wait two seconds otherwise."""
    monkeypatch.setattr(store, "_RACY_NS", -(10**12))


def database(folder) -> sqlite3.Connection:
    return sqlite3.connect(folder / FOLDER / "cache.db")


@pytest.fixture
def inspected(monkeypatch):
    """Paths of the files that were parsed rather than taken from the cache."""
    import quality_gate_checkers.inspection as module

    seen: list[str] = []
    real = module.inspect

    def watching(path, *rest):
        seen.append(path)
        return real(path, *rest)

    monkeypatch.setattr(module, "inspect", watching)
    return seen


# -- with and without


def test_the_whole_corpus_with_and_without_a_cache(tmp_path, here, inspected, patient):
    for number, case in enumerate(all_cases()):
        file = tmp_path / f"case{number}" / case.path
        file.parent.mkdir(parents=True)
        file.write_text(case.source, encoding="utf-8")
    cold = here(tmp_path)
    count = len(inspected)
    assert count >= len(all_cases()) - 5, "but for those in vendored folders"
    assert len(cold[1][0]["findings"]) > 100
    assert here(tmp_path) == cold
    assert len(inspected) == count, "all of it came from the cache"
    for file in (tmp_path / FOLDER).iterdir():
        file.unlink()
    (tmp_path / FOLDER).rmdir()
    (tmp_path / FOLDER).write_text("no folder")
    code, verdicts, notes = here(tmp_path)
    assert (code, verdicts) == cold[:2]
    assert len(inspected) == 2 * count
    assert any("running without a cache" in note for note in notes)


def test_only_what_changed_is_read_again(shop, here, inspected, patient):
    first = here(shop)
    inspected.clear()
    (shop / "shop/good.py").write_text(BAD)
    second = here(shop)
    assert inspected == ["shop/good.py"]
    assert len(second[1][0]["findings"]) == len(first[1][0]["findings"]) + 1


def test_another_configuration_is_another_build(shop, here, inspected, patient):
    here(shop)
    inspected.clear()
    (shop / "pyproject.toml").write_text("[tool.quality-gate]\ntests = ['shop/good.py']\n")
    here(shop)
    assert len(inspected) == len(SOURCES)


def test_another_version_is_another_build(shop, here, inspected, patient, monkeypatch):
    wanted = here(shop)
    inspected.clear()
    monkeypatch.setattr("quality_gate.cli._build.__version__", "0.2.0")
    assert here(shop)[:2] == wanted[:2]
    assert len(inspected) == len(SOURCES)


def test_an_edited_rule_is_another_build(shop, here, inspected, patient, monkeypatch, tmp_path_factory):
    import quality_gate_checkers

    wanted = here(shop)
    inspected.clear()
    added = tmp_path_factory.mktemp("rules")
    (added / "new_rule.py").touch()
    monkeypatch.setattr(quality_gate_checkers, "__path__", [*quality_gate_checkers.__path__, str(added)])
    assert here(shop)[:2] == wanted[:2]
    assert len(inspected) == len(SOURCES)


def test_a_renamed_file_has_findings_of_its_own_name(shop, here, patient):
    here(shop)
    (shop / "shop/bad.py").rename(shop / "shop/worse.py")
    _, verdicts, _ = here(shop)
    assert {
        (finding["path"], finding["function"])
        for finding in verdicts[0]["findings"]
        if finding["name"] == "silent-failure"
    } == {("shop/worse.py", "shop.worse.publish")}


def test_a_suppression_ends_with_its_day_though_nothing_changed(shop, here, inspected, patient, monkeypatch):
    text = BAD.replace("Exception:", 'Exception:  # quality-gate: allow[silent-failure] reason="x" until=2026-11-22')
    (shop / "shop/bad.py").write_text(text)
    import datetime

    import quality_gate.cli._assemble as assemble

    outcomes = []
    for day in (21, 22, 23):
        now = datetime.datetime(2026, 11, day, tzinfo=datetime.UTC)
        clock = type("Clock", (datetime.datetime,), {"now": classmethod(lambda cls, tz=None, now=now: now)})
        monkeypatch.setattr(assemble.datetime, "datetime", clock)
        outcomes.append(here(shop)[1][0]["outcome"])
        monkeypatch.undo()
    assert outcomes[0] == outcomes[1] != outcomes[2] == "BROKEN"


# -- a file that was touched a moment ago


def test_an_edit_within_the_same_second_and_of_the_same_size_is_seen(shop, here):
    file = shop / "shop/bad.py"
    file.write_text(BAD.replace("pass", "pass "))
    before = file.stat()
    assert [finding["path"] for finding in here(shop)[1][0]["findings"]].count("shop/bad.py") == 1
    file.write_text(GOOD)
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert file.stat().st_size == before.st_size
    assert file.stat().st_mtime_ns == before.st_mtime_ns
    assert [finding["path"] for finding in here(shop)[1][0]["findings"]].count("shop/bad.py") == 0


def test_a_file_put_in_the_place_of_another_is_seen(shop, here, patient):
    here(shop)
    other = shop / "other"
    other.write_text(BAD.replace("pass", "1234"))
    found = (shop / "shop/bad.py").stat()
    os.utime(other, ns=(found.st_atime_ns, found.st_mtime_ns))
    other.rename(shop / "shop/bad.py")
    assert (shop / "shop/bad.py").stat().st_size == found.st_size
    _, verdicts, _ = here(shop)
    assert [finding["name"] for finding in verdicts[0]["findings"] if finding["path"] == "shop/bad.py"] == [
        "silent-failure"
    ]
    (shop / "shop/bad.py").write_text(GOOD)
    assert not [finding for finding in here(shop)[1][0]["findings"] if finding["path"] == "shop/bad.py"]


def test_the_ci_stage_hashes_every_file_whatever_the_cache_says_of_it(shop, here, patient):
    """A cache that claims that bad.py is good.py fools a commit hook, which trusts its user's disk; never CI."""
    (shop / "shop/good.py").unlink()
    (shop / "shop/bad.py").write_text(GOOD)
    here(shop)
    (shop / "shop/bad.py").write_text(BAD)
    wanted = here(shop, "--stage", "ci")
    found = (shop / "shop/bad.py").stat()
    forged = store.Seen(found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino, digest(GOOD.encode()))
    connection = database(shop)
    with connection:
        connection.execute("UPDATE files SET seen = ? WHERE path = ?", (msgspec.msgpack.encode(forged), b"shop/bad.py"))
    connection.close()
    assert "silent-failure" not in {finding["name"] for finding in here(shop)[1][0]["findings"]}, "the forgery works"
    assert here(shop, "--stage", "ci") == wanted
    assert "silent-failure" in {finding["name"] for finding in wanted[1][0]["findings"]}


# -- spoilt

SPOILT = {
    "nothing": b"",
    "no message": b"\xc1",
    "a number": msgspec.msgpack.encode(1),
    "a text": msgspec.msgpack.encode("x"),
    "too short": msgspec.msgpack.encode([]),
    "other types": msgspec.msgpack.encode(["x", [], [], [], 0, None]),
    "violations without texts": msgspec.msgpack.encode(
        [8, [["QG101", "silent-failure", "error", False, [1, 0, 1, 1], "m", "r", None, [1, 1]]], [], [], 0, None]
    ),
    "texts without violations": msgspec.msgpack.encode([8, [], ["x"], [], 0, None]),
    "another severity": msgspec.msgpack.encode(
        [8, [["QG101", "silent-failure", "fatal", False, [1, 0, 1, 1], "m", "r", None, [1, 1]]], ["x"], [], 0, None]
    ),
    "a map": msgspec.msgpack.encode({"lines": 8}),
}


@pytest.mark.parametrize("sealed", [True, False])
@pytest.mark.parametrize("value", SPOILT.values(), ids=SPOILT.keys())
def test_a_spoilt_result_is_found_anew(shop, here, patient, value, sealed):
    wanted = here(shop)
    connection = database(shop)
    with connection:
        for (key,) in connection.execute("SELECT key FROM results").fetchall():
            connection.execute(
                "UPDATE results SET value = ? WHERE key = ?",
                ((store._seal(key, value) if sealed else b"") + value, key),
            )
    connection.close()
    assert here(shop) == wanted
    assert here(shop) == wanted, "and put right"


def test_a_truncated_result_is_found_anew(shop, here, patient):
    wanted = here(shop)
    connection = database(shop)
    with connection:
        for key, value in connection.execute("SELECT key, value FROM results").fetchall():
            connection.execute("UPDATE results SET value = ? WHERE key = ?", (value[:-2], key))
    connection.close()
    assert here(shop) == wanted


def test_the_result_of_another_file_is_not_taken(shop, here, patient):
    wanted = here(shop)
    good, bad = keyed("shop/good.py", digest(GOOD.encode())), keyed("shop/bad.py", digest(BAD.encode()))
    connection = database(shop)
    with connection:
        (value,) = connection.execute("SELECT value FROM results WHERE key = ?", (good,)).fetchone()
        assert connection.execute("UPDATE results SET value = ? WHERE key = ?", (value, bad)).rowcount == 1
    connection.close()
    assert here(shop) == wanted


def spoil_garbage(folder) -> None:
    (folder / FOLDER / "cache.db").write_bytes(random.Random(1).randbytes(20_000))


def spoil_truncated(folder) -> None:
    content = (folder / FOLDER / "cache.db").read_bytes()
    (folder / FOLDER / "cache.db").write_bytes(content[: len(content) // 2])


def spoil_pages(folder) -> None:
    content = bytearray((folder / FOLDER / "cache.db").read_bytes())
    content[4_096:] = bytes(len(content) - 4_096)
    (folder / FOLDER / "cache.db").write_bytes(content)


def spoil_tables(folder) -> None:
    connection = database(folder)
    connection.execute("DROP TABLE results")
    connection.close()


def spoil_trigger(folder) -> None:
    connection = database(folder)
    connection.executescript(
        "CREATE TRIGGER t AFTER INSERT ON results BEGIN SELECT RAISE(FAIL, 'no'); END; DELETE FROM results;"
    )
    connection.close()


def spoil_view(folder) -> None:
    connection = database(folder)
    connection.executescript(
        "DROP TABLE results; CREATE VIEW results AS SELECT x'00' AS build, x'00' AS key, x'00' AS value;"
    )
    connection.close()


def spoil_wal(folder) -> None:
    (folder / FOLDER / "cache.db-wal").write_bytes(random.Random(1).randbytes(20_000))


def spoil_folder(folder) -> None:
    (folder / FOLDER / "cache.db").unlink()
    (folder / FOLDER / "cache.db").mkdir()


def spoil_link(folder) -> None:
    (folder / FOLDER / "cache.db").unlink()
    (folder / FOLDER / "cache.db").symlink_to("/etc/passwd")


@pytest.mark.parametrize(
    "spoil",
    [
        spoil_garbage,
        spoil_truncated,
        spoil_pages,
        spoil_tables,
        spoil_trigger,
        spoil_view,
        spoil_wal,
        spoil_folder,
        spoil_link,
    ],
)
def test_a_spoilt_database_gives_the_same_findings(shop, here, spoil):
    wanted = here(shop)
    spoil(shop)
    for _ in range(3):
        assert here(shop)[:2] == wanted[:2]


# -- refused


def test_a_cache_that_is_tracked_is_refused_and_left_alone(tmp_path, here):
    repository = Scratch(tmp_path)
    for path, text in SOURCES.items():
        repository.stage(path, text)
    wanted = here(tmp_path)
    content = b"SQLite format 3\0 and the rest of what the pull request brings"
    repository.stage(f"{FOLDER}/cache.db", content)
    code, verdicts, notes = here(tmp_path)
    assert (code, verdicts) == wanted[:2]
    assert any("is tracked by git" in note for note in notes)
    assert (tmp_path / FOLDER / "cache.db").read_bytes() == content


def test_a_cache_in_a_folder_below_the_repository_is_refused_too(tmp_path, here):
    repository = Scratch(tmp_path)
    repository.stage("api/pyproject.toml", "[tool.quality-gate]\n")
    repository.stage("api/bad.py", BAD)
    repository.stage(f"api/{FOLDER}/anything", "x")
    _, _, notes = here(tmp_path / "api")
    assert any("is tracked by git" in note for note in notes)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root may give files away")
def test_the_cache_of_another_user_is_refused(shop, here):
    wanted = here(shop)
    os.chown(shop / FOLDER, 12345, 12345)
    code, verdicts, notes = here(shop)
    assert (code, verdicts) == wanted[:2]
    assert any("belongs to another user" in note for note in notes)


def forge_journal(file, victim) -> None:
    """A hot rollback journal that names a super-journal, which sqlite deletes once it has rolled back."""
    magic = bytes.fromhex("d9d505f920a163d7")
    name = os.fsencode(victim)
    header = (magic + struct.pack(">IIIII", 0, 1234, 1, 512, 4096)).ljust(512, b"\0")
    page = 0x40000000 // 4096 + 1
    trailer = struct.pack(">I", page) + name + struct.pack(">II", len(name), sum(name)) + magic
    file.with_name(file.name + "-journal").write_bytes(header + trailer)


def test_a_forged_journal_deletes_nothing(tmp_path, here):
    """D2; and sqlite itself falls for it, or the test could not fail."""
    victim = tmp_path / "victim"
    victim.write_text("precious")
    shop = tmp_path / "shop"
    (shop / FOLDER).mkdir(parents=True)
    (shop / "bad.py").write_text(BAD)
    for file in (tmp_path / "plain.db", shop / FOLDER / "cache.db"):
        connection = sqlite3.connect(file)
        connection.execute("CREATE TABLE t (x)")
        connection.close()
        forge_journal(file, victim)
    assert here(shop)[0] == 1
    assert victim.read_text() == "precious"
    assert here(shop)[2] == [note for note in here(shop)[2] if "cache" not in note]
    connection = sqlite3.connect(tmp_path / "plain.db")
    with pytest.raises(sqlite3.DatabaseError):
        connection.execute("PRAGMA user_version").fetchone()
    connection.close()
    assert not victim.exists()


# -- killed, together, full


def many(folder) -> None:
    for number in range(60):
        (folder / f"m{number}.py").write_text(BAD.replace("publish", f"publish{number}") * 8)


def test_killed_runs_leave_nothing_wrong_behind(tmp_path, here):
    many(tmp_path)
    started = time.monotonic()
    wanted = judged(tmp_path)
    whole = time.monotonic() - started
    subprocess.run(["rm", "-r", str(tmp_path / FOLDER)], check=True)
    for part in (0.6, 0.8, 0.95):
        process = subprocess.Popen(
            [*WAYS["python -P -m"], "check"], cwd=tmp_path, env={"PATH": os.environ["PATH"]}, stdout=subprocess.DEVNULL
        )
        time.sleep(whole * part)
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert not (tmp_path / FOLDER / "cache.db-journal").exists()
    assert here(tmp_path) == wanted
    assert here(tmp_path) == wanted


def test_killed_in_the_middle_of_writing(shop, here, patient):
    """Between BEGIN and COMMIT, with half of it already on disk."""
    wanted = here(shop)
    code = (
        "import os, signal, sqlite3, sys\n"
        "c = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
        "c.execute('PRAGMA synchronous = OFF'); c.execute('PRAGMA cache_size = 1'); c.execute('BEGIN IMMEDIATE')\n"
        "c.execute('UPDATE results SET value = zeroblob(100)')\n"
        "c.executemany('INSERT INTO results VALUES (zeroblob(9), ?, zeroblob(4000))', [(b'%d' % n,) for n in range(500)])\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(shop / FOLDER / "cache.db")], check=False)
    assert done.returncode == -signal.SIGKILL
    assert (shop / FOLDER / "cache.db-wal").stat().st_size > 100_000
    assert here(shop) == wanted


def test_four_runs_at_once_find_the_same(tmp_path):
    many(tmp_path)
    processes = [
        subprocess.Popen(
            [*WAYS["python -P -m"], "check", "--format", "json"],
            cwd=tmp_path,
            env={"PATH": os.environ["PATH"]},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for _ in range(4)
    ]
    results = [process.communicate() for process in processes]
    assert [process.returncode for process in processes] == [1] * 4
    assert {errors for _, errors in results} == {b""}
    verdicts = [json.loads(output)["verdicts"] for output, _ in results]
    assert verdicts.count(verdicts[0]) == 4
    assert len(verdicts[0][0]["findings"]) >= 60 * 8
    assert judged(tmp_path)[1] == verdicts[0]


@pytest.mark.parametrize("size", [0, 4_096, 30_000])
def test_a_full_disk(tmp_path, size):
    many(tmp_path)

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    done = subprocess.run(
        [*WAYS["python -P -m"], "check", "--format", "json"],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1"},  # it would leave halves of modules
        capture_output=True,
        preexec_fn=limit,
        check=False,
    )
    assert done.returncode == 1, done.stderr.decode()
    document = json.loads(done.stdout)
    assert any("running without a cache" in note for note in document["notes"])
    code, verdicts, _ = judged(tmp_path)
    assert (code, verdicts) == (1, document["verdicts"])
    assert judged(tmp_path)[2] == judged(tmp_path)[2] == [note for note in document["notes"] if "cache" not in note]
