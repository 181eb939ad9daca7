"""Row 47: worktrees, submodules, bare, partial and sparse repositories, set variables, LFS, autocrlf."""

from __future__ import annotations

from pathlib import Path

import pytest

from git_scratch import ENVIRONMENT, Scratch
from quality_gate.evidence.git.changes import change_at
from quality_gate.evidence.git.command import find_top
from quality_gate.evidence.sources import discover
from quality_gate.model import Change, LineRange, Stage
from quality_gate_checkers.settings import Settings


@pytest.fixture
def scratch(tmp_path: Path) -> Scratch:
    scratch = Scratch(tmp_path / "project")
    scratch.commit({"a.py": "x = 1\n", "sub/b.py": "x = 1\n"})
    return scratch


def change(scratch: Scratch, stage: Stage = Stage.COMMIT, **variables: str) -> Change:
    git = find_top(scratch.folder, ENVIRONMENT | variables)
    return change_at(git, scratch.folder, stage, None, False, None)


def files(scratch: Scratch) -> tuple[str, ...]:
    git = find_top(scratch.folder, ENVIRONMENT)
    return discover(git, scratch.folder, Settings(), None, scratch.folder).files


SECOND = {"a.py": (LineRange(2, 2),)}


def test_linked_worktree(scratch: Scratch, tmp_path: Path) -> None:
    scratch.git("worktree", "add", "--quiet", str(tmp_path / "tree"))
    tree = Scratch(tmp_path / "tree", init=False)
    tree.stage("a.py", "x = 1\ny = 2\n")
    scratch.stage("sub/b.py", "x = 1\ny = 2\n")
    assert files(tree) == ("a.py", "sub/b.py")
    assert change(tree).lines == SECOND
    assert change(scratch).lines == {"sub/b.py": (LineRange(2, 2),)}


def test_worktree_that_is_not_linked_back_has_no_repository(scratch: Scratch, tmp_path: Path) -> None:
    scratch.git("worktree", "add", "--quiet", str(tmp_path / "tree"))
    (tmp_path / "tree" / ".git").write_text(f"gitdir: {tmp_path}/gone\n")
    assert find_top(tmp_path / "tree", ENVIRONMENT) is None


def test_within_a_submodule_its_own_repository_counts(scratch: Scratch, tmp_path: Path) -> None:
    outer = Scratch(tmp_path / "outer")
    outer.commit({"o.py": "x = 1\n"})
    outer.git("submodule", "--quiet", "add", str(scratch.folder), "inner")
    outer.commit()
    inner = Scratch(outer.folder / "inner", init=False)
    inner.stage("a.py", "x = 1\ny = 2\n")
    outer.stage("o.py", "x = 2\n")
    assert files(inner) == ("a.py", "sub/b.py")
    assert change(inner).lines == SECOND
    assert change(outer).files == {"o.py"}


def test_bare_repository_is_none(tmp_path: Path) -> None:
    for name in ("bare", "other/.git"):
        bare = Scratch(tmp_path / name, init=False)
        bare.git("init", "--quiet", "--bare", ".")
        assert find_top(bare.folder, ENVIRONMENT) is None
        assert find_top(bare.folder / "objects", ENVIRONMENT) is None
    assert find_top(tmp_path / "other", ENVIRONMENT) is None


