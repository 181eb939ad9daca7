"""The recorder beside xdist, the team's own pytest-cov, and processes that tests start: both come out right."""

from __future__ import annotations

import sqlite3

import pytest
from coverage import CoverageData

from recorded_project import Project

PROCESSES = """\
import multiprocessing, os, subprocess, sys, threading
from concurrent.futures import ProcessPoolExecutor
import pytest
from shop import pay

def test_forked():
    process = multiprocessing.get_context("fork").Process(target=pay.charge, args=(1,))
    process.start(); process.join()
    assert process.exitcode == 0

def test_spawned():
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        assert pool.submit(pay.charge, 1).result() == 1

def test_new():
    done = subprocess.run([sys.executable, "-c", "from shop import pay; pay.refund(1)"], capture_output=True, check=True)
    assert (done.stdout, done.stderr) == (b"", b"")

def test_raw():
    pid = os.fork()
    if not pid:
        try:
            pay.charge(-1)
        finally:
            os._exit(3)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 3

def test_thread():
    thread = threading.Thread(target=pay.charge, args=(1,))
    thread.start(); thread.join()
"""

IMPORTED = [1, 7]


@pytest.fixture
def project(tmp_path):
    """The project as it is."""
    return Project(tmp_path / "project")


class TestWorkers:
    def test_workers_record_what_one_process_does(self, project):
        assert project.test("--", "-q").returncode == 0
        alone, lines = project.evidence, project.lines()
        done = project.test("--", "-q", "-n", "2")
        assert done.returncode == 0, done.stdout
        workers = project.evidence
        assert project.lines() == lines
        assert workers.problems == []
        assert {nodeid: test[:2] for nodeid, test in workers.tests.items()} == {
            nodeid: test[:2] for nodeid, test in alone.tests.items()
        }
        assert (workers.test_files, workers.calls) == (alone.test_files, alone.calls)

    def test_a_worker_that_dies_is_told(self, project):
        project.write("tests/test_pay.py", "import os\ndef test_dies(): os._exit(0)\ndef test_ok(): pass\n")
        done = project.test("--", "-q", "-n", "1")
        assert done.returncode == 1
        assert project.outcomes == {"test_dies": "failed", "test_ok": "passed"}
        assert project.evidence.problems == ["what worker gw0 ran was not recorded"]


def test_processes_tell_what_they_ran(project):
    project.write("tests/test_pay.py", PROCESSES)
    for arguments in ((), ("-n", "2")):
        done = project.test("--", "-q", *arguments)
        assert done.returncode == 0, done.stdout
        lines = project.lines()
        assert lines["test_forked", "call"] == [2, 4]
        assert lines["test_spawned", "call"] == sorted({*IMPORTED, 2, 4})
        assert lines["test_new", "call"] == sorted({*IMPORTED, 2, 4, 8})
        assert lines["test_raw", "call"] == [2, 3]
        assert lines["test_thread", "call"] == [2, 4]
        assert project.evidence.problems == []


