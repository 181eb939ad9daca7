"""What tests touch of the world around them, with the real pytest, alone and in workers, and what the gate says of it."""

from __future__ import annotations

import json
import sys

import pytest

from gate_process import gate
from quality_gate.evidence.runs.recorded import read_recorded
from recorded_project import Project

STATE = """\
import asyncio
import time

cache = {}
flag = False
items = []
limit = 1


def remember(key):
    cache[key] = 1


def slow():
    time.sleep(0.06)


async def slowly():
    await asyncio.sleep(0.07)
"""

TEST_STATE = """\
import asyncio
import os
import socket
import subprocess
import threading
import time
import unittest
from unittest import mock

import pytest

from shop import state


@pytest.fixture(scope="session")
def server():
    os.environ["SERVER"] = "1"
    subprocess.run(["true"])
    with socket.create_server(("127.0.0.1", 0)) as served:
        yield served.getsockname()


def test_cache():
    state.remember("a")
    assert state.cache


def test_flag():
    state.flag = True
    assert state.flag


def test_flag_patched(monkeypatch):
    monkeypatch.setattr(state, "limit", 3)
    with mock.patch.object(state, "limit", 4):
        assert state.limit == 4


def test_variable():
    os.environ["REGION"] = "eu"
    assert os.environ["REGION"]


def test_variable_patched(monkeypatch):
    monkeypatch.setenv("REGION2", "1")
    with mock.patch.dict(os.environ, {"REGION3": "1"}):
        assert os.environ["REGION3"]


def test_sleep():
    assert state.slow() is None


def test_sleep_patched():
    with mock.patch("time.sleep") as sleep:
        time.sleep(3)
    assert sleep.called


def test_short():
    time.sleep(0.01)
    assert True


def test_asleep():
    assert asyncio.run(state.slowly()) is None


def test_cancelled():
    async def wait():
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(asyncio.sleep(10), 0.01)

    asyncio.run(wait())


def test_program():
    assert subprocess.run(["true", "x"]).returncode == 0


def test_shell():
    assert subprocess.run("true x", shell=True).returncode == 0


def test_served(server):
    with socket.create_connection(server) as found:
        assert found


def test_machine():
    with pytest.raises(OSError):
        socket.create_connection(("localhost", 1))


def test_network():
    with pytest.raises(OSError):
        socket.create_connection(("bank.invalid", 443), timeout=1)


def test_thread():
    thread = threading.Thread(target=state.slow)
    thread.start()
    thread.join()
    assert not thread.is_alive()


def test_directory(tmp_path):
    was = os.getcwd()
    os.chdir(tmp_path)
    os.chdir(was)
    assert os.getcwd() == was


class TestCase(unittest.TestCase):
    def setUp(self):
        os.environ["UNIT"] = "1"

    def test_items(self):
        state.items.append(1)
        self.assertTrue(state.items)
"""
PATH, TESTS = "shop/state.py", "tests/test_state.py"

TOUCHES = {
    ("test_cache", "call", "module", "shop.state.cache"),
    ("test_flag", "call", "module", "shop.state.flag"),
    ("test_items", "call", "module", "shop.state.items"),
    ("test_items", "call", "environment", "UNIT"),
    ("test_variable", "call", "environment", "REGION"),
    ("test_program", "call", "process", "true"),
    ("test_shell", "call", "process", "true"),
    ("test_machine", "call", "machine", "127.0.0.1:1"),
    ("test_network", "call", "network", "bank.invalid:443"),
    ("test_served", "setup", "environment", "SERVER"),
    ("test_served", "setup", "process", "true"),
}
SLEEPS = {("test_sleep", "call", "sleep", "time.sleep"), ("test_asleep", "call", "sleep", "asyncio.sleep")}
SEEN = TOUCHES | SLEEPS if sys.version_info >= (3, 12) else TOUCHES

CONFIGURED = '[tool.quality-gate]\nsource = ["shop"]\n[tool.quality-gate.integration-tests]\nmarks = ["wide"]\n'


def recorded(folder, *arguments: str) -> Project:
    """The project after its tests have run."""
    project = Project(folder / "project", {PATH: STATE, TESTS: TEST_STATE, "pyproject.toml": CONFIGURED})
    done = project.test("--", "-q", "-p", "no:cacheprovider", "-p", "no:randomly", *arguments)
    assert done.returncode == 0, done.stdout + done.stderr
    return project


