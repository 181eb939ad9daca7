"""The plugin of `quality-gate prove` in a real pytest, forked and not."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from quality_gate_recorder.proving_job import VARIABLE, Change, Job

RECORDER = Path(__file__).resolve().parents[3] / "recorder"

PAY = "def charge(x):\n    if x < 0:\n        raise ValueError\n    return x\n"
TESTS = """\
import pytest
from pay import charge

def test_none(): assert charge(1) == 1

@pytest.mark.parametrize("x", [-1, -2])
def test_raises(x):
    with pytest.raises(ValueError): charge(x)

def test_not_chosen():
    open("chosen", "w").close()
"""
BEFORE = PAY.index("if x < 0:")


AFTER = BEFORE + len("if x < 0:")


def change(text, tests, within=(("charge", 1),)):
    return [BEFORE, AFTER, text, list(within), tests, 0.0]


def results(folder, changes, *arguments, forks=True, stdin=None):
    """What becomes of changes of pay.py."""
    (folder / "pay.py").write_text(PAY)
    (folder / "test_pay.py").write_text(TESTS)
    scratch = folder / "scratch"
    scratch.mkdir()
    tests = [
        "test_pay.py::test_none",
        "test_pay.py::test_raises[-1]",
        "test_pay.py::test_raises[-2]",
        "test_gone.py::t",
    ]
    place = str((folder / "pay.py").resolve())
    job = Job(str(scratch), tests, {place: PAY}, [Change(place, *one) for one in changes], forks=forks)
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-p",
            "quality_gate_recorder.proving",
            "-p",
            "no:hypothesispytest",
            *arguments,
        ],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(RECORDER), VARIABLE: job.save()},
        stdin=subprocess.PIPE if stdin is None else stdin,
        capture_output=True,
        timeout=120,
        check=False,
    )
    place = Path(job.results)
    return [json.loads(line) for line in place.read_text().splitlines()] if place.exists() else done


def test_where_there_is_no_fork(tmp_path):
    reached = "if __quality_gate_reached__() and "
    with open_pipe() as stdin:
        changes = [change(f"{reached}False:", [0, 1]), change(f"{reached}x < 0:", [0, 1])]
        found = results(tmp_path, changes, forks=False, stdin=stdin)
    assert [(one["end"], one["by"].partition("::")[2]) for one in found] == [
        ("killed", "test_raises[-1]"),
        ("survived", ""),
    ]


def test_each_change_is_tried_by_itself(tmp_path):
    reached = "if __quality_gate_reached__() and "
    changes = [
        change(f"{reached}False:", [0, 1]),
        change(f"{reached}x < 0:", [0, 1, 2]),
        change(f"{reached}True:", [0]),
        change(f"{reached}False:", [3]),
        change("if x < 0:", [0]),
        change("if x <", [0]),
        change(f"{reached}False:", [1], within=(("other", 1),)),
    ]
    with open_pipe() as stdin:
        found = results(tmp_path, changes, stdin=stdin)
    assert [(one["end"], one["by"].partition("::")[2]) for one in found] == [
        ("killed", "test_raises[-1]"),
        ("survived", ""),
        ("killed", "test_none"),
        ("unknown", ""),
        ("unknown", ""),
        ("unknown", ""),
        ("unknown", ""),
    ]
    assert "does not find" in found[3]["why"]
    assert "did not come to it" in found[4]["why"]
    assert "does not fit" in found[5]["why"]
    assert "could not be put in place" in found[6]["why"]
    assert not (tmp_path / "chosen").exists()


def test_whatever_the_settings_ask_for(tmp_path):
    (tmp_path / "pytest.ini").write_text(
        "[pytest]\naddopts = -k none -x --maxfail=1 --collect-only --deselect test_pay.py\n"
    )
    with open_pipe() as stdin:
        (found,) = results(tmp_path, [change("if __quality_gate_reached__() and False:", [0, 1])], stdin=stdin)
    assert found["end"] == "killed"


def test_it_ends_with_the_one_who_started_it(tmp_path):
    reading, writing = os.pipe()
    os.close(writing)
    found = results(tmp_path, [change("while __quality_gate_reached__():", [0])], stdin=reading)
    os.close(reading)
    assert not isinstance(found, list) or found == []


def test_it_serves_nobody_else(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "quality_gate_recorder.proving", "-p", "no:hypothesispytest"],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(RECORDER)},
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 4
    assert b"serves quality-gate prove alone" in done.stderr


class open_pipe:
    """Standard input that stays open."""

    def __enter__(self):
        self.reading, self.writing = os.pipe()
        return self.reading

    def __exit__(self, *_):
        os.close(self.reading)
        os.close(self.writing)