class TestTeamsOwnCoverage:
    """What pytest-cov prints, how it ends and what it leaves are the same with and without us."""

    @staticmethod
    def left(project) -> dict[object, object]:
        """What its data file holds."""
        data = CoverageData(str(project.folder / ".coverage"))
        data.read()
        found: dict[object, object] = {"branches": data.has_arcs()}
        for context in data.measured_contexts():
            data.set_query_context(context)
            for file in data.measured_files():
                found[context, file] = (sorted(data.lines(file)), sorted(data.arcs(file) or []))
        data.close()
        (project.folder / ".coverage").unlink()
        return found

    @pytest.mark.parametrize(
        ("arguments", "settings"),
        [
            (["--cov=shop", "--cov-report=term-missing", "--cov-fail-under=100"], ""),
            (["--cov", "--cov-branch", "--cov-context=test"], ""),
            (["--cov=shop", "--cov-branch", "-n", "2"], "omit = shop/pay.py"),
            (["--cov", "--cov-context=test", "-n", "1"], ""),
        ],
        ids=" ".join,
    )
    def test_both_come_out_right(self, project, arguments, settings):
        project.write("setup.cfg", f"[coverage:run]\n{settings}\n")
        plain = project.plain("-q", *arguments)
        wanted = self.left(project)
        done = project.test("--", "-q", "-p", "no:cacheprovider", *arguments)
        assert self.reported(done.stdout) == self.reported(plain.stdout) != []
        assert done.returncode == plain.returncode
        assert self.left(project) == wanted
        assert project.lines()["test_negative", "call"] == [2, 3]
        assert project.evidence.files["shop/pay.py"].branches == {2: [3, 4]}
        assert project.evidence.problems == []
        hidden = project.evidence.files["shop/pay.py"].excluded
        assert bool(hidden) is bool(settings)

    @staticmethod
    def reported(output: bytes) -> list[str]:
        """What pytest-cov says."""
        words = ("shop/", "tests/", "TOTAL", "FAIL", "ERROR", "Required", "WARNING")
        return [line for line in output.decode().splitlines() if line.startswith(words)]

    def test_a_test_that_wants_no_coverage_gets_none(self, project):
        project.write(
            "tests/test_pay.py",
            "import pytest\nfrom shop import pay\n"
            "@pytest.mark.no_cover\ndef test_without(): pay.charge(1)\n"
            "def test_negative():\n    with pytest.raises(ValueError): pay.charge(-1)\n",
        )
        done = project.test("--", "-q", "--cov=shop", "--cov-report=term-missing")
        assert done.returncode == 0, done.stdout
        (row,) = [line for line in done.stdout.decode().splitlines() if line.startswith("shop/pay.py")]
        assert row.split()[-2:] == ["4,", "8"]
        assert project.lines()["test_without", "call"] == [2, 4]
        assert project.evidence.problems == []

    def test_what_its_processes_ran_is_handed_over(self, project):
        project.write("tests/test_pay.py", PROCESSES)
        project.write("setup.cfg", "[coverage:run]\npatch = subprocess, fork, _exit\n")
        arguments = ("-q", "-p", "no:cacheprovider", "--cov=shop", "--cov-branch")
        project.plain(*arguments)
        wanted = self.left(project)
        done = project.test("--", *arguments)
        assert done.returncode == 0, done.stdout
        assert self.left(project) == wanted
        lines = project.lines()
        assert lines["test_forked", "call"] == [2, 4]
        assert lines["test_raw", "call"] == [2, 3]
        assert lines["test_new", "call"] == sorted({*IMPORTED, 2, 4, 8})

    @pytest.mark.parametrize("arguments", [(), ("--cov=shop",)], ids=["alone", "beside"])
    def test_a_plugin_that_imports_the_project_early_is_seen(self, project, arguments):
        """As pytest-django does, before any conftest.py."""
        project.write(
            "early.py",
            "import pytest\n@pytest.hookimpl(tryfirst=True)\n"
            "def pytest_load_initial_conftests():\n    from shop import pay\n",
        )
        done = project.test("--", "-q", "-p", "early", *arguments)
        assert done.returncode == 0, done.stdout
        assert project.lines()["", "none"] == IMPORTED

    def test_plugins_of_coverage_are_not_loaded_for_us(self, project):
        project.write("setup.cfg", "[coverage:run]\nplugins = evil_plugin\nomit = shop/pay.py\n")
        project.write("evil_plugin.py", "open('ran', 'w').close()\ndef coverage_init(registry, options): ...\n")
        assert project.test("--", "-q").returncode == 0
        assert not (project.folder / "ran").exists()
        assert project.lines()["test_negative", "call"] == [2, 3]
        assert project.evidence.files["shop/pay.py"].excluded


def test_the_evidence_is_a_plain_database_of_known_version(project):
    assert project.test("--", "-q").returncode == 0
    connection = sqlite3.connect(f"file:{project.folder}/.quality-gate/evidence.db?mode=ro&immutable=1", uri=True)
    assert connection.execute("PRAGMA user_version").fetchone() == (1,)
    connection.close()
