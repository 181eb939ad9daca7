"""Row 46: the checkout belongs to another user, as it does in most containers."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from git_scratch import ENVIRONMENT, Scratch
from quality_gate.evidence.git.changes import change_at
from quality_gate.evidence.git.command import find_top
from quality_gate.evidence.sources import discover
from quality_gate.model import LineRange, Stage
from quality_gate_checkers.settings import Settings

pytestmark = pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can give a folder away"
)


def give_away(folder: Path) -> None:
    for place in (folder, *folder.rglob("*")):
        os.chown(place, 65534, 65534, follow_symlinks=False)


@pytest.fixture
def scratch(tmp_path: Path) -> Scratch:
    scratch = Scratch(tmp_path / "project")
    scratch.commit({"a.py": "x = 1\n", "sub/b.py": "x = 1\n"})
    scratch.stage("a.py", "x = 1\ny = 2\n")
    return scratch


def assert_it_works(folder: Path) -> None:
    refused = subprocess.run(["git", "status"], cwd=folder, env=ENVIRONMENT, capture_output=True, check=False)
    assert b"dubious ownership" in refused.stderr, "the trap is armed"
    git = find_top(folder / "sub", ENVIRONMENT)
    assert git is not None
    assert git.top == folder
    assert discover(git, folder, Settings(), None, folder).files == ("a.py", "sub/b.py")
    found = change_at(git, folder, Stage.COMMIT, None, False, None)
    assert found.lines == {"a.py": (LineRange(2, 2),)}


def test_repository_of_another_user(scratch: Scratch) -> None:
    give_away(scratch.folder)
    assert_it_works(scratch.folder)


def test_worktree_of_another_user(scratch: Scratch, tmp_path: Path) -> None:
    scratch.git("worktree", "add", "--quiet", str(tmp_path / "tree"))
    tree = Scratch(tmp_path / "tree", init=False)
    tree.stage("a.py", "x = 1\ny = 2\n")
    give_away(scratch.folder)
    give_away(tree.folder)
    assert_it_works(tree.folder)


def test_only_the_one_folder_is_trusted(scratch: Scratch) -> None:
    """A repository of another user's further down is not opened on the way."""
    nested = Scratch(scratch.folder / "nested")
    nested.commit({"c.py": "x = 1\n"})
    give_away(scratch.folder)
    git = find_top(scratch.folder, ENVIRONMENT)
    assert git is not None
    assert git.run("config", "--get-all", "safe.directory").splitlines() == [os.fsencode(scratch.folder)]
