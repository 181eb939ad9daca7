"""Which files are judged: with git, without, and when FILES are given."""

from __future__ import annotations

import os
import random
import time
from pathlib import Path

import msgspec
import pytest

from git_scratch import ENVIRONMENT, Scratch
from quality_gate.errors import UsageError, UsageErrors
from quality_gate.evidence import sources as module
from quality_gate.evidence.git.command import Git, GitError, find_top
from quality_gate.evidence.sources import Sources, discover, read_regular
from quality_gate_checkers.settings import Roles, Settings


@pytest.fixture
def scratch(tmp_path: Path) -> Scratch:
    return Scratch(tmp_path / "project")


NONE: frozenset[str] = frozenset()
"""Git has listed the untracked files, and there is none."""


def found(
    scratch: Scratch,
    *files: str,
    settings: Settings | None = None,
    root: str = "",
    cwd: str = "",
    git: bool = True,
) -> Sources:
    return msgspec.structs.replace(
        with_disk(scratch, *files, settings=settings, root=root, cwd=cwd, git=git), on_disk={}
    )


def with_disk(
    scratch: Scratch,
    *files: str,
    settings: Settings | None = None,
    root: str = "",
    cwd: str = "",
    git: bool = True,
) -> Sources:
    top = scratch.folder
    opened = find_top(top, ENVIRONMENT) if git else None
    return discover(opened, top / root, settings or Settings(), files, top / cwd)


# --- the whole project, with git ---


def test_what_the_disk_said_is_handed_on(scratch: Scratch) -> None:
    scratch.commit({"a.py": "pay()", "b/c.py": ""})
    (scratch.folder / "link.py").symlink_to("a.py")
    on_disk = with_disk(scratch).on_disk
    assert {path: status.st_size for path, status in on_disk.items()} == {"a.py": 5, "b/c.py": 0}
    assert on_disk["a.py"] == os.lstat(scratch.folder / "a.py")


def test_tracked_and_untracked_python_files_sorted(scratch: Scratch) -> None:
    scratch.commit({"b.py": "", "a/z.py": "", "a/b/c.py": "", "README.md": "", "a/x.pyi": "", ".gitignore": "i.py"})
    scratch.write("untracked.py")
    scratch.write("i.py")
    scratch.write("script", "#!/usr/bin/env python3\n")
    untracked = frozenset({"untracked.py", "script"})
    assert found(scratch) == Sources(("a/b/c.py", "a/z.py", "b.py", "untracked.py"), untracked=untracked)


def test_ignored_but_tracked_is_judged(scratch: Scratch) -> None:
    scratch.commit({"a.py": "", ".gitignore": "*"})
    assert found(scratch).files == ("a.py",)


def test_deleted_in_the_work_tree_is_not_judged(scratch: Scratch) -> None:
    scratch.commit({"a.py": "", "b.py": ""})
    (scratch.folder / "a.py").unlink()
    assert found(scratch) == Sources(("b.py",), untracked=NONE)


def test_before_the_first_commit(scratch: Scratch) -> None:
    scratch.stage("a.py")
    assert found(scratch).files == ("a.py",)


def test_paths_are_relative_to_a_project_below_the_top(scratch: Scratch) -> None:
    scratch.commit({"app/a.py": "", "app/b/c.py": "", "apple/d.py": "", "xyz/i.py": "", ".gitignore": "i.py"})
    scratch.write("app/new.py")
    scratch.write("app/i.py")
    assert found(scratch, root="app").files == ("a.py", "b/c.py", "new.py")


def test_root_may_be_given_through_a_link(scratch: Scratch, tmp_path: Path) -> None:
    scratch.commit({"app/a.py": ""})
    (tmp_path / "link").symlink_to(scratch.folder / "app")
    git = find_top(tmp_path / "link", ENVIRONMENT)
    assert discover(git, tmp_path / "link", Settings(), None, tmp_path).files == ("a.py",)
    named = discover(git, tmp_path / "link", Settings(), ["link/a.py"], tmp_path)
    assert named.files == ("a.py",)


def test_unmerged_file_is_judged_once(scratch: Scratch) -> None:
    scratch.commit({"a.py": "1\n"})
    scratch.git("checkout", "--quiet", "-b", "topic")
    scratch.commit({"a.py": "2\n"})
    scratch.git("checkout", "--quiet", "main")
    scratch.commit({"a.py": "3\n"})
    with pytest.raises(AssertionError, match="merge"):
        scratch.git("merge", "topic")
    assert found(scratch).files == ("a.py",)