@pytest.fixture(scope="module", params=[(), ("-n", "2")], ids=["one process", "workers"])
def touched(request, tmp_path_factory):
    seen = recorded(tmp_path_factory.mktemp("seen"), *request.param)
    return read_recorded(seen.folder, tracked=False).touched


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    return recorded(tmp_path_factory.mktemp("gate"))


def short(test: str) -> str:
    return test.rpartition("::")[2]


class TestWhatIsSeen:
    def test_what_tests_touch_and_nothing_else(self, touched):
        found = {(short(one.test), one.phase, one.kind, one.what) for one in touched.touches if one.kind != "itself"}
        assert found == SEEN

    def test_a_server_of_their_own_is_told_apart(self, touched):
        served = [(short(one.test), one.phase) for one in touched.touches if one.kind == "itself"]
        assert served == [("test_served", "call")]

    def test_places(self, touched):
        def line(text: str, source: str = TEST_STATE) -> int:
            return source.splitlines().index(text) + 1

        places = {one.what: (one.place, one.test_place) for one in touched.touches}
        of_test = (TESTS, line('    os.environ["REGION"] = "eu"'))
        assert [(found.path, found.line) for found in places["REGION"]] == [of_test, of_test]
        module, test = places["shop.state.flag"]
        assert (module.path, module.line) == (PATH, 0)
        assert (test.path, test.line) == (TESTS, line("def test_flag():"))

    @pytest.mark.skipif(sys.version_info < (3, 13), reason="sleeps are not seen")
    def test_where_it_sleeps(self, touched):
        (slept,) = (one for one in touched.touches if one.what == "time.sleep")
        assert (slept.seconds, slept.place.path, slept.place.line) == (0.06, PATH, 15)

    def test_what_is_not_watched(self, touched):
        what = "time.sleep()" if sys.version_info >= (3, 12) else "sleeps"
        said = {"sleep": (f"Python 3.{sys.version_info[1]} does not tell of {what}, 3.13 does",)}
        assert touched.not_watched == (said if sys.version_info < (3, 13) else {})


class TestTheGate:
    def verdict(self, project: Project, *command: str) -> dict:
        done = gate(project.folder, *command, "--format", "json")
        (found,) = (one for one in json.loads(done.stdout)["verdicts"] if one["practice"] == "isolated-tests")
        return found

    def test_the_verdict(self, project):
        found = self.verdict(project, "report")
        guilty = {test for test, phase, _, _ in SEEN if phase == "call"}
        assert (found["outcome"], found["unit"], found["of"]) == ("KEPT", "tests", 20)
        assert found["measured"] == 20 - len(guilty)
        assert {short(test) for one in found["findings"] for test in one["tests"]} == guilty

    def test_nothing_is_told_twice(self, project):
        done = gate(project.folder, "report", "--format", "json")
        told = [one for found in json.loads(done.stdout)["verdicts"] for one in found["findings"]]
        names = sorted(one["name"] for one in told if short(one["tests"][0] if one["tests"] else "") == "test_flag")
        assert names == ["module-state-left-changed"]
        assert not [one for one in told if one["name"] == "shared-state-leak"]

    def test_the_report_says_so_in_words(self, project):
        said = gate(project.folder, "report").stdout.decode()
        assert "of 20 tests   observed: nothing blocks yet" in said
        assert "network-in-test" in said

    def test_a_changed_test_is_not_judged(self, project):
        place = project.folder / TESTS
        was = place.read_text()
        try:
            place.write_text(was + "\n\ndef test_more():\n    assert 1\n")
            found = self.verdict(project, "report")
        finally:
            place.write_text(was)
        assert (found["of"], found["measured"]) == (2, 2)  # those of the other file
        assert any("not as when they were run" in said for said in found["not_looked_at"])

    def test_the_commit_hook_judges_the_source_alone(self, project):
        found = self.verdict(project, "check", "--stage", "commit")
        assert (found["outcome"], found["unit"]) == ("KEPT", "test files")
        assert {one["name"] for one in found["findings"]} == {"shared-state-leak"}
        assert found["not_looked_at"] == []
