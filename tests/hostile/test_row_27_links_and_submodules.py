"""Row 27: symbolic links out of the tree and in circles, submodules, and things that are no files."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from git_scratch import ENVIRONMENT, Scratch
from quality_gate.errors import UsageError
from quality_gate.evidence.git.changes import change_at
from quality_gate.evidence.git.command import find_top
from quality_gate.evidence.sources import Sources, discover
from quality_gate.model import Change, LineRange, Stage
from quality_gate_checkers.settings import Settings

LINK = "symbolic link, not followed: "


@pytest.fixture
def scratch(tmp_path: Path) -> Scratch:
    scratch = Scratch(tmp_path / "project")
    (tmp_path / "secret.py").write_text("password = 1\n")
    scratch.commit({"a.py": "x = 1\n"})
    return scratch


def found(scratch: Scratch, *files: str, git: bool = True) -> Sources:
    opened = find_top(scratch.folder, ENVIRONMENT) if git else None
    return discover(opened, scratch.folder, Settings(), files, scratch.folder)


def change(scratch: Scratch) -> Change:
    return change_at(find_top(scratch.folder, ENVIRONMENT), scratch.folder, Stage.COMMIT, None, False, None)


@pytest.mark.parametrize("git", [True, False])
@pytest.mark.parametrize("tracked", [True, False])
def test_links_are_listed_and_not_followed(scratch: Scratch, git: bool, tracked: bool) -> None:
    links = {
        "out.py": "../secret.py",
        "up": "..",
        "self.py": "self.py",
        "sub/loop": ".",
        "gone.py": "nowhere",
        "in.py": "a.py",
    }
    for name, target in links.items():
        place = scratch.folder / name
        place.parent.mkdir(exist_ok=True)
        place.symlink_to(target)
    if tracked:
        scratch.git("add", "--all")
    result = found(scratch, git=git)
    assert result.files == ("a.py",)
    # Git lists an untracked link by its name only: one not called *.py cannot be told from a text file.
    listed = sorted(links) if tracked or not git else sorted(name for name in links if name.endswith(".py"))
    assert result.left_out == tuple(LINK + name for name in listed)
    assert found(scratch, *links, git=git) == Sources((), tuple(LINK + name for name in sorted(links)))


def test_link_has_no_new_lines(scratch: Scratch) -> None:
    (scratch.folder / "out.py").symlink_to("../secret.py")
    scratch.git("add", "--all")
    assert (change(scratch).lines, change(scratch).files) == ({}, {"out.py"})


def test_file_that_became_a_link_and_link_that_became_a_file(scratch: Scratch) -> None:
    (scratch.folder / "link.py").symlink_to("a.py")
    scratch.commit({"file.py": "x = 1\n"})
    scratch.git("add", "--all")
    scratch.commit()
    (scratch.folder / "link.py").unlink()
    (scratch.folder / "file.py").unlink()
    scratch.write("link.py", "y = 1\n")
    (scratch.folder / "file.py").symlink_to("../secret.py")
    scratch.git("add", "--all")
    assert change(scratch).lines == {"link.py": (LineRange(1, 1),)}
    assert change(scratch).files == {"file.py", "link.py"}
    assert found(scratch).files == ("a.py", "link.py")


def test_tracked_file_whose_place_holds_something_else_now(scratch: Scratch, tmp_path: Path) -> None:
    scratch.commit({"pipe.py": "x = 1\n", "folder.py": "x = 1\n", "linked.py": "x = 1\n", "sub/deep/b.py": "x = 1\n"})
    for name in ("pipe.py", "folder.py", "linked.py", "sub/deep/b.py"):
        (scratch.folder / name).unlink()
    os.mkfifo(scratch.folder / "pipe.py")
    (scratch.folder / "folder.py").mkdir()
    (scratch.folder / "linked.py").symlink_to("../secret.py")
    (scratch.folder / "sub" / "deep").rmdir()
    (scratch.folder / "sub").rmdir()
    (tmp_path / "elsewhere" / "deep").mkdir(parents=True)
    (tmp_path / "elsewhere" / "deep" / "b.py").touch()
    (scratch.folder / "sub").symlink_to("../elsewhere")
    result = found(scratch)
    assert result.files == ("a.py",)
    assert result.left_out == (LINK + "linked.py", "not a regular file, not read: pipe.py")
    assert change(scratch).everything, "git refuses to compare a file with a pipe"
    (scratch.folder / "pipe.py").unlink()
    assert change(scratch).lines == {}
    assert change(scratch).files == {"pipe.py", "folder.py", "linked.py", "sub/deep/b.py", "sub"}


def test_file_behind_a_link_out_of_the_tree_lies_outside(scratch: Scratch) -> None:
    (scratch.folder / "up").symlink_to("..")
    with pytest.raises(UsageError, match="outside the project"):
        found(scratch, "up/secret.py")


def test_file_behind_a_link_within_the_tree_is_judged_by_its_own_name(scratch: Scratch) -> None:
    (scratch.folder / "here").symlink_to(".")
    assert found(scratch, "here/a.py", "a.py", "here/here/a.py").files == ("a.py",)


def test_devices_and_pipes_are_not_opened(scratch: Scratch) -> None:
    os.mkfifo(scratch.folder / "pipe.py")
    os.mkfifo(scratch.folder / "pipe")
    assert found(scratch, "pipe.py", "pipe").left_out == (
        "not a regular file, not read: pipe",
        "not a regular file, not read: pipe.py",
    )
    for git in (True, False):
        assert found(scratch, git=git).files == ("a.py",)


def test_submodule_is_listed_and_not_judged(scratch: Scratch, tmp_path: Path) -> None:
    other = Scratch(tmp_path / "other")
    other.commit({"b.py": "x = 1\n"})
    scratch.git("submodule", "--quiet", "add", str(other.folder), "libs/mod.py")
    result = found(scratch)
    assert (result.files, result.left_out) == (("a.py",), ("another repository, not judged: libs/mod.py",))
    assert change(scratch).lines == {}
    assert change(scratch).files == {".gitmodules", "libs/mod.py"}
    scratch.commit()
    (scratch.folder / "libs" / "mod.py" / "b.py").write_text("x = 2\n")
    assert change(scratch).files == frozenset(), "what is dirty within it is its own business"


def test_untracked_repository_is_listed_and_not_judged(scratch: Scratch) -> None:
    nested = Scratch(scratch.folder / "nested")
    nested.commit({"b.py": "x = 1\n"})
    result = found(scratch)
    assert (result.files, result.left_out) == (("a.py",), ("another repository, not judged: nested",))
    assert change(scratch).lines == {}


def test_submodules_program_is_not_executed(scratch: Scratch, tmp_path: Path) -> None:
    """`git diff` and `git status` would ask the submodule for its own state, under its own configuration."""
    other = Scratch(tmp_path / "other")
    other.commit({"b.py": "x = 1\n"})
    scratch.git("submodule", "--quiet", "add", str(other.folder), "mod.py")
    scratch.commit()
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\ntouch {tmp_path}/executed\n")
    program.chmod(0o755)
    module = Scratch(scratch.folder / "mod.py", init=False)
    head = module.commit({"b.py": "x = 2\n"})
    module.git("config", "filter.evil.clean", str(program))
    scratch.write(".git/modules/mod.py/info/attributes", "*.py filter=evil\n")
    module.write("b.py", "x = 3\n")
    scratch.stage("a.py", "x = 2\n")
    scratch.git("update-index", "--cacheinfo", f"160000,{head},mod.py")
    git = find_top(scratch.folder, ENVIRONMENT)
    for stage in Stage:
        for all_files in (False, True):
            assert not change_at(git, scratch.folder, stage, None, all_files, None).everything
    found(scratch)
    assert not (tmp_path / "executed").exists()
