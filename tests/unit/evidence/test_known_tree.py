"""The one piece in which the cache keeps what is known of a whole project."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from quality_gate.evidence import _known_tree, inspections
from quality_gate.evidence.inspections import inspect_files
from quality_gate.store import Store, digest
from quality_gate_checkers.model.inspection import Inspection
from quality_gate_checkers.settings import Settings

BAD = "import requests\n\n\ndef pay(card):\n    try:\n        requests.post(card, timeout=3)\n    except Exception:\n        pass\n"
GOOD = BAD.replace("pass", "raise")
NAMES = [f"m{number}.py" for number in range(6)]
LATER = 10_000_000_000
"""Nanoseconds after which a file that was just written is trusted."""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project of which everything is known in one piece."""
    monkeypatch.setattr(inspections, "MANY", 3)
    for name in NAMES:
        (tmp_path / name).write_text(GOOD)
    for _ in range(2):  # the first run writes the rows, the second the piece
        inspected(tmp_path)
    return tmp_path


def inspected(
    root: Path, names: list[str] = NAMES, *, build: str = "build", ci: bool = False, later: int = LATER
) -> dict[str, Inspection]:
    now = time.time_ns() + later
    with Store(root, build) as store:
        return inspect_files(root, names, Settings(), store, always_read=ci, now_ns=now, progress=lambda done, of: None)


def test_what_the_disk_has_just_said_is_believed(project: Path) -> None:
    before = {name: os.lstat(project / name) for name in NAMES}
    (project / NAMES[0]).write_text(BAD + "\n")
    now = time.time_ns() + LATER
    for on_disk, broken in ((before, False), ({}, True)):
        with Store(project, "build") as store:
            found = inspect_files(
                project,
                NAMES,
                Settings(),
                store,
                always_read=False,
                now_ns=now,
                progress=lambda done, of: None,
                on_disk=on_disk,
            )
        assert bool(found[NAMES[0]].violations) is broken


@pytest.fixture
def looked_up(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files whose rows are looked up from now on."""
    asked: list[str] = []
    real = Store.files

    def files(self: Store, paths: list[str]) -> object:
        asked.extend(paths)
        return real(self, paths)

    monkeypatch.setattr(Store, "files", files)
    return asked


def names_of(found: dict[str, Inspection], path: str) -> list[str]:
    return [violation.name for violation in found[path].violations]


def test_no_row_is_looked_up_where_nothing_changed(project, looked_up):
    assert set(inspected(project)) == set(NAMES)
    assert not looked_up


def test_only_rows_of_what_changed_are_looked_up(project, looked_up):
    (project / "m1.py").write_text(BAD)
    (project / "new.py").write_text(BAD)
    found = inspected(project, [*NAMES, "new.py"])
    assert names_of(found, "m1.py") == names_of(found, "new.py") == ["silent-failure"]
    assert looked_up == ["m1.py", "new.py"]
    inspected(project, [*NAMES, "new.py"])
    looked_up.clear()
    found = inspected(project, [*NAMES, "new.py"])
    assert not looked_up, "what changed has joined the piece"
    assert names_of(found, "m1.py") == ["silent-failure"]


def test_a_change_that_keeps_size_and_time_is_seen(project):
    status = (project / "m1.py").stat()
    (project / "m1.py").write_text(GOOD.replace("raise", "pass "))
    os.utime(project / "m1.py", ns=(status.st_atime_ns, status.st_mtime_ns))
    assert (project / "m1.py").stat().st_size == status.st_size
    assert names_of(inspected(project), "m1.py") == ["silent-failure"]


def test_a_file_that_was_just_written_does_not_join(project, looked_up):
    (project / "m1.py").write_text(BAD)
    for _ in range(3):
        looked_up.clear()
        inspected(project, later=0)
        assert looked_up == ["m1.py"]


def test_the_ci_stage_reads_every_file_in_spite_of_it(project, monkeypatch):
    (project / "m1.py").write_text(BAD)
    monkeypatch.setattr("quality_gate.store.Seen.matches", lambda self, found: True)
    assert names_of(inspected(project), "m1.py") == [], "as it is when nothing seems to have changed"
    assert names_of(inspected(project, ci=True), "m1.py") == ["silent-failure"]


def test_another_build_does_not_see_it(project, looked_up):
    assert set(inspected(project, build="other")) == set(NAMES)
    assert looked_up == NAMES


def test_a_part_of_the_project_leaves_the_rest_known(project, looked_up):
    for name in NAMES[:3]:
        (project / name).write_text(BAD)
    for _ in range(3):
        inspected(project, NAMES[:3])
    looked_up.clear()
    inspected(project)
    assert looked_up == NAMES[:3], "half of the project is not all of it"


def test_deleted_files_are_forgotten(project):
    (project / "m0.py").unlink()
    (project / "m1.py").write_text(BAD)
    for _ in range(2):
        assert "m0.py" in inspected(project), "the caller's word: it is told as unreadable"
    with Store(project, "build") as store:
        assert set(_known_tree.KnownTree(store)._held) == set(NAMES) - {"m0.py"}


@pytest.mark.parametrize("spoilt", [b"", b"\xc1", b"\x81\xa4m0.py\x01", b"\x90"])
def test_a_piece_that_cannot_be_read_costs_time_and_nothing_else(project, looked_up, spoilt):
    with Store(project, "build") as store:
        store.remember_result(digest(b"tree"), spoilt)
    assert set(inspected(project)) == set(NAMES)
    assert looked_up == NAMES


def test_a_name_that_is_not_utf8_is_left_to_its_rows(project, looked_up):
    name = os.fsdecode(b"caf\xe9.py")
    (project / name).write_text(GOOD)
    for _ in range(3):
        looked_up.clear()
        assert name in inspected(project, [*NAMES, name])
    assert looked_up == [name]
