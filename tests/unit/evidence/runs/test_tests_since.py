"""Which files of tests are new, or not what they were when the tests were run."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from git_scratch import ENVIRONMENT, Scratch
from quality_gate.evidence.git.command import Git
from quality_gate.evidence.git.revisions import files_of
from quality_gate.evidence.runs.recorded import read_recorded
from quality_gate.evidence.runs.tests_since import changed_since
from quality_gate_recorder.evidence_file import write
from recorded_evidence import META, evidence, save, write_files

PAY = {"shop/pay.py": "def charge(order):\n    return order\n"}
TESTS = {"tests/test_pay.py": "def test_ok():\n    pass\n"}
OK = "tests/test_pay.py::test_ok"
RAN = {("", "none"): {"shop/pay.py": [-1, 1, -1]}, (OK, "call"): {"shop/pay.py": [-1, 2, -1]}}
HELPERS = {"tests/robots.py": "x = 1\n", "tests/conftest.py": "y = 1\n"}
NEW = {"tests/test_new.py": "def test_new():\n    pass\n"}
AT = float(META.started)


def written(root: Path, files: dict[str, str], *, later: bool) -> None:
    write_files(root, files)
    for path in files:
        os.utime(root / path, (AT + 60, AT + 60) if later else (AT - 60, AT - 60))


def since(root: Path, *files: str, committed: tuple[str, ...] = (), last: object = None) -> dict[str, bool]:
    if last is None:
        save(evidence(root, PAY, RAN, TESTS, helpers=HELPERS), root)
    found = changed_since(
        read_recorded(root, tracked=False), root, [*TESTS, *HELPERS, *files], lambda commit: committed
    )
    return {one.path: one.is_open for one in found}


def changed(root: Path, files: dict[str, str]) -> dict[str, bool]:
    save(evidence(root, PAY, RAN, TESTS, helpers=HELPERS), root)
    written(root, files, later=True)
    return since(root, *files, last=True)


def test_nothing_has_changed(tmp_path: Path) -> None:
    assert since(tmp_path) == {}


@pytest.mark.parametrize(
    ("files", "wanted"),
    [
        (NEW, {"tests/test_new.py": False}),
        (
            {"tests/test_pay.py": TESTS["tests/test_pay.py"] + "\ndef test_b():\n    pass\n"},
            {"tests/test_pay.py": False},
        ),
        ({"tests/test_pay.py": "# said\n" + TESTS["tests/test_pay.py"]}, {}),
        ({"tests/test_new.py": "def test_new(client):\n    pass\n"}, {"tests/test_new.py": True}),
        ({"tests/test_new.py": "class TestA:\n    def test_new(self):\n        pass\n"}, {"tests/test_new.py": False}),
        ({"tests/a/conftest.py": "x = 2\n"}, {"tests/a/conftest.py": True}),
        ({"tests/robots.py": "x = 2\n"}, {"tests/robots.py": True}),
        ({"tests/more_robots.py": "def robot():\n    pass\n"}, {}),
        ({"tests/test_new.py": "def test_(:\n"}, {"tests/test_new.py": True}),
    ],
)
def test_what_is_new_or_changed(files: dict[str, str], wanted: dict[str, bool], tmp_path: Path) -> None:
    assert changed(tmp_path, files) == wanted


def test_what_was_there_and_no_run_loads_is_not_new(tmp_path: Path) -> None:
    written(tmp_path, NEW, later=False)
    assert since(tmp_path, *NEW) == {}
    written(tmp_path, NEW, later=True)  # a checkout
    assert since(tmp_path, *NEW, committed=tuple(NEW)) == {}


def test_what_is_gone_runs_nothing(tmp_path: Path) -> None:
    save(evidence(tmp_path, PAY, RAN, TESTS, helpers=HELPERS), tmp_path)
    (tmp_path / "tests/robots.py").unlink()
    assert since(tmp_path, last=True) == {}


def test_a_part_that_has_run_a_new_file_knows_it(tmp_path: Path) -> None:
    whole = evidence(tmp_path, PAY, RAN, TESTS, helpers=HELPERS)
    written(tmp_path, NEW, later=True)
    meta = META._replace(started="1795329120.0", chosen="1", beside=json.dumps([META.started]))
    last = evidence(tmp_path, PAY, {("", "none"): RAN["", "none"]}, NEW, meta=meta)
    write(whole, save(last, tmp_path).parent / "evidence-0.db")
    assert since(tmp_path, *NEW, last=True) == {}
    written(tmp_path, {"tests/test_new.py": "def test_other():\n    pass\n"}, later=True)
    assert since(tmp_path, *NEW, last=True) == {"tests/test_new.py": False}


def test_the_files_of_a_commit(tmp_path: Path) -> None:
    scratch = Scratch(tmp_path / "top")
    scratch.stage("sub/tests/test_a.py")
    scratch.stage("other.py")
    scratch.git("commit", "--quiet", "-m", "one")
    git, commit = Git((tmp_path / "top").resolve(), ENVIRONMENT), scratch.git("rev-parse", "HEAD")
    assert files_of(git, commit, tmp_path / "top" / "sub") == {"tests/test_a.py"}
    for unknown in ("", "--help", "HEAD", "0" * 40):
        assert files_of(git, unknown, tmp_path / "top") == frozenset()
    assert files_of(None, commit, tmp_path / "top") == frozenset()
