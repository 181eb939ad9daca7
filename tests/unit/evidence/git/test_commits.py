"""The history, against the real git: who changed what and when, and which modes the practices had."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from git_scratch import ENVIRONMENT
from histories import ADOPTED, Dated
from quality_gate.evidence.git.command import Git, GitError, find_top
from quality_gate.evidence.git.commits import History, history_of, modes_in_history
from quality_gate.model import Mode
from quality_gate.store import Store

TODAY = datetime.date(2026, 11, 22)
BEGIN = datetime.date(2025, 1, 1)


@pytest.fixture
def shop(tmp_path: Path) -> Dated:
    return Dated(tmp_path.resolve() / "shop")


def git_of(shop: Dated) -> Git:
    found = find_top(shop.folder, ENVIRONMENT)
    assert found is not None
    return found


def read(shop: Dated, root: str = "", since: datetime.date = BEGIN) -> History:
    with Store(shop.folder / root, "key") as store:
        return history_of(git_of(shop), shop.folder / root, since, TODAY, store)


def subjects(history: History) -> list[str]:
    return [one.subject for one in history.commits]


def test_python_files_with_their_changed_lines_the_latest_first(shop: Dated) -> None:
    shop.on("2026-01-01", "One", {"a.py": "1\n2\n", "notes.md": "x\n"})
    shop.on("2026-01-02", "Two", {"a.py": "1\n3\n4\n", "b.pyi": "x\n"}, author="B", body="Because.\n\nFixes #1")
    shop.on("2026-01-03", "No Python", {"notes.md": "y\n"})
    two, one = read(shop).commits
    assert (one.subject, one.files, one.day) == ("One", {"a.py": 2}, datetime.date(2026, 1, 1))
    assert (two.files, two.body.strip()) == ({"a.py": 3, "b.pyi": 1}, "Because.\n\nFixes #1")
    assert two.author == "B <a@example.org>"


def test_only_what_lies_below_the_projects_root(shop: Dated) -> None:
    shop.on("2026-01-01", "Both", {"inner/a.py": "1\n", "b.py": "1\n"})
    shop.on("2026-01-02", "Elsewhere", {"b.py": "2\n"})
    (only,) = read(shop, "inner").commits
    assert only.files == {"a.py": 1}


def test_a_moved_file_has_no_changed_lines_and_keeps_its_past(shop: Dated) -> None:
    source = "".join(f"line_{number} = {number}\n" for number in range(40))
    shop.on("2026-01-01", "One", {"old.py": source})
    shop.on("2026-01-02", "Two", {"old.py": source + "more = 1\n"})
    shop.git("mv", "old.py", "between.py")
    shop.on("2026-01-03", "Move", {"x.txt": ""})
    shop.git("mv", "between.py", "new.py")
    shop.on("2026-01-04", "Move again", {"x.txt": "1"})
    assert [one.files for one in read(shop).commits] == [{"new.py": 0}, {"new.py": 0}, {"new.py": 1}, {"new.py": 40}]


def test_merges_are_no_commits_of_their_own(shop: Dated) -> None:
    shop.on("2026-01-01", "One", {"a.py": "1\n"})
    shop.git("checkout", "--quiet", "-b", "topic")
    shop.on("2026-01-02", "Two", {"b.py": "1\n"})
    shop.git("checkout", "--quiet", "main")
    shop.on("2026-01-03", "Three", {"c.py": "1\n"})
    shop.git("merge", "--quiet", "--no-edit", "topic")
    assert sorted(subjects(read(shop))) == ["One", "Three", "Two"]


def test_older_commits_are_not_read_and_what_they_left_is_known_by_todays_names(shop: Dated) -> None:
    shop.on("2024-04-04", "Older", {"inner/a.py": "1\n", "inner/gone.py": "1\n", "b.py": "1\n"})
    shop.git("rm", "--quiet", "inner/gone.py")
    shop.on(
        "2024-05-05", "Old", {"inner/moved.py": "".join(f"line_{number}\n" for number in range(40)), "inner/c.txt": ""}
    )
    shop.git("mv", "inner/moved.py", "inner/new.py")
    shop.on("2026-01-01", "New", {"inner/a.py": "2\n", "inner/young.py": ""})
    found = read(shop, "inner")
    assert subjects(found) == ["New"]
    assert found.older == ("a.py", "new.py")


def test_a_project_that_is_younger_than_its_repository_left_nothing(shop: Dated) -> None:
    shop.on("2024-05-05", "Old", {"b.py": "1\n"})
    shop.on("2026-01-01", "New", {"inner/a.py": "1\n"})
    assert read(shop, "inner").older == ()


def test_no_commit_yet_is_an_error_that_says_so(shop: Dated) -> None:
    with pytest.raises(GitError):
        read(shop)


def test_it_is_read_once_for_each_head(shop: Dated, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.on("2026-01-01", "One", {"a.py": "1\n"})
    first = read(shop)
    asked: list[tuple[str, ...]] = []
    run = Git.run

    def noting(git: Git, *args: str, **more: bool) -> bytes:
        asked.append(args)
        return run(git, *args, **more)

    monkeypatch.setattr(Git, "run", noting)
    assert read(shop) == first
    assert {args[0] for args in asked} == {"rev-parse"}
    monkeypatch.undo()
    shop.on("2026-01-02", "Two", {"a.py": "2\n"})
    assert subjects(read(shop)) == ["Two", "One"]


# --- the modes


def modes(shop: Dated, practice: str = "static-analysis") -> list[tuple[str, Mode | None]]:
    held = modes_in_history(git_of(shop), shop.folder / "pyproject.toml")
    return [(str(one.day), one.modes and one.modes[practice]) for one in held]


def test_the_modes_after_every_commit_that_may_have_changed_one(shop: Dated) -> None:
    shop.on("2026-01-01", "Other tools", {"pyproject.toml": "[tool.black]\n"})
    shop.on("2026-01-02", "The table alone", {"pyproject.toml": "[tool.quality-gate]\nsource = ['shop']\n"})
    shop.on("2026-01-03", "Enforce", {"pyproject.toml": ADOPTED})
    shop.on("2026-01-04", "Something else", {"pyproject.toml": ADOPTED + "# a comment\n"})
    shop.on("2026-01-05", "Observe", {"pyproject.toml": ADOPTED.replace("enforce", "observe")})
    shop.git("rm", "--quiet", "pyproject.toml")
    shop.on("2026-01-06", "Gone", {"a.py": ""})
    assert modes(shop) == [
        ("2026-01-02", Mode.NEW_CODE),
        ("2026-01-03", Mode.ENFORCE),
        ("2026-01-05", Mode.OBSERVE),
        ("2026-01-06", None),
    ]


def test_a_configuration_that_nobody_can_read_changes_nothing(shop: Dated) -> None:
    shop.on("2026-01-01", "Broken", {"pyproject.toml": "[tool.quality-gate\n"})
    later = ADOPTED.replace('enforce"', 'enforce"\ntelepathy = "enforce"')
    shop.on("2026-01-02", "Of another version", {"pyproject.toml": later})
    odd = ADOPTED.replace('"enforce"', "[1, 2]")
    shop.on("2026-01-03", "No mode at all", {"pyproject.toml": odd})
    assert modes(shop) == [("2026-01-02", Mode.ENFORCE), ("2026-01-03", Mode.NEW_CODE)]


def test_a_branch_that_adopts_does_so_when_it_is_merged(shop: Dated) -> None:
    shop.on("2026-01-01", "One", {"a.py": "1\n"})
    shop.git("checkout", "--quiet", "-b", "topic")
    shop.on("2026-01-02", "Adopt", {"pyproject.toml": ADOPTED})
    shop.git("checkout", "--quiet", "main")
    shop.on("2026-01-03", "Three", {"c.py": "1\n"})
    shop.git("merge", "--quiet", "--no-edit", "topic", GIT_COMMITTER_DATE="2026-02-01T12:00:00Z")
    assert modes(shop) == [("2026-02-01", Mode.ENFORCE)]


def test_names_of_folders_are_no_patterns(shop: Dated) -> None:
    shop.on("2026-01-01", "Adopt", {"a[b]*/pyproject.toml": ADOPTED, "ab/pyproject.toml": "[tool.quality-gate]\n"})
    held = modes_in_history(git_of(shop), shop.folder / "a[b]*" / "pyproject.toml")
    assert [one.modes and one.modes["static-analysis"] for one in held] == [Mode.ENFORCE]
