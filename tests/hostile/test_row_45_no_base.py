"""Row 45: shallow clones, missing bases, unrelated histories. Everything is new then, never nothing."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from git_scratch import ENVIRONMENT, Scratch
from quality_gate.errors import UsageError
from quality_gate.evidence.git.changes import change_at
from quality_gate.evidence.git.command import Git, GitError, find_top
from quality_gate.model import Change, Stage


@pytest.fixture
def origin(tmp_path: Path) -> Scratch:
    """Two commits on main and two on a topic that started at the first."""
    origin = Scratch(tmp_path / "origin")
    origin.commit({"a.py": "x = 1\n"})
    origin.git("checkout", "--quiet", "-b", "topic")
    origin.commit({"b.py": "x = 1\n"})
    origin.commit({"c.py": "x = 1\n"})
    origin.git("checkout", "--quiet", "main")
    origin.commit({"d.py": "x = 1\n"})
    return origin


def clone(origin: Scratch, *options: str) -> Scratch:
    folder = origin.folder.parent / "clone"
    origin.git("clone", "--quiet", *options, f"file://{origin.folder}", str(folder))
    return Scratch(folder, init=False)


def change(
    scratch: Scratch,
    stage: Stage = Stage.CI,
    *,
    base: str | None = None,
    pushed: tuple[str, str] | None = None,
) -> Change:
    return change_at(find_top(scratch.folder, ENVIRONMENT), scratch.folder, stage, base, False, pushed)


@pytest.mark.parametrize("base", [None, "origin/main", "main"])
@pytest.mark.parametrize("stage", [Stage.CI, Stage.PUSH, Stage.COMMIT])
def test_shallow_clone_without_the_base(origin: Scratch, stage: Stage, base: str | None) -> None:
    shallow = clone(origin, "--depth=1", "--single-branch", "--branch=topic")
    # A clone by hand knows the remote's default branch; actions/checkout fetches one reference and no more.
    shallow.git("update-ref", "--no-deref", "-d", "refs/remotes/origin/HEAD")
    found = change(shallow, stage, base=base)
    assert found.everything
    assert "fetch-depth: 0" in found.description
    assert found.touches("any.py", 1, 1)


def test_shallow_clone_with_a_base_whose_history_is_cut(origin: Scratch) -> None:
    shallow = clone(origin, "--depth=1", "--no-single-branch", "--branch=topic")
    for base in (None, "origin/main"):
        found = change(shallow, base=base)
        assert found.everything
        assert "no common history; check out with `fetch-depth: 0`" in found.description


def test_shallow_clone_without_the_pushed_commit(origin: Scratch) -> None:
    before = origin.git("rev-parse", "topic~1")
    shallow = clone(origin, "--depth=1", "--branch=topic")
    found = change(shallow, Stage.PUSH, pushed=(before, "HEAD"))
    assert found.everything
    assert "fetch-depth: 0" in found.description


def test_shallow_clone_that_goes_back_far_enough(origin: Scratch) -> None:
    shallow = clone(origin, "--depth=3", "--no-single-branch", "--branch=topic")
    assert set(change(shallow).lines) == {"b.py", "c.py"}


@pytest.mark.parametrize("options", [["--single-branch"], ["--no-single-branch"]])
def test_what_a_shallow_clone_is_told_to_type_is_enough(origin: Scratch, options: list[str]) -> None:
    shallow = clone(origin, "--depth=1", "--branch=topic", *options)
    said = shlex.split(change(shallow, base="origin/main").description.partition(", or type git ")[2])
    shallow.git(*said)
    assert set(change(shallow, base="origin/main").lines) == {"b.py", "c.py"}


def test_staged_lines_need_no_base(origin: Scratch) -> None:
    shallow = clone(origin, "--depth=1", "--single-branch", "--branch=topic")
    shallow.stage("e.py", "x = 1\n")
    assert set(change(shallow, Stage.COMMIT).lines) == {"e.py"}


@pytest.mark.parametrize("base", [None, "origin/main"])
def test_unrelated_histories(origin: Scratch, base: str | None) -> None:
    full = clone(origin)
    full.git("checkout", "--quiet", "--orphan", "other")
    full.commit({"other.py": "x = 1\n"})
    found = change(full, base=base)
    assert found.everything
    assert "no common history" in found.description
    assert "fetch-depth" not in found.description, "the clone is whole: fetching more would not help"


def test_configured_base_that_a_whole_clone_does_not_hold_is_the_users_error(origin: Scratch) -> None:
    full = clone(origin, "--single-branch", "--branch=topic")
    with pytest.raises(UsageError, match="'origin/main' is no branch"):
        change(full, base="origin/main")


def test_base_that_is_no_commit(origin: Scratch) -> None:
    full = clone(origin)
    for base in ("HEAD:a.py", "HEAD^{tree}", "", " "):
        with pytest.raises(UsageError):
            change(full, base=base)


def test_history_that_cannot_be_read_makes_everything_new(origin: Scratch) -> None:
    old = origin.git("rev-parse", "main~1")
    origin.git("checkout", "--quiet", "topic")
    (origin.folder / ".git" / "objects" / old[:2] / old[2:]).unlink()
    assert change(origin).everything


def test_git_that_fails_is_not_taken_for_unrelated_histories(origin: Scratch, monkeypatch: pytest.MonkeyPatch) -> None:
    real = Git.run

    def run(self: Git, *args: str, index: bool = False, told: bytes | None = None) -> bytes:
        if args[0] == "merge-base":
            raise GitError("merge-base", 124, "no answer within 60 s")
        return real(self, *args, index=index, told=told)

    monkeypatch.setattr(Git, "run", run)
    origin.git("checkout", "--quiet", "topic")
    found = change(origin)
    assert found.everything
    assert found.description == "everything is new: git merge-base ended with 124: no answer within 60 s"


def test_missing_objects_make_everything_new(origin: Scratch) -> None:
    full = clone(origin)
    full.git("checkout", "--quiet", "topic")
    full.git("repack", "-a", "-d", "--quiet")
    for pack in (full.folder / ".git" / "objects" / "pack").glob("*.pack"):
        pack.chmod(0o644)
        pack.write_bytes(pack.read_bytes()[:60])
    for stage in (Stage.PUSH, Stage.CI):
        assert change(full, stage).everything
    # With a HEAD that cannot be read git takes every staged file for an added one, which is all as well.
    assert set(change(full, Stage.COMMIT).lines) == {"a.py", "b.py", "c.py"}


def test_a_base_whose_commit_is_lost_is_not_passed_over_for_another(origin: Scratch) -> None:
    origin.git("checkout", "--quiet", "-b", "master")
    (origin.folder / ".git" / "refs" / "heads" / "main").write_text("f" * 40 + "\n")
    found = change(origin)
    assert found.everything
