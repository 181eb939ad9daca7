"""`quality-gate test` and the recorder, with the real pytest: what is recorded, and what never is taken for a record."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import venv
from importlib import import_module
from pathlib import Path

import coverage
import pytest

from gate_process import SCRIPT
from git_scratch import Scratch
from quality_gate_recorder.before import evidence_before
from quality_gate_recorder.evidence_file import Evidence, Meta, write
from recorded_project import Project


@pytest.fixture
def project(tmp_path):
    """The project as it is."""
    return Project(tmp_path / "project")


@pytest.fixture(scope="module")
def recorded(tmp_path_factory):
    """The project after a run, and what the command said."""
    project = Project(tmp_path_factory.mktemp("recorded") / "project")
    return project, project.test("-v", "--", "-q")


class TestAPartOfTheTests:
    def meta(self, project, *arguments, **variables):
        done = project.test("--", "-q", "-p", "no:cacheprovider", "-p", "no:hypothesispytest", *arguments, **variables)
        assert done.returncode == 0, done.stdout
        return project.evidence.meta, done.stderr.decode()

    @pytest.mark.parametrize("workers", [(), ("-n", "2")])
    def test_it_is_recorded_and_said(self, project, workers):
        found, said = self.meta(project, "-k", "ok", *workers)
        assert (found.chosen, found.deselected, found.collected) == ("1", "1", "1")
        assert "Recorded 1 test, a part that was chosen, which ran" in said

    @pytest.mark.parametrize("workers", [(), ("-n", "1")])
    def test_a_test_that_is_named_is_a_part(self, project, workers):
        assert self.meta(project, "tests/test_pay.py::test_ok", *workers)[0].chosen == "1"

    def test_the_recorder_alone_keeps_the_run_of_all_tests_beside_it(self, project):
        assert project.pytest("-q", "-n", "2").returncode == 0
        began = project.evidence.meta.started
        for arguments in (("-k", "ok", "-n", "2"), ("tests/test_pay.py::test_negative",)):
            assert project.pytest("-q", *arguments).returncode == 0
        assert json.loads(project.evidence.meta.beside)[0] == began
        kept = sorted(path.name for path in (project.folder / ".quality-gate").glob("evidence*"))
        assert kept == ["evidence-0.db", "evidence-1.db", "evidence.db"]

    def test_what_the_settings_leave_out_is_none(self, project):
        project.write("pyproject.toml", "[tool.pytest.ini_options]\naddopts = '-k ok'\n")
        found, said = self.meta(project)
        assert (found.chosen, found.deselected) == ("0", "1")
        assert "a part" not in said


class TestWhatIsRecorded:
    def test_the_command_says_what_it_did(self, recorded):
        _, done = recorded
        assert done.returncode == 0, done.stderr
        assert b"2 passed" in done.stdout
        said = done.stderr.decode().splitlines()
        assert (
            said[0]
            == f"Python: {sys.prefix}/bin/python (Python {sys.version.split()[0]}): the active environment (VIRTUAL_ENV)"
        )
        assert said[1] == (
            "Recorded 2 tests, which ran code of 2 of 2 files, in .quality-gate/evidence.db. Next: quality-gate report"
        )

    def test_lines_belong_to_a_test_and_a_phase(self, recorded):
        assert recorded[0].lines() == {
            ("", "none"): [1, 7],
            ("test_ok", "setup"): [2, 4, 8],
            ("test_ok", "call"): [2, 4],
            ("test_negative", "call"): [2, 3],
        }

    def test_branches_are_told(self, recorded):
        file = recorded[0].evidence.files["shop/pay.py"]
        assert file.branches == {2: [3, 4]}
        assert {(2, 3), (2, 4)} <= set(file.arcs)

    def test_the_run_is_described(self, recorded):
        evidence = recorded[0].evidence
        meta = evidence.meta
        assert (meta.exit_status, meta.collected, meta.phases, meta.branches) == ("0", "2", "1", "1")
        assert float(meta.finished) >= float(meta.started) > 1e9
        assert meta.python == sys.version.split()[0]
        assert evidence.problems == []
        assert recorded[0].outcomes == {"test_ok": "passed", "test_negative": "passed"}

    def test_test_code_has_digests(self, recorded):
        files = recorded[0].evidence.test_files
        assert {path: len(test_file.digest) for path, test_file in files.items()} == {"tests/test_pay.py": 16}

    @pytest.mark.skipif(sys.version_info < (3, 12), reason="needs sys.monitoring")
    def test_calls_are_seen(self, recorded):
        evidence = recorded[0].evidence
        assert evidence.meta.calls == "1"
        assert {(call.caller, call.line, call.callee) for call in evidence.calls} == {("refund", 8, "charge")}

    @pytest.mark.skipif(sys.version_info >= (3, 12), reason="has sys.monitoring")
    def test_calls_are_not_seen_and_that_is_told(self, recorded):
        assert (recorded[0].evidence.meta.calls, recorded[0].evidence.calls) == ("0", set())

    def test_nothing_is_left_behind(self, recorded):
        folder = recorded[0].folder
        assert sorted(place.name for place in (folder / ".quality-gate").iterdir()) == [
            ".gitignore",
            "evidence.db",
            "test-run.cache",
        ]


def test_every_outcome_has_its_word(project):
    project.write(
        "tests/test_pay.py",
        "import pytest, unittest\n"
        "@pytest.fixture\ndef broken(): raise OSError\n"
        "@pytest.fixture\ndef broken_after():\n    yield\n    raise OSError\n"
        "def test_passed(): pass\n"
        "def test_failed(): assert 0\n"
        "def test_skipped(): pytest.skip('x')\n"
        "@pytest.mark.skip\ndef test_marked(): pass\n"
        "@pytest.mark.xfail\ndef test_xfailed(): assert 0\n"
        "@pytest.mark.xfail\ndef test_xpassed(): pass\n"
        "@pytest.mark.xfail(strict=True)\ndef test_strict(): pass\n"
        "def test_error(broken): pass\n"
        "def test_error_after(broken_after): pass\n"
        "class TestUnit(unittest.TestCase):\n"
        "    def test_sub(self):\n"
        "        for number in range(2):\n"
        "            with self.subTest(number=number): self.assertEqual(number, 0)\n",
    )
    done = project.pytest("-q")
    assert done.returncode == 1
    wanted = {
        "test_passed": "passed",
        "test_failed": "failed",
        "test_skipped": "skipped",
        "test_marked": "skipped",
        "test_xfailed": "xfailed",
        "test_xpassed": "xpassed",
        "test_strict": "failed",
        "test_error": "error",
        "test_error_after": "error",
        "test_sub": "failed",
    }
    assert project.outcomes == wanted
    assert (project.evidence.meta.exit_status, project.evidence.problems) == ("1", [])
    marks = {nodeid.rpartition("::")[2]: test.marks for nodeid, test in project.evidence.tests.items()}
    assert (marks["test_strict"], marks["test_passed"]) == (("xfail",), ())


class TestExitCodes:
    @pytest.mark.parametrize(
        ("source", "arguments", "code", "status", "problem"),
        [
            ("def test_it(): assert 0", [], 1, "1", ""),
            ("", [], 3, "5", ""),
            ("import nothing_of_this_name", [], 3, "2", ""),
            ("import os\ndef test_it(): os._exit(0)", [], 3, "0", "ended with 0"),
            ("import os\ndef test_it(): os.kill(os.getpid(), 9)", [], 3, "-9", "killed by signal 9"),
            ("raise KeyboardInterrupt", [], 3, "2", ""),
        ],
        ids=["failed", "nothing collected", "collection error", "os._exit(0)", "killed", "interrupted inside"],
    )
    def test_whatever_happens_the_evidence_says_so(self, project, source, arguments, code, status, problem):
        place = project.folder / ".quality-gate" / "evidence.db"
        place.parent.mkdir()
        write(Evidence(Meta(exit_status="0", finished="1.0", commit="old")), place)
        project.write("tests/test_pay.py", source + "\n")
        done = project.test("--", "-q", *arguments)
        assert done.returncode == code, done.stderr
        evidence = project.evidence
        assert (evidence.meta.exit_status, evidence.meta.commit) == (status, "")
        assert problem in " ".join(evidence.problems)
        assert bool(evidence.meta.finished) is not bool(problem)

    @pytest.mark.parametrize(
        ("arguments", "code", "reason"),
        [
            (["--no-such-option"], 2, "pytest was called wrongly"),
            (["tests/test_nowhere.py"], 2, "pytest was called wrongly"),
            (["--collect-only"], 3, "pytest ran no test"),
            (["--fixtures"], 3, "pytest ran no test"),
            (["-k", "nothing_of_this_name"], 3, "pytest found no such test"),
            (["--help"], 3, "pytest ran no test"),
        ],
    )
    def test_who_runs_no_test_leaves_what_was_recorded(self, project, recorded, arguments, code, reason):
        shutil.copytree(recorded[0].folder / ".quality-gate", project.folder / ".quality-gate")
        before = [self.bytes_in(project)]
        done = project.test("--", *arguments)
        assert (done.returncode, before) == (code, [self.bytes_in(project)])
        assert done.stderr.decode().endswith(f"Nothing was recorded: {reason}; what was recorded before stays.\n")
        project.pytest("-q", *arguments)
        assert before == [self.bytes_in(project)], "nor does the recorder alone"

    def bytes_in(self, project):
        folder = project.folder / ".quality-gate"
        return {path.name: path.read_bytes() for path in folder.iterdir() if path.suffix == ".db"}

    def test_skipped_tests_are_no_evidence(self, project):
        project.write("tests/test_pay.py", "import pytest\npytestmark = pytest.mark.skip\ndef test_it(): pass\n")
        done = project.test("--", "-q")
        assert (done.returncode, done.stderr) == (3, b"Nothing was recorded: all tests were skipped.\n")
        assert not (project.folder / ".quality-gate" / "evidence.db").exists()

    def test_while_a_run_goes_on_what_was_recorded_before_counts(self, project, recorded):
        shutil.copytree(recorded[0].folder / ".quality-gate", project.folder / ".quality-gate")
        place = project.folder / ".quality-gate" / "evidence.db"
        before = place.read_bytes()
        project.write("tests/test_pay.py", "def test_it():\n    print('up', flush=True)\n    input()\n")
        process = subprocess.Popen(
            [str(SCRIPT), "test", "--", "-s", "-q"],
            cwd=project.folder,
            env={"PATH": os.environ["PATH"], "VIRTUAL_ENV": sys.prefix},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        while b"up" not in process.stdout.readline():
            assert process.poll() is None
        held = evidence_before(place)
        assert held is not None
        assert (held.read_bytes(), project.evidence.problems) == (before, ["the run did not end"])
        process.kill()  # pytest lives on, and cannot know that nobody waits for it
        process.wait(timeout=60)
        assert evidence_before(place) is None, "of a run that was killed no older evidence is left"
        process.communicate(b"\n", timeout=60)

    @pytest.mark.parametrize(
        ("arguments", "by"),
        [
            (
                ["--cov=shop", "--cov-report=", "--cov-fail-under=99"],
                "pytest-cov ended the run with 1: its coverage is ",
            ),
            (["-p", "no:cov"], "a plugin, or a conftest.py, ended the run with 1"),
        ],
    )
    def test_a_plugin_that_ends_the_run_with_1_fails_no_test(self, project, arguments, by):
        sets_1 = "def pytest_sessionfinish(session):\n    session.exitstatus = 1\n"
        project.write("tests/conftest.py", sets_1 if "no:cov" in arguments else "")
        done = project.test("--", "-q", "-k", "ok", *arguments)
        assert done.returncode == 1
        assert f"No test failed: {by}" in done.stderr.decode()
        evidence = project.evidence
        assert (evidence.problems, evidence.meta.exit_status, project.outcomes) == ([], "1", {"test_ok": "passed"})
        assert evidence.meta.ended_by.startswith(by)

    def test_a_file_that_is_not_collected_is_missed_though_no_test_failed(self, project):
        project.write("tests/test_gone.py", "import nothing_of_this_name\n")
        done = project.test("--", "-q", "--continue-on-collection-errors")
        assert done.returncode == 1
        assert project.evidence.problems == ["tests could not be collected: tests/test_gone.py"]

    def test_a_broken_conftest_is_no_misuse(self, project):
        project.write("tests/conftest.py", "raise ImportError('x')\n")
        assert project.test().returncode == 3

    def test_a_recorder_that_is_shut_out_is_missed(self, project):
        project.write("pyproject.toml", "[tool.pytest.ini_options]\naddopts = '-p no:quality_gate_recorder'\n")
        done = project.test("--", "-q")
        assert b"2 passed" in done.stdout
        # pytest lets our `-p` win or its own; either way nothing unproven looks proven
        assert (done.returncode == 0) is (project.evidence.problems == [])

    def test_an_interrupt_ends_the_tests_and_then_the_command(self, project):
        project.write("tests/test_pay.py", "import time\ndef test_it():\n    print('up', flush=True); time.sleep(60)\n")
        process = subprocess.Popen(
            [str(SCRIPT), "test", "--", "-s", "-q"],
            cwd=project.folder,
            env={"PATH": os.environ["PATH"], "VIRTUAL_ENV": sys.prefix},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            # A job in the background of a shell ignores interruptions, and so do its children.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
        )
        while b"up" not in process.stdout.readline():
            assert process.poll() is None
        time.sleep(0.1)
        os.killpg(process.pid, signal.SIGINT)
        process.communicate(timeout=60)
        assert process.returncode == 130
        assert (project.evidence.meta.exit_status, project.outcomes) == ("2", {"test_it": "unknown"})


class TestUnchanged:
    ADDOPTS = ("-W error --strict-config --strict-markers", "--import-mode=importlib -p no:cacheprovider", "-n 2")

    @pytest.mark.parametrize("addopts", ADDOPTS)
    def test_addopts_of_any_kind(self, project, addopts):
        project.write("pyproject.toml", f"[tool.pytest.ini_options]\naddopts = '{addopts}'\npythonpath = ['.']\n")
        done = project.test("--", "-q")
        assert done.returncode == 0, done.stdout + done.stderr
        assert project.lines()["test_ok", "call"] == [2, 4]
        assert project.evidence.problems == []

    @pytest.mark.parametrize("workers", [(), ("-n", "1")])
    def test_a_test_that_takes_the_tracer_away_takes_it_from_itself_alone(self, project, workers):
        project.write(
            "tests/test_pay.py",
            "import sys\nfrom shop import pay\n"
            "def test_it():\n    sys.settrace(None)\n    pay.charge(1)\n"
            "def test_ok():\n    pay.charge(1)\n",
        )
        done = project.test("--", "-q", *workers)
        assert done.returncode == 0, done.stdout
        assert json.loads(project.evidence.meta.untraced) == ["tests/test_pay.py::test_it"]
        assert project.lines()["test_ok", "call"] == [2, 4]

    def test_tests_see_no_trace_of_us(self, project):
        project.write(
            "tests/test_pay.py",
            "import os, sys\n"
            "def test_it():\n"
            "    ours = [name for name in os.environ if 'QUALITY' in name or name in ('PYTHONPATH', 'PYTEST_PLUGINS')]\n"
            "    assert ours == ['QUALITY_GATE_RECORDING']\n",
        )
        for arguments in ((), ("-n", "1")):
            done = project.test("--", "-q", *arguments)
            assert done.returncode == 0, done.stdout

    def test_output_and_order_are_pytests_own(self, project):
        plain = project.plain("-v", "-rA", "--durations=0", "--durations-min=9", "--no-header")
        ours = project.pytest("-v", "-rA", "--durations=0", "--durations-min=9", "--no-header")

        def without_seconds(output):
            return re.sub(r"=* (.*) in \d+\.\d+s.*", r"\1", output.decode()).splitlines()

        assert without_seconds(plain.stdout) == without_seconds(ours.stdout)
        assert (plain.stderr, plain.returncode) == (ours.stderr, ours.returncode)

    def test_a_fault_of_ours_fails_no_test(self, project):
        project.write(
            "tests/conftest.py",
            "from quality_gate_recorder import tracing\n"
            "def fail(*args): raise RuntimeError('ours')\n"
            "tracing.Tracer.switch = fail\n",
        )
        done = project.test("--", "-q")
        assert done.returncode == 0, done.stderr
        assert b"2 passed" in done.stdout
        assert project.evidence.problems == ["the recorder failed: switch: RuntimeError: ours"]
        assert b"not recorded well: the recorder failed" in done.stderr

    def test_a_pytest_that_a_test_starts_records_nothing(self, project):
        project.write(
            "tests/test_pay.py",
            "import subprocess, sys, pytest\n"
            "def test_outer(tmp_path):\n"
            "    (tmp_path / 'test_in.py').write_text('def test_inner(): pass')\n"
            "    inner = ['-q', '-p', 'quality_gate_recorder', '-p', 'no:cacheprovider', str(tmp_path)]\n"
            "    subprocess.run([sys.executable, '-m', 'pytest', *inner], check=True)\n"
            "    assert pytest.main(inner) == 0\n",
        )
        done = project.test("--", "-q")
        assert done.returncode == 0, done.stdout
        assert project.outcomes == {"test_outer": "passed"}


def test_the_plugin_alone_does_the_same(project):
    project.write("pyproject.toml", "[tool.quality-gate]\nsource = ['shop']\n")
    done = project.pytest("-q")
    assert done.returncode == 0, done.stderr
    alone = project.evidence
    assert project.test("--", "-q").returncode == 0
    whole = project.evidence
    assert (alone.files, alone.tests.keys(), alone.test_files) == (whole.files, whole.tests.keys(), whole.test_files)
    assert (alone.calls, alone.problems) == (whole.calls, whole.problems)


def test_only_pytest_coverage_and_the_standard_library_are_loaded(project):
    project.write(
        "tests/conftest.py",
        "import sys\n"
        "def pytest_sessionfinish(): pass\n"
        "def pytest_unconfigure():\n"
        "    tops = {name.partition('.')[0] for name in sys.modules} - set(sys.stdlib_module_names)\n"
        "    print('LOADED', *sorted(tops))\n",
    )

    def loaded(done):
        (line,) = [line for line in done.stdout.decode().splitlines() if line.startswith("LOADED")]
        return {name for name in line.split() if name[0] not in "_$"}  # made up by the standard library and coverage

    arguments = ("-q", "-s", "-p", "no:cacheprovider", "-p", "no:hypothesispytest", "-p", "no:xdist")
    more = loaded(project.test("--", *arguments)) - loaded(project.plain(*arguments))
    assert more == {"quality_gate_recorder", "coverage"}


class TestState:
    def test_commit_and_changes_are_recorded(self, project):
        (project.folder / ".git").rmdir()
        scratch = Scratch(project.folder)
        commit = scratch.commit(
            {".gitignore": "__pycache__/\n", "shop/pay.py": (project.folder / "shop/pay.py").read_text()}
        )
        assert project.test("--", "-q").returncode == 0
        assert (project.evidence.meta.commit, project.evidence.meta.dirty) == (commit, "0")
        project.write("shop/pay.py", (project.folder / "shop/pay.py").read_text() + "# more\n")
        assert project.test("--", "-q").returncode == 0
        assert (project.evidence.meta.commit, project.evidence.meta.dirty) == (commit, "1")

    def test_a_tracked_folder_of_ours_is_refused(self, project):
        (project.folder / ".git").rmdir()
        scratch = Scratch(project.folder)
        scratch.commit({".quality-gate/evidence.db": "forged"})
        done = project.test()
        assert done.returncode == 2
        assert b"tracked by git" in done.stderr

    def test_a_link_in_place_of_the_folder_is_refused(self, project, tmp_path):
        (tmp_path / "elsewhere").mkdir()
        (project.folder / ".quality-gate").symlink_to(tmp_path / "elsewhere")
        done = project.test()
        assert (done.returncode, list((tmp_path / "elsewhere").iterdir())) == (2, [])


def test_a_project_without_sources_is_told(tmp_path):
    project = Project(tmp_path / "project")
    for path in ("shop/pay.py", "shop/__init__.py"):
        (project.folder / path).unlink()
    done = project.test()
    assert done.returncode == 2
    assert b"there is no source file to measure" in done.stderr


class TestLentCoverage:
    """A project's Python that has pytest and no coverage.py."""

    @pytest.fixture
    def bare(self, project, tmp_path):
        environment = tmp_path / "bare"
        venv.create(environment, symlinks=True)
        packages = tmp_path / "packages"
        packages.mkdir()
        for name in ("pytest", "_pytest", "pluggy", "iniconfig", "packaging", "pygments"):
            place = Path(import_module(name).__path__[0])
            (packages / name).symlink_to(place)
        (packages / "py.py").symlink_to(Path(pytest.__path__[0]).parent / "py.py")
        (site,) = environment.glob("lib/python*/site-packages")
        (site / "pytest.pth").write_text(f"{packages}\n")
        project.write("pyproject.toml", f'[tool.quality-gate]\nsource = ["shop"]\npython = "{environment}"\n')
        return project

    def test_ours_is_lent_for_the_run(self, bare):
        done = bare.test("--", "-q")
        assert done.returncode == 0, done.stderr.decode()
        assert bare.outcomes == {"test_ok": "passed", "test_negative": "passed"}
        assert bare.evidence.meta.coverage == coverage.__version__
