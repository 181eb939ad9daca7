"""What failed in which test, with the real pytest: the worked example, workers, threads, tasks and processes."""

from __future__ import annotations

import sys

import pytest

from quality_gate.evidence.runs.recorded import read_recorded
from recorded_project import Project

BANK = """\
class Lost(Exception):
    pass


def pay(gw, order):
    tok = None
    order["tries"] = 0

    try:
        tok = gw.auth(order)
        rec = gw.capture(tok)
    except ConnectionError as error:
        order["state"] = "unknown"
        raise Lost from error
    except KeyError:
        order["state"] = "odd"
    finally:
        order["tries"] = 1
    if tok:
        return order


def ping(gw):
    gw.ping()
    return True


def tail(gw):
    return gw.auth(None)
"""

TEST_BANK = """\
from unittest import mock
import pytest
from shop import bank

@pytest.fixture
def gw():
    return mock.Mock()

def test_ok(gw):
    order = {}
    assert bank.pay(gw, order) is order

def test_auth_fails(gw):
    order = {}
    gw.auth.side_effect = ConnectionError
    with pytest.raises(bank.Lost):
        bank.pay(gw, order)
    assert order["state"] == "unknown"

def test_capture_fails(gw):
    gw.capture.side_effect = ConnectionError
    with pytest.raises(bank.Lost):
        bank.pay(gw, {})

def test_key_no_assert(gw):
    gw.capture.side_effect = KeyError
    bank.pay(gw, {})

def test_other(gw):
    gw.auth.side_effect = OSError
    with pytest.raises(OSError):
        bank.pay(gw, {})

def test_ping(gw):
    gw.ping.side_effect = TimeoutError
    pytest.raises(TimeoutError, bank.ping, gw)

def test_tail(gw):
    gw.auth.side_effect = OSError
    with pytest.raises(OSError):
        bank.tail(gw)

def dead():
    assert False
"""
PATH, TESTS = "shop/bank.py", "tests/test_bank.py"

JUMPS = {
    "test_auth_fails": {(10, 12), (12, 13), (13, 14)},
    "test_capture_fails": {(11, 12), (12, 13), (13, 14)},
    "test_key_no_assert": {(11, 12), (12, 15), (15, 16)},
    "test_other": {(10, 12), (12, 15), (15, 18)},
    "test_ping": {(24, -23)},
}
"""What Python 3.11 tells as well: call to handler, handler to body, call to exit."""

FAILURES = {
    ("test_auth_fails", 10, "ConnectionError", 12, None),
    ("test_auth_fails", 14, "shop.bank.Lost", None, 17),
    ("test_capture_fails", 11, "ConnectionError", 12, None),
    ("test_capture_fails", 14, "shop.bank.Lost", None, 23),
    ("test_key_no_assert", 11, "KeyError", 15, None),
    ("test_other", 10, "OSError", None, 32),
    ("test_ping", 24, "TimeoutError", None, None),
    ("test_tail", 29, "OSError", None, 41),
}
"""(test, line, type, handler, line of the test that it came up to)."""

monitored = pytest.mark.skipif(sys.version_info < (3, 12), reason="needs sys.monitoring")


def recorded(folder, source: str, *arguments: str, **files: str):
    """A project after its tests have run: its folder, and its evidence as the gate reads it."""
    project = Project(folder / "project", {PATH: BANK, TESTS: source, **files})
    done = project.test("--", "-q", "-p", "no:cacheprovider", *arguments)
    assert done.returncode == 0, done.stdout + done.stderr
    assert project.evidence.problems == []
    return read_recorded(project.folder, tracked=False)


@pytest.fixture(scope="module", params=[(), ("-n", "2")], ids=["one process", "workers"])
def example(request, tmp_path_factory):
    return recorded(tmp_path_factory.mktemp("example"), TEST_BANK, *request.param)


def short(test: str) -> str:
    """A test's own name."""
    return test.rpartition("::")[2]


