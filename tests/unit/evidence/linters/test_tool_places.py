"""Whose places are believed: links, other roots, lines that are not there, columns of all kinds."""

from __future__ import annotations

import os

import pytest

from quality_gate.evidence.linters._tool_places import Places
from quality_gate.evidence.linters._tool_words import Raw

LINES = 'x = "é𝄞"; y = 1\nprint(x)\n'


@pytest.fixture
def root(tmp_path):
    folder = tmp_path.resolve() / "project"
    (folder / "shop").mkdir(parents=True)
    (folder / "shop" / "pay.py").write_text(LINES, encoding="utf-8")
    (folder / "shop" / "pay.js").write_text(LINES, encoding="utf-8")
    (tmp_path / "secret.js").write_text("x")
    (folder / "link.js").symlink_to(tmp_path / "secret.js")
    (folder / "out").symlink_to(tmp_path)
    return folder


def raw(place="shop/pay.py", line=1, column=1, **more):
    values = {"code": "X1", "name": "x", "level": "error", "message": "m", "remedy": "r"} | more
    return Raw(place=place, line=line, column=column, **values)


def placed(root, *raws, folder="", only=False):
    return Places(root, folder, ["shop/pay.py"], only=only).placed("tool", raws, lambda one: one.level)


@pytest.mark.parametrize("place", ["shop/pay.py", "./shop/pay.py", "shop/../shop/pay.py", "{root}/shop/pay.py"])
def test_ways_to_name_a_file(root, place):
    (found,) = placed(root, raw(place.format(root=root))).results
    assert (found.path, found.text) == ("shop/pay.py", 'x = "é𝄞"; y = 1')


def test_a_root_under_another_name(root, tmp_path):
    (tmp_path / "alias").symlink_to(root)
    (found,) = placed(root, raw(f"{tmp_path}/alias/shop/pay.py")).results
    assert found.path == "shop/pay.py"


def test_a_path_from_the_top_of_the_repository(root):
    (found,) = placed(root, raw("services/shop/shop/pay.py"), folder="services/shop").results
    assert found.path == "shop/pay.py"


@pytest.mark.parametrize(
    ("place", "why"),
    [
        ("/etc/passwd", "outside the project"),
        ("../secret.js", "outside the project"),
        ("", "outside the project"),
        ("a\0b", "outside the project"),
        ("shop/none.js", "in files that are not there"),
        ("shop", "in files that are not there"),
        ("link.js", "in files that are not there"),
        ("out/secret.js", "in files that are not there"),
    ],
)
def test_places_that_are_left_out_are_counted(root, place, why):
    found = placed(root, raw(place), raw(place))
    assert (found.results, found.outside, found.about) == ((), {why: 2}, f"; 2 left out: {why}")


@pytest.mark.parametrize(
    ("place", "missing"),
    [
        ("shop/none.js", "shop/none.js"),
        ("{root}/none.js", "{root}/none.js"),
        ("services/shop/none.js", "services/shop/none.js"),
        ("services/link.js", ""),
        ("link.js", ""),
        ("shop", ""),
        ("/etc/passwd", ""),
    ],
)
def test_the_first_place_where_nothing_is_at_all_is_told(root, place, missing):
    found = placed(root, raw(place.format(root=root)), raw("shop/nor-this.js" if missing else place), folder="services")
    assert found.missing == missing.format(root=root)


def test_python_that_is_not_judged_is_left_out_and_other_files_are_not(root):
    (root / "shop" / "vendored.py").touch()
    found = placed(root, raw("shop/vendored.py"), raw("shop/pay.js"))
    assert [one.path for one in found.results] == ["shop/pay.js"]
    assert found.outside == {"in files that are not judged": 1}


def test_where_files_are_named_no_others_count(root):
    found = placed(root, raw("shop/pay.py"), raw("shop/pay.js"), only=True)
    assert [one.path for one in found.results] == ["shop/pay.py"]


def test_a_line_beyond_the_end_shows_that_something_else_was_looked_at(root):
    found = placed(root, raw(line=4), raw(line=5))
    assert [one.line for one in found.results] == [4]
    assert found.stale == ("line 5 of shop/pay.py, which has 3",)


@pytest.mark.parametrize(
    ("kind", "column", "wanted"),
    [
        ("characters", 10, 10),
        ("bytes", 14, 10),
        ("utf-16", 11, 10),
        ("bytes", 7, 6),  # within a character
        ("characters", 99, 16),
        ("bytes", -3, 1),
    ],
)
def test_columns_are_code_points_within_the_line(root, kind, column, wanted):
    (found,) = placed(root, raw(column=column, columns=kind)).results
    assert found.column == wanted


@pytest.mark.parametrize(
    ("end", "wanted"),
    [
        ((1, 4), (1, 4)),
        ((2, 3), (2, 3)),
        ((0, 0), (1, 1)),
        ((1, 0), (1, 1)),
        ((10**12, 9), (3, 1)),
    ],
)
def test_ends(root, end, wanted):
    (found,) = placed(root, raw(end_line=end[0], end_column=end[1])).results
    assert (found.end_line, found.end_column) == wanted


def test_no_line_is_the_file_as_a_whole(root):
    (found,) = placed(root, raw(line=0, column=0)).results
    assert (found.line, found.column) == (1, 1)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no such files here")
def test_a_pipe_is_not_waited_on(root):
    os.mkfifo(root / "pipe.js")
    assert placed(root, raw("pipe.js")).outside == {"in files that are not there": 1}
