"""What the project's Python is lent, and what is noted of the work tree before it runs."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import quality_gate_recorder
from git_scratch import Scratch
from quality_gate.cli._lending import lay_out
from quality_gate.cli.test import _state
from quality_gate.evidence.git.command import find_top
from quality_gate.evidence.interpreters import Interpreter

RECORDER = Path(quality_gate_recorder.__path__[0])


@pytest.fixture
def interpreter():
    return Interpreter(
        executable=sys.executable,
        version=sys.version_info[:3],
        implementation="cpython",
        abi="",
        pytest="8",
        coverage="7",
        pip="",
    )


def loaded_from(folder: Path) -> str:
    """The file that Python takes the recorder from."""
    code = "import quality_gate_recorder; print(quality_gate_recorder.__file__)"
    told = subprocess.run([sys.executable, "-S", "-c", code], env={"PYTHONPATH": str(folder)}, capture_output=True)
    return told.stdout.decode().strip()


def test_the_recorder_is_lent_and_nothing_that_lies_beside_it(tmp_path, interpreter):
    folder = lay_out(tmp_path, interpreter)
    assert [place.name for place in folder.iterdir()] == ["quality_gate_recorder"]
    assert loaded_from(folder) == str(folder / "quality_gate_recorder" / "__init__.py")


def test_what_python_has_compiled_of_it_lasts(tmp_path, interpreter):
    assert os.path.samefile(lay_out(tmp_path, interpreter) / "quality_gate_recorder", RECORDER)


def test_it_is_copied_where_links_may_not_be_made(tmp_path, interpreter, monkeypatch):
    def refused(*_: object, **__: object) -> None:
        raise OSError("a required privilege is not held by the client")

    monkeypatch.setattr(Path, "symlink_to", refused)
    folder = lay_out(tmp_path, interpreter)
    assert not os.path.samefile(folder / "quality_gate_recorder", RECORDER)
    assert loaded_from(folder) == str(folder / "quality_gate_recorder" / "__init__.py")


class TestState:
    @pytest.fixture
    def scratch(self, tmp_path):
        return Scratch(tmp_path)

    def test_before_the_first_commit_all_is_changed(self, scratch, tmp_path):
        assert _state(find_top(tmp_path, os.environ)) == ("", "1")

    def test_a_clean_work_tree_and_a_changed_one(self, scratch, tmp_path):
        commit = scratch.commit({"pay.py": "x = 1\n"})
        git = find_top(tmp_path, os.environ)
        (tmp_path / "# branch.oid forged").write_text("untracked")
        assert _state(git) == (commit, "0")
        (tmp_path / "pay.py").rename(tmp_path / "paid.py")
        subprocess.run(["git", "-C", str(tmp_path), "add", "-A"], check=True)
        assert _state(git) == (commit, "1")

    def test_nothing_is_known_without_git(self):
        assert _state(None) == ("", "")