def test_index_of_the_running_commit_counts(scratch: Scratch) -> None:
    scratch.commit({"a.py": "", ".gitignore": "*.py"})
    scratch.write("b.py")
    index = str(scratch.folder / ".git" / "next")
    scratch.git("add", "--force", "b.py", GIT_INDEX_FILE=index)
    git = find_top(scratch.folder, ENVIRONMENT | {"GIT_INDEX_FILE": ".git/next"})
    assert discover(git, scratch.folder, Settings(), None, scratch.folder).files == ("b.py",)


def test_git_that_cannot_list_is_said_and_the_folders_are_walked(scratch: Scratch) -> None:
    scratch.commit({"a.py": ""})
    (scratch.folder / ".git" / "index").write_bytes(b"broken")
    result = found(scratch)
    assert result.files == ("a.py",)
    assert result.notes[0].startswith("git could not list the files, so ignored ones may be judged too: git ls-files")


def test_no_python_file_is_noted(scratch: Scratch) -> None:
    scratch.commit({"README.md": ""})
    assert found(scratch) == Sources((), (), ("no Python file was found in project",), NONE)


# --- the whole project, without git ---


def test_walk_leaves_out_what_is_not_source(scratch: Scratch) -> None:
    for path in (
        "a.py", "b/c.py", "b/README.md", ".hidden/x.py", "b/.tox/x.py", "venv/lib/x.py", "b/__pycache__/x.py",
        "node_modules/x.py", "build/x.py", "dist/x.py", "lib/site-packages/x.py",
    ):  # fmt: skip
        scratch.write(path)
    scratch.write("venv/pyvenv.cfg")
    result = found(scratch, git=False)
    assert result.files == ("a.py", "b/c.py")
    skipped = ("b/__pycache__", "build", "dist", "lib/site-packages", "node_modules", "venv")
    assert result.left_out == tuple(f"folder not looked into: {folder}" for folder in skipped)


def test_walk_of_a_root_that_is_called_build_or_holds_an_environment(tmp_path: Path) -> None:
    scratch = Scratch(tmp_path / "build")
    scratch.write("a.py")
    scratch.write("pyvenv.cfg")
    assert found(scratch, git=False).files == ("a.py",)


def test_project_outside_gits_top_is_walked(scratch: Scratch, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "a.py").touch()
    git = find_top(scratch.folder, ENVIRONMENT)
    assert discover(git, tmp_path / "other", Settings(), None, tmp_path).files == ("a.py",)


def test_folder_that_cannot_be_listed_is_noted(scratch: Scratch, monkeypatch: pytest.MonkeyPatch) -> None:
    scratch.write("a.py")
    scratch.write("closed/b.py")
    real = os.scandir

    def scandir(folder: Path) -> object:
        if Path(folder).name == "closed":
            raise PermissionError(13, "Permission denied")
        return real(folder)

    monkeypatch.setattr(module.os, "scandir", scandir)
    result = found(scratch, git=False)
    assert result == Sources(("a.py",), (), ("folder that could not be listed: closed",))


# --- source, tests and roles ---


LAYOUT = {
    "shop/a.py": "",
    "shop/b/c.py": "",
    "tests/test_a.py": "",
    "checks/t.py": "",
    "setup.py": "",
    "conftest.py": "",
}


@pytest.mark.parametrize(
    ("source", "tests", "files"),
    [
        ((), (), sorted(LAYOUT)),
        ((), ("checks",), sorted(LAYOUT)),
        (("shop",), ("checks",), ["checks/t.py", "shop/a.py", "shop/b/c.py"]),
        (("shop",), (), ["conftest.py", "shop/a.py", "shop/b/c.py", "tests/test_a.py"]),
        (("./shop/b/", "setup.py"), ("checks/*.py",), ["checks/t.py", "setup.py", "shop/b/c.py"]),
    ],
)
def test_only_source_and_tests(
    scratch: Scratch, source: tuple[str, ...], tests: tuple[str, ...], files: list[str]
) -> None:
    scratch.commit(LAYOUT)
    result = found(scratch, settings=Settings(source=source, tests=tests))
    assert list(result.files) == files
    assert result.left_out == ()


def test_pattern_that_matches_nothing_is_an_error_with_the_nearest_folder(scratch: Scratch) -> None:
    scratch.commit(LAYOUT)
    with pytest.raises(UsageError, match=r"tool\.quality-gate\.source: 'shpo/b' matches no Python file") as caught:
        found(scratch, settings=Settings(source=("shop", "shpo/b")))
    assert "'shop/b'" in caught.value.remedy


