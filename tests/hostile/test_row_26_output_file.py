"""Row 26: a report that is written to a file never follows a link that the pull request has put there."""

from __future__ import annotations

import os
import stat

import pytest

from quality_gate.cli import run


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project with nothing wrong, as working directory."""
    (tmp_path / "pay.py").write_text("x = 1\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def left(folder) -> set[str]:
    return {file.name for file in folder.iterdir()} - {"pay.py", ".quality-gate"}


def test_a_link_is_replaced_and_its_target_stays(project, tmp_path_factory):
    victim = tmp_path_factory.mktemp("elsewhere") / "authorized_keys"
    victim.write_text("precious")
    (project / "report.txt").symlink_to(victim)
    assert run(["report", "-o", "report.txt"]) == 0
    assert victim.read_text() == "precious"
    assert not (project / "report.txt").is_symlink()
    assert "static-analysis" in (project / "report.txt").read_text()


def test_a_dangling_link_makes_nothing_elsewhere(project):
    (project / "report.txt").symlink_to(project / "nowhere")
    assert run(["check", "-o", "report.txt"]) == 0
    assert not (project / "nowhere").exists()
    assert left(project) == {"report.txt"}


def test_a_hard_link_is_cut(project):
    (project / "victim").write_text("precious")
    os.link(project / "victim", project / "report.txt")
    assert run(["report", "-o", "report.txt"]) == 0
    assert (project / "victim").read_text() == "precious"


def test_the_old_file_is_replaced_whole(project):
    (project / "report.json").write_text("x" * 100_000)
    assert run(["report", "--format", "json", "-o", "report.json"]) == 0
    assert (project / "report.json").read_text().endswith("}\n")
    assert stat.S_IMODE((project / "report.json").stat().st_mode) == 0o644
    assert left(project) == {"report.json"}


@pytest.mark.parametrize(
    "target", ["nowhere/report.txt", "folder", "pay.py/report.txt", "a" * 300, "/dev/stdout", "/proc/self/report"]
)
def test_what_cannot_be_written_is_a_usage_error_and_leaves_nothing(project, capsys, target):
    (project / "folder").mkdir()
    before = sorted(os.listdir("/dev"))
    assert run(["report", "-o", target]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "cannot be written" in said.err
    assert left(project) == {"folder"}
    assert sorted(os.listdir("/dev")) == before


def test_a_full_disk_leaves_the_old_file(project, capsys, monkeypatch):
    (project / "report.txt").write_text("old")

    def refuse(source, target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", refuse)
    assert run(["report", "-o", "report.txt"]) == 2
    assert "No space left on device" in capsys.readouterr().err
    assert (project / "report.txt").read_text() == "old"
    assert left(project) == {"report.txt"}


def test_standard_output(project, capsys):
    assert run(["report", "-o", "-"]) == 0
    assert "static-analysis" in capsys.readouterr().out
    assert left(project) == set()


@pytest.mark.parametrize("broken", [True, False])
def test_a_reader_who_leaves_early_does_not_change_the_exit_code(project, broken):
    """`check | head` of broken code must not be green under `set -o pipefail`."""
    import subprocess
    import sys

    if broken:
        (project / "pay.py").write_text("def f(:\n")
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-P", "-m", "quality_gate", "check", "--all-files"]
    done = subprocess.run(
        command, env={"PATH": os.environ["PATH"]}, stdout=writing, stderr=subprocess.PIPE, check=False
    )
    os.close(writing)
    assert done.returncode == (3 if broken else 0), done.stderr.decode()
    assert done.stderr == b""
