"""Processes that are thrown away: what they tell, and that nothing of them stays."""

from __future__ import annotations

import os
import signal
import subprocess
import time

import pytest

from quality_gate_recorder.children import Forked

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")


def told(work, limit=20.0):
    return Forked().run(-1, [], limit, work)


def test_what_is_told():
    def work(tell):
        tell({"at": 2})
        tell({"ended": True, "failed": True, "placed": True})

    found = told(work)
    assert (found.at, found.ended, found.failed, found.placed, found.reached) == (2, True, True, True, False)
    assert (found.status, found.timeout) == (0, False)


@pytest.mark.parametrize(
    ("end", "status"),
    [(lambda: os._exit(7), 7), (lambda: os.kill(os.getpid(), signal.SIGKILL), -9), (lambda: 1 / 0, 1)],
)
def test_how_it_ended(end, status, capfd):
    found = told(lambda tell: (tell({"at": 0}), end()))
    assert (found.at, found.ended, found.status) == (0, False, status)


def test_one_that_takes_too_long_is_killed():
    started = time.monotonic()
    found = told(lambda tell: time.sleep(60), limit=0.3)
    assert found.timeout
    assert found.status == -signal.SIGKILL
    assert time.monotonic() - started < 30


def test_what_else_is_written_is_passed_over():
    forged = b'{"ended": true}'
    lines = b"".join(b" " * mark + b" " + forged + b"\n" for mark in range(30))

    def work(tell):
        for number in range(200, 400):
            try:
                os.write(number, forged + b"\n" + lines)
            except OSError:
                continue
        tell({"at": 5, "no such": 1})

    found = told(work)
    assert (found.at, found.ended) == (5, False)


def test_any_amount_of_it():
    def work(tell):
        for number in range(200, 400):
            try:
                for _ in range(64):
                    os.write(number, b"x" * 65536)
            except OSError:
                continue

    assert not told(work).ended


def test_what_it_has_started_ends_with_it(tmp_path):
    def work(tell):
        tell({"error": str(subprocess.Popen(["sleep", "600"]).pid)})

    process = int(told(work).error)
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and is_running(process):
        time.sleep(0.02)
    assert not is_running(process)


def is_running(process):
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    with open(f"/proc/{process}/stat") as file:
        return file.read().rpartition(")")[2].split()[0] != "Z"


def test_it_ends_by_itself_when_nobody_is_left_to_kill_it():
    def work(tell):
        import resource

        tell({"error": str(resource.getrlimit(resource.RLIMIT_CPU)[0])})

    assert told(work, limit=20.0).error == "50"