def test_all_such_patterns_are_said_at_once(scratch: Scratch) -> None:
    scratch.commit(LAYOUT)
    with pytest.raises(UsageErrors) as caught:
        found(scratch, settings=Settings(source=("lib",), tests=("checks", "test")))
    assert [error.problem for error in caught.value.errors] == [
        "'lib' matches no Python file",
        "'test' matches no Python file",
    ]


def test_pattern_in_a_project_without_python_is_an_error(scratch: Scratch) -> None:
    with pytest.raises(UsageError) as caught:
        found(scratch, settings=Settings(source=("lib",)))
    assert caught.value.remedy == "leave `source` out"


def test_patterns_are_not_checked_when_files_are_given(scratch: Scratch) -> None:
    scratch.commit(LAYOUT)
    settings = Settings(source=("shop", "gone"))
    assert found(scratch, "shop/a.py", settings=settings).files == ("shop/a.py",)
    assert found(scratch, "shop", settings=settings).files == ("shop/a.py", "shop/b/c.py")


def test_vendored_files_are_counted_and_not_judged(scratch: Scratch) -> None:
    scratch.commit({"shop/a.py": "", "shop/_vendor/b.py": "", "third_party/c.py": "", "own/d.py": ""})
    result = found(scratch)
    why = dict.fromkeys(["shop/_vendor/b.py", "third_party/c.py"], "is vendored by its place or name")
    left_out = ("vendored files, not judged: 2",)
    assert result == Sources(("own/d.py", "shop/a.py"), left_out, untracked=NONE, elsewhere=why)
    settings = Settings(roles=Roles(vendored=("own",)))
    assert found(scratch, settings=settings).files == ("shop/_vendor/b.py", "shop/a.py", "third_party/c.py")
    assert found(scratch, "own/d.py", settings=settings) == Sources((), ("vendored files, not judged: 1",))


# --- FILES ---


def test_files_are_relative_to_the_working_directory(scratch: Scratch) -> None:
    scratch.commit({"a.py": "", "sub/b.py": ""})
    assert found(scratch, "b.py", "../a.py", cwd="sub").files == ("a.py", "sub/b.py")
    assert found(scratch, str(scratch.folder / "a.py"), cwd="sub").files == ("a.py",)


def test_file_named_twice_is_judged_once(scratch: Scratch) -> None:
    scratch.commit({"a.py": "", "sub/b.py": ""})
    names = ("a.py", "./a.py", "sub/../a.py", str(scratch.folder / "a.py"), "sub", "sub/b.py", "sub/")
    assert found(scratch, *names).files == ("a.py", "sub/b.py")


def test_python_by_name_or_by_shebang(scratch: Scratch) -> None:
    for name, content in {
        "one.py": "",
        "env": "#!/usr/bin/env python3\n",
        "path": "#! /usr/bin/python3.11 -u",
        "dash": "#!/usr/bin/env -S python -O\n",
        "pypy": "#!/opt/pypy3\n",
        "tool.cgi": "#!/usr/bin/python\r\n",
    }.items():
        scratch.write(name, content)
    for name, content in {
        "sh": "#!/bin/sh\npython\n",
        "text.md": "python",
        "empty": "",
        "stub.pyi": "",
        "late": "\n#!/usr/bin/python\n",
        "apython": "#!/bin/notpython\n",
        "comment": "# python\n",
        "bytes": b"\xff\xfe\0",
    }.items():
        scratch.write(name, content)
    result = found(scratch, *(path.name for path in scratch.folder.iterdir() if path.is_file()))
    assert result.files == ("dash", "env", "one.py", "path", "pypy", "tool.cgi")
    names = ["apython", "bytes", "comment", "empty", "late", "sh", "stub.pyi", "text.md"]
    assert result.left_out == tuple(f"not Python: {name}" for name in names)


def test_ignored_file_is_judged_when_it_is_named(scratch: Scratch) -> None:
    scratch.commit({".gitignore": "*.py"})
    scratch.write("a.py")
    assert found(scratch, "a.py").files == ("a.py",)


def test_named_file_outside_source_and_tests_is_listed(scratch: Scratch) -> None:
    scratch.commit(LAYOUT)
    result = found(scratch, "setup.py", "shop/a.py", settings=Settings(source=("shop",)))
    assert result == Sources(("shop/a.py",), ("outside `source` and `tests`, not judged: setup.py",))


