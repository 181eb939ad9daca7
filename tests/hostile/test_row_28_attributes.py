"""Row 28 (and D7): `.gitattributes` of the pull request cannot hide a change from the gate."""

from __future__ import annotations

from pathlib import Path

import pytest

from git_scratch import ENVIRONMENT, Scratch
from quality_gate.evidence.git.changes import change_at
from quality_gate.evidence.git.command import find_top
from quality_gate.model import Change, LineRange, Stage

HIDING = (
    "*.py -diff",
    "*.py binary",
    "*.py diff=foo",
    "*.py -text -diff",
    "*.py linguist-generated",
    "*.py working-tree-encoding=UTF-16",
    "*.py working-tree-encoding=nonsense",
    "*.py filter=lfs diff=lfs merge=lfs -text",
    "*.py eol=crlf",
    "*.py ident",
    "*.py export-ignore",
    "[attr]hidden -diff\n*.py hidden",
)


def change(scratch: Scratch, stage: Stage) -> Change:
    return change_at(find_top(scratch.folder, ENVIRONMENT), scratch.folder, stage, None, False, None)


@pytest.mark.parametrize("attributes", HIDING)
@pytest.mark.parametrize("place", [".gitattributes", ".git/info/attributes"])
def test_attributes_hide_no_line(tmp_path: Path, attributes: str, place: str) -> None:
    scratch = Scratch(tmp_path / "project")
    scratch.commit({"a.py": "x = 1\n", "b.py": "x = 1\n", "c.py": "import os\nx = 1\n"})
    scratch.git("checkout", "--quiet", "-b", "topic")
    for name, content in {"a.py": "x = 1\ny = 2\n", "new.py": "z = 3\n", "c.py": "x = 1\n"}.items():
        scratch.stage(name, content)
    # The attributes come after the files are staged: git would refuse to stage some of them.
    scratch.write(place, attributes + "\n")
    expected = {"a.py": (LineRange(2, 2),), "new.py": (LineRange(1, 1),)}
    assert change(scratch, Stage.COMMIT).lines == expected
    scratch.commit()
    for stage in Stage:
        assert change(scratch, stage).lines == expected, stage


def test_attributes_of_the_user_do_not_count(tmp_path: Path) -> None:
    scratch = Scratch(tmp_path / "project")
    scratch.commit({"a.py": "x = 1\n"})
    scratch.stage("a.py", "x = 1\ny = 2\n")
    home = Scratch(tmp_path / "home", init=False)
    home.write(".config/git/attributes", "*.py binary\n")
    git = find_top(scratch.folder, ENVIRONMENT | {"HOME": str(home.folder)})
    found = change_at(git, scratch.folder, Stage.COMMIT, None, False, None)
    assert found.lines == {"a.py": (LineRange(2, 2),)}
    assert git is not None
    assert git.run("check-attr", "binary", "--", "a.py") == b"a.py: binary: unspecified\n"


def test_file_with_nul_bytes_is_compared_as_text(tmp_path: Path) -> None:
    scratch = Scratch(tmp_path / "project")
    scratch.commit({"a.py": b"x = 1\n"})
    scratch.stage("a.py", b"x = 1\ny = '\0'\n")
    assert change(scratch, Stage.COMMIT).lines == {"a.py": (LineRange(2, 2),)}
