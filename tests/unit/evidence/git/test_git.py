"""The one way to call git: which git, with what environment, and what becomes of its failures."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from git_scratch import ENVIRONMENT, Scratch
from quality_gate.evidence.git import command as module
from quality_gate.evidence.git.command import Git, GitError, find_top

FAKE = '#!/bin/sh\nif [ "$4" = rev-parse ]; then echo {top}; fi\n{body}\n'


def fake_git(folder: Path, body: str, top: Path | None = None) -> Path:
    """A folder with a git of our own making."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "git"
    file.write_text(FAKE.format(top=top or "/", body=body))
    file.chmod(0o755)
    return folder


def path(*entries: object) -> dict[str, str]:
    return {"PATH": os.pathsep.join(map(str, entries))}


# --- finding the top ---


def test_top_is_found_from_a_folder_below(tmp_path: Path) -> None:
    scratch = Scratch(tmp_path / "project")
    scratch.write("shop/deep/a.py")
    git = find_top(scratch.folder / "shop" / "deep", ENVIRONMENT)
    assert git is not None
    assert git.top == scratch.folder


def test_top_is_the_real_folder_behind_a_link(tmp_path: Path) -> None:
    scratch = Scratch(tmp_path / "project")
    (tmp_path / "link").symlink_to(scratch.folder)
    git = find_top(tmp_path / "link", ENVIRONMENT)
    assert git is not None
    assert git.top == scratch.folder


def test_no_repository_is_none(tmp_path: Path) -> None:
    assert find_top(tmp_path, ENVIRONMENT) is None


def test_no_git_is_none(tmp_path: Path) -> None:
    scratch = Scratch(tmp_path / "project")
    assert find_top(scratch.folder, {}) is None
    assert find_top(scratch.folder, path(tmp_path / "nothing")) is None


def test_broken_repository_is_none(tmp_path: Path) -> None:
    (tmp_path / ".git").write_text("gitdir: /nowhere\n")
    assert find_top(tmp_path, ENVIRONMENT) is None


def test_an_empty_git_folder_hides_no_repository_above(tmp_path: Path) -> None:
    scratch = Scratch(tmp_path / "project")
    (scratch.folder / "sub" / ".git").mkdir(parents=True)
    git = find_top(scratch.folder / "sub", ENVIRONMENT)
    assert git is not None
    assert git.top == scratch.folder


# --- which git ---


def test_git_in_the_project_or_relative_to_the_folder_is_never_run(tmp_path: Path) -> None:
    scratch = Scratch(tmp_path / "project")
    mark = tmp_path / "executed"
    fake_git(scratch.folder / ".venv" / "bin", f"touch {mark}", scratch.folder)
    fake_git(scratch.folder, f"touch {mark}", scratch.folder)
    (tmp_path / "outside").symlink_to(scratch.folder / ".venv" / "bin")
    inside = scratch.folder / ".venv" / "bin"
    for entries in [(inside,), ("",), (".",), (".venv/bin",), (tmp_path / "outside",)]:
        environment = path(*entries)
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(scratch.folder)
            assert find_top(scratch.folder, environment) is None, entries
            git = find_top(scratch.folder, path(*entries, ENVIRONMENT["PATH"]))
            assert git is not None, entries
            git.run("rev-parse", "--git-dir")
    assert not mark.exists()


def test_a_link_into_the_project_is_not_a_git(tmp_path: Path) -> None:
    scratch = Scratch(tmp_path / "project")
    fake_git(scratch.folder / "tools", "exit 0", scratch.folder)
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "git").symlink_to(scratch.folder / "tools" / "git")
    assert find_top(scratch.folder, path(tmp_path / "bin")) is None


def test_a_link_out_of_the_project_is_not_a_git(tmp_path: Path) -> None:
    scratch = Scratch(tmp_path / "project")
    fake_git(tmp_path / "bin", "exit 0", scratch.folder)
    (scratch.folder / "tools").mkdir()
    (scratch.folder / "tools" / "git").symlink_to(tmp_path / "bin" / "git")
    assert find_top(scratch.folder, path(scratch.folder / "tools")) is None