def test_work_tree_elsewhere_is_none(scratch: Scratch, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    scratch.git("config", "core.worktree", str(tmp_path / "elsewhere"))
    assert find_top(scratch.folder, ENVIRONMENT) is None


def test_detached_head(scratch: Scratch) -> None:
    scratch.git("checkout", "--quiet", "--detach")
    scratch.stage("a.py", "x = 1\ny = 2\n")
    assert change(scratch).lines == SECOND
    scratch.commit()
    assert change(scratch, Stage.CI).lines == SECOND


def test_variables_of_git_do_not_lead_elsewhere(scratch: Scratch, tmp_path: Path) -> None:
    other = Scratch(tmp_path / "other")
    other.commit({"o.py": "x = 1\n"})
    scratch.stage("a.py", "x = 1\ny = 2\n")
    variables = {
        "GIT_DIR": str(other.folder / ".git"),
        "GIT_WORK_TREE": str(other.folder),
        "GIT_PREFIX": "sub/",
        "GIT_COMMON_DIR": str(other.folder / ".git"),
        "GIT_OBJECT_DIRECTORY": "/nowhere",
        "GIT_NAMESPACE": "x",
        "GIT_CEILING_DIRECTORIES": str(tmp_path),
        "GIT_GLOB_PATHSPECS": "1",
        "GIT_INDEX_FILE": ".git/index",
        "GIT_EXEC_PATH": "/nowhere",
        "GIT_DEFAULT_HASH": "sha256",
        "GIT_ATTR_SOURCE": "x",
        "GIT_REPLACE_REF_BASE": "x",
    }
    assert change(scratch, **variables).lines == SECOND


def test_sparse_checkout_takes_what_is_there_and_misses_nothing(scratch: Scratch) -> None:
    scratch.commit({"other/c.py": "x = 1\n"})
    scratch.git("sparse-checkout", "set", "--cone", "sub")
    assert not (scratch.folder / "other").exists()
    assert files(scratch) == ("a.py", "sub/b.py")
    assert change(scratch) == Change(description=change(scratch).description)
    scratch.stage("a.py", "x = 1\ny = 2\n")
    assert change(scratch).lines == SECOND
    assert change(scratch).files == {"a.py"}


def test_sparse_index(scratch: Scratch) -> None:
    scratch.commit({"other/c.py": "x = 1\n"})
    scratch.git("sparse-checkout", "set", "--cone", "--sparse-index", "sub")
    assert files(scratch) == ("a.py", "sub/b.py")


def test_partial_clone_is_compared_without_a_fetch(scratch: Scratch, tmp_path: Path) -> None:
    scratch.git("config", "uploadpack.allowFilter", "true")
    scratch.git("clone", "--quiet", "--filter=blob:none", f"file://{scratch.folder}", str(tmp_path / "clone"))
    clone = Scratch(tmp_path / "clone", init=False)
    clone.stage("a.py", "x = 1\ny = 2\n")
    assert change(clone).lines == SECOND
    scratch.git("checkout", "--quiet", "-b", "topic")
    scratch.commit({"a.py": "x = 3\n"})
    clone.git("fetch", "--quiet")
    assert change_at(find_top(clone.folder, ENVIRONMENT), clone.folder, Stage.COMMIT, "origin/topic", False, None).lines
    # What only the remote holds is missed, and missing is not unchanged.
    found = change_at(
        find_top(clone.folder, ENVIRONMENT), clone.folder, Stage.PUSH, None, False, ("HEAD", "origin/topic")
    )
    assert found.everything


def test_lfs_pointers_are_files_like_others(scratch: Scratch) -> None:
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n"
    scratch.commit({"big.py": pointer, ".gitattributes": "big.py filter=lfs diff=lfs merge=lfs -text\n"})
    scratch.stage("big.py", pointer.replace("size 1", "size 2"))
    assert change(scratch).lines == {"big.py": (LineRange(3, 3),)}


@pytest.mark.parametrize("setting", ["true", "input", "false"])
def test_autocrlf(scratch: Scratch, setting: str) -> None:
    scratch.git("config", "core.autocrlf", setting)
    (scratch.folder / "a.py").unlink()
    scratch.git("checkout", "--quiet", "a.py")
    before = (scratch.folder / "a.py").read_bytes()
    assert change(scratch).files == frozenset()
    scratch.stage("a.py", before + before.replace(b"x = 1", b"y = 2"))
    assert change(scratch).lines == SECOND


def test_windows_line_ends_that_git_would_convert(scratch: Scratch) -> None:
    scratch.git("config", "core.autocrlf", "true")
    scratch.write("a.py", b"x = 1\r\ny = 2\r\n")
    assert change(scratch).lines == SECOND


def test_sha256_repository(tmp_path: Path) -> None:
    scratch = Scratch(tmp_path / "project", init=False)
    scratch.git("init", "--quiet", "--initial-branch=main", "--object-format=sha256", ".")
    scratch.stage("a.py", "x = 1\n")
    assert change(scratch).lines == {"a.py": (LineRange(1, 1),)}
    scratch.commit()
    scratch.stage("a.py", "x = 1\ny = 2\n")
    assert change(scratch).lines == SECOND
    scratch.commit()
    assert change(scratch, Stage.CI).lines == {}
    assert files(scratch) == ("a.py",)
