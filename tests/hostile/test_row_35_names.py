"""Row 35: names with quotes, newlines, dashes, pathspecs, bytes of no encoding, other case or normal form."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from git_scratch import ENVIRONMENT, Scratch
from quality_gate.evidence.git.changes import change_at
from quality_gate.evidence.git.command import find_top
from quality_gate.evidence.sources import discover
from quality_gate.model import LineRange, Stage
from quality_gate_checkers.settings import Settings

NAMES = [
    os.fsdecode(name)
    for name in (
        b"plain.py",
        b"with space.py",
        b" leading and trailing .py",
        b"tab\t.py",
        b"new\nline.py",
        b"cr\r.py",
        b'quo"te.py',
        b"quo'te.py",
        b"back\\slash.py",
        b"\\t.py",
        b"-x.py",
        b":(top)x.py",
        b"@@ -1 +1 @@.py",
        b"bell\x07esc\x1b.py",
        b"latin\xe9.py",
        b"utf-8-\xc3\xa9.py",
        b"decomposed-e\xcc\x81.py",
        b"decomposed-\xc3\xa9.py",
        b"Case.py",
        b"case.py",
        b"b/a/b.py",
        b"b/dev/null.py",
        b'"quoted".py',
        b"octal\x01\x7f\xff.py",
        b"# \xe2\x80\xae.py",
        b"::error::x.py",
        b".py",
        b"a => b.py",
    )
]


@pytest.fixture
def scratch(tmp_path: Path) -> Scratch:
    scratch = Scratch(tmp_path / "project")
    for name in NAMES:
        scratch.stage(name, "x = 1\n\n\ny = 1\n")
    scratch.commit()
    return scratch


def test_names_of_other_letters_are_not_quoted(scratch: Scratch) -> None:
    git = find_top(scratch.folder, ENVIRONMENT)
    assert git is not None
    assert b"\nlatin\xe9.py\n" in git.run("ls-files")


@pytest.mark.parametrize("tracked", [True, False])
@pytest.mark.parametrize("git", [True, False])
def test_every_name_is_found(scratch: Scratch, git: bool, tracked: bool) -> None:
    if not tracked:
        scratch.git("rm", "--quiet", "--cached", "-r", ".")
    opened = find_top(scratch.folder, ENVIRONMENT) if git else None
    assert list(discover(opened, scratch.folder, Settings(), None, scratch.folder).files) == sorted(NAMES)


def test_every_name_can_be_given(scratch: Scratch) -> None:
    git = find_top(scratch.folder, ENVIRONMENT)
    assert list(discover(git, scratch.folder, Settings(), NAMES, scratch.folder).files) == sorted(NAMES)


def test_every_name_has_its_own_lines(scratch: Scratch) -> None:
    for number, name in enumerate(NAMES):
        scratch.write(name, f"x = 1\n\n\n{'z = 1' + chr(10) if number % 2 else ''}y = 1\nw = {number}\n")
    expected = {
        name: (LineRange(4, 4), LineRange(6, 6)) if number % 2 else (LineRange(5, 5),)
        for number, name in enumerate(NAMES)
    }
    git = find_top(scratch.folder, ENVIRONMENT)
    found = change_at(git, scratch.folder, Stage.COMMIT, None, False, None)
    assert found.lines == expected
    assert found.files == set(NAMES)
    scratch.git("add", "--all")
    assert change_at(git, scratch.folder, Stage.COMMIT, None, False, None).lines == expected
    scratch.commit()
    assert change_at(git, scratch.folder, Stage.CI, "HEAD~1", False, None).lines == expected


def test_root_of_any_name(tmp_path: Path) -> None:
    for name in NAMES:
        if "/" in name:
            continue
        scratch = Scratch(tmp_path / name)
        scratch.commit({f"{name}/a.py": "x = 1\n"})
        scratch.stage(f"{name}/a.py", "x = 1\ny = 2\n")
        root = scratch.folder / name
        git = find_top(root, ENVIRONMENT)
        assert git is not None, name
        assert discover(git, root, Settings(), None, root).files == ("a.py",), name
        found = change_at(git, root, Stage.COMMIT, None, False, None)
        assert found.lines == {"a.py": (LineRange(2, 2),)}, name
