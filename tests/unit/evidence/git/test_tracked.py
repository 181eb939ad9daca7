"""What git tracks, whatever way leads there (row 41)."""

from __future__ import annotations

from pathlib import Path

import pytest

from git_scratch import ENVIRONMENT, Scratch
from quality_gate.evidence.git.command import find_top
from quality_gate.evidence.git.tracked import is_tracked


@pytest.fixture
def shop(tmp_path: Path) -> Scratch:
    """A committed coverage file, links to it, and one that was measured."""
    shop = Scratch(tmp_path / "shop")
    shop.write("evil/coverage.json", "{}")
    (shop.folder / "out").symlink_to("evil")
    (shop.folder / "link.json").symlink_to("evil/coverage.json")
    shop.git("add", "--all")
    shop.commit()
    shop.write("measured/coverage.json", "{}")
    return shop


def tracked(shop: Scratch, place: Path | str) -> bool:
    return is_tracked(find_top(shop.folder, ENVIRONMENT), shop.folder / place)


@pytest.mark.parametrize(
    "place", ["evil/coverage.json", "evil", "out", "out/coverage.json", "link.json", "evil/../evil/coverage.json"]
)
def test_what_was_committed(shop: Scratch, place: str) -> None:
    assert tracked(shop, place)


@pytest.mark.parametrize("place", ["measured/coverage.json", "measured", "not-there.json", "."])
def test_what_was_not(shop: Scratch, place: str) -> None:
    assert not tracked(shop, place)


def test_an_untracked_link_to_what_was(shop: Scratch) -> None:
    (shop.folder / "measured" / "link.json").symlink_to("../evil/coverage.json")
    assert tracked(shop, "measured/link.json")


def test_through_a_tracked_link_to_what_was_not(shop: Scratch) -> None:
    (shop.folder / "away").symlink_to("measured")
    shop.stage(".gitignore", "")
    shop.git("add", "away")
    assert tracked(shop, "away/coverage.json"), "whoever tracks the link chose where it leads"


def test_from_elsewhere(shop: Scratch, tmp_path: Path) -> None:
    (tmp_path / "beside").symlink_to("shop")
    assert tracked(shop, tmp_path / "beside" / "evil" / "coverage.json")
    (tmp_path / "coverage.json").write_text("{}")
    assert not tracked(shop, tmp_path / "coverage.json")


def test_in_a_submodule(shop: Scratch, tmp_path: Path) -> None:
    other = Scratch(tmp_path / "other")
    other.commit({"coverage.json": "{}"})
    shop.git("submodule", "--quiet", "add", f"file://{other.folder}", "module")
    assert tracked(shop, "module/coverage.json")


def test_in_a_repository_that_nobody_tracks(shop: Scratch) -> None:
    other = Scratch(shop.folder / "clone")
    other.write("coverage.json", "{}")
    assert not tracked(shop, "clone/coverage.json")


def test_an_index_that_cannot_be_read(shop: Scratch) -> None:
    shop.write(".git/index", "x")
    assert tracked(shop, "measured/coverage.json")
