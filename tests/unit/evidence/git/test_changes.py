"""What is new, against the real git: every stage, every way of having no base, moved and deleted lines."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import pytest

from git_scratch import ENVIRONMENT, Scratch
from quality_gate.errors import UsageError
from quality_gate.evidence.git import not_tracked
from quality_gate.evidence.git._moved_lines import new_lines
from quality_gate.evidence.git._patch import Hunk, read_patch
from quality_gate.evidence.git.changes import change_at
from quality_gate.evidence.git.command import Git, GitError, find_top
from quality_gate.evidence.git.not_tracked import NOTHING_KNOWN, Untracked
from quality_gate.model import Change, LineRange, Stage

ONE = "def one():\n    return first_thing(1)\n"
TWO = "def two():\n    return second_thing(2)\n"
THREE = "def three():\n    return third_thing(3)\n"


@pytest.fixture
def scratch(tmp_path: Path) -> Scratch:
    return Scratch(tmp_path / "project")


def change(
    scratch: Scratch,
    stage: Stage = Stage.COMMIT,
    *,
    base: str | None = None,
    all_files: bool = False,
    pushed: tuple[str, str] | None = None,
    root: str = "",
    also: tuple[str, ...] = (),
    untracked: Untracked = NOTHING_KNOWN,
    **variables: str,
) -> Change:
    git = find_top(scratch.folder, ENVIRONMENT | variables)
    return change_at(git, scratch.folder / root, stage, base, all_files, pushed, also, untracked)


def lines(found: Change) -> dict[str, list[int]]:
    assert not found.everything, found.description
    return {
        path: [number for span in spans for number in range(span.first, span.last + 1)]
        for path, spans in found.lines.items()
    }


def edited(scratch: Scratch, before: str, after: str) -> list[int]:
    """The new lines of a file that is committed and then edited and staged."""
    scratch.commit({"a.py": before})
    scratch.stage("a.py", after)
    return lines(change(scratch)).get("a.py", [])


# --- stage commit ---


def test_staged_lines_against_head(scratch: Scratch) -> None:
    scratch.commit({"a.py": ONE + TWO, "b.py": ONE, "c.py": ONE})
    scratch.stage("a.py", ONE + "\n\nX = 1\n" + TWO)
    scratch.stage("new.py", THREE)
    scratch.git("rm", "--quiet", "b.py")
    scratch.write("c.py", ONE + "NOT_STAGED = 1\n")
    scratch.write("untracked.py", THREE)
    found = change(scratch)
    assert found.description == "the index against HEAD"
    assert lines(found) == {"a.py": [3, 4, 5], "new.py": [1, 2]}
    assert found.files == {"a.py", "b.py", "new.py"}


def test_ranges_are_as_few_as_can_be(scratch: Scratch) -> None:
    scratch.commit({"a.py": "a\nb\nc\nd\ne\n"})
    scratch.stage("a.py", "A\nB\nc\nd\nE\n")
    assert change(scratch).lines == {"a.py": (LineRange(1, 2), LineRange(5, 5))}


def test_lines_are_those_of_the_work_tree_where_it_differs_from_the_index(scratch: Scratch) -> None:
    scratch.commit({"a.py": ONE, "b.py": ONE})
    scratch.stage("a.py", ONE + TWO)
    scratch.stage("b.py", ONE + TWO)
    scratch.stage("new.py", TWO)
    scratch.write("a.py", "import os\n" + ONE + TWO)
    scratch.write("b.py", ONE)
    scratch.write("new.py", TWO + THREE)
    found = change(scratch)
    assert lines(found) == {"a.py": [1, 4, 5], "new.py": [1, 2, 3, 4]}
    assert found.files == {"a.py", "b.py", "new.py"}


def test_first_commit_has_no_head_and_is_all_new(scratch: Scratch) -> None:
    scratch.stage("a.py", ONE)
    found = change(scratch)
    assert lines(found) == {"a.py": [1, 2]}
    assert found.description == "the index against HEAD"


def test_file_staged_and_deleted_again_has_no_lines(scratch: Scratch) -> None:
    scratch.commit({"a.py": ONE})
    scratch.stage("a.py", ONE + TWO)
    scratch.stage("new.py", TWO)
    (scratch.folder / "a.py").unlink()
    (scratch.folder / "new.py").unlink()
    found = change(scratch)
    assert lines(found) == {}
    assert found.files == {"a.py", "new.py"}


def test_an_intention_to_add_is_not_staged(scratch: Scratch) -> None:
    scratch.commit({"a.py": ONE})
    scratch.write("new.py", TWO)
    scratch.git("add", "--intent-to-add", "new.py")
    found = change(scratch)
    assert found.description.startswith("the work tree against the merge base with main")
    assert lines(found) == {"new.py": [1, 2]}


def test_index_of_the_running_commit_counts(scratch: Scratch) -> None:
    scratch.commit({"a.py": ONE, "b.py": ONE})
    shutil.copy(scratch.folder / ".git" / "index", scratch.folder / ".git" / "next.lock")
    scratch.write("b.py", ONE + TWO)
    scratch.git("add", "b.py", GIT_INDEX_FILE=str(scratch.folder / ".git" / "next.lock"))
    scratch.stage("a.py", ONE + TWO)
    found = change(scratch, GIT_INDEX_FILE=".git/next.lock")
    assert lines(found) == {"b.py": [3, 4]}
    assert found.files == {"b.py"}


def test_nothing_staged_is_the_work_tree_against_the_merge_base(scratch: Scratch) -> None:
    scratch.commit({"a.py": ONE, "b.py": ONE, ".gitignore": "ignored.py\n"})
    scratch.git("checkout", "--quiet", "-b", "topic")
    scratch.commit({"b.py": ONE + TWO, "c.py": TWO})
    scratch.write("a.py", ONE + THREE)
    scratch.write("new.py", THREE)
    scratch.write("ignored.py", THREE)
    found = change(scratch)
    assert lines(found) == {"a.py": [3, 4], "b.py": [3, 4], "c.py": [1, 2], "new.py": [1, 2]}
    assert found.files == {"a.py", "b.py", "c.py", "new.py"}
    main = scratch.git("rev-parse", "main")
    assert found.description == f"the work tree against the merge base with main ({main[:8]})"


def test_all_files_takes_the_merge_base_though_something_is_staged(scratch: Scratch) -> None:
    scratch.commit({"a.py": ONE})
    scratch.git("checkout", "--quiet", "-b", "topic")
    scratch.commit({"a.py": ONE + TWO})
    scratch.stage("b.py", THREE)
    assert lines(change(scratch, all_files=True)) == {"a.py": [3, 4], "b.py": [1, 2]}
    assert lines(change(scratch)) == {"b.py": [1, 2]}


def test_on_the_base_itself_only_the_work_tree_is_new(scratch: Scratch) -> None:
    scratch.commit({"a.py": ONE})
    assert change(scratch) == Change(
        description=f"HEAD against the merge base with main ({scratch.git('rev-parse', 'HEAD')[:8]})"
    )
    scratch.write("a.py", ONE + TWO)
    assert lines(change(scratch)) == {"a.py": [3, 4]}


def test_deleted_in_head_and_there_again_is_new_but_for_what_it_held(scratch: Scratch) -> None:
    scratch.commit({"a.py": ONE, "b.py": ONE, "keep.py": ""})
    scratch.git("checkout", "--quiet", "-b", "topic")
    scratch.git("rm", "--quiet", "a.py", "b.py")
    scratch.commit()
    scratch.write("a.py", ONE + TWO)
    scratch.write("b.py", ONE + TWO)
    scratch.git("add", "b.py")
    assert lines(change(scratch, all_files=True)) == {"a.py": [3, 4], "b.py": [3, 4]}


def test_unmerged_file_is_all_new(scratch: Scratch) -> None:
    scratch.commit({"a.py": ONE})
    scratch.git("checkout", "--quiet", "-b", "topic")
    scratch.commit({"a.py": ONE + TWO})
    scratch.git("checkout", "--quiet", "main")
    scratch.commit({"a.py": ONE + THREE})
    with pytest.raises(AssertionError, match="merge"):
        scratch.git("merge", "topic")
    for found in (change(scratch), change(scratch, all_files=True)):
        assert lines(found)["a.py"] == list(range(1, 10))


def test_touched_without_change_is_not_part_of_the_change(scratch: Scratch) -> None:
    place = scratch.stage("a.py", ONE)
    scratch.commit()
    place.write_text(ONE)
    place.touch()
    assert change(scratch).files == frozenset()


# --- stage push ---


@pytest.fixture
def pushed(scratch: Scratch) -> list[str]:
    """Three commits: the first on main, two on the topic that is checked out."""
    first = scratch.commit({"a.py": ONE})
    scratch.git("checkout", "--quiet", "-b", "topic")
    return [first, scratch.commit({"b.py": TWO}), scratch.commit({"c.py": THREE})]


def test_pushed_range(scratch: Scratch, pushed: list[str]) -> None:
    found = change(scratch, Stage.PUSH, pushed=(pushed[1], pushed[2]))
    assert lines(found) == {"c.py": [1, 2]}
    assert found.description == f"HEAD against what was pushed before ({pushed[1][:8]})"


@pytest.mark.parametrize("unset", [None, ("", ""), ("0" * 40, "HEAD"), ("HEAD", "0" * 40)])
def test_first_push_is_compared_with_the_base(
    scratch: Scratch, pushed: list[str], unset: tuple[str, str] | None
) -> None:
    scratch.write("untracked.py", ONE)
    found = change(scratch, Stage.PUSH, pushed=unset)
    assert lines(found) == {"b.py": [1, 2], "c.py": [1, 2]}
    assert found.files == {"b.py", "c.py"}


def test_push_of_another_commit_than_head(scratch: Scratch, pushed: list[str]) -> None:
    found = change(scratch, Stage.PUSH, pushed=(pushed[0], pushed[1]))
    assert lines(found) == {"b.py": [1, 2]}
    assert found.files == {"b.py"}
    assert found.description == f"the pushed commit {pushed[1][:8]} against {pushed[0][:8]}"


def test_push_of_head_with_a_changed_work_tree_has_the_lines_that_are_analysed(
    scratch: Scratch, pushed: list[str]
) -> None:
    scratch.write("c.py", "import os\n" + THREE)
    found = change(scratch, Stage.PUSH, pushed=(pushed[1], pushed[2]))
    assert lines(found) == {"c.py": [1, 2, 3]}
    assert found.description.startswith("the work tree against what was pushed before")


def test_push_over_a_rewritten_history_starts_where_both_agree(scratch: Scratch, pushed: list[str]) -> None:
    scratch.git("checkout", "--quiet", "-b", "rewritten", pushed[1])
    head = scratch.commit({"d.py": ONE + TWO + THREE})
    found = change(scratch, Stage.PUSH, pushed=(pushed[2], head))
    assert lines(found) == {"d.py": [1, 2, 3, 4, 5, 6]}


def test_pushed_commit_that_is_not_here_makes_everything_new(scratch: Scratch, pushed: list[str]) -> None:
    found = change(scratch, Stage.PUSH, pushed=("f" * 40, pushed[2]))
    assert found.everything
    assert "the pushed range ffff" in found.description
    assert "fetch-depth" not in found.description


# --- what a CI platform says of a push to the base itself ---


def test_a_push_to_the_base_is_compared_with_what_the_base_held_before(scratch: Scratch) -> None:
    first = scratch.commit({"a.py": ONE})
    scratch.commit({"b.py": TWO})
    scratch.commit({"c.py": THREE})
    found = change(scratch, Stage.CI, pushed=(first, "HEAD"))
    assert lines(found) == {"b.py": [1, 2], "c.py": [1, 2]}
    assert found.description == f"HEAD against what main held before the push ({first[:8]})"
    assert lines(change(scratch, Stage.CI)) == {}


@pytest.mark.parametrize("before", ["f" * 40, "no\0commit", "--help"])
def test_a_push_from_what_is_not_here_makes_everything_new(scratch: Scratch, before: str) -> None:
    scratch.commit({"a.py": ONE})
    scratch.commit({"b.py": TWO})
    found = change(scratch, Stage.CI, pushed=(before, "HEAD"))
    assert found.everything
    assert f"what main held before the push ({before[:8]}) is not in this clone" in found.description


def test_a_push_of_a_new_base_is_compared_with_the_first_parent(scratch: Scratch) -> None:
    scratch.commit({"a.py": ONE})
    scratch.commit({"b.py": TWO})
    found = change(scratch, Stage.CI, pushed=("0" * 40, "HEAD"))
    assert lines(found) == {"b.py": [1, 2]}
    assert found.description.startswith("HEAD against HEAD's first parent (")


def test_a_push_of_the_first_commit_makes_everything_new(scratch: Scratch) -> None:
    scratch.commit({"a.py": ONE})
    found = change(scratch, Stage.CI, pushed=("0" * 40, "HEAD"))
    assert found.everything
    assert "HEAD's first parent (HEAD^1) is not in this clone" in found.description


def test_a_push_to_a_topic_is_compared_with_the_base(scratch: Scratch, pushed: list[str]) -> None:
    found = change(scratch, Stage.CI, pushed=(pushed[1], "HEAD"))
    assert lines(found) == {"b.py": [1, 2], "c.py": [1, 2]}


def test_unrelated_pushed_range_makes_everything_new(scratch: Scratch, pushed: list[str]) -> None:
    scratch.git("checkout", "--quiet", "--orphan", "other")
    head = scratch.commit({"d.py": ONE})
    found = change(scratch, Stage.PUSH, pushed=(pushed[2], head))
    assert found.everything
    assert "no common history" in found.description


# --- stage ci ---


def test_ci_is_the_merge_base_to_head_without_untracked_files(scratch: Scratch, pushed: list[str]) -> None:
    scratch.write("report.py", ONE)
    found = change(scratch, Stage.CI)
    assert lines(found) == {"b.py": [1, 2], "c.py": [1, 2]}
    assert found.files == {"b.py", "c.py"}
    assert found.description == f"HEAD against the merge base with main ({pushed[0][:8]})"


def test_ci_does_not_take_what_is_staged_for_the_change(scratch: Scratch, pushed: list[str]) -> None:
    scratch.stage("a.py", ONE + THREE)
    found = change(scratch, Stage.CI)
    assert set(lines(found)) == {"a.py", "b.py", "c.py"}


def test_ci_with_a_changed_work_tree_has_the_lines_that_are_analysed(scratch: Scratch, pushed: list[str]) -> None:
    scratch.write("c.py", "VERSION = 1\n" + THREE)
    found = change(scratch, Stage.CI)
    assert lines(found)["c.py"] == [1, 2, 3]
    assert found.description.startswith("the work tree against the merge base with main")


def test_ci_on_githubs_merge_commit_with_a_detached_head(scratch: Scratch, pushed: list[str]) -> None:
    scratch.git("checkout", "--quiet", "main")
    scratch.commit({"main_moved_on.py": ONE})
    scratch.git("update-ref", "refs/remotes/origin/main", "main")
    scratch.git("checkout", "--quiet", "--detach", "main")
    scratch.git("branch", "--quiet", "--delete", "--force", "main")
    scratch.git("merge", "--quiet", "--no-ff", "topic", "--message=merge")
    assert lines(change(scratch, Stage.CI)) == {"b.py": [1, 2], "c.py": [1, 2]}


# --- the base ---


def test_bases_in_order(scratch: Scratch) -> None:
    commits = [scratch.commit({f"{number}.py": ONE}) for number in range(6)]
    scratch.git("checkout", "--quiet", "-b", "topic")
    order = ["refs/heads/master", "refs/heads/main", "refs/remotes/origin/master", "refs/remotes/origin/main"]
    scratch.git("update-ref", "-d", "refs/heads/main")
    for commit, reference in zip(commits, order, strict=False):
        scratch.git("update-ref", reference, commit)
        found = change(scratch, Stage.CI)
        name = reference.removeprefix("refs/heads/").removeprefix("refs/remotes/")
        assert found.description == f"HEAD against the merge base with {name} ({commit[:8]})"
    scratch.git("update-ref", "refs/remotes/origin/develop", commits[4])
    scratch.git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/develop")
    found = change(scratch, Stage.CI)
    assert found.description == f"HEAD against the merge base with origin/HEAD ({commits[4][:8]})"
    assert lines(found) == {"5.py": [1, 2]}


def test_configured_base(scratch: Scratch, pushed: list[str]) -> None:
    scratch.git("tag", "v1", pushed[1])
    for base in ("v1", pushed[1], "topic~1"):
        assert lines(change(scratch, Stage.CI, base=base)) == {"c.py": [1, 2]}


def test_dangling_default_branch_of_the_remote_is_passed_over(scratch: Scratch, pushed: list[str]) -> None:
    scratch.git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/gone")
    assert set(lines(change(scratch, Stage.CI))) == {"b.py", "c.py"}


def test_configured_base_that_is_not_there_is_a_usage_error(scratch: Scratch, pushed: list[str]) -> None:
    scratch.git("update-ref", "refs/remotes/origin/main", "main")
    for all_files in (False, True):
        with pytest.raises(UsageError, match=r"tool\.quality-gate\.base: 'origin/mian' is no branch") as caught:
            change(scratch, base="origin/mian", all_files=all_files)
        assert "'origin/main'" in caught.value.remedy


def test_wrong_base_does_not_matter_where_it_is_not_needed(scratch: Scratch, pushed: list[str]) -> None:
    scratch.stage("d.py", ONE)
    assert lines(change(scratch, base="origin/mian")) == {"d.py": [1, 2]}
    found = change(scratch, Stage.PUSH, base="origin/mian", pushed=(pushed[1], pushed[2]))
    assert set(lines(found)) == {"c.py", "d.py"}


def test_no_base_makes_everything_new(scratch: Scratch) -> None:
    scratch.commit({"a.py": ONE})
    scratch.git("branch", "--quiet", "--move", "main", "trunk")
    found = change(scratch, Stage.CI)
    assert found.everything
    assert found.description == (
        "everything is new: there is no base: neither origin/HEAD nor a branch main or master; set `base`"
    )
    assert found.touches("any.py", 1, 1)


def test_no_git_makes_everything_new(tmp_path: Path) -> None:
    for stage in Stage:
        found = change_at(None, tmp_path, stage, None, False, None)
        assert found == Change(
            description="everything is new: there is no git repository here, or no git", everything=True
        )


def test_no_commit_and_nothing_staged_makes_everything_new(scratch: Scratch) -> None:
    scratch.write("a.py", ONE)
    for stage in Stage:
        found = change(scratch, stage, base="main")
        assert found.everything
        assert found.description == "everything is new: there is no commit yet"


def test_no_commit_and_all_files_makes_everything_new(scratch: Scratch) -> None:
    scratch.stage("a.py", ONE)
    assert change(scratch, all_files=True).everything


def test_project_outside_the_repository_makes_everything_new(scratch: Scratch, tmp_path: Path) -> None:
    found = change(scratch, root="..")
    assert found.everything
    assert "outside the repository" in found.description


def test_git_that_fails_makes_everything_new(scratch: Scratch) -> None:
    scratch.commit({"a.py": ONE})
    scratch.stage("a.py", ONE + TWO)
    blob = scratch.git("rev-parse", "HEAD:a.py")
    (scratch.folder / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    found = change(scratch)
    assert found.everything
    assert found.description.startswith("everything is new: git diff ended with 128: ")
    assert "\n" not in found.description


# --- paths ---


def test_paths_are_relative_to_the_project_and_others_are_dropped(scratch: Scratch) -> None:
    scratch.commit({"app/a.py": ONE, "b.py": ONE, "apple.py": ONE})
    scratch.stage("app/a.py", ONE + TWO)
    scratch.stage("app/new.py", TWO)
    scratch.stage("b.py", ONE + TWO)
    scratch.stage("apple.py", ONE + TWO)
    found = change(scratch, root="app")
    assert lines(found) == {"a.py": [3, 4], "new.py": [1, 2]}
    assert found.files == {"a.py", "new.py"}


def test_staged_elsewhere_means_nothing_new_here(scratch: Scratch) -> None:
    scratch.commit({"app/a.py": ONE, "b.py": ONE})
    scratch.stage("b.py", ONE + TWO)
    scratch.write("app/a.py", ONE + TWO)
    found = change(scratch, root="app")
    assert (found.description, found.lines, found.files) == ("the index against HEAD", {}, frozenset())


def test_lines_of_python_files_and_of_those_asked_for_only(scratch: Scratch) -> None:
    scratch.commit({"a.txt": "1\n"})
    names = ["a.txt", "a.py", "a.pyi", "app/tool", "app/other", "a.pyc"]
    for name in names:
        scratch.stage(name, ONE)
    found = change(scratch, also=("app/tool",))
    assert lines(found) == {"a.py": [1, 2], "a.pyi": [1, 2], "app/tool": [1, 2]}
    assert found.files == set(names)
    assert lines(change(scratch, root="app", also=("tool",))) == {"tool": [1, 2]}


def test_more_paths_than_fit_on_a_command_line(scratch: Scratch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(not_tracked, "_ARGUMENT_BYTES", 40)
    names = [f"a_long_name_{number}.py" for number in range(9)]
    scratch.commit(dict.fromkeys(names, ONE))
    for name in names:
        scratch.stage(name, ONE + f"X = {name!r}\n")
    assert lines(change(scratch)) == {name: [3] for name in names}


def test_a_path_longer_than_a_batch_is_a_batch_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(not_tracked, "_ARGUMENT_BYTES", 20)
    paths = ["x" * 50, "a", "b", "y" * 50]
    assert list(not_tracked.batches(paths)) == [["x" * 50], ["a", "b"], ["y" * 50]]


# --- which lines are new ---


def test_edited_line(scratch: Scratch) -> None:
    assert edited(scratch, "a = 1\nb = 2\nc = 3\n", "a = 1\nb = 4\nc = 3\n") == [2]


def test_last_line_without_a_line_end(scratch: Scratch) -> None:
    assert edited(scratch, "a = 1\nb = 2", "a = 1\nb = 2\nc = 3") == [3]
    scratch.stage("new.py", "a = 1\nb = 2")
    assert lines(change(scratch))["new.py"] == [1, 2]


def test_reindented_lines_are_not_new(scratch: Scratch) -> None:
    before = "a()\nb()\nc()\n"
    assert edited(scratch, before, "if x:\n    a()\n    b()\n    c()\n") == [1]


def test_other_line_ends_are_not_new(scratch: Scratch) -> None:
    assert edited(scratch, ONE + TWO, (ONE + TWO).replace("\n", "\r\n")) == []
    assert change(scratch).files == {"a.py"}


def test_added_blank_lines_are_not_new(scratch: Scratch) -> None:
    assert edited(scratch, "a()\nb()\n", "a()\n\n\nb()\n\n") == []


def test_mode_change_alone_has_no_lines(scratch: Scratch) -> None:
    scratch.commit({"a.py": ONE, "b.py": ONE})
    scratch.git("update-index", "--chmod=+x", "a.py")
    (scratch.folder / "a.py").chmod(0o755)
    scratch.stage("b.py", ONE + TWO)
    found = change(scratch)
    assert lines(found) == {"b.py": [3, 4]}
    assert found.files == {"a.py", "b.py"}


def test_lines_that_look_like_headers_are_counted_as_lines(scratch: Scratch) -> None:
    before = "x = '''\n-- a/other.py\nmiddle\n-- last\n'''\n"
    after = "x = '''\n++ b/other.py\nmiddle\n@@ -1,9 +1,9 @@\ndiff --git a/q b/q\n'''\ny = 1\n"
    scratch.commit({"a.py": before})
    scratch.stage("a.py", after)
    assert lines(change(scratch)) == {"a.py": [2, 4, 5, 7]}


def test_old_and_new_settings_of_diff_do_not_count(scratch: Scratch) -> None:
    scratch.commit({"a.py": "a\nb\nc\nd\ne\n", "old.py": ONE + TWO + THREE})
    for key, value in {
        "diff.noprefix": "true",
        "diff.mnemonicPrefix": "true",
        "diff.renames": "copies",
        "diff.context": "5",
        "diff.interHunkContext": "9",
        "diff.orderFile": "/nowhere",
        "diff.relative": "true",
        "color.ui": "always",
        "color.diff": "always",
        "diff.algorithm": "patience",
        "diff.submodule": "log",
        "core.pager": "false",
        "status.showUntrackedFiles": "no",
        "status.renames": "copies",
        "status.branch": "true",
        "diff.suppressBlankEmpty": "true",
        "core.quotePath": "true",
        "diff.colorMoved": "zebra",
    }.items():
        scratch.git("config", key, value)
    scratch.git("mv", "old.py", "né.py")
    scratch.stage("a.py", "A\nb\nc\nD\ne\n")
    scratch.write("untracked.py", "print(1)\n")
    assert lines(change(scratch)) == {"a.py": [1, 4]}
    found = change(scratch, all_files=True)
    assert lines(found) == {"a.py": [1, 4], "untracked.py": [1]}
    assert found.files == {"a.py", "old.py", "né.py", "untracked.py"}


@pytest.mark.parametrize("algorithm", ["myers", "patience", "minimal", "histogram"])
def test_lines_are_the_same_whatever_algorithm_is_configured(scratch: Scratch, algorithm: str) -> None:
    scratch.git("config", "diff.algorithm", algorithm)
    assert edited(scratch, "b\nb\nc\n}\na\na\n", "}\nc\nb\nb\n}\n}\n") == [2, 3, 4, 5, 6]


# --- moved lines ---


def test_moved_block_is_not_new_and_its_old_place_is_not_touched(scratch: Scratch) -> None:
    assert edited(scratch, ONE + TWO + THREE, TWO + THREE + ONE) == []


def test_moved_to_another_file_and_indented(scratch: Scratch) -> None:
    scratch.commit({"a.py": ONE + TWO, "b.py": THREE})
    scratch.stage("a.py", ONE)
    scratch.stage("b.py", THREE + "class C:\n" + "".join(f"    {line}\n" for line in TWO.splitlines()))
    assert lines(change(scratch)) == {"b.py": [3]}


def test_moved_and_edited_block_is_new_where_it_was_edited(scratch: Scratch) -> None:
    body = "".join(f"    step_number_{number}(order)\n" for number in range(6))
    scratch.commit({"a.py": f"def f(order):\n{body}", "b.py": ONE})
    (scratch.folder / "a.py").unlink()
    scratch.stage("a.py", "")
    scratch.stage("b.py", ONE + f"def f(order):\n{body}".replace("_3(order)", "_3(None)"))
    assert lines(change(scratch)) == {"b.py": [7]}


def test_block_with_fewer_than_twenty_characters_is_new(scratch: Scratch) -> None:
    nineteen, twenty = "(x, 123_456_789_012_345_678)\n", "(x, 1_123_456_789_012_345_678)\n"
    scratch.commit({"a.py": nineteen + ONE + twenty + ONE, "b.py": TWO, "c.py": TWO})
    scratch.stage("a.py", ONE + ONE)
    scratch.stage("b.py", TWO + nineteen)
    scratch.stage("c.py", TWO + twenty)
    assert lines(change(scratch)) == {"b.py": [3]}


def test_each_removed_line_is_used_up_once(scratch: Scratch) -> None:
    scratch.commit({"a.py": ONE + TWO, "b.py": "", "c.py": ""})
    scratch.stage("a.py", TWO)
    scratch.stage("b.py", ONE)
    scratch.stage("c.py", ONE)
    assert lines(change(scratch)) == {"c.py": [1, 2]}


def test_block_ends_at_a_line_that_is_used_up(scratch: Scratch) -> None:
    first, second = "first_line_of_twenty_characters()\n", "second_line_of_twenty_characters()\n"
    scratch.commit({"a.py": first + second, "b.py": "", "c.py": ""})
    scratch.stage("a.py", "")
    scratch.stage("b.py", second)
    scratch.stage("c.py", first + second)
    assert lines(change(scratch)) == {"c.py": [2]}


def test_bracket_before_a_block_moves_with_it_only_once(scratch: Scratch) -> None:
    first, second = "first_line_of_twenty_characters()\n", "second_line_of_twenty_characters()\n"
    scratch.commit({"a.py": first + ")\n" + second, "b.py": "", "c.py": ""})
    scratch.stage("a.py", "")
    scratch.stage("b.py", first + ")\n")
    scratch.stage("c.py", ")\n" + second)
    assert lines(change(scratch)) == {"c.py": [1]}


def test_many_equal_lines_move_one_by_one(scratch: Scratch) -> None:
    line = "the_same_line_of_twenty_characters()\n"
    names = [f"{number}.py" for number in range(40)]
    scratch.commit({"a.py": line * 40, **dict.fromkeys(names, "x = 1\n")})
    scratch.stage("a.py", "")
    for name in names:
        scratch.write(name, "x = 1\n" + line)
    scratch.git("add", "--all")
    assert lines(change(scratch)) == {}


def test_copied_lines_are_new(scratch: Scratch) -> None:
    scratch.commit({"a.py": ONE})
    scratch.stage("b.py", ONE)
    assert lines(change(scratch)) == {"b.py": [1, 2]}


def test_longest_block_is_taken(scratch: Scratch) -> None:
    head = "def shared_beginning_of_both(order):\n"
    first = head + "    first_and_only_line(order)\n"
    second = head + "    second_line_of_two(order)\n    third_line_of_two(order)\n"
    scratch.commit({"a.py": first + "K = 1\n" + second + "L = 1\n"})
    scratch.stage("a.py", "K = 1\nL = 1\n")
    scratch.stage("b.py", second)
    assert lines(change(scratch)) == {}


def test_block_does_not_go_on_into_the_next_hunk(scratch: Scratch) -> None:
    scratch.commit({"a.py": "short = 1\nK = 1\nbrief = 2\nL = 1\nM = 1\n"})
    scratch.stage("a.py", "K = 1\nL = 1\nM = 1\n")
    scratch.stage("b.py", "short = 1\nbrief = 2\n")
    assert lines(change(scratch))["b.py"] == [1, 2]


def test_brackets_and_blank_lines_before_a_moved_block_move_with_it(scratch: Scratch) -> None:
    block = ")\n\n" + TWO
    scratch.commit({"a.py": ONE + block + "K = 1\n", "b.py": THREE})
    scratch.stage("a.py", ONE + "K = 1\n")
    scratch.stage("b.py", THREE + block)
    assert lines(change(scratch)) == {}


@pytest.mark.parametrize("content", ["x = 1\n", "x", ONE, "import a\n\n\nx = 1\n"])
def test_renamed_file_is_not_new_however_short(scratch: Scratch, content: str) -> None:
    scratch.commit({"old.py": content, "other.py": TWO})
    scratch.git("mv", "old.py", "new.py")
    found = change(scratch)
    assert lines(found) == {}
    assert found.files == {"old.py", "new.py"}


def test_short_file_that_is_not_the_whole_of_a_deleted_one_is_new(scratch: Scratch) -> None:
    scratch.commit({"old.py": "x = 1\ny = 2\n", "other.py": "y = 1\nx = 1\nz = 1\n"})
    scratch.git("rm", "--quiet", "old.py")
    scratch.stage("other.py", "y = 1\nz = 1\n")
    scratch.stage("new.py", "x = 1\n")
    assert lines(change(scratch))["new.py"] == [1]


def test_renamed_and_edited(scratch: Scratch) -> None:
    scratch.commit({"old.py": ONE + TWO + THREE})
    scratch.git("mv", "old.py", "new.py")
    scratch.stage("new.py", ONE + "X = 1\n" + TWO + THREE)
    assert lines(change(scratch)) == {"new.py": [3]}


def test_untracked_file_may_hold_moved_lines(scratch: Scratch) -> None:
    scratch.commit({"a.py": ONE + TWO})
    scratch.write("a.py", ONE)
    scratch.write("b.py", TWO + THREE)
    assert lines(change(scratch)) == {"b.py": [3, 4]}


def test_files_that_somebody_has_listed_are_not_listed_again(scratch: Scratch, monkeypatch: pytest.MonkeyPatch) -> None:
    scratch.commit({"sub/a.py": ONE})
    scratch.write("sub/new.py", TWO)
    wanted = change(scratch, root="sub")
    walks = walks_of_git(monkeypatch)
    assert change(scratch, root="sub", untracked=Untracked(frozenset({"new.py"}))) == wanted
    assert lines(wanted) == {"new.py": [1, 2]}
    assert not walks


def test_of_named_files_that_are_as_committed_nothing_else_is_asked(
    scratch: Scratch, monkeypatch: pytest.MonkeyPatch
) -> None:
    scratch.commit({"a.py": ONE, "b.py": TWO})
    scratch.write("b.py", THREE)
    scratch.write("new.py", THREE)
    walks = walks_of_git(monkeypatch)
    found = change(scratch, untracked=Untracked(matter=("a.py",)))
    assert found == Change(description=found.description)
    assert walks == [("a.py",)]


@pytest.mark.parametrize("named", ["a.py", "other.py"])
def test_of_named_files_that_differ_the_whole_change_tells_what_moved(scratch: Scratch, named: str) -> None:
    scratch.commit({"a.py": ONE + TWO})
    scratch.write("a.py", ONE)
    scratch.write("other.py", TWO)
    wanted = change(scratch)
    assert change(scratch, untracked=Untracked(matter=(named,))) == wanted
    assert not lines(wanted), "what was only moved is neither deleted nor new"


def walks_of_git(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """What git is asked to look through from now on for untracked files."""
    walks: list[tuple[str, ...]] = []
    real = Git.run

    def run(self: Git, *args: str, index: bool = False, told: bytes | None = None) -> bytes:
        if "--others" in args or "--untracked-files=all" in args:
            walks.append(args[args.index("--") + 1 :])
        return real(self, *args, index=index, told=told)

    monkeypatch.setattr(Git, "run", run)
    return walks


# --- deletions ---

HANDLER = """\
def charge(order):
    try:
        bank.charge(order)
    except Declined:
        if order.vip:
            log(order)

        order.fail()
        raise
    return order


