"""Row 47, the hard cases of new code: merges and rebases. What another branch brought is not this change's."""

from __future__ import annotations

from pathlib import Path

import pytest

from git_scratch import ENVIRONMENT, Scratch
from quality_gate.evidence.git.changes import change_at
from quality_gate.evidence.git.command import find_top
from quality_gate.model import Change, LineRange, Stage

OURS = "ours = 'written on the topic'\n"
THEIRS = "theirs = 'written on main'\n"


@pytest.fixture
def scratch(tmp_path: Path) -> Scratch:
    """A topic and main, each with a file of its own and a line of its own in a common one; on the topic."""
    scratch = Scratch(tmp_path / "project")
    scratch.commit({"common.py": "a = 1\n" + "# between\n" * 8 + "b = 2\n"})
    scratch.git("checkout", "--quiet", "-b", "topic")
    scratch.commit({"ours.py": OURS, "common.py": OURS + "a = 1\n" + "# between\n" * 8 + "b = 2\n"})
    scratch.git("checkout", "--quiet", "main")
    scratch.commit({"theirs.py": THEIRS, "common.py": "a = 1\n" + "# between\n" * 8 + "b = 2\n" + THEIRS})
    scratch.git("update-ref", "refs/remotes/origin/main", "main")
    scratch.git("checkout", "--quiet", "topic")
    return scratch


def change(scratch: Scratch, stage: Stage, *, all_files: bool = False, pushed: tuple[str, str] | None = None) -> Change:
    return change_at(find_top(scratch.folder, ENVIRONMENT), scratch.folder, stage, None, all_files, pushed)


def test_while_main_is_merged_only_what_is_new_to_both_sides_is_new(scratch: Scratch) -> None:
    scratch.git("merge", "--quiet", "--no-commit", "main")
    assert change(scratch, Stage.COMMIT).lines == {}
    scratch.stage("theirs.py", THEIRS + "mended = 'while merging'\n")
    found = change(scratch, Stage.COMMIT)
    assert found.lines == {"theirs.py": (LineRange(2, 2),)}
    assert found.description == "the index against HEAD and what is merged into it"


def test_a_conflict_that_is_resolved_is_new_where_it_is_like_neither_side(scratch: Scratch) -> None:
    scratch.commit({"theirs.py": "theirs = 'written on the topic too'\n"})
    with pytest.raises(AssertionError, match="merge"):
        scratch.git("merge", "--quiet", "main")
    scratch.stage("theirs.py", "theirs = 'neither the one nor the other'\n")
    assert change(scratch, Stage.COMMIT).lines == {"theirs.py": (LineRange(1, 1),)}
    scratch.stage("theirs.py", THEIRS)
    assert change(scratch, Stage.COMMIT).lines == {}


def test_an_unmerged_file_stays_new(scratch: Scratch) -> None:
    scratch.commit({"theirs.py": "theirs = 'written on the topic too'\n"})
    with pytest.raises(AssertionError, match="merge"):
        scratch.git("merge", "--quiet", "main")
    assert "theirs.py" in change(scratch, Stage.COMMIT).lines


def test_all_files_while_merging_are_less_than_what_main_brings(scratch: Scratch) -> None:
    scratch.git("update-ref", "refs/remotes/origin/main", "main~1")
    scratch.git("merge", "--quiet", "--no-commit", "main")
    assert set(change(scratch, Stage.COMMIT, all_files=True).lines) == {"ours.py", "common.py"}
    assert change(scratch, Stage.COMMIT, all_files=True).lines["common.py"] == (LineRange(1, 1),)


def test_an_octopus_has_more_sides_than_two(scratch: Scratch) -> None:
    scratch.git("checkout", "--quiet", "-b", "third", "main~1")
    scratch.commit({"third.py": "third = 'written elsewhere'\n"})
    scratch.git("checkout", "--quiet", "topic")
    scratch.git("merge", "--quiet", "--no-commit", "main", "third")
    assert change(scratch, Stage.COMMIT).lines == {}


def test_in_a_linked_worktree_the_merge_is_that_worktrees(scratch: Scratch, tmp_path: Path) -> None:
    scratch.git("checkout", "--quiet", "main")
    scratch.git("worktree", "add", "--quiet", str(tmp_path / "tree"), "topic")
    tree = Scratch(tmp_path / "tree", init=False)
    tree.git("merge", "--quiet", "--no-commit", "main")
    assert change(tree, Stage.COMMIT).lines == {}


def test_a_squashed_merge_is_this_commits_own(scratch: Scratch) -> None:
    scratch.git("checkout", "--quiet", "main")
    scratch.git("merge", "--quiet", "--squash", "topic")
    assert set(change(scratch, Stage.COMMIT).lines) == {"ours.py", "common.py"}


def test_what_main_brought_is_not_pushed_as_new(scratch: Scratch) -> None:
    before = scratch.git("rev-parse", "HEAD")
    scratch.commit({"more.py": "more = 'pushed now'\n"})
    scratch.git("merge", "--quiet", "--no-edit", "main")
    assert change(scratch, Stage.PUSH, pushed=(before, "HEAD")).lines == {"more.py": (LineRange(1, 1),)}


def test_rebased_on_main_and_pushed_again(scratch: Scratch) -> None:
    before = scratch.git("rev-parse", "HEAD")
    scratch.git("rebase", "--quiet", "main")
    found = change(scratch, Stage.PUSH, pushed=(before, "HEAD"))
    assert "theirs.py" not in found.files
    assert set(found.lines) <= {"ours.py", "common.py"}


def test_a_base_that_holds_what_is_pushed_hides_none_of_it(scratch: Scratch) -> None:
    scratch.git("update-ref", "-d", "refs/remotes/origin/main")
    scratch.git("checkout", "--quiet", "main")
    before = scratch.git("rev-parse", "HEAD")
    scratch.commit({"more.py": "more = 'pushed now'\n"})
    assert set(change(scratch, Stage.PUSH, pushed=(before, "HEAD")).lines) == {"more.py"}


def test_merged_in_ci_only_the_topic_is_new(scratch: Scratch) -> None:
    scratch.git("merge", "--quiet", "--no-edit", "main")
    scratch.git("checkout", "--quiet", "--detach")
    assert set(change(scratch, Stage.CI).lines) == {"ours.py", "common.py"}
    assert change(scratch, Stage.CI).lines["common.py"] == (LineRange(1, 1),)
