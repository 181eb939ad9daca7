"""Row 34 (and D7): characters that end a line for some readers and not for others."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from git_scratch import ENVIRONMENT, Scratch
from quality_gate.evidence.git.changes import ALL_LINES, change_at
from quality_gate.evidence.git.command import find_top
from quality_gate.model import Change, LineRange, Stage

FIVE = b"a = 1\nb = 2\nc = 3\nd = 4\ne = 5\n"


def edited(tmp_path: Path, before: bytes, after: bytes) -> Change:
    scratch = Scratch(tmp_path / "project")
    scratch.commit({"a.py": before})
    scratch.stage("a.py", after)
    git = find_top(scratch.folder, ENVIRONMENT)
    return change_at(git, scratch.folder, Stage.COMMIT, None, False, None)


@pytest.mark.parametrize(
    "character",
    [b"\x0b", b"\x0c", b"\x1c", b"\x1d", b"\x1e", b"\xc2\x85", "\u2028".encode(), b"\xe2\x80\xa9"],
)
def test_what_python_does_not_take_for_a_line_end_moves_no_line(tmp_path: Path, character: bytes) -> None:
    before = b"# one" + character + b"comment\n'''two" + character + b"parts'''\n" + FIVE
    after = before.replace(b"d = 4", b"d = 44")
    found = edited(tmp_path, before, after)
    tree = ast.parse(after)
    changed = next(node for node in ast.walk(tree) if isinstance(node, ast.Constant) and node.value == 44)
    assert found.lines == {"a.py": (LineRange(changed.lineno, changed.lineno),)}


@pytest.mark.parametrize(
    "place", [b"# comment\rx = 0\n" + FIVE, FIVE + b"x = 0\ry = 0\n", FIVE + b"\r", FIVE + b"x\r\r\n"]
)
def test_lone_carriage_return_anywhere_makes_all_lines_new(tmp_path: Path, place: bytes) -> None:
    found = edited(tmp_path, place, place.replace(b"b = 2", b"b = 22"))
    assert found.lines == {"a.py": (ALL_LINES,)}
    assert found.touches("a.py", 1, 1)
    assert found.touches("a.py", 9_999_999, 9_999_999)


def test_line_end_that_only_python_sees_is_not_taken_for_white_space(tmp_path: Path) -> None:
    """To git only white space has changed; to Python a comment has become code."""
    found = edited(tmp_path, FIVE + b"# x import evil\n", FIVE + b"# x\rimport evil\n")
    assert found.lines == {"a.py": (ALL_LINES,)}


def test_new_file_with_a_lone_carriage_return(tmp_path: Path) -> None:
    scratch = Scratch(tmp_path / "project")
    scratch.commit({"b.py": FIVE})
    scratch.stage("a.py", b"x = 1\ry = 2\n")
    git = find_top(scratch.folder, ENVIRONMENT)
    found = change_at(git, scratch.folder, Stage.COMMIT, None, False, None)
    assert found.lines == {"a.py": (ALL_LINES,)}


def test_windows_line_ends_are_line_ends(tmp_path: Path) -> None:
    windows = FIVE.replace(b"\n", b"\r\n")
    found = edited(tmp_path, windows, windows.replace(b"d = 4", b"d = 44"))
    assert found.lines == {"a.py": (LineRange(4, 4),)}


def test_file_too_large_to_be_analysed_is_all_new(tmp_path: Path) -> None:
    large = b"# " + b"x" * 1024 * 1024 + b"\n" + FIVE
    assert edited(tmp_path, large, large + b"f = 6\n").lines == {"a.py": (ALL_LINES,)}
