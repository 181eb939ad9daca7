"""How often files changed lately, and which of many are looked into."""

from __future__ import annotations

from pathlib import Path

import pytest

from git_scratch import ENVIRONMENT, Scratch
from quality_gate.codebase.starting.candidates import History
from quality_gate.evidence.git.command import find_top
from quality_gate.evidence.git.often_changed import often_changed
from quality_gate.evidence.promising import most_promising


@pytest.fixture
def scratch(tmp_path: Path) -> Scratch:
    scratch = Scratch(tmp_path / "project")
    scratch.commit({"shop/pay.py": "a = 1\n", "readme.md": "x\n"})
    scratch.commit({"shop/pay.py": "a = 2\n", "shop/b c\n.py": "b = 1\n"})
    return scratch


def history(scratch: Scratch, prefix: str = "") -> History:
    return often_changed(find_top(scratch.folder, ENVIRONMENT), prefix)


def test_commits_are_counted_by_file(scratch: Scratch) -> None:
    assert history(scratch) == History(2, {"shop/pay.py": 2, "shop/b c\n.py": 1})
    assert history(scratch, "shop/").changes == {"pay.py": 2, "b c\n.py": 1}


def test_a_merge_is_no_change_of_its_own(scratch: Scratch) -> None:
    scratch.git("checkout", "--quiet", "-b", "topic", "HEAD~1")
    scratch.commit({"other.py": "c = 1\n"})
    scratch.git("merge", "--quiet", "--no-edit", "main")
    assert history(scratch) == History(3, {"shop/pay.py": 2, "shop/b c\n.py": 1, "other.py": 1})


def test_a_commit_that_changes_everything_says_nothing(scratch: Scratch) -> None:
    scratch.commit({f"m{number}.py": "x = 1\n" for number in range(201)} | {"shop/pay.py": "a = 3\n"})
    assert history(scratch) == History(3, {"shop/pay.py": 2, "shop/b c\n.py": 1})


@pytest.mark.parametrize("date", ["1970-01-01T00:00:01Z", "@4102444800 +0000"])
def test_clocks_do_not_count(scratch: Scratch, date: str) -> None:
    scratch.stage("shop/pay.py", "a = 4\n")
    scratch.git("commit", "--quiet", "--message=x", GIT_AUTHOR_DATE=date, GIT_COMMITTER_DATE=date)
    assert history(scratch).changes["shop/pay.py"] == 3


def test_no_repository_no_history(tmp_path: Path) -> None:
    assert often_changed(None, "") == History()
    assert history(Scratch(tmp_path / "empty")) == History()


def test_few_files_are_all_taken_and_of_many_the_most_promising(tmp_path: Path) -> None:
    contents = {
        "a.py": "x = 1\n" * 100,
        "views.py": "@app.post('/x')\ndef other():\n    pass\n" * 15,
        "payments.py": "y = 1\n" * 100,
        "often.py": "z = 1\n" * 100,
        "huge.py": "def pay():\n    pass\n" * 1_000,
    }
    for name, content in contents.items():
        (tmp_path / name).write_text(content)
    paths = [*contents, "gone.py"]
    often = History(1_000, {"often.py": 40})
    assert most_promising(tmp_path, paths, often, 1_000_000) == sorted(paths)
    assert most_promising(tmp_path, paths, often, 2_100) == ["gone.py", "often.py", "payments.py", "views.py"]
    assert most_promising(tmp_path, paths, often, 1_500) == ["gone.py", "often.py", "views.py"]


def test_packages_around_what_is_taken_are_taken_too(tmp_path: Path) -> None:
    for name in ("shop/__init__.py", "shop/web/__init__.py", "shop/web/pay.py", "other/__init__.py", "other/a.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("def pay():\n    pass\n" * 20 if name.endswith("pay.py") else "# x\n" * 200)
    paths = [path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.py")]
    assert most_promising(tmp_path, paths, History(), 700) == [
        "shop/__init__.py",
        "shop/web/__init__.py",
        "shop/web/pay.py",
    ]
