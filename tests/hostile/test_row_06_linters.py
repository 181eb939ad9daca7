"""Rows 6 and 7, and what an interrupted gate leaves behind: linters that may run take no module of the project for theirs."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

from gate_process import WAYS, gate
from git_scratch import Scratch
from linter_programs import Environment

SHADOWS = (
    "pyflakes",
    "pycodestyle",
    "mccabe",
    "tomllib",
    "json",
    "sitecustomize",
    "evil",
    "flake8",
    "ruff",
    "encodings",
)


@pytest.fixture
def project(tmp_path):
    """A project that has modules in the place of libraries, and an entry point of flake8's."""
    scratch = Scratch(tmp_path / "project")
    mark = f"import posix\nposix.mkdir({str(tmp_path / 'mark')!r})\n"
    for name in SHADOWS:
        scratch.write(f"{name}.py", mark)
    scratch.write("evil-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: evil\nVersion: 1.0\n")
    scratch.write("evil-1.0.dist-info/entry_points.txt", "[flake8.extension]\nEVL = evil:Plugin\n")
    linters = "linters = { flake8 = {}, ruff = {} }"
    scratch.commit(
        {"pyproject.toml": f"[tool.quality-gate]\npython = {sys.prefix!r}\n{linters}\n", "shop/a.py": "x = 1\n"}
    )
    return scratch.folder


@pytest.mark.parametrize("path", [None, ".", "{project}"])
def test_no_module_of_the_project_is_taken_for_a_linters(project, path):
    variables = {} if path is None else {"PYTHONPATH": path.format(project=project)}
    if path is not None:  # what our own Python loads before our first line is out of reach (row 7 of row 1's tests)
        for name in ("sitecustomize", "encodings", "json", "tomllib"):
            (project / f"{name}.py").unlink()
    done = gate(project, "report", "--linters", **variables)
    assert not (project.parent / "mark").exists()
    text = done.stdout.decode()
    assert "note: flake8 " in text, "and it has run"
    assert "note: ruff " in text


@pytest.mark.skipif(os.name == "nt", reason="no such signals")
def test_an_interrupted_gate_ends_at_once_and_leaves_no_linter_running(tmp_path):
    environment = Environment(tmp_path / "env")
    mark = tmp_path / "pid"
    environment.lay("ruff", f"import os, time\nopen({str(mark)!r}, 'w').write(str(os.getpid()))\ntime.sleep(120)\n")
    scratch = Scratch(tmp_path / "project")
    table = f"[tool.quality-gate]\npython = {str(tmp_path / 'env')!r}\nlinters = {{ ruff = {{}} }}\n"
    scratch.commit({"pyproject.toml": table, "shop/a.py": "x = 1\n"})
    gate_ = subprocess.Popen(
        [*WAYS["python -P -m"], "report", "--linters"],
        cwd=scratch.folder,
        env={"PATH": os.environ["PATH"]},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        until = time.monotonic() + 60
        while not (mark.exists() and mark.read_text()) and time.monotonic() < until:
            time.sleep(0.05)
        gate_.send_signal(signal.SIGINT)
        assert gate_.wait(20) == 130
    finally:
        gate_.kill()
        gate_.wait()
    with pytest.raises(ProcessLookupError):
        os.kill(int(mark.read_text()), 0)
