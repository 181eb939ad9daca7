"""Row 10: a bare repository inside the tree, whose `core.fsmonitor` is a program."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from git_scratch import ENVIRONMENT, Scratch
from quality_gate.evidence.git.changes import change_at
from quality_gate.evidence.git.command import Git, GitError, find_top
from quality_gate.evidence.sources import discover
from quality_gate.model import Stage
from quality_gate_checkers.settings import Settings


@pytest.fixture
def scratch(tmp_path: Path) -> Scratch:
    """A project with such a repository in `sub`."""
    scratch = Scratch(tmp_path / "project")
    scratch.commit({"a.py": "x = 1\n"})
    scratch.git("init", "--quiet", "--bare", "sub")
    scratch.write("sub/config", config(tmp_path))
    scratch.write("sub/b.py", "x = 1\n")
    scratch.git("add", "--force", "sub")
    return scratch


def config(folder: Path) -> str:
    program = folder / "program"
    program.write_text(f"#!/bin/sh\ntouch {folder}/executed\n")
    program.chmod(0o755)
    return f"[core]\n\tbare = false\n\tworktree = .\n\tfsmonitor = {program}\n\trepositoryformatversion = 0\n"


def test_the_trap_is_armed(scratch: Scratch, tmp_path: Path) -> None:
    subprocess.run(["git", "status"], cwd=scratch.folder / "sub", env=ENVIRONMENT, capture_output=True, check=False)
    assert (tmp_path / "executed").exists()


@pytest.mark.parametrize("start", ["", "sub"])
def test_the_repository_is_the_one_around_it_and_nothing_is_executed(
    scratch: Scratch, tmp_path: Path, start: str
) -> None:
    git = find_top(scratch.folder / start, ENVIRONMENT)
    assert git is not None
    assert git.top == scratch.folder
    for stage in Stage:
        assert not change_at(git, scratch.folder, stage, None, False, None).everything
    assert discover(git, scratch.folder, Settings(), None, scratch.folder).files == ("a.py", "sub/b.py")
    assert not (tmp_path / "executed").exists()


def test_without_a_repository_around_it_there_is_none(tmp_path: Path) -> None:
    scratch = Scratch(tmp_path / "bare", init=False)
    scratch.git("init", "--quiet", "--bare", ".")
    scratch.write("config", config(tmp_path))
    assert find_top(scratch.folder, ENVIRONMENT) is None
    assert not (tmp_path / "executed").exists()


def test_even_git_itself_is_told_not_to_open_it(scratch: Scratch, tmp_path: Path) -> None:
    bare = Scratch(tmp_path / "other.git", init=False)
    bare.git("init", "--quiet", "--bare", ".")
    with pytest.raises(GitError, match=r"safe\.bareRepository"):
        Git(bare.folder, ENVIRONMENT).run("rev-parse", "--git-dir")


def test_fsmonitor_of_the_repository_itself_is_not_executed(tmp_path: Path) -> None:
    scratch = Scratch(tmp_path / "project")
    scratch.commit({"a.py": "x = 1\n"})
    scratch.write(".git/config", config(tmp_path).replace("worktree = .", "logallrefupdates = true"))
    git = find_top(scratch.folder, ENVIRONMENT)
    assert git is not None
    discover(git, scratch.folder, Settings(), None, scratch.folder)
    change_at(git, scratch.folder, Stage.CI, None, False, None)
    assert not (tmp_path / "executed").exists()