def other(order):
    return order
"""


def without(text: str, *gone: str) -> str:
    for piece in gone:
        assert piece in text
        text = text.replace(piece, "", 1)
    return text


def test_deleted_raise_touches_its_handler(scratch: Scratch) -> None:
    assert edited(scratch, HANDLER, without(HANDLER, "        raise\n")) == [8]


def test_deletion_after_a_blank_line_and_a_deeper_block_touches_the_statement_before(
    scratch: Scratch,
) -> None:
    assert edited(scratch, HANDLER, without(HANDLER, "        order.fail()\n        raise\n")) == [5]


def test_deleted_body_line_touches_the_line_that_opens_the_block(scratch: Scratch) -> None:
    assert edited(scratch, HANDLER, HANDLER.replace("        bank.charge(order)\n", "")) == [2]


def test_deleted_function_does_not_touch_the_one_before(scratch: Scratch) -> None:
    gone = "\n\ndef other(order):\n    return order\n"
    assert edited(scratch, HANDLER, without(HANDLER, gone)) == []
    assert change(scratch).files == {"a.py"}


def test_deleted_method_between_others_touches_none(scratch: Scratch) -> None:
    before = "class C:\n    def a(self): pass\n    def b(self): pass\n    def c(self): pass\n"
    assert edited(scratch, before, without(before, "    def b(self): pass\n")) == []


def test_deleted_blank_lines_touch_nothing(scratch: Scratch) -> None:
    assert edited(scratch, HANDLER, HANDLER.replace("\n\n", "\n")) == []
    assert edited(scratch, "a = 1\n\n\nb = 2\n", "a = 1\nb = 2\n") == []


def test_deleted_first_statement_touches_the_header(scratch: Scratch) -> None:
    before = "def f():\n    raise E\n    return 1\n"
    assert edited(scratch, before, without(before, "    raise E\n")) == [1]


def test_deletion_at_the_beginning_touches_nothing(scratch: Scratch) -> None:
    assert edited(scratch, "import os\n" + HANDLER, HANDLER) == []


def test_deletion_of_moved_lines_touches_nothing(scratch: Scratch) -> None:
    gone = "    third_thing_that_moves(order)\n"
    scratch.commit({"a.py": ONE + gone + TWO, "b.py": THREE})
    scratch.stage("a.py", ONE + TWO)
    scratch.stage("b.py", THREE + gone)
    assert lines(change(scratch)) == {}


def test_deleted_line_beside_moved_ones_touches(scratch: Scratch) -> None:
    moved = "    third_thing_that_moves(order)\n"
    scratch.commit({"a.py": ONE + "    raise E\n" + moved + TWO, "b.py": THREE})
    scratch.stage("a.py", ONE + TWO)
    scratch.stage("b.py", THREE + moved)
    assert lines(change(scratch)) == {"a.py": [2]}


def test_line_replaced_by_a_moved_one_touches(scratch: Scratch) -> None:
    moved = "    third_thing_that_moves(order)\n"
    scratch.commit({"a.py": ONE + "    raise E\n" + TWO, "b.py": THREE + moved})
    scratch.stage("a.py", ONE + moved + TWO)
    scratch.stage("b.py", THREE)
    assert lines(change(scratch)) == {"a.py": [2]}


def test_deleted_decorator_touches_what_it_stood_above(scratch: Scratch) -> None:
    before = "X = 1\n\n\n@retry(3)\n" + ONE
    assert edited(scratch, before, without(before, "@retry(3)\n")) == [4]


def test_deleted_function_with_decorator_touches_nothing(scratch: Scratch) -> None:
    assert edited(scratch, ONE + "@retry(3)\n" + TWO + THREE, ONE + THREE) == []


def test_tabs_and_blanks_are_compared_as_columns(scratch: Scratch) -> None:
    before = "def f():\n        first()\n\traise E\n"
    assert edited(scratch, before, without(before, "\traise E\n")) == [2]


def test_a_deletion_far_below_its_block_touches_the_line_before(scratch: Scratch) -> None:
    deep = "    if x:\n" + "        step()\n" * 300
    before = f"def f():\n{deep}    raise E\n"
    assert edited(scratch, before, without(before, "    raise E\n")) == [302]


# --- hostile sizes ---


SLOW = {
    "short blocks in one hunk": ([b"x"] + [b")"] * 4_000, [[b"x"] + [b")"] * 4_000] * 19),
    "brackets only": ([b")"] * 10_000, [[b")"] * 10_000]),
    "one line in many places": ([b"x", b"y"] * 5_000, [[b"x"]] * 10_000),
    "one line used up in many places": ([b"x" * 20, b""] * 5_000, [[b"x" * 20]] * 10_000),
}


@pytest.mark.parametrize("name", SLOW)
def test_time_of_the_search_for_moved_lines_grows_with_the_lines_only(name: str) -> None:
    removed, added = SLOW[name]
    hunks = [Hunk("", 0, removed, [])]
    hunks += [Hunk("a.py", 1, [], lines) for lines in added]
    begin = time.process_time()
    new_lines(hunks, {"a.py": []})
    assert time.process_time() - begin < 2


# --- patches that cannot be read ---

PATCH = b"""\
diff --git a/a.py b/a.py
index 1..2 100644
--- a/a.py
+++ b/a.py
@@ -1 +1,2 @@ def f():
-x
+y
+z
\\ No newline at end of file
"""


def test_patch_is_read() -> None:
    assert read_patch(PATCH) == [Hunk("a.py", 1, [b"x"], [b"y", b"z"], was=1)]
    assert read_patch(b"") == []


@pytest.mark.parametrize(
    "broken",
    [
        PATCH[:-40],
        PATCH.replace(b"+z", b" z") + PATCH,
        PATCH.replace(b"+z", b"@@ -1 +1 @@"),
        PATCH.replace(b"+1,2", b"+1,x"),
        PATCH.replace(b"@@ -1 +1,2 @@ def f():", b"@@ -1 +1,2"),
        PATCH.replace(b"+++ b/a.py", b'+++ "b/a.py'),
        PATCH.replace(b"+++ b/a.py", b'+++ "b/\\q.py"'),
    ],
)
def test_patch_that_cannot_be_read_is_an_error(broken: bytes) -> None:
    with pytest.raises(GitError, match="its patch cannot be read"):
        read_patch(broken)
