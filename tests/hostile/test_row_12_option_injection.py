"""Row 12: branches, files and refs that read as options, pathspecs or revisions."""

from __future__ import annotations

from pathlib import Path

import pytest

from git_scratch import ENVIRONMENT, Scratch
from quality_gate.errors import UsageError
from quality_gate.evidence.git.changes import change_at
from quality_gate.evidence.git.command import find_top
from quality_gate.evidence.sources import discover
from quality_gate.model import Change, LineRange, Stage
from quality_gate_checkers.settings import Settings

NAMES = (
    "--output=x.py",
    "-x.py",
    ":(exclude)*.py",
    ":!a.py",
    ":(glob)**.py",
    "*.py",
    "[a].py",
    "HEAD",
    "a.py",
    "--.py",
    "--",
)
PYTHON = sorted(name for name in NAMES if name.endswith(".py"))


@pytest.fixture
def scratch(tmp_path: Path) -> Scratch:
    scratch = Scratch(tmp_path / "project")
    for name in NAMES:
        scratch.stage(name, "x = 1\n")
    scratch.commit()
    return scratch


def change(scratch: Scratch, stage: Stage, **more: object) -> Change:
    given = {"base": None, "all_files": False, "pushed": None} | more
    return change_at(find_top(scratch.folder, ENVIRONMENT), scratch.folder, stage, **given)


def test_files_named_like_options_and_pathspecs_are_found(scratch: Scratch) -> None:
    git = find_top(scratch.folder, ENVIRONMENT)
    assert list(discover(git, scratch.folder, Settings(), None, scratch.folder).files) == PYTHON
    named = discover(git, scratch.folder, Settings(), list(reversed(NAMES)), scratch.folder)
    assert list(named.files) == PYTHON


def test_each_such_file_has_its_own_lines(scratch: Scratch) -> None:
    for name in NAMES:
        scratch.stage(name, f"x = 1\ny = {name!r}\n")
    expected = dict.fromkeys(PYTHON, (LineRange(2, 2),))
    found = change(scratch, Stage.COMMIT)
    assert found.lines == expected
    assert found.files == set(NAMES)
    scratch.commit()
    assert change(scratch, Stage.CI, base="HEAD~1").lines == expected


def test_one_such_file_does_not_bring_the_others(scratch: Scratch) -> None:
    scratch.stage("*.py", "x = 1\ny = 2\n")
    scratch.write("a.py", "x = 1\ny = 2\n")
    found = change(scratch, Stage.COMMIT)
    assert found.lines == {"*.py": (LineRange(2, 2),)}
    assert found.files == {"*.py"}


def test_folder_named_like_a_pathspec(tmp_path: Path) -> None:
    scratch = Scratch(tmp_path / "project")
    scratch.commit({":(exclude)*/a.py": "x = 1\n", "b.py": "x = 1\n"})
    scratch.stage(":(exclude)*/a.py", "x = 1\ny = 2\n")
    root = scratch.folder / ":(exclude)*"
    git = find_top(root, ENVIRONMENT)
    assert discover(git, root, Settings(), None, root).files == ("a.py",)
    assert change_at(git, root, Stage.COMMIT, None, False, None).lines == {"a.py": (LineRange(2, 2),)}


@pytest.mark.parametrize(
    "base",
    [
        "--output=x",
        "-h",
        "--help",
        "--git-dir",
        "--all",
        "--parseopt",
        "a..b",
        ":/x",
        "main..",
        "^main",
        "a\0b",
    ],
)
def test_base_that_reads_as_an_option_or_a_range_is_no_commit(scratch: Scratch, base: str) -> None:
    with pytest.raises(UsageError):
        change(scratch, Stage.CI, base=base)
    assert change(scratch, Stage.PUSH, pushed=(base, "HEAD")).everything
    assert not (scratch.folder / "x").exists()


def test_branch_that_reads_as_an_option_can_be_the_base(scratch: Scratch) -> None:
    scratch.git("update-ref", "refs/heads/--output=x", "HEAD")
    scratch.commit({"new.py": "x = 1\n"})
    found = change(scratch, Stage.CI, base="--output=x")
    assert found.lines == {"new.py": (LineRange(1, 1),)}
    assert not (scratch.folder / "x").exists()


def test_a_file_called_like_a_branch_is_not_taken_for_it(scratch: Scratch) -> None:
    scratch.commit({"main": "x\n", "origin/main": "x\n"})
    scratch.stage("HEAD", "x = 2\n")
    assert change(scratch, Stage.COMMIT).files == {"HEAD"}
    assert not change(scratch, Stage.CI).everything
