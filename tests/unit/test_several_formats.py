"""Several formats in one run, each in a file of its own."""

from __future__ import annotations

import json
import os
from xml.etree import ElementTree

import pytest

from quality_gate.cli import run

BROKEN = "import requests\n\n\ndef f():\n    try:\n        requests.post('x', timeout=5)\n    except OSError:\n        pass\n"


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project with one finding, as working directory."""
    (tmp_path / "pay.py").write_text(BROKEN)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def left(folder) -> set[str]:
    return {file.name for file in folder.iterdir()} - {"pay.py", ".quality-gate"}


@pytest.mark.parametrize(("command", "code"), [("check", 1), ("report", 0)])
def test_each_has_its_file(project, capsys, command, code):
    pairs = ["--format", "text", "-o", "-", "--format", "sarif", "-o", "a.sarif", "--format", "junit", "-o", "j.xml"]
    assert run([command, *pairs]) == code
    assert "silent-failure" in capsys.readouterr().out
    (result,) = json.loads((project / "a.sarif").read_text())["runs"][0]["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "pay.py"
    assert ElementTree.fromstring((project / "j.xml").read_text()).get("failures") == "1"
    assert left(project) == {"a.sarif", "j.xml"}


def test_rules_have_their_pages(project, capsys):
    assert run(["check", "--format", "sarif"]) == 1
    (rule,) = json.loads(capsys.readouterr().out)["runs"][0]["tool"]["driver"]["rules"]
    assert "## In production" in rule["help"]["markdown"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--format", "text", "--format", "sarif"], "2 formats and 0 files"),
        (["--format", "text", "--format", "sarif", "-o", "x"], "2 formats and 1 files"),
        (["-o", "x", "-o", "y"], "1 formats and 2 files"),
        (["--format", "json", "-o", "x", "--format", "sarif", "-o", "./x"], "two formats would be written there"),
        (["--format", "json", "-o", "x", "--format", "nothing", "-o", "y"], "there is no such format"),
    ],
)
def test_what_does_not_pair_is_a_usage_error_and_nothing_is_written(project, capsys, arguments, said):
    assert run(["check", *arguments]) == 2
    assert said in capsys.readouterr().err
    assert left(project) == set()


def test_a_file_that_cannot_be_written_is_told_and_the_old_one_stays(project, capsys, monkeypatch):
    (project / "a.sarif").write_text("old")

    def refuse(source, target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", refuse)
    assert run(["check", "--format", "sarif", "-o", "a.sarif", "--format", "text", "-o", "-"]) == 2
    assert "No space left on device" in capsys.readouterr().err
    assert (project / "a.sarif").read_text() == "old"
    assert left(project) == {"a.sarif"}


def test_a_project_in_a_folder_of_its_repository(tmp_path, monkeypatch, capsys):
    from git_scratch import Scratch

    scratch = Scratch(tmp_path)
    scratch.commit({"backend/pyproject.toml": "[tool.quality-gate]\n", "backend/pay.py": BROKEN})
    monkeypatch.chdir(tmp_path / "backend")
    assert run(["report", "--format", "sarif"]) == 0
    assert '"uri": "backend/pay.py"' in capsys.readouterr().out
