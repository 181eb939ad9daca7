"""Whose code it is: also where pytest goes on with what it has compiled before the folder was moved."""

from __future__ import annotations

import os

import pytest

from quality_gate_recorder.territory import FOREIGN, Territory

BEFORE = os.path.join(os.sep, "before", "")


@pytest.fixture
def territory(tmp_path):
    for path in ("shop/bank.py", "tests/test_bank.py", "tests/helpers.py"):
        place = tmp_path / path
        place.parent.mkdir(exist_ok=True)
        place.write_text("", encoding="utf-8")
    return Territory(str(tmp_path), ["shop/bank.py"])


def path_of(territory: Territory, name: str) -> str:
    """Whose a name is; "" of foreign ones."""
    number = territory.number(name)
    return territory.path(number) if number != FOREIGN else ""


def moved(territory: Territory, tmp_path, name: str = f"{BEFORE}tests/test_bank.py") -> bool:
    return territory.is_moved(name, str(tmp_path / "tests" / "test_bank.py"))


def test_all_names_from_before_the_folder_was_moved_are_known(territory, tmp_path):
    names = [f"{BEFORE}tests/test_bank.py", f"{BEFORE}tests/helpers.py"]
    assert [path_of(territory, name) for name in names] == ["", ""]
    assert moved(territory, tmp_path)
    assert [path_of(territory, name) for name in names] == ["tests/test_bank.py", "tests/helpers.py"]
    assert territory.number(names[0]) == territory.number(str(tmp_path / "tests" / "test_bank.py"))


def test_it_is_told_once(territory, tmp_path):
    assert [moved(territory, tmp_path), moved(territory, tmp_path)] == [True, False]


def test_sources_of_elsewhere_are_never_taken_for_those_here(territory, tmp_path):
    assert moved(territory, tmp_path)
    assert path_of(territory, f"{BEFORE}shop/bank.py") == ""


def test_a_file_that_is_not_here_stays_foreign(territory, tmp_path):
    assert moved(territory, tmp_path)
    assert path_of(territory, f"{BEFORE}tests/test_gone.py") == ""


@pytest.mark.parametrize("name", ["/lib/wraps.py", "<string>", "/before/more_tests/test_bank.py"])
def test_a_test_that_something_else_wraps_was_not_moved(territory, tmp_path, name):
    assert not moved(territory, tmp_path, name)
    assert path_of(territory, f"{BEFORE}tests/helpers.py") == ""


def test_a_link_to_the_same_folder_was_not_moved(territory, tmp_path):
    link = tmp_path.with_name(f"{tmp_path.name}-link")
    link.symlink_to(tmp_path)
    assert not moved(territory, tmp_path, str(link / "tests" / "test_bank.py"))
