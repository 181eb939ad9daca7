"""Documentation is generated from the pages, and what is written by hand says what the code does."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import tomli

from quality_gate import REPOSITORY, __version__

ROOT = Path(__file__).resolve().parent.parent.parent


def test_generated_documentation_is_up_to_date() -> None:
    run = subprocess.run(
        [sys.executable, "docs/generate.py", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stdout + run.stderr


def test_version_and_repository_stand_in_one_place_each() -> None:
    project = tomli.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["version"] == __version__
    assert project["urls"]["Repository"] == REPOSITORY
    assert f"## {__version__}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_readme_names_only_commands_that_exist() -> None:
    commands = {file.stem for file in (ROOT / "quality_gate" / "cli").glob("[a-z]*.py")}
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    named = set(re.findall(r"quality-gate ([a-z]+)", re.sub(r"```toml.*?```", "", readme, flags=re.DOTALL)))
    assert named - {"itself"} <= commands


def test_links_of_the_readme_lead_somewhere() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", readme) if not link.startswith("http")]
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []
