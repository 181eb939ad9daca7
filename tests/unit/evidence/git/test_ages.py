"""Since when lines stand where they stand, against the real git."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from git_scratch import ENVIRONMENT
from histories import Dated
from quality_gate.evidence.git import ages as module
from quality_gate.evidence.git.ages import Age, ages_of
from quality_gate.evidence.git.command import find_top
from quality_gate.store import Store

FIRST, SECOND = datetime.date(2026, 1, 1), datetime.date(2026, 2, 2)


@pytest.fixture
def shop(tmp_path: Path) -> Dated:
    shop = Dated(tmp_path.resolve() / "shop")
    shop.on(str(FIRST), "One", {"inner/a.py": "a = 1\nb = 2\n"})
    shop.on(str(SECOND), "Two", {"inner/a.py": "a = 1\nif b:\n    b = 3\n", "inner/b.py": "x\n"})
    return shop


def ages(shop: Dated, wanted: dict[str, list[int]], *, most: int = 99) -> dict[tuple[str, int], Age]:
    git = find_top(shop.folder, ENVIRONMENT)
    assert git is not None
    left = iter(range(most))
    with Store(shop.folder / "inner", "key") as store:
        return ages_of(git, shop.folder / "inner", wanted, store, 0, lambda: next(left, None) is not None)


def test_the_day_of_each_lines_commit(shop: Dated) -> None:
    assert ages(shop, {"a.py": [1, 3]}) == {("a.py", 1): FIRST, ("a.py", 3): SECOND}


def test_what_is_not_committed_is_told_so_and_what_git_does_not_know_is_absent(shop: Dated) -> None:
    shop.write("inner/a.py", "a = 1\nnew = 1\n")
    shop.write("inner/untracked.py", "a = 1\n")
    assert ages(shop, {"a.py": [1, 2], "untracked.py": [1], "gone.py": [1]}) == {("a.py", 1): FIRST, ("a.py", 2): None}


def test_a_line_that_is_committed_later_has_its_day_then(shop: Dated) -> None:
    new = {"inner/a.py": "a = 1\nnew = 1\n"}
    shop.write("inner/a.py", new["inner/a.py"])
    assert ages(shop, {"a.py": [2]}) == {("a.py", 2): None}
    shop.on("2026-03-03", "Three", new)
    assert ages(shop, {"a.py": [2]}) == {("a.py", 2): datetime.date(2026, 3, 3)}


def test_re_indented_lines_keep_their_day(shop: Dated) -> None:
    shop.on("2026-03-03", "Three", {"inner/a.py": "if x:\n    a = 1\n"})
    assert ages(shop, {"a.py": [2]}) == {("a.py", 2): FIRST}


def test_a_line_that_the_file_does_not_have_is_absent(shop: Dated) -> None:
    assert ages(shop, {"b.py": [1, 99]}) == {}


def test_when_time_is_up_the_rest_is_left_for_the_next_run(shop: Dated, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = {"a.py": [1], "b.py": [1]}
    assert set(ages(shop, wanted, most=1)) == {("a.py", 1)}
    assert set(ages(shop, wanted, most=1)) == {("a.py", 1), ("b.py", 1)}

    def refusing(*_: object) -> dict[int, Age]:
        raise AssertionError("it is asked only once")

    monkeypatch.setattr(module, "_asked", refusing)
    assert set(ages(shop, wanted)) == {("a.py", 1), ("b.py", 1)}


def test_a_source_cannot_pass_for_gits_answer(shop: Dated) -> None:
    fake = f"{'0' * 40} 1 1 1"
    shop.on(str(FIRST), "Fake", {"inner/c.py": f"{fake}\ncommitter-time 0\n\tx\n"})
    assert ages(shop, {"c.py": [1, 2, 3]}) == {("c.py", line): FIRST for line in (1, 2, 3)}


def test_where_the_history_is_cut_off_the_oldest_lines_have_no_age_until_the_rest_is_fetched(
    shop: Dated, tmp_path: Path
) -> None:
    shop.on("2026-03-03", "Three", {"inner/a.py": "a = 1\nif b:\n    b = 3\nc = 4\n"})
    clone = Dated(tmp_path.resolve() / "clone")
    clone.git("remote", "add", "origin", f"file://{shop.folder}")
    clone.git("fetch", "--quiet", "--depth=2", "origin", "main")
    clone.git("checkout", "--quiet", "-B", "main", "FETCH_HEAD")
    clone.git("config", "blame.showRoot", "true")
    lines = {"a.py": [1, 2, 4]}
    assert ages(clone, lines) == {("a.py", 4): datetime.date(2026, 3, 3)}
    clone.git("fetch", "--quiet", "--unshallow", "origin", "main")
    assert ages(clone, lines) == ages(shop, lines) == {
        ("a.py", 1): FIRST, ("a.py", 2): SECOND, ("a.py", 4): datetime.date(2026, 3, 3)
    }  # fmt: skip