def test_a_relative_folder_outside_the_project_holds_no_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scratch = Scratch(tmp_path / "project")
    fake_git(tmp_path / "bin", "exit 0", scratch.folder)
    monkeypatch.chdir(tmp_path)
    assert find_top(scratch.folder, path("bin")) is None


def test_a_folder_is_not_a_git(tmp_path: Path) -> None:
    scratch = Scratch(tmp_path / "project")
    (tmp_path / "bin" / "git").mkdir(parents=True)
    assert find_top(scratch.folder, path(tmp_path / "bin", ENVIRONMENT["PATH"])) is not None


def test_a_file_that_cannot_be_executed_is_not_a_git(tmp_path: Path) -> None:
    scratch = Scratch(tmp_path / "project")
    (fake_git(tmp_path / "bin", "exit 0", scratch.folder) / "git").chmod(0o644)
    git = find_top(scratch.folder, path(tmp_path / "bin", ENVIRONMENT["PATH"]))
    assert git is not None
    assert git.run("rev-parse", "--is-inside-work-tree") == b"true\n"


# --- with what environment ---


def test_no_variable_of_git_gets_through_and_others_do(tmp_path: Path) -> None:
    scratch = Scratch(tmp_path / "project")
    printer = fake_git(tmp_path / "bin", "env")
    environment = {
        **path(printer, ENVIRONMENT["PATH"]),
        "GIT_DIR": "/x",
        "GIT_WORK_TREE": "/x",
        "KEPT": "yes",
    }
    environment |= {"git_trace": "1", "GIT_INDEX_FILE": "/x", "GIT_CONFIG_PARAMETERS": "'a.b'='c'"}
    printed = Git(scratch.folder, environment).run("anything").decode().splitlines()
    names = {line.partition("=")[0] for line in printed}
    assert "KEPT=yes" in printed
    assert "LC_ALL=C" in printed
    assert "GIT_OPTIONAL_LOCKS=0" in printed
    assert names.isdisjoint({"GIT_DIR", "GIT_WORK_TREE", "git_trace", "GIT_INDEX_FILE", "GIT_CONFIG_PARAMETERS"})


def test_users_and_system_configuration_do_not_count(tmp_path: Path) -> None:
    scratch = Scratch(tmp_path / "project")
    home = tmp_path / "home"
    home.mkdir()
    (home / ".gitconfig").write_text("[user]\n\tname = From The User\n")
    git = find_top(scratch.folder, ENVIRONMENT | {"HOME": str(home), "XDG_CONFIG_HOME": str(home)})
    assert git is not None
    with pytest.raises(GitError) as caught:
        git.run("config", "user.name")
    assert caught.value.code == 1


def test_index_of_a_running_commit_is_read_only_where_the_index_is_asked_for(tmp_path: Path) -> None:
    scratch = Scratch(tmp_path / "project")
    scratch.stage("a.py", "1\n")
    other = scratch.folder / ".git" / "other"
    scratch.git("update-index", "--add", "--cacheinfo", f"100644,{scratch.git('hash-object', 'a.py')},b.py",
                GIT_INDEX_FILE=str(other))  # fmt: skip
    for value in (".git/other", str(other)):
        git = find_top(scratch.folder, ENVIRONMENT | {"GIT_INDEX_FILE": value})
        assert git is not None
        assert git.run("ls-files", index=True) == b"b.py\n"
        assert git.run("ls-files") == b"a.py\n"


def test_relative_index_counts_from_the_working_directory_then_from_the_top(tmp_path: Path) -> None:
    scratch = Scratch(tmp_path / "project")
    scratch.stage("a.py", "1\n")
    scratch.write("sub/index", (scratch.folder / ".git" / "index").read_bytes())
    scratch.git("rm", "--quiet", "--cached", "a.py")
    scratch.write(".git/other", (scratch.folder / "sub" / "index").read_bytes())
    sub = scratch.folder / "sub"
    for value, listed in [("index", b"a.py\n"), (".git/other", b"a.py\n"), (".git/index", b"")]:
        git = find_top(sub, ENVIRONMENT | {"GIT_INDEX_FILE": value})
        assert git is not None
        assert git.run("ls-files", index=True) == listed