@pytest.mark.parametrize("name", ["gone.py", "gone/a.py", "a.py/b.py", ""])
def test_file_that_is_not_there_is_a_usage_error(scratch: Scratch, name: str) -> None:
    scratch.write("a.py")
    with pytest.raises(UsageError) as caught:
        found(scratch, name)
    assert caught.value.where == (name or "FILES")


def test_file_outside_the_project_is_a_usage_error(scratch: Scratch) -> None:
    scratch.commit({"app/a.py": "", "apple/b.py": "", "c.py": ""})
    for name in ("../c.py", "../apple/b.py", "..", "../..", "/", "a/../../c.py"):
        with pytest.raises(UsageError, match="outside the project"):
            found(scratch, name, root="app", cwd="app")


def test_all_wrong_files_are_said_at_once_and_in_order(scratch: Scratch) -> None:
    scratch.write("a.py")
    for names in (("z.py", "a.py", "b.py"), ("b.py", "z.py", "a.py", "b.py")):
        with pytest.raises(UsageErrors) as caught:
            found(scratch, *names)
        assert [error.where for error in caught.value.errors] == ["b.py", "z.py"]


def test_folder_means_all_judged_files_below_it(scratch: Scratch) -> None:
    scratch.commit({**LAYOUT, "shop/vendor/v.py": "", ".gitignore": "i.py", "shopping/d.py": ""})
    scratch.write("shop/i.py")
    scratch.write("shop/new.py")
    for name, cwd in [("shop", ""), ("shop/", ""), ("./shop/.", ""), (".", "shop"), ("..", "shop/b")]:
        assert found(scratch, name, cwd=cwd).files == ("shop/a.py", "shop/b/c.py", "shop/new.py"), name
    assert found(scratch, ".").files == found(scratch).files
    assert found(scratch, "shop", git=False).files == ("shop/a.py", "shop/b/c.py", "shop/i.py", "shop/new.py")


def test_folder_without_python_is_noted(scratch: Scratch) -> None:
    scratch.commit({"docs/README.md": "", "a.py": ""})
    assert found(scratch, "docs", "a.py") == Sources(("a.py",), (), ("no Python file was found in docs",))


def test_result_does_not_depend_on_the_order_of_files(scratch: Scratch) -> None:
    scratch.commit({**LAYOUT, "vendor/v.py": "", "text.md": ""})
    (scratch.folder / "link.py").symlink_to("setup.py")
    names = [*LAYOUT, "shop", "tests", "vendor/v.py", "text.md", "link.py", "setup.py"]
    expected = found(scratch, *names)
    for seed in range(10):
        random.Random(seed).shuffle(names)
        assert found(scratch, *names) == expected


def test_one_file_costs_no_call_of_git(scratch: Scratch, monkeypatch: pytest.MonkeyPatch) -> None:
    scratch.commit(LAYOUT)
    git = find_top(scratch.folder, ENVIRONMENT)

    def run(*args: object, **keywords: object) -> bytes:
        raise AssertionError(args)

    monkeypatch.setattr(Git, "run", run)
    begin = time.perf_counter()
    result = discover(git, scratch.folder, Settings(), ["shop/a.py"], scratch.folder)
    assert time.perf_counter() - begin < 0.05
    assert result.files == ("shop/a.py",)


def test_long_lists_are_cut_and_counted(scratch: Scratch) -> None:
    for number in range(23):
        (scratch.folder / f"link{number:02}.py").symlink_to("a")
    scratch.write("a.py")
    left_out = found(scratch).left_out
    assert len(left_out) == 21
    assert left_out[-1] == "symbolic link, not followed: 3 more"


# --- reading ---


def test_read_regular_reads_regular_files_only(tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.write_bytes(b"12345")
    (tmp_path / "link").symlink_to(file)
    os.mkfifo(tmp_path / "fifo")
    assert read_regular(str(file), 5) == b"12345"
    assert read_regular(str(file), 3) == b"1234", "one more than allowed tells that there is more"
    for name in ("link", "fifo", "gone", "."):
        assert read_regular(str(tmp_path / name), 5) is None
    assert read_regular("/dev/zero", 5) is None


def test_git_error_in_a_folder_argument_is_said(scratch: Scratch) -> None:
    scratch.commit({"a/b.py": ""})
    (scratch.folder / ".git" / "index").write_bytes(b"broken")
    result = found(scratch, "a")
    assert result.files == ("a/b.py",)
    assert result.notes[0].startswith("git could not list")
    assert GitError.__name__ not in result.notes[0]
