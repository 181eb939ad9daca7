"""The arrows of the house, and the hygiene that other tools keep for us."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *command], cwd=ROOT, capture_output=True, text=True, check=False)


def test_imports_keep_the_layers() -> None:
    done = run(
        "-c",
        "import sys; sys.path.insert(0, 'checkers');"
        "from importlinter.cli import lint_imports_command; lint_imports_command()",
        "--no-cache",
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_types_are_exact() -> None:
    done = run("-m", "mypy")
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("arguments", [("check", "."), ("format", "--check", ".")], ids=" ".join)
def test_ruff_has_nothing_to_say(arguments: tuple[str, ...]) -> None:
    done = run("-m", "ruff", *arguments)
    assert done.returncode == 0, done.stdout + done.stderr


def test_our_own_gate_keeps_us() -> None:
    done = run("-m", "quality_gate", "check", "--stage", "ci")
    assert done.returncode == 0, done.stdout + done.stderr


def test_nothing_heavy_is_imported_on_the_way_to_a_verdict() -> None:
    code = (
        "import sys; from quality_gate.cli import run; run(['check', 'quality_gate/errors.py']);"
        "heavy = {'rich', 'jinja2', 'pylint', 'astroid', 'flake8', 'coverage', 'difflib', 'tempfile',"
        "'importlib.metadata',"
        "'quality_gate_checkers.catalog', 'quality_gate_checkers.dependencies', 'quality_gate_checkers.model.names'};"
        "sys.exit(', '.join(sorted(heavy & set(sys.modules))) or 0)"
    )
    run("-m", "quality_gate", "check", "quality_gate/errors.py")  # so that the cache knows the file
    done = run("-c", code)
    assert done.returncode == 0, done.stdout + done.stderr