def test_index_that_is_not_there_is_not_an_empty_one(tmp_path: Path) -> None:
    scratch = Scratch(tmp_path / "project")
    scratch.stage("a.py", "1\n")
    git = find_top(scratch.folder, ENVIRONMENT | {"GIT_INDEX_FILE": "gone"})
    assert git is not None
    assert git.run("ls-files", index=True) == b"a.py\n"


# --- failures ---


def test_failure_says_command_code_and_the_end_of_stderr(tmp_path: Path) -> None:
    scratch = Scratch(tmp_path / "project")
    git = find_top(scratch.folder, ENVIRONMENT)
    assert git is not None
    with pytest.raises(GitError, match=r"git cat-file ended with 128: .*Not a valid object name") as caught:
        git.run("cat-file", "-e", "nothing")
    assert (caught.value.command, caught.value.code) == ("cat-file", 128)


def test_stderr_is_cut(tmp_path: Path) -> None:
    scratch = Scratch(tmp_path / "project")
    printer = fake_git(tmp_path / "bin", "head -c 100000 /dev/zero | tr '\\0' 'x' >&2; echo END >&2; exit 3")
    with pytest.raises(GitError) as caught:
        Git(scratch.folder, path(printer, ENVIRONMENT["PATH"])).run("anything")
    assert caught.value.stderr_tail.endswith("xEND")
    assert len(caught.value.stderr_tail) <= 400


def test_git_that_hangs_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "TIMEOUT", 0.2)
    scratch = Scratch(tmp_path / "project")
    sleeper = fake_git(tmp_path / "bin", "exec sleep 30")
    with pytest.raises(GitError, match="no answer within") as caught:
        Git(scratch.folder, path(sleeper, ENVIRONMENT["PATH"])).run("anything")
    assert caught.value.code == 124


def test_git_that_cannot_be_started_is_an_error(tmp_path: Path) -> None:
    scratch = Scratch(tmp_path / "project")
    folder = fake_git(tmp_path / "bin", "")
    git = Git(scratch.folder, path(folder))
    (folder / "git").unlink()
    with pytest.raises(GitError) as caught:
        git.run("anything")
    assert caught.value.code == 127


def test_no_git_on_the_path_is_an_error_of_the_constructor(tmp_path: Path) -> None:
    with pytest.raises(GitError, match="no git on PATH"):
        Git(tmp_path, {})


# --- names of commits ---


def test_commit_gives_the_hash_or_none(tmp_path: Path) -> None:
    scratch = Scratch(tmp_path / "project")
    git = find_top(scratch.folder, ENVIRONMENT)
    assert git is not None
    assert git.commit("HEAD") is None
    head = scratch.commit({"a.py": "1\n"})
    scratch.git("tag", "--annotate", "--message=x", "v1")
    assert git.commit("HEAD") == git.commit("main") == git.commit("v1") == git.commit(head) == head
    for name in ("other", "", "HEAD:a.py", "main..v1", "^main", "main@{99}", "a\0b", "a b", "f" * 40):
        assert git.commit(name) is None, name


def test_nothing_is_written_into_the_repository(tmp_path: Path) -> None:
    scratch = Scratch(tmp_path / "project")
    scratch.commit({"a.py": "1\n"})
    os.utime(scratch.folder / "a.py", (1, 1))  # git would note the new time in its index
    index = scratch.folder / ".git" / "index"
    before = index.read_bytes()
    git = find_top(scratch.folder, ENVIRONMENT)
    assert git is not None
    assert git.run("status", "--porcelain") == b""
    git.run("diff", "--no-ext-diff", "HEAD")
    assert index.read_bytes() == before


def test_several_names_are_answered_as_each_alone(tmp_path: Path) -> None:
    scratch = Scratch(tmp_path / "named")
    scratch.commit({"a.py": ""})
    scratch.git("tag", "--annotate", "v1", "--message", "one")
    scratch.git("branch", "topic")
    git = find_top(scratch.folder, ENVIRONMENT)
    assert git is not None
    names = ("HEAD", "MERGE_HEAD", "v1", "refs/heads/topic", "refs/heads/gone", "HEAD:a.py")
    assert git.commits(names) == {name: git.commit(name) for name in names}
    assert None in git.commits(names).values()
