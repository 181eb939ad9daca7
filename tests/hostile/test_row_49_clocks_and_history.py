"""Row 49: commits of 1970 and 2100, clock skew, messages that pass for lists of files, shallow and partial clones."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from git_scratch import ENVIRONMENT
from histories import Dated
from quality_gate.evidence.git.command import GitError, find_top
from quality_gate.evidence.git.commits import History, history_of
from quality_gate.history import Adoption, Subject, benefits_of
from quality_gate.store import Store

TODAY = datetime.date(2026, 11, 22)


@pytest.fixture
def shop(tmp_path: Path) -> Dated:
    return Dated(tmp_path.resolve() / "shop")


def read(folder: Path) -> History:
    git = find_top(folder, ENVIRONMENT)
    assert git is not None
    with Store(folder, "key") as store:
        return history_of(git, folder, datetime.date(2025, 1, 1), TODAY, store)


def notes(history: History) -> tuple[str, ...]:
    adopted = [Adoption("static-analysis", datetime.date(2026, 1, 1), "c" * 40)]
    everything = [Subject(None, lambda path: True)]
    return benefits_of(adopted, history, everything, lambda path: True, None).notes


def test_a_commit_of_1970_hides_nothing_before_it_and_is_told(shop: Dated) -> None:
    shop.on("2026-01-01", "One")
    shop.on("@1 +0000", "The clock was wrong")
    shop.on("@4102444800 +0000", "The clock was wrong")
    shop.on("2026-01-03", "Three")
    found = read(shop.folder)
    assert [one.subject for one in found.commits] == ["Three", "One"]
    assert found.older == (), "what the one of 1970 left was not there before"
    assert notes(found) == ("2 commits are left out: dated before 1990 or in the future",)


def test_a_message_cannot_pass_for_files_or_for_another_commit(shop: Dated) -> None:
    fake = "\n".join([f"{'a' * 40}", "9\t9\tshop/pay.py", "\x01\x1e\x1f", "commit " + "b" * 40])
    shop.on("2026-01-01", "feat: one\ttab", {"a.py": "1\n"}, body=fake)
    (only,) = read(shop.folder).commits
    assert only.files == {"a.py": 1}


@pytest.mark.parametrize(
    "name", ["new\nline.py", "tab\t.py", ":(exclude)*.py", "-x.py", '"quoted".py', "a => b.py", "caf\udce9.py"]
)
def test_names_of_files_are_read_as_they_are(shop: Dated, name: str) -> None:
    shop.on("2026-01-01", "One", {name: "1\n2\n"})
    (only,) = read(shop.folder).commits
    assert only.files == {name: 2}


def test_lines_that_attributes_hide_are_told(shop: Dated) -> None:
    shop.on("2026-01-01", "One", {".gitattributes": "*.py -diff\n", "a.py": "1\n2\n"})
    found = read(shop.folder)
    assert [one.files for one in found.commits] == [{"a.py": 0}]
    assert notes(found) == (
        "the lines of 1 change of Python files are not counted: .gitattributes hides them, or they look binary",
    )


def test_a_shallow_clone_says_what_to_fetch(shop: Dated, tmp_path: Path) -> None:
    for day in ("2026-01-01", "2026-01-02"):
        shop.on(day, "One")
    clone = tmp_path.resolve() / "clone"
    shop.git("clone", "--quiet", "--depth=1", f"file://{shop.folder}", str(clone))
    found = read(clone)
    assert len(found.commits) == 1
    assert notes(found) == ("the clone's history is cut off: check out with `fetch-depth: 0`",)


def test_a_clone_without_old_contents_is_an_error_and_fetches_nothing(shop: Dated, tmp_path: Path) -> None:
    shop.on("2026-01-01", "One", {"a.py": "1\n"})
    shop.on("2026-01-02", "Two", {"a.py": "2\n"})
    shop.git("config", "uploadpack.allowFilter", "true")
    clone = tmp_path.resolve() / "clone"
    shop.git("clone", "--quiet", "--filter=blob:none", f"file://{shop.folder}", str(clone))
    with pytest.raises(GitError):
        read(clone)


def test_a_million_changed_lines_count_as_a_few_thousand(shop: Dated) -> None:
    shop.on("2026-02-01", "One", {"a.py": "1\n" * 1_000_000})
    shop.on("2026-02-02", "Two", {"b.py": "1\n" * 7})
    found = read(shop.folder)
    adopted = [Adoption("static-analysis", datetime.date(2026, 2, 1), "c" * 40)]
    (only,) = benefits_of(adopted, found, [Subject(None, lambda path: True)], lambda path: True, None).benefits
    assert only.after is not None
    assert only.after.changed == 5_007
    assert notes(found) == ("1 commit of more than 5,000 lines counted as so many",)


def test_history_that_was_rewritten_is_read_anew(shop: Dated) -> None:
    shop.on("2026-01-01", "One")
    shop.on("2026-01-02", "Two")
    assert len(read(shop.folder).commits) == 2
    shop.git("reset", "--quiet", "--hard", "HEAD~1")
    assert [one.subject for one in read(shop.folder).commits] == ["One"]