class TestTheWorkedExample:
    def test_jumps_tell_it_on_every_python(self, example):
        found = {short(test): arcs for test, arcs in example.arcs_of(PATH).items()}
        assert {test: arcs & found[test] for test, arcs in JUMPS.items()} == JUMPS
        assert not any((10, 12) in arcs or (11, 12) in arcs for arcs in (found["test_ok"], found["test_tail"]))

    def test_exceptions_tell_it_from_3_12_on(self, example):
        found = {
            (short(one.test), one.line, one.exception, one.handled, one.reached and one.reached.line)
            for one in example.failures_of(PATH)
        }
        assert found == (FAILURES if sys.version_info >= (3, 12) else set())

    def test_what_is_not_known_has_its_reason(self, example):
        reason = None if sys.version_info >= (3, 12) else "Python 3.11 does not tell which exceptions pass, 3.12 does"
        assert example.unseen("") == reason

    def test_lines_of_tests_are_known_on_every_python(self, example):
        assert {16, 17, 18, 27} <= example.test_lines(TESTS)
        assert not {44} & example.test_lines(TESTS)
        assert {line.line for line in example.ran_in(f"{TESTS}::test_auth_fails")} == {14, 15, 16, 17, 18}

    @monitored
    def test_the_order_in_the_test_is_known(self, example):
        after = {short(one.test): {line.line for line in one.after} for one in example.failures_of(PATH)}
        assert (18 in after["test_auth_fails"], 15 in after["test_auth_fails"]) == (True, False)
        assert after["test_key_no_assert"] == set()


RUNNING = {
    "a thread": "    import threading\n    one = threading.Thread(target=fails)\n    one.start()\n    one.join()\n",
    "a task": "    import asyncio\n    async def main():\n        async def task(): fails()\n"
    "        await asyncio.create_task(task())\n    asyncio.run(main())\n",
    "a fork": "    import os\n    pid = os.fork()\n    if not pid:\n        fails()\n        os._exit(0)\n"
    "    os.waitpid(pid, 0)\n",
}


@monitored
class TestWhereItRuns:
    @pytest.mark.parametrize("where", RUNNING)
    def test_the_test_that_runs_is_the_one(self, tmp_path, where):
        source = (
            "import pytest\nfrom shop import bank\n"
            "def fails():\n    with pytest.raises(AttributeError):\n        bank.ping(None)\n"
            f"def test_it():\n{RUNNING[where]}"
            "def test_other(): pass\n"
        )
        (failure,) = recorded(tmp_path, source).failures_of(PATH)
        assert (short(failure.test), failure.phase, failure.line, failure.source) == ("test_it", "call", 24, "here")
        assert (failure.reached.line, failure.taken, failure.older_thread) == (5, True, False)

    def test_a_python_process_is_not_looked_into_and_that_is_said(self, tmp_path):
        source = (
            "import subprocess, sys\ndef test_it():\n"
            "    subprocess.run([sys.executable, '-c', 'from shop import bank; bank.ping(None)'])\n"
        )
        found = recorded(tmp_path, source)
        assert found.failures_of(PATH) == ()
        assert found.unseen(f"{TESTS}::test_it") == "a Python process that it started is not watched"


@monitored
def test_a_debugger_or_profiler_beside_us_keeps_its_place(tmp_path):
    source = (
        "import sys, pytest\nfrom shop import bank\ndef test_it():\n"
        "    assert sys.monitoring.get_tool(3) == 'quality-gate'\n"
        "    for other in (0, 1, 2, 4, 5):\n"
        "        if sys.monitoring.get_tool(other) is None:\n"
        "            sys.monitoring.use_tool_id(other, 'theirs')\n"
        "            sys.monitoring.set_events(other, sys.monitoring.events.RAISE)\n"
        "            sys.monitoring.register_callback(other, sys.monitoring.events.RAISE, lambda *_: None)\n"
        "    with pytest.raises(AttributeError):\n        bank.ping(None)\n"
        "    for other in (0, 1, 2, 4, 5):\n"
        "        if sys.monitoring.get_tool(other) == 'theirs': sys.monitoring.free_tool_id(other)\n"
    )
    assert len(recorded(tmp_path, source).failures_of(PATH)) == 1
